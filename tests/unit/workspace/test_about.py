"""The text beside a project is read whatever it is, and never in the way."""

from __future__ import annotations

from pathlib import Path

from designer.workspace.about import CUT, MOST_BYTES, about
from designer.workspace.samples import GROUPS, copy_sample, samples


def test_the_text_beside_a_project(tmp_path: Path) -> None:
    project = tmp_path / "p.loom"
    assert about(None) == "" and about(project) == ""
    (tmp_path / "ABOUT.md").write_text("\ufeff# Über\n", encoding="utf-8")
    assert about(project) == "# Über\n"


def test_what_is_no_text_or_too_long_does_no_harm(tmp_path: Path) -> None:
    project = tmp_path / "p.loom"
    (tmp_path / "ABOUT.md").write_bytes(b"a\xff\0b")
    assert about(project) == "a\ufffdb"
    (tmp_path / "ABOUT.md").write_bytes(b"x" * (MOST_BYTES + 10))
    assert about(project) == "x" * MOST_BYTES + CUT
    (tmp_path / "ABOUT.md").unlink()
    (tmp_path / "ABOUT.md").mkdir()
    assert about(project) == ""


def test_every_sample_is_explained_and_its_text_goes_along(tmp_path: Path) -> None:
    for sample in samples():
        assert sample.group in GROUPS, sample.name
        text = about(sample.project_path)
        assert text.startswith("# "), sample.name
        for heading in ("## The data", "## What it reaches", "## What to try"):
            assert heading in text, sample.name
        assert about(copy_sample(sample.name, tmp_path / sample.name)) == text
