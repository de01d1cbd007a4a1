"""The short trial before a run: how many threads, which memory format and precision its steps are fastest with."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import time
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from designer.compiler.report import ModelSource
from designer.layers.catalog import step_name
from designer.layers.modes import SUPERVISED
from designer.project.model import MemoryFormat, Precision, Project
from designer.training.mode import answer_of, step_of
from designer.training.run_files import ENVIRONMENT

if TYPE_CHECKING:
    import torch
    from torch import nn

    from designer.runtime.batches import Part

BUDGET = 0.3
# a single step of a very large network may take longer than all of that
LONGEST = 1.0
SHORT_STEP = 0.001
LONG_STEP = 0.01
FIRST_ROWS = 2
GAIN = 0.9
# what 16 bits cost in exactness has to be worth it, also beside a captured step, which computes in 32
LOWERED_GAIN = 0.75
LOWERED: Precision = "bfloat16"
MOST_PARAMETERS = 50_000_000
EARLIER_RUNS = 20
CONVOLUTION = re.compile(r"\bConv(Transpose)?2d\b")


@dataclass(frozen=True)
class Choice:
    """What a run trains with. ``seconds`` a step took in the trial, by candidate; ``of`` tells trials apart."""

    threads: int = 1
    memory_format: MemoryFormat = "contiguous"
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)
    of: str = field(default="", compare=False)
    precision: Precision = "float32"

    @property
    def words(self) -> str:
        """The choice as a candidate of the trial is called."""
        words = f"{self.threads} {'thread' if self.threads == 1 else 'threads'}, {self.memory_format}"
        return words if self.precision == "float32" else f"{words}, {self.precision}"


@dataclass(frozen=True)
class Tried:
    """What is tried: ``make`` builds the network anew, and ``optimizer`` makes what changes its parameters."""

    project: Project
    source: ModelSource
    part: Part
    device: torch.device
    loss: Any
    make: Callable[[], nn.Module]
    optimizer: Callable[[nn.Module], torch.optim.Optimizer]


# what was found in this process, by what it was found of
_found: dict[str, Choice] = {}


def settled(project: Project, choice: Choice) -> Project:
    """The project with the choice where its own settings leave it open."""
    training = project.training
    threads = training.threads or choice.threads
    memory_format = choice.memory_format if training.memory_format == "auto" else training.memory_format
    precision = choice.precision if training.precision == "auto" else training.precision
    found = replace(training, threads=threads, memory_format=memory_format, precision=precision)
    return replace(project, training=found)


def as_recorded(project: Project, run: Path) -> Project:
    """The project of a run that goes on, with what was found by a trial when the run was begun."""
    try:
        known = json.loads((run / ENVIRONMENT).read_bytes())
        choice = Choice(max(1, int(known["threads"])), _memory_format(known), precision=_precision(known))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return project
    return settled(project, choice)


def recorded_trial(run: Path) -> Any:
    """What the run has written down of its trial; None where there was none."""
    try:
        return json.loads((run / ENVIRONMENT).read_bytes())["trial"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _memory_format(known: Mapping[str, Any]) -> MemoryFormat:
    return "channels_last" if known.get("memory_format") == "channels_last" else "contiguous"


def _precision(known: Mapping[str, Any]) -> Precision:
    return LOWERED if known.get("precision") == LOWERED else "float32"


def may_lower(project: Project, device: torch.device) -> bool:
    """Whether a trial is to find the precision: the steps can be made in 16 bits, and all processes would agree."""
    import torch

    from designer.runtime.failure import TrainingError
    from designer.runtime.mixed_precision import check_precision

    if project.training.precision != "auto" or step_name(project) != SUPERVISED.step or _distributed():
        return False
    try:
        check_precision(device, getattr(torch, LOWERED))
    except TrainingError:
        return False
    return True


def convolves(source: ModelSource) -> bool:
    """Whether a network has 2-D convolutions, for which alone the memory format of pictures matters."""
    return CONVOLUTION.search(source.text) is not None


def channels_last(project: Project, source: ModelSource) -> bool:
    """Whether the network keeps the channels of pictures last."""
    return project.training.memory_format == "channels_last" and convolves(source)


def thread_counts(most: int) -> list[int]:
    """The numbers of threads worth a trial where ``most`` are usual: one, half of them, all."""
    return sorted({1, max(1, most // 2), most})


def chosen(tried: Tried, most_threads: int, run: Path | None) -> Choice:
    """What to train with: found before in this process or by a run beside ``run``, else by a trial.

    So equal runs on one computer are trained alike, and the same seed gives the same weights.
    """
    training = tried.project.training
    counts = [training.threads] if training.threads else thread_counts(most_threads)
    counts = counts if tried.device.type == "cpu" else counts[:1]
    both = training.memory_format == "auto" and convolves(tried.source) and not _distributed()
    # Apple's GPUs have one way of their own for pictures, and have got others wrong: PyTorch's issue 140902
    both = both and tried.device.type != "mps"
    usual = Choice(counts[0], "contiguous")
    if not len(tried.part) or (len(counts) == 1 and not both and not may_lower(tried.project, tried.device)):
        return usual
    key = _key(tried, counts)
    found = _found.get(key) or next(_earlier(run, key), None)
    if found is None:
        found = replace(_trial(tried, counts, both), of=key)
    _found[key] = found
    return found


def _distributed() -> bool:
    """Whether this is one of several processes that train one model, which all have to do the same."""
    import torch

    return torch.distributed.is_available() and torch.distributed.is_initialized()


def _key(tried: Tried, counts: list[int]) -> str:
    import torch

    training = tried.project.training
    sample = tried.part.rows(slice(0, 1))
    shapes = [[list(each.shape), str(each.dtype)] for each in sample.inputs]
    settings = [training.batch_size, training.accumulate, training.optimizer, training.memory_format, training.mode]
    settings += [training.precision]
    computer = [platform.node(), platform.machine(), torch.__version__, str(tried.device), counts]
    text = json.dumps([tried.source.text, shapes, len(tried.part), settings, computer])
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _earlier(run: Path | None, key: str) -> Iterator[Choice]:
    """The choices of the newest runs beside ``run`` that were made of the same."""
    if run is None:
        return
    for folder in sorted(run.parent.glob(f"*/{ENVIRONMENT}"), reverse=True)[:EARLIER_RUNS]:
        try:
            known = json.loads(folder.read_bytes())["trial"]
            if known["of"] == key:
                seconds = {str(name): float(value) for name, value in known["seconds"].items()}
                threads = max(1, int(known["threads"]))
                yield Choice(threads, _memory_format(known), seconds, key, _precision(known))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue


def record_of(choice: Choice) -> dict[str, Any] | None:
    """What a run writes down of its trial; None where there was none."""
    return asdict(choice) if choice.of else None


def _trial(tried: Tried, counts: list[int], both: bool) -> Choice:
    """Try all candidates on networks of their own; chance and the number of threads are as before afterwards."""
    import torch

    before = torch.get_num_threads()
    devices = [tried.device] if tried.device.type == "cuda" else []
    usual = Choice(counts[0], "contiguous")
    try:
        with torch.random.fork_rng(devices=devices):
            torch.set_num_threads(counts[0])
            torch.manual_seed(tried.project.training.seed)
            model = tried.make()
            if sum(each.numel() for each in model.parameters()) > MOST_PARAMETERS:
                return replace(usual, threads=counts[-1])
            return _compared(tried, model, counts, both)
    except (RuntimeError, ValueError, IndexError):
        # a step that fails here fails in the run too, where it is told
        return usual
    finally:
        torch.set_num_threads(before)


def _compared(tried: Tried, model: nn.Module, counts: list[int], both: bool) -> Choice:
    """The fastest of the candidates: the number of threads is found first, the memory format next, then the precision.

    Each has its share of the time.
    """
    from designer.runtime.memory_format import use_channels_last

    lowers = may_lower(tried.project, tried.device)
    others = [deepcopy(model) for _ in range(both + lowers)]
    take = _Steps(tried, model)
    if not take.grow(counts[0]):
        return Choice(counts[0], "contiguous")
    began = time.perf_counter()
    share, last = BUDGET / (1 + both + lowers), began + LONGEST
    contiguous = [Choice(count, "contiguous") for count in counts]
    seconds = _timed(dict.fromkeys(contiguous, take), began + share, last)
    best = _fastest(seconds)
    if both and time.perf_counter() < last:
        use_channels_last(other := others.pop())
        behind, steps = Choice(best.threads, "channels_last"), take.of(other)
        if _beside(seconds, {best: take, behind: steps}, (began + 2 * share, last)) < GAIN:
            best, take = behind, steps
    if lowers and time.perf_counter() < last:
        other = others.pop()
        if best.memory_format == "channels_last":
            use_channels_last(other)
        lowered, steps = replace(best, precision=LOWERED), take.of(other, precision=LOWERED)
        if _beside(seconds, {best: take, lowered: steps}, (began + BUDGET, last)) < LOWERED_GAIN:
            best = lowered
    return replace(best, seconds={each.words: round(value, 6) for each, value in seconds.items()})


def _beside(seconds: dict[Choice, float], both: Mapping[Choice, _Steps], until: tuple[float, float]) -> float:
    """The share of the first one's time that the second takes, endless where it was not tried; kept in ``seconds``."""
    best, other = both
    again = _timed(both, *until)
    if other not in again:
        return float("inf")
    seconds[other] = seconds[best] * again[other] / again[best]
    return again[other] / again[best]


def _fastest(seconds: Mapping[Choice, float]) -> Choice:
    """The candidate with the fewest threads than which none is clearly faster."""
    best, *others = seconds
    for each in others:
        best = each if seconds[each] < GAIN * seconds[best] else best
    return best


def _timed(candidates: Mapping[Choice, _Steps], deadline: float, last: float) -> dict[Choice, float]:
    """The median seconds of a step of each candidate, tried in turns; those that time is too short for are left out."""
    import torch

    taken: dict[Choice, list[float]] = {}
    for each, steps in candidates.items():
        if taken and time.perf_counter() > last:
            break
        torch.set_num_threads(each.threads)
        steps.seconds()
        taken[each] = [steps.seconds()]
    while time.perf_counter() < deadline:
        for each in taken:
            torch.set_num_threads(each.threads)
            taken[each].append(candidates[each].seconds())
    return {each: median(values) for each, values in taken.items()}


class _Steps:
    """Steps of training on the first rows of the training part, as many as a step needs to be measured."""

    def __init__(self, tried: Tried, model: nn.Module) -> None:
        from designer.runtime.batches import batch_slices

        self.tried, self.model = tried, model
        self.optimizer = tried.optimizer(model)
        self._step, self._answer = step_of(tried.project), answer_of(tried.project)
        training = tried.project.training
        full = batch_slices(len(tried.part), training.batch_size)[0].stop
        self.most = max(1, -(-full // max(1, training.accumulate)))
        self._take(min(self.most, FIRST_ROWS))

    def of(self, model: nn.Module, **settings: Any) -> _Steps:
        """The same steps of another model, perhaps with other settings."""
        project = self.tried.project
        project = replace(project, training=replace(project.training, **settings))
        other = _Steps(replace(self.tried, project=project), model)
        other._take(len(self._batch))
        return other

    def grow(self, threads: int) -> bool:
        """Take more rows until a step is long enough; whether a step is long enough for a trial at all."""
        import torch

        torch.set_num_threads(threads)
        self.model.train()
        self.seconds()
        while True:
            self.seconds()
            seconds = self.seconds()
            if len(self._batch) >= self.most or seconds >= LONG_STEP:
                return seconds >= SHORT_STEP
            self._take(min(self.most, 2 * len(self._batch)))

    def seconds(self) -> float:
        """How long one more step takes, until a GPU is done with it."""
        from designer.runtime.cuda_graphs import wait_for

        wait_for(self.tried.device)
        began = time.perf_counter()
        self._step(self.model, self._batch, self.tried.loss, self.optimizer, self._answer)
        wait_for(self.tried.device)
        return time.perf_counter() - began

    def _take(self, rows: int) -> None:
        from designer.runtime.batches import augmented

        self._batch = augmented(self.tried.part.rows(slice(0, rows)).ready())
