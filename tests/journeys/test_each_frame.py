"""A film: a small convolutional block sees each frame by itself, a GRU what it says of all; script and app agree."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from designer.compiler.analyse import analyse
from designer.project.file import load_project, save_project
from designer.project.model import Column, Project, Split, TableData, Training, Windows
from designer.training.predict import predict_run
from designer.training.prepare import facts_of
from tests.helpers.blocks import block_of, through, use, with_blocks
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export
from tests.helpers.graphs import add
from tests.helpers.training import write_csv

SIDE, FRAMES = 6, 5
PIXELS = tuple(f"p{pixel}" for pixel in range(SIDE * SIDE))
FRAME = block_of(
    "Frame",
    ("conv", "conv2d", {"out_channels": 6, "padding": 1}),
    ("norm", "batch_norm2d", {}),
    ("act", "relu", {}),
    ("pool", "max_pool2d", {}),
    ("flat", "flatten", {}),
)


def write_films(folder: Path, films: int = 60) -> Path:
    """Films of a bright square that goes to the left or to the right, a folder for each way."""
    chance = np.random.default_rng(3)
    for number in range(films):
        way = ("left", "right")[number % 2]
        place = folder / way
        place.mkdir(parents=True, exist_ok=True)
        row, frames = int(chance.integers(0, SIDE - 1)), []
        for step in range(FRAMES):
            frame = chance.random((SIDE, SIDE)) * 0.3
            column = SIDE - 2 - step if way == "left" else step
            frame[row : row + 2, max(column, 0) : max(column, 0) + 2] = 1.0
            frames.append([step, *(round(float(value), 3) for value in frame.ravel())])
        write_csv(place / f"{number:02}.csv", ("step", *PIXELS), frames)
    return folder


def film_project(folder: Path) -> Project:
    columns = (
        Column("step", role="time"),
        *(Column(name, scale="none") for name in PIXELS),
        Column("class", "category", "target"),
    )
    data = TableData(folder.name, columns=columns, split=Split(), samples="files", windows=Windows(FRAMES))
    project, first = add(with_blocks(Project(), frame=FRAME), "sequence_input")
    project, frames = add(project, "reshape", {"shape": (FRAMES, 1, SIDE, SIDE)})
    project, node = use(project, "frame", {"each_step": True, "repeat": 1})
    project, gru = add(project, "gru", {"hidden_size": 16})
    project, last = add(project, "linear", {"out_features": 1})
    project, end = add(project, "output", {"loss": "bce"})
    training = Training(epochs=15, batch_size=8, learning_rate=0.01, seed=1)
    return replace(through(project, first, frames, node, gru, last, end), data=data, training=training)


def test_frames_are_seen_one_by_one_and_the_film_is_understood(tmp_path: Path) -> None:
    project = film_project(write_films(tmp_path / "films"))
    save_project(project, tmp_path / "films.loom")
    project = load_project(tmp_path / "films.loom")
    analysis = analyse(project, facts_of(project, tmp_path))
    assert analysis.ok, analysis.problems
    run, script = train_and_export(project, tmp_path)
    assert json.loads((run / "metrics.json").read_text(encoding="utf-8"))["test"]["accuracy"] >= 0.9
    text = script.read_text(encoding="utf-8")
    assert "x = at_each_step(self.frame1, x)" in text
    assert text.index("# ---------- Model") < text.index("def at_each_step(") < text.index("class Frame(nn.Module)")
    assert_formatted([script])
    run_scripts([[str(script), "--out", str(tmp_path / "w.pt")]], tmp_path)
    assert_same_weights(run, tmp_path / "w.pt")
    predict_run(run, tmp_path / "films", tmp_path / "seen.csv")
    assert len((tmp_path / "seen.csv").read_text(encoding="utf-8").splitlines()) == 61
