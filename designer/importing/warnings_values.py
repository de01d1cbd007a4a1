"""Warnings of values: spoiled cells, codes in disguise, numbers that stand for missing, outliers, skew, spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from designer.compiler.problems import Fix
from designer.importing.answers import DataWarning, as_category, change, ignore
from designer.importing.profiles import ColumnProfile, Numbers, TableProfile
from designer.importing.warning_words import counted, figure, lines_of, listed, percent, quoted
from designer.importing.warnings_pairs import USED, roles_of, used_columns
from designer.project.model import Column, TableData

CODE_NAME = re.compile(
    r"(^|[_ .-])p?(code|type|class|category|kind|level|grade|group|rank|zone|region|district|zip|zipcode|postcode|plz|"
    r"species|status|cluster|segment|channel|store|shop|origin|gender|sex|race|education|occupation)([_ .-]?(id|nr|no|"
    r"number|code))?$",
    re.IGNORECASE,
)
MOST_CODES = 20
FEWEST_CODES = 3
ROWS_A_CODE = 5
OUTLYING = 0.01
LOPSIDED = 0.6
FEWEST_DIFFERENT = 20
NAMED_APART = 3


def find_spoiled(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Columns of numbers with a few cells that are none."""
    roles = roles_of(data)
    for column in profile.columns:
        if not column.spoiled or roles.get(column.name) not in (*USED, "ignored", "target"):
            continue
        cells = ", ".join(f"{quoted(word)} in line {line}" for line, word in column.spoiled[:3])
        more = f" and {column.spoiled_count - 3} more" if column.spoiled_count > 3 else ""
        left_out = roles[column.name] == "ignored"
        yield DataWarning(
            "hint" if left_out else "warning",
            "spoiled_numbers",
            (column.name,),
            f"{quoted(column.name)} holds numbers, but {counted(column.spoiled_count, 'cell')}"
            f" {'is' if column.spoiled_count == 1 else 'are'} none: {cells}{more}. Mend or empty"
            f" {'it' if column.spoiled_count == 1 else 'them'} in the file and read it again"
            f"{'; till then it is left out' if left_out else ''}.",
            () if left_out or roles[column.name] == "target" else (ignore([column.name], "Leave it out for now"),),
        )


def find_guessed_dates(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Dates in numbers of which none proves whether the day or the month comes first."""
    roles = roles_of(data)
    settled = {column.name for column in data.columns if column.day_first != "auto"}
    for column in profile.columns:
        times = column.times
        if column.name in settled:
            continue
        if times is not None and times.guessed and roles.get(column.name) in (*USED, "time"):
            yield DataWarning(
                "warning",
                "date_order",
                (column.name,),
                f"Nothing in {quoted(column.name)} says whether the day or the month comes first in its dates; they are"
                f" read with the month first, from {times.earliest} to {times.latest}.",
                (
                    change("Month first", [column.name], day_first="no"),
                    change("Day first", [column.name], day_first="yes"),
                ),
            )


def find_codes(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Few whole numbers that are called as codes are."""
    declared = {column.name: column for column in data.columns}
    for column in used_columns(profile, data):
        numbers = column.numbers
        if declared[column.name].kind != "number" or numbers is None or not numbers.whole:
            continue
        if not FEWEST_CODES <= column.unique <= MOST_CODES or column.count < ROWS_A_CODE * column.unique:
            continue
        if CODE_NAME.search(column.name):
            yield DataWarning(
                "hint",
                "codes",
                (column.name,),
                f"{quoted(column.name)} holds {column.unique} whole numbers from {figure(numbers.minimum)} to"
                f" {figure(numbers.maximum)}. If these are codes, of which none is more than another, treat them as"
                " categories.",
                (as_category([column.name]),),
            )


def find_sentinels(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Numbers far from all others that people write for missing."""
    for column in used_columns(profile, data):
        numbers = column.numbers
        if numbers is None or numbers.sentinel is None:
            continue
        yield DataWarning(
            "important",
            "sentinel",
            (column.name,),
            f"{quoted(column.name)} is {figure(numbers.sentinel)} in {counted(numbers.sentinels, 'row')}, far from all"
            " others. If that stands for missing, empty these cells in the file and read it again; till then, the"
            " network takes it for a number.",
            (ignore([column.name], "Leave it out for now"),),
        )


def find_outliers(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """A few numbers so far out that they squeeze all others together when these are scaled."""
    declared = {column.name: column for column in data.columns}
    found = []
    for column in used_columns(profile, data):
        numbers = column.numbers
        if numbers is None or not numbers.far or numbers.sentinel is not None or _is_skewed(column, numbers):
            continue
        if numbers.far <= OUTLYING * column.count + 1 and _is_plain(declared[column.name]):
            found.append(column)
    if len(found) > NAMED_APART:
        names = [column.name for column in found]
        far = sum(column.numbers.far for column in found if column.numbers is not None)
        said = f"{listed(names)} hold numbers far beyond all others, {far:,} together"
        yield DataWarning("hint", "outliers", tuple(names), _advice(said, far), (_clip(names),))
        return
    for column in found:
        assert column.numbers is not None
        yield DataWarning(
            "hint",
            "outliers",
            (column.name,),
            _advice(_outlying(column, column.numbers), column.numbers.far),
            (_clip([column.name]),),
        )


def find_odd_targets(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """A few numbers to be predicted that are so far out that they outweigh all others in the loss and its figures."""
    declared = next((column for column in data.columns if column.name == profile.target), None)
    target = profile.column(profile.target)
    numbers = target.numbers if target is not None else None
    if target is None or numbers is None or declared is None or not _is_plain(declared) or _is_skewed(target, numbers):
        return
    if not 0 < numbers.far <= OUTLYING * target.count + 1:
        return
    one = numbers.far == 1
    yield DataWarning(
        "warning",
        "odd_targets",
        (target.name,),
        f"{_outlying(target, numbers)}, and {'that' if one else 'these'} of what is to be predicted:"
        f" {'it outweighs' if one else 'they outweigh'} hundreds of others in MSE, RMSE and R². If"
        f" {'it is a slip' if one else 'they are slips'} of the pen, mend {'it' if one else 'them'} in the file and"
        " read that again.",
    )


def _clip(names: list[str]) -> Fix:
    return change("Clip to 1 % and 99 %", names, clip="percentile")


def _advice(said: str, far: int) -> str:
    squeeze, them, are = ("It squeezes", "it", "it is") if far == 1 else ("They squeeze", "them", "they are")
    return f"{said}. {squeeze} the others together. Clip {them}, or take the logarithm, if {are} not what matters."


def _outlying(column: ColumnProfile, numbers: Numbers) -> str:
    high = numbers.maximum - numbers.upper >= numbers.lower - numbers.minimum
    extreme = numbers.maximum if high else numbers.minimum
    where = f", {lines_of(column.far_lines, numbers.far)}," if column.far_lines else ""
    return (
        f"{quoted(column.name)} reaches {figure(extreme)}, while half of its numbers lie from {figure(numbers.lower)}"
        f" to {figure(numbers.upper)}; {counted(numbers.far, 'cell')}{where}"
        f" {'lies' if numbers.far == 1 else 'lie'} far out"
    )


def find_skew(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Numbers of which most are small and some very large, which the logarithm spreads evenly."""
    declared = {column.name: column for column in data.columns}
    found = [
        column
        for column in used_columns(profile, data)
        if column.numbers is not None and _is_skewed(column, column.numbers) and _is_plain(declared[column.name])
    ]
    if len(found) > NAMED_APART:
        names = [column.name for column in found]
        said = f"Most numbers of {listed(names)} are small and some very large"
        yield DataWarning(
            "hint", "skew", tuple(names), f"{said}; their logarithms are spread more evenly.", (_log(names),)
        )
        return
    for column in found:
        assert column.numbers is not None
        said = (
            f"Half of {quoted(column.name)} lies below {figure(column.numbers.median)}, but it reaches"
            f" {figure(column.numbers.maximum)}; its logarithm is spread more evenly."
        )
        yield DataWarning("hint", "skew", (column.name,), said, (_log([column.name]),))


def _log(names: list[str]) -> Fix:
    return change("Scale by logarithm", names, scale="log")


def _is_skewed(column: ColumnProfile, numbers: Numbers) -> bool:
    if column.unique < FEWEST_DIFFERENT or numbers.lopsided_log is None or numbers.median <= 0:
        return False
    return numbers.lopsided > LOPSIDED and abs(numbers.lopsided_log) < numbers.lopsided - 0.2


def _is_plain(column: Column) -> bool:
    return column.kind == "number" and column.clip == "none" and column.scale not in ("log", "robust")


def find_spellings(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Words that differ only in capitals or blanks."""
    declared = {column.name: column for column in data.columns}
    for column in profile.columns:
        held = declared.get(column.name)
        if not column.variants or held is None or held.kind != "category" or held.role not in (*USED, "target"):
            continue
        share = len(column.variants) / max(column.unique, 1)
        more = f" ({percent(share)} of its words)" if share < 1 else ""
        yield DataWarning(
            "warning",
            "spelling",
            (column.name,),
            f"{quoted(column.name)} holds words that differ only in capitals or blanks{more}:"
            f" {listed(column.variants)}. They count as different; make them one in the file and read it again.",
        )


def find_infinite(profile: TableProfile, data: TableData) -> Iterator[DataWarning]:
    """Numbers that are not finite."""
    for column in used_columns(profile, data):
        if column.numbers is not None and column.numbers.infinite:
            count = column.numbers.infinite
            yield DataWarning(
                "important",
                "infinite",
                (column.name,),
                f"{counted(count, 'cell')} of {quoted(column.name)} {'holds' if count == 1 else 'hold'} no finite"
                " number, with which nothing can be computed.",
                (ignore([column.name]),),
            )


FINDERS = (
    find_spoiled,
    find_guessed_dates,
    find_sentinels,
    find_infinite,
    find_codes,
    find_outliers,
    find_odd_targets,
    find_skew,
    find_spellings,
)
