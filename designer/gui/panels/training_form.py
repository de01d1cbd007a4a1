"""The form of the training settings: the few that most trainings change, and the others in closed sections."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from designer.compiler.figures import figures_of
from designer.gui.editors import Editor
from designer.gui.form import FieldForm, Offered
from designer.gui.panels.closed_section import ClosedSection
from designer.layers.catalog import OPTIMIZERS, fields_within, training_fields, with_own_defaults
from designer.layers.fields import Field
from designer.layers.settings import SECTIONS
from designer.project import edits
from designer.project.facts import Facts
from designer.project.model import FieldValue, Project, Training
from designer.workspace.preferences import change_preferences, load_preferences

# the setting behind which the fields of a choice stand, and where they are kept
OWN_FIELDS_AFTER = {"mode": "mode_fields", "learning_rate": "optimizer_fields", "average": "average_fields"}


class TrainingForm(QWidget):
    """``changed`` carries the name of a setting and its new, sound value."""

    changed = Signal(str, object)

    def __init__(self, label_width: int) -> None:
        super().__init__()
        self.main = FieldForm(label_width)
        self.main.changed.connect(self.changed)
        layout = self._column = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.main)
        opened = load_preferences().open_sections
        self.sections: dict[str, ClosedSection] = {}
        for each in SECTIONS:
            section = ClosedSection(each.title, each.summary, label_width, each.key in opened)
            section.changed.connect(self.changed)
            section.toggled.connect(lambda open_, key=each.key: _remember(key, open_))
            layout.addWidget(section)
            self.sections[each.key] = section

    def show_fields(
        self,
        fields: Mapping[str, Field],
        values: Mapping[str, FieldValue],
        faults: Mapping[str, str] | None = None,
        offered: Offered | None = None,
        owner: str = "",
    ) -> None:
        """Show all settings, each in its place; a section with something wrong in it opens."""
        rest = dict(fields)
        for each in SECTIONS:
            names = [name for place in each.names for name in fields if name.partition(".")[0] == place]
            own = {name: rest.pop(name) for name in names}
            self.sections[each.key].show_fields(own, values, faults, owner=owner, offered=offered)
        self.main.show_fields(rest, values, faults, None, offered, owner)

    def set_mild(self, names: Collection[str]) -> None:
        """Say of which settings what is found is no error but a warning, before they are shown."""
        for form in (self.main, *(section.form for section in self.sections.values())):
            form.mild = names

    def put_in(self, widget: QWidget) -> None:
        """Give another widget the place right behind the settings that are always seen."""
        self._column.insertWidget(1, widget)

    @property
    def editors(self) -> dict[str, Editor]:
        """What edits each setting."""
        found = dict(self.main.editors)
        for section in self.sections.values():
            found |= section.form.editors
        return found

    @property
    def labels(self) -> dict[str, QLabel]:
        """What each setting is called."""
        found = dict(self.main.labels)
        for section in self.sections.values():
            found |= section.form.labels
        return found

    def reveal(self, name: str) -> QWidget | None:
        """Open the section of a setting, and let the keyboard go on there; what edits it, None where it is none."""
        for section in self.sections.values():
            if name in section.form.editors:
                section.set_open(True)
        editor = self.editors.get(name)
        if editor is not None:
            (editor.focusProxy() or editor).setFocus()
        return editor


def fields_for(training: Training) -> dict[str, Field]:
    """All settings as fields; those of a choice, such as the optimizer, follow it, or the learning rate."""
    fields: dict[str, Field] = {}
    within = fields_within(training)
    for name, field in training_fields().items():
        fields[name] = field
        place = OWN_FIELDS_AFTER.get(name, "")
        fields.update({f"{place}.{own}": kind for own, kind in within.get(place, {}).items()})
    return fields


def values_for(training: Training) -> dict[str, FieldValue]:
    """The value of every setting."""
    values: dict[str, FieldValue] = {}
    for name, field in fields_for(training).items():
        place, dot, own = name.partition(".")
        values[name] = getattr(training, place).get(own, field.initial) if dot else getattr(training, name)
    return values


def offered_for(project: Project, facts: Facts | None) -> dict[str, dict[str, tuple[str, str]]]:
    """What can be chosen of where the project decides it: the figures that epochs can be judged by."""
    chosen, known = project.training.monitor, figures_of(project, facts)
    if chosen not in known and facts is None:
        known |= {chosen: f"{chosen}. What it is, the data says once it is read."}
    parted = {name: words.partition(". ") for name, words in known.items()}
    return {"monitor": {name: (title, explained) for name, (title, _, explained) in parted.items()}}


def set_training(project: Project, name: str, value: FieldValue) -> Project:
    """The project with one setting changed. Another optimizer starts with its own usual settings."""
    training = project.training
    place, dot, own = name.partition(".")
    if dot:
        fields = {**getattr(training, place), own: value}
        return edits.set_training(project, replace(training, **{place: fields}))
    changed = with_own_defaults(training, replace(training, **{name: value}))  # type: ignore[arg-type]
    if name == "optimizer":
        old, new = OPTIMIZERS.get(training.optimizer), OPTIMIZERS.get(str(value))
        if old is not None and new is not None and training.learning_rate == old.learning_rate:
            changed = replace(changed, learning_rate=new.learning_rate)
    return edits.set_training(project, changed)


def _remember(key: str, open_: bool) -> None:
    others = [each for each in load_preferences().open_sections if each != key]
    change_preferences(open_sections=(*others, *([key] if open_ else [])))
