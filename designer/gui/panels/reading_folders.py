"""Reading folders for display, whatever they hold: pictures, masks, texts or sequences. Always off the GUI thread."""

from __future__ import annotations

from pathlib import Path

from designer.gui.panels.reading import SHOWN_ROWS, ImagesReport, TableReport, read_images_report, sizes_words
from designer.project.model import Column, TableFormat

FILE, FOLDER, TEXT = "file", "folder", "text"
SHOWN_CHARACTERS = 120


def folder_form(folder: Path) -> str:
    """What lies in a folder: ``pictures``, ``masks``, ``idx``, ``texts`` or ``files``, which are one sequence each."""
    from designer.importing.from_sequences import holds_sequences
    from designer.importing.from_text import holds_texts
    from designer.importing.image_layouts import image_layout

    layout = image_layout(folder)
    if layout in ("masks", "idx"):
        return layout
    return "texts" if holds_texts(folder) else "files" if holds_sequences(folder) else "pictures"


def read_folder_report(folder: Path) -> TableReport | ImagesReport:
    """Look through a folder; a DataError says why it cannot be used."""
    form = folder_form(folder)
    if form == "pictures":
        return read_images_report(folder)
    return _masks_report(folder) if form == "masks" else _files_report(folder, form)


def _masks_report(folder: Path) -> ImagesReport:
    from designer.importing.images import look_through
    from designer.runtime.images import part_folders
    from designer.runtime.masks import list_pairs

    parts = part_folders(folder)
    paths, _, alone = list_pairs(parts.get("train", folder))
    look = look_through(paths, str(folder))
    left = tuple(f"{Path(path).name}: {why}" for path, why in (*alone, *look.unreadable))
    sizes = sizes_words(look.sizes)
    return ImagesReport((), {}, len(paths), sizes, look.colour, tuple(parts), left, form="masks")


def _files_report(folder: Path, form: str) -> TableReport:
    """The files as rows: what each is called, the folder that it is in, and how a text begins."""
    from designer.runtime.images import files_beneath

    paths = files_beneath(folder)
    names = [FILE, FOLDER, *([TEXT] if form == "texts" else [])]
    rows = [[path.name, path.parent.relative_to(folder).as_posix()] for path in _in_turns(paths)]
    if form == "texts":
        for row, path in zip(rows, _in_turns(paths), strict=True):
            row.append(_beginning(path))
    columns = tuple(Column(name, "text", "feature", "most_frequent", "none") for name in names)
    return TableReport(TableFormat(), columns, len(paths), rows, (), {}, form=form)


def _in_turns(paths: list[Path]) -> list[Path]:
    """Some of the files, the folders in turn."""
    beside: dict[Path, list[Path]] = {}
    for path in paths:
        beside.setdefault(path.parent, []).append(path)
    chosen: list[Path] = []
    for turn in range(SHOWN_ROWS):
        chosen += [files[turn] for files in beside.values() if turn < len(files)]
        if len(chosen) >= SHOWN_ROWS:
            break
    return chosen[:SHOWN_ROWS]


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        return " ".join(file.read(4 * SHOWN_CHARACTERS).decode(errors="replace").split())[:SHOWN_CHARACTERS]
