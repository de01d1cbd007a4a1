"""Nothing that a person can type into a project gets into generated source but as the value of a string."""

from __future__ import annotations

import ast
import csv
import io
import json
import keyword
import os
import subprocess
import sys
import tokenize
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from designer.compiler.functions import runtime_module, runtime_modules
from designer.exporting.export import export
from designer.exporting.model import model_text
from designer.exporting.script import script_text
from designer.layers.catalog import catalog_of
from designer.project.facts import Facts
from designer.project.model import Column, Graph, Link, Project, Split, TableData, TableFormat, Training
from designer.training.run import train
from tests.helpers.blocks import block_of, with_blocks
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts
from tests.helpers.graphs import chain

EVIL = [
    '"""',
    "'''",
    '"); __import__("os").system("touch pwned"); ("',
    "\\",
    '\\"',
    "\n    import os  # noqa",
    "# type: ignore\nimport os",
    "\u2028import os",
    "\u2029\x85\x0b\x0cimport os",
    "\ud800\udfff",
    "{__import__('os')}",
    "%s{0}{{}}",
    "class",
    "None",
    "self",
    "__class__",
    "super().__init__",
    "FEATURES",
    "fit",
    "torch",
    "\u202eevil\u2066",
    "ﬁt",
    "𝐞𝐯𝐚𝐥",
    "a" * 300,
    "0",
    "\0",
    "",
]
TEXTS = st.sampled_from(EVIL) | st.text(st.characters(exclude_categories=()), max_size=12)
HOSTILE = TEXTS | st.lists(TEXTS, min_size=2, max_size=3).map("".join)
RUNTIME = {name for module in runtime_modules() for name in runtime_module(module).definitions}
# Before a release: LAYERLOOM_FUZZ=5000.
EXAMPLES = int(os.environ.get("LAYERLOOM_FUZZ", "30"))
LAYERS = ["linear", "relu", "dropout", "batch_norm1d", "layer_norm", "prelu"]


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """A sound network on a table in which every free text is hostile."""
    columns = draw(st.lists(HOSTILE, min_size=3, max_size=5, unique=True))
    kinds = draw(st.lists(st.sampled_from(["number", "category", "boolean"]), min_size=5, max_size=5))
    described = [Column(name, kind) for name, kind in zip(columns, kinds, strict=False)]  # type: ignore[arg-type]
    described[0] = replace(described[0], role="target", kind="category")
    split = Split("column", column=columns[1]) if columns[1] and draw(st.booleans()) else Split()
    form = TableFormat(delimiter=draw(HOSTILE), encoding=draw(HOSTILE), decimal=draw(HOSTILE), thousands=draw(HOSTILE))
    layers = draw(st.lists(st.sampled_from(LAYERS), min_size=1, max_size=4))
    ends = ("linear", {"out_features": 3}), ("output", {"loss": "cross_entropy", "target": columns[0]})
    project = chain("table_input", *layers, *ends)
    nodes = {key: replace(node, name=draw(HOSTILE)) for key, node in project.graph.nodes.items()}
    data = TableData(draw(HOSTILE), form, tuple(described), split)
    made = Project(Graph(nodes, project.graph.links), data, Training(patience=3))
    return in_blocks(made, draw(HOSTILE), draw(HOSTILE), draw(HOSTILE)) if draw(st.booleans()) else made


def in_blocks(project: Project, name: str, inner: str, port: str) -> Project:
    """Two uses of a block, of other widths, before the last layer; the texts are what a person calls things in it."""
    layers = ("lin", "linear", {"out_features": 4}), ("act", "relu", {})
    block = block_of(name, *layers, exposed={inner: ("lin", "out_features")})
    nodes = block.graph.nodes
    named = {"in1": replace(nodes["in1"], name=port), "lin": replace(nodes["lin"], name=inner)}
    block = replace(block, graph=replace(block.graph, nodes={**nodes, **named}), summary=name)
    project = with_blocks(project, b=block)
    for width in (4, 5):
        # made by hand, as a file of another's making could hold names that no edit lets through
        graph = project.graph
        last = [link for link in graph.links if graph.nodes[link.target].type == "linear"][-1]
        node = catalog_of(project).new_node(graph, "block:b")
        node = replace(node, name=name, fields={**node.fields, "repeat": 2, inner: width})
        between = (Link(last.source, last.source_port, node.id, "in1"), Link(node.id, "out1", last.target, "x"))
        links = tuple(link for link in graph.links if link is not last)
        project = replace(project, graph=Graph({**graph.nodes, node.id: node}, (*links, *between)))
    return project


def harmless(project: Project) -> Project:
    """The same project with plain words in place of all its texts."""
    assert isinstance(project.data, TableData)
    names = {column.name: f"column_{number}" for number, column in enumerate(project.data.columns)}
    columns = tuple(replace(column, name=names[column.name]) for column in project.data.columns)
    split = replace(project.data.split, column=names.get(project.data.split.column, ""))
    form = TableFormat(
        *("X" if value != getattr(TableFormat(), name) else value for name, value in texts_of(project).items())
    )
    nodes = {key: replace(node, name=f"layer {key}") for key, node in project.graph.nodes.items()}
    blocks = {
        key: replace(block, name="Plain", summary="", graph=_renamed(block.graph))
        for key, block in project.blocks.items()
    }
    for key, node in nodes.items():
        if "target" in node.fields:
            nodes[key] = replace(node, fields={**node.fields, "target": "column_0"})
    data = TableData("data.csv", form, columns, split)
    return Project(Graph(nodes, project.graph.links), data, project.training, blocks)


def _renamed(graph: Graph) -> Graph:
    return replace(graph, nodes={key: replace(node, name=f"inner {key}") for key, node in graph.nodes.items()})


def texts_of(project: Project) -> dict[str, str]:
    """The texts of the table's format in the order of its fields."""
    assert isinstance(project.data, TableData)
    form = project.data.format
    return {name: getattr(form, name) for name in ("delimiter", "encoding", "decimal", "thousands")}


def facts_for(project: Project) -> Facts:
    """What could be known of the data of such a project."""
    names = tuple(f"{column.name}={n}" for column in project.data.columns[1:] for n in range(2))  # type: ignore[union-attr]
    rows = {"train": 70, "validation": 15, "test": 15}
    return Facts("classes", names, ("a", "b", EVIL[2]), rows, target=project.data.columns[0].name)  # type: ignore[union-attr]


class _Bones(ast.NodeTransformer):
    """Leaves the structure of source: texts are blanked, and the names of layers and blocks, which are identifiers."""

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        if any(ast.unparse(base) == "nn.Module" for base in node.bases):
            assert node.name.isidentifier() and node.name.isascii() and not keyword.iskeyword(node.name)
            node.name = "Name"
        self.generic_visit(node)
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return ast.Constant("") if isinstance(node.value, str) else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name in ("forward", "__init__"):
            for inner in ast.walk(node):
                # a layer or a block may be called like something of torch, which itself is only written as nn.Class
                if isinstance(inner, ast.Attribute) and ast.unparse(inner.value).split(".")[0] in ("nn", "torch"):
                    continue
                for attribute in ("id", "attr", "arg"):
                    name = getattr(inner, attribute, None)
                    if isinstance(name, str) and name not in ("self", "nn", "torch", "super", "__init__"):
                        assert name.isidentifier() and name.isascii() and not keyword.iskeyword(name)
                        setattr(inner, attribute, "name")
        self.generic_visit(node)
        return node


def bones(text: str) -> list[str]:
    """The structure and comments of what was written for the project, and the runtime's definitions as they stand."""
    lines = text.split("\n")
    written = list(lines)
    found = []
    for node in ast.parse(text).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name in RUNTIME:
            found.append("\n".join(lines[node.lineno - 1 : node.end_lineno]))
            written[node.lineno - 1 : node.end_lineno] = [""] * len(lines[node.lineno - 1 : node.end_lineno])
        else:
            found.append(ast.dump(_Bones().visit(node)))
    tokens = tokenize.generate_tokens(io.StringIO("\n".join(written)).readline)
    return found + [token.string for token in tokens if token.type == tokenize.COMMENT]


@cache
def bones_of_twin(text: str) -> list[str]:
    """The same, remembered, as harmless twins are often equal."""
    return bones(text)


def constants(text: str) -> dict[str, object]:
    """The values of the constants at the top that are plain literals."""
    found: dict[str, object] = {}
    for node in ast.parse(text.partition("# ---------- Data")[0]).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            try:
                found[node.targets[0].id] = ast.literal_eval(node.value)
            except ValueError:
                continue
    return found


@given(projects())
@settings(max_examples=EXAMPLES, deadline=None)
def test_hostile_texts_change_nothing_but_values(project: Project) -> None:
    assert isinstance(project.data, TableData)
    text = script_text(project, Path(), facts=facts_for(project))
    compile(text, "train.py", "exec")
    twin = harmless(project)
    plain = script_text(twin, Path(), facts=facts_for(twin))
    assert bones(text) == bones_of_twin(plain)
    values = constants(text)
    assert values["DATA"] == project.data.path
    assert values["TARGET"] == project.data.columns[0].name
    assert list(values["FEATURES"]) == [column.name for column in project.data.columns[1:]]  # type: ignore[call-overload]
    if project.data.split.by == "column":
        assert values["SPLIT_COLUMN"] == project.data.split.column


@given(projects())
@settings(max_examples=2 * EXAMPLES, deadline=None)
def test_the_model_alone_holds_no_texts(project: Project) -> None:
    text = model_text(project, Path(), facts=facts_for(project))
    twin = harmless(project)
    assert bones(text) == bones_of_twin(model_text(twin, Path(), facts=facts_for(twin)))
    assert text.isascii()


def test_hostile_scripts_are_written_as_ruff_would(tmp_path: Path) -> None:
    base = chain("table_input", "relu", ("linear", {"out_features": 3}), ("output", {"loss": "cross_entropy"}))
    paths = []
    for number, evil in enumerate(EVIL):
        columns = (Column(evil or "x", "category", "target"), Column(evil + "1"), Column(evil * 3 + "2", "category"))
        data = TableData(evil, TableFormat(delimiter=evil), columns)
        nodes = {key: replace(node, name=evil) for key, node in base.graph.nodes.items()}
        project = Project(Graph(nodes, base.graph.links), data)
        paths.append(tmp_path / f"train{number}.py")
        paths[-1].write_text(script_text(project, Path(), facts=facts_for(project)), encoding="utf-8")
    assert_formatted(paths)


WATCH = """
import json, runpy, sys
import torch, numpy, pandas, argparse, csv, gzip

seen = []
def hook(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if writes or event.split(".")[0] in ("subprocess", "socket") or event in ("os.system", "os.exec", "os.posix_spawn"):
        seen.append(event)
sys.addaudithook(hook)
for path in json.load(sys.stdin):
    runpy.run_path(path, run_name="imported")
print(json.dumps(seen))
"""


@pytest.mark.cold
def test_importing_hostile_scripts_does_nothing(tmp_path: Path) -> None:
    base = chain("table_input", ("linear", {"out_features": 3}), ("output", {"loss": "cross_entropy"}))
    paths = []
    for number, evil in enumerate(EVIL):
        columns = (Column(evil, "category", "target"), Column(f"{evil}1"), Column(f"{evil}2"))
        nodes = {key: replace(node, name=evil) for key, node in base.graph.nodes.items()}
        project = Project(Graph(nodes, base.graph.links), TableData(evil, columns=columns))
        paths.append(tmp_path / f"train{number}.py")
        paths[-1].write_text(script_text(project, Path(), facts=facts_for(project)), encoding="utf-8")
    command = [sys.executable, "-I", "-B", "-c", WATCH]
    done = subprocess.run(
        command, input=json.dumps([str(path) for path in paths]), capture_output=True, text=True, cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
    assert sorted(tmp_path.iterdir()) == sorted(paths)


def test_hostile_data_trains_to_the_same_weights(tmp_path: Path) -> None:
    """Names that a file can really hold, in header, cells, folder and file, from the app to the script."""
    folder = tmp_path / 'it\'s a "folder" {x} \\ # %s'
    folder.mkdir()
    names = ['"); import os; os.system("touch pwned") #', "a\\'b", "{0} % \u2028 x", "'''", "名前 ‮"]
    labels = ["__import__('os')", '"""', "\\"]
    with (folder / "d'a\"ta.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for row in range(45):
            writer.writerow([row % 7, row % 5, labels[row % 2], labels[row % 3], (row * row) % 11])
    kinds = ["number", "number", "category", "category", "number"]
    columns = tuple(Column(name, kind) for name, kind in zip(names, kinds, strict=True))  # type: ignore[arg-type]
    columns = (*columns[:3], replace(columns[3], role="target"), columns[4])
    project = chain("table_input", ("linear", {"out_features": 3}), ("output", {"loss": "cross_entropy"}))
    nodes = {key: replace(node, name=names[0]) for key, node in project.graph.nodes.items()}
    project = Project(Graph(nodes, project.graph.links), TableData("d'a\"ta.csv", columns=columns), Training(epochs=2))
    run = folder / "p.runs" / "1"
    run.mkdir(parents=True)
    for _ in train(project, folder, run):
        pass
    script = tmp_path / "train.py"
    export(run, "script", script)
    run_scripts([[str(script)]], tmp_path)
    assert_same_weights(run, tmp_path / "weights.pt")
    assert not list(tmp_path.rglob("pwned"))


@pytest.mark.parametrize("suffix", ["weights.safetensors", "weights.pt"])
def test_no_export_runs_what_it_reads(tmp_path: Path, suffix: str) -> None:
    """Weights that are a pickle in disguise are refused, not loaded."""
    import pickle

    from designer.exporting.weights import export_weights
    from designer.project.errors import LayerloomError

    class Bomb:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return (print, ("boom",))

    (tmp_path / "weights.safetensors").write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(LayerloomError, match="cannot be read"):
        export_weights(tmp_path, tmp_path / "out" / suffix)
