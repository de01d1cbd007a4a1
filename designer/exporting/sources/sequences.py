"""The text of a script that reads a folder of tables, each one sequence."""

from __future__ import annotations

from designer.exporting.literals import assignment, call, literal
from designer.exporting.sources.tables import column_names, format_arguments, steps_text
from designer.exporting.sources.targets import first_texts, shared_lines
from designer.exporting.sources.wording import (
    DOCSTRING,
    NUMBER_DOCSTRING,
    NUMBER_RETURN,
    RETURN,
    converting,
    share_constants,
    signature,
)
from designer.project.facts import Facts, is_class
from designer.project.model import Project, TableData
from designer.training.chosen import input_nodes
from designer.training.columns import CONVERT
from designer.training.file_groups import FOLDER, column_inside, has_table_of_labels, is_path_word, place_in_name
from designer.training.sources.sequences import ENDINGS, wanted
from designer.training.sources.series import Wanted
from designer.training.sources.splitting import time_column


def data_constants(project: Project, facts: Facts, data_path: str) -> str:
    """The constants that describe the files; ``data_path`` leads to their folder from the script's."""
    data = _table(project)
    want = wanted(project, data)
    lines = [assignment("DATA", data_path), assignment("FEATURES", want.features)]
    if len(want.inputs) > 1:
        names = column_names(want.inputs)
        lines += [assignment(name, list(chosen.columns)) for name, chosen in zip(names, want.inputs, strict=True)]
    lines.append(assignment("TARGET", want.names[0]))
    lines += [assignment("TIME", want.time)] if want.time else []
    lines += [assignment("GROUP", want.group)] if want.group and not is_path_word(want.group) else []
    lines.append(assignment("LENGTH", data.windows.length) + "  # the most steps of a file that are kept")
    return "\n".join([*lines, *share_constants(data.split)])


def _table(project: Project) -> TableData:
    assert isinstance(project.data, TableData)
    return project.data


def read_data_text(project: Project, facts: Facts) -> str:
    """The function ``read_data`` of the script."""
    data = _table(project)
    want, number = wanted(project, data), facts.target_kind == "number"
    targets = first_texts(project, data, facts)
    learned = "\n".join(targets.learned("files.iloc[train]"))
    masked = any(node.type == "mask_input" for node in input_nodes(project))
    lines = [
        signature(data.split, number),
        NUMBER_DOCSTRING if number else DOCSTRING,
        *_reading(want, number),
        *_splitting(want, is_class(facts.target_kind)),
        "    train, validation, test = kept_places((train, validation, test), usable)",
        "    files = files[usable]",
        "    frame, filled = fill_series(frame, frame.index.to_numpy(), FEATURES, [], 0)",
        "    frame = frame[filled]",
        "    numbers = frame.index.to_numpy()",
        "    trained = rows_of_files(numbers, train)",
        steps_text(want.features),
        "    features = learn_features(frame.iloc[trained], FEATURES, steps)",
        learned,
        '    preparation = {"features": features, "target": target}',
        "    length = kept_length(numbers[trained], LENGTH)",
        *(["    lengths = sequence_lengths(numbers, len(files))"] if masked else []),
        call("inputs = [", _inputs(project, want), after="]", depth=1),
        f'    answers = {targets.encoders[0]}(files[TARGET], preparation["target"])',
        "    parts = []",
        "    for rows in (train, validation, test):",
        "        chosen = tuple([torch.from_numpy(each[rows]) for each in inputs])",
        "        parts.append(Part(chosen, torch.from_numpy(answers[rows])))",
        *shared_lines(project, number),
        NUMBER_RETURN if number else RETURN,
    ]
    return "\n".join(lines)


def _reading(want: Wanted, number: bool) -> list[str]:
    """The lines that find the files and read them all."""
    data = want.data
    read = [str(feature["kind"]) for feature in want.features.values()]
    lines = ['    kinds = {name: feature["kind"] for name, feature in FEATURES.items()}']
    if want.time:
        kind = time_column(data).kind
        lines.append(f"    kinds.setdefault(TIME, {literal(kind)})")
        read.append(kind)
    if column_inside(data):
        lines.append('    kinds.setdefault(GROUP, "category")')
        read.append("category")
    labelled = has_table_of_labels(data)
    if labelled:
        read += ["category", want.targets[0].kind]
        group = _label_group(want)
    lines += converting(data.split, CONVERT, dict.fromkeys(read), data.columns)
    keywords = format_arguments(data.format)
    if labelled:
        more = ', GROUP: "category"' if group else ""
        lines.append(f'    labelled = {{"file": "category", TARGET: {literal(want.targets[0].kind)}{more}}}')
        lines.append(f"    read = partial(read_table, {', '.join(['columns=labelled', 'convert=convert', *keywords])})")
        lines.append(f"    files = read_labels(path, read, TARGET{', [GROUP]' if group else ''})")
    else:
        by_folders = literal(data.split.by == "folders")
        lines.append(f"    files = list_files(path, {literal(list(ENDINGS))}, by_folders={by_folders})")
        lines += ['    files = files.rename(columns={"class": TARGET})'] if want.names[0] != "class" else []
    lines.append(f"    read = partial(read_table, {', '.join(['columns=kinds', 'convert=convert', *keywords])})")
    time = ", TIME" if want.time else ""
    reading = f'    frame, usable, refused = read_sequences(files["path"].tolist(), read{time})'
    return [*lines, reading, "    for name, reason in refused:", '        print(f"left out: {name}: {reason}")']


def _label_group(want: Wanted) -> str:
    """The column of the table of labels that says which files belong together, where they are split by it."""
    return want.group if has_table_of_labels(want.data) and not is_path_word(want.group) else ""


def _groups(want: Wanted) -> str:
    """The expression for the group of each file."""
    if want.group == FOLDER:
        return 'folder_names(files["path"].tolist())'
    if is_path_word(want.group):
        return f'name_parts(files["path"].tolist(), {place_in_name(want.group)})'
    if _label_group(want):
        return 'files[GROUP].astype("str").to_numpy()'
    return 'groups_within(frame, files["path"].tolist(), usable, GROUP)'


def _splitting(want: Wanted, classes: bool) -> list[str]:
    split = want.data.split
    labels = ['files[TARGET].astype("str").to_numpy()'] if classes and split.stratify and not want.group else []
    if want.group and split.folds < 2:
        arguments = [_groups(want), "VALIDATION_SHARE", "TEST_SHARE", "SPLIT_SEED"]
        return [call("train, validation, test = split_groups(", arguments, depth=1)]
    if split.folds > 1:
        words = [f"labels={each}" for each in labels] + ([f"groups={_groups(want)}"] if want.group else [])
        arguments = ["len(files)", "FOLDS", "fold", "VALIDATION_SHARE", "SPLIT_SEED", *words]
        return [call("train, validation, test = split_fold(", arguments, depth=1)]
    first = 'files["part"].to_numpy()' if split.by == "folders" else "len(files)"
    function = "split_by_folders" if split.by == "folders" else "split_rows"
    arguments = [first, "VALIDATION_SHARE", "TEST_SHARE", "SPLIT_SEED", *labels]
    return [call(f"train, validation, test = {function}(", arguments, depth=1)]


def _inputs(project: Project, want: Wanted) -> list[str]:
    """An expression for each input of the network."""
    columns = dict(zip([each.node.id for each in want.inputs], column_names(want.inputs), strict=True))
    found = []
    for node in input_nodes(project):
        if node.type == "mask_input":
            found.append("steps_mask(lengths, length)")
            continue
        known = "features"
        if len(want.inputs) > 1:
            known = f"{{name: features[name] for name in {columns[node.id]}}}"
        found.append(f"pad_sequences(prepare_features(frame, {known}, steps), numbers, len(files), length)")
    return found
