"""Preparing columns takes less than half of what pandas' get_dummies and scikit-learn's StandardScaler take."""

from __future__ import annotations

import time

import numpy as np
import pandas as pd
import pytest
from sklearn.preprocessing import StandardScaler

from designer.layers.preparations import settings_of
from designer.project.model import Column
from designer.training.columns import prepared_features
from tests.helpers.learning import learn_preparation
from tests.helpers.rounds import rounds

TURNS = 9
WORDS = [chr(ord("a") + code) for code in range(12)]


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.parametrize(("rows", "numbers", "words"), [(54_000, 7, 3), (1_000_000, 17, 3)])
def test_preparing_against_get_dummies_and_a_standard_scaler(rows: int, numbers: int, words: int) -> None:
    chance = np.random.default_rng(0)
    frame = pd.DataFrame({f"x{place}": chance.normal(3, 5, rows) for place in range(numbers)})
    scaled = list(frame)
    for place in range(words):
        frame[f"c{place}"] = pd.Categorical.from_codes(chance.integers(0, len(WORDS), rows), WORDS)
    columns = [Column(name, "number" if name in scaled else "category") for name in frame]
    settings = {column.name: settings_of(column) for column in columns}
    encoded = [name for name in frame if name not in scaled]
    preparation = learn_preparation(frame.assign(t=1.0), settings, [Column("t", role="target")], "number")
    ours, theirs = [], []
    # taking turns, so that other work on the machine meets both
    for _ in rounds(TURNS, lambda: min(theirs) / min(ours) >= 2, least=3):
        began = time.perf_counter()
        matrix = prepared_features(frame, preparation)
        ours.append(time.perf_counter() - began)
        began = time.perf_counter()
        numbers_scaled = pd.DataFrame(StandardScaler().fit_transform(frame[scaled]), columns=scaled)
        usual = pd.concat([numbers_scaled, pd.get_dummies(frame[encoded])], axis=1).to_numpy(dtype=np.float32)
        theirs.append(time.perf_counter() - began)
    np.testing.assert_allclose(matrix, usual, atol=1e-5)
    ratio = min(theirs) / min(ours)
    print(f"\n{rows:,} × {numbers + words}: {min(ours):.4f} s against {min(theirs):.4f} s, {ratio:.2f} times")
    assert ratio >= 2, (ours, theirs)
