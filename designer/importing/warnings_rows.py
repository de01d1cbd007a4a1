"""Warnings of rows: repeated ones, ones without a target, classes, and how rows are split."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from designer.compiler.problems import Fix
from designer.importing.answers import DataWarning, split_by, with_metric, with_split, without_repeats
from designer.importing.profiles import ColumnProfile, PartsProfile, TableProfile
from designer.importing.warning_words import counted, figure, listed, percent, quoted
from designer.importing.warnings_pairs import USED, roles_of
from designer.project.edits import set_data
from designer.project.model import Project, Split, TableData
from designer.training.file_groups import is_path_word
from designer.training.sources.splitting import few_groups_words
from designer.training.text_folders import is_text_folder

GROUP_NAME = re.compile(
    r"(^|[_ .-])(patient|subject|user|customer|client|person|participant|household|family|session|device|sensor|shop|"
    r"store|author|speaker|player|team|school|hospital|site|plot|animal|sample|batch|group)([_ .-]?(id|nr|no|number|"
    r"name|code|key))?$",
    re.IGNORECASE,
)
MANY_REPEATS, SOME_REPEATS, FEWEST_REPEATS = 0.01, 0.002, 10
# of the test part
MANY_SHARED, SOME_SHARED, FEWEST_SHARED = 0.05, 0.01, 2
FEW_TEST_ROWS = 20
MOSTLY_ONE = 0.8
FEWEST_OF_A_CLASS = 10
FEWEST_TIMES = 20
FEWEST_GROUPS, FOLDS = 10, 5
BEYOND = 0.05


def find_repeated(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Rows that say the same as another, be it in another part."""
    if data.samples != "rows" or data.drop_duplicates:
        return
    parts = profile.parts if profile.parts is not None and profile.parts.by == data.split.by else None
    shared, tests = (parts.shared, parts.rows["test"]) if parts is not None else (0, 0)
    share, met = profile.repeated_rows / max(profile.rows, 1), shared / max(tests, 1)
    repeated = profile.repeated_rows >= FEWEST_REPEATS and share >= SOME_REPEATS
    spoiled = shared >= FEWEST_SHARED and met >= SOME_SHARED
    if not repeated and not spoiled:
        return
    if is_text_folder(data):
        yield _repeated_texts(profile.repeated_rows if repeated else 0, profile.rows, shared, tests, data.split.by)
        return
    every = f"in every column but {quoted(data.split.column)}" if data.split.by == "column" else "in every column"
    which = f"{shared:,} of {counted(tests, 'test row')} ({percent(met)})"
    where = "a row of the table" if data.split.by == "file" else "one to train with"
    if repeated:
        said = (
            f"{counted(profile.repeated_rows, 'row')} of {profile.rows:,} ({percent(share)}) say the same as an earlier"
            f" one {every}"
        )
        said += f"; {which} can be met while training, so that the test looks better than it is" if shared else ""
    else:
        said = f"{which} say the same as {where} {every}, so that the test looks better than it is"
    # parts that people made are meant to have no row in common
    apart = data.split.by in ("file", "column")
    many = spoiled and met >= MANY_SHARED
    yield DataWarning(
        "important" if many and apart else "warning" if many or share >= MANY_REPEATS else "hint",
        "repeated_rows",
        (),
        f"{said}. If they were copied by mistake and are not things that happen to be alike, leave them out.",
        (without_repeats(),),
    )


def _repeated_texts(repeated: int, texts: int, shared: int, tests: int, by: str) -> DataWarning:
    """The warning of texts that are there more than once, each a file of its own."""
    which, met = f"{shared:,} of {counted(tests, 'test text')}", shared / max(tests, 1)
    said = f"{counted(repeated, 'text')} of {texts:,} ({percent(repeated / texts)}) say the same as an earlier one"
    if shared:
        where = "one to train or validate with" if by == "folders" else "one to train with"
        which += f" ({percent(met)}) say the same as {where}, so that the test looks better than it is"
        said = f"{said}; {which}" if repeated else which
    many = shared >= FEWEST_SHARED and met >= MANY_SHARED
    return DataWarning(
        "important" if many and by == "folders" else "warning" if many or repeated >= MANY_REPEATS * texts else "hint",
        "repeated_rows",
        (),
        f"{said}. If they were copied by mistake, leave them out.",
        (without_repeats("texts"),),
    )


def find_target(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Rows without a target, and classes with too few rows."""
    target = profile.column(profile.target)
    if target is None:
        return
    if target.missing:
        yield DataWarning(
            "hint",
            "target_missing",
            (target.name,),
            f"{counted(target.missing, 'row')} of {profile.rows:,} {'has' if target.missing == 1 else 'have'} no"
            f" {quoted(target.name)}: nothing can be learned from {'it' if target.missing == 1 else 'them'}, so"
            f" {'it is' if target.missing == 1 else 'they are'} left out.",
            settled=True,
        )
    rare = [word for word, count in profile.classes if count < FEWEST_OF_A_CLASS]
    if rare and _has_classes(data, target.name):
        least = profile.classes[-1][1]
        yield DataWarning(
            "warning",
            "rare_class",
            (target.name,),
            f"{listed(rare)} of {quoted(target.name)} {'has' if len(rare) == 1 else 'have'} few rows, as few as"
            f" {least}: too few to learn and to test them. Gather more, or join such classes in the file.",
        )


def _has_classes(data: TableData, target: str) -> bool:
    return any(column.name == target and column.kind != "number" for column in data.columns)


def find_imbalance(profile: TableProfile, project: Project) -> Iterator[DataWarning]:
    """A target that is nearly always of one class, measured by accuracy alone."""
    target, data = profile.column(profile.target), project.data
    if target is None or not profile.classes or not isinstance(data, TableData) or not _has_classes(data, target.name):
        return
    word, most = profile.classes[0]
    share = most / max(target.count, 1)
    if share >= MOSTLY_ONE and len(profile.classes) > 1 and not {"f1", "recall"} & set(project.training.metrics):
        yield DataWarning(
            "warning",
            "imbalance",
            (target.name,),
            f"{percent(share)} of the rows are of class {quoted(word)}: always answering this would be right so often,"
            " so accuracy says little here. Look at F1 too.",
            (with_metric("f1", "F1"),),
        )


def find_empty_parts(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Parts that get no row because none of few groups fits into them."""
    yield from empty_parts(profile.parts, data.split)


def empty_parts(parts: PartsProfile | None, split: Split) -> Iterator[DataWarning]:
    """The same of parts that are known, be they of rows or of pictures that a table names."""
    said = _without_rows(parts, split)
    if said and parts is not None:
        enough = parts.groups >= FOLDS and not parts.rows["test"] and split.test > 0
        answers = (with_split(f"Use {FOLDS} folds", folds=FOLDS),) if enough else ()
        yield DataWarning("warning", "empty_part", (), said, answers)


def _without_rows(parts: PartsProfile | None, split: Split) -> str:
    if parts is None or parts.by != split.by or split.folds > 1:
        return ""
    return few_groups_words(split, parts.rows, parts.groups)


def find_small_test(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """A test part of so few rows that its figures are a matter of chance."""
    if profile.parts is None or profile.parts.by != data.split.by or data.split.folds > 1:
        return
    count = profile.parts.rows["test"]
    # why whole groups leave none is said for itself
    if count >= FEW_TEST_ROWS or (not count and data.split.test > 0 and _without_rows(profile.parts, data.split)):
        return
    timed = data.split.by == "time"
    foldable = (timed or data.split.by in ("share", "group")) and profile.rows >= FEW_TEST_ROWS
    answers = (with_split(f"Use {FOLDS} folds", folds=FOLDS),) if foldable else ()
    has = "There is no test part" if not count else f"The test part has {counted(count, 'row')}"
    why = "nothing says how well the network will do" if not count else "its figures are a matter of chance"
    tested = "five stretches of time are tested, each by what lies before it" if timed else "each row is tested once"
    more = f" With 5 folds, {tested}." if answers else ""
    yield DataWarning("hint", "small_test", (), f"{has}: {why}.{more}", answers)


def find_time(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Rows in the order of time that are split by chance."""
    roles = roles_of(data)
    if data.split.by != "share" or "time" in roles.values():
        return
    for column in profile.columns:
        times = column.times
        if times is None or not times.ordered or column.unique < FEWEST_TIMES or column.missing or times.unread:
            continue
        if roles.get(column.name) not in (*USED, "ignored"):
            continue
        step = f", {times.step}" if times.step and times.step != "regular" else ""
        yield DataWarning(
            "important",
            "time",
            (column.name,),
            f"{quoted(column.name)} goes from {times.earliest} to {times.latest}{step}, and the rows stand in this"
            " order, but they are split by chance: the network would be tested on times between those that it has seen."
            " Split by time, so that the latest rows test it.",
            (_in_time(column.name, profile.target),),
        )
        return


def _in_time(name: str, target: str) -> Fix:
    """Splits by time; where no feature is left then, windows of the series are what is learned from."""
    plain = split_by("Split by time", "time", name)

    def edit(project: Project) -> Project:
        changed = plain.edit(project)
        data = changed.data
        if isinstance(data, TableData) and not any(
            column.role in USED and column.name != target for column in data.columns
        ):
            return set_data(changed, replace(data, samples="windows"))
        return changed

    return Fix(plain.label, edit)


def find_groups(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Several rows of the same person or thing that are split by chance."""
    roles = roles_of(data)
    if data.split.by != "share" or "group" in roles.values():
        return
    for column in profile.columns:
        if column.name == profile.target or roles.get(column.name) not in (*USED, "ignored"):
            continue
        if is_path_word(column.name):
            yield _files_in_groups(column)
            return
        if not GROUP_NAME.search(column.name) or not _groups_rows(column):
            continue
        each = column.count / column.unique
        yield DataWarning(
            "important",
            "group",
            (column.name,),
            f"{quoted(column.name)} has {column.unique:,} values with {figure(round(each, 1))} rows each on average."
            " Split by chance, rows of the same one are trained with and tested; split by group, the test says"
            " how well the network does for new ones.",
            (split_by("Split by group", "group", column.name),),
        )


def _files_in_groups(column: ColumnProfile) -> DataWarning:
    """That several files have a word in common; only a person knows whether they belong together."""
    word = next(iter(column.histogram.words), "")
    return DataWarning(
        "hint",
        "group",
        (column.name,),
        f"The {column.name} is the same in several files, such as {quoted(word)}. If it names a person or a thing that"
        " all of them are of, split by group, so that the test says how well the network does for new ones.",
        (split_by("Split by group", "group", column.name),),
    )


def _groups_rows(column: ColumnProfile) -> bool:
    if column.unique < FEWEST_GROUPS or column.count < 2 * column.unique or column.missing:
        return False
    return column.numbers is None or column.numbers.whole


def find_shifts(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Test rows unlike those to train with, where it is not chance that has divided them."""
    if profile.parts is None or profile.parts.by != data.split.by:
        return
    roles, tests = roles_of(data), profile.parts.rows["test"]
    shifts = [each for each in profile.parts.shifts if roles.get(each.column) in (*USED, "target")]
    far = [each for each in shifts if each.beyond > max(1, BEYOND * tests)]
    unlike = [each for each in shifts if each.distance > max(0.2, each.expected) and each not in far]
    # windows are never split by chance
    chance = data.split.by == "column" and data.samples != "windows"
    answers = (with_split("Split by chance", by="share"),) if chance else ()
    if far:
        worst = max(far, key=lambda each: each.beyond)
        yield DataWarning(
            "warning",
            "test_beyond",
            tuple(each.column for each in far),
            f"In the test part, {listed([each.column for each in far])} {'holds' if len(far) == 1 else 'hold'} values"
            f" that training never comes near: {counted(worst.beyond, 'row')} of {tests:,} of {quoted(worst.column)}."
            " What the network says of them is a guess.",
            answers,
        )
    if unlike:
        worst = max(unlike, key=lambda each: each.distance)
        yield DataWarning(
            "hint",
            "test_unlike",
            tuple(each.column for each in unlike),
            f"The test part is unlike the training part in {listed([each.column for each in unlike])}: for"
            f" {quoted(worst.column)} the two distributions are {percent(worst.distance)} apart. Expect its figures to"
            " be worse than those of validation.",
            answers,
        )


FINDERS = (find_time, find_groups, find_repeated, find_target, find_empty_parts, find_small_test, find_shifts)
