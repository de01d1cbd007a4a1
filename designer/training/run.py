"""A training from start to end: the stream of its events, with everything written down on the way."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from designer.project.model import Project
from designer.training.assemble import Setup, assemble, rows_of
from designer.training.checkpoint import WEIGHTS, Checkpoint, restore, write_weights
from designer.training.errors import in_words
from designer.training.events import Finished, RunEvent, Started, finite
from designer.training.gallery import shown_in_gallery
from designer.training.mode import answer_of, step_of
from designer.training.outcome import outcome
from designer.training.points import loss_keys
from designer.training.record import Record, recorded
from designer.training.written import with_samples

if TYPE_CHECKING:
    from torch import nn

    from designer.runtime.events import Epoch, Step

    Event = TypeVar("Event", bound=Step | Epoch)
    Stream: TypeAlias = Generator[Step | Epoch, None, None]


def train(
    project: Project,
    base: Path,
    folder: Path,
    resume: bool = False,
    stopping: Callable[[], bool] = lambda: False,
) -> Generator[RunEvent, None, None]:
    """Train the project, whose data paths start at ``base``, and record the run in the existing folder ``folder``.

    Yields Started, then Steps and Epochs (after ``resume`` the past epochs first), then Finished. Once ``stopping()``
    says yes, the run ends early but in order. Closing the stream leaves usable weights and a run that can be resumed,
    and ends in the same weights then; so does KeyboardInterrupt at any moment, which like a kill leaves what was
    written before it. Errors that a person can mend are LayerloomErrors.
    """
    with in_words():
        setup = assemble(project, base)
        with Record(folder, setup, base) as record:
            checkpoint, past = record.go_on() if resume else record.begin()
            if checkpoint is not None:
                restore(checkpoint, setup.model, setup.optimizer)
            rows, facts = rows_of(setup.parts), setup.prepared.facts
            yield Started(project.training.epochs, rows, str(setup.device), facts, record.saved, setup.measure)
            stopped = _Once(stopping)
            seen = shown_in_gallery(training_events(setup, checkpoint, past), setup, folder, record.saved)
            seen = with_samples(seen, setup, folder, record.saved)
            stream = recorded(until(seen, stopped), record)
            events = keeping_best(stream, setup, record)
            try:
                yield from timed(events, record)
            except GeneratorExit:
                stream.close()
                events.close()
                _leave_weights(setup, record)
                raise
            finished = _finish(setup, record, stopped.said)
        yield finished


def training_events(setup: Setup, checkpoint: Checkpoint | None, past: list[Epoch]) -> Iterator[Step | Epoch]:
    """The steps and epochs of a training that is watched for nonsense and stops early; past epochs first."""
    from designer.runtime.early import stop_early, stop_if_not_finite
    from designer.runtime.fit import fit

    training, validation = setup.project.training, setup.parts["validation"]
    events: Iterator[Step | Epoch] = fit(
        setup.model,
        setup.parts["train"],
        validation,
        setup.loss,
        setup.optimizer,
        epochs=training.epochs,
        batch_size=training.batch_size,
        seed=training.seed,
        measure=setup.measure,
        start=checkpoint.epoch if checkpoint else 0,
        answer=answer_of(setup.project),
        step=step_of(setup.project),
    )
    if checkpoint is not None:
        events = itertools.chain(replayed(past, setup.model, checkpoint), events)
    events = stop_if_not_finite(events, setup.model)
    if training.patience and len(validation):
        events = stop_early(events, training.patience)
    return events


def keeping_best(events: Stream, setup: Setup, record: Record) -> Stream:
    """The events with the best weights kept, where the project wants it and there is a part to judge by."""
    from designer.runtime.early import keep_best

    if setup.project.training.keep_best and len(setup.parts["validation"]):
        return cast("Stream", keep_best(events, setup.model, record.best))
    return events


def replayed(past: list[Epoch], model: nn.Module, checkpoint: Checkpoint) -> Iterator[Epoch]:
    """Past epochs once more, with the best weights in ``model`` up to the best of them and the last ones in the end.

    So whatever watches the stream gets into the state that it had.
    """
    for event in past:
        model.load_state_dict(checkpoint.best if event.epoch <= checkpoint.best_epoch else checkpoint.weights)
        yield event
    model.load_state_dict(checkpoint.weights)


def until(events: Iterator[Event], stopping: Callable[[], bool]) -> Generator[Event, None, None]:
    """The events up to the first after which ``stopping()`` says yes."""
    for event in events:
        yield event
        if stopping():
            return


def timed(events: Iterator[Event], record: Record) -> Generator[Event, None, None]:
    """The events; the time that it takes to make them, not what others do with them, is added to the record's."""
    began = time.perf_counter()
    for event in events:
        record.seconds += time.perf_counter() - began
        yield event
        began = time.perf_counter()
    record.seconds += time.perf_counter() - began


class _Once:
    """Asks until the answer is yes, and keeps it."""

    def __init__(self, question: Callable[[], bool]) -> None:
        self.said = False
        self._question = question

    def __call__(self) -> bool:
        self.said = self.said or self._question()
        return self.said


def _finish(setup: Setup, record: Record, stopped: bool) -> Finished:
    """Measure all parts with the final weights and write down how the run ended."""
    from designer.runtime.fit import evaluate

    answer = answer_of(setup.project)
    write_weights(record.folder / WEIGHTS, setup.model.state_dict())
    metrics: dict[str, Any] = {"run": str(record.folder), "epochs": record.epochs, "seconds": record.seconds}
    for name, part in setup.parts.items():
        metrics[name] = finite(evaluate(setup.model, part, setup.measure, answer=answer))
    if setup.prepared.facts.baseline:
        metrics["repeat_last_rmse"] = dict(setup.prepared.facts.baseline)
    learned = setup.prepared.preparation
    losses = loss_keys(setup.project, learned)
    record.write_json("results.json", outcome(setup.model, setup.parts, learned, answer, losses))
    record.write_json("metrics.json", metrics | {"stopped": stopped})
    return Finished(str(record.folder), metrics, stopped)


def _leave_weights(setup: Setup, record: Record) -> None:
    """Leave weights that can be used after an interruption: the best so far, else those of the last epoch."""
    from designer.runtime.weights import weights_are_finite

    if record.epochs and weights_are_finite(setup.model):
        write_weights(record.folder / WEIGHTS, record.best or setup.model.state_dict())
