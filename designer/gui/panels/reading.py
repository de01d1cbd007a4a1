"""Reading for display: what a table or a folder of pictures looks like. Slow, so always called off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.gui.numbers import datum
from designer.project.model import Column, TableFormat
from designer.training.wanted import refuse_unwanted

if TYPE_CHECKING:
    import pandas as pd

    from designer.importing.sniff import Sniffed

SHOWN_ROWS = 50
SHOWN_PICTURES = 24
PICTURE_SIDE = 96
MOST_BARS = 60
FEW_VALUES = 20
BINS = 12
LOOKED_INTO = 400

Bars = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class ColumnReport:
    """What a column's cells hold: how many are empty, how many differ, in a few words, and how often which comes.

    ``bars`` counts values, or numbers between two bounds; ``more`` says how many values are not among them.
    ``splits`` tells whether all its words name a part: train, validation or test.
    """

    missing: int = 0
    different: int = 0
    words: str = ""
    bars: Bars = ()
    more: int = 0
    splits: bool = False


@dataclass(frozen=True)
class TableReport:
    """A table as it was read: format, columns, number of rows, the first rows as written, and notes, a sentence each.

    ``guess`` is the likeliest target. ``sheets`` are those of the file, where it has any, and ``sheet`` is the one that
    was read. ``form`` is ``texts``, ``files`` or ``idx`` where the rows are files of a folder.
    """

    format: TableFormat
    columns: tuple[Column, ...]
    rows: int
    preview: Sequence[Sequence[str]]
    notes: tuple[str, ...]
    reports: Mapping[str, ColumnReport]
    guess: str = ""
    form: str = "rows"
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Picture:
    """A picture made small: 3 bytes a pixel, row by row. ``trouble`` says why there is none."""

    label: str
    path: str
    size: tuple[int, int] = (0, 0)
    width: int = 0
    height: int = 0
    pixels: bytes = field(default=b"", repr=False)
    trouble: str = ""


@dataclass(frozen=True)
class ImagesReport:
    """A folder of pictures: how many of each class in each part, their sizes in words, and some of them.

    ``form`` is ``masks`` where each has a mask instead of a class.
    """

    classes: tuple[str, ...]
    counts: Mapping[str, Mapping[str, int]]
    total: int
    sizes: str
    colour: bool
    parts: tuple[str, ...]
    unreadable: tuple[str, ...]
    form: str = "pictures"

    @property
    def bars(self) -> Bars:
        """Pictures of each class in all parts."""
        return tuple((name, sum(part.get(name, 0) for part in self.counts.values())) for name in self.classes)


def read_table_report(path: Path, sheet: str = "") -> TableReport:
    """Read the table at ``path``, its ``sheet`` where it holds several; a DataError says why it cannot be."""
    from designer.importing.from_running_text import holds_running_text
    from designer.importing.targets import find_column
    from designer.importing.typed_tables import sheets_of
    from designer.workspace.verbs import preview_table

    if holds_running_text(path):
        return _read_text_report(path)
    sniffed = preview_table(path, sheet)
    names = [column.name for column in sniffed.columns]
    looked = {*names[:LOOKED_INTO], *names[-LOOKED_INTO // 20 :]}
    missing = sniffed.cells.isna().sum()
    reports = {
        name: _report_column(sniffed.cells[name], int(missing[name]))
        if name in looked
        else ColumnReport(missing=int(missing[name]))
        for name in names
    }
    return TableReport(
        sniffed.format,
        sniffed.columns,
        sniffed.rows,
        [row[:] for row in sniffed.preview[:SHOWN_ROWS]],
        tuple(sniffed.notes),
        reports,
        _guess(sniffed, find_column),
        sheet=sniffed.sheet,
        sheets=sheets_of(path),
    )


def _read_text_report(path: Path) -> TableReport:
    """One long text, which has no target, as a table of its lines would look."""
    from designer.importing.from_running_text import running_text
    from designer.runtime.running_text import read_running_text

    settings, _, notes = running_text(path, path.name, None)
    lines = read_running_text(path, settings.format.encoding).splitlines()
    preview = [[line] for line in lines[:SHOWN_ROWS]]
    return TableReport(settings.format, settings.columns, len(lines), preview, notes, {}, "")


def _guess(sniffed: Sniffed, find_column: Any) -> str:
    return str(find_column(sniffed, "", None)[0].name) if sniffed.columns else ""


def _report_column(cells: pd.Series, missing: int) -> ColumnReport:
    import pandas as pd

    from designer.runtime.splits import PART_WORDS

    refuse_unwanted()
    known = cells.dropna()
    if not len(known):
        return ColumnReport(missing, 0, "no values")
    if not pd.api.types.is_numeric_dtype(known) or pd.api.types.is_bool_dtype(known):
        counts = _count_words(known)
        different = len(counts)
        if different <= FEW_VALUES:
            counts = counts.sort_index()
        bars = tuple((str(word), int(count)) for word, count in counts.head(MOST_BARS).items())
        splits = different <= len(PART_WORDS) and all(str(word).lower() in PART_WORDS for word in counts.index)
        words = ", ".join(str(word)[:40] for word in counts.index) if different <= 3 else f"{different:,} different"
        return ColumnReport(missing, different, words, bars, max(0, different - MOST_BARS), splits)
    return _report_numbers(known, missing)


def _count_words(known: pd.Series) -> pd.Series:
    """How often each word, stripped, occurs, the most frequent first."""
    import numpy as np
    import pandas as pd

    written = known.astype("category").cat
    often: dict[str, int] = {}
    # one different word after the other: the window would stop while pandas goes through a million of them
    for cell, count in zip(written.categories, np.bincount(written.codes), strict=False):
        if count:
            word = str(cell).strip()
            often[word] = often.get(word, 0) + int(count)
    counts = np.fromiter(often.values(), np.int64, len(often))
    counted = pd.Series(counts, index=pd.Index(list(often), dtype=object))
    return counted.sort_values(ascending=False, kind="stable")


def _report_numbers(known: pd.Series, missing: int) -> ColumnReport:
    import numpy as np

    numbers = known.to_numpy(dtype=np.float64)
    numbers = numbers[np.isfinite(numbers)]
    values, counts = np.unique(numbers, return_counts=True)
    if not len(values):
        return ColumnReport(missing, 0, "no finite values")
    words = f"{datum(values[0])} – {datum(values[-1])}" if len(values) > 1 else f"always {datum(values[0])}"
    if len(values) <= FEW_VALUES:
        bars = tuple((datum(value), int(count)) for value, count in zip(values, counts, strict=True))
        return ColumnReport(missing, len(values), words, bars)
    if not np.isfinite(values[-1] - values[0]):
        return ColumnReport(missing, len(values), words)
    heights, edges = np.histogram(numbers, BINS)
    bars = tuple(
        (f"{datum(low, 3)} – {datum(high, 3)}", int(count))
        for low, high, count in zip(edges[:-1], edges[1:], heights, strict=True)
    )
    return ColumnReport(missing, len(values), words, bars)


def read_images_report(folder: Path) -> ImagesReport:
    """Look through a folder of pictures; a DataError says why it cannot be used."""
    from designer.importing.images import inspect_images

    summary = inspect_images(folder)
    words = sizes_words(summary.sizes)
    unreadable = tuple(f"{_inside(path, folder)}: {why}" for path, why in summary.unreadable)
    return ImagesReport(
        summary.classes, summary.counts, summary.total, words, summary.colour, summary.parts, unreadable
    )


def sizes_words(found: Iterable[tuple[int, int]]) -> str:
    """Width and height of pictures, from the smallest to the largest."""
    sizes = sorted(found)
    if len(sizes) == 1:
        return f"{sizes[0][0]}×{sizes[0][1]} pixels"
    widths, heights = [width for width, _ in sizes], [height for _, height in sizes]
    return f"{min(widths)}×{min(heights)} to {max(widths)}×{max(heights)} pixels"


def read_pictures(folder: Path, count: int = SHOWN_PICTURES, side: int = PICTURE_SIDE) -> list[Picture]:
    """``count`` pictures of ``folder``, the classes in turn, each within ``side`` by ``side`` pixels."""
    from designer.importing.images import common_white
    from designer.runtime.images import list_images, part_folders

    paths, labels, classes = list_images(part_folders(folder).get("train", folder))
    of_class: list[list[Path]] = [[] for _ in classes]
    for path, label in zip(paths, labels.tolist(), strict=True):
        of_class[label].append(path)
    chosen: list[tuple[str, Path]] = []
    turns = max((len(files) for files in of_class), default=0)
    for turn in range(min(turns, count)):
        for name, files in zip(classes, of_class, strict=True):
            if turn < len(files) and len(chosen) < count:
                chosen.append((name, files[turn]))
    white = common_white([path for _, path in chosen])
    return [small_picture(name, path, side, white) for name, path in chosen]


def small_picture(label: str, path: Path, side: int, white: int = 0) -> Picture:
    """The picture at ``path`` within ``side`` by ``side`` pixels, or why there is none; ``white``: of 16 bits."""
    import warnings

    from PIL import Image

    from designer.runtime.errors import DataError
    from designer.runtime.images import FORMATS, LARGEST_PICTURE, SPOILED, WHITEST, turned, with_8_bits

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with path.open("rb") as file, Image.open(file, formats=FORMATS) as picture:
                size = picture.size
                if size[0] * size[1] > LARGEST_PICTURE:
                    return Picture(label, str(path), trouble=f"{size[0]}×{size[1]} pixels are too many")
                picture.draft(None, (side, side))
                plain = with_8_bits(turned(picture), white or WHITEST).convert("RGB")
        plain.thumbnail((side, side))
    except (DataError, *SPOILED) as error:
        return Picture(label, str(path), trouble=str(error) or "cannot be read")
    return Picture(label, str(path), size, plain.width, plain.height, plain.tobytes())


def _inside(path: str, folder: Path) -> str:
    return Path(path).relative_to(folder).as_posix() if Path(path).is_relative_to(folder) else path
