"""The events of a run as lines for those who watch it, steps at most so many a second."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from designer.training.events import (
    Changed,
    Finished,
    GoneOn,
    Held,
    Refused,
    Saved,
    Started,
    SteeredEvent,
    Unsaved,
    Warned,
    changed_line,
    epoch_line,
    finished_line,
    finite,
    held_line,
    started_line,
    unsaved_line,
)
from designer.training.usage import memory_in_use

if TYPE_CHECKING:
    from designer.runtime.events import Step

MOST_STEP_LINES = 30


class Telling:
    """Turns the events of one run into lines, JSON-able mappings, as the trainer's protocol has them."""

    def __init__(self) -> None:
        self._began = self._next_step = time.perf_counter()
        self._started: Started | None = None

    def line(self, event: SteeredEvent) -> dict[str, Any] | None:
        """The line for an event; None for a step that comes too soon after the one told of last, and for past epochs.

        Those stand in the history of the run: who follows it reads them there, in one go.
        """
        if isinstance(event, Started):
            self._started, self._began = event, time.perf_counter()
            return started_line(event)
        if isinstance(event, Finished):
            return finished_line(event)
        if isinstance(event, Held):
            return held_line(event)
        if isinstance(event, GoneOn):
            # a pause does not count as training
            self._began += event.seconds
            return {"event": "resumed"}
        if isinstance(event, Changed):
            if self._started is not None and "epochs" in event.settings:
                self._started = replace(self._started, epochs=int(event.settings["epochs"]))
            return changed_line(event)
        if isinstance(event, Refused):
            return {"event": "refused", "message": event.message}
        if isinstance(event, Warned):
            return {"event": "warned", "message": event.message}
        if isinstance(event, Unsaved):
            return unsaved_line(event)
        if isinstance(event, Saved):
            return {"event": "saved", "epoch": event.epoch}
        from designer.runtime.events import Epoch

        if not isinstance(event, Epoch):
            return self._step_line(event)
        return None if self._started is not None and event.epoch <= self._started.done else epoch_line(event)

    def _step_line(self, step: Step) -> dict[str, Any] | None:
        now = time.perf_counter()
        if now < self._next_step or self._started is None:
            return None
        self._next_step = now + 1 / MOST_STEP_LINES
        loss = loss_in_own_units(self._started.measure, step)
        return {
            "event": "step",
            "epoch": step.epoch,
            "epochs": self._started.epochs,
            "step": step.step,
            "steps": step.steps,
            "loss": finite({"loss": loss})["loss"],
            "seconds": now - self._began,
            "memory": memory_in_use(step.loss.device),
        }


def loss_in_own_units(measure: Any, step: Step) -> float:
    """The loss of a step as the figures of an epoch tell it: in the target's own units where there is one target."""
    if not hasattr(measure, "own_units") or isinstance(step.output, dict) or isinstance(step.target, dict):
        return step.loss.item()
    return float(measure.loss_of(step.output, step.target))
