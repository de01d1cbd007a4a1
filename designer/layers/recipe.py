"""The recipe: what is done to data before it enters a network, step by step in words, and switching a step off."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NewType, TypeAlias

from designer.layers.augmentations import AUGMENTATIONS
from designer.layers.catalog import LAYERS, values_of
from designer.layers.data_edits import switch_augmentation
from designer.layers.feeding import image_input
from designer.layers.fields import Choice
from designer.layers.inputs import COLOURS
from designer.layers.preparations import USUAL_PARTS, choice_of, choices, fill_of, shown_fill
from designer.project.edits import set_data, set_field
from designer.project.errors import EditError, ProjectError
from designer.project.model import Column, Data, Fields, ImageData, Project, Samples, StepKey, TableData

# what is done to whole rows, not to a column
RowsKey: TypeAlias = Literal["order", "target", "duplicates", "windows"]
# what is done to each picture
PictureKey: TypeAlias = Literal["unreadable", "upright", "colours", "size", "numbers", "normalise"]
# the place of an augmentation among those of the project
AugmentationKey = NewType("AugmentationKey", str)
RecipeKey: TypeAlias = RowsKey | StepKey | PictureKey | AugmentationKey
# the field of the image input that says how a step is done
IMAGE_FIELDS: dict[str, str] = {"colours": "mode", "size": "resize", "normalise": "normalise"}
ROWS = "All rows"
PICTURES, CHANGED = "All pictures", "Training pictures, by chance in each epoch"
# words of an order that are shown before “…”
SHOWN = 6
FILLED = "Gaps are filled with "


@dataclass(frozen=True)
class RecipeStep:
    """One step: the column it is done to, empty for the whole table, its key, and what it does in a sentence.

    ``on`` is whether it is done; a ``fixed`` one cannot be switched off, for the reason ``why`` where one is said.
    ``group`` are the samples that it is done to where it is not all rows.
    """

    column: str
    key: RecipeKey
    text: str
    on: bool = True
    fixed: bool = False
    why: str = ""
    group: str = ""

    @property
    def done_to(self) -> str:
        """The column, or the samples, that it is done to."""
        return self.column or self.group or ROWS


def counted_steps(steps: Sequence[RecipeStep]) -> str:
    """How many steps there are, in which order, and how many are not done: ``7 steps, from the top down``."""
    off = sum(not step.on for step in steps)
    count = "1 step" if len(steps) == 1 else f"{len(steps):,} steps"
    return f"{count}, from the top down" + (f"; {off:,} switched off" if off else "")


def recipe_in(project: Project) -> tuple[RecipeStep, ...]:
    """All steps of a project in the order in which they are done; of pictures some are set at the image input."""
    node = image_input(project)
    return recipe_of(project.data, values_of(node) if node is not None else None)


def recipe_of(data: Data | None, image: Fields | None = None) -> tuple[RecipeStep, ...]:
    """All steps in the order in which they are done; ``image`` are the fields of the image input that there is."""
    if isinstance(data, ImageData):
        return tuple(_picture_steps(data, image))
    if data is None:
        return ()
    columns = (step for column in data.columns for step in steps_of(column, data.samples))
    return (*_ordering(data), *_table_steps(data), *columns, *_cutting(data))


def copies_step(data: ImageData) -> RecipeStep:
    """The step that keeps the first of pictures with the same bytes."""
    said = "Pictures that repeat an earlier one are left out"
    return RecipeStep("", "duplicates", said, on=data.drop_duplicates, group=PICTURES)


def _picture_steps(data: ImageData, image: Fields | None) -> Iterator[RecipeStep]:
    """What is done to pictures, in the order of training, and then to the columns beside them."""
    targets = " or ".join(f"“{column.name}”" for column in data.columns if column.role == "target")
    if targets:
        yield _always("target", f"Rows without {targets} are left out", "There is nothing to learn from them.")
    yield copies_step(data)
    in_files = data.layout not in ("pixels", "idx")
    if in_files:
        masks = ", as are those without a mask" if data.layout == "masks" else ""
        why = "Nothing can be learned from them."
        yield _always("unreadable", f"Pictures that cannot be read are left out{masks}", why)
        yield _always("upright", "Turned upright, as the camera noted", "Else what is above would lie at the side.")
    if image is not None:
        yield from _shaping(image, in_files, data.layout == "masks")
    yield _always("numbers", "Bytes from 0 to 255 become numbers from 0 to 1", "The network calculates with these.")
    order = list(AUGMENTATIONS)
    known = [(each, place) for place, each in enumerate(data.augment) if each.key in AUGMENTATIONS]
    for each, place in sorted(known, key=lambda found: order.index(found[0].key)):
        kind = AUGMENTATIONS[each.key]
        text = f"{kind.title}: {_inside(kind.words(each.fields))}"
        yield RecipeStep("", AugmentationKey(f"augment {place}"), text, on=not each.off, group=CHANGED)
    if image is not None:
        yield _normalising(image)
    for column in data.columns:
        yield from steps_of(column) if column.kind != "image" else ()


def _always(key: RowsKey | PictureKey, text: str, why: str) -> RecipeStep:
    return RecipeStep("", key, text, fixed=True, why=why, group=PICTURES)


def _shaping(image: Fields, in_files: bool, masks: bool) -> Iterator[RecipeStep]:
    """Colours and size, as the image input has them."""
    mode, count = str(image["mode"]), COLOURS[str(image["mode"])]
    deep = "; 16 bits become 8, what is transparent white" if in_files else ""
    channels = f"{count} channel{'s' if count > 1 else ''}"
    why = "The network needs the same channels of all pictures."
    yield _always("colours", f"Read {'in colour' if mode == 'colour' else 'as grey'}, {channels}{deep}", why)
    how = _inside(image_choice("size").options[str(image["resize"])])
    size = f"Brought to {image['width']}×{image['height']}: {how}"
    why = "The network needs all pictures in one size."
    yield _always("size", size + ("; masks alike" if masks else ""), why)


def _normalising(image: Fields) -> RecipeStep:
    """What is done to the values from 0 to 1; one that is off says what it would do."""
    chosen = str(image["normalise"])
    text = _inside(image_choice("normalise").options[chosen if chosen != "none" else "data"])
    return RecipeStep("", "normalise", f"Normalised: {text}", on=chosen != "none", group=PICTURES)


def _inside(sentence: str) -> str:
    """A sentence as it stands after a colon."""
    return f"{sentence[:1].lower()}{sentence[1:]}".rstrip(".")


def image_choice(key: str) -> Choice:
    """The field of the image input that says how a step is done, with a line for each way."""
    field = LAYERS["image_input"].fields[IMAGE_FIELDS[key]]
    assert isinstance(field, Choice)
    return field


def _ordering(data: TableData) -> Iterator[RecipeStep]:
    """Windows and files are read in the order of time."""
    named = {column.role: column.name for column in data.columns}
    if data.samples not in ("windows", "files") or "time" not in named:
        return
    each = "Rows of each file" if data.samples == "files" else "Rows"
    apart = (
        f", those of each “{named['group']}” by themselves" if data.samples == "windows" and "group" in named else ""
    )
    yield RecipeStep("", "order", f"{each} are brought into the order of “{named['time']}”{apart}", fixed=True)


def _table_steps(data: TableData) -> Iterator[RecipeStep]:
    targets = [column.name for column in data.columns if column.role == "target"]
    named = " or ".join(f"“{name}”" for name in targets)
    if targets and data.samples == "windows":
        yield RecipeStep("", "target", f"Windows that are to predict a gap of {named} are left out", fixed=True)
    elif targets and data.samples == "rows":
        yield RecipeStep("", "target", f"Rows without {named} are left out", fixed=True)
    if data.samples == "rows":
        yield RecipeStep("", "duplicates", "Rows that repeat another row are left out", on=data.drop_duplicates)


def _cutting(data: TableData) -> Iterator[RecipeStep]:
    """Samples are cut out of a series, or off a file that is too long."""
    cut = data.windows
    if data.samples == "windows":
        ahead = "the next step" if cut.horizon == 1 else f"the next {cut.horizon} steps"
        every = f", every {cut.stride} steps" if cut.stride > 1 else ""
        yield RecipeStep("", "windows", f"Windows of {cut.length} steps are cut, to predict {ahead}{every}", fixed=True)
    elif data.samples == "files":
        yield RecipeStep("", "windows", f"Files are cut after {cut.length} steps, shorter ones padded", fixed=True)


def steps_of(column: Column, samples: Samples = "rows") -> tuple[RecipeStep, ...]:
    """The steps of a column in the order in which they are done; those of a target scale it."""
    if column.role == "target":
        steps = _scaling(column) if column.kind == "number" else iter(())
    elif column.role in ("feature", "ahead"):
        steps = _feature_steps(column, samples)
    else:
        steps = iter(())
    return tuple(steps)


def _feature_steps(column: Column, samples: Samples) -> Iterator[RecipeStep]:
    clip, missing, encode = (choice_of(column, step) for step in ("clip", "missing", "encode"))
    if clip is not None and clip.apply:
        yield _step(column, "clip", clip.said)
    if missing is not None:
        said, forward = _filled_in(column, missing.said), fills_forward(column, samples)
        if forward:
            said = f"Gaps take the last value before them, at the start {said.removeprefix(FILLED)}"
        yield _step(column, "missing", said, fixed=not missing.apply)
        if column.indicator and missing.apply:
            yield _step(column, "indicator", f"Gaps {'at the start ' * forward}are noted in a column of their own")
    if encode is not None:
        yield replace(_step(column, "encode", _filled_in(column, encode.said), fixed=True), on=True)
    yield from _scaling(column)


def fills_forward(column: Column, samples: Samples) -> bool:
    """Whether a gap of this column takes the last known value before it, as in a series, unless it is a constant."""
    chosen = choice_of(column, "missing")
    return samples in ("windows", "files") and chosen is not None and chosen.key != "constant" and bool(chosen.apply)


def _scaling(column: Column) -> Iterator[RecipeStep]:
    scale = choice_of(column, "scale")
    if scale is not None and scale.apply:
        yield _step(column, "scale", scale.said)


def _step(column: Column, key: StepKey, text: str, fixed: bool = False) -> RecipeStep:
    return RecipeStep(column.name, key, text, key not in column.off, fixed)


def _filled_in(column: Column, said: str) -> str:
    """A sentence with the column's own words in it."""
    if "{fill}" in said:
        return said.replace("{fill}", _shown_fill(column))
    if "{order}" in said:
        order = ", ".join(column.order[:SHOWN]) + (", …" if len(column.order) > SHOWN else "")
        return said.replace("{order}", f": {order}" if order else "")
    titles = [each.said for key, each in choices("part", "date").items() if key in (column.parts or USUAL_PARTS)]
    return said.replace("{parts}", " and ".join(part for part in (", ".join(titles[:-1]), titles[-1]) if part))


def _shown_fill(column: Column) -> str:
    try:
        fill = fill_of(column)
    except ProjectError:
        return f"“{column.fill}”"
    return shown_fill(fill)


def switch_step(project: Project, column: str, key: RecipeKey, on: bool) -> Project:
    """The project with one step of the recipe on or off; an EditError where there is no such step, or it must be."""
    data = project.data
    step = next((each for each in recipe_in(project) if (each.column, each.key) == (column, key)), None)
    if step is None or data is None:
        raise EditError(f"There is no such step for “{column}”." if column else "There is no such step.")
    if step.on == on:
        return project
    if step.fixed:
        why = f" {step.why}" if step.why else ""
        raise EditError(f"This step cannot be switched off: {step.text[:1].lower()}{step.text[1:]}.{why}")
    if key == "duplicates":
        return set_data(project, replace(data, drop_duplicates=on))
    if step.group == CHANGED:
        return switch_augmentation(project, int(key.split()[1]), on)
    if key == "normalise":
        return set_way(project, key, "data" if on else "none")
    columns = tuple(_switched(each, key, on) if each.name == column else each for each in data.columns)
    return set_data(project, replace(data, columns=columns))


def set_way(project: Project, key: str, way: str) -> Project:
    """The project with a step of its pictures done in another way, which is kept at the image input."""
    node = image_input(project)
    if node is None:
        raise EditError("The network has no image input, which says how this is done.")
    return set_field(project, node.id, IMAGE_FIELDS[key], way)


def _switched(column: Column, key: RecipeKey, on: bool) -> Column:
    others = tuple(each for each in column.off if each != key)
    return replace(column, off=others if on else (*others, key))  # type: ignore[arg-type]
