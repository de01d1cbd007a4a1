"""Findings: the warnings on the data and on what does not fit it, their answers, and those that are dismissed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from designer.compiler.problems import Problem
from designer.compiler.report import Analysis
from designer.gui.data.found import column_of, doubt_notice, found_warnings, key_of, notice_of, problem_notice
from designer.gui.data.notices import Notice, NoticeList
from designer.gui.tasks import Tasks
from designer.importing.answers import DataWarning
from designer.importing.profiles import Profile
from designer.project.model import Project, TableData

WARN = "find warnings"
MOST_PROBLEMS = 3


class Findings(QObject):
    """What there is to say of the data. ``shown`` carries the notices and how many are dismissed; ``format_wanted``
    says that the file may be read otherwise.

    ``do`` makes an edit a step of the history: it gets the step's label and the edit.
    """

    shown = Signal(object, int)
    format_wanted = Signal()

    def __init__(self, tasks: Tasks, do: Callable[[str, Callable[[Project], Project]], object]) -> None:
        super().__init__(tasks)
        self._tasks, self._do = tasks, do
        self._problems: dict[str, Problem] = {}
        self._warnings: dict[str, DataWarning] = {}
        self._doubts: dict[str, Notice] = {}
        self._doubted: Hashable = None
        self._read: Hashable = None
        self._dismissed: set[str] = set()

    def serve(self, notices: NoticeList) -> None:
        """Hear what is answered and dismissed in a list."""
        notices.answered.connect(self.answer)
        notices.dismissed.connect(self.dismiss)

    def show_problems(self, analysis: Analysis, filled: bool) -> None:
        """Say what of the network does not fit the data any more; nothing where there is no network or no data."""
        found = [each for each in analysis.problems if each.severity == "error" or column_of(each)] if filled else []
        found.sort(key=lambda problem: problem.severity != "error")
        self._problems = {f"network {place}": problem for place, problem in enumerate(found[:MOST_PROBLEMS])}
        self._tell()

    def find(self, profile: Profile | None, project: Project) -> None:
        """Look for what is striking; nothing is where nothing is read."""
        self._read = _reading_of(project)
        if profile is None:
            self._tasks.cancel(WARN)
            self._show(())
        else:
            self._tasks.run("", lambda: found_warnings(profile, project), self._show, lane=WARN)

    def doubt(self, notes: Sequence[str], project: Project) -> None:
        """Say which of the notes on a file that was just read are doubtful, as long as it is read in this way."""
        self._doubts = {}
        self._read = self._doubted = _reading_of(project)
        if notes and self._doubted is not None:
            from designer.importing.numbers import doubts

            self._doubts = {notice.key: notice for notice in map(doubt_notice, doubts(notes))}
            self._dismissed -= self._doubts.keys()
        self._tell()

    def answer(self, notice: Notice, place: int) -> None:
        """Give one of the answers to a notice."""
        problem, warning = self._problems.get(notice.key), self._warnings.get(notice.key)
        if notice.key in self._doubts:
            self.format_wanted.emit()
        elif problem is not None and problem.fix is not None:
            self._do(problem.fix.label, problem.fix.edit)
        elif warning is not None:
            answer = warning.answers[place]
            named = f": “{warning.columns[0]}”" if len(warning.columns) == 1 else ""
            self._do(f"{answer.label}{named}", answer.edit)

    def dismiss(self, notice: Notice) -> None:
        """Show this one no longer."""
        self._dismissed.add(notice.key)
        self._tell()

    def show_dismissed(self) -> None:
        """Show all again."""
        self._dismissed.clear()
        self._tell()

    def _show(self, warnings: Sequence[DataWarning]) -> None:
        self._warnings = {key_of(warning): warning for warning in warnings if not warning.settled}
        self._tell()

    def _tell(self) -> None:
        notices = [problem_notice(key, problem) for key, problem in self._problems.items()]
        found = dict(self._doubts) if self._doubted == self._read else {}
        found |= {key: notice_of(key, warning) for key, warning in self._warnings.items()}
        kept = [notice for key, notice in found.items() if key not in self._dismissed]
        self.shown.emit(notices + kept, len(found) - len(kept))


def _reading_of(project: Project) -> Hashable:
    """Which table is read, and how; None where it is no table. Where it lies may be written in several ways."""
    data = project.data
    return (Path(data.path).name, data.sheet, data.format) if isinstance(data, TableData) else None
