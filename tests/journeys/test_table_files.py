"""Tables of other kinds than plain CSV on the command line: from the file to a script with the app's weights."""

from __future__ import annotations

import csv
import sqlite3
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.helpers.exported import assert_same_weights, run_scripts
from tests.journeys.test_command_line import layerloom, layerloom_json

pytest.importorskip("openpyxl")
pytest.importorskip("pyarrow")
pytestmark = pytest.mark.slow


def homes() -> pd.DataFrame:
    """Numbers with a gap, words, dates and yes or no, and a price that hangs on them."""
    chance = np.random.default_rng(0)
    size = chance.normal(80, 20, 80).round(2)
    found = pd.DataFrame(
        {
            "size": np.where(np.arange(80) == 3, np.nan, size),
            "town": chance.choice(["Ulm", "Bonn", "Köln"], 80),
            "built": pd.date_range("2001-01-03", periods=80, freq="17D"),
            "garden": chance.random(80) < 0.5,
        }
    )
    return found.assign(price=(2.5 * size + 10 * found["garden"] + chance.normal(0, 30, 80)).round(2))


def write_parquet(path: Path) -> None:
    homes().to_parquet(path, index=False)


def write_workbook(path: Path) -> None:
    homes().to_excel(path, index=False)


def write_database(path: Path) -> None:
    connection = sqlite3.connect(path)
    homes().assign(built=homes()["built"].astype(str)).to_sql("homes", connection, index=False)
    connection.close()


def write_quoted_commas(path: Path) -> None:
    """As spreadsheets of many countries write it: the comma stands in numbers and, outside of quotes, between cells."""
    homes().to_csv(path, index=False, decimal=",", quoting=csv.QUOTE_MINIMAL)
    assert ',"' in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("homes.parquet", write_parquet),
        ("homes.xlsx", write_workbook),
        ("homes.db", write_database),
        ("homes.csv", write_quoted_commas),
    ],
)
def test_from_the_file_to_the_script(name: str, write: object, tmp_path: Path) -> None:
    write(tmp_path / name)  # type: ignore[operator]
    said = layerloom(tmp_path, "data", name, "--target", "price")
    assert "80 rows, 5 columns" in said
    layerloom(tmp_path, "new", name, "--target", "price", "-o", "p.loom")
    settings = ["--set", "data.columns.built.role=feature", "--epochs", "3", "--device", "cpu"]
    figures = layerloom_json(tmp_path, "train", "p.loom", "--run", "run", *settings)
    assert layerloom_json(tmp_path, "evaluate", "run")["test"] == pytest.approx(figures["test"])
    layerloom(tmp_path, "predict", "run", name, "-o", "answers.csv")
    answers = pd.read_csv(tmp_path / "answers.csv")
    assert len(answers) == 80 and answers["predicted_price"].notna().all()
    layerloom(tmp_path, "export", "run", "--to", "script", "-o", "train.py")
    run_scripts([[str(tmp_path / "train.py"), "--out", str(tmp_path / "w.pt"), "--device", "cpu"]], tmp_path)
    assert_same_weights(tmp_path / "run", tmp_path / "w.pt")
