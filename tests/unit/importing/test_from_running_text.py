"""One long text is recognised, and a network that goes on writing it is made for it; what is none is told of."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.compiler.analyse import analyse
from designer.importing.from_running_text import holds_running_text
from designer.importing.new import draft_project
from designer.project.model import TableData
from designer.runtime.errors import DataError
from designer.training.prepare import facts_of
from tests.helpers.tales import tale


def test_a_text_gets_a_network_that_writes(tmp_path: Path) -> None:
    (tmp_path / "tale.txt").write_text(tale(200))
    made = draft_project(tmp_path / "tale.txt", None, tmp_path / "tale.loom")
    data = made.project.data
    assert isinstance(data, TableData) and (data.samples, data.split.by) == ("tokens", "time")
    assert made.project.training.mode == "next_token"
    facts = facts_of(made.project, tmp_path)
    assert analyse(made.project, facts).problems == ()
    assert facts.rows["train"] and facts.rows["validation"] and facts.rows["test"]
    assert "goes on writing it" in made.notes[0]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8-sig"])
def test_encodings_are_found(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "tale.txt").write_bytes(tale(100).replace("light", "lueur à côté").encode(encoding))
    project = draft_project(tmp_path / "tale.txt", None, tmp_path / "tale.loom").project
    assert isinstance(project.data, TableData)
    assert facts_of(project, tmp_path).rows["train"] > 0


@pytest.mark.parametrize(
    ("name", "content", "is_text"),
    [
        ("a.txt", "Once upon a time, there was a mole.\nIt dug.\n", True),
        ("a.md", "# A title\n\nAnd words; many of them.\n", True),
        ("one.txt", "a single line, and that is all there is of it", True),
        ("tabs.txt", "a\tb\n1\t2\n3\t4\n", False),
        ("commas.txt", "a,b\n1,2\n3,4\n", False),
        ("numbers.txt", "x y\n1 2\n3 4.5\n", False),
        ("a.csv", "Once upon a time, there was a mole.\nIt dug.\n", False),
        ("bytes.txt", "a word\0or two more of them", False),
        ("empty.txt", "", False),
    ],
)
def test_prose_is_told_from_tables(tmp_path: Path, name: str, content: str, is_text: bool) -> None:
    (tmp_path / name).write_text(content)
    assert holds_running_text(tmp_path / name) == is_text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"too short\n", "has only 10 characters; expected a text of some thousands"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "is a PNG picture"),
        (bytes(range(1, 32)) * 9, "holds bytes that no text has"),
    ],
)
def test_what_cannot_be_learned_from_is_told_of(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "tale.txt").write_bytes(content)
    with pytest.raises(DataError, match=said):
        draft_project(tmp_path / "tale.txt", None, tmp_path / "tale.loom")


def test_a_single_line_is_trained_with_whole(tmp_path: Path) -> None:
    (tmp_path / "tale.txt").write_text("a single line, and that is all there is of it")
    project = draft_project(tmp_path / "tale.txt", None, tmp_path / "tale.loom").project
    facts = facts_of(project, tmp_path)
    assert facts.rows["train"] > 0 and facts.rows["test"] == facts.rows["validation"] == 0


def test_a_text_has_no_column_to_predict(tmp_path: Path) -> None:
    (tmp_path / "tale.txt").write_text(tale(50))
    with pytest.raises(DataError, match="what comes next is predicted, there is no column “mood”"):
        draft_project(tmp_path / "tale.txt", "mood", tmp_path / "tale.loom")
