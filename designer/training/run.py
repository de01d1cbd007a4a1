"""A training from start to end: the stream of its events, with everything written down on the way."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from designer.layers.catalog import mode_of
from designer.project.model import Project
from designer.training.abilities import graphed_training_step, judging, training_step, with_average
from designer.training.agreeing import assembled_by_all, called, led, others_heard, told_by_first
from designer.training.assemble import Setup, rows_of
from designer.training.chance import set_chance
from designer.training.checkpoint import WEIGHTS, Checkpoint, restore, write_weights
from designer.training.data_once import DataOnce
from designer.training.ending import ending_of
from designer.training.errors import in_words, lacks_memory
from designer.training.events import Changed, Finished, RunEvent, Started, Warned, finite
from designer.training.gallery import shown_in_gallery
from designer.training.history import best_since, patient_since, watched_after
from designer.training.mode import answer_of
from designer.training.out_of_memory import memory_ran_out
from designer.training.outcome import outcome
from designer.training.points import loss_keys
from designer.training.rates_told import with_rates
from designer.training.record import Record, recorded
from designer.training.run_files import METRICS_NAME
from designer.training.saving import Saving, Waiting
from designer.training.schedules import with_schedules
from designer.training.trial_run import as_recorded
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
    data: DataOnce | None = None,
    waiting: Waiting | None = None,
) -> Generator[RunEvent, None, None]:
    """Train the project, whose data paths start at ``base``, and record the run in the existing folder ``folder``.

    Yields Started, then Steps and Epochs (after ``resume`` the past epochs first), then Finished. Once ``stopping()``
    says yes, the run ends early but in order. Closing the stream leaves usable weights and a run that can be resumed,
    and ends in the same weights then; so does KeyboardInterrupt at any moment, which like a kill leaves what was
    written before it. ``data`` may be read already. Between them comes Unsaved where the run cannot be written down,
    and Saved once it can; at the end that is tried again for as long as ``waiting`` says, None not at all. Errors that
    a person can mend are LayerloomErrors.
    """
    with in_words(), others_heard():
        project = as_recorded(project, folder) if resume else project
        called(project)
        data = data or DataOnce()
        setup = assembled_by_all(project, base, folder, data.read_for(folder) if resume else data.read)
        with Record(folder, setup, base, data.hash(setup.project, base)) as record:
            checkpoint, past = record.go_on() if resume else record.begin()
            told_by_first(checkpoint, past, record.changes)
            if checkpoint is not None:
                restore(checkpoint, setup.model, setup.optimizer)
                for name in setup.states.keys() & checkpoint.states.keys():
                    setup.states[name].load_state_dict(checkpoint.states[name])
            rows, facts = rows_of(setup.parts), setup.prepared.facts
            told = setup.measure, record.kept, tuple(record.changes)
            yield Started(project.training.epochs, rows, str(setup.device), facts, record.saved, *told)
            if record.warning:
                yield Warned(record.warning)
            stopped = _Once(stopping)
            trained = led(training_events(setup, checkpoint, past, record.changes, record.kept))
            seen = shown_in_gallery(trained, setup, folder, record.saved)
            seen = with_samples(seen, setup, folder, record.saved)
            stream = recorded(until(seen, stopped), record)
            events = keeping_best(stream, setup, record)
            saving = Saving(record, waiting)
            try:
                yield from saving.along(timed(events, record))
            except GeneratorExit:
                stream.close()
                events.close()
                _leave_weights(setup, record)
                raise
            except (MemoryError, RuntimeError) as error:
                if not lacks_memory(error):
                    raise
                raise memory_ran_out(setup, error, record.saved > 0) from None
            finally:
                trained.close()
            yield from saving.insist(record.save_left)
            finished = yield from _finish(setup, record, stopped.said, saving)
        yield finished


def training_events(
    setup: Setup,
    checkpoint: Checkpoint | None,
    past: list[Epoch],
    changes: Sequence[Changed] = (),
    kept: list[Any] | None = None,
) -> Iterator[Step | Epoch]:
    """The steps and epochs of a training that is watched for nonsense and stops early; past epochs first.

    ``changes`` of settings made on the way let the patience of early stopping count anew. ``kept`` is what is known of
    the steps of an epoch that was begun, and goes on to hold those that follow.
    """
    from designer.runtime.distributed import among_processes, as_first_process
    from designer.runtime.early import stop_early, stop_if_not_finite
    from designer.runtime.fit import fit
    from designer.runtime.normalizing import normalize_together

    training, validation = setup.project.training, setup.parts["validation"]
    network = among_processes(setup.model, rivals=mode_of(setup.project).rivals)
    normalize_together(network)
    events: Iterator[Step | Epoch] = fit(
        network,
        setup.parts["train"],
        validation,
        setup.loss,
        setup.optimizer,
        epochs=training.epochs,
        batch_size=training.batch_size,
        seed=training.seed,
        measure=setup.measure,
        start=checkpoint.epoch if checkpoint else 0,
        done=checkpoint.step if checkpoint else 0,
        kept=kept,
        then=partial(set_chance, checkpoint.chance, setup.device) if checkpoint and checkpoint.step else None,
        answer=answer_of(setup.project),
        step=fast_step(setup),
        judged=None if setup.judged is setup.model else setup.judged,
    )
    events = with_rates(as_first_process(events), setup)
    if checkpoint is not None:
        events = itertools.chain(replayed(past, setup.judged, checkpoint), events)
    events = with_average(with_schedules(events, setup.states, checkpoint), setup)
    # of past epochs the last one tells whether the weights are sound
    before = past[-2].epoch if checkpoint is not None and len(past) > 1 else 0
    events = watched_after(before, events, lambda rest: stop_if_not_finite(rest, setup.model))
    if training.patience and len(validation):
        since = patient_since(past, changes, training)
        events = watched_after(since, events, lambda rest: stop_early(rest, training.patience, **judging(training)))
    return events


def fast_step(setup: Setup) -> Callable[..., Any]:
    """What trains on one batch, or what makes the same of it in less time, where the step is the usual one."""
    from designer.runtime.distributed import process_count
    from designer.runtime.fit import gradient_step
    from designer.runtime.kept_memory import keep_freed_memory
    from designer.runtime.quick_steps import quick_step

    keep_freed_memory()
    step = training_step(setup)
    # what classes of the project's own do beside computing, a graph would not repeat
    if setup.project.layers or process_count() > 1:
        return step
    if step is gradient_step:
        return quick_step(setup.device)
    return graphed_training_step(setup) if setup.device.type == "cuda" else step


def keeping_best(events: Stream, setup: Setup, record: Record) -> Stream:
    """The events with the best weights kept, where the project wants it and there is a part to judge by."""
    from designer.runtime.early import keep_best

    if setup.project.training.keep_best and len(setup.parts["validation"]):
        since = max(best_since(record.changes), record.best_until)
        keeping = partial(keep_best, **judging(setup.project.training), lowest=record.floor)
        watched = watched_after(since, events, lambda rest: keeping(rest, setup.judged, record.best))
        return cast("Stream", watched)
    return events


def replayed(past: list[Epoch], model: nn.Module, checkpoint: Checkpoint) -> Iterator[Epoch]:
    """Past epochs once more, with the best weights in ``model`` up to the best of them and the last ones in the end.

    So whatever watches the stream gets into the state that it had.
    """
    last = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    # nobody trains meanwhile, so that they stay what they are
    if past and past[0].epoch <= checkpoint.best_epoch:
        model.load_state_dict(checkpoint.best)
    for event, following in itertools.zip_longest(past, past[1:]):
        yield event
        if event.epoch <= checkpoint.best_epoch and (following is None or following.epoch > checkpoint.best_epoch):
            model.load_state_dict(last)


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


def _finish(setup: Setup, record: Record, stopped: bool, saving: Saving) -> Generator[RunEvent, None, Finished]:
    """Measure all parts with the final weights and write down how the run ended."""
    from designer.runtime.early import check_weights
    from designer.runtime.fit import evaluate

    check_weights(setup.judged, record.epochs + stopped)
    answer = answer_of(setup.project)
    yield from saving.insist(lambda: write_weights(record.folder / WEIGHTS, setup.judged.state_dict()))
    metrics: dict[str, Any] = {"run": str(record.folder), "epochs": record.epochs, "seconds": record.seconds}
    for name, part in setup.parts.items():
        metrics[name] = finite(evaluate(setup.judged, part, setup.measure, answer=answer))
    if setup.prepared.facts.baseline:
        metrics["repeat_last_rmse"] = dict(setup.prepared.facts.baseline)
    learned = setup.prepared.preparation
    losses = loss_keys(setup.project, learned)
    results = outcome(setup.judged, setup.parts, learned, answer, losses)
    yield from saving.insist(lambda: record.write_json("results.json", results))
    ending = ending_of(setup, record)
    whole = metrics | {"stopped": stopped} | ({"ending": ending} if ending else {})
    yield from saving.insist(lambda: record.write_json(METRICS_NAME, whole))
    return Finished(str(record.folder), metrics, stopped, ending)


def _leave_weights(setup: Setup, record: Record) -> None:
    """Leave weights that can be used after an interruption: the best so far, else those of the last epoch."""
    from designer.runtime.weights import weights_are_finite

    if record.epochs and weights_are_finite(setup.judged):
        write_weights(record.folder / WEIGHTS, record.best or setup.judged.state_dict())
