"""The brief of a project that has data already, and what the checker would know of data like that of a brief."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.importing.architecture import with_categories, with_targets
from designer.importing.brief import Brief, Form
from designer.importing.drawing import Drawing
from designer.importing.examine import target_of
from designer.importing.from_image_tables import labels_of
from designer.importing.networks import as_vector, started
from designer.layers.catalog import values_of
from designer.layers.inputs import target_names
from designer.project.errors import ProjectError
from designer.project.facts import Facts, TargetFacts
from designer.project.model import Column, Data, FieldValue, ImageData, Project, Training
from designer.project.paths import resolve_from

SEEN = ("feature", "ahead")


def brief_of(project: Project, base: Path) -> Brief:
    """What a network for the project's data is to do; the data, whose path is relative to ``base``, is read for it.

    Raises LayerloomError and DataError where there is none or it cannot be read.
    """
    from designer.training.prepare import facts_of

    if project.data is None:
        raise ProjectError("the project has no data yet; open a table or a folder of pictures first")
    data = with_categories(project.data, "onehot")
    if isinstance(data, ImageData):
        brief = _of_pictures(project, data, base)
        data = with_targets(data, brief, "ignored")
    else:
        numbers = sum(each.role in SEEN and each.kind != "text" for each in data.columns)
        brief = Brief(_form(data), features=numbers, length=data.windows.length)
    facts = facts_of(_probe(project, data, brief), base)
    return _filled(brief, data, facts)


def brief_compared(project: Project, base: Path) -> tuple[Brief, str]:
    """The brief of ``brief_of``, and why a small table is begun with a straight line; empty where it is not.

    As for new data, the line is what is usual where hidden layers predict rows held out no better.
    """
    from designer.importing.straight import compared

    brief = brief_of(project, base)
    found = compared(project.data, brief, base) if project.data is not None else None
    if found is None or not found.straight:
        return brief, ""
    return replace(brief, straight=True), found.why(target_of(project))


def _form(data: Data) -> Form:
    if isinstance(data, ImageData):
        return "masks" if data.layout == "masks" else "pictures"
    if data.samples != "rows":
        return data.samples
    return "texts" if any(each.kind == "text" and each.role in SEEN for each in data.columns) else "rows"


def _of_pictures(project: Project, data: ImageData, base: Path) -> Brief:
    """The size of pictures is that of the input which the network has, else what suits them."""
    label, numbers = labels_of(data.columns) if data.layout == "table" else ("", ())
    node = next((node for node in project.graph.nodes.values() if node.type == "image_input"), None)
    if node is None:
        from designer.importing.new import draft_project

        path = resolve_from(base, data.path)
        found = draft_project(path, None, path.parent / "new.loom").brief
        return _with_columns(replace(found, form=_form(data), label=label, numbers=numbers), data)
    values: dict[str, FieldValue] = values_of(node)
    height, width = int(str(values["height"])), int(str(values["width"]))
    brief = Brief(
        _form(data),
        features=0,
        height=height,
        width=width,
        colour=values["mode"] == "colour",
        resize=str(values["resize"]),
        normalise=str(values["normalise"]),
        label=label,
        numbers=numbers,
    )
    return _with_columns(brief, data)


def _with_columns(brief: Brief, data: ImageData) -> Brief:
    """The brief with what of a table that names pictures stands beside them."""
    seen = [each.kind for each in data.columns if each.role in SEEN and each.kind != "image"]
    kinds = seen if data.layout == "table" else []
    return replace(brief, features=sum(kind != "text" for kind in kinds), text="text" in kinds)


def _probe(project: Project, data: Data, brief: Brief) -> Project:
    """A project that reads the data as the networks to start from do."""
    drawing = Drawing()
    if brief.form == "tokens":
        last = drawing.add("embedding", started(drawing, brief))
    else:
        last = as_vector(drawing, replace(brief, form="pictures") if brief.form == "masks" else brief)
    answer = drawing.add("linear", last, out_features=1)
    drawing.add("output", answer, loss="bce", target=brief.label or target_of(project))
    return Project(drawing.project.graph, data, Training(mode="next_token" if brief.form == "tokens" else "supervised"))


def _filled(brief: Brief, data: Data, facts: Facts) -> Brief:
    """The brief with what reading found out."""
    rows = facts.rows
    categories: dict[str, int] = {}
    features, length = len(facts.features), brief.length
    if brief.form == "rows":
        counted = ((each.name, _count(facts, each)) for each in data.columns if each.kind == "category")
        categories = {name: count for name, count in counted if count}
    if brief.form in ("windows", "files"):
        # an input of steps, not that of the mask beside it
        length, features = next(shape for shape in facts.shapes.values() if len(shape) == 2)
    if brief.form == "tokens":
        length, answers = facts.answer_shape
    else:
        answers = facts.target_width if facts.target_kind == "number" else len(facts.classes)
    return replace(
        brief,
        kind=facts.target_kind,
        answers=answers,
        samples=rows.get("train", 0) if brief.form in ("rows", "windows", "texts", "tokens") else sum(rows.values()),
        validated=rows.get("validation", 0) > 0,
        features=features,
        categories=categories,
        length=length,
    )


def _count(facts: Facts, column: Column) -> int:
    """How many columns a category became."""
    return sum(name.startswith(f"{column.name}=") for name in facts.features) if column.role in SEEN else 0


def facts_for(brief: Brief, project: Project) -> Facts:
    """What the checker would know of such data, were it read for the network of ``project``."""
    sizes = [values_of(node) for node in project.graph.nodes.values() if node.type == "image_input"]
    masks = brief.form == "masks" and bool(sizes)
    shape = (int(str(sizes[0]["height"])), int(str(sizes[0]["width"]))) if masks else ()
    outputs = [node for node in project.graph.nodes.values() if node.type == "output"]
    boxes = [node.id for node in outputs if brief.numbers and target_names(node.fields["target"]) == brief.numbers]
    classes = () if brief.kind == "number" else tuple(f"class {place}" for place in range(max(2, brief.answers)))
    return Facts(
        brief.kind,
        classes=classes,
        rows={"train": brief.samples, "validation": int(brief.validated)},
        target_width=brief.answers if brief.kind == "number" else 1,
        target_shape=shape,
        answer_shape=(brief.length, brief.answers) if brief.form == "tokens" else (),
        others={key: TargetFacts("number", width=len(brief.numbers)) for key in boxes},
    )
