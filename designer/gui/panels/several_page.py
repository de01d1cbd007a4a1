"""The page of several layers: how many, how large, and the fields that they have in common, set for all at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from designer.compiler.report import Analysis
from designer.gui.controls import CheckBox
from designer.gui.editors import SEVERAL, Editor
from designer.gui.form import Burst, FieldForm, words_of
from designer.gui.labels import plain_label
from designer.gui.numbers import exact, plural
from designer.gui.panels.node_page import LABEL_WIDTH
from designer.gui.panels.training_section import TrainingSection
from designer.layers.catalog import Catalog
from designer.layers.fields import Choice, ColumnNames, Field, Size, TargetNames, Text, shown
from designer.layers.training_fields import BIAS_INIT, WEIGHT_INIT
from designer.project.altering import set_bypassed, set_field_of_many
from designer.project.errors import EditError
from designer.project.model import FieldValue, Node
from designer.workspace.scope import Scope

MOST_TYPES_SAID = 6


class SeveralPage(QWidget):
    """Shows and edits several nodes. ``refused`` carries the sentence that says why an edit was not made."""

    refused = Signal(str)

    def __init__(self, session: Scope) -> None:
        super().__init__()
        self.session = session
        self._nodes: list[Node] = []
        self._burst = Burst()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(12)
        self.title = plain_label("", "heading")
        self.types = plain_label("", "muted", wrap=True)
        self.parameters = plain_label("", "muted")
        head = QVBoxLayout()
        head.setSpacing(2)
        for label in (self.title, self.types, self.parameters):
            head.addWidget(label)
        layout.addLayout(head)
        self.bypass = CheckBox("Bypass")
        self.bypass.setToolTip("Data passes by these layers unchanged, and the code leaves them out.")
        self.bypass.clicked.connect(self._bypass)
        layout.addWidget(self.bypass)
        self.form = FieldForm(LABEL_WIDTH)
        self.form.changed.connect(self._set_field)
        layout.addWidget(self.form)
        self.training = TrainingSection("Training of these layers", LABEL_WIDTH)
        self.training.changed.connect(self._set_field)
        layout.addWidget(self.training)
        self.nothing = plain_label("These layers have no fields in common.", "muted", wrap=True)
        layout.addWidget(self.nothing)

    def show_nodes(self, keys: Sequence[str], analysis: Analysis) -> None:
        """Show these nodes as they are now."""
        project, catalog = self.session.project, self.session.catalog
        self._nodes = [project.graph.nodes[key] for key in keys]
        self.title.setText(f"{exact(len(keys))} layers selected")
        self.types.setText(_types_said(self._nodes, catalog))
        reports = [analysis.reports[key] for key in keys if key in analysis.reports]
        kept = sum(report.frozen for report in reports)
        parameters = plural(sum(report.parameters for report in reports), "parameter")
        self.parameters.setText(f"{parameters}, {exact(kept)} frozen" if kept else parameters)
        self._show_bypass()
        fields = common_fields(self._nodes, catalog, project.data is not None)
        values, several = {}, set()
        for name, field in fields.items():
            there = [node.fields.get(name, field.initial) for node in self._nodes]
            values[name] = there[0]
            if any(repr(value) != repr(there[0]) for value in there):
                several.add(name)
        owner = " ".join(keys)
        training = {name: field for name, field in fields.items() if _is_training(name, self._nodes, catalog)}
        own = {name: field for name, field in fields.items() if name not in training}
        self.form.setVisible(bool(own))
        self.nothing.setVisible(not fields)
        self.form.show_fields(own, values, owner=owner, several=several & own.keys())
        self.training.show_fields(training, values, owner=owner, several=several & training.keys())

    def focus_first_field(self) -> None:
        """Let the keyboard go on in the first field."""
        editor = next(iter(self.form.editors.values()), None)
        (editor.focusProxy() if editor is not None else self.bypass).setFocus()

    def _show_bypass(self) -> None:
        passable = self._passable()
        states = {node.bypassed for node in passable}
        self.bypass.setEnabled(bool(passable))
        self.bypass.setTristate(len(states) > 1)
        self.bypass.setText(f"Bypass ({SEVERAL})" if len(states) > 1 else "Bypass")
        self.bypass.updateGeometry()
        if len(states) > 1:
            self.bypass.setCheckState(self.bypass.checkState().PartiallyChecked)
        else:
            self.bypass.setChecked(True in states)

    def _passable(self) -> list[Node]:
        """Those that data can pass by."""
        ports_of = self.session.catalog.ports_of
        return [node for node in self._nodes if ports_of(node).inputs and ports_of(node).outputs]

    def _bypass(self, on: bool) -> None:
        keys = [node.id for node in self._passable()]
        words = f"{'Bypass' if on else 'Stop bypassing'} {plural(len(keys), 'layer')}"
        self._do(words, lambda project: set_bypassed(project, keys, on, self.session.catalog.ports_of))

    def _set_field(self, name: str, value: FieldValue) -> None:
        keys = tuple(node.id for node in self._nodes)
        catalog = self.session.catalog
        for node in self._nodes:
            field = catalog.fields_of(node.type, node.fields).get(name)
            reason = field.refuse(value) if field is not None else None
            if reason:
                self.refused.emit(f"{node.name[:40]} does not take that: {reason}.")
                self._editor(name).refused.emit(f"{node.name[:40]}: {reason}")
                return
        field = self._editor(name).field
        said = f"“{shown(value)[:40]}”" if isinstance(field, Text) else shown(value)
        self._do(
            f"Set {words_of(name, field).lower()} of {len(keys)} layers to {said}",
            lambda project: set_field_of_many(project, keys, name, value),
            self._burst.key((keys, name)),
        )

    def _editor(self, name: str) -> Editor:
        return self.form.editors.get(name) or self.training.form.editors[name]

    def _do(self, label: str, edit: object, merge: str = "") -> None:
        try:
            self.session.do(label, edit(self.session.project), merge)  # type: ignore[operator]
        except EditError as error:
            self.refused.emit(str(error))


def common_fields(nodes: Sequence[Node], catalog: Catalog, from_data: bool = False) -> dict[str, Field]:
    """The fields that all of ``nodes`` have under one name and of one kind, as the first of them declares them.

    Not the columns of targets, which are each output's own, nor (``from_data``) what the data decides.
    """
    kinds: dict[str, dict[str, Field]] = {}
    for node in nodes:
        named = f"{node.type} {[node.fields.get(name, '') for name in ('loss', WEIGHT_INIT, BIAS_INIT)]}"
        if named not in kinds:
            fields = catalog.fields_of(node.type, node.fields)
            kinds[named] = {
                key: field
                for key, field in fields.items()
                if not (from_data and field.given) and not isinstance(field, TargetNames | ColumnNames)
            }
    first, *others = kinds.values()
    return {
        name: field
        for name, field in first.items()
        if all(name in other and _alike(field, other[name]) for other in others)
    }


def _is_training(name: str, nodes: Sequence[Node], catalog: Catalog) -> bool:
    return all(name in catalog.training_fields_of(node.type, node.fields) for node in nodes)


def _alike(one: Field, other: Field) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, Choice) and isinstance(other, Choice):
        return list(one.options) == list(other.options)
    return not (isinstance(one, Size) and isinstance(other, Size)) or one.axes == other.axes


def _types_said(nodes: Sequence[Node], catalog: Catalog) -> str:
    """``3 Conv2d, 2 ReLU``, the most frequent first."""
    titles = Counter(
        layer.title if (layer := catalog.layer(node.type)) is not None else "unknown" for node in nodes
    ).most_common()
    said = ", ".join(f"{count} {title[:40]}" for title, count in titles[:MOST_TYPES_SAID])
    more = len(titles) - MOST_TYPES_SAID
    return f"{said} and {plural(more, 'other type')}" if more > 0 else said
