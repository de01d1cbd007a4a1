"""What a run's network has to be given to predict: in words, for file dialogs, and where it may lie."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from designer.gui.documents import TABLES
from designer.layers.catalog import mode_of
from designer.project.model import ImageData, TableData
from designer.project.paths import resolve_from
from designer.training.chosen import column_with_role
from designer.training.errors import RunError
from designer.training.latent import middle_of
from designer.training.results import RunRecord, read_run
from designer.training.sources.picture_tables import image_column
from designer.training.text_folders import is_text_folder

ANY = "All files (*)"
PICTURES = f"Pictures (*.png *.jpg *.jpeg *.bmp *.gif *.webp *.tif *.tiff *.ppm *.pgm);;{ANY}"
TEXTS = f"Texts (*.txt);;{ANY}"
SHOWN = 8


@dataclass(frozen=True)
class Wants:
    """``title`` names what to choose and ``sentence`` what must be in it; ``files`` filters those that are shown.

    ``folders`` says whether a folder will do too, ``start`` is where such data lies, ``latent`` whether the network has
    a narrow middle that can be asked for instead.
    """

    title: str = "New data"
    sentence: str = ""
    files: str = ANY
    folders: bool = True
    start: str = ""
    latent: bool = False

    @property
    def expected(self) -> str:
        """What is expected, beside what was given instead."""
        return f"{self.title[:1].lower()}{self.title[1:]}. {self.sentence}"


def wants_of_run(run: Path) -> Wants:
    """What the network of a run wants; a RunError where the run cannot be read."""
    record = read_run(run)
    data = record.project.data
    if isinstance(data, ImageData):
        title, sentence, files, folders = _of_pictures(record, data)
    elif isinstance(data, TableData):
        title, sentence, files, folders = _of_table(record, data)
    else:
        raise RunError(f"The run {run.name} had no data, so it is not known what to read.")
    start = Path(resolve_from(record.base, data.path)).parent
    return Wants(title, sentence, files, folders, str(start) if start.is_dir() else "", _has_middle(record))


def _of_table(record: RunRecord, data: TableData) -> tuple[str, str, str, bool]:
    names = listed(record.preparation.get("features", {}))
    if is_text_folder(data):
        return "Texts", "A folder of text files, or one of them.", TEXTS, True
    if data.samples == "files":
        return (
            "Sequences",
            f"A folder of tables, each a sequence with the columns {names}; or one of them.",
            TABLES,
            True,
        )
    if data.samples == "windows":
        others = [column_with_role(data, role) for role in ("group", "time")]
        names = listed(dict.fromkeys([*others, *record.preparation.get("features", {})]))
        steps = f"at least {data.windows.length:,} rows one after the other"
        return "A series", f"A table with the columns {names}, and {steps}.", TABLES, False
    target = str(record.preparation["target"].get("name", ""))
    without = f" It need not have “{target}”." if target else ""
    return "A table", f"It has the columns {names}.{without}", TABLES, False


def _of_pictures(record: RunRecord, data: ImageData) -> tuple[str, str, str, bool]:
    features = record.preparation.get("features", {})
    if data.layout == "table":
        beside = f" and has the columns {listed(features)}" if features else ""
        table = f"A table that names pictures in its column “{image_column(data)}”{beside}"
        return "Pictures", f"{table}." if features else f"{table}; a picture, or a folder of them.", ANY, not features
    if data.layout == "pixels":
        return "Pictures", "A table with a column for each pixel; a picture, or a folder of them.", ANY, True
    if data.layout == "idx":
        return "Pictures", "An IDX file; a picture, or a folder of them.", ANY, True
    return "Pictures", "A picture, or a folder of them. They may have any size.", PICTURES, True


def listed(names: Iterable[str]) -> str:
    """Names of columns, the first of many."""
    found = [name for name in names if name]
    return ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else "")


def _has_middle(record: RunRecord) -> bool:
    if mode_of(record.project).key != "autoencoder":
        return False
    try:
        middle_of(record)
    except RunError:
        return False
    return True
