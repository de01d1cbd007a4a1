"""The results panel: how well a run's network does, in figures and in a picture."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.controls import CalmComboBox
from designer.gui.data.view_switch import ViewSwitch
from designer.gui.file_manager import show_folder
from designer.gui.labels import ElidedLabel, EmptyState, plain_label
from designer.gui.numbers import duration, figure, plural, with_spread
from designer.gui.panels.confusion import ConfusionMatrix
from designer.gui.panels.data_side import WordsGrid
from designer.gui.panels.figures import FigureTable, title_of_figure
from designer.gui.panels.inspector import scrolling
from designer.gui.panels.latent import LatentPlane
from designer.gui.panels.mask_pictures import MaskPictures
from designer.gui.panels.over_time_page import OverTimePage
from designer.gui.panels.placed_pictures import PlacedPictures
from designer.gui.panels.read_texts import ReadTexts
from designer.gui.panels.scatter import Scatter
from designer.gui.panels.writing import WritingPage
from designer.gui.panels.yardstick import yardstick
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.catalog import mode_of, predicts
from designer.training.mask_view import learns_masks
from designer.training.over_time import predicts_series
from designer.workspace.session import Session

if TYPE_CHECKING:
    from designer.training.latent import LatentView
    from designer.training.results import RunRecord

LANE = "results"
FIGURES_WIDTH = 420
LOOKS = {"pictures": "Pictures", "values": "Values"}
MASK_LOOKS = {"pictures": "Pictures", "values": "Classes"}
TIME_LOOKS = {"pictures": "Over time", "values": "Values"}
DIVERGED = "No prediction is a finite number: the training has diverged. A lower learning rate may help."
NOTHING: Mapping[str, Any] = {}
PART_WORDS = {"test": "test part", "validation": "validation part", "train": "training part"}


class Look(NamedTuple):
    """What an output can be looked at in beside its figures: the words of the switch, the page, its caption.

    ``show`` lets the page show the output of a run.
    """

    words: Mapping[str, str]
    page: QWidget
    caption: str
    show: Callable[[Path], None]


class ResultsPanel(QWidget):
    """Shows one run of the project. ``train`` and ``export_weights`` are what its buttons ask for.

    ``run_shown`` carries the folder of the run that is shown, None where there is none, ``predict_wanted`` that of the
    run to predict with.
    """

    run_shown = Signal(object)
    predict_wanted = Signal(object)

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        theme: Theme,
        train: Callable[[], object],
        export_weights: Callable[[], object],
    ) -> None:
        super().__init__()
        self.session, self.tasks = session, tasks
        self.run: Path | None = None
        self.runs: list[Path] = []
        self._outcomes: dict[str, Mapping[str, Any]] = {}
        self._names: dict[str, str] = {}
        self._targets: dict[str, Mapping[str, Any]] = {}
        self._repeated: Mapping[str, float] = {}
        self._part = self._output = ""
        self._placed: Collection[str] = ()
        self._masks = self._windows = False
        self.setAccessibleName("Results")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(
            EmptyState(
                "Results",
                "How well the trained network does on rows it has never seen. They appear here after a training.",
                "Go to training",
                train,
            )
        )
        self._stack.addWidget(self._page(theme, export_weights))
        self.destroyed.connect(session.subscribe_to_file(self._file_changed))

    def _page(self, theme: Theme, export_weights: Callable[[], object]) -> QWidget:
        self.choice = CalmComboBox()
        self.choice.setAccessibleName("Run")
        self.choice.setMinimumWidth(200)
        self.choice.activated.connect(lambda place: self._read(self.runs[place]))
        self.said = plain_label("", "muted", wrap=True)
        self.figures = FigureTable("test")
        self.compared = ElidedLabel("", "muted")
        self.predict = QPushButton("Predict…")
        self.predict.setToolTip("Choose new data and see what this run says to it")
        self.predict.clicked.connect(lambda: self.predict_wanted.emit(self.run))
        export = QPushButton("Export weights…")
        export.clicked.connect(lambda: export_weights())
        folder = QPushButton("Show folder")
        folder.setToolTip("Open the run's folder in the file manager")
        folder.clicked.connect(self._show_folder)
        self.folder_button, self.export_button = folder, export
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.predict)
        buttons.addWidget(export)
        buttons.addWidget(folder)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        top = QHBoxLayout()
        top.addWidget(plain_label("Run", "muted"))
        top.addWidget(self.choice, 1)
        column.addLayout(top)
        column.addWidget(self.said)
        column.addWidget(self.figures)
        column.addLayout(self._folds())
        area = scrolling(left, "Figures of the run")
        area.setFixedWidth(FIGURES_WIDTH)
        self._looks(theme)
        self.caption = ElidedLabel("", "heading")
        self.output = CalmComboBox()
        self.output.setAccessibleName("Output")
        self.output.setToolTip("Which output of the network is shown")
        self.output.setMinimumWidth(120)
        self.output.activated.connect(lambda _: self._show_output(self.output.currentText()))
        self.output.hide()
        buttons.insertWidget(0, self.output)
        buttons.insertWidget(1, self.caption, 1)
        buttons.insertWidget(2, self.looks)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self.compared)
        column.addWidget(self.pictures, 1)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(area)
        row.addWidget(right, 1)
        return page

    def _looks(self, theme: Theme) -> None:
        """What an output is looked at in: figures of one kind stand in one of these."""
        self.matrix, self.scatter = ConfusionMatrix(theme), Scatter(theme)
        self.nothing = plain_label("", "muted", wrap=True)
        self.writing, self.latent, self.texts = WritingPage(self.tasks), LatentPlane(theme), ReadTexts()
        self.pictures = QStackedWidget()
        self.placed, self.looks = PlacedPictures(self.tasks, theme), ViewSwitch("How to look at predictions", LOOKS)
        self.looks.chosen.connect(lambda _: self._show_output(self._output))
        self.looks.hide()
        self.masks = MaskPictures(self.tasks, theme)
        self.masks.told.connect(self._tell_masks)
        for widget in (self.matrix, self.scatter, self.nothing, self.writing, self.latent, self.texts):
            self.pictures.addWidget(widget)
        self.over_time = OverTimePage(self.tasks, theme)
        for widget in (self.placed, self.masks, self.over_time):
            self.pictures.addWidget(widget)

    def _folds(self) -> QVBoxLayout:
        self.folds_head, self.folds = plain_label("", "section"), WordsGrid()
        self.folds_head.setToolTip("The average over the runs of all folds, each on its own test part, and its spread")
        column = QVBoxLayout()
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.folds_head)
        column.addWidget(self.folds)
        return column

    def _file_changed(self) -> None:
        """A project without a file, as after one was closed, has no runs."""
        if self.session.path is None:
            self.refresh()

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.matrix.set_theme(theme)
        self.scatter.set_theme(theme)
        self.latent.set_theme(theme)
        self.placed.set_theme(theme)
        self.masks.set_theme(theme)
        self.over_time.set_theme(theme)

    def refresh(self, show: Path | None = None) -> None:
        """Find the project's runs and show ``show``, or the latest that came to its end."""
        path = self.session.path
        if path is None:
            # what is being found or read is of a project that is no longer there
            self.tasks.cancel(LANE)
            self._list([], None)
            return

        def find() -> tuple[list[Path], Path | None]:
            from designer.workspace.runs import is_finished, list_runs

            runs = [run for run in reversed(list_runs(path)) if is_finished(run)]
            return runs, show if show in runs else (runs[0] if runs else None)

        self.tasks.run("", find, lambda found: self._list(*found), lane=LANE)

    def _list(self, runs: list[Path], chosen: Path | None) -> None:
        self.runs = runs
        self.choice.clear()
        self.choice.addItems([run.name for run in runs])
        self._stack.setCurrentIndex(1 if runs else 0)
        if chosen is None:
            self.run = None
            self.over_time.forget()
            self.run_shown.emit(None)
            return
        self.choice.setCurrentIndex(runs.index(chosen))
        self._read(chosen)

    def _read(self, run: Path) -> None:
        def read() -> tuple[RunRecord, tuple[int, dict[str, Any]] | None, Collection[str], Mapping[str, Any]]:
            from designer.training.placed_view import outputs_with_places
            from designer.training.results import read_run
            from designer.workspace.endings import ending_of_run
            from designer.workspace.folds import folds_with
            from designer.workspace.run_list import read_info

            record = read_run(run)
            told = ending_of_run(read_info(run), record.metrics)
            return record, folds_with(run), outputs_with_places(record.project), told

        self.run = run
        self.run_shown.emit(run)
        self.tasks.run("Reading the run", read, lambda found: self._show(*found), self._refused, LANE)

    def _refused(self, sentence: str) -> None:
        self.said.setText(sentence)
        self.figures.show_figures({})
        self._compare("")
        self._show_folds(None)
        self.nothing.setText("")
        self.pictures.setCurrentIndex(2)
        self.looks.hide()
        self.caption.setText("")

    def _show_folds(self, found: tuple[int, dict[str, Any]] | None) -> None:
        """Beneath the figures of one fold: what all folds of its cross-validation say together."""
        fold, record = found or (0, {})
        mean, spread = (record.get(name, {}).get("test", {}) for name in ("mean", "spread"))
        done, count = int(record.get("tested", len(record.get("runs", ())))), int(record.get("folds", 0))
        if found is not None:
            self.said.setText(f"Fold {fold} of {count}. {self.said.text()}")
        self.folds_head.setText(f"ALL {count} FOLDS, TESTED" if done == count else f"{done} OF {count} FOLDS, TESTED")
        self.folds.show_words({title_of_figure(name): with_spread(mean[name], spread[name]) for name in mean})
        for part in (self.folds_head, self.folds):
            part.setVisible(bool(mean))

    def _show(
        self,
        record: RunRecord,
        folds: tuple[int, dict[str, Any]] | None,
        placed: Collection[str] = (),
        told: Mapping[str, Any] = NOTHING,
    ) -> None:
        from designer.workspace.endings import ending_sentences

        metrics, outcome = record.metrics, record.outcome
        self.predict.setVisible(predicts(record.project))
        epochs, seconds = int(metrics.get("epochs", 0)), float(metrics.get("seconds", 0.0))
        own = bool(record.preparation.get("target", {}).get("own"))
        units = "" if "confusion" in outcome or "texts" in outcome or own else ", in the units of the target"
        sentences = ending_sentences(told, record.project.training, figure)
        self.said.setText(" ".join([f"{plural(epochs, 'epoch')} in {duration(seconds)}{units}.", *sentences]))
        self._show_folds(folds)
        self.figures.show_figures({part: metrics.get(part, {}) for part in ("train", "validation", "test")})
        part = PART_WORDS.get(str(outcome.get("part", "test")), "test part")
        self._outcomes = dict(outcome.get("outputs", {}))
        self.output.clear()
        self.output.addItems(list(self._outcomes))
        self.output.setVisible(bool(self._outcomes))
        self._part, targets = part, record.preparation.get("targets", {})
        self._names = {key: str(target.get("name", "")) for key, target in targets.items()}
        self._names[""] = str(record.preparation.get("target", {}).get("name", ""))
        self._placed, self._outcomes = placed, self._outcomes or {"": outcome}
        self._targets = {"": record.preparation.get("target", {}), **targets}
        self._repeated = {PART_WORDS[name]: error for name, error in metrics.get("repeat_last_rmse", {}).items()}
        self._masks, self._windows = learns_masks(record.project), predicts_series(record.project)
        self._show_output(next(iter(self._outcomes)))
        self._show_own_page(record)

    def _show_output(self, key: str) -> None:
        """Show what there is of an output, of a single one by the empty key."""
        outcome, self._output = self._outcomes[key], key
        self._compare(yardstick(outcome, self._targets.get(key, {}), self._repeated.get(self._part)))
        look = self._look_at(key, outcome)
        self.looks.offer(look.words if look is not None else LOOKS)
        self.looks.setVisible(look is not None)
        if look is not None and self.looks.key == "pictures" and self.run is not None:
            self.caption.setText(look.caption)
            self.pictures.setCurrentWidget(look.page)
            look.show(self.run)
        else:
            self._show_outcome(outcome, self._names.get(key, ""))

    def _look_at(self, key: str, outcome: Mapping[str, Any]) -> Look | None:
        """What an output is looked at in before its figures; None where there is nothing but these."""
        numbers = bool(outcome.get("actual"))
        if key in self._placed and numbers:
            caption = f"Predicted over true places, {self._part}"
            return Look(LOOKS, self.placed, caption, lambda run: self.placed.show_output(run, key))
        if self._masks:
            return Look(MASK_LOOKS, self.masks, f"Predicted masks, {self._part}", self.masks.show_run)
        if self._windows and numbers:
            caption = f"Predicted over time, {self._part}"
            return Look(TIME_LOOKS, self.over_time, caption, lambda run: self.over_time.show_output(run, key))
        return None

    def _compare(self, words: str) -> None:
        self.compared.setText(words)
        self.compared.setVisible(bool(words))

    def _tell_masks(self, words: str) -> None:
        if self.pictures.currentWidget() is self.masks:
            self.caption.setText(f"{words or 'Predicted masks'}, {self._part}")

    def _show_outcome(self, outcome: Mapping[str, Any], name: str) -> None:
        part = self._part
        if "confusion" in outcome:
            self.caption.setText(f"Which classes are taken for which, {part}")
            self.matrix.show_counts(outcome["confusion"]["classes"], outcome["confusion"]["counts"], name)
            self.pictures.setCurrentIndex(0)
        elif outcome.get("actual"):
            self.caption.setText(f"Predicted against actual values, {part}")
            self.scatter.show_points(outcome["actual"], outcome["predicted"], name)
            self.pictures.setCurrentIndex(1)
        elif "texts" in outcome:
            self.caption.setText(f"What is read, {part}")
            self.texts.show_texts(outcome["texts"]["actual"], outcome["texts"]["read"])
            self.pictures.setCurrentWidget(self.texts)
        else:
            self.caption.setText("")
            self.nothing.setText(DIVERGED if "actual" in outcome else "")
            self.pictures.setCurrentIndex(2)

    def _show_own_page(self, record: RunRecord) -> None:
        """The page of a run that was trained in a way of its own: where it writes, or its latent picture."""
        run = self.run
        mode = mode_of(record.project)
        if run is None:
            return
        if mode.targets == "next":
            self.caption.setText("Let the network write")
            self.writing.show_run(run)
            self.pictures.setCurrentWidget(self.writing)
        elif mode.key == "autoencoder":

            def look() -> LatentView:
                from designer.training.latent import latent_view

                return latent_view(run)

            self.tasks.run("Looking into the middle", look, self._show_latent, self.nothing.setText, LANE)

    def _show_latent(self, view: LatentView) -> None:
        part = PART_WORDS.get(view.part, "test part")
        by = f", coloured by {view.label or 'class'}" if view.classes else ""
        self.caption.setText(f"What “{view.layer}” makes of the {part}{by}")
        self.latent.show_view(view)
        self.pictures.setCurrentWidget(self.latent)

    def _show_folder(self) -> None:
        if self.run is not None and (trouble := show_folder(self.run)):
            self.said.setText(trouble)
