"""The epochs that a run's history tells of, in columns; of a history that has grown only what is new is read."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import IO

from msgspec import UNSET, Struct, UnsetType
from msgspec import field as named
from msgspec.json import Decoder

from designer.layers.catalog import higher_is_better
from designer.project.patience import patiently
from designer.training.events import RATE, Changed
from designer.training.history import change_from_line
from designer.training.run_files import HISTORY

PARTS = ("train", "validation")
# so many bytes are looked at in one go, for which no other thread has a turn
PORTION = 1 << 16


class _Line(Struct, gc=False):
    """An epoch as a line of the history has it, in the usual form."""

    event: str
    epoch: int
    train: dict[str, float | None]
    validation: dict[str, float | None]
    rate: float | UnsetType | None = named(default=UNSET, name=RATE)


_usual = Decoder(_Line)


@dataclass(frozen=True)
class Told:
    """The epochs ``at`` and by them the values of each part and metric, NaN where an epoch has none.

    The learning rate is among those of training. ``end`` is up to which byte the history was read, ``last`` the line
    before that, by which it is known to be the same history. ``changes`` are those of settings on the way, in order.
    """

    at: tuple[int, ...] = ()
    curves: Mapping[str, Mapping[str, tuple[float, ...]]] = field(default_factory=lambda: {part: {} for part in PARTS})
    end: int = 0
    last: bytes = b""
    changes: tuple[Changed, ...] = ()


def read_told(folder: Path, known: Told | None = None) -> Told:
    """What the history of a run tells; what is ``known`` of it already is not read again."""
    known = known or Told()
    try:
        with patiently(lambda: (folder / HISTORY).open("rb")) as file:
            file.seek(known.end - len(known.last))
            if file.read(len(known.last)) != known.last:
                # written anew as a whole
                known = Told()
                file.seek(0)
            return _with_rest(known, file)
    except OSError:
        return Told()


def _with_rest(known: Told, file: IO[bytes]) -> Told:
    columns, end, last, changes = _Columns(known), known.end, known.last, list(known.changes)
    whole = True
    while whole and (lines := file.readlines(PORTION)):
        text, news = b"".join(lines), _decoded(lines)
        whole = news[-1] is not None or text.endswith(b"\n")
        if not whole:
            # it is being written: the rest of it, which may be there in a moment, is no line by itself
            news.pop()
            text = text[: -len(lines.pop())]
        end, last = end + len(text), lines[-1] if lines else last
        changes += [change for line, told in zip(lines, news, strict=True) if told is None for change in _changes(line)]
        columns.add([line for line in news if line is not None and line.event == "epoch"])
    return Told(*columns.all(), end, last, tuple(changes)) if end > known.end else known


class _Columns:
    """The figures of epochs by part and name, behind those that are known."""

    def __init__(self, known: Told) -> None:
        self._known = known
        self._at: list[int] = []
        self._new: dict[str, dict[str, list[float]]] = {
            part: {name: [] for name in known.curves.get(part, {})} for part in PARTS
        }

    def add(self, lines: Sequence[_Line]) -> None:
        """Add epochs."""
        before = len(self._at)
        self._at += [line.epoch for line in lines]
        self._extend("train", [line.train for line in lines], before, False)
        self._extend("validation", [line.validation for line in lines], before, False)
        self._extend("train", [{} if line.rate is UNSET else {RATE: line.rate} for line in lines], before, True)

    def _extend(self, part: str, figures: Sequence[Mapping[str, float | None]], before: int, rate: bool) -> None:
        columns = self._new[part]
        for name in dict.fromkeys(chain.from_iterable(figures)):
            if name not in columns:
                columns[name] = [math.nan] * before
        for name in columns:
            if (name == RATE) == rate:
                columns[name] += _values(figures, name)

    def all(self) -> tuple[tuple[int, ...], dict[str, dict[str, tuple[float, ...]]]]:
        """The known ones and those that were added."""
        lacking = (math.nan,) * len(self._known.at)
        curves = {}
        for part, columns in self._new.items():
            known = self._known.curves[part]
            curves[part] = {name: known.get(name, lacking) + tuple(column) for name, column in columns.items()}
        return self._known.at + tuple(self._at), curves


def _decoded(lines: Sequence[bytes]) -> list[_Line | None]:
    """Lines that are epochs; None for all others."""
    if all(line.endswith(b"\n") and line.strip() for line in lines):
        with suppress(ValueError, RecursionError):
            return list(_usual.decode_lines(b"".join(lines)))
    return [_parsed(line) for line in lines]


def _parsed(line: bytes) -> _Line | None:
    """A line of an epoch; None for all others."""
    try:
        return _usual.decode(line)
    except (ValueError, RecursionError):
        return _unusual(line)


def _changes(line: bytes) -> Iterator[Changed]:
    """The change of settings that a line tells of, if it does."""
    with suppress(ValueError, RecursionError):
        change = change_from_line(json.loads(line))
        if change is not None:
            yield change


def _unusual(line: bytes) -> _Line | None:
    """A line in a form that is only understood, such as with figures for which JSON has no words."""
    try:
        told = json.loads(line)
        if told["event"] != "epoch":
            return None
        train, validation = ({name: _number(value) for name, value in dict(told[part]).items()} for part in PARTS)
        rate = _number(told[RATE]) if RATE in told else UNSET
        return _Line("epoch", int(told["epoch"]), train, validation, rate)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _number(value: object) -> float | None:
    return None if value is None else float(value)  # type: ignore[arg-type]


def _values(figures: Sequence[Mapping[str, float | None]], name: str) -> list[float]:
    """What has this name; NaN where nothing has it, or it was no number."""
    found = [each.get(name) for each in figures]
    return [math.nan if value is None else value for value in found]


class Judged:
    """The figure that a run is judged by as its epochs end: its best value so far, and the last one.

    Those of ``names``: that which is asked for, and the loss where there is none of it.
    """

    def __init__(self, monitor: str) -> None:
        self.names = tuple(dict.fromkeys((monitor, "loss")))
        self._present: set[tuple[str, str]] = set()
        # value and epoch
        self._best: dict[tuple[str, str], tuple[float, int]] = {}
        self._last: dict[tuple[str, str], tuple[float, int]] = {}

    def extend(self, at: Sequence[int], curves: Mapping[str, Mapping[str, Sequence[float]]]) -> None:
        """These epochs have ended, later than all before, with these values of parts and metrics."""
        for part in PARTS:
            for name in self.names:
                if name in curves.get(part, {}):
                    self._present.add((part, name))
                    self._extend((part, name), at, curves[part][name])

    def _extend(self, of: tuple[str, str], at: Sequence[int], values: Sequence[float]) -> None:
        sound = [value for value in values if math.isfinite(value)]
        if not sound:
            return
        upwards = higher_is_better(of[1])
        best = max(sound) if upwards else min(sound)
        old = self._best.get(of)
        if old is None or (best > old[0] if upwards else best < old[0]):
            self._best[of] = best, at[values.index(best)]
        place = next(place for place in reversed(range(len(values))) if math.isfinite(values[place]))
        self._last[of] = values[place], at[place]

    def standing(self, keep_best: bool) -> tuple[str, str, float, int]:
        """The part and the figure that judges, what the weights that are kept have of it, and their epoch.

        Of the training part, and the last one, where there is no validation part; NaN and 0 where there is nothing.
        """
        for part in PARTS[::-1]:
            name = self.names[0] if (part, self.names[0]) in self._present else "loss"
            if (part, name) in self._last:
                found = self._best if part == "validation" and keep_best else self._last
                return (part, name, *found[part, name])
        return "validation", "loss", math.nan, 0
