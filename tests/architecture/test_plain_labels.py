"""Labels show texts as they are: whoever makes one by hand says so, or never gives it a text (hazard 22)."""

from __future__ import annotations

import ast

import pytest

from tests.helpers.sources import Source, product

# the one place that makes labels for all others
HOME = "designer/gui/labels.py"


def made_of(text: str) -> Source:
    return Source("designer/gui/made.py", "gui", text, ast.parse(text))


def names_of_labels(source: Source) -> dict[str, int]:
    """The names that a file gives to the labels it makes itself, and the lines."""
    found: dict[str, int] = {}
    for node in ast.walk(source.tree):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        value, targets = node.value, node.targets if isinstance(node, ast.Assign) else [node.target]
        if value is not None and any(_makes_label(each) for each in ast.walk(value)):
            for each in (each for target in targets for each in ast.walk(target)):
                if isinstance(each, (ast.Name, ast.Attribute)):
                    found[each.id if isinstance(each, ast.Name) else each.attr] = node.lineno
    return found


def _makes_label(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "QLabel"


def rich(source: Source) -> list[str]:
    """Labels of a file whose text Qt would take for HTML where it looks like that."""
    made = names_of_labels(source)
    calls = [node.func for node in ast.walk(source.tree) if isinstance(node, ast.Call)]
    methods = [func for func in calls if isinstance(func, ast.Attribute)]
    if any(func.attr == "setTextFormat" for func in methods):
        return []
    given = {ast.unparse(func.value).split(".")[-1].split("[")[0] for func in methods if func.attr == "setText"}
    lines = [line for name, line in made.items() if name in given]
    return [f"{source.name}:{line}" for line in [*lines, *_with_texts(source)]]


def _with_texts(source: Source) -> list[int]:
    """The lines on which a label is made with a text; one that is given a mere name may be made within that."""
    made = [node for node in ast.walk(source.tree) if isinstance(node, ast.Call) and _makes_label(node)]
    return [node.lineno for node in made if node.args and not isinstance(node.args[0], (ast.Name, ast.Attribute))]


def test_labels_made_by_hand_are_plain_or_without_a_text() -> None:
    sources = [source for source in product() if source.name.startswith("designer/gui/") and source.name != HOME]
    assert any(names_of_labels(source) for source in sources)
    assert [place for source in sources for place in rich(source)] == []


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n    def __init__(self):\n        self.name = QLabel()\n        self.name.setText(self.node.name)\n",
        "first, second = QLabel(), QLabel()\nsecond.setText(name)\n",
        "label = QLabel(f'{name}')\n",
    ],
)
def test_a_label_that_would_show_html_is_found(text: str) -> None:
    assert rich(made_of(text))


def test_a_label_that_says_it_is_plain_is_fine() -> None:
    text = "label = QLabel()\nlabel.setTextFormat(Qt.TextFormat.PlainText)\nlabel.setText(name)\n"
    assert rich(made_of(text)) == []
