"""How much memory a training needs, worked out on the meta device before anything of it is built."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings

from designer.compiler.infer import MISFITS
from designer.compiler.load import load_model
from designer.compiler.report import ModelSource
from designer.project.model import Project
from designer.training.errors import RunError
from designer.training.memory_words import memory_words
from designer.training.mode import answer_of

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from designer.runtime.batches import Part

PROBED_ROWS = 2
MOST_MODULES = 3000
# a proposal leaves part of what is free to all that is not counted, and expects the way back to need more
SPARE = 0.2
WAY_BACK = 1.5
NUMBER_BYTES = 4
Make = Callable[["nn.Module"], "torch.optim.Optimizer"]


@dataclass(frozen=True)
class Footprint:
    """Bytes: of the ``weights`` (with buffers), of their gradients, of what the optimizer remembers, and of what each
    ``sample`` of a batch leaves behind for the way back. ``largest`` names the module with most of the weights.
    """

    weights: int
    gradients: int
    state: int
    sample: int
    largest: str = ""

    @property
    def network(self) -> int:
        """What is needed whatever the batch size."""
        return self.weights + self.gradients + self.state

    def needed(self, rows: int) -> int:
        """What a batch of so many rows needs at least."""
        return self.network + self.sample * rows

    def most_rows(self, room: int) -> int:
        """The largest batch, a power of two, that fits into ``room`` bytes; 0 where none does."""
        left = int(room * (1 - SPARE)) - self.network
        fitting = int(left / (WAY_BACK * self.sample)) if self.sample else 0
        return 1 << (fitting.bit_length() - 1) if fitting > 0 else 0

    @property
    def numbers(self) -> int:
        """How many numbers the weights are, each of which has 32 bits."""
        return self.weights // NUMBER_BYTES

    def most_numbers(self, room: int) -> int:
        """How many of them would fit into ``room`` bytes with a batch of a single row, in two digits."""
        left = room * (1 - SPARE) - WAY_BACK * self.sample
        fitting = max(0, int(self.numbers * left / self.network))
        unit = int(10 ** max(0, len(str(fitting)) - 2))
        return fitting // unit * unit


def footprint(project: Project, source: ModelSource, part: Part, make: Make) -> Footprint | None:
    """What training needs at least; None where it cannot be told. ``make`` makes the optimizer of any model.

    What recurrent layers leave behind is not counted: on the meta device they take as long as in earnest.
    """
    import torch

    try:
        with torch.device("meta"):
            model = load_model(source)
    except MISFITS:
        return None
    learned = sum(_size(each) for each in model.parameters() if each.requires_grad)
    weights = sum(_size(each) for each in (*model.parameters(), *model.buffers()))
    sizes = {
        name: sum(_size(each) for each in module.parameters(recurse=False)) for name, module in model.named_modules()
    }
    state = int(learned * remembered(make))
    return Footprint(weights, learned, state, _sample(project, model, part), max(sizes, key=lambda name: sizes[name]))


def remembered(make: Make) -> float:
    """How many bytes an optimizer remembers for each byte of the parameters: Adam 2, plain SGD 0."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        model = nn.Linear(64, 64)
    optimizer = make(model)
    history = optimizer.defaults.get("history_size")
    if history is not None:
        # LBFGS keeps as many directions and as many changes of the gradient, beside its last ones
        return 2 * float(history) + 2
    for parameter in model.parameters():
        parameter.grad = torch.zeros_like(parameter)
    optimizer.step()
    kept = sum(_size(each) for values in optimizer.state.values() for each in values.values() if torch.is_tensor(each))
    return kept / sum(_size(each) for each in model.parameters())


def room_on(device: torch.device) -> int:
    """The bytes that are free on ``device`` for this process."""
    import psutil
    import torch

    from designer.runtime.room import free_memory

    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return min(free_memory(), int(psutil.virtual_memory().available))


def rows_at_once(project: Project, part: Part) -> int:
    """How many rows go through the network at once."""
    from designer.runtime.batches import batch_slices

    slices = batch_slices(len(part), project.training.batch_size)
    most = max((each.stop - each.start for each in slices), default=1)
    return max(1, -(-most // max(1, project.training.accumulate)))


def refuse_too_large(project: Project, source: ModelSource, part: Part, device: torch.device, make: Make) -> None:
    """A RunError where training needs more memory than there is, with the batch size that would fit."""
    if not len(part):
        return
    found = footprint(project, source, part, make)
    if found is None:
        return
    rows, room = rows_at_once(project, part), room_on(device)
    if found.needed(rows) <= room:
        return
    fitting = min(found.most_rows(room), rows // 2)
    words = (
        f"Training needs about {memory_words(found.needed(rows))} of memory with {rows:,} samples at once, and"
        f" {memory_words(room)} are free. "
    )
    if fitting:
        raise RunError(f"{words}A batch size of {fitting * project.training.accumulate:,} would fit.")
    where = f", above all {found.largest}" if found.largest else ""
    most = found.most_numbers(room)
    size = f"; of its {found.numbers:,} weights about {most:,} would fit" if most else ""
    raise RunError(
        f"{words}The network alone takes {memory_words(found.network)}: {memory_words(found.weights)} for its weights,"
        " the rest for their gradients and what the optimizer remembers of them. No batch size would fit: make the"
        f" network smaller{where}{size}."
    )


def _size(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def _sample(project: Project, model: nn.Module, part: Part) -> int:
    """The bytes that each sample leaves behind for the way back, 0 where they cannot be told."""
    import torch
    from torch import nn

    modules = list(model.modules())
    if len(modules) > MOST_MODULES or any(isinstance(each, nn.RNNBase | nn.RNNCellBase) for each in modules):
        return 0
    own = {each.untyped_storage()._cdata for each in (*model.parameters(), *model.buffers())}
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage._cdata not in own:
            kept[storage._cdata] = storage.nbytes()
        return tensor

    batch = _on_meta(part.rows(slice(0, 1)).ready())
    try:
        # outputs are held, so that no storage takes the place of another
        with (
            catch_warnings(action="ignore"),
            torch.device("meta"),
            torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        ):
            held: Any = answer_of(project)(model, batch)
    except MISFITS:
        return 0
    del held
    return sum(kept.values()) // PROBED_ROWS


def _on_meta(sample: Part) -> Part:
    """A few samples such as this one, without numbers."""
    import torch

    from designer.runtime.values import on_each

    def empty(values: Tensor) -> Tensor:
        return torch.empty(PROBED_ROWS, *values.shape[1:], dtype=values.dtype, device="meta")

    inputs = tuple(empty(each) for each in sample.inputs)
    weights = None if sample.weights is None else empty(sample.weights)
    return replace(sample, inputs=inputs, targets=on_each(sample.targets, empty), weights=weights)
