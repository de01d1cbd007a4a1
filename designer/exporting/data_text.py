"""The part of a script that says which data there is and how it is read."""

from __future__ import annotations

from designer.exporting.literals import assignment, call, literal
from designer.project.facts import Facts
from designer.project.model import ImageData, Project, Split, TableData, TableFormat
from designer.training.prepare import feature_columns, format_keywords, image_fields, target_column

DOCSTRING = '    """The parts to train, validate and test with, and what was learned from the first to prepare them."""'
SIGNATURE = "def read_data(path: Path) -> tuple[Part, Part, Part, dict[str, Any]]:"


def data_constants(project: Project, facts: Facts, data_path: str) -> str:
    """The constants that describe the data; ``data_path`` leads to it from the script's folder."""
    lines = [assignment("DATA", data_path)]
    if isinstance(project.data, TableData):
        lines.append(assignment("FEATURES", feature_columns(project, project.data)))
        lines.append(assignment("TARGET", target_column(project, project.data).name))
        if project.data.split.by == "column":
            return "\n".join([*lines, assignment("SPLIT_COLUMN", project.data.split.column)])
    else:
        fields = image_fields(project)
        lines.append(assignment("HEIGHT", fields["height"]))
        lines.append(assignment("WIDTH", fields["width"]))
    if project.data is not None:
        lines += _share_constants(project.data.split)
    return "\n".join(lines)


def _share_constants(split: Split) -> list[str]:
    return [
        assignment("VALIDATION_SHARE", split.validation),
        assignment("TEST_SHARE", split.test),
        assignment("SPLIT_SEED", split.seed),
    ]


def read_data_text(project: Project, facts: Facts) -> str:
    """The function ``read_data`` of the script."""
    if isinstance(project.data, ImageData):
        return _read_images(project, project.data, facts)
    assert isinstance(project.data, TableData)
    return _read_table(project, project.data, facts)


def _read_table(project: Project, data: TableData, facts: Facts) -> str:
    target = target_column(project, data)
    lines = [
        SIGNATURE,
        DOCSTRING,
        '    kinds = {name: feature["kind"] for name, feature in FEATURES.items()}',
        f"    kinds[TARGET] = {literal(target.kind)}",
    ]
    if data.split.by == "column":
        lines.append('    kinds.setdefault(SPLIT_COLUMN, "category")')
        split = "    train, validation, test = split_by_words(frame[SPLIT_COLUMN])"
    else:
        arguments = ["len(frame)", "VALIDATION_SHARE", "TEST_SHARE", "SPLIT_SEED"]
        if facts.target_kind != "number" and data.split.stratify:
            arguments.append("labels=frame[TARGET].to_numpy()")
        split = call("train, validation, test = split_rows(", arguments, depth=1)
    learned = ["frame.iloc[train]", "FEATURES", "TARGET", literal(facts.target_kind), literal(target.scale)]
    lines += [
        call("frame = read_table(", ["path", "kinds", *_format_arguments(data.format)], depth=1),
        "    frame = frame[usable_rows(frame, FEATURES, TARGET)]",
        split,
        call("preparation = learn_preparation(", learned, depth=1),
        "    parts = [table_part(frame.iloc[rows], preparation) for rows in (train, validation, test)]",
        "    return parts[0], parts[1], parts[2], preparation",
    ]
    return "\n".join(lines)


def _format_arguments(table: TableFormat) -> list[str]:
    usual = format_keywords(TableFormat())
    return [f"{name}={literal(value)}" for name, value in format_keywords(table).items() if value != usual[name]]


def _read_images(project: Project, data: ImageData, facts: Facts) -> str:
    by_folders = data.split.by == "folders"
    colour = image_fields(project)["mode"] == "colour"
    listed = ["path", literal(by_folders), "VALIDATION_SHARE", "TEST_SHARE", "SPLIT_SEED", literal(data.split.stratify)]
    lines = [
        SIGNATURE,
        DOCSTRING,
        call("paths, labels, classes, places = list_image_parts(", listed, depth=1),
        f"    pixels, kept, refused = read_images(paths, HEIGHT, WIDTH, colour={literal(colour)})",
        "    for image, reason in refused:",
        '        print(f"left out: {image}: {reason}")',
        "    chosen = [np.flatnonzero(np.isin(kept, rows)) for rows in places]",
        f"    parts = [image_part(pixels[rows], labels[kept[rows]], {literal(facts.target_kind)}) for rows in chosen]",
        f'    preparation = {{"target": {{"kind": {literal(facts.target_kind)}, "classes": classes}}}}',
        "    return parts[0], parts[1], parts[2], preparation",
    ]
    return "\n".join(lines)
