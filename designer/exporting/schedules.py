"""The texts of a script that change the learning rate while training."""

from __future__ import annotations

from designer.compiler.schedule_source import scheduler_lines
from designer.project.model import Training


def schedule_lines(training: Training) -> str:
    """The lines that make the scheduler, where there is one."""
    steps = "len(batch_slices(len(train), BATCH_SIZE))"
    return "".join(f"{line}\n" for line in scheduler_lines(training, "arguments.epochs", steps))


def scheduled_line(training: Training) -> str:
    """The line that lets it follow the stream of events."""
    return "    events = scheduled(events, scheduler)\n" if training.schedules else ""
