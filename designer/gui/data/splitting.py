"""The split of a table: which ways there are, which columns it may follow, and the file that holds test rows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from designer.gui.panels.column_edits import role_column
from designer.gui.panels.split import SplitForm
from designer.project.model import Split, TableData
from designer.project.paths import relative_to_project, resolve
from designer.training.file_groups import groupable
from designer.training.text_folders import is_text_folder
from designer.workspace.session import Session

TABLE_WAYS = ("share", "column", "group", "time", "file")
SERIES_WAYS = ("time", "group", "column", "file")
# whole files are the samples: there are no rows to be divided
FILE_WAYS = ("share", "folders")
GROUPED_FILE_WAYS = ("share", "group", "folders")
# what lies in folders has no other columns, and the folders of parts would be classes if they divided nothing
TEXT_FOLDER_WAYS = {"folders": ("folders",), "file": ("file",)}
# a text has an order, and nothing else to be divided by
TEXT_WAYS = ("time",)


def show_table_split(form: SplitForm, data: TableData, target: str) -> None:
    """Show the split of a table in its form."""
    by_words = data.split.by == "column"
    names = [each.name for each in data.columns if each.name != target and not (by_words and each.kind == "number")]
    classless = any(column.name == target and column.kind in ("number", "text") for column in data.columns)
    ways = {"windows": SERIES_WAYS, "files": FILE_WAYS, "tokens": TEXT_WAYS}.get(data.samples, TABLE_WAYS)
    if data.samples == "files":
        names = groupable(data)
        ways = GROUPED_FILE_WAYS if names else FILE_WAYS
    if is_text_folder(data):
        ways = TEXT_FOLDER_WAYS.get(data.split.by, ("share",))
    # a text is gone on with from its beginning: one end is there to test with
    foldable = data.samples != "tokens"
    form.show_split(data.split, ways, names, not classless, role_column(data, data.split.by), foldable)


def chosen_test_file(parent: QWidget, session: Session) -> tuple[Split, str] | None:
    """Let the user pick the file with the test rows; the split by it and what was done, None where none was picked."""
    from designer.gui.documents import TABLES

    data, project = session.project.data, session.base / "project"
    if data is None:
        return None
    folder = str(resolve(data.path, project).parent)
    path, _ = QFileDialog.getOpenFileName(parent, "The file with the test rows", folder, TABLES)
    if not path:
        return None
    file = relative_to_project(Path(path), project) if session.path is not None else path
    return replace(data.split, by="file", file=file, column="", folds=0), f"Test with {Path(path).name[:40]}"
