"""Schedules typed as text, ``linear:5, cosine`` or ``step(step_size=10, gamma=0.5)``, and written so again."""

from __future__ import annotations

import re

from designer.layers.catalog import SCHEDULES
from designer.project.errors import EditError
from designer.project.model import FieldValue, Schedule
from designer.workspace.typed import meant, parsed

_SCHEDULE = re.compile(r"\s*(?P<key>\w+)\s*(?P<before>:\s*\w+)?\s*(?:\((?P<fields>[^()]*)\))?\s*(?P<after>:\s*\w+)?\s*")
MOST_EPOCHS = 1_000_000_000


def parsed_schedules(path: str, text: str) -> tuple[Schedule, ...]:
    """The schedules that were typed, one after the other with commas between them; none for “none” or nothing.

    Each is its key, ``:`` and its epochs where these are not all that the others leave, and in brackets the fields that
    are not as usual. An EditError says what was not understood.
    """
    if text.strip() in ("", "none"):
        return ()
    return tuple(_schedule(path, part) for part in _parts(text))


def _parts(text: str) -> list[str]:
    """The text cut at the commas that stand outside brackets."""
    return re.findall(r"(?:[^,(]|\([^)]*\)?)+", text) or [text]


def _schedule(path: str, text: str) -> Schedule:
    found = _SCHEDULE.fullmatch(text)
    if found is None or (found["before"] and found["after"]):
        raise EditError(
            f"{path}: “{text.strip()[:60]}” is no schedule; it is written as cosine, linear:5 (for 5 epochs) or"
            " step(step_size=10, gamma=0.5)"
        )
    key, length = found["key"], (found["before"] or found["after"] or ":0").lstrip(": ")
    kind = SCHEDULES.get(key)
    if kind is None:
        raise EditError(
            f"{path}: there is no schedule “{key}”{meant(key, SCHEDULES)}; there are {', '.join(SCHEDULES)}"
        )
    if not length.isascii() or not length.isdigit() or int(length) > MOST_EPOCHS:
        raise EditError(f"{path}: {key}: expected a number of epochs after the colon, found “{length}”")
    fields: dict[str, FieldValue] = dict(kind.defaults)
    for name, value in _settings(f"{path}: {key}", found["fields"] or "").items():
        fields[name] = parsed(f"{path}: {key}", kind.fields, name, value)
    return Schedule(key, int(length), fields)


def _settings(path: str, text: str) -> dict[str, str]:
    """What stands in the brackets: ``name=value`` with commas between; a value may be a list with commas too."""
    found: dict[str, str] = {}
    name = ""
    for part in text.split(","):
        before, equals, value = part.partition("=")
        if equals:
            name = before.strip()
            found[name] = value.strip()
        elif name:
            found[name] += f",{part}"
        elif part.strip():
            raise EditError(f"{path}: fields are written as NAME=VALUE, found “{part.strip()[:60]}”")
    return found


def schedules_text(schedules: tuple[Schedule, ...]) -> str:
    """The schedules as they would be typed; fields at their defaults are left out."""
    return ", ".join(map(_text, schedules)) or "none"


def _text(schedule: Schedule) -> str:
    kind = SCHEDULES.get(schedule.key)
    usual = kind.defaults if kind is not None else {}
    told = {name: value for name, value in schedule.fields.items() if usual.get(name) != value}
    fields = ", ".join(f"{name}={_value(value)}" for name, value in told.items())
    length = f":{schedule.epochs}" if schedule.epochs else ""
    return schedule.key + (f"({fields})" if fields else "") + length


def _value(value: FieldValue) -> str:
    if isinstance(value, tuple):
        return ",".join(map(_value, value))
    return str(value).lower() if isinstance(value, bool) else str(value)
