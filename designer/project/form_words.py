"""Words for what a file holds and should hold: msgspec's messages and JSON values as people say them."""

from __future__ import annotations

import re
from typing import TypeAlias

from designer.project.rules import quoted

Json: TypeAlias = object

PHRASES = {
    "`int`": "a whole number",
    "`float`": "a number",
    "`str`": "a text",
    "`bool`": "true or false",
    "`array`": "a list",
    "`object`": "an object in braces",
    "`null`": "nothing (null)",
    "Expected ": "expected ",
    ", got ": ", found ",
    "Number out of range": "the number is too large",
    "of length >=": "with a length of at least",
    "of length <=": "with a length of at most",
    ">=": "of at least",
    "<=": "of at most",
}


def in_words(message: str) -> str:
    """A message of msgspec in plain words: ``“x”: expected a number, found a text``."""
    text, _, path = message.rpartition(" - at ") if " - at " in message else (message, "", "")
    unknown = re.fullmatch(r"Invalid enum value '(.*)'", text, re.DOTALL)
    missing = re.fullmatch(r"Object missing required field `(.*)`", text)
    if missing:
        return f"“{missing[1]}” is missing"
    if unknown:
        text = f"unknown word {quoted(unknown[1])}"
    else:
        for technical, words in PHRASES.items():
            text = text.replace(technical, words)
    where = path.strip("`").removeprefix("$").removeprefix(".")
    return f"{quoted(where)}: {text}" if where else text


def described(value: Json) -> str:
    """A JSON value in a few words for a message."""
    if value is None:
        return "nothing (null)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, int | float):
        return f"the number {value!r}" if abs(value) < 1e18 else "a very large number"
    return "a list" if isinstance(value, list | tuple) else "an object in braces"
