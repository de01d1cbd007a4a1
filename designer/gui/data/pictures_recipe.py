"""The recipe of pictures: its steps, and beneath the chosen one some real pictures before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from designer.gui.data.pictures_preview import BeforeAfter
from designer.gui.data.pictures_sampling import Sampling
from designer.gui.data.recipe_page import RecipePage, Ways
from designer.gui.labels import plain_label
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.catalog import values_of
from designer.layers.feeding import image_input
from designer.layers.recipe import IMAGE_FIELDS, RecipeStep, image_choice, recipe_in, set_way
from designer.project.model import Column, Project

if TYPE_CHECKING:
    from designer.gui.data.picture_changes import PictureChange
    from designer.gui.data.pictures_listing import PictureSet

LANE = "show step of pictures"
LEARNED = "What has to be learned is learned from the training pictures alone."
TALL = 224
WORDS = {"data": "By the data", "imagenet": "By ImageNet", "none": "From 0 to 1"}


class PictureRecipe(QWidget):
    """``switched`` carries a step and whether it shall be done, ``edited`` a label, an edit and a key for merging."""

    switched = Signal(object, bool)
    edited = Signal(str, object, str)

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        super().__init__()
        self._tasks = tasks
        self._project = Project()
        self._pictures: PictureSet | None = None
        self._unreadable: tuple[tuple[str, str], ...] = ()
        self._shown: object = None
        self.change: PictureChange | None = None
        self.page = RecipePage(theme, self._column, self._ways, LEARNED)
        self.said, self.strip = plain_label("", "small", wrap=True, selectable=True), BeforeAfter(theme)
        self.strip.setFixedHeight(TALL)
        for part in (self.said, self.strip):
            self.page.add_preview(part)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.page)
        self.page.switched.connect(self.switched)
        self.page.changed.connect(self._way_chosen)
        self.page.step_shown.connect(lambda _: self._look())
        self._show(None)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.page.set_theme(theme)
        self.strip.theme = theme
        self.strip.update()

    def show_project(self, project: Project) -> None:
        """Show the recipe of a project with pictures."""
        self._project = project
        self.page.show_steps(recipe_in(project))
        self._look()

    def show_pictures(self, pictures: PictureSet | None, unreadable: Sequence[tuple[str, str]]) -> None:
        """Show steps at work on these, of which some cannot be read."""
        self._pictures, self._unreadable = pictures, tuple(unreadable)
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        """What nobody looked at was not computed."""
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing has to be computed for nobody."""
        super().hideEvent(event)
        self._tasks.cancel(LANE)
        self._shown = None

    def _column(self, name: str) -> Column | None:
        columns = self._project.data.columns if self._project.data is not None else ()
        return next((column for column in columns if column.name == name), None)

    def _ways(self, step: RecipeStep) -> Ways:
        """In which ways the image input can do a step."""
        node = image_input(self._project)
        if node is None or step.key not in IMAGE_FIELDS:
            return {}, ""
        options = image_choice(step.key).options
        words = {way: (WORDS.get(way, way.capitalize()), said) for way, said in options.items()}
        return words, str(values_of(node)[IMAGE_FIELDS[step.key]])

    def _way_chosen(self, column: str, key: str, way: str) -> None:
        if not column:
            field = IMAGE_FIELDS[key]
            self.edited.emit(f"Set {field} of the pictures", partial(set_way, key=key, way=way), "")

    def _look(self) -> None:
        """Show the chosen step at work, where that is seen and anything about it has changed."""
        step, pictures = self.page.step, self._pictures
        if step is None or pictures is None or step.column:
            self._shown = None
            self._tasks.cancel(LANE)
            self._show(None)
            return
        wanted = (step.key, recipe_in(self._project), self._project.data, pictures, self._unreadable)
        if wanted == self._shown or not self.isVisible():
            return
        self._shown = wanted
        work = partial(_change, self._project, pictures, step.key, self._unreadable)
        self._tasks.run("", work, self._show, self._fail, LANE)

    def _fail(self, message: str) -> None:
        self._show(None)
        self.said.setText(message)
        self.said.show()

    def _show(self, change: PictureChange | None) -> None:
        self.change = change
        shown = change.sampling if change is not None else Sampling()
        said = " ".join(part for part in (change.said, shown.trouble) if part) if change is not None else ""
        self.said.setText(said)
        self.said.setVisible(bool(said))
        self.strip.setVisible(bool(shown.before))
        self.strip.show_sampling(shown)
        # the list may have become lower
        steps = self.page.list
        QTimer.singleShot(0, steps, lambda: steps.scrollTo(steps.currentIndex()))


def _change(project: Project, pictures: PictureSet, key: str, unreadable: Sequence[tuple[str, str]]) -> PictureChange:
    """What a step makes of pictures; this may import much, and so is done off the GUI thread."""
    from designer.gui.data.picture_changes import picture_change

    return picture_change(project, pictures, key, unreadable)
