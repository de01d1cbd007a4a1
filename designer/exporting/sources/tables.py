"""The text of a script that reads the rows of a table."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from designer.compiler.names import identifier
from designer.compiler.variables import fresh
from designer.exporting.literals import WIDTH, assignment, call, literal
from designer.exporting.sources.targets import TargetTexts, target_texts
from designer.exporting.sources.wording import (
    DOCSTRING,
    NUMBER_DOCSTRING,
    NUMBER_RETURN,
    RETURN,
    converting,
    share_constants,
    signature,
)
from designer.layers.preparations import functions_of
from designer.project.facts import Facts
from designer.project.model import Data, Project, TableData, TableFormat
from designer.training.chosen import (
    INPUT_KINDS,
    ChosenInput,
    chosen_inputs,
    column_with_role,
    feature_settings,
)
from designer.training.columns import (
    CONVERT,
    format_keywords,
    needed,
    reader_keywords,
    reader_of,
)
from designer.training.sources.splitting import split_columns
from designer.training.sources.tables import timed
from designer.training.text_folders import is_text_folder

Settings = Mapping[str, Mapping[str, Any]]

# rows of the test part have negative lines, as in training
TESTS_BELOW = ("    tests.index = -tests.index", "    frame = pd.concat([frame, tests])")


def data_constants(project: Project, facts: Facts, data_path: str) -> str:
    """The constants that describe the table; ``data_path`` leads to it from the script's folder."""
    data = _table(project)
    inputs = chosen_inputs(project, data)
    features = feature_settings(inputs)
    lines = [assignment("DATA", data_path), *column_constants(inputs)]
    lines += target_texts(project, data, facts).constants
    lines += [assignment("DROPPED", dropped)] if (dropped := needed(features)) else []
    lines += [assignment("WEIGHT", weight)] if (weight := column_with_role(data, "weight")) else []
    if data.split.by == "file":
        lines.append(assignment("TEST_DATA", data.split.file))
    lines += [assignment("SPLIT_COLUMN", name) for name in split_columns(data)]
    return "\n".join(lines if data.split.by == "column" else [*lines, *share_constants(data.split)])


def column_constants(inputs: list[ChosenInput]) -> list[str]:
    """The constants that describe the columns which inputs take; none where no input takes any."""
    lines = [assignment("FEATURES", feature_settings(inputs))] if inputs else []
    if len(inputs) > 1:
        names = column_names(inputs)
        lines += [assignment(name, list(chosen.columns)) for name, chosen in zip(names, inputs, strict=True)]
    return lines


def column_names(inputs: list[ChosenInput]) -> list[str]:
    """The constants with the columns of each of several inputs."""
    taken: list[str] = []
    for chosen in inputs:
        taken.append(fresh(f"{identifier(chosen.node.name, 'input').upper()}_COLUMNS", taken))
    return taken


def _table(project: Project) -> TableData:
    assert isinstance(project.data, TableData)
    return project.data


def read_data_text(project: Project, facts: Facts) -> str:
    """The function ``read_data`` of the script."""
    data = _table(project)
    inputs, targets = chosen_inputs(project, data), target_texts(project, data, facts)
    features = feature_settings(inputs)
    kinds = list(dict.fromkeys(str(feature["kind"]) for feature in features.values()))
    parts = _parts(data, inputs, targets)
    kept = targets.told or any("preparation" in line for line in parts)
    lines = [
        signature(data.split, targets.told),
        NUMBER_DOCSTRING if targets.told else DOCSTRING,
        *_reading(data, features, targets, kinds),
        splitting(data, targets),
        steps_text(features),
        "    features = learn_features(frame.iloc[train], FEATURES, steps)",
        *targets.learned("frame.iloc[train]"),
        *([call("preparation = {", ['"features": features', *targets.entry], after="}", depth=1)] if kept else []),
        *parts,
        NUMBER_RETURN if targets.told else RETURN,
    ]
    return "\n".join(lines)


def _reading(data: TableData, features: Settings, targets: TargetTexts, kinds: list[str]) -> list[str]:
    """The lines that read the table and leave out the rows that cannot be used."""
    compared = "frame.drop(columns=SPLIT_COLUMN)" if data.split.by in ("column", "folders") else "frame"
    repeated = [f"    frame = frame[~{compared}.duplicated()]"] if data.drop_duplicates else []
    if is_text_folder(data):
        return [*_reading_texts(data), *repeated]
    read = [*kinds, *targets.read]
    lines = ['    kinds = {name: feature["kind"] for name, feature in FEATURES.items()}', *targets.kind_lines]
    if column_with_role(data, "weight"):
        lines.append('    kinds[WEIGHT] = "number"')
        read.append("number")
    for kind in split_columns(data).values():
        lines.append(f"    kinds.setdefault(SPLIT_COLUMN, {literal(kind)})")
        read.append(kind)
    lines += converting(data.split, CONVERT, dict.fromkeys(read), data.columns)
    lines.append(
        call(f"frame = {reader_of(data.path)}(", reader_arguments("path", data.path, data.format, data.sheet), depth=1)
    )
    if data.split.by == "file":
        where, file = "find_data(TEST_DATA, __file__)", data.split.file
        arguments = reader_arguments(where, file, data.format, data.sheet)
        lines.append(call(f"tests = {reader_of(data.split.file)}(", arguments, depth=1))
        lines += list(TESTS_BELOW)
    names = [*targets.needed]
    names += [*(["*DROPPED"] if needed(features) else []), *(["SPLIT_COLUMN"] if timed(data) else [])]
    dropped = "TARGETS" if names == ["*TARGETS"] else f"[{', '.join(names)}]"
    if names:
        lines.append(f"    frame = frame.dropna(subset={dropped})")
    return [*lines, *repeated]


def _reading_texts(data: TableData) -> list[str]:
    """The lines that read a folder of texts, and that with the test part where there is one."""
    encoding = data.format.encoding
    how = [f"by_folders={literal(data.split.by == 'folders')}"]
    how += [f"encoding={literal(encoding)}"] if encoding != "utf-8" else []
    lines = [call("frame = read_text_folder(", ["path", *how], depth=1)]
    if data.split.by == "file":
        lines.append(call("tests = read_text_folder(", ["find_data(TEST_DATA, __file__)", *how], depth=1))
        lines += list(TESTS_BELOW)
    return lines


def reader_arguments(path: str, file: str, table: TableFormat, sheet: str = "") -> list[str]:
    """The arguments of the function that reads the file to which the expression ``path`` leads."""
    unpacked = ["read=unpack"] if Path(file).suffix.lower() == ".gz" else []
    usual = format_keywords(TableFormat())
    keywords = reader_keywords(file, table, sheet)
    said = [f"{name}={literal(value)}" for name, value in keywords.items() if name not in usual or value != usual[name]]
    return [path, "kinds", "convert", *unpacked, *said]


def format_arguments(table: TableFormat) -> list[str]:
    """The keywords for what is not as usual in the way a table is written."""
    usual = format_keywords(TableFormat())
    return [f"{name}={literal(value)}" for name, value in format_keywords(table).items() if value != usual[name]]


def splitting(data: Data, targets: TargetTexts) -> str:
    """The lines that divide the rows."""
    before = "train, validation, test = "
    if data.split.folds > 1:
        return fold_splitting(data, targets)
    if data.split.by == "column":
        return f"    {before}split_by_words(frame[SPLIT_COLUMN])"
    if data.split.by == "group":
        arguments = ['frame[SPLIT_COLUMN].astype("str").to_numpy()', "VALIDATION_SHARE", "TEST_SHARE", "SPLIT_SEED"]
        return call(f"{before}split_groups(", arguments, depth=1)
    if data.split.by == "time":
        arguments = ["frame[SPLIT_COLUMN].to_numpy()", "VALIDATION_SHARE", "TEST_SHARE"]
        return call(f"{before}split_in_time(", arguments, depth=1)
    stratified = targets.labels if data.split.stratify else ""
    if data.split.by == "folders":
        words = [f'{stratified}.astype("str").to_numpy()'] if stratified else []
        arguments = ["frame[SPLIT_COLUMN].to_numpy()", "VALIDATION_SHARE", "TEST_SHARE", "SPLIT_SEED", *words]
        return call(f"{before}split_by_folders(", arguments, depth=1)
    if data.split.by == "file":
        labels = [f"labels=class_places({stratified}.iloc[:count])"] if stratified else []
        arguments = ["count", "VALIDATION_SHARE", "0.0", "SPLIT_SEED", *labels]
        return "\n".join(
            [
                "    count = int((frame.index > 0).sum())",
                call("train, validation, _ = split_rows(", arguments, depth=1),
                "    test = np.arange(count, len(frame))",
            ]
        )
    labels = [f"labels=class_places({stratified})"] if stratified else []
    arguments = ["len(frame)", "VALIDATION_SHARE", "TEST_SHARE", "SPLIT_SEED", *labels]
    return call(f"{before}split_rows(", arguments, depth=1)


def fold_splitting(data: Data, targets: TargetTexts) -> str:
    """The lines that divide the rows where one of several folds is tested with."""
    if data.split.by == "time":
        arguments = ["frame[SPLIT_COLUMN].to_numpy()", "FOLDS", "fold", "VALIDATION_SHARE"]
        return call("train, validation, test = split_fold_in_time(", arguments, depth=1)
    arguments = ["len(frame)", "FOLDS", "fold", "VALIDATION_SHARE", "SPLIT_SEED"]
    if data.split.by == "group":
        arguments.append('groups=frame[SPLIT_COLUMN].astype("str").to_numpy()')
    elif targets.labels and data.split.stratify:
        arguments.append(f"labels=class_places({targets.labels})")
    return call("train, validation, test = split_fold(", arguments, depth=1)


def steps_text(features: Settings) -> str:
    """The dictionary of the functions that learn and do each step, by kind of column and way."""
    ways = {
        kind: [f"{literal(way)}: ({learn}, {apply})" for way, (learn, apply) in used.items()]
        for kind, used in functions_of(features).items()
    }
    items = [f"{literal(kind)}: {{{', '.join(each)}}}" for kind, each in ways.items()]
    whole = call("steps = {", items, after="}", depth=1)
    if all(len(line) <= WIDTH for line in whole.split("\n")):
        return whole
    broken = [call(f"{literal(kind)}: {{", each, after="},", depth=2) for kind, each in ways.items()]
    return "\n".join(["    steps = {", *broken, "    }"])


def _parts(data: TableData, inputs: list[ChosenInput], targets: TargetTexts) -> list[str]:
    """The lines that prepare the three parts."""
    arrays = array_texts(inputs)
    weight = ", torch.from_numpy(sample_weights(part[WEIGHT]))" if column_with_role(data, "weight") else ""
    single = f"        inputs = ({arrays[0]},)"
    return [
        "    parts = []",
        "    for rows in (train, validation, test):",
        "        part = frame.iloc[rows]",
        single if len(arrays) == 1 else call("inputs = (", arrays, depth=2),
        targets.made("part"),
        f"        parts.append(Part(inputs, targets{weight}))",
    ]


def array_texts(inputs: list[ChosenInput]) -> list[str]:
    """The expressions that make a tensor for each input of ``part``."""
    names = column_names(inputs) if len(inputs) > 1 else [""]
    return [f"torch.from_numpy({array_text(*each)})" for each in zip(inputs, names, strict=True)]


def array_text(chosen: ChosenInput, columns: str) -> str:
    """The expression that makes an input's array of ``part``; ``columns`` is the constant that names those it takes."""
    features = f"{{name: features[name] for name in {columns}}}" if columns else "features"
    prepare = INPUT_KINDS[chosen.node.type].prepare
    return f"{prepare}(part, {features}, steps)"
