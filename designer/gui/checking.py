"""Checking: follows the session's project and keeps what its data and the compiler say of it, off the GUI thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from designer.compiler.report import Analysis
from designer.gui.tasks import Tasks
from designer.layers.catalog import LAYERS, values_of
from designer.project.facts import Facts
from designer.project.model import Project
from designer.training.chosen import input_nodes
from designer.workspace.session import Session

if TYPE_CHECKING:
    from collections.abc import Hashable

CHECK, FACTS = "check", "facts"


class Checker(QObject):
    """Answers each change of the project with an analysis, and each change of its data with new facts.

    ``checked`` carries the Analysis, ``facts_read`` the Facts, or None while there are none.
    """

    checked = Signal(object)
    facts_read = Signal(object)

    def __init__(self, session: Session, tasks: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session, self.tasks = session, tasks
        self.analysis = Analysis()
        self.analysed: Project | None = None
        self.facts: Facts | None = None
        self.trouble = ""
        self.active = False
        self._key: Hashable = None
        self._ends = (session.subscribe(self._project_changed), session.subscribe_to_trust(self._trust_changed))

    def start(self) -> None:
        """Begin to check, the project as it is first."""
        self.active = True
        self._read_facts()
        self._check()

    def read_again(self) -> None:
        """Read the data anew, since its file may have changed."""
        self._key = None
        self._read_facts()

    def close(self) -> None:
        """Follow the session no longer."""
        self.active = False
        for end in self._ends:
            end()

    @property
    def current(self) -> bool:
        """Whether ``analysis`` is of the project and its data as they are now."""
        return self.analysed is self.session.project and not self.tasks.busy(FACTS) and not self.tasks.busy(CHECK)

    def _project_changed(self, old: Project, new: Project) -> None:
        if not self.active:
            return
        self._read_facts()
        self._check()

    def _trust_changed(self) -> None:
        if self.active:
            self._check()

    def _read_facts(self) -> None:
        project, base = self.session.project, self.session.base
        key = facts_key(project, base)
        if key == self._key:
            return
        self._key = key
        self._set_facts(None, "")
        if project.data is None:
            self.tasks.cancel(FACTS)
            return
        name = Path(project.data.path).name
        self.tasks.run(
            f"Reading {name}",
            lambda: _facts(project, base),
            self._facts_came,
            lambda sentence: self._set_facts(None, sentence),
            FACTS,
        )

    def _facts_came(self, facts: Facts | None) -> None:
        self._set_facts(facts, "")

    def _set_facts(self, facts: Facts | None, trouble: str) -> None:
        if facts == self.facts and trouble == self.trouble:
            return
        self.facts, self.trouble = facts, trouble
        self.facts_read.emit(facts)
        self._check()

    def _check(self) -> None:
        project, facts, trouble = self.session.project, self.facts, self.trouble
        self.tasks.run("", lambda: (project, _analysis(project, facts, trouble)), self._checked, lane=CHECK)

    def _checked(self, answer: tuple[Project, Analysis]) -> None:
        self.analysed, self.analysis = answer
        self.checked.emit(self.analysis)


def facts_key(project: Project, base: Path) -> Any:
    """All that the facts depend on; two projects with equal keys have the same facts."""
    if project.data is None:
        return (None,)
    ends: list[Any] = []
    for node in project.graph.nodes.values():
        role = LAYERS[node.type].role if node.type in LAYERS else ""
        if role == "output":
            ends.append((node.id, node.name, values_of(node)["target"], values_of(node)["loss"]))
        elif role == "input":
            ends.append((node.id, node.type, tuple(values_of(node).items())))
    # an input that was drawn already is read from the data once it leads to an output
    used = tuple(node.id for node in input_nodes(project))
    # frozen settings hold plain mappings, so they compare but do not hash
    training = project.training
    mode = (training.mode, tuple(training.mode_fields.items()), training.class_weights)
    return (project.data, str(base), tuple(ends), used, mode)


def _facts(project: Project, base: Path) -> Facts | None:
    from designer.workspace.turns import one_reading
    from designer.workspace.verbs import read_facts

    with one_reading():
        return read_facts(project, base)


def _analysis(project: Project, facts: Facts | None, trouble: str) -> Analysis:
    from designer.workspace.analysis import analysed

    return analysed(project, facts, trouble)
