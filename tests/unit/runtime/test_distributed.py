"""What each of several processes does with a batch, and what it draws by chance; a single process changes nothing."""

from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from torch import Tensor, nn

from designer.runtime import distributed
from designer.runtime.distributed import (
    SharedModel,
    among_processes,
    as_first_process,
    from_first_process,
    is_first_process,
    own_chance,
    refuse_processes,
    rows_of_all,
)
from designer.runtime.events import Epoch
from designer.runtime.failure import TrainingError
from designer.runtime.normalizing import normalize_together

CPU = torch.device("cpu")


def at_place(monkeypatch: pytest.MonkeyPatch, place: int, count: int) -> None:
    """Let this process be the one at ``place`` of ``count``."""
    monkeypatch.setattr(distributed, "process_count", lambda: count)
    monkeypatch.setattr(distributed.distributed, "get_rank", lambda: place)


def others_have(monkeypatch: pytest.MonkeyPatch, outputs: list[Tensor]) -> None:
    """Let the processes have these rows to give to all."""

    def gather(found: list[Tensor], own: Tensor) -> None:
        for each, output in zip(found, outputs, strict=True):
            each.copy_(nn.functional.pad(output, (0, 0, 0, len(own) - len(output))))

    monkeypatch.setattr(distributed.distributed, "all_gather", gather)


class Rows(nn.Module):
    """Keeps the rows that it was given, and answers them."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[Tensor] = []

    def forward(self, values: Tensor) -> Tensor:
        """The values."""
        self.seen.append(values)
        return values


def test_a_single_process_trains_as_ever() -> None:
    """The model, its events and its batch normalization are those that were given."""
    model = nn.Sequential(nn.Linear(1, 1), nn.BatchNorm1d(1))
    event = Epoch(1, 2, {"loss": 1.0}, {}, 0.1)
    assert among_processes(model) is model
    normalize_together(model)
    assert "forward" not in vars(model[1])
    assert from_first_process(3) == 3
    assert is_first_process()
    assert list(as_first_process([event])) == [event]


def test_several_processes_are_refused_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training for one alone says so where torchrun started more."""
    monkeypatch.setenv("WORLD_SIZE", "1")
    refuse_processes("It cannot.")
    monkeypatch.setenv("WORLD_SIZE", "2")
    with pytest.raises(TrainingError, match=r"It cannot\. Train it with a single process"):
        refuse_processes("It cannot.")


@pytest.mark.parametrize("rows, count", [(16, 2), (15, 2), (7, 3), (2, 4), (1, 2)])
def test_each_row_belongs_to_one_process(rows: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """All rows are run, each once, and all come out in their order; who has none runs one that does not count."""
    batch = torch.arange(rows, dtype=torch.float32)[:, None]
    bounds = [rows * each // count for each in range(count + 1)]
    others_have(monkeypatch, [batch[start:end] for start, end in pairwise(bounds)])
    monkeypatch.setattr(distributed, "DistributedDataParallel", lambda model, static_graph: model)
    seen: list[float] = []
    for place in range(count):
        at_place(monkeypatch, place, count)
        model = Rows()
        shared = SharedModel(model)
        assert torch.equal(shared(batch), batch)
        assert len(model.seen[0]) >= 1
        seen += model.seen[0].flatten().tolist() if bounds[place] < bounds[place + 1] else []
    assert seen == list(range(rows))


def test_each_process_has_the_gradient_of_its_own_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Times the number of processes, over which it is averaged afterwards; rows of others give none."""
    at_place(monkeypatch, 1, 2)
    own = torch.ones(1, 3, requires_grad=True)
    others_have(monkeypatch, [torch.zeros(2, 3), own.detach()])
    found = rows_of_all(own * 1.0, [2, 1], 2)
    assert found.shape == (3, 3)
    (found * torch.tensor([[1.0], [2.0], [3.0]])).sum().backward()
    assert own.grad is not None
    assert own.grad.tolist() == [[6.0, 6.0, 6.0]]


def drawn(monkeypatch: pytest.MonkeyPatch, place: int, steps: int) -> list[list[float]]:
    """What a process draws in each of so many steps."""
    at_place(monkeypatch, place, 4)
    found = []
    for _ in range(steps):
        with own_chance(CPU):
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


def test_the_random_state_of_one_process_is_that_of_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process goes on after the state that another one had, as it would have by itself."""
    torch.manual_seed(7)
    whole = drawn(monkeypatch, 2, 5)
    torch.manual_seed(7)
    drawn(monkeypatch, 0, 3)
    assert drawn(monkeypatch, 2, 2) == whole[3:]


def test_without_chance_the_random_state_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """So what changes pictures by chance draws what it draws in one process."""
    at_place(monkeypatch, 1, 2)
    torch.manual_seed(7)
    before = torch.get_rng_state()
    with own_chance(CPU):
        torch.ones(3).sum()
    assert torch.equal(torch.get_rng_state(), before)
