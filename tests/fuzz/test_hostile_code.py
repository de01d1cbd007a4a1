"""Hostile layers: projects whose code would leave a mark go through every door, and without leave nothing runs."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import CodeType

import pytest

from designer.cli.main import main
from designer.compiler.analyse import analyse
from designer.compiler.included import included
from designer.compiler.own_code import faults_of, refusals
from designer.compiler.trust import UntrustedCode, allow_only, allowed, digest_of, digests_of
from designer.layers.catalog import catalog_of
from designer.layers.signature import read_signature
from designer.project.block_edits import make_block
from designer.project.change_words import changes_in_words
from designer.project.custom_layers import add_layer
from designer.project.diff_words import difference_words
from designer.project.errors import LayerloomError
from designer.project.exposing import expose
from designer.project.file import load_project, save_project, to_text
from designer.project.fragment import copy_fragment, fragment_from_text, fragment_to_text
from designer.project.inserting import insert_fragment
from designer.project.model import CustomLayer, Project
from designer.training.run import train
from designer.training.trainer import Job, do_job
from designer.workspace.autosave import Autosave
from designer.workspace.custom_check import LayerCheck, signature_of
from designer.workspace.library import adopted, list_library, save_to_library
from designer.workspace.recovery import list_recoverable, recover, write_out
from designer.workspace.runs import new_run_folder
from designer.workspace.session import Session
from designer.workspace.verbs import FORMATS, check, export
from tests.helpers.custom import trainable_custom, with_custom

# Before a release: LAYERLOOM_FUZZ=5000.
SEEDS = range(max(6, int(os.environ.get("LAYERLOOM_FUZZ", "120")) // 10))

WORDS = (
    "open({path!r}, 'w').close()",
    "__import__('pathlib').Path({path!r}).touch()",
    "print('x', file=open({path!r}, 'w'))",
)
PLACES = {
    "top": "{bomb}\n{base}",
    "import": "import evil\n{base}",
    "constant": "X = {bomb}\n{base}",
    "annotated constant": "X: {bomb} = 3\n{base}",
    "class decorator": "@({bomb} or (lambda kind: kind))\n{base}",
    "class body": "{base}\n    Y = {bomb}\n",
    "bare class body": "{base}\n    {bomb}\n",
    "comprehension": "{base}\n    Y = [{bomb} for _ in range(1)]\n",
    "metaclass": (
        "class Meta(type):\n    def __new__(*words):\n        {bomb}\n        return type.__new__(*words)\n\n{meta}"
    ),
    "subclass hook": "class Base(nn.Module):\n    def __init_subclass__(kind):\n        {bomb}\n\n{based}",
    "named hook": "class Named:\n    def __set_name__(self, kind, name):\n        {bomb}\n\n{base}\n    y = Named()\n",
    "method decorator": "{base}\n    @({bomb} or staticmethod)\n    def more():\n        pass\n",
    "helper default": "def helper(x={bomb}):\n    return x\n\n{base}",
    "helper annotation": "def helper(x: {bomb}) -> {bomb}:\n    return x\n\n{base}",
    "f-string": 'X = f"{{{bomb}}}"\n{base}',
    "init": "{init}",
    "forward": "{forward}",
    "init default": "{default}",
    "init annotation": "{annotation}",
    "forward annotation": "{returns}",
    "literal": "{literal}",
    "base": "{bases}",
    "cookie": "# -*- coding: utf-7 -*-\nX = {bomb}\n{base}",
    "docstring": '"""Args:\n    x: {bomb}\n"""\n{base}\n    Y = {bomb}\n',
    "conditional": "if {bomb}:\n    pass\n{base}",
    "walrus": "X = (Y := {bomb})\n{base}",
    "class keyword": "{keyword}",
}
UNREAD = ("annotated constant", "helper annotation", "forward annotation")
BASE = (
    "class Own{n}(nn.Module):\n    def __init__(self, size: int = 3):\n        super().__init__()\n\n"
    "    def forward(self, x):\n        return x\n"
)


def hostile(place: str, bomb: str, number: int) -> str:
    """A source with a bomb in this place, otherwise sound."""
    base = BASE.format(n=number)
    shapes = {
        "base": base,
        "meta": base.replace("(nn.Module)", "(nn.Module, metaclass=Meta)"),
        "based": base.replace("(nn.Module)", "(Base)"),
        "init": base.replace("super().__init__()", f"super().__init__()\n        {bomb}"),
        "forward": base.replace("return x", f"{bomb}\n        return x"),
        "default": base.replace("size: int = 3", f"size: int = {bomb} or 3"),
        "annotation": base.replace("size: int", f"size: {bomb}"),
        "returns": base.replace("forward(self, x)", f"forward(self, x: {bomb}) -> {bomb}"),
        "literal": base.replace("size: int = 3", f'size: Literal["a", {bomb}] = "a"'),
        "bases": base.replace("(nn.Module)", f"(nn.Module if {bomb} else nn.Module)"),
        "keyword": base.replace("(nn.Module)", f"(nn.Module, flag={bomb})"),
    }
    return "from torch import nn\n" + PLACES[place].format(bomb=bomb, **shapes)


@pytest.fixture
def mark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where hostile code would leave its mark; it is looked for at the end."""
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    found = tmp_path / "mark"
    (tmp_path / "evil.py").write_text(f"open({str(found)!r}, 'w').close()\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules.pop("evil", None)
    allow_only(())
    WATCH.path = str(found)
    WATCH.seen.clear()
    yield found
    WATCH.path = ""
    allow_only(())


class Watch:
    """Notes every piece of code that is about to run and holds the path of the mark."""

    path = ""
    seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.path and event == "exec" and isinstance(arguments[0], CodeType) and self._holds(arguments[0]):
            self.seen.append(arguments[0].co_filename)

    def _holds(self, code: CodeType) -> bool:
        parts = code.co_consts
        return any(part == self.path or (isinstance(part, CodeType) and self._holds(part)) for part in parts)


WATCH = Watch()
sys.addaudithook(WATCH)


def hostile_project(chance: random.Random, mark: Path, folder: Path) -> Path:
    """A trainable project whose node runs one hostile layer, with a few more that lie in it."""
    places = chance.sample(list(PLACES), k=3)
    bombs = [chance.choice(WORDS).format(path=str(mark)) for _ in places]
    layers = [
        CustomLayer(chance.choice(["Own", "<b>Own</b>", "'; import os"]) + str(number), hostile(place, bomb, number))
        for number, (place, bomb) in enumerate(zip(places, bombs, strict=True))
    ]
    path = trainable_custom(folder, layers[0], epochs=1)
    project = load_project(path)
    for layer in layers[1:]:
        project, _ = add_layer(project, layer)
    if chance.random() < 0.5:
        project, _ = make_block(project, ["n2", "n3"], "Inner", catalog_of(project).ports_of)
        fields = catalog_of(project).layers["custom:" + next(iter(project.layers))].fields
        if fields and chance.random() < 0.5:
            project = expose(project, "inner", "n3", next(iter(fields)), "offered")
    save_project(project, path)
    return path


def read_all(path: Path) -> Project:
    """What reads a project and shows it."""
    project = load_project(path)
    catalog = catalog_of(project)
    refusals(catalog)
    for layer in project.layers.values():
        read_signature(layer.source)
        faults_of(layer.source)
        signature_of(layer.source)
        with pytest.raises(UntrustedCode):
            included(frozenset({"Own0"}), (layer.source,))
    for node in project.graph.nodes.values():
        catalog.values_of(node)
        catalog.key_fields_text(node)
    analyse(project)
    assert not check(path)[0].ok
    changes_in_words(Project(), project)
    difference_words(Project(), project)
    to_text(project)
    return project


def take_out(path: Path, folder: Path) -> None:
    """Every way out of Layerloom."""
    for kind in FORMATS:
        with contextlib.suppress(LayerloomError):
            export(path, kind, folder / f"out.{kind}")
    assert not (folder / "out.script").exists() and not (folder / "out.model").exists()
    assert (folder / "out.svg").exists()


def carry_about(project: Project) -> None:
    """Copy and paste, blocks and the library."""
    text = fragment_to_text(copy_fragment(project, list(project.graph.nodes)))
    pasted, _ = insert_fragment(with_custom(), fragment_from_text(text), (10.0, 10.0))
    analyse(pasted)
    if not pasted.blocks:
        pasted, _ = make_block(pasted, [next(k for k, n in pasted.graph.nodes.items() if n.type[:7] == "custom:")],
                               "Inner", catalog_of(pasted).ports_of)  # fmt: skip
    save_to_library(pasted, next(iter(pasted.blocks)))
    for entry in list_library().entries.values():
        brought, _ = adopted(Project(), entry.type_key)
        analyse(brought)


def open_and_crash(path: Path) -> None:
    """A session with unsaved work that ends without order, and is taken up again."""
    session = Session.open(path)
    assert session.untrusted
    autosave = Autosave(session)
    session.do("Change", replace(session.project, training=replace(session.project.training, epochs=2)))
    autosave.close(keep=True)
    session.close()
    (work,) = list_recoverable()
    write_out(work, path.with_name("written.loom"))
    fresh = Session()
    keeping = Autosave(fresh)
    recover(work, fresh, keeping.flush)
    analyse(fresh.project)
    fresh.undo()
    fresh.redo()
    keeping.close()
    fresh.close()


def try_to_train(path: Path) -> None:
    """Training, in the app's way and on the command line."""
    project, said = load_project(path), list[object]()
    with pytest.raises(LayerloomError):
        list(train(project, path.parent, new_run_folder(path)))
    run = new_run_folder(path)
    run.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, run / "project.loom")
    assert not do_job(Job(path, path.parent, run, False, frozenset()), said.append)
    out = path.with_name("o")
    for words in (
        ["check", path], ["check", path, "--json"], ["train", path], ["train", path, "--resume"], ["evaluate", path],
        ["evaluate", run], ["predict", run, path.with_name("line.csv"), "-o", out],
        ["export", run, "--to", "script", "-o", out],
        ["export", path, "--to", "model", "-o", out], ["export", path, "--to", "png", "-o", out], ["data", path],
        ["layers", "--project", path], ["layers", "--project", path, "--json"],
    ):  # fmt: skip
        assert main([str(word) for word in words], lambda words: 3) in (0, 1), words


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_hostile_runs_without_leave(seed: int, mark: Path, tmp_path: Path) -> None:
    path = hostile_project(random.Random(seed), mark, tmp_path / "project")
    project = read_all(path)
    take_out(path, tmp_path)
    carry_about(project)
    open_and_crash(path)
    try_to_train(path)
    assert not mark.exists()
    assert WATCH.seen == []
    assert "evil" not in sys.modules


@pytest.mark.parametrize("place", PLACES)
def test_each_place_would_go_off_or_is_refused(place: str, mark: Path) -> None:
    """The other half of the proof: with leave the bombs do go off, but where a fault keeps them from being used."""
    source = hostile(place, WORDS[0].format(path=str(mark)), 0)
    project = with_custom(CustomLayer("Own", source))
    analyse(project)
    assert not mark.exists() and WATCH.seen == []
    with allowed(digests_of(project)):
        analysis = analyse(project)
    went_off = mark.exists()
    refused = "unsound-code" in [problem.code for problem in analysis.problems]
    # annotations are left unread in the source of a model
    assert went_off != refused or (place in UNREAD and not went_off), (place, faults_of(source))


def test_the_check_of_a_layer_runs_what_is_unsound_nowhere(mark: Path) -> None:
    for place in PLACES:
        source = hostile(place, WORDS[0].format(path=str(mark)), 0)
        if faults_of(source):
            assert not LayerCheck(source, ((4,),)).run().sound
    assert not mark.exists()


def test_leave_for_one_layer_is_none_for_another(mark: Path) -> None:
    harmless = hostile("class body", "None", 0)
    bomb = hostile("class body", WORDS[0].format(path=str(mark)), 1)
    project, _ = add_layer(with_custom(CustomLayer("Own", bomb)), CustomLayer("Other", harmless))
    with allowed([digest_of(harmless)]):
        analyse(project)
        assert not mark.exists()
