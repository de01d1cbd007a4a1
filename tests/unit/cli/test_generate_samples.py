"""``layerloom generate`` of a GAN: a table or pictures, and what is said where there are none."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.project.file import save_project
from tests.helpers.generative import pixel_gan, plane_gan, rbm

Output = pytest.CaptureFixture[str]


@pytest.fixture
def plane(tmp_path: Path, capsys: Output) -> Path:
    """A project with a run of a GAN for points."""
    path = tmp_path / "plane.loom"
    save_project(plane_gan(tmp_path, epochs=1), path)
    assert main(["train", str(path)]) == 0
    capsys.readouterr()
    return path


def test_samples_come_as_a_table(plane: Path, capsys: Output) -> None:
    assert main(["generate", str(plane), "--count", "3", "--seed", "5"]) == 0
    header, *rows = csv.reader(capsys.readouterr().out.splitlines())
    assert header == ["east", "north"]
    assert len(rows) == 3
    out = plane.with_name("made.csv")
    assert main(["generate", str(plane), "--count", "3", "--seed", "5", "-o", str(out)]) == 0
    assert list(csv.reader(out.read_text().splitlines()))[1:] == rows
    assert capsys.readouterr().out.strip() == str(out)


def test_json_is_one_object(plane: Path, capsys: Output) -> None:
    assert main(["generate", str(plane), "--count", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["columns"] == ["east", "north"]
    assert len(found["rows"]) == 2
    assert main(["generate", str(plane), "--count", "2", "--json", "-o", str(plane.with_name("x.csv"))]) == 0
    assert json.loads(capsys.readouterr().out)["samples"] == 2


def test_pictures_of_rows_are_refused(plane: Path, capsys: Output) -> None:
    assert main(["generate", str(plane), "-o", str(plane.with_name("made.png"))]) == 1
    assert "rows of a table and no pictures" in capsys.readouterr().err
    assert main(["predict", str(plane), str(plane.with_name("points.csv"))]) == 1
    assert "layerloom generate" in capsys.readouterr().err


def test_a_sheet_of_pictures(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "bars.loom"
    save_project(pixel_gan(tmp_path, epochs=1), path)
    assert main(["train", str(path)]) == 0
    assert main(["generate", str(path), "--count", "9", "-o", str(tmp_path / "sheet.png")]) == 0
    assert (tmp_path / "sheet.png").read_bytes().startswith(b"\x89PNG")


def test_a_machine_makes_nothing_and_tells_features(tmp_path: Path, capsys: Output) -> None:
    path = tmp_path / "bars.loom"
    save_project(rbm(tmp_path, epochs=1), path)
    assert main(["train", str(path)]) == 0
    assert main(["generate", str(path)]) == 1
    assert "makes nothing itself" in capsys.readouterr().err
    assert main(["predict", str(path), str(tmp_path / "bars.csv")]) == 0
    assert capsys.readouterr().out.startswith("feature_1,feature_2,")
