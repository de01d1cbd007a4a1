"""The page on which a kind of network is chosen, and the few numbers that matter, with the network drawn beside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from designer.gui.form import FieldForm
from designer.gui.labels import plain_label
from designer.gui.miniature import in_one_row
from designer.gui.numbers import exact, plural
from designer.gui.small_picture import SmallPicture
from designer.gui.tasks import Tasks
from designer.gui.templates.cards import TemplateCards
from designer.gui.templates.previews import Offer, Preview, offers_for, preview
from designer.gui.theme import Theme
from designer.gui.wording import count_text
from designer.project.model import FieldValue, Project
from designer.workspace.preferences import change_preferences, load_preferences

if TYPE_CHECKING:
    from designer.importing.brief import Brief

SIDE = 372
OFFERS, PREVIEW = "template offers", "template preview"
MOST_PROBLEMS = 3
PICTURE_HEIGHT = 132


class TemplatePage(QWidget):
    """Cards at the left; what is chosen, its numbers and its network at the right.

    ``changed``: another choice, or what is said of it; ``wanted``: it is to be used at once.
    """

    changed = Signal()
    wanted = Signal()

    def __init__(self, theme: Theme, tasks: Tasks) -> None:
        super().__init__()
        self.tasks = tasks
        self.key = ""
        self.shown: Preview | None = None
        self._project = Project()
        self._brief: Brief | None = None
        self._offers: dict[str, Offer] = {}
        self._values: dict[str, dict[str, FieldValue]] = {}
        self.cards = TemplateCards(theme)
        self.title, self.summary = plain_label("", "heading", wrap=True), plain_label("", "muted", wrap=True)
        self.picture = SmallPicture(None, lambda: theme)
        self.picture.setFixedHeight(PICTURE_HEIGHT)
        self.form = FieldForm()
        self.counts = plain_label("", wrap=True)
        self.problems = plain_label("", "error", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._scrolled(self.cards, "Kinds of networks"), 1)
        line = QFrame()
        line.setProperty("role", "rule")
        line.setFixedWidth(1)
        row.addWidget(line)
        row.addWidget(self._side())
        self.cards.chosen.connect(self.choose)
        self.cards.wanted.connect(self.wanted)
        self.form.changed.connect(self._set)

    def offer(self, project: Project, brief: Brief, then: Callable[[], object] = lambda: None) -> None:
        """Show the templates for data that is as ``brief`` says, in ``project``; ``then`` is called once they stand."""
        self._project, self._brief, self.shown = project, brief, None
        self.tasks.run("", lambda: offers_for(brief), lambda offers: self._show_offers(offers, then), lane=OFFERS)

    @property
    def values(self) -> Mapping[str, FieldValue]:
        """The numbers of the chosen template that differ from what suits the data."""
        return dict(self._values.get(self.key, {}))

    def choose(self, key: str) -> None:
        """Choose a template."""
        offer = self._offers.get(key)
        if offer is None or offer.reason:
            return
        self.key = key
        self.cards.choose(key)
        self.title.setText(offer.title)
        self.summary.setText(offer.summary)
        self._show_fields()
        self._work_out()

    def remember(self) -> None:
        """Let the page begin with this choice the next time, for data of this form; where it is the usual one, anew."""
        if self._brief is not None and self.key:
            stored = dict(load_preferences().templates)
            stored.pop(self._brief.form, None)
            if not self._offers[self.key].usual:
                stored[self._brief.form] = self.key
            change_preferences(templates=stored)

    def take_keys(self) -> None:
        """Bring the keyboard to the card that is chosen."""
        card = self.cards.card(self.key)
        if card is not None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_offers(self, offers: list[Offer], then: Callable[[], object]) -> None:
        assert self._brief is not None
        before = self._offers.get(self.key)
        self._offers = {offer.key: offer for offer in offers}
        self._values = {key: values for key, values in self._values.items() if not self._offers[key].reason}
        self.cards.show_offers(offers)
        if before is None:
            wanted = load_preferences().templates.get(self._brief.form, "")
        else:
            # what is usual may be another network for another column
            wanted = "" if before.usual else self.key
        fitting = [offer for offer in offers if not offer.reason]
        if wanted not in {offer.key for offer in fitting}:
            wanted = next((offer.key for offer in fitting if offer.usual), fitting[0].key)
        self.choose(wanted)
        then()

    def _show_fields(self) -> None:
        fields = self._offers[self.key].fields
        values = {name: field.initial for name, field in fields.items()} | self._values.get(self.key, {})
        self.form.show_fields(fields, values, owner=self.key)
        self.numbers.setVisible(bool(fields))

    def _set(self, name: str, value: FieldValue) -> None:
        values = self._values.setdefault(self.key, {})
        values[name] = value
        if value == self._offers[self.key].fields[name].initial:
            del values[name]
        self._show_fields()
        self._work_out()

    def _work_out(self) -> None:
        project, brief, key, values = self._project, self._brief, self.key, self.values
        assert brief is not None
        self.shown = None
        self.changed.emit()
        self.tasks.run("", lambda: preview(project, brief, key, values), self._show, lane=PREVIEW)

    def _show(self, shown: Preview) -> None:
        self.shown = shown
        self.picture.show_project(in_one_row(shown.project) if not shown.trouble else None)
        analysis = shown.analysis
        if analysis is None:
            self.counts.setText("")
            self.problems.setText(shown.trouble[:1].upper() + shown.trouble[1:])
        else:
            # as many as the window then counts
            layers = len(shown.project.graph.nodes)
            self.counts.setText(f"{plural(layers, 'layer')}, {count_text(analysis.parameters)} parameters")
            self.counts.setToolTip(f"{exact(analysis.parameters)} trainable numbers")
            errors = [problem.sentence for problem in analysis.problems if problem.severity == "error"]
            self.problems.setText("\n".join(errors[:MOST_PROBLEMS]))
        self.problems.setVisible(bool(self.problems.text()))
        self.changed.emit()

    def _side(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.summary)
        column.addWidget(self.picture)
        column.addWidget(self.counts)
        column.addWidget(self.problems)
        column.addSpacing(4)
        self.numbers = plain_label("NUMBERS THAT MATTER", "section")
        column.addWidget(self.numbers)
        column.addWidget(self.form)
        column.addStretch(1)
        self.problems.hide()
        area = self._scrolled(inside, "The chosen network", margins=False)
        area.setFixedWidth(SIDE)
        return area

    def _scrolled(self, inside: QWidget, name: str, margins: bool = True) -> QScrollArea:
        holder = inside
        if margins:
            holder = QWidget()
            column = QVBoxLayout(holder)
            column.setContentsMargins(20, 12, 20, 12)
            column.addWidget(inside)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName(name)
        area.setWidget(holder)
        return area
