"""A run that is over, as the training panel showed it when it ended: curves, figures and how it ended."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.gui.ended import ending
from designer.gui.numbers import exact
from designer.gui.panels.series import Series
from designer.gui.run_curves import PARTS, Curves, Progress
from designer.training.events import RATE

if TYPE_CHECKING:
    from designer.workspace.run_list import RunInfo

OVER = ("finished", "stopped", "interrupted", "failed")


@dataclass(frozen=True)
class PastRun:
    """What was on the screen when the run ended; ``broken`` says that ``message`` tells of a failure."""

    curves: Curves
    latest: dict[str, dict[str, float | None]]
    progress: Progress
    message: str
    broken: bool
    stopped: bool


def newest_past(runs: list[RunInfo]) -> RunInfo | None:
    """The newest run with an epoch in it that nobody trains, from runs with the oldest first; None without one."""
    return next((run for run in reversed(runs) if run.state in OVER and run.epochs), None)


def past_run(run: RunInfo) -> PastRun:
    """Look at what is kept of a run; takes a moment where it has many epochs."""
    from designer.project.json_object import object_in
    from designer.training.events import changed_line
    from designer.training.history import read_changes
    from designer.training.run_files import METRICS_NAME
    from designer.training.steered import failure_of
    from designer.workspace.endings import ending_of_run

    metrics = object_in(run.folder / METRICS_NAME)
    failure = failure_of(run.folder) if run.state == "failed" else ""
    planned, stopped = run.project.training.epochs, run.state == "stopped"
    over = run.state in ("finished", "stopped")
    told = ending_of_run(run, metrics) if over else {}
    if over:
        message = ending({**metrics, "epochs": run.epochs}, run.project.training, stopped, told)
    else:
        message = failure or f"{run.name} was interrupted after epoch {exact(run.epochs)} of {exact(planned)}."
    curves = _curves(run, int(told.get("kept_epoch", 0)))
    curves.mark(changed_line(change) for change in read_changes(run.folder))
    return PastRun(
        curves=curves,
        latest=_figures(run, metrics) if over else _figures(run, {}),
        progress=Progress(epoch=run.epochs, epochs=planned, reached=run.epochs),
        message=message,
        broken=bool(failure),
        stopped=stopped,
    )


def _curves(run: RunInfo, kept: int) -> Curves:
    curves = Curves(count=len(run.at), last=run.epochs, kept=kept)
    for part in PARTS:
        for name, values in run.curves.get(part, {}).items():
            series = curves.parts[part].setdefault(name, Series())
            for epoch, value in zip(run.at, values, strict=True):
                series.add(float(epoch), value)
    return curves


def _figures(run: RunInfo, metrics: dict[str, object]) -> dict[str, dict[str, float | None]]:
    """The figures of the weights that were kept, and where the run never came to them those of its last epoch."""
    told = {part: dict(found) for part in (*PARTS, "test") if isinstance(found := metrics.get(part), dict)}
    if told:
        return told
    known = {part: [each for each in run.curves.get(part, {}).items() if each[0] != RATE] for part in PARTS}
    last = {part: {name: values[-1] for name, values in found} for part, found in known.items()}
    return {
        part: {name: value if math.isfinite(value) else None for name, value in found.items()}
        for part, found in last.items()
    }
