"""The page of one layer: its name, its fields, its ports with shapes, its size and its problems."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from designer.compiler.problems import NodePlace, Problem
from designer.compiler.report import Analysis, Report
from designer.gui.categories import category_of, category_tile
from designer.gui.controls import CheckBox
from designer.gui.editors import leave_undo_to_window
from designer.gui.form import Burst, FieldForm, words_of
from designer.gui.given_fields import columns_for, given_by_data
from designer.gui.labels import ElidedLabel, clear_layout, plain_label, rule
from designer.gui.numbers import exact, size_of_file
from designer.gui.panels.expose_button import expose_button, set_from_outside
from designer.gui.panels.problems import ProblemRow, same_problems
from designer.gui.panels.training_section import TrainingSection
from designer.gui.theme import Theme
from designer.layers.catalog import idle_fields
from designer.layers.fields import ColumnNames, Text, shown
from designer.project import edits
from designer.project.altering import set_bypassed
from designer.project.errors import EditError
from designer.project.facts import Facts
from designer.project.model import FieldValue, Node
from designer.project.rules import places
from designer.workspace.scope import Scope, scope_of
from designer.workspace.session import Session

LABEL_WIDTH = 112


class NodePage(QWidget):
    """Shows and edits one node. ``refused`` carries the sentence that says why an edit was not made."""

    refused = Signal(str)

    def __init__(self, session: Session | Scope, theme: Theme) -> None:
        super().__init__()
        self.session, self.theme = scope_of(session), theme
        self.analysis = Analysis()
        self.facts: Facts | None = None
        self.node_id = ""
        self._burst = Burst()
        self._problems: list[Problem] = []
        self._tile_of = ("", "")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(12)
        layout.addLayout(self._header())
        self.summary = plain_label("", "muted", wrap=True)
        layout.addWidget(self.summary)
        self.bypass = CheckBox("Bypass")
        self.bypass.setToolTip("Data passes by the layer unchanged, and the code leaves it out.")
        self.bypass.clicked.connect(self._bypass)
        layout.addWidget(self.bypass)
        self._problem_list = QVBoxLayout()
        self._problem_list.setSpacing(4)
        layout.addLayout(self._problem_list)
        self.form = FieldForm(LABEL_WIDTH)
        self.form.changed.connect(self._set_field)
        self.form.beside = lambda name: expose_button(self.session, self.theme, self.node_id, name, self.refused.emit)
        layout.addWidget(self.form)
        self.training = TrainingSection("Training of this layer", LABEL_WIDTH)
        self.training.changed.connect(self._set_field)
        self.training.form.beside = self.form.beside
        layout.addWidget(self.training)
        layout.addWidget(rule())
        self._ports = QGridLayout()
        self._ports.setHorizontalSpacing(8)
        self._ports.setVerticalSpacing(4)
        self._ports.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._ports.setColumnStretch(1, 1)
        layout.addLayout(self._ports)
        self._ports_shown: list[tuple[str, str, str]] = []
        layout.addWidget(rule())
        layout.addLayout(self._figures())

    def _header(self) -> QHBoxLayout:
        self._tile = QLabel()
        self._tile.setFixedSize(28, 28)
        self.name = QLineEdit()
        self.name.setProperty("quiet", True)
        self.name.setAccessibleName("Name of the layer")
        self.name.setToolTip("Name of the layer, also in the code")
        self.name.editingFinished.connect(self._rename)
        leave_undo_to_window(self.name)
        self.type = ElidedLabel("", "small")
        self.type.setContentsMargins(5, 0, 0, 0)
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(self.name)
        names.addWidget(self.type)
        header = QHBoxLayout()
        header.setSpacing(8)
        header.addWidget(self._tile, 0, Qt.AlignmentFlag.AlignVCenter)
        header.addLayout(names, 1)
        return header

    def _figures(self) -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(4)
        self.figures: dict[str, QLabel] = {}
        for key, words, help in (
            ("parameters", "Parameters", "Trainable numbers of this layer."),
            ("multiply_adds", "Multiply-adds", "Multiplications with an addition for one sample."),
            ("memory", "Output memory", "Memory that the output takes for one sample."),
        ):
            label, figure = plain_label(words, "muted"), plain_label("–")
            label.setFixedWidth(LABEL_WIDTH)
            label.setToolTip(help)
            figure.setToolTip(help)
            form.addRow(label, figure)
            self.figures[key] = figure
        return form

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        self._tile_of = ("", "")
        self._problems = []
        clear_layout(self._problem_list)
        if self.node is not None:
            self.show_node(self.node_id)

    def set_analysis(self, analysis: Analysis) -> None:
        """Take over what an analysis says; ``show_node`` shows it."""
        self.analysis = analysis

    def set_facts(self, facts: Facts | None) -> None:
        """Take over what the data decides."""
        self.facts = facts
        if self.node is not None:
            self._show_fields(self.node)

    @property
    def node(self) -> Node | None:
        """The node that is shown, if it still exists."""
        return self.session.project.graph.nodes.get(self.node_id)

    def show_node(self, node_id: str) -> None:
        """Show a node as it is now."""
        if node_id != self.node_id:
            self.name.setModified(False)
        self.node_id = node_id
        node = self.session.project.graph.nodes[node_id]
        layer = self.session.catalog.layer(node.type)
        category = category_of(node.type)
        if self._tile_of != (category, self.theme.name):
            self._tile_of = (category, self.theme.name)
            self._tile.setPixmap(category_tile(self.theme, category, 28))
        if not self.name.isModified() and self.name.text() != node.name:
            self.name.setText(node.name)
            self.name.setCursorPosition(0)
        kinds = dict.fromkeys((layer.title, layer.category)) if layer else {f"Unknown type {node.type}": None}
        self.type.setText(" · ".join(kinds))
        self.summary.setText(
            layer.summary
            if layer
            else "This version of Layerloom does not know this layer. It is kept as it is, but cannot be trained."
        )
        ports = self.session.catalog.ports_of(node)
        self.bypass.setVisible(node.bypassed or bool(ports.inputs and ports.outputs))
        self.bypass.setChecked(node.bypassed)
        self._show_fields(node)
        self._show_ports(node)
        self._show_figures()
        self._show_problems()

    def focus_first_field(self) -> None:
        """Let the keyboard go on in the first field, or in the name where there is none."""
        editor = next(iter(self.form.editors.values()), None)
        target = editor.focusProxy() if editor is not None else self.name
        if target is not None:
            target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_fields(self, node: Node) -> None:
        fields = self.session.catalog.fields_of(node.type, node.fields)
        found = {
            problem.place.field: problem
            for problem in self.analysis.problems
            if isinstance(problem.place, NodePlace) and problem.place.node == node.id and problem.place.field
        }
        faults = {name: problem.sentence for name, problem in found.items()}
        self.form.mild = self.training.form.mild = {
            name for name, problem in found.items() if problem.severity == "warning"
        }
        training = self.session.catalog.training_fields_of(node.type, node.fields)
        idle = idle_fields(self.session.project, node)
        own = {name: field for name, field in fields.items() if name not in training and name not in idle}
        self.form.setVisible(bool(own))
        values = {name: node.fields.get(name, field.initial) for name, field in fields.items()}
        # the same id is another node in another graph
        owner = "/".join((self.theme.name, *self.session.path, node.id))
        given = self._given(node)
        self.form.show_fields(own, values, faults, given, self._offered(node), owner)
        self.training.show_fields(training, values, faults, given, owner)

    def _given(self, node: Node) -> dict[str, str]:
        """The fields that the data or, inside a block, its uses decide."""
        layer = self.session.catalog.layer(node.type)
        if layer is not None and layer.role == "input" and self.session.project.data is not None:
            return given_by_data(layer, node.id, self.facts)
        return set_from_outside(self.session, node.id)

    def _offered(self, node: Node) -> dict[str, dict[str, tuple[str, str]]]:
        data = self.session.project.data
        fields = self.session.catalog.fields_of(node.type, node.fields)
        columns = [name for name, field in fields.items() if isinstance(field, ColumnNames)]
        if columns and data is not None:
            return dict.fromkeys(columns, columns_for(self.session.project, node))
        if node.type != "output" or "target" not in fields:
            return {}
        if data is None:
            return {}
        if not data.columns:
            return {"target": {"": ("the class folders", "")}}
        marked = next((column.name for column in data.columns if column.role == "target"), "")
        title = f"as marked: {marked}" if marked else "none marked yet"
        options = {"": (title, "The column marked as target in the data panel.")}
        options.update({column.name: (column.name, "") for column in data.columns})
        current = node.fields.get("target", "")
        outputs = [each for each in self.session.project.graph.nodes.values() if each.type == "output"]
        if len(outputs) > 1 or isinstance(current, tuple):
            return {"target": {column.name: (column.name, "") for column in data.columns}}
        options.setdefault(str(current), (str(current), "No such column."))
        return {"target": options}

    def _show_ports(self, node: Node) -> None:
        rows = self._port_rows(node)
        if rows == self._ports_shown:
            return
        self._ports_shown = rows
        clear_layout(self._ports)
        for row, (side, name, shape) in enumerate(rows):
            label = ElidedLabel(f"{side} {name}", "muted")
            label.setFixedWidth(LABEL_WIDTH)
            self._ports.addWidget(label, row, 0)
            self._ports.addWidget(ElidedLabel(shape), row, 1)

    def _port_rows(self, node: Node) -> list[tuple[str, str, str]]:
        graph, reports = self.session.project.graph, self.analysis.reports
        sources = {link.target_port: link.source for link in graph.links if link.target == node.id}
        rows = []
        for place in places(graph, node.id, self.session.catalog.ports_of(node)):
            source = graph.nodes.get(sources.get(place, ""))
            port = self.session.catalog.ports_of(node).input(place)
            said = port.label or place if port is not None else place
            if source is None:
                rows.append(("Input", said, "free" if port is not None and port.many else "not connected"))
                continue
            report = reports.get(source.id)
            shape = report.shape_text if report is not None else ""
            rows.append(("Input", said, f"{shape or '?'} from {source.name}"))
        report = reports.get(node.id)
        for port in self.session.catalog.ports_of(node).outputs:
            rows.append(("Output", port.shown, (report.shape_text if report else "") or "not known yet"))
        return rows

    def _show_figures(self) -> None:
        report = self.analysis.reports.get(self.node_id)
        known = report is not None and report.shape is not None
        self.figures["parameters"].setText(_parameters(report) if known and report else "–")
        self.figures["multiply_adds"].setText(exact(report.multiply_adds) if known and report else "–")
        self.figures["memory"].setText(size_of_file(report.memory) if known and report else "–")

    def _show_problems(self) -> None:
        """Problems that belong to no field stand at the top."""
        problems = [
            problem
            for problem in self.analysis.problems
            if isinstance(problem.place, NodePlace)
            and problem.place.node == self.node_id
            and (not problem.place.field or problem.fix is not None or problem.place.field not in self.form.editors)
        ]
        if same_problems(problems, self._problems) and self._problem_list.count() == len(problems):
            return
        self._problems = problems
        clear_layout(self._problem_list)
        for problem in problems:
            row = NodeProblem(problem, self.theme)
            row.mended.connect(self._mend)
            self._problem_list.addWidget(row)

    def _mend(self, fix: object) -> None:
        problem = next((problem for problem in self.analysis.problems if problem.fix is fix), None)
        found = problem or next((problem for problem in self._problems if problem.fix is fix), None)
        if found is not None and found.fix is not None:
            try:
                self.session.do_whole(found.fix.label, found.fix.edit)
            except EditError as error:
                self.refused.emit(str(error))

    def _set_field(self, name: str, value: FieldValue) -> None:
        node = self.node
        if node is None:
            return
        field = self.session.catalog.fields_of(node.type, node.fields).get(name)
        said = shown(value) if not isinstance(field, Text) else f"“{shown(value)[:40]}”"
        words = words_of(name, field).lower() if field is not None else name
        self._do(
            f"Set {words} of {node.name[:40]} to {said}",
            lambda: edits.set_field(self.session.project, self.node_id, name, value),
            self._burst.key((self.node_id, name)),
        )

    def _bypass(self, on: bool) -> None:
        node = self.node
        if node is not None:
            ports_of = self.session.catalog.ports_of
            label = f"{'Bypass' if on else 'Stop bypassing'} {node.name[:40]}"
            self._do(label, lambda: set_bypassed(self.session.project, [node.id], on, ports_of))

    def _rename(self) -> None:
        node = self.node
        if node is None or not self.name.isModified():
            return
        self.name.setModified(False)
        name = self.name.text()
        if not self._do(f"Rename {node.name[:40]}", lambda: edits.rename(self.session.project, self.node_id, name)):
            self.name.setText(node.name)

    def _do(self, label: str, edit: object, merge: str = "") -> bool:
        try:
            self.session.do(label, edit(), merge)  # type: ignore[operator]
        except EditError as error:
            self.refused.emit(str(error))
            return False
        return True


def _parameters(report: Report) -> str:
    kept = f"{exact(report.frozen)} frozen" if report.frozen else ""
    trained = exact(report.parameters) if report.parameters or not kept else ""
    return " and ".join(part for part in (trained, kept) if part)


class NodeProblem(ProblemRow):
    """A problem of the very layer that is shown: the fix stands beneath the sentence, where there is room."""

    def __init__(self, problem: Problem, theme: Theme) -> None:
        super().__init__(problem, theme)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.layout().setAlignment(self._mark, Qt.AlignmentFlag.AlignTop)
        if self.button is not None:
            layout = self.layout()
            layout.removeWidget(self.button)
            column = QVBoxLayout()
            layout.removeWidget(self.sentence)
            column.addWidget(self.sentence)
            column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
            layout.addLayout(column, 1)  # type: ignore[attr-defined]

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        super().set_theme(theme)
        ground = theme.soft_error if self.problem.severity == "error" else theme.window
        self.setStyleSheet(f"NodeProblem {{ background: {ground}; border-radius: 4px; border: none; }}")
