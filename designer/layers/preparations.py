"""The preparations: what can be done to a column before it enters a network, one declaration for each choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeAlias

from designer.project.errors import ProjectError
from designer.project.model import Column, ColumnKind, DatePart

Step: TypeAlias = Literal["clip", "missing", "encode", "scale", "part"]

# the order in which a column goes through them
STEPS: tuple[Step, ...] = ("clip", "missing", "encode", "scale")
NUMBERS: tuple[ColumnKind, ...] = ("number", "boolean")
RANKED: tuple[ColumnKind, ...] = ("number", "boolean", "category")
EVERY: tuple[ColumnKind, ...] = ("number", "boolean", "category", "date")
# the parts of a date where none are chosen
USUAL_PARTS: tuple[DatePart, ...] = ("year", "month", "day", "weekday")
# whether the day comes first in dates written in numbers, as it is set for a column
DAY_ORDERS: Mapping[str, str] = {
    "auto": "The dates themselves tell, as far as they can; where none does, the month comes first.",
    "yes": "03/04/2021 is the 3rd of April.",
    "no": "03/04/2021 is the 4th of March.",
}
TRUE_WORDS = ("true", "yes", "on", "1")
FALSE_WORDS = ("false", "no", "off", "0")


@dataclass(frozen=True)
class Preparation:
    """One way to do one step to a column of one of the ``kinds``.

    ``said`` is the sentence that a recipe says of it, with ``{fill}`` and ``{order}`` of the column. ``learn`` and
    ``apply`` name functions of the runtime: the first learns from the rows to train with, the second does it; both are
    empty where nothing is done. ``target`` is whether numbers to predict can be prepared so.
    """

    key: str
    step: Step
    title: str
    summary: str
    said: str
    kinds: tuple[ColumnKind, ...]
    learn: str = ""
    apply: str = ""
    target: bool = False


PREPARATIONS: tuple[Preparation, ...] = (
    Preparation("none", "clip", "Keep", "Outliers stay as they are.", "Outliers stay", ("number",)),
    Preparation(
        "iqr",
        "clip",
        "Beyond 1.5 IQR",
        "What lies further from the quartiles than 1.5 interquartile ranges is set to that bound.",
        "Outliers beyond 1.5 interquartile ranges are clipped",
        ("number",),
        "learn_iqr",
        "clip_numbers",
    ),
    Preparation(
        "percentile",
        "clip",
        "1st to 99th percentile",
        "The smallest and the largest hundredth are set to the 1st and the 99th percentile.",
        "Outliers beyond the 1st and the 99th percentile are clipped",
        ("number",),
        "learn_percentiles",
        "clip_numbers",
    ),
    Preparation(
        "mean",
        "missing",
        "Mean",
        "Gaps get the mean of the training rows.",
        "Gaps are filled with the mean",
        NUMBERS,
        "learn_mean",
        "fill_numbers",
    ),
    Preparation(
        "median",
        "missing",
        "Median",
        "Gaps get the median of the training rows, which outliers do not move.",
        "Gaps are filled with the median",
        NUMBERS,
        "learn_median",
        "fill_numbers",
    ),
    Preparation(
        "most_frequent",
        "missing",
        "Most frequent",
        "Gaps get the number seen most often in the training rows.",
        "Gaps are filled with the most frequent value",
        NUMBERS,
        "learn_mode",
        "fill_numbers",
    ),
    Preparation(
        "constant",
        "missing",
        "Constant",
        "Gaps get the number that is chosen here, 0 where none is.",
        "Gaps are filled with {fill}",
        NUMBERS,
        "learn_constant",
        "fill_numbers",
    ),
    Preparation(
        "most_frequent",
        "missing",
        "Most frequent",
        "Gaps get the word seen most often in the training rows.",
        "Gaps are filled with the most frequent value",
        ("category",),
        "learn_common_word",
        "fill_words",
    ),
    Preparation(
        "constant",
        "missing",
        "Word of their own",
        "Gaps get the word that is chosen here, which may be a new one; “missing” where none is.",
        "Gaps are filled with “{fill}”",
        ("category",),
        "learn_constant",
        "fill_words",
    ),
    Preparation(
        "median",
        "missing",
        "Middle date",
        "Gaps get the date that lies in the middle of the training rows.",
        "Gaps are filled with the middle date",
        ("date",),
        "learn_middle_date",
        "fill_dates",
    ),
    Preparation(
        "most_frequent",
        "missing",
        "Most frequent",
        "Gaps get the date seen most often in the training rows.",
        "Gaps are filled with the most frequent value",
        ("date",),
        "learn_common_date",
        "fill_dates",
    ),
    Preparation(
        "constant",
        "missing",
        "Constant",
        "Gaps get the date that is chosen here, such as 2024-12-31; the first day of 1970 where none is.",
        "Gaps are filled with {fill}",
        ("date",),
        "learn_constant",
        "fill_dates",
    ),
    Preparation(
        "drop", "missing", "Leave row out", "Rows with a gap here are left out.", "Rows with a gap are left out", EVERY
    ),
    Preparation(
        "onehot",
        "encode",
        "One-hot",
        "Each word becomes an input of its own, which is 1 in its rows and 0 in all others.",
        "Each word becomes an input of its own (one-hot)",
        ("category",),
        "learn_categories",
        "one_hot",
    ),
    Preparation(
        "ordinal",
        "encode",
        "Ranks",
        "Words become 0, 1, 2 … in their order: for words that say more or less of something, such as sizes.",
        "Words become ranks in order{order}",
        ("category",),
        "learn_order",
        "ranks",
    ),
    Preparation(
        "codes",
        "encode",
        "Codes",
        "Words become whole numbers for an Embedding to look up, 0 being unknown: for columns of many words.",
        "Words become codes for an Embedding",
        ("category",),
        "learn_codes",
        "word_codes",
    ),
    Preparation(
        "parts",
        "encode",
        "Parts",
        "Dates become numbers: the parts that are chosen.",
        "Dates become {parts}",
        ("date",),
        "learn_parts",
        "date_parts",
    ),
    *(
        Preparation(key, "encode", title, summary, "Texts become tokens, as their input says", ("text",), learn, apply)
        for key, title, summary, learn, apply in (
            ("words", "Words", "Texts are cut into words and punctuation.", "learn_words", "encode_words"),
            ("characters", "Characters", "Texts are cut into characters.", "learn_characters", "encode_characters"),
            (
                "byte_pairs",
                "Byte pairs",
                "Texts are cut into frequent pieces of words.",
                "learn_byte_pairs",
                "encode_byte_pairs",
            ),
        )
    ),
    Preparation(
        "standard",
        "scale",
        "Standardise",
        "Mean 0 and standard deviation 1 in the training rows: right for most networks.",
        "Scaled to mean 0 and standard deviation 1",
        RANKED,
        "learn_standard",
        "scale_numbers",
        target=True,
    ),
    Preparation(
        "minmax",
        "scale",
        "0 to 1",
        "The smallest training value becomes 0, the largest 1.",
        "Scaled to lie from 0 to 1",
        RANKED,
        "learn_minmax",
        "scale_numbers",
        target=True,
    ),
    Preparation(
        "robust",
        "scale",
        "Robust",
        "Median 0 and interquartile range 1 in the training rows: outliers do not press the rest together.",
        "Scaled to median 0 and interquartile range 1",
        ("number", "category"),
        "learn_robust",
        "scale_numbers",
        target=True,
    ),
    Preparation(
        "log",
        "scale",
        "Logarithm",
        "log(1 + x), for negative x −log(1 − x), then mean 0 and standard deviation 1: for amounts of any magnitude.",
        "Logarithms, scaled to mean 0 and standard deviation 1",
        ("number", "category"),
        "learn_log",
        "scale_logs",
        target=True,
    ),
    Preparation(
        "none", "scale", "As it is", "The numbers go in unchanged.", "Numbers go in unchanged", RANKED, target=True
    ),
    *(
        Preparation(key, "part", title, summary, title.lower(), ("date",), "learn_parts", "date_parts")
        for key, title, summary in (
            ("year", "Year", "The year, standardised."),
            ("month", "Month", "From 0 in January to 1 in December."),
            ("day", "Day", "The day of the month, from 0 on the 1st to 1 on the 31st."),
            ("weekday", "Weekday", "From 0 on Mondays to 1 on Sundays."),
            ("hour", "Hour", "The hour of the day, from 0 at midnight to 1 at eleven in the evening."),
            ("minute", "Minute", "The minute of the hour, from 0 to 1."),
            ("yearday", "Day of the year", "From 0 on the 1st of January to 1 on the last day of a leap year."),
            ("elapsed", "Days elapsed", "The time that has gone by, in days, standardised."),
        )
    ),
)


def choices(step: Step, kind: ColumnKind, target: bool = False) -> dict[str, Preparation]:
    """The ways to do a step to a column of this kind, by key; with ``target``, to one that is predicted."""
    return {
        each.key: each
        for each in PREPARATIONS
        if each.step == step and kind in each.kinds and (each.target or not target)
    }


def summaries(step: Step) -> dict[str, str]:
    """What each way of a step does, by key, whatever the kind of column."""
    found: dict[str, str] = {}
    for each in PREPARATIONS:
        if each.step == step and each.key not in (*found, "parts") and each.kinds != ("text",):
            found[each.key] = each.summary
    return found


def choice_of(column: Column, step: Step) -> Preparation | None:
    """The way chosen for a step of a column. What does not suit its kind counts as the first that does, if any."""
    suited = choices(step, column.kind)
    if step == "encode" and "encode" in column.off:
        # words and dates must become numbers in some way
        return next(iter(suited.values()), None)
    if step == "scale" and column.kind == "category" and not is_encoded(column, "ordinal"):
        return None
    return suited.get(str(getattr(column, step))) or next(iter(suited.values()), None)


def is_encoded(column: Column, way: str) -> bool:
    """Whether this is how the words of a column become numbers."""
    encode = choice_of(column, "encode")
    return encode is not None and encode.key == way


def in_use(column: Column, step: Step) -> Preparation | None:
    """The way that a step is done to a column; None where nothing is done, or where it is switched off."""
    chosen = choice_of(column, step)
    if chosen is None or not chosen.apply or (step in column.off and step != "encode"):
        return None
    return chosen


def settings_of(column: Column) -> dict[str, Any]:
    """What is said of a column where it is prepared: its kind, and of each step that is done to it, how.

    Without ``missing``, rows with a gap are left out. Raises ProjectError where the constant for gaps is none.
    """
    settings: dict[str, Any] = {"kind": "codes" if is_encoded(column, "codes") else column.kind}
    for step in STEPS:
        way = in_use(column, step)
        if way is not None:
            settings |= {step: way.key, **_beside(column, step, way.key)}
    return settings


def _beside(column: Column, step: Step, way: str) -> dict[str, Any]:
    """What is said beside the way in which a step is done."""
    if step == "missing":
        indicator = {"indicator": True} if column.indicator and "indicator" not in column.off else {}
        return ({"fill": fill_of(column)} if way == "constant" else {}) | indicator
    if way == "ordinal" and column.order:
        return {"order": list(column.order)}
    return {"parts": list(column.parts or USUAL_PARTS)} if way == "parts" else {}


def fill_of(column: Column) -> float | str:
    """The constant for gaps in a column: a number, a word or a date; a ProjectError where it is nothing of the kind."""
    text = column.fill.strip()
    if column.kind == "category":
        return text or "missing"
    refusal = f"Gaps in the column “{column.name}” are to be filled with “{text}”, which is no "
    if column.kind == "date":
        try:
            return datetime.fromisoformat(text or "1970-01-01").replace(tzinfo=None).isoformat(timespec="seconds")
        except ValueError:
            raise ProjectError(f"{refusal}date such as 2024-12-31.") from None
    if column.kind == "boolean" and text.lower() in (*TRUE_WORDS, *FALSE_WORDS):
        return float(text.lower() in TRUE_WORDS)
    try:
        number = float(text.replace(",", ".") or 0)
    except ValueError:
        number = float("nan")
    if not abs(number) <= 1e30:
        raise ProjectError(f"{refusal}number.")
    return number


def shown_fill(fill: float | str) -> str:
    """The constant for gaps as people write it."""
    return f"{fill:g}" if isinstance(fill, float) else fill.removesuffix("T00:00:00")


def filled_with(settings: Mapping[str, Any]) -> str:
    """What the gaps of a column are filled with, in words; empty where rows with a gap are left out."""
    kind: ColumnKind = "category" if settings["kind"] == "codes" else settings["kind"]
    way = choices("missing", kind).get(settings.get("missing", ""))
    if way is None:
        return ""
    said = way.said.removeprefix("Gaps are filled with ")
    if "fill" in settings:
        return said.replace("{fill}", shown_fill(settings["fill"]))
    return f"{said} of the training part"


def functions_of(columns: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, tuple[str, str]]]:
    """The names of the functions that learn and do each step, by kind and way, of columns as set or as learned."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for column in columns.values():
        kind: ColumnKind = "category" if column["kind"] == "codes" else column["kind"]
        used = column["steps"] if "steps" in column else [column[step] for step in STEPS if step in column]
        ways = {way: each for step in STEPS for way, each in choices(step, kind).items() if each.apply}
        for way in used:
            found.setdefault(column["kind"], {})[way] = (ways[way].learn, ways[way].apply)
    return found
