"""Recognises one long text, and makes a new project for a network that goes on writing it."""

from __future__ import annotations

import re
from pathlib import Path

from designer.importing.brief import Brief
from designer.importing.encodings import find_encoding
from designer.project.model import Column, Split, TableData, TableFormat, Windows
from designer.runtime.errors import DataError
from designer.runtime.running_text import learn_text_characters, read_running_text, text_in_order
from designer.training.text_folders import TEXT

ENDINGS = (".txt", ".text", ".md")
# in prose a blank follows a comma, in tables hardly ever
DELIMITERS = tuple(re.compile(sign) for sign in (r"\t", r";(?! )", r",(?! )", r"\|"))
LOOKED_AT = 1 << 16
MOST_LINES = 200
FEWEST_LINES = 2
FEWEST_CHARACTERS, FEWEST_TO_SPLIT = 20, 1_000
LONGEST, SHORTEST = 64, 4
VALIDATION, TEST = 0.05, 0.1


def holds_running_text(path: Path) -> bool:
    """Whether a file is prose: by its ending, and because its lines are neither rows of cells nor numbers."""
    if path.suffix.lower() not in ENDINGS or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            head = file.read(LOOKED_AT)
        encoding = find_encoding(path, head, whole=False)
    except (OSError, DataError):
        # what cannot be read as text is told of by what reads tables
        return False
    lines = [line for line in head.decode(encoding, "replace").splitlines()[:MOST_LINES] if line.strip()]
    return bool(lines) and not is_table(lines)


def is_table(lines: list[str]) -> bool:
    """Whether lines are rows of a table: all with the same number of a delimiter, or all of them numbers."""
    if len(lines) < FEWEST_LINES:
        return False
    counts = [{len(sign.findall(line)) for line in lines} for sign in DELIMITERS]
    if any(len(found) == 1 and found != {0} for found in counts):
        return True
    return all(all(_is_number(word) for word in line.split()) for line in lines[1:])


def _is_number(word: str) -> bool:
    try:
        float(word.replace(",", "."))
    except ValueError:
        return False
    return True


def running_text(data: Path, where: str, wanted: str | None) -> tuple[TableData, Brief, tuple[str, ...]]:
    """The settings for one text, called ``where``, what a network is to do, and notes."""
    if wanted:
        raise DataError(f"{data.name} is one text: what comes next is predicted, there is no column “{wanted}”")
    encoding = find_encoding(data, data.read_bytes(), whole=True)
    text = read_running_text(data, encoding)
    if len(text) < FEWEST_CHARACTERS:
        raise DataError(f"{data.name} has only {len(text)} characters; expected a text of some thousands to learn from")
    split = Split("time", VALIDATION, TEST) if len(text) >= FEWEST_TO_SPLIT else Split("time", 0.0, 0.0)
    parts = text_in_order(text, split.validation, split.test)
    trained, held, _ = parts
    shortest = min(len(each) for each in parts if each)
    length = max(SHORTEST, min(LONGEST, shortest // 4))
    learned = learn_text_characters(trained, {"vocabulary": len(text), "lowercase": False})
    columns = (Column(TEXT, "text", "feature", "most_frequent", "none"),)
    table = TableData(
        where,
        TableFormat(encoding=encoding),
        columns,
        split,
        samples="tokens",
        windows=Windows(length, stride=max(1, length // 2)),
    )
    samples = max(1, (len(trained) - length) // table.windows.stride)
    brief = Brief("tokens", "classes", learned["codes"], samples, bool(held), features=0, length=length)
    notes = [
        f"one text of {len(text):,} characters, {learned['codes'] - 2} different ones: a network goes on writing it"
    ]
    notes += [] if encoding == "utf-8" else [f"the text is read as {encoding}"]
    return table, brief, tuple(notes)
