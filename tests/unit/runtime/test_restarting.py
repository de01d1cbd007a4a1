"""The checkpoint of a script under torchrun: who goes on from it, who does not, and with what."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from designer.runtime.batches import Part
from designer.runtime.early import keep_best, stop_early
from designer.runtime.events import Epoch, Step
from designer.runtime.fit import fit
from designer.runtime.measures import Measure
from designer.runtime.restarting import Restart

INPUTS = torch.linspace(-1, 1, 24)[:, None]
TRAIN, VALIDATION = Part((INPUTS,), INPUTS.square()), Part((INPUTS[::5],), INPUTS[::5].square() + 0.1)


def launched(monkeypatch: pytest.MonkeyPatch, name: str, restarts: int = 0) -> None:
    """Let torchrun have started this process, under a name, so many times again."""
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", name)
    monkeypatch.setenv("TORCHELASTIC_RESTART_COUNT", str(restarts))


def begun(out: Path) -> tuple[Restart, nn.Module, Iterator[Step | Epoch]]:
    """A training of eight epochs with all that watches its figures."""
    torch.manual_seed(3)
    model = nn.Sequential(nn.Linear(1, 8), nn.Dropout(0.3), nn.Tanh(), nn.Linear(8, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.3)
    loss = nn.MSELoss()
    restart = Restart(out, model, {"model": model, "optimizer": optimizer})
    start = len(restart.past)
    events = fit(
        model, TRAIN, VALIDATION, loss, optimizer, epochs=8, batch_size=6, seed=5, measure=Measure(loss), start=start
    )
    events = stop_early(restart.kept(events), patience=6)
    return restart, model, keep_best(events, model, restart.best)


def figures(events: Iterator[Step | Epoch], most: int = 100) -> list[tuple[int, dict[str, float], dict[str, float]]]:
    """The epochs, up to the one before epoch ``most``."""
    found = []
    for event in events:
        if isinstance(event, Epoch):
            found.append((event.epoch, event.train, event.validation))
        elif event.epoch >= most:
            break
    return found


@pytest.mark.parametrize("lost", [2, 4, 7, 8])
def test_it_goes_on_as_if_nothing_had_been(lost: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All figures and the best weights are those of a training that was not lost in epoch ``lost``."""
    _, whole, events = begun(tmp_path / "whole.pt")
    expected = figures(events)
    launched(monkeypatch, "name")
    # each is due at once
    monkeypatch.setattr("designer.runtime.restarting.time.monotonic", lambda: 0.0)
    figures(begun(tmp_path / "w.pt")[2], most=lost)
    launched(monkeypatch, "name", restarts=1)
    restart, model, events = begun(tmp_path / "w.pt")
    assert len(restart.past) == lost - 1
    assert figures(events) == expected
    for name, tensor in whole.state_dict().items():
        assert torch.equal(model.state_dict()[name], tensor)
    assert [path.name for path in tmp_path.iterdir()] == ["w.pt.checkpoint"]


@pytest.mark.parametrize(
    "first, again, restarts, goes_on",
    [("a", "a", 0, True), ("a", "b", 1, False), ("none", "none", 0, False), ("none", "none", 1, True)],
)
def test_only_the_same_launch_goes_on(
    first: str, again: str, restarts: int, goes_on: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another launch begins anew, and clears away what it finds; without a name only one that was started again."""
    launched(monkeypatch, first)
    figures(begun(tmp_path / "w.pt")[2], most=3)
    launched(monkeypatch, again, restarts)
    restart = begun(tmp_path / "w.pt")[0]
    assert bool(restart.past) == goes_on == restart.path.exists()


def test_without_torchrun_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that python runs writes its weights alone."""
    monkeypatch.delenv("TORCHELASTIC_RUN_ID", raising=False)
    figures(begun(tmp_path / "w.pt")[2])
    assert list(tmp_path.iterdir()) == []
