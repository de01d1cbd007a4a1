"""The text of a script that cuts windows out of a series."""

from __future__ import annotations

from designer.exporting.literals import assignment, call, literal
from designer.exporting.sources.tables import column_names, reader_arguments, steps_text
from designer.exporting.sources.targets import first_texts, shared_lines
from designer.exporting.sources.wording import (
    DOCSTRING,
    NUMBER_DOCSTRING,
    NUMBER_RETURN,
    RETURN,
    converting,
    signature,
)
from designer.project.facts import Facts
from designer.project.model import Project, Split, TableData
from designer.training.chosen import column_with_role
from designer.training.columns import CONVERT, reader_of
from designer.training.sources.series import Wanted, wanted
from designer.training.sources.splitting import time_column


def data_constants(project: Project, facts: Facts, data_path: str) -> str:
    """The constants that describe the series; ``data_path`` leads to it from the script's folder."""
    data = _table(project)
    want, split, weight = wanted(project, data), data.split, column_with_role(data, "weight")
    lines = [assignment("DATA", data_path), assignment("FEATURES", want.features)]
    if len(want.inputs) > 1:
        names = column_names(want.inputs)
        lines += [assignment(name, list(chosen.columns)) for name, chosen in zip(names, want.inputs, strict=True)]
    lines.append(assignment("TARGETS", want.names) if len(want.names) > 1 else assignment("TARGET", want.names[0]))
    lines += [assignment("TIME", want.time)] if want.time else []
    lines += [assignment("GROUP", want.group)] if want.group else []
    lines += [assignment("AHEAD", want.ahead)] if want.ahead else []
    lines += [assignment("WEIGHT", weight)] if weight else []
    lines += [
        assignment("LENGTH", data.windows.length),
        assignment("HORIZON", data.windows.horizon),
        assignment("STRIDE", data.windows.stride),
    ]
    return "\n".join([*lines, *_split_constants(split)])


def _split_constants(split: Split) -> list[str]:
    if split.by == "column":
        return [assignment("SPLIT_COLUMN", split.column)]
    lines = [assignment("TEST_DATA", split.file)] if split.by == "file" else []
    lines.append(assignment("VALIDATION_SHARE", split.validation))
    if split.folds > 1:
        lines.append(assignment("FOLDS", split.folds))
    elif split.by != "file":
        lines.append(assignment("TEST_SHARE", split.test))
    return lines + ([assignment("SPLIT_SEED", split.seed)] if split.by == "group" else [])


def _table(project: Project) -> TableData:
    assert isinstance(project.data, TableData)
    return project.data


def read_data_text(project: Project, facts: Facts) -> str:
    """The function ``read_data`` of the script."""
    data = _table(project)
    want, number = wanted(project, data), facts.target_kind == "number"
    targets, weight = first_texts(project, data, facts), column_with_role(data, "weight")
    cells = "frame[TARGETS]" if len(want.names) > 1 else "frame[TARGET]"
    learned = "\n".join(targets.learned("frame[part == 0]"))
    ahead = "AHEAD" if want.ahead else "[]"
    learning = "rows_to_learn(series, part, HORIZON)" if want.ahead else "part == 0"
    cut = ["series", "part", "usable", "known", "LENGTH", "HORIZON", "STRIDE"]
    made = ["values", "answers", "last", "LENGTH", "HORIZON", *(["weights"] if weight else [])]
    lines = [
        signature(data.split, number),
        NUMBER_DOCSTRING if number else DOCSTRING,
        *_reading(want),
        *_splitting(want),
        "    part = parts_of_rows(len(frame), (train, validation, test))",
        f"    seen, usable = fill_series(frame, series, FEATURES, {ahead}, HORIZON)",
        steps_text(want.features),
        f"    features = learn_features(seen[{learning}], FEATURES, steps)",
        learned,
        '    preparation = {"features": features, "target": target}',
        f'    answers, known = known_targets({cells}, preparation["target"], {targets.encoders[0]})',
        *_values(want),
        *(["    weights = sample_weights(frame[WEIGHT])"] if weight else []),
        call("windows = find_windows(", cut, depth=1),
        f"    parts = [window_part({', '.join(made)}) for last in windows]",
        *shared_lines(project, number),
        NUMBER_RETURN if number else RETURN,
    ]
    return "\n".join(lines)


def _reading(want: Wanted) -> list[str]:
    """The lines that read the table, or both, and put rows in order."""
    data = want.data
    read = [*(str(feature["kind"]) for feature in want.features.values()), *(each.kind for each in want.targets)]
    lines = ['    kinds = {name: feature["kind"] for name, feature in FEATURES.items()}']
    if len(want.targets) > 1:
        lines.append('    kinds |= dict.fromkeys(TARGETS, "number")')
    else:
        lines.append(f"    kinds[TARGET] = {literal(want.targets[0].kind)}")
    others = [("GROUP", "category")] if want.group else []
    others += [("TIME", time_column(data).kind)] if want.time else []
    others += [("SPLIT_COLUMN", "category")] if data.split.by == "column" else []
    others += [("WEIGHT", "number")] if column_with_role(data, "weight") else []
    lines += [f"    kinds.setdefault({name}, {literal(kind)})" for name, kind in others]
    kinds = dict.fromkeys([*read, *(kind for _, kind in others)])
    lines += converting(data.split, CONVERT, kinds, data.columns)
    lines += _read_ordered(want, "frame, series", "path", data.path)
    if data.split.by == "file":
        lines += _read_ordered(want, "tests, others", "find_data(TEST_DATA, __file__)", data.split.file)
    return lines


def _read_ordered(want: Wanted, names: str, path: str, file: str) -> list[str]:
    frame = names.split(", ")[0]
    arguments = [f"{frame}.dropna(subset=[TIME])" if want.time else frame]
    arguments += [f"{word}={word.upper()}" for word, name in (("group", want.group), ("time", want.time)) if name]
    return [
        call(f"{frame} = {reader_of(file)}(", reader_arguments(path, file, want.data.format, want.data.sheet), depth=1),
        call(f"{names} = in_series(", arguments, depth=1),
    ]


def _splitting(want: Wanted) -> list[str]:
    """The lines that divide the rows."""
    split, before = want.data.split, "train, validation, test = "
    times = "frame[TIME].to_numpy()" if want.time else "steps_of_series(series)"
    if split.folds > 1 and split.by == "time":
        return [f"    {before}split_fold_in_time({times}, FOLDS, fold, VALIDATION_SHARE)"]
    if split.folds > 1:
        arguments = ["len(frame)", "FOLDS", "fold", "VALIDATION_SHARE", "SPLIT_SEED"]
        arguments.append('groups=frame[GROUP].astype("str").to_numpy()')
        return [call(f"{before}split_fold(", arguments, depth=1)]
    if split.by == "column":
        return [f"    {before}split_by_words(frame[SPLIT_COLUMN])"]
    if split.by == "group":
        arguments = ['frame[GROUP].astype("str").to_numpy()', "VALIDATION_SHARE", "TEST_SHARE", "SPLIT_SEED"]
        return [call(f"{before}split_groups(", arguments, depth=1)]
    if split.by == "file":
        return [
            f"    train, validation, _ = split_in_time({times}, VALIDATION_SHARE, 0.0)",
            "    test = np.arange(len(frame), len(frame) + len(tests))",
            "    frame = pd.concat([frame, tests])",
            "    series = np.concatenate([series, others + series.max() + 1])",
        ]
    return [f"    {before}split_in_time({times}, VALIDATION_SHARE, TEST_SHARE)"]


def _values(want: Wanted) -> list[str]:
    """The lines that prepare what each input sees of every row."""
    if len(want.inputs) == 1:
        return ["    values = [prepare_features(seen, features, steps)]"]
    made = [
        f"prepare_features(seen, {{name: features[name] for name in {columns}}}, steps)"
        for columns in column_names(want.inputs)
    ]
    return [call("values = [", made, after="]", depth=1)]
