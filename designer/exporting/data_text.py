"""The part of a script that says which data there is and how it is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from designer.exporting.literals import assignment, call, literal
from designer.project.facts import Facts
from designer.project.model import ImageData, Project, Split, TableData, TableFormat
from designer.training.columns import CONVERT, ENCODE, ENCODE_TARGET, LEARN, format_keywords
from designer.training.prepare import feature_columns, image_fields, target_column

SIGNATURE = "def read_data(path: Path) -> tuple[Part, Part, Part]:"
DOCSTRING = '    """The parts to train, validate and test with."""'
RETURN = "    return parts[0], parts[1], parts[2]"
# for a number, what was learned from it leads back to its own units
NUMBER_SIGNATURE = "def read_data(path: Path) -> tuple[Part, Part, Part, dict[str, Any]]:"
NUMBER_DOCSTRING = (
    '    """The parts to train, validate and test with, and what was learned from the first to prepare them."""'
)
NUMBER_RETURN = "    return parts[0], parts[1], parts[2], preparation"


def data_constants(project: Project, facts: Facts, data_path: str) -> str:
    """The constants that describe the data; ``data_path`` leads to it from the script's folder."""
    lines = [assignment("DATA", data_path)]
    if isinstance(project.data, TableData):
        features = feature_columns(project, project.data)
        lines.append(assignment("FEATURES", features))
        lines.append(assignment("TARGET", target_column(project, project.data).name))
        lines += [assignment("DROPPED", dropped)] if (dropped := _dropped(features)) else []
        if project.data.split.by == "column":
            return "\n".join([*lines, assignment("SPLIT_COLUMN", project.data.split.column)])
    else:
        fields = image_fields(project)
        lines.append(assignment("HEIGHT", fields["height"]))
        lines.append(assignment("WIDTH", fields["width"]))
    if project.data is not None:
        lines += _share_constants(project.data.split)
    return "\n".join(lines)


def _dropped(features: Mapping[str, Mapping[str, str]]) -> list[str]:
    """The features of which a gap means that the row is dropped."""
    return [name for name, feature in features.items() if feature["missing"] == "drop"]


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
    target, features = target_column(project, data), feature_columns(project, data)
    kinds = list(dict.fromkeys(feature["kind"] for feature in features.values()))
    read = list(dict.fromkeys([*kinds, target.kind]))
    number = facts.target_kind == "number"
    lines = [
        NUMBER_SIGNATURE if number else SIGNATURE,
        NUMBER_DOCSTRING if number else DOCSTRING,
        '    kinds = {name: feature["kind"] for name, feature in FEATURES.items()}',
        f"    kinds[TARGET] = {literal(target.kind)}",
    ]
    if data.split.by == "column":
        lines.append('    kinds.setdefault(SPLIT_COLUMN, "category")')
        read += [] if "category" in read else ["category"]
        split = "    train, validation, test = split_by_words(frame[SPLIT_COLUMN])"
    else:
        arguments = ["len(frame)", "VALIDATION_SHARE", "TEST_SHARE", "SPLIT_SEED"]
        if not number and data.split.stratify:
            arguments.append("labels=frame[TARGET].to_numpy()")
        split = call("train, validation, test = split_rows(", arguments, depth=1)
    if number:
        learned = f"learn_number_target(frame[TARGET].iloc[train], {literal(target.scale)})"
    else:
        learned = f"learn_class_target(frame[TARGET].iloc[train], {literal(facts.target_kind)})"
    unpacked = ["read=unpack"] if data.path.lower().endswith(".gz") else []
    reading = ["path", "kinds", "convert", *unpacked, *_format_arguments(data.format)]
    dropped = "[TARGET, *DROPPED]" if _dropped(features) else "[TARGET]"
    encoding = ["frame.iloc[rows]", "preparation", "encode", ENCODE_TARGET[facts.target_kind]]
    lines += [
        _functions("convert", CONVERT, read),
        call("frame = read_table(", reading, depth=1),
        f"    frame = frame.dropna(subset={dropped})",
        split,
        _functions("learn", LEARN, kinds),
        "    features = learn_features(frame.iloc[train], FEATURES, learn)",
        f'    preparation = {{"features": features, "target": {learned}}}',
        _functions("encode", ENCODE, kinds),
        f"    parts = [table_part({', '.join(encoding)}) for rows in (train, validation, test)]",
        NUMBER_RETURN if number else RETURN,
    ]
    return "\n".join(lines)


def _functions(name: str, by_kind: Mapping[str, str], kinds: Iterable[str]) -> str:
    """A dictionary called ``name`` with the function for each of the kinds that there are."""
    items = [f"{literal(kind)}: {by_kind[kind]}" for kind in kinds]
    return call(f"{name} = {{", items, after="}", depth=1)


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
        call("paths, labels, _, places = list_image_parts(", listed, depth=1),
        f"    pixels, kept, refused = read_images(paths, HEIGHT, WIDTH, colour={literal(colour)})",
        "    for image, reason in refused:",
        '        print(f"left out: {image}: {reason}")',
        "    chosen = [np.flatnonzero(np.isin(kept, rows)) for rows in places]",
        f"    parts = [image_part(pixels[rows], labels[kept[rows]], {literal(facts.target_kind)}) for rows in chosen]",
        RETURN,
    ]
    return "\n".join(lines)
