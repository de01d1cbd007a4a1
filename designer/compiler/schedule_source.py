"""The texts of schedules: the calls that make the scheduler of a training, in app and script alike."""

from __future__ import annotations

from designer.compiler.page import Expression, Group, laid_out
from designer.compiler.texts import arguments
from designer.layers.catalog import SCHEDULES
from designer.layers.fields import Float
from designer.layers.schedules import ScheduleType
from designer.project.model import Schedule, Training

LENGTHS = "lengths"


def scheduler_lines(training: Training, epochs: str, steps: str, indent: int = 4) -> list[str]:
    """The lines that make ``scheduler`` of ``optimizer``; none where no schedule is chosen.

    ``epochs`` and ``steps`` are the texts of how many epochs there are, and how many steps an epoch has.
    """
    schedules = training.schedules
    if not schedules:
        return []
    lines = []
    given = [schedule.epochs for schedule in schedules]
    lengths = [epochs]
    if given != [0]:
        lines.append(f"{' ' * indent}{LENGTHS} = course_lengths({given!r}, {epochs})")
        lengths = [f"{LENGTHS}[{place}]" for place in range(len(given))]
    by_step = any(SCHEDULES[schedule.key].each == "step" for schedule in schedules)
    if by_step:
        lines.append(f"{' ' * indent}steps = {steps}")
    courses = tuple(_course(schedule, length) for schedule, length in zip(schedules, lengths, strict=True))
    parts: tuple[Expression, ...] = ("optimizer", Group("[", courses, "]"), *(["steps"] if by_step else []))
    return [*lines, *laid_out("scheduler = ", Group("Scheduler(", parts), "", indent)]


def _course(schedule: Schedule, length: str) -> Group:
    kind = SCHEDULES[schedule.key]
    texts = scheduler_arguments(kind, schedule, length)
    made: Expression = Group("partial(", (kind.module, *texts)) if texts else kind.module
    return Group("Course(", (length, made, *(["by_step=True"] if kind.each == "step" else [])))


def scheduler_arguments(kind: ScheduleType, schedule: Schedule, length: str) -> list[str]:
    """The arguments of the scheduler of PyTorch beside the optimizer, all by name."""
    # PyTorch asks for floats where a project file may hold 1
    values = {
        name: float(value) if isinstance(kind.fields[name], Float) else value  # type: ignore[arg-type]
        for name, value in kind.values(schedule.fields).items()
    }
    kept = {name: field for name, field in kind.fields.items() if name not in kind.filled or values[name]}
    filled = {name: text.format(epochs=length, steps="steps") for name, text in kind.filled.items() if name not in kept}
    own = {argument.name: argument.value for argument in arguments(kind.module, kept, values, {})}
    return [f"{name}={text}" for name, text in {**filled, **own}.items()]
