"""The project file: save and load is the identity, unknown things are kept, unsound ones refused with their place."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from designer.project import file
from designer.project.diff import diff
from designer.project.errors import ProjectError
from designer.project.file import from_text, load_project, save_project, to_text
from designer.project.forms import in_words
from designer.project.migrations import VERSION, Document, migrate
from designer.project.model import Graph, Link, Node, Project, TableData, Training, Windows
from tests.helpers.projects import PROJECTS, sample

GOLDEN = Path(__file__).parents[2] / "golden" / "version1.loom"
GOLDEN_2 = GOLDEN.with_name("version2.loom")
GOLDEN_3 = GOLDEN.with_name("version3.loom")
GOLDEN_4 = GOLDEN.with_name("version4.loom")
GOLDEN_5 = GOLDEN.with_name("version5.loom")
# what version 4 adds to the settings of every training
ADDED_IN_4 = '"threads": 1,\n  "mode": "supervised",\n  "mode_fields": {},\n  "class_weights": "none"'
# and what version 5 adds
ADDED_IN_5 = """,
  "clip_norm": 0.0,
  "clip_value": 0.0,
  "accumulate": 1,
  "average": "none",
  "average_fields": {},
  "monitor": "loss",
  "sampling": "shuffled",
  "precision": "float32",
  "memory_format": "auto",
  "deterministic": false,
  "schedules": []
"""


def in_present_words(path: Path, version: int) -> str:
    """The text of an older golden file as the present version writes it."""
    text = path.read_text("utf-8").replace(f'"version": {version}', f'"version": {VERSION}')
    text = text.replace('"threads": 1\n', ADDED_IN_4 + ADDED_IN_5)
    return re.sub(r'("class_weights": "\w+")\n', lambda found: found[1] + ADDED_IN_5, text)


@settings(max_examples=150, deadline=None)
@given(project=PROJECTS)
def test_save_and_load_is_the_identity(project: Project) -> None:
    text = to_text(project)
    reopened = from_text(text)
    assert reopened == project
    assert not diff(reopened, project)
    assert list(reopened.graph.nodes) == list(project.graph.nodes)
    assert to_text(reopened) == text


def test_the_file_reads_well_and_diffs_well(tmp_path: Path) -> None:
    path = tmp_path / "iris.loom"
    save_project(sample(), path)
    lines = path.read_text("utf-8").splitlines()
    assert lines[:5] == [
        "{",
        ' "format": "layerloom",',
        ' "version": 5,',
        ' "nodes": [',
        '  {"id": "n1", "type": "table_input", "name": "table", "x": 0, "y": 0, "fields": {"features": 4}},',
    ]
    assert '  {"from": ["n1", "out"], "to": ["n2", "x"]},' in lines
    assert (
        '   {"name": "species", "kind": "category", "role": "target", "missing": "mean", "scale": "standard"}' in lines
    )
    assert '  "learning_rate": 0.001,' in lines
    changed = replace(sample(), training=Training(epochs=7))
    assert len(set(to_text(changed).splitlines()) - set(lines)) == 1
    assert load_project(path) == sample()


def test_names_with_line_separators_and_lone_surrogates_survive() -> None:
    node = Node("n1", "linear", "a\u2028b\x85c\ud800", {"path": "caf\udce9"})
    project = Project(Graph({"n1": node}))
    text = to_text(project)
    assert from_text(text.encode().decode()) == project
    assert sum('"id"' in line for line in text.splitlines()) == 1
    assert all(line.count('"') % 2 == 0 for line in text.splitlines())


def test_unknown_keys_survive_at_every_level() -> None:
    document = json.loads(to_text(sample()))
    later = {"a": [1, None, {"b": 2.5}]}
    spots = [document, document["nodes"][1], document["links"][0], document["data"], document["training"]]
    spots += [document["data"]["format"], document["data"]["columns"][2], document["data"]["split"]]
    for spot in spots:
        spot["later"] = later
    document["nodes"][1]["fields"]["nested"] = later
    document["nodes"][1]["fields"]["nothing"] = None
    document["training"]["optimizer_fields"]["betas"] = [0.9, {"b": 1}]
    project = from_text(json.dumps(document))
    assert json.loads(to_text(project)) == document
    assert "nested" not in project.graph.nodes["n2"].fields


def test_unknown_layer_types_are_kept() -> None:
    node = {"id": "n1", "type": "quantum", "name": "q", "x": 1.5, "y": 2, "fields": {"qubits": [1, [2, 3]], "f": 1.0}}
    document = {"format": "layerloom", "version": 1, "nodes": [node]}
    project = from_text(json.dumps(document))
    assert project.graph.nodes["n1"].fields == {"qubits": (1, (2, 3)), "f": 1.0}
    assert json.dumps(json.loads(to_text(project))["nodes"][0]) == json.dumps(node)


def test_what_is_left_out_takes_the_defaults() -> None:
    assert from_text('{"format": "layerloom", "version": 1}') == Project()
    text = '{"format": "layerloom", "version": 1, "nodes": [{"id": "a", "type": "relu", "name": "r"}], "training": {}}'
    assert from_text(text).graph.nodes["a"] == Node("a", "relu", "r")


def with_change(*path: str | int, value: Any) -> str:
    """The sample's text with one value replaced."""
    document = json.loads(to_text(sample()))
    spot = document
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = value
    return json.dumps(document)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("[]", "the whole file: expected an object in braces, found a list"),
        ("{", "line 1"),
        ('{\n"format": "layerloom",\n"version": 1,\n<<<<<<< HEAD\n}', "line 4, column 1: not JSON"),
        ('{"format": "layerloom",\n"version": 1,\n"a": NaN}', "line 3: NaN"),
        ('{"format": "layerloom",\n"version": 1,\n\n"a": -1e999}', "line 4: the number -1e999 is too large"),
        ('{"format": "layerloom",\n"version": 1' + "0" * 5000 + "}", "line 2: the number"),
        ('{"format": "layerloom", "version": 1,\n"nodes": [], "nodes": []}', "line 2: the key “nodes” stands twice"),
        ('{"format": "keras", "version": 1}', "no Layerloom project"),
        ('{"format": "layerloom"}', "“version” should be"),
        ('{"format": "layerloom", "version": true}', "“version” should be"),
        ('{"format": "layerloom", "version": 0}', "“version” should be"),
        ("[" * 100_000, "too deep"),
        ('{"format": "layerloom", "version": 1, "later": ' + "[" * 60 + "]" * 60 + "}", "50 deep"),
        ('{"format": "layerloom", "version": 1, "later": [' + "0," * 2_000_000 + "0]}", "2,000,000 values"),
        (with_change("nodes", value={}), "nodes: expected a list"),
        (with_change("nodes", value=[{"id": "a", "type": "relu", "name": "r"}] * 10_001), "nodes: 10001 entries"),
        (with_change("nodes", 1, value=7), "node 2: expected an object in braces, found the number 7"),
        (with_change("nodes", 1, "id", value="n1"), "node 2 (“n1”): another node has the same id"),
        (with_change("nodes", 1, "x", value="left"), "node 2 (“n2”): “x”: expected a number, found a text"),
        (with_change("nodes", 1, "x", value=1e7), "node 2 (“n2”): “x”: expected a number of at most 1000000"),
        (with_change("nodes", 1, "x", value=True), "node 2 (“n2”): “x”: expected a number, found true or false"),
        (with_change("nodes", 1, "name", value=None), "node 2 (“n2”): “name”: expected a text, found nothing (null)"),
        (with_change("nodes", 1, "name", value="x" * 100_001), "with a length of at most 100000"),
        (with_change("nodes", 1, value={"id": "n2", "type": "relu"}), "node 2 (“n2”): “name” is missing"),
        (with_change("nodes", 1, "fields", value=[]), "node 2 (“n2”), fields: expected an object"),
        (
            with_change("nodes", 1, "fields", "bias", value=2**63),
            "node 2 (“n2”), fields, “bias”: the number is too large",
        ),
        (with_change("links", 0, "to", value=["n8", "x"]), "link 1 (“n1” to “n8”): there is no node “n8”"),
        (with_change("links", 0, "to", value=["n2"]), "link 1: “to”"),
        (with_change("links", 0, "to", value=["n3", "x"]), "link 2 (“n1” to “n3”): the input “x” already has a link"),
        (with_change("data", "kind", value="video"), "data: “kind” should be"),
        (with_change("data", "path", value="a\x00b"), "data: “path”"),
        (with_change("data", "split", "test", value=1.5), "data, split: “test”: expected a number of at most 1"),
        (with_change("data", "columns", 1, "kind", value="blob"), "data, column 2: “kind”: unknown word “blob”"),
        (with_change("data", "columns", 1, "kind", value=["number"]), "data, column 2: “kind”: expected a text"),
        (with_change("training", "epochs", value=0), "training: “epochs”: expected a whole number of at least 1"),
        (with_change("training", "epochs", value=3.5), "training: “epochs”: expected a whole number, found a number"),
        (with_change("training", "learning_rate", value=-1), "training: “learning_rate”"),
        (with_change("training", "seed", value=10**30), "training: “seed”"),
        (with_change("data", "split", "by", value="\ud800"), "data, split: a word holds half a character"),
        (with_change("training", value=None), "training: expected an object in braces, found nothing (null)"),
    ],
)
def test_an_unsound_file_gives_one_error_with_file_and_place(text: str, words: str) -> None:
    with pytest.raises(ProjectError) as found:
        from_text(text, "folder/iris.loom")
    assert str(found.value).startswith("folder/iris.loom: ")
    assert words in str(found.value)
    assert len(str(found.value)) < 400
    assert "\n" not in str(found.value)


def test_windows_endings_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "iris.loom"
    path.write_bytes(b"\xef\xbb\xbf" + to_text(sample()).replace("\n", "\r\n").encode())
    assert load_project(path) == sample()


def test_files_that_are_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    latin, pipe, large = tmp_path / "latin.loom", tmp_path / "pipe.loom", tmp_path / "large.loom"
    latin.write_bytes(b'{"format":\n"caf\xe9"}')
    os.mkfifo(pipe)
    monkeypatch.setattr(file, "MOST_BYTES", 1_000_000)
    large.write_bytes(b" " * 1_000_001)
    for path, words in (
        (latin, "line 2: not UTF-8"),
        (pipe, "no ordinary file"),
        (large, "larger than 1 MB"),
        (tmp_path, "a folder"),
        (tmp_path / "missing.loom", "no such file"),
        (latin / "below.loom", "a part of the path is a file"),
    ):
        with pytest.raises(ProjectError, match=words) as found:
            load_project(path)
        assert str(path) in str(found.value)
    with pytest.raises(ProjectError):
        load_project("a\x00b")


def test_what_could_not_be_opened_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "iris.loom"
    save_project(sample(), path)
    before = path.read_bytes()
    node = sample().graph.nodes["n1"]
    for bad in (
        replace(sample(), training=Training(learning_rate=float("nan"))),
        replace(sample(), graph=Graph({"n1": replace(node, x=1e9)})),
        replace(sample(), graph=Graph({"n1": node}, (Link("n1", "out", "n2", "x"),))),
        replace(sample(), extra={"later": {1, 2}}),
    ):
        with pytest.raises(ProjectError, match=r"iris\.loom: .*the old file was kept"):
            save_project(bad, path)
        assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_golden_file_of_version_1_opens_and_is_written_back_the_same() -> None:
    project = load_project(GOLDEN)
    assert project.graph.nodes["n2"].fields == {"out_features": 8, "bias": True}
    assert project.graph.nodes["n6"].name == "scores"
    assert project.data is not None
    assert project.data.path == "iris.csv"
    assert project.extra == {"version 1 frames": [{"title": "Stem", "nodes": ["n2"]}]}
    assert to_text(project) == in_present_words(GOLDEN, 1).replace('"frames"', '"version 1 frames"')


def test_the_golden_file_of_version_2_opens_and_is_written_back_in_the_present_version() -> None:
    project = load_project(GOLDEN_2)
    block = project.blocks["residual"]
    assert [field.name for field in block.fields] == ["channels"]
    assert block.graph.nodes["in1"].type == "block_input"
    assert project.graph.nodes["n3"].bypassed
    assert project.graph.links[0].bends == ((120, 40), (180, 44.5))
    assert project.graph.frames["f1"].title == "Stem"
    assert project.graph.notes["t1"].text == "A note\nof two lines"
    assert to_text(project) == in_present_words(GOLDEN_2, 2)


def test_the_golden_file_of_version_3_opens_and_is_written_back_in_the_present_version() -> None:
    project = load_project(GOLDEN_3)
    assert isinstance(project.data, TableData)
    assert project.data.samples == "windows"
    assert project.data.windows == Windows(length=24, horizon=3)
    assert project.data.drop_duplicates
    columns = {column.name: column for column in project.data.columns}
    assert columns["price"].off == ("scale",)
    assert columns["price"].indicator
    assert columns["size"].order == ("S", "M", "L")
    assert columns["day"].parts == ("month", "weekday")
    assert project.data.split.by == "time"
    assert to_text(project) == in_present_words(GOLDEN_3, 3)


def test_the_golden_file_of_version_4_opens_and_is_written_back_in_the_present_version() -> None:
    project = load_project(GOLDEN_4)
    layer = project.layers["gate"]
    assert (layer.name, layer.summary, layer.extra) == ("Gate", "Lets through.", {"later": [1, {"a": None}]})
    assert layer.source.startswith("import torch\nfrom torch import nn\n") and layer.source.endswith("* opening\n")
    assert project.graph.nodes["n3"].type == "custom:gate"
    training = project.training
    assert (training.mode, training.mode_fields, training.class_weights) == ("autoencoder", {"noise": 0.1}, "balanced")
    assert training.threads == 1
    assert to_text(project) == in_present_words(GOLDEN_4, 4)


def test_the_golden_file_of_version_5_opens_and_is_written_back_the_same() -> None:
    project = load_project(GOLDEN_5)
    training = project.training
    first, second = training.schedules
    assert (first.key, first.epochs, dict(first.fields)) == ("linear", 5, {"start_factor": 0.1})
    assert (second.key, second.epochs, second.extra) == ("cosine", 0, {"later": [1, {"a": None}]})
    assert (training.clip_norm, training.clip_value, training.accumulate) == (1.5, 0, 4)
    assert (training.average, training.average_fields, training.monitor) == ("ema", {"decay": 0.99}, "accuracy")
    assert (training.sampling, training.precision, training.memory_format) == ("balanced", "bfloat16", "channels_last")
    assert training.deterministic and training.threads == 0
    assert to_text(project) == GOLDEN_5.read_text("utf-8")


def test_keys_of_version_5_in_a_file_of_version_4_are_kept_and_mean_nothing() -> None:
    text = '{"format": "layerloom", "version": 4, "training": {"schedules": 7, "clip_norm": "x", "threads": 3}}'
    training = from_text(text).training
    assert training.extra == {"version 4 schedules": 7, "version 4 clip_norm": "x"}
    assert (training.schedules, training.clip_norm, training.threads) == ((), 0, 3)
    # a project of then that said nothing of threads had one
    assert from_text('{"format": "layerloom", "version": 4, "training": {}}').training.threads == 1


def test_keys_of_version_4_in_a_file_of_version_3_are_kept_and_mean_nothing() -> None:
    text = (
        '{"format": "layerloom", "version": 3, "nodes": [], "links": [], "layers": [7],'
        ' "training": {"mode": 1, "class_weights": {}},'
        ' "data": {"kind": "table", "path": "a.csv", "columns": [{"name": "d", "kind": "date", "day_first": 7}]}}'
    )
    project = from_text(text)
    assert project.extra == {"version 3 layers": [7]} and not project.layers
    assert project.training.extra == {"version 3 mode": 1, "version 3 class_weights": {}}
    column = project.data.columns[0]
    assert (column.day_first, column.extra) == ("auto", {"version 3 day_first": 7})


def test_keys_of_version_3_in_a_file_of_version_2_are_kept_and_mean_nothing() -> None:
    text = (
        '{"format": "layerloom", "version": 2, "nodes": [], "links": [], "data": {"kind": "table", "path": "a.csv",'
        ' "sheet": 7, "columns": [{"name": "a", "clip": 1, "kind": "text"},'
        ' {"name": "b", "kind": "text", "role": "ignored"}],'
        ' "split": {"folds": "x"}}}'
    )
    data = from_text(text).data
    assert isinstance(data, TableData)
    assert data.extra == {"version 2 sheet": 7}
    assert data.columns[0].extra == {"version 2 clip": 1}
    # a text that was fed to the network was fed as a category
    assert [column.kind for column in data.columns] == ["category", "text"]
    assert data.split.extra == {"version 2 folds": "x"}


def test_keys_of_version_2_in_a_file_of_version_1_are_kept_and_mean_nothing() -> None:
    text = (
        '{"format": "layerloom", "version": 1, "blocks": 3, "nodes": '
        '[{"id": "a", "type": "relu", "name": "r", "bypassed": "no"}], "links": []}'
    )
    project = from_text(text)
    assert project.extra == {"version 1 blocks": 3}
    assert not project.graph.nodes["a"].bypassed
    assert project.graph.nodes["a"].extra == {"version 1 bypassed": "no"}


def test_blocks_that_lie_in_one_another_are_refused() -> None:
    block = '{{"name": "{0}", "nodes": [{{"id": "n1", "type": "block:{1}", "name": "{1}"}}]}}'
    text = '{{"format": "layerloom", "version": 2, "blocks": {{"a": {0}, "b": {1}}}}}'
    from_text(text.format(block.format("a", "b"), block.format("b", "c")))
    with pytest.raises(ProjectError, match="blocks: “a” in “b” in “a”: a block cannot contain itself"):
        from_text(text.format(block.format("a", "b"), block.format("b", "a")))


def test_a_newer_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newer.loom"
    path.write_text(GOLDEN.read_text("utf-8").replace('"version": 1', f'"version": {VERSION + 1}'), "utf-8")
    before, stamp = path.read_bytes(), path.stat().st_mtime_ns
    with pytest.raises(ProjectError, match=rf"newer\.loom: .*newer Layerloom.*version {VERSION + 1}"):
        load_project(path)
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == stamp


def test_migrations_are_pure_steps_in_order_and_idempotent() -> None:
    def name_it(document: Document) -> Document:
        return {**document, "name": "x"}

    def name_it_twice(document: Document) -> Document:
        return {**document, "name": str(document["name"]) * 2}

    steps = {1: name_it, 2: name_it_twice}
    old: Document = {"format": "layerloom", "version": 1}
    new = migrate(old, steps, 3)
    assert new == {"format": "layerloom", "version": 3, "name": "xx"}
    assert old == {"format": "layerloom", "version": 1}
    assert migrate(new, steps, 3) is new
    assert migrate({"version": 2, "name": "y"}, steps, 3)["name"] == "yy"
    with pytest.raises(ProjectError, match="no way from file version 1"):
        migrate(old, {}, 3)
    present = json.loads(GOLDEN_5.read_text("utf-8"))
    assert migrate(present) is present


def test_messages_of_the_checker_in_words() -> None:
    assert in_words("Expected `int`, got `str` - at `$.seed`") == "“seed”: expected a whole number, found a text"
    assert in_words("Expected `str` of length >= 1 - at `$.id`") == "“id”: expected a text with a length of at least 1"
