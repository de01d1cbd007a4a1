"""``layerloom recover`` lists what was not saved and writes it out, and touches nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.project.edits import rename
from designer.project.file import load_project, save_project
from designer.project.model import TableData
from designer.workspace.autosave import Autosave
from designer.workspace.recovery import list_recoverable
from designer.workspace.session import Session
from tests.helpers.graphs import chain

Output = pytest.CaptureFixture[str]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "work" / "iris.loom"
    file.parent.mkdir()
    project = chain("table_input", "linear", "output")
    save_project(replace(project, data=TableData("data/iris.csv")), file)
    return file


@pytest.fixture
def name(path: Path) -> str:
    """Unsaved work that was left behind."""
    session = Session.open(path)
    autosave = Autosave(session)
    session.do("Rename", rename(session.project, "n2", "lost"))
    autosave.close(keep=True)
    session.close()
    return list_recoverable()[0].name


def test_nothing_to_recover(capsys: Output) -> None:
    assert main(["recover"]) == 0
    assert capsys.readouterr().out == "There is no unsaved work.\n"
    assert main(["recover", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"unsaved": []}


def test_unsaved_work_is_listed(name: str, path: Path, capsys: Output) -> None:
    assert name.startswith("iris-")
    assert main(["recover"]) == 0
    said = capsys.readouterr().out
    assert f"{name}  2" in said
    assert "3 layers, 2 links" in said
    assert str(path) in said
    assert main(["recover", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["unsaved"]
    assert found.pop("time").startswith("20")
    assert found == {"name": name, "project": str(path), "label": "Rename", "layers": 3, "links": 2, "declined": False}


def test_work_is_written_out_with_the_way_to_its_data(name: str, tmp_path: Path, capsys: Output) -> None:
    out = tmp_path / "back.loom"
    assert main(["recover", name, "-o", str(out)]) == 0
    assert capsys.readouterr().out == f"{out}: 3 layers, 2 links\nNext: layerloom {out}\n"
    project = load_project(out)
    assert project.graph.nodes["n2"].name == "lost"
    assert project.data == TableData("work/data/iris.csv")
    assert main(["recover"]) == 0
    assert "(declined)" in capsys.readouterr().out, "it is listed still, but not offered any more"
    again = tmp_path / "again.loom"
    assert main(["recover", name, "-o", str(again), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"project": str(again), "layers": 3, "links": 2}


def test_a_file_that_is_there_is_not_written_over(name: str, path: Path, capsys: Output) -> None:
    before = path.read_bytes()
    assert main(["recover", name, "-o", str(path)]) == 1
    assert "exists already" in capsys.readouterr().err
    assert path.read_bytes() == before


def test_a_name_that_is_not_there(name: str, tmp_path: Path, capsys: Output) -> None:
    assert main(["recover", "nothing", "-o", str(tmp_path / "x.loom")]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "no unsaved work called “nothing”" in said.err
    assert name in said.err
    assert not (tmp_path / "x.loom").exists()


@pytest.mark.parametrize("words", [["recover", "iris-123456"], ["recover", "-o", "x.loom"]])
def test_both_have_to_be_said(words: list[str], capsys: Output) -> None:
    assert main(words) == 2
    assert "NAME and -o OUT.loom" in capsys.readouterr().err
