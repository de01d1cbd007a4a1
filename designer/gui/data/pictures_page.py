"""Pictures on the data page: all of them in a gallery, or some before and after they are changed by chance."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from designer.gui.data.pictures_augment import AugmentPage
from designer.gui.data.pictures_columns import PictureColumns
from designer.gui.data.pictures_gallery import Gallery
from designer.gui.data.pictures_listing import PictureSet, list_pictures
from designer.gui.data.pictures_looks import Looked, compared, looked_through, pictures_words
from designer.gui.data.pictures_preview import PreviewPage
from designer.gui.data.pictures_recipe import PictureRecipe
from designer.gui.data.pictures_sampling import Sampling, sample
from designer.gui.data.view_switch import ViewSwitch
from designer.gui.mask_paint import KEYS as MASK_KEYS
from designer.gui.mask_paint import MaskBar
from designer.gui.numbers import plural
from designer.gui.outline_paint import KEYS
from designer.gui.panels.column_edits import label_of, outputs_of, set_columns, target_name
from designer.gui.panels.data_side import DataSide
from designer.gui.tasks import Tasks
from designer.gui.theme import Theme
from designer.layers.inputs import target_names
from designer.layers.recipe import RecipeStep, copies_step, switch_step
from designer.project.model import Augmentation, Column, Fields, ImageData, Project

if TYPE_CHECKING:
    from designer.importing.profiles import ImagesProfile

SIDE = 344
READ, LOOK, TRY = "list pictures", "look through pictures", "try augmentation"
# what stands at the side of each view
SIDES = {"pictures": "Overview", "columns": "Column", "augmentation": "Augmentation"}
SPLITTING = ("split", "group", "time")


class PicturesPage(QWidget):
    """Shows pictures. ``edited`` carries a label, an edit of the project and a key for merging.

    ``began`` carries what is read now, ``read_pictures`` says that there is more to be shown, ``failed`` why not.
    """

    edited = Signal(str, object, str)
    began = Signal(str)
    read_pictures = Signal()
    failed = Signal(str)

    def __init__(self, tasks: Tasks, theme: Theme) -> None:
        super().__init__()
        self.theme, self.tasks = theme, tasks
        self.pictures: PictureSet | None = None
        self._known: Looked | None = None
        self._source: tuple[object, ...] = ()
        self._project: Project | None = None
        self._overview: DataSide | None = None
        self._seed = self._skip = 0
        self._tried: object = None
        self.gallery, self.preview, self.augment = Gallery(theme, tasks), PreviewPage(theme), AugmentPage(theme)
        self.columns, self.recipe = PictureColumns(tasks, theme), PictureRecipe(tasks, theme)
        self.views = ViewSwitch("How to look at the pictures", view_words(None))
        self.sides = ViewSwitch("About the data", side_words("pictures"))
        self._middle, self._side_pages = QStackedWidget(), QStackedWidget()
        self._build()
        self.sides.chosen.connect(lambda _: self._show_view())
        self.recipe.switched.connect(self._switch_step)
        self.recipe.edited.connect(self.edited)
        self.recipe.page.changed.connect(self._set_in_recipe)
        self.recipe.page.column_wanted.connect(self._open_column)
        self.views.chosen.connect(lambda _: self._show_view())
        self.augment.edited.connect(self.edited)
        self.columns.changed.connect(self._set_columns)
        self.columns.failed.connect(self.failed)
        self.preview.again_wanted.connect(self._try_again)
        self.preview.others_wanted.connect(self._try_others)
        self.preview.pictures.fitted.connect(lambda _: self._try())
        switches = self.gallery.outlines, self.preview.outlines
        for switch, other in (switches, switches[::-1]):
            switch.toggled.connect(other.setChecked)
        self.keys = QShortcut(QKeySequence(KEYS), self)
        self.keys.activated.connect(self.gallery.outlines.toggle)
        masks = self.gallery.masks, self.preview.masks
        for bar, other in (masks, masks[::-1]):
            bar.chosen.connect(other.ways.choose)
        self.mask_keys = QShortcut(QKeySequence(MASK_KEYS), self)
        self.mask_keys.activated.connect(lambda: self._shown_masks().step())

    def _build(self) -> None:
        self._middle.addWidget(self.gallery)
        self._middle.addWidget(self.preview)
        self._middle.addWidget(self.columns)
        self._side_pages.addWidget(self.augment)
        self._side_pages.addWidget(self.columns.detail)
        self._side_pages.addWidget(self.recipe)
        right = QWidget()
        right.setProperty("role", "panel")
        right.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        right.setMinimumWidth(280)
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.sides)
        column.addWidget(self._side_pages, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        splitter.addWidget(self._middle)
        splitter.addWidget(right)
        splitter.setChildrenCollapsible(False)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([1000, SIDE])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(splitter)

    def set_theme(self, theme: Theme) -> None:
        """Draw under another theme."""
        self.theme = theme
        for part in (self.gallery, self.preview, self.augment, self.columns, self.recipe):
            part.set_theme(theme)
        self._tried = None
        self._try()

    def take_keys(self) -> None:
        """Bring the keyboard to the pictures, or to what changes them."""
        if self.views.key == "augmentation":
            self.augment.add.setFocus(Qt.FocusReason.ShortcutFocusReason)
        elif self.views.key == "columns":
            self.columns.take_keys()
        else:
            self.gallery.take_keys()

    def put_overview(self, overview: DataSide) -> None:
        """Let this stand at the side; it is shared with tables."""
        if self._overview is None:
            overview.copies.clicked.connect(self._leave_copies_out)
        self._overview = overview
        if self._side_pages.indexOf(overview) < 0:
            self._side_pages.addWidget(overview)
        self._show_view()

    def show_project(self, project: Project) -> None:
        """Show the settings of a project with pictures."""
        self._project = project
        if isinstance(project.data, ImageData):
            self.augment.show_augment(project.data.augment)
            self.recipe.show_project(project)
            self.views.offer(view_words(project.data))
            self._show_view()
        self._try()

    def read(self, project: Project, base: Path) -> None:
        """List the pictures unless they are known; where only the parts are others, the old ones are seen meanwhile."""
        data = project.data
        if not isinstance(data, ImageData):
            return
        source = (str(base), data.path, data.layout, data.format, _listed_by(project, data))
        divided = data.split, data.drop_duplicates
        if source != self._source[:-1]:
            self.forget()
            self.began.emit(Path(data.path).name)
        if data.layout == "table":
            self.columns.show_columns(data, target_name(project), base)
        if (*source, divided) == self._source:
            return
        self._source = (*source, divided)
        self.tasks.run(
            "", partial(list_pictures, project, data, base), partial(self._listed, data, base), self._not_listed, READ
        )

    @property
    def busy(self) -> bool:
        """Whether pictures are being listed."""
        return self.tasks.busy(READ)

    def forget(self) -> None:
        """Whatever was read is read anew."""
        self._source = ()
        self._known = None
        self.columns.forget()
        for lane in (READ, LOOK):
            self.tasks.cancel(lane)
        self._show_pictures(None)

    def _listed(self, data: ImageData, base: Path, pictures: PictureSet) -> None:
        self._show_pictures(pictures)
        self.read_pictures.emit()
        known = self._known
        if known is None:
            self.tasks.run("", lambda: looked_through(data, base, pictures), self._looked, self._not_looked, LOOK)
        else:
            # other parts may have other pictures in common
            self.tasks.run("", lambda: compared(known, pictures, data), self._looked, self._not_looked, LOOK)

    def _not_listed(self, message: str) -> None:
        self._source = ()
        self.failed.emit(message)

    @property
    def profile(self) -> ImagesProfile | None:
        """What the pictures are like; None as long as they were not looked through."""
        return self._known.profile if self._known is not None else None

    def _looked(self, known: Looked) -> None:
        self._known = known
        self.recipe.show_pictures(self.pictures, self.unreadable())
        self.read_pictures.emit()

    def _not_looked(self, message: str) -> None:
        self.failed.emit(message)

    def _show_pictures(self, pictures: PictureSet | None) -> None:
        self.pictures = pictures
        self.gallery.show_pictures(pictures)
        self.recipe.show_pictures(pictures, self.unreadable())
        self._tried = None
        self._try()

    @property
    def leaves_copies_out(self) -> bool:
        """Whether of pictures with the same bytes only the first is used."""
        data = self._project.data if self._project is not None else None
        return data is not None and data.drop_duplicates

    def _leave_copies_out(self, on: bool) -> None:
        project = self._project
        if project is not None and isinstance(project.data, ImageData):
            self._switch_step(copies_step(project.data), on)

    def _switch_step(self, step: RecipeStep, on: bool) -> None:
        label = f"Switch {'on' if on else 'off'}: {step.text}"
        self.edited.emit(label, partial(switch_step, column=step.column, key=step.key, on=on), "")

    def _set_in_recipe(self, name: str, field: str, value: object) -> None:
        if name:
            self._set_columns((name,), field, value)

    def _open_column(self, name: str) -> None:
        self.sides.choose("overview")
        self.views.choose("columns")
        self.columns.look_at(name)

    def counts(self) -> dict[str, int]:
        """How many pictures of each class there are."""
        return self.pictures.counts() if self.pictures is not None else {}

    def words(self) -> dict[str, str]:
        """What is known of the pictures, in words."""
        data = self._project.data if self._project is not None else None
        return pictures_words(data, self.pictures, self.profile) if isinstance(data, ImageData) else {}

    def summary(self) -> str:
        """How many there are, in a line."""
        classes = len(self.counts())
        count = plural(len(self.pictures), "picture") if self.pictures is not None else ""
        return count + (f" of {plural(classes, 'class', 'classes')}" if classes > 1 else "")

    def unreadable(self) -> tuple[tuple[str, str], ...]:
        """Which pictures cannot be read, and why."""
        return self.profile.unreadable if self.profile is not None else ()

    def ways(self) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """In which ways the pictures can be divided, by which columns, and whether they have classes."""
        data = self._project.data if self._project is not None else None
        if not isinstance(data, ImageData):
            return ("share",), (), True
        if data.layout in ("table", "pixels"):
            names = tuple(column.name for column in data.columns if column.role != "target" and column.kind != "image")
            ways = ("share", "group", "time", "column") if names else ("share",)
            return ways, names, bool(self.counts())
        has_folders = self.pictures is not None and self.pictures.in_folders
        return ("share", "folders") if has_folders else ("share",), (), data.layout != "masks"

    def showEvent(self, event: QShowEvent) -> None:
        """What nobody looked at was not tried."""
        super().showEvent(event)
        self._try()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nothing has to be tried for nobody."""
        super().hideEvent(event)
        self.tasks.cancel(TRY)

    def _show_view(self) -> None:
        views: dict[str, tuple[QWidget, QWidget | None]] = {
            "augmentation": (self.preview, self.augment),
            "columns": (self.columns, self.columns.detail),
        }
        middle, shown = views.get(self.views.key, (self.gallery, self._overview))
        self._middle.setCurrentWidget(middle)
        self.sides.offer(side_words(self.views.key))
        shown = self.recipe if self.sides.key == "recipe" else shown
        if shown is not None and self._side_pages.indexOf(shown) >= 0:
            self._side_pages.setCurrentWidget(shown)
        self._try()

    def _shown_masks(self) -> MaskBar:
        """What chooses between pictures and masks in the view that is seen."""
        return self.preview.masks if self.views.key == "augmentation" else self.gallery.masks

    def _set_columns(self, names: Collection[str], field: str, value: object) -> None:
        data = self._project.data if self._project is not None else None
        if data is not None:
            label = label_of(data.columns, names, field, value)
            self.edited.emit(label, lambda project: set_columns(project, names, field, value), "")

    def _try_again(self) -> None:
        self._seed += 1
        self._try()

    def _try_others(self) -> None:
        self._skip += 1
        self._try()

    def _try(self) -> None:
        """Change some pictures by chance, where that is seen and anything about it has changed."""
        project, pictures = self._project, self.pictures
        data = project.data if project is not None else None
        if not isinstance(data, ImageData) or project is None or pictures is None or not _used(data.augment):
            self._tried = None
            self.tasks.cancel(TRY)
            self.preview.show_sampling(None)
            return
        if not self.isVisible() or self.views.key != "augmentation":
            return
        count, seed, skip = self.preview.pictures.across(), self._seed, self._skip
        wanted = (data, _input_fields(project), pictures, count, seed, skip, self.theme.name)
        if wanted == self._tried:
            return
        self._tried = wanted
        self.tasks.run("", lambda: sample(project, data, pictures, count, seed, skip), self._show, self._fail, TRY)

    def _show(self, sampling: Sampling) -> None:
        self.preview.show_sampling(sampling)

    def _fail(self, message: str) -> None:
        self.preview.show_sampling(Sampling(trouble=message))


def view_words(data: ImageData | None) -> dict[str, str]:
    """The ways to look at pictures, with a word for each; of a table that names them its columns too."""
    count = sum(not each.off for each in data.augment) if data is not None else 0
    columns = {"columns": "Columns"} if data is not None and data.layout == "table" else {}
    return {
        "pictures": "Pictures",
        **columns,
        "augmentation": f"Augmentation ({count})" if count else "Augmentation",
    }


def side_words(view: str) -> dict[str, str]:
    """What can stand at the side of a view: what belongs to it, or the recipe."""
    return {"overview": SIDES.get(view, SIDES["pictures"]), "recipe": "Recipe"}


def _listed_by(project: Project, data: ImageData) -> tuple[object, ...]:
    """What of its columns the list of the pictures depends on: features beside them may change, but for their gaps."""
    outputs = tuple(node.fields.get("target", "") for node in outputs_of(project))
    named = {name for value in outputs for name in target_names(value)}
    taken = tuple(node.fields.get("columns") for node in project.graph.nodes.values() if "columns" in node.fields)
    columns = [
        each
        for each in data.columns
        if each.kind == "image" or each.role in ("target", *SPLITTING) or each.name in named or _drops(each)
    ]
    return outputs, taken, tuple(column.name for column in data.columns), tuple(columns)


def _drops(column: Column) -> bool:
    """Whether rows with a gap in it may be passed over."""
    return column.missing == "drop" or "missing" in column.off


def _used(augment: tuple[Augmentation, ...]) -> bool:
    return any(not each.off for each in augment)


def _input_fields(project: Project) -> tuple[Fields, ...]:
    """What the preview depends on beside the data: the size and colours of the network, and its loss."""
    return tuple(node.fields for node in project.graph.nodes.values() if node.type in ("image_input", "output"))
