"""The split: how rows are divided into training, validation and test, and how many each part has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QLocale, QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QDoubleSpinBox, QFormLayout, QGridLayout, QLabel, QPushButton, QWidget

from designer.gui.controls import CheckBox
from designer.gui.editors import EXPLANATION, CalmComboBox, CalmSpinBox
from designer.gui.labels import plain_label
from designer.gui.numbers import exact, share
from designer.gui.theme import Theme
from designer.project.model import Split

PARTS = {"train": "Training", "validation": "Validation", "test": "Test"}
WAYS = {
    "share": ("By chance", "A share of the rows, drawn by the seed."),
    "group": ("By groups", "By chance, but all rows of a group (a person, a place) go to the same part."),
    "time": ("By time", "In order: the first rows are trained with, the last are for testing."),
    "column": ("By a column", "A column whose words train, validation and test say which row is for what."),
    "folders": ("By folders", "The folders train, validation and test; a missing one takes its share of train."),
    "file": ("A test file", "The test rows are those of another file; validation rows are a share of these here."),
}
BY_COLUMN = ("column", "group", "time")
# the ways that can be gone several times, each with another test part
FOLDED = ("share", "group", "time")
FOLDS_TIP = "Train so many times, each time tested with another fold; the results are averaged."
TIME_TIP = (
    "Train so many times, each time tested with the next stretch of time and trained with what lies before it alone;"
    " the results are averaged."
)
MOST_FOLDS = 100
MOST_HELD_BACK = 95.0
LARGEST_SEED = 2**31 - 1
BAR = 8
SWATCH = 8


def part_colour(theme: Theme, part: str) -> str:
    """The colour of a part, the same in every plot."""
    colours = {"train": theme.train_curve, "validation": theme.validation_curve}
    return colours.get(part, theme.hues[4])


class PartsBar(QWidget):
    """One bar cut into the parts, so that their sizes are seen at a glance."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.rows: Mapping[str, int] = {}
        self.setFixedHeight(BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts from the left."""
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        total, left, width = sum(self.rows.values()), 0.0, self.width()
        painter.fillRect(self.rect(), QColor(self.theme.hovered))
        for part in PARTS:
            wide = width * self.rows.get(part, 0) / total if total else 0.0
            if wide:
                painter.fillRect(QRectF(left, 0, max(1.0, wide - 1), BAR), QColor(part_colour(self.theme, part)))
            left += wide


class PartsView(QWidget):
    """How many rows or pictures each part has, in numbers, shares and a bar."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.bar = PartsBar(theme)
        self._swatches: dict[str, QLabel] = {}
        self.counts: dict[str, QLabel] = {}
        self.shares: dict[str, QLabel] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.bar, 0, 0, 1, 4)
        grid.setRowMinimumHeight(1, 2)
        for row, (part, word) in enumerate(PARTS.items(), start=2):
            self._swatches[part] = QLabel()
            self._swatches[part].setFixedSize(SWATCH, SWATCH)
            self.counts[part], self.shares[part] = plain_label("–"), plain_label("", "muted")
            for label in (self.counts[part], self.shares[part]):
                label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.shares[part].setMinimumWidth(48)
            self.counts[part].setAccessibleName(f"{word} rows")
            grid.addWidget(self._swatches[part], row, 0)
            grid.addWidget(plain_label(word), row, 1)
            grid.addWidget(self.counts[part], row, 2)
            grid.addWidget(self.shares[part], row, 3)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.bar.theme = theme
        self.bar.update()
        for part, swatch in self._swatches.items():
            swatch.setStyleSheet(f"background: {part_colour(theme, part)}; border-radius: 2px;")

    def show_rows(self, rows: Mapping[str, int]) -> None:
        """Show these counts; dashes where nothing is known."""
        self.bar.rows = rows
        self.bar.update()
        total = sum(rows.values())
        for part in PARTS:
            self.counts[part].setText(exact(rows[part]) if part in rows else "–")
            self.shares[part].setText(share(rows.get(part, 0) / total) if total else "")


class ShareBox(QDoubleSpinBox):
    """A share in per cent; the wheel turns it only while it has the focus."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setLocale(QLocale.c())
        self.setRange(0, MOST_HELD_BACK)
        self.setDecimals(2)
        self.setSingleStep(5)
        self.setSuffix(" %")
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setMinimumWidth(72)
        # the style sheet's padding does not reach the line within
        self.lineEdit().setTextMargins(6, 0, 0, 0)

    def textFromValue(self, value: float) -> str:
        """Without zeros that say nothing."""
        return f"{value:.2f}".rstrip("0").rstrip(".")

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to what scrolls."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SplitForm(QWidget):
    """Shows and edits a split. ``changed`` carries the new Split, what was changed in words, and a key for merging.

    A split by group or time carries the column that shall have that role. ``file_wanted`` asks for a test file.
    """

    changed = Signal(object, str, str)
    file_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._split = Split()
        self._candidates: tuple[str, ...] = ()
        self.way = CalmComboBox()
        self.column = CalmComboBox()
        self.file, self.folds = QPushButton("Choose a file…"), CalmSpinBox()
        self.folds.setRange(0, MOST_FOLDS)
        self.folds.setKeyboardTracking(False)
        self.folds.setSpecialValueText("None")
        self.validation, self.test = ShareBox("Share for validation"), ShareBox("Share for test")
        self.seed = CalmSpinBox()
        self.seed.setRange(0, LARGEST_SEED)
        self.seed.setKeyboardTracking(False)
        self.stratify = CheckBox("Classes alike in all parts")
        self.stratify.setToolTip("Each part gets every class in the same share (stratified).")
        # keys and typing set shares, which show no arrows
        self.setStyleSheet("QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { width: 0; border: none; }")
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(8)
        self._form.setVerticalSpacing(6)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows = (("Divide", self.way), ("Column", self.column), ("File", self.file), ("Validation", self.validation),
                ("Test", self.test), ("Seed", self.seed), ("Folds", self.folds))  # fmt: skip
        for word, editor in rows:
            self._form.addRow(word, editor)
            editor.setAccessibleName(editor.accessibleName() or word)
        self.said = plain_label("", "muted", wrap=True)
        self._form.addRow(self.said)
        self._form.addRow(self.stratify)
        self.file.clicked.connect(lambda: self.file_wanted.emit())
        self.folds.valueChanged.connect(self._folds_set)
        self.way.activated.connect(self._way_chosen)
        self.column.activated.connect(self._column_chosen)
        self.validation.valueChanged.connect(lambda value: self._share_set("validation", value))
        self.test.valueChanged.connect(lambda value: self._share_set("test", value))
        self.seed.valueChanged.connect(lambda value: self._set("Set the seed of the split", "seed", seed=value))
        self.stratify.clicked.connect(
            lambda on: self._set("Keep classes alike in all parts" if on else "Let classes vary", "", stratify=on)
        )

    def show_split(
        self,
        split: Split,
        ways: Sequence[str],
        columns: Sequence[str],
        classes: bool,
        follows: str = "",
        foldable: bool = True,
    ) -> None:
        """Show a split, the ``ways`` there are, the ``columns`` it may follow, and if the target has ``classes``.

        ``follows`` is the column by whose role a split by group or time goes; ``foldable`` says that there can be folds
        where the way has them.
        """
        self._split = split
        ways = ways if split.by in ways else (*ways, split.by)
        _offer(self.way, {way: WAYS[way] for way in ways}, split.by)
        chosen = split.column if split.by == "column" else follows
        if chosen and chosen not in columns:
            columns = (chosen, *columns)
        _offer(self.column, {name: (name, "") for name in columns}, chosen)
        self.file.setText(Path(split.file).name[:32] or "Choose a file…")
        blockers = [QSignalBlocker(box) for box in (self.validation, self.test, self.seed, self.stratify, self.folds)]
        self.folds.setValue(split.folds)
        self.validation.setMaximum(max(0.0, MOST_HELD_BACK - 100 * split.test))
        self.test.setMaximum(max(0.0, MOST_HELD_BACK - 100 * split.validation))
        self.validation.setValue(100 * split.validation)
        self._show_folds(split)
        self.seed.setValue(split.seed)
        self.stratify.setChecked(split.stratify)
        del blockers
        by_words = split.by == "column"
        by_chance = split.by not in ("column", "time")
        for editor, shown in (
            (self.way, len(ways) > 1),
            (self.column, split.by in BY_COLUMN),
            (self.file, split.by == "file"),
            (self.validation, not by_words),
            (self.test, not by_words and split.by != "file"),
            (self.seed, by_chance),
            # what cannot be is to be taken back all the same
            (self.folds, (foldable and split.by in FOLDED) or split.folds > 0),
            (self.said, split.folds > 0 and split.by in FOLDED),
            (self.stratify, by_chance and split.by != "group" and classes),
        ):
            self._form.setRowVisible(editor, shown)

    def _show_folds(self, split: Split) -> None:
        """Show what the number of folds makes of the test part: of time one stretch more is there, the first."""
        timed, folds = split.by == "time", split.folds
        self.folds.setToolTip(TIME_TIP if timed else FOLDS_TIP)
        self.test.setValue(100 / (folds + timed) if folds else 100 * split.test)
        self.test.setEnabled(not folds)
        once = (
            "Each stretch of time but the first is the test part once." if timed else "Each fold is the test part once."
        )
        self.test.setToolTip(once if folds else "")
        before = "Each fold is trained with what lies before it. " if timed else ""
        self.said.setText(f"{before}The parts above are those of fold 1 of {folds}." if folds else "")

    def suggest_columns(self, names: Sequence[str]) -> None:
        """Columns whose words name parts: the first is taken where the user asks for a split by a column."""
        self._candidates = tuple(names)

    def _way_chosen(self, index: int) -> None:
        way = self.way.itemData(index)
        column = self._split.column if way == "column" else ""
        if way == "column" and not column and self._candidates:
            column = self._candidates[0]
        if way == "file" and not self._split.file:
            self.file_wanted.emit()
            return
        folds = self._split.folds if way in FOLDED else 0
        self._set(f"Divide {WAYS[way][0][:1].lower()}{WAYS[way][0][1:]}", "", by=way, column=column, folds=folds)

    def _column_chosen(self, index: int) -> None:
        name = self.column.itemData(index)
        self._set(f"Divide by “{name}”", "", column=name)

    def _folds_set(self, folds: int) -> None:
        # one fold is none
        grown = 2 if folds == 1 and self._split.folds == 0 else 0 if folds == 1 else folds
        self._set("Set the number of folds", "folds", folds=grown)

    def _share_set(self, part: str, value: float) -> None:
        self._set(f"Set the share for {part}", part, **{part: round(value / 100, 6)})

    def _set(self, label: str, merge: str, **values: object) -> None:
        split = replace(self._split, **values)  # type: ignore[arg-type]
        if split != self._split:
            self.changed.emit(split, label, f"split.{merge}" if merge else "")


def _offer(box: CalmComboBox, words: Mapping[str, tuple[str, str]], chosen: str) -> None:
    """Put these choices into a box, unless they are in it already."""
    if [box.itemData(row) for row in range(box.count())] != list(words):
        box.clear()
        for value, (word, explanation) in words.items():
            box.addItem(" ".join(word.split()), value)
            box.setItemData(box.count() - 1, explanation, EXPLANATION)
    box.setPlaceholderText("Choose…")
    box.setCurrentIndex(box.findData(chosen) if chosen else -1)
