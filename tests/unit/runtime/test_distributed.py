"""What each of several processes takes of a batch, and what it draws by chance; a single process changes nothing."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from designer.runtime import distributed
from designer.runtime.batches import Part
from designer.runtime.distributed import among_processes, own_rows, seed_own_chance
from designer.runtime.measures import Measure
from designer.runtime.normalizing import OwnShare


def at_place(monkeypatch: pytest.MonkeyPatch, place: int, count: int) -> None:
    """Let this process be the one at ``place`` of ``count``."""
    monkeypatch.setattr(distributed, "process_place", lambda: place)
    monkeypatch.setattr(distributed, "process_count", lambda: count)


def batch_of(rows: int) -> Part:
    """Samples whose input and target are their number."""
    numbers = torch.arange(rows, dtype=torch.float32)
    return Part((numbers[:, None],), numbers, torch.ones(rows))


def test_a_single_process_trains_as_ever() -> None:
    """Model, parts, loss and measure are those that were given."""
    model, parts, loss = nn.Linear(1, 1), (batch_of(3), batch_of(2)), nn.MSELoss()
    measure = Measure(loss)
    assert among_processes(model, parts, loss, measure) == (model, parts, loss, measure)


@pytest.mark.parametrize("rows, count", [(16, 2), (15, 2), (7, 3), (2, 4), (1, 2)])
def test_each_row_belongs_to_one_process(rows: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows are taken, each once, and who gets none has a row to run that does not count."""
    targets = []
    for place in range(count):
        at_place(monkeypatch, place, count)
        share = OwnShare()
        own = own_rows(batch_of(rows), None, share)
        assert len(own.inputs[0]) >= 1
        assert len(own.target) == len(own.weights) == share.rows  # type: ignore[arg-type]
        targets += own.target.tolist()
    assert targets == list(range(rows))


def drawn(monkeypatch: pytest.MonkeyPatch, place: int, steps: int) -> list[list[float]]:
    """What a process draws in each of so many steps."""
    at_place(monkeypatch, place, 4)
    found = []
    for _ in range(steps):
        seed_own_chance(torch.device("cpu"))
        found.append(torch.rand(3).tolist())
    return found


def test_chance_differs_by_process_and_step(monkeypatch: pytest.MonkeyPatch) -> None:
    """No two processes and no two steps draw the same numbers, and the same seed draws all of them again."""
    found = []
    for place in range(4):
        torch.manual_seed(7)
        found.append(drawn(monkeypatch, place, 3))
        torch.manual_seed(7)
        assert drawn(monkeypatch, place, 3) == found[-1]
    assert len({tuple(step) for steps in found for step in steps}) == 12


def test_the_random_state_of_one_process_leads_to_those_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process goes on after the state that another one had, as it would have by itself."""
    torch.manual_seed(7)
    whole = drawn(monkeypatch, 2, 5)
    torch.manual_seed(7)
    drawn(monkeypatch, 0, 3)
    assert drawn(monkeypatch, 2, 2) == whole[3:]
