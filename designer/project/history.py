"""History: the list of past projects, each with the name of the edit that led to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from designer.project.growing import Growing
from designer.project.model import Project

# a step of a graph of 1,000 layers takes about 27 kB of its own and shares the rest
MOST_STEPS = 1000


@dataclass(frozen=True)
class Step:
    """A project and the name of the edit that led to it. Steps with the same non-empty ``merge`` become one."""

    label: str
    project: Project
    merge: str = ""


@dataclass(frozen=True)
class History:
    """All steps, the first being the start, and the ``index`` of the one shown.

    Never empty. ``settled`` is set once one has moved through the history: the next step then merges with none.
    Beyond the start it holds ``MOST_STEPS`` steps; after that the oldest one goes with each new one.
    """

    steps: Sequence[Step]
    index: int = 0
    settled: bool = False

    @classmethod
    def start(cls, project: Project) -> History:
        """A history of one step without a name."""
        return cls((Step("", project),))

    def push(self, label: str, project: Project, merge: str = "") -> History:
        """The history after an edit; what had been undone is dropped. The very same project changes nothing."""
        if project is self.project:
            return self
        same = merge != "" and not self.settled and self.steps[self.index].merge == merge
        kept = self.index if same else self.index + 1
        row = self.steps if isinstance(self.steps, Growing) else Growing(self.steps)
        steps = row.grown(kept, Step(label, project, merge), MOST_STEPS + 1)
        return History(steps, len(steps) - 1)

    def go(self, index: int) -> History:
        """The history showing step ``index``; an IndexError where there is none."""
        if not 0 <= index < len(self.steps):
            raise IndexError(f"the history has steps 0 to {len(self.steps) - 1}, not {index}")
        return History(self.steps, index, settled=True)

    def undo(self) -> History:
        """One step back; at the start the history itself."""
        return self.go(self.index - 1) if self.can_undo else self

    def redo(self) -> History:
        """One step on; at the end the history itself."""
        return self.go(self.index + 1) if self.can_redo else self

    @cached_property
    def project(self) -> Project:
        """The project shown."""
        return self.steps[self.index].project

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to undo."""
        return self.index > 0

    @property
    def can_redo(self) -> bool:
        """Whether there is a step to redo."""
        return self.index + 1 < len(self.steps)

    @property
    def undo_label(self) -> str:
        """The name of the edit that undo takes back; empty where there is none."""
        return self.steps[self.index].label if self.can_undo else ""

    @property
    def redo_label(self) -> str:
        """The name of the edit that redo makes again; empty where there is none."""
        return self.steps[self.index + 1].label if self.can_redo else ""
