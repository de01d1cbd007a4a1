"""What a run's network says to one row of a table that somebody has typed: by the road of all other predictions."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from designer.project.atomic import atomic_write
from designer.project.errors import ProjectError
from designer.project.model import TableData, TableFormat

if TYPE_CHECKING:
    from designer.training.predict import Predictions, Predictor

NAME = "row.csv"


def predict_row(predictor: Predictor, cells: Mapping[str, str]) -> Predictions:
    """The predictions for a row of these cells, by their columns; numbers have a point. Raises LayerloomError."""
    settings = predictor.record.project.data
    if not isinstance(settings, TableData):
        raise ProjectError("Only a network that was trained with a table can be asked about a row.")
    plain, text = replace(settings, format=TableFormat(), sheet=""), io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([list(cells), list(cells.values())])
    with TemporaryDirectory(prefix="layerloom-", ignore_cleanup_errors=True) as folder:
        path = Path(folder) / NAME
        atomic_write(path, text.getvalue(), lasting=False)
        return predictor.predictions(path, Path(folder), settings=plain)
