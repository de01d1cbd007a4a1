"""The script of a fork: it goes on from the checkpoint that the fork began with, which lies in a file beside it."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.exporting.literals import assignment
from designer.exporting.processes import GONE_ON, SHARED
from designer.layers.catalog import AVERAGES
from designer.project.atomic import atomic_write
from designer.project.errors import LayerloomError
from designer.project.model import Project, Training
from designer.training.forked import Forked, read_forked, remembers, start_of
from designer.training.run_files import ENVIRONMENT
from designer.training.schedules import SCHEDULER

if TYPE_CHECKING:
    from designer.training.checkpoint import Checkpoint

SUFFIX = ".start.pt"
# what the states in a checkpoint are called in a script
NAMES = {SCHEDULER: "scheduler", **dict.fromkeys(AVERAGES, "average")}


@dataclass(frozen=True)
class Begun:
    """What a fork began with: after which epoch of which run, and what of its checkpoint the script takes over."""

    run: str
    epoch: int
    file: str
    optimizer: bool
    states: tuple[str, ...]


def begun(run: Path, project: Project, out: Path) -> Begun | None:
    """What a run began with where it is a fork, else None; writes the file that its script ``out`` starts from.

    LayerloomError where the checkpoint is gone.
    """
    forked = read_forked(run)
    if forked is None:
        return None
    checkpoint = start_of(run)
    if checkpoint is None:
        raise LayerloomError(
            f"The run {run.name} began with a checkpoint of the run {forked.run}, which is no longer there, so that no"
            " script can do the same. Export the project to train from the start."
        )
    optimizer = forked.weights != "best" and remembers(forked.training, project.training)
    wanted = {SCHEDULER: bool(project.training.schedules), project.training.average: True}
    # schedules that the run did not have go on as if they had been there from the start
    states = tuple(name for name in sorted({*checkpoint.states, SCHEDULER}) if name in NAMES and wanted.get(name))
    file = out.with_suffix(SUFFIX)
    atomic_write(file, _content(checkpoint, forked, optimizer, states, _laid_out_last(run)))
    return Begun(forked.run, forked.epoch, file.name, optimizer, states)


def _laid_out_last(run: Path) -> bool:
    try:
        return bool(json.loads((run / ENVIRONMENT).read_bytes()).get("memory_format") == "channels_last")
    except (OSError, ValueError, AttributeError):
        return False


def _content(checkpoint: Checkpoint, forked: Forked, optimizer: bool, states: tuple[str, ...], last: bool) -> bytes:
    """The file's bytes: a dict that ``torch.load`` reads without running anything."""
    import torch

    def laid_out(value: Any) -> Any:
        # a fused optimizer goes through its tensors and the parameters side by side
        pictures = last and isinstance(value, torch.Tensor) and value.dim() == 4
        return value.contiguous(memory_format=torch.channels_last) if pictures else value

    content: dict[str, Any] = {"epoch": forked.epoch, "model": checkpoint.weights}
    if optimizer:
        content["optimizer"] = {
            number: {name: laid_out(value) for name, value in values.items()}
            for number, values in checkpoint.optimizer["state"].items()
        }
    content |= {name: checkpoint.states.get(name, {"epoch": forked.epoch, "step": 0}) for name in states}
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def beginning_there(text: str, start: Begun, training: Training) -> str:
    """The script ``text`` of a project as one that begins where the fork did."""
    loading = [
        "    start = torch.load(arguments.start, map_location=device, weights_only=True)",
        '    model.load_state_dict(start["model"])',
    ]
    if start.optimizer:
        loading.append('    optimizer.load_state_dict({**optimizer.state_dict(), "state": start["optimizer"]})')
    loading += [f'    {NAMES[name]}.load_state_dict(start["{name}"])' for name in start.states]
    judged = training.patience or training.keep_best
    # what torchrun starts again loads its own checkpoint after this, and counts from here
    begins = SHARED if SHARED in text else "    events = fit(\n"
    again = GONE_ON if GONE_ON in text else ""
    counted = again.replace("=", "=START_EPOCH + ") or "        start=START_EPOCH,\n"
    for old, new in (
        ('writes its weights."""\n', f'writes its weights.\n\n{_note(start, bool(judged))}\n"""\n'),
        ("EPOCHS = ", f"{assignment('START', start.file)}\n{assignment('START_EPOCH', start.epoch)}\nEPOCHS = "),
        (
            '    parser.add_argument("--out", type=Path',
            '    parser.add_argument("--start", type=Path, default=Path(__file__).with_name(START), help="what to go on'
            ' from")\n    parser.add_argument("--out", type=Path',
        ),
        (begins, "\n".join(loading) + f"\n{begins}"),
        (f"        measure=measure,\n{again}", f"        measure=measure,\n{counted}"),
    ):
        before, found, after = text.partition(old)
        if not found:
            raise ValueError(f"the script has no place for what a fork begins with: {old!r}")
        text = before + new + after
    return text


def _note(start: Begun, judged: bool) -> str:
    """What is to be known of where the script begins, in lines of a docstring."""
    lines = [
        f"It goes on from the checkpoint after epoch {start.epoch} of the run {start.run}, which was trained with",
        f"other settings until then. What it starts from lies in {start.file}.",
    ]
    if not start.optimizer:
        lines.append("The optimizer starts anew.")
    if judged:
        lines.append("The epochs before are not looked at again: the best weights are the best of those that follow.")
    return "\n".join(lines)
