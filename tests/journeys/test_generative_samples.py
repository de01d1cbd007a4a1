"""What the generative samples promise of what they make, judged by others than themselves.

On each push they have to keep their promise after fewer epochs than their own; LAYERLOOM_SAMPLES=whole, as it is
before a release, trains them as they stand.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.linear_model import LogisticRegression

from designer.project.file import load_project
from designer.runtime.boltzmann import machines_in
from designer.training.generate import generate_run
from designer.training.predict import predict_run
from designer.training.results import read_run, trained_model
from designer.training.run import train
from designer.workspace import verbs
from designer.workspace.samples import copy_sample

pytestmark = pytest.mark.slow
FOLDS = 5
FEWER = {"gan_digits": 50, "character_model": 4, "rbm_digits": 30, "rbm_stack": 10}
FEWER_EPOCHS = {} if os.environ.get("LAYERLOOM_SAMPLES") == "whole" else FEWER


def trained(name: str, folder: Path) -> Path:
    path = copy_sample(name, folder)
    run = folder / f"{name}.runs" / "2026-11-21-001"
    run.mkdir(parents=True)
    project = load_project(path)
    epochs = FEWER_EPOCHS.get(name, project.training.epochs)
    for _ in train(replace(project, training=replace(project.training, epochs=epochs)), folder, run):
        pass
    return run


def digits(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    frame = pd.read_csv(folder / "digits.csv")
    return frame.drop(columns="target").to_numpy() / 16, frame["target"].to_numpy()


def test_a_classifier_finds_most_kinds_among_made_digits(tmp_path: Path) -> None:
    run = trained("gan_digits", tmp_path)
    generate_run(run, 500, 0, tmp_path / "made.csv")
    pixels, labels = digits(tmp_path)
    judge = LogisticRegression(max_iter=2_000).fit(pixels, labels)
    made = pd.read_csv(tmp_path / "made.csv").to_numpy()
    counts = Counter(judge.predict(made / made.max()).tolist())
    assert len(made) == 500
    assert sum(count >= 5 for count in counts.values()) >= 8, counts


@pytest.mark.parametrize("name", ["rbm_digits", "rbm_stack"])
def test_a_boltzmann_machine_keeps_what_tells_digits_apart(name: str, tmp_path: Path) -> None:
    run = trained(name, tmp_path)
    predict_run(run, tmp_path / "digits.csv", tmp_path / "features.csv")
    found = pd.read_csv(tmp_path / "features.csv").filter(like="feature_").to_numpy()
    assert score_of_a_logistic_regression(found, digits(tmp_path)[1]) >= 0.93
    if name == "rbm_digits":
        ours, theirs = errors_of_bits(run, digits(tmp_path)[0])
        assert ours < theirs


def score_of_a_logistic_regression(found: np.ndarray, labels: np.ndarray) -> float:
    """How many digits it tells by these features, held back fold by fold."""
    places = np.random.default_rng(0).permutation(len(labels)) % FOLDS
    scores = [
        LogisticRegression(max_iter=2_000)
        .fit(found[places != fold], labels[places != fold])
        .score(found[places == fold], labels[places == fold])
        for fold in range(FOLDS)
    ]
    return float(np.mean(scores))


def errors_of_bits(run: Path, grey: np.ndarray) -> tuple[float, float]:
    """The errors of pixels told by bits of hidden units, and by as many bits of principal components.

    64 exact components of 64 pixels lose nothing, so both are compared by what one bit for each tells.
    """
    pixels = (grey > 0.5).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(pixels))
    learned, held = pixels[order[300:]], pixels[order[:300]]
    (machine,) = machines_in(trained_model(read_run(run)))
    with torch.no_grad():
        bits = (machine(torch.from_numpy(held)) > 0.5).float()
        ours = float(np.square(machine.visible_probabilities(bits).numpy() - held).mean())
    mean = learned.mean(axis=0)
    components = np.linalg.svd(learned - mean, full_matrices=False)[2][: bits.shape[1]]

    def signs(rows: np.ndarray) -> np.ndarray:
        return np.column_stack([np.sign((rows - mean) @ components.T), np.ones(len(rows))])

    back = np.linalg.lstsq(signs(learned), learned, rcond=None)[0]
    return ours, float(np.square(signs(held) @ back - held).mean())


def test_the_character_model_expects_and_writes_words_of_its_text(tmp_path: Path) -> None:
    run = trained("character_model", tmp_path)
    assert json.loads((run / "metrics.json").read_text(encoding="utf-8"))["test"]["loss"] <= 1.7
    text, unknown = verbs.written_text(run, "In a hard year ", 200, 0.5)
    assert unknown == 0
    known = set((tmp_path / "story.txt").read_text(encoding="utf-8").split())
    words = text.split()
    assert len(text) >= 150
    assert sum(word in known for word in words) > 0.6 * len(words)
