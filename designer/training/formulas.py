"""Formulas in Excel workbooks that no program has computed yet: their cells are read as empty."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
SHEETS = "xl/worksheets/"
PIECE = 1 << 20
# no beginning of a formula is longer
OVERLAP = 64


def formula_notes(
    path: Path,
    sheet: str,
    skip_rows: int = 0,
    watched: Callable[[Iterable[Any]], Iterator[Any]] = iter,
) -> list[str]:
    """A note on the cells of a ``sheet`` (the first where none is named) that hold a formula and no value of it.

    Rows up to ``skip_rows`` are passed over; the others go through ``watched``. A DataError where the workbook cannot
    be read.
    """
    from designer.runtime.workbooks import chosen_sheet, open_workbook

    with open_workbook(path) as computed:
        # a workbook without formulas, as most are, is not read twice more
        if not _holds_formulas(path):
            return []
        with open_workbook(path, computed=False) as written:
            both = [chosen_sheet(path.name, book, sheet) for book in (computed, written)]
            for each in both:
                each.reset_dimensions()
            found = list(_uncomputed(watched(zip(*(each.iter_rows() for each in both), strict=False)), skip_rows))
    if not found:
        return []
    if len(found) == 1:
        said = f"the formula in {found[0]} of “{both[0].title}” was never computed: its cell is read as empty"
    else:
        said = (
            f"{len(found):,} formulas of “{both[0].title}” were never computed, the first in {found[0]}: their cells "
            "are read as empty"
        )
    return [f"{said}; open {path.name} in a spreadsheet program, save it, and read it again"]


def _holds_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            if not name.startswith(SHEETS):
                continue
            with packed.open(name) as stream:
                before = b""
                while piece := stream.read(PIECE):
                    if FORMULA.search(before + piece):
                        return True
                    before = piece[-OVERLAP:]
    return False


def _uncomputed(rows: Iterable[tuple[Any, Any]], skip_rows: int) -> Iterator[str]:
    """Where formulas stand that have no value. One that was computed to an empty text has one: its type is “str”."""
    for number, (computed, written) in enumerate(rows, start=1):
        if number <= skip_rows:
            continue
        for value, formula in zip(computed, written, strict=False):
            if formula.data_type == "f" and value.value is None and value.data_type != "str":
                yield formula.coordinate
