"""What a step does is noted as PyTorch's own tracer notes it, and what no graph could do is refused in time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from weakref import ref

import pytest
import torch
from torch import Tensor, nn
from torch.fx import Graph, Node
from torch.fx.experimental.proxy_tensor import make_fx
from torch.nn import functional as F

from designer.runtime import captured
from designer.runtime.batches import Part
from designer.runtime.captured import CapturedStep, Task, same_bits
from designer.runtime.fit import gradient_step, output_of
from designer.runtime.graph_script import compiled
from designer.runtime.noting import UnnotedError, noted
from tests.helpers.capturing import at_once  # noqa: F401

GENERATOR = torch.Generator().manual_seed(0)
aten = torch.ops.aten


def numbers(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=GENERATOR)


def classes(count: int) -> Tensor:
    return torch.randint(0, 4, (count,), generator=GENERATOR)


class Recurrent(nn.Module):
    """The last step of a recurrent layer."""

    def __init__(self, kind: type[nn.RNNBase]) -> None:
        super().__init__()
        self.layer, self.head = kind(3, 8, 2, batch_first=True), nn.Linear(8, 4)

    def forward(self, x: Tensor) -> Tensor:
        return self.head(self.layer(x)[0][:, -1])


class Mixed(nn.Module):
    """Numbers of Python as tensors, parts, indices, and memory that is written over."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.scale = nn.Linear(12, 12), nn.Parameter(torch.ones(12))
        self.elsewhere = torch.linspace(0.5, 1.5, 12)

    def forward(self, x: Tensor) -> Tensor:
        first, second = self.layer(x).chunk(2, -1)
        limits = torch.tensor([0.5, -0.5])
        limits[0] += 1
        joined = torch.cat([torch.where(first > 0, limits[0], limits[1]) * first, second.clone().mul_(2)], -1)
        joined[:, 3] = 0.25
        few = joined[:, [1, 5, 2]] * torch.tensor(3.0).item()
        largest = (x * self.elsewhere * self.scale.detach()).amax(1, keepdim=True)
        return few.sum(1, keepdim=True) + largest * self.scale.mean()


NETWORKS: dict[str, tuple[Callable[[], nn.Module], Part, Callable[..., Tensor]]] = {
    "layers of all kinds": (
        lambda: nn.Sequential(nn.Linear(12, 16), nn.BatchNorm1d(16), nn.GELU(), nn.LayerNorm(16), nn.Linear(16, 1)),
        Part((numbers(6, 12),), numbers(6, 1)),
        nn.HuberLoss(),
    ),
    "convolutions": (
        lambda: nn.Sequential(
            nn.Conv2d(2, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Dropout(),
            nn.Linear(100, 4),
        ),
        Part((numbers(6, 2, 12, 12),), classes(6)),
        nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0, 4.0]), label_smoothing=0.1),
    ),
    "attention": (
        lambda: nn.Sequential(
            nn.Embedding(9, 8), nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), nn.Flatten(), nn.Linear(40, 4)
        ),
        Part((torch.randint(0, 9, (6, 5), generator=GENERATOR),), classes(6)),
        nn.CrossEntropyLoss(),
    ),
    "gru": (lambda: Recurrent(nn.GRU), Part((numbers(6, 5, 3),), classes(6)), nn.CrossEntropyLoss()),
    "lstm": (lambda: Recurrent(nn.LSTM), Part((numbers(6, 5, 3),), classes(6)), nn.CrossEntropyLoss()),
    "mixed": (Mixed, Part((numbers(6, 12),), numbers(6, 1)), nn.MSELoss()),
}  # fmt: skip


def task_of(make: Callable[[], nn.Module], part: Part, loss: Callable[..., Tensor]) -> Task:
    """A training of the network that has made a step."""
    torch.manual_seed(0)
    model = make()
    optimizer = torch.optim.Adam(model.parameters(), fused=True)
    gradient_step(model, part, loss, optimizer, output_of)
    return Task(model, loss, optimizer, output_of)


def step_of(task: Task, part: Part, patch: pytest.MonkeyPatch) -> tuple[Callable[..., Any], list[Tensor]]:
    """What is noted of a step, and what it is given."""
    found: list[Any] = []

    def kept(work: Callable[..., Any], inputs: list[Tensor], *rest: Any) -> Any:
        found.append((work, inputs))
        return noted(work, inputs, *rest)

    with patch.context() as here:
        here.setattr(captured, "noted", kept)
        captured.captured(task, part)
    return found[0]  # type: ignore[no-any-return]


def told(graph: Graph, others: Callable[[str], Tensor]) -> list[str]:
    """A graph by the order of its operations alone, without the detours that it makes past gradients."""
    names: dict[Node, str] = {}
    known: list[Tensor] = []
    lines = []

    def text(value: Any) -> str:
        if isinstance(value, list | tuple):
            return f"[{', '.join(map(text, value))}]"
        return names[value] if isinstance(value, Node) else repr(value)

    for node in graph.nodes:
        words = [*map(text, node.args), *(f"{key}={text(each)}" for key, each in node.kwargs.items())]
        if node.target is aten.detach.default:
            names[node] = words[0]
        elif node.op == "get_attr":
            tensor = others(str(node.target))
            place = next((place for place, each in enumerate(known) if each is tensor), len(known))
            known += [tensor] * (place == len(known))
            names[node] = f"other {place}"
        else:
            names[node] = str(len(lines))
            layout = node.meta.get("layout", node.meta.get("tensor_meta"))
            laid = (tuple(layout.shape), tuple(layout.stride), layout.dtype) if hasattr(layout, "dtype") else ()
            lines.append(f"{node.op if node.op != 'call_function' else node.target} {' '.join(words)} {laid}")
    return lines


@pytest.mark.parametrize("name", NETWORKS)
def test_the_operations_of_a_step_are_those_that_pytorch_finds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    make, part, loss = NETWORKS[name]
    task = task_of(make, part, loss)
    step, inputs = step_of(task, part, monkeypatch)
    inputs = inputs[: len(task.learning) + len(task.others)] + captured.tensors_of(part, None)
    graph, others = noted(step, inputs)
    traced = make_fx(step)(*inputs)
    found = told(graph, others.__getitem__)
    assert len(found) > 20
    # inputs are called by their places, and by their names
    assert found == told(traced.graph, lambda attribute: getattr(traced, attribute))


def ran(work: Callable[..., Sequence[Tensor]], given: Sequence[Tensor], later: Sequence[Tensor]) -> list[Tensor]:
    """What the graph of ``work``, noted with ``given``, makes of ``later``."""
    graph, others = noted(work, given)
    held = captured.made_lean(graph, others, [torch.zeros(())])
    return list(compiled(graph, [torch.zeros(()), *held], len(graph.output_node().args[0]), [])[0](*later))


OPERATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "other types": lambda x: torch.stack([x.to(each).to(torch.float64) for each in (torch.float16, torch.int8)]),
    "bfloat16": lambda x: x.to(torch.bfloat16).float(),
    "truth": lambda x: (x > 0).to(torch.uint8),
    "complex": lambda x: torch.view_as_real(torch.fft.rfft(x)),
    "new ones": lambda x: torch.full((3, 4), 2) + torch.arange(4.0) + x.new_zeros(3, 1) + torch.eye(3, 4),
    "whole numbers for fractions": lambda x: F.elu(x.clamp(0, 1) - 1, alpha=2) + F.dropout(x, 0),
    "endless": lambda x: x.masked_fill(x > 0, -torch.inf).clamp(-torch.inf, 5) + torch.tensor(torch.nan).isnan(),
    "words": lambda x: F.gelu(x, approximate="tanh") + torch.div(x, 0.3, rounding_mode="floor"),
    "lists": lambda x: torch.cat([each * 2 for each in x.split([1, 2], 1)] + [x.unbind(0)[1].unsqueeze(1)], 1),
    "several answers": lambda x: torch.cat([x.sort(0)[1] + x.max(0)[0], x.topk(2, 0).values]),
    "several axes": lambda x: x.sum((0, 1)) + x.mean() + x.std(correction=0) + x.flip([0, 1]).permute(1, 0).sum([]),
    "places": lambda x: x[[0, 2]][:, None, 1] + x[1:, -1, None],
    "nothing among places": lambda x: x.view(3, 1, -1)[:, :, [1, 0]].squeeze(),
    "written places": lambda x: x.clone().index_put_((torch.tensor([0, 1]),), torch.tensor(7.0), accumulate=True),
    "larger": lambda x: F.interpolate(x.view(1, 1, 3, -1), scale_factor=2.0, mode="bilinear"),
    "formats": lambda x: torch.stack([x] * 4).view(2, 2, 3, 3).contiguous(memory_format=torch.channels_last),
    "twice the same": lambda x: (lambda y: y * y + (-0.0) + 0.0)(x.neg()),
    "nothing in a list": lambda x: x.new_zeros(()).view([]) + x.sum(),
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
def test_a_graph_makes_of_other_numbers_what_the_operations_make_of_them(name: str) -> None:
    make = OPERATIONS[name]
    given, later = numbers(3, 3), numbers(3, 3)
    [found] = ran(lambda _, x: [make(x)], [torch.zeros(()), given], [later])
    wanted = make(later)
    assert same_bits(found, wanted)
    assert found.stride() == wanted.stride()


HUNG: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "a number": lambda x, other: x * x.sum().item(),
    "whether": lambda x, other: x if x.sum() > 0 else -x,
    "whether, with gradients out of reach": torch.inference_mode()(lambda x, other: x if x.sum() > 0 else -x),
    "whether the same": lambda x, other: x if torch.equal(x, x * 2) else -x,
    "those above": lambda x, other: x[x > 0],
    "how many": lambda x, other: x * len((x > 0).nonzero()),
    "numbers of another": lambda x, other: x * other.sum().item(),
    "a changed number": lambda x, other: x * torch.tensor(2.0).add_(x.sum()).item(),
    "a number of a changed one": lambda x, other: (lambda y: x * (y.view(1), y.add_(x.sum()))[0].item())(
        torch.tensor(2.0)),
    "a drawn number": lambda x, other: x * torch.bernoulli(torch.tensor(0.5)).item(),
    "a generator of its own": lambda x, other: x * torch.rand(3, generator=GENERATOR),
    "more than a tensor": lambda x, other: x.to_sparse().to_dense(),
    "what is written elsewhere": lambda x, other: x * other.add_(1),
    "what is written through a view": lambda x, other: x * other.view(1, 3)[:, 1:].mul_(2).sum(),
    "what is written by an answer": lambda x, other: torch.add(x, x, out=other),
}  # fmt: skip


@pytest.mark.parametrize("name", HUNG)
def test_what_hangs_on_numbers_or_writes_elsewhere_is_refused(name: str) -> None:
    other, chance = torch.ones(3), GENERATOR.get_state()
    with pytest.raises(UnnotedError):
        noted(lambda x: [HUNG[name](x, other)], [torch.tensor([1.0, -2.0, 3.0])])
    assert torch.equal(other, torch.ones(3))
    assert torch.equal(GENERATOR.get_state(), chance)


def test_numbers_of_the_program_are_the_same_in_each_run() -> None:
    def work(_: Tensor, x: Tensor) -> list[Tensor]:
        count = torch.tensor([1.0, 2.0])
        count.add_(x)
        return [count, x * torch.tensor(0.25).sqrt().item(), x * torch.tensor([3.0, 4.0]).sum().item()]

    graph, others = noted(work, [torch.zeros(()), torch.zeros(2)])
    held = [torch.zeros(()), *captured.made_lean(graph, others, [torch.zeros(())])]
    run = compiled(graph, held, 3, [])[0]
    for _ in range(2):
        found = run(torch.tensor([10.0, 20.0]))
        assert [each.tolist() for each in found] == [[11.0, 22.0], [5.0, 10.0], [70.0, 140.0]]


@pytest.mark.parametrize("unwritten", [(), (0,)])
def test_inputs_are_written_where_that_is_allowed(unwritten: tuple[int, ...]) -> None:
    weights, moments = torch.ones(3), torch.ones(3)

    def work(weights: Tensor, moments: Tensor) -> list[Tensor]:
        moments.add_(1)
        weights.view(3, 1)[1:].mul_(moments[0])
        return [weights]

    if unwritten:
        with pytest.raises(UnnotedError):
            noted(work, [weights, moments], unwritten)
    else:
        noted(work, [weights, moments])
    assert moments.tolist() == [2, 2, 2]
    assert weights.tolist() == ([1, 1, 1] if unwritten else [1, 2, 2])


class Counting(nn.Module):
    """Counts its calls in a tensor that is neither a parameter nor a buffer, and goes by that."""

    def __init__(self) -> None:
        super().__init__()
        self.layer, self.calls = nn.Linear(12, 1), torch.zeros(())

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return self.layer(x) / self.calls


class Shrinking(nn.Module):
    """Makes its own weights smaller whenever it is called."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(12, 1)

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            self.layer.weight.mul_(0.9)
        return self.layer(x)


@pytest.mark.parametrize("make", [Counting, Shrinking])
def test_what_nobody_could_put_back_is_written_no_oftener_than_in_plain_steps(make: Callable[[], Any]) -> None:
    found, part = [], Part((numbers(6, 12),), torch.ones(6, 1))
    for step in (gradient_step, CapturedStep()):
        torch.manual_seed(0)
        model = make()
        optimizer = torch.optim.Adam(model.parameters(), fused=True)
        for _ in range(8):
            step(model, part, nn.MSELoss(), optimizer, output_of)
        found.append([*model.state_dict().values(), getattr(model, "calls", torch.zeros(()))])
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


def test_a_step_that_writes_its_own_weights_is_refused_before_it_does() -> None:
    part = Part((numbers(6, 12),), torch.ones(6, 1))
    task = task_of(Shrinking, part, nn.MSELoss())
    before = task.model.layer.weight.clone()
    with pytest.raises(UnnotedError):
        captured.captured(task, part)
    assert torch.equal(task.model.layer.weight, before)


def test_what_is_no_longer_needed_is_given_back_while_it_is_noted() -> None:
    made: list[ref[Tensor]] = []

    def work(x: Tensor) -> list[Tensor]:
        for _ in range(50):
            x = torch.tanh(x + 1)
            made.append(ref(x))
        assert sum(each() is not None for each in made) == 1
        return [x]

    noted(work, [torch.zeros(3)])
