"""Checkpoints: everything that training needs to go on as if it had never stopped."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from designer.layers.catalog import AVERAGES
from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.project.json_object import object_in
from designer.training.errors import RunError
from designer.training.plain_data import apart, together

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

CHECKPOINT = "checkpoint.safetensors"
POSITION = "checkpoint.json"
WEIGHTS = "weights.safetensors"
# the bytes of a checkpoint's file, and the position in it for JSON
Made: TypeAlias = tuple[bytes, dict[str, Any]]


@dataclass(frozen=True)
class Checkpoint:
    """The state after epoch ``epoch`` and ``step`` steps of the next.

    Chance needs no state at the end of an epoch: each draws it from the seed and its number. Within one, ``chance`` has
    the random states and ``kept`` what is known of the steps so far, to measure the epoch by. ``states`` holds by their
    names the states of what goes with the training beside model and optimizer.

    ``best`` holds the weights after epoch ``best_epoch``, empty (and 0) where none are kept. ``fingerprint`` tells
    apart trainings that cannot continue one another. ``seconds`` is how long the training loop has run. ``settings``
    are those that can be changed on the way, as they were; empty in runs of earlier versions. ``lost`` tells which
    epochs the history is known to have lost: the first and the last of each stretch.
    """

    epoch: int
    seconds: float
    fingerprint: str
    weights: dict[str, Tensor]
    optimizer: dict[str, Any]
    best_epoch: int = 0
    best: dict[str, Tensor] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    step: int = 0
    kept: list[Any] = field(default_factory=list)
    chance: dict[str, Tensor] = field(default_factory=dict)
    states: dict[str, Any] = field(default_factory=dict)
    lost: tuple[tuple[int, int], ...] = ()


def write_checkpoint(folder: Path, checkpoint: Checkpoint) -> None:
    """Replace the checkpoint of a run, whole or not at all.

    The position stands in the header of the tensors' file too, so that a kill between the two files does no harm.
    """
    write_made(folder, checkpoint_bytes(checkpoint))


def write_made(folder: Path, made: Made) -> None:
    """As ``write_checkpoint``, of what ``checkpoint_bytes`` made."""
    content, position = made
    atomic_write(folder / CHECKPOINT, content)
    atomic_write(folder / POSITION, _position_text(position))


def _position_text(position: Mapping[str, Any]) -> str:
    return json.dumps(position, indent=1) + "\n"


def checkpoint_bytes(checkpoint: Checkpoint) -> Made:
    """What the file of a checkpoint holds, and of that the position, for JSON."""
    state, tensors = _split_state(checkpoint.optimizer)
    others: dict[str, Tensor] = {}
    position = {
        "format": 1,
        "epoch": checkpoint.epoch,
        "best_epoch": checkpoint.best_epoch,
        "seconds": checkpoint.seconds,
        "fingerprint": checkpoint.fingerprint,
        "settings": checkpoint.settings,
        "random": "each epoch is seeded with the seed + its number",
        "optimizer": state,
        "step": checkpoint.step,
        "within": apart((checkpoint.kept, checkpoint.chance), others, "within"),
        "states": apart(checkpoint.states, others, "states"),
        "lost": [list(stretch) for stretch in checkpoint.lost],
    }
    text = json.dumps(position)
    everything = {f"model.{name}": tensor for name, tensor in checkpoint.weights.items()}
    everything |= {f"best.{name}": tensor for name, tensor in checkpoint.best.items()}
    everything |= {f"optimizer.{name}": tensor for name, tensor in tensors.items()}
    everything |= others
    return tensor_bytes(everything, {"position": text}), position


def read_checkpoint(folder: Path) -> Checkpoint | None:
    """The checkpoint of a run, None where it has none yet; RunError where its file is spoiled."""
    path = folder / CHECKPOINT
    if not path.exists():
        return None
    tensors, header = read_tensors(path)
    try:
        position = json.loads(header["position"])
        optimizer = _join_state(position["optimizer"], _below("optimizer.", tensors))
        # runs of earlier versions hold nothing of these
        kept, chance = together(position["within"], tensors) if "within" in position else ([], {})
        return Checkpoint(
            epoch=int(position["epoch"]),
            seconds=float(position["seconds"]),
            fingerprint=str(position["fingerprint"]),
            weights=_below("model.", tensors),
            optimizer=optimizer,
            best_epoch=int(position["best_epoch"]),
            best=_below("best.", tensors),
            settings=dict(position.get("settings", {})),
            step=int(position.get("step", 0)),
            kept=kept,
            chance=chance,
            states=together(position["states"], tensors) if "states" in position else {},
            lost=tuple((int(first), int(last)) for first, last in position.get("lost", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"{path}: this is no checkpoint of Layerloom ({error}).") from error


def mend_position(folder: Path) -> None:
    """Write the position of a run's checkpoint anew where a kill, or a full disk, came between its two files."""
    from safetensors import SafetensorError, safe_open

    with suppress(SafetensorError, OSError, ValueError, KeyError, ProjectError):
        with safe_open(str(folder / CHECKPOINT), framework="pt") as file:
            position = json.loads((file.metadata() or {})["position"])
        if object_in(folder / POSITION) != position:
            atomic_write(folder / POSITION, _position_text(position))


def restore(checkpoint: Checkpoint, model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Bring model and optimizer to the state of the checkpoint; RunError where they are of another network."""
    load_weights(model, checkpoint.weights, "the checkpoint")
    try:
        optimizer.load_state_dict(checkpoint.optimizer)
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(f"The checkpoint belongs to another optimizer: {error}.") from error
    _lay_out(optimizer)


def _lay_out(optimizer: torch.optim.Optimizer) -> None:
    """Let the optimizer's tensors lie in memory as their parameters do: a fused one goes through both side by side."""
    import torch

    for parameter, values in optimizer.state.items():
        for name, value in values.items():
            # steps are counted where the optimizer has put them, which beside a single number looks alike
            if name != "step" and isinstance(value, torch.Tensor) and value.shape == parameter.shape:
                values[name] = torch.empty_like(parameter, dtype=value.dtype).copy_(value)


def write_weights(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Write a state dict as safetensors."""
    atomic_write(path, tensor_bytes(weights, {"format": "pt"}))


def read_weights(run: Path) -> dict[str, Tensor]:
    """The weights of a run: those it ended with, or the best so far where it was interrupted."""
    path = run / WEIGHTS
    if path.exists():
        return read_tensors(path)[0]
    checkpoint = read_checkpoint(run)
    if checkpoint is None:
        raise RunError(f"{run} holds no weights yet: the run ended before its first checkpoint.")
    return checkpoint.best or averaged_weights(checkpoint) or checkpoint.weights


def averaged_weights(checkpoint: Checkpoint) -> dict[str, Tensor]:
    """The average of the weights at the checkpoint; empty where none is made."""
    found: Mapping[str, Tensor] = next((checkpoint.states[kind] for kind in AVERAGES if kind in checkpoint.states), {})
    return _below("module.", found)


def load_weights(model: nn.Module, weights: Mapping[str, Tensor], origin: str) -> None:
    """Give ``model`` the weights; RunError where names or shapes are not those of the model."""
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise RunError(f"The weights in {origin} belong to another network: {reason}") from error


def tensor_bytes(tensors: Mapping[str, Tensor], header: dict[str, str]) -> bytes:
    """Tensors as the bytes of a safetensors file."""
    from safetensors.torch import save

    plain = {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in tensors.items()}
    return save(plain, header)


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, str]]:
    """Tensors and header of a safetensors file; RunError where it is none."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(str(path), framework="pt") as file:
            names: list[str] = file.keys()
            return {name: file.get_tensor(name).clone() for name in names}, file.metadata() or {}
    except (SafetensorError, OSError, ValueError) as error:
        raise RunError(f"{path} cannot be read: {error}.") from error


def _below(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)}


def _split_state(state: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Tensor]]:
    """What of an optimizer's state dict JSON can hold, and its tensors as ``0.exp_avg``, of a list ``0.old_dirs.3``."""
    import torch

    plain: dict[str, dict[str, Any]] = {}
    tensors: dict[str, Tensor] = {}
    for index, values in state["state"].items():
        plain[str(index)] = {}
        for name, value in values.items():
            if isinstance(value, torch.Tensor):
                tensors[f"{index}.{name}"] = value
            elif isinstance(value, list):
                found = {place: each for place, each in enumerate(value) if isinstance(each, torch.Tensor)}
                plain[str(index)][name] = [None if place in found else each for place, each in enumerate(value)]
                tensors |= {f"{index}.{name}.{place}": each for place, each in found.items()}
            else:
                plain[str(index)][name] = value
    return {"param_groups": state["param_groups"], "state": plain}, tensors


def _join_state(plain: Mapping[str, Any], tensors: Mapping[str, Tensor]) -> dict[str, Any]:
    state: dict[int, dict[str, Any]] = {int(index): dict(values) for index, values in plain["state"].items()}
    for key, tensor in tensors.items():
        index, name, *place = key.split(".")
        if place:
            state[int(index)][name][int(place[0])] = tensor
        else:
            state[int(index)][name] = tensor
    groups = [
        {name: tuple(value) if isinstance(value, list) and name != "params" else value for name, value in group.items()}
        for group in plain["param_groups"]
    ]
    return {"state": state, "param_groups": groups}
