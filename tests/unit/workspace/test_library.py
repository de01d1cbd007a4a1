"""The library: kept blocks are found again, also by the next window, and damaged files harm nothing."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from designer.cli.main import main
from designer.layers.catalog import catalog_of
from designer.project.block_edits import make_block
from designer.project.blocks import edited_within
from designer.project.errors import ProjectError
from designer.project.file import from_text, to_text
from designer.project.model import Project
from designer.workspace.library import (
    adopted,
    file_name,
    free_name,
    library_blocks,
    library_folder,
    list_library,
    remove_from_library,
    rename_in_library,
    save_to_library,
)
from tests.helpers.graphs import chain


def nested() -> Project:
    """A block ``Outer`` with a block ``Inner`` in it."""
    project = chain("table_input", "linear", "relu", "output")
    project, _ = make_block(project, ["n2", "n3"], "Outer", catalog_of(project).ports_of)
    return edited_within(
        project, "outer", lambda seen: make_block(seen, ["n3"], "Inner", catalog_of(seen).ports_of, key="outer")[0]
    )


def test_a_kept_block_comes_with_those_in_it_to_any_project() -> None:
    project = nested()
    entry = save_to_library(project, "outer")
    assert entry.type_key == "library:Outer"
    assert dict(library_blocks()) == {"Outer": project.blocks["outer"]}
    other, type_key = adopted(Project(), "library:Outer")
    assert type_key == "block:outer" and set(other.blocks) == {"outer", "inner"}
    assert from_text(to_text(other)) == other
    assert adopted(other, "library:Outer") == (other, type_key)


def test_a_project_with_another_block_of_that_key_keeps_its_own() -> None:
    project = nested()
    save_to_library(project, "outer")
    mine = replace(project, blocks={**project.blocks, "inner": replace(project.blocks["inner"], summary="mine")})
    after, type_key = adopted(mine, "library:Outer")
    assert type_key == "block:outer2" and after.blocks["inner"].summary == "mine"
    assert {node.type for node in after.blocks["outer2"].graph.nodes.values()} >= {"block:inner2"}


def test_damaged_and_foreign_files_are_passed_over_and_named() -> None:
    save_to_library(nested(), "outer")
    folder = library_folder()
    (folder / "half.json").write_text((folder / "Outer.json").read_text(encoding="utf-8")[:200], encoding="utf-8")
    (folder / "binary.json").write_bytes(b"\xff\xfe\x00layerloom fragment")
    (folder / "other.json").write_text("{}", encoding="utf-8")
    (folder / "folder.json").mkdir()
    (folder / "deep.json").write_text("layerloom fragment" + "[" * 100_000, encoding="utf-8")
    library = list_library()
    assert list(library.entries) == ["Outer"]
    assert set(library.damaged) == {"half.json", "binary.json", "other.json", "folder.json", "deep.json"}
    assert all(reason.endswith(".") for reason in library.damaged.values())


def test_what_another_window_changes_is_seen() -> None:
    save_to_library(nested(), "outer")
    assert list(library_blocks()) == ["Outer"]
    path = library_folder() / "Outer.json"
    path.write_text("{}", encoding="utf-8")
    os.utime(path, (1, 1))
    assert not library_blocks()


def test_blocks_are_renamed_and_removed() -> None:
    save_to_library(nested(), "outer")
    entry = rename_in_library("Outer", "Hidden / layers")
    assert (entry.name, entry.block.name) == ("Hidden _ layers", "Hidden / layers")
    assert list(library_blocks()) == ["Hidden _ layers"]
    save_to_library(nested(), "inner")
    with pytest.raises(ProjectError, match="already has a block"):
        rename_in_library("Inner", "Hidden / layers")
    with pytest.raises(ProjectError, match="needs a name"):
        rename_in_library("Inner", " ")
    remove_from_library("Hidden _ layers")
    assert list(library_blocks()) == ["Inner"]
    with pytest.raises(ProjectError, match="no block"):
        adopted(Project(), "library:Outer")


@pytest.mark.parametrize(
    ("name", "file"),
    [("../../etc/passwd", "etc_passwd"), ("CON", "CON_"), ("a\nb\0c", "a_b_c"), ("", "block"), ("列 1", "列 1")],
)
def test_any_name_makes_a_file_in_the_folder(name: str, file: str) -> None:
    assert file_name(name) == file
    project = nested()
    blocks = {**project.blocks, "outer": replace(project.blocks["outer"], name=name)}
    save_to_library(replace(project, blocks=blocks), "outer")
    assert [path.name for path in library_folder().iterdir()] == [f"{file}.json"]


def test_a_free_name_is_found() -> None:
    save_to_library(nested(), "outer")
    assert free_name("Outer") == "Outer2" and free_name("Other") == "Other"


def test_the_command_line_lists_ready_and_kept_blocks(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    save_to_library(nested(), "outer")
    (library_folder() / "bad.json").write_text("{}", encoding="utf-8")

    def no_app(words: list[str]) -> int:
        raise AssertionError(words)

    assert main(["blocks", "--json"], no_app) == 0
    found = json.loads(capsys.readouterr().out)
    (kept,) = found["library"]
    assert (kept["key"], kept["inputs"], kept["outputs"], kept["layers"]) == ("Outer", ["x"], ["out"], 2)
    assert {"residual", "bottleneck"} <= {ready["key"] for ready in found["ready"]}
    assert found["damaged"][0]["file"] == "bad.json"
    assert main(["blocks"], no_app) == 0
    output = capsys.readouterr()
    assert "Outer" in output.out and "residual" in output.out and "bad.json" in output.err
