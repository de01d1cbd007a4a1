"""Adapting: a network drawn before its columns changed gets the inputs, the loss and the width that they ask for."""

from __future__ import annotations

from designer.compiler.fixes import WIDTHS, deciding, set_field
from designer.layers.catalog import LAYERS, LOSSES, values_of
from designer.layers.losses import USUAL
from designer.project.edits import set_fields
from designer.project.errors import EditError
from designer.project.facts import Facts
from designer.project.index import index_of
from designer.project.model import Node, Project
from designer.workspace.session import Session


class Following:
    """Lets the network follow an edit of the data that was made a moment ago, as one step of the history with it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._edited: tuple[str, Project | None, str] = ("", None, "")

    def did(self, label: str, project: Project, merge: str) -> None:
        """An edit was made, with this label and key for merging."""
        self._edited = (label, project, merge)

    def follow(self, facts: Facts) -> bool:
        """Adapt the network to what the data is now, unless something else was done since; whether anything changed."""
        label, project, merge = self._edited
        if project is None or project is not self._session.project:
            return False
        self._edited = ("", None, "")
        changed = adapted(project, facts)
        if changed == project:
            return False
        self._session.do(label, changed, merge)
        return True


def adapted(project: Project, facts: Facts) -> Project:
    """The project with the ends of its network as ``facts`` ask for, as far as that is plain; else as it was."""
    try:
        changed = _with_inputs(project, facts)
        for node in list(changed.graph.nodes.values()):
            if node.type == "output" and not facts.target_shape:
                changed = _with_output(changed, node, facts)
    except EditError:
        return project
    return changed


def _with_inputs(project: Project, facts: Facts) -> Project:
    for node in list(project.graph.nodes.values()):
        shape = facts.shapes.get(node.id)
        layer = LAYERS.get(node.type)
        if shape and layer is not None and layer.role == "input" and "features" in node.fields and len(shape) == 1:
            if node.fields["features"] != shape[0]:
                project = set_fields(project, node.id, {"features": shape[0]})
    return project


def _with_output(project: Project, output: Node, facts: Facts) -> Project:
    if facts.target_kind not in LOSSES[str(values_of(output)["loss"])].targets:
        usual = USUAL[facts.target_kind].key
        project = set_field(output.id, "loss", usual, "").edit(project)
    classes = len(facts.classes)
    width = {"number": facts.target_width, "binary": 1, "classes": classes, "text": classes}[facts.target_kind]
    width = LOSSES[str(values_of(project.graph.nodes[output.id])["loss"])].output_width(width)
    for node in _deciding(project, output):
        if width and node.fields.get(WIDTHS[node.type]) != width:
            project = set_fields(project, node.id, {WIDTHS[node.type]: width})
    return project


def _deciding(project: Project, output: Node) -> list[Node]:
    """The layers that decide how wide the output is; none where that is not plain."""
    into, nodes = index_of(project.graph).into, project.graph.nodes
    return deciding(output, lambda node: [nodes[link.source] for link in into.get(node.id, {}).values()])
