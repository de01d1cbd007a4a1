"""What stands beside predictions: the cells of the table that they were made for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from designer.project.model import TableData

if TYPE_CHECKING:
    import pandas as pd

    from designer.training.predict import Predictions


def cells_beside(found: Predictions, data: Path, tell: Callable[[float], None]) -> pd.DataFrame | None:
    """The cells of every column of the table ``data``, a row for each sample; None where samples are no rows of one.

    ``tell`` hears the share that is done, and may raise what ends it. Columns that the network does not look at may
    hold anything: where they cannot be read, there is nothing beside the predictions.
    """
    from designer.importing.sniff import sniff_table
    from designer.runtime.errors import DataError

    settings, lines = found.record.project.data, found.samples.lines
    if not isinstance(settings, TableData) or not len(lines):
        return None
    try:
        cells = sniff_table(data, tell, sheet=settings.sheet, form=settings.format).cells
    except DataError:
        return None
    return cells.reindex(list(lines))
