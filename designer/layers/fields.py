"""Field kinds: what a user may set on a layer, loss, optimizer or metric, and which values are sound."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as member
from typing import Literal

from designer.project.model import FieldValue

MOST = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Field:
    """What every field has: a sentence of help, and whether it is one of the few shown on the node itself.

    ``label`` is empty where the field's own name, with blanks, says it. ``argument`` is whether the value is
    passed to the PyTorch module under the field's name; ``omit`` is the value that leaves the argument out.
    ``given`` says what the data decides of an input once it is read: an axis of its samples, or the codes it feeds.
    """

    help: str
    label: str = ""
    key: bool = False
    argument: bool = True
    omit: FieldValue | None = None
    given: Literal["", "axis 0", "axis 1", "codes"] = ""

    @property
    def initial(self) -> FieldValue:
        """The default value."""
        return self.default  # type: ignore[attr-defined, no-any-return]

    def refuse(self, value: object) -> str | None:
        """Why ``value`` is not sound, as a sentence that says what was expected and found; None where it is."""
        raise TypeError(f"{type(self).__name__} does not say which values are sound")

    def parse(self, text: str) -> FieldValue:
        """The value that a person typed; a ValueError says what was expected."""
        raise TypeError(f"{type(self).__name__} cannot be typed")

    def _checked(self, value: FieldValue) -> FieldValue:
        reason = self.refuse(value)
        if reason:
            raise ValueError(reason)
        return value


def _is_int(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _whole(text: str) -> int:
    cleaned = text.strip().replace("_", "")
    if not cleaned.lstrip("+-").isdigit() or not cleaned.isascii() or len(cleaned) > 12:
        raise ValueError(f"expected a whole number, found “{text.strip()[:40]}”")
    return int(cleaned)


@dataclass(frozen=True)
class Int(Field):
    """A whole number from ``minimum`` to ``maximum``; ``zero`` is what 0 means where it is no amount: ``never``."""

    default: int
    minimum: int = 1
    maximum: int = MOST
    zero: str = ""

    def refuse(self, value: object) -> str | None:
        if not _is_int(value):
            return f"expected a whole number, found {value!r}"
        if not self.minimum <= value <= self.maximum:  # type: ignore[operator]
            room = f"at least {self.minimum}" if self.maximum == MOST else f"from {self.minimum} to {self.maximum}"
            return f"expected a whole number {room}, found {value}"
        return None

    def parse(self, text: str) -> FieldValue:
        return self._checked(_whole(text))


@dataclass(frozen=True)
class Float(Field):
    """A finite number from ``minimum`` to ``maximum``, the minimum itself left out where ``above`` is set."""

    default: float
    minimum: float = 0.0
    maximum: float = 1e12
    above: bool = False

    def refuse(self, value: object) -> str | None:
        if not (_is_int(value) or isinstance(value, float)) or not math.isfinite(value):  # type: ignore[arg-type]
            return f"expected a number, found {value!r}"
        low = value > self.minimum if self.above else value >= self.minimum  # type: ignore[operator]
        if not (low and value <= self.maximum):  # type: ignore[operator]
            room = f"{'above' if self.above else 'at least'} {self.minimum:g}"
            room += "" if self.maximum == 1e12 else f" and at most {self.maximum:g}"
            return f"expected a number {room}, found {value}"
        return None

    def parse(self, text: str) -> FieldValue:
        try:
            return self._checked(float(text.strip().replace(",", ".")))
        except ValueError as error:
            if str(error).startswith("expected"):
                raise
            raise ValueError(f"expected a number, found “{text.strip()[:40]}”") from None


@dataclass(frozen=True)
class Bool(Field):
    """Yes or no."""

    default: bool

    def refuse(self, value: object) -> str | None:
        return None if isinstance(value, bool) else f"expected true or false, found {value!r}"

    def parse(self, text: str) -> FieldValue:
        word = text.strip().lower()
        if word in ("true", "yes", "on", "1"):
            return True
        if word in ("false", "no", "off", "0"):
            return False
        raise ValueError(f"expected true or false, found “{text.strip()[:40]}”")


@dataclass(frozen=True)
class Choice(Field):
    """One of a few words, each with a line that explains it."""

    default: str
    options: Mapping[str, str] = member(default_factory=dict)

    def refuse(self, value: object) -> str | None:
        if isinstance(value, str) and value in self.options:
            return None
        return f"expected one of {', '.join(self.options)}, found {value!r}"

    def parse(self, text: str) -> FieldValue:
        return self._checked(text.strip())


@dataclass(frozen=True)
class Text(Field):
    """A short line of text, such as the name of a column; it reaches source code only as its ``repr``."""

    default: str = ""
    longest: int = 10_000

    def refuse(self, value: object) -> str | None:
        if not isinstance(value, str):
            return f"expected text, found {value!r}"
        return None if len(value) <= self.longest else f"expected at most {self.longest} characters, found {len(value)}"

    def parse(self, text: str) -> FieldValue:
        return self._checked(text)


@dataclass(frozen=True)
class ColumnNames(Field):
    """The names of columns of the data; none where the data itself says which."""

    default: tuple[str, ...] = ()

    def refuse(self, value: object) -> str | None:
        if not isinstance(value, tuple) or not all(isinstance(name, str) for name in value):
            return f"expected names of columns, found {value!r}"
        return None

    def parse(self, text: str) -> FieldValue:
        return tuple(name for part in text.split(",") if (name := part.strip()))


@dataclass(frozen=True)
class Choices(Field):
    """Some of a few words, each with a line that explains it; none where the default is meant."""

    default: tuple[str, ...] = ()
    options: Mapping[str, str] = member(default_factory=dict)

    def refuse(self, value: object) -> str | None:
        if not isinstance(value, tuple) or any(word not in self.options for word in value):
            return f"expected some of {', '.join(self.options)}, found {value!r}"
        return None

    def parse(self, text: str) -> FieldValue:
        return self._checked(tuple(word for part in text.split(",") if (word := part.strip())))


@dataclass(frozen=True)
class TargetNames(Field):
    """The name of a column of the data, or the names of several; empty where the data itself says which."""

    default: str = ""

    def refuse(self, value: object) -> str | None:
        names = value if isinstance(value, tuple) else (value,)
        if not all(isinstance(name, str) for name in names):
            return f"expected the name of a column, or of several, found {value!r}"
        return None

    def parse(self, text: str) -> FieldValue:
        names = tuple(name for part in text.split(",") if (name := part.strip()))
        return names if len(names) > 1 else text.strip()


@dataclass(frozen=True)
class Size(Field):
    """A size along ``axes`` axes: one whole number for all of them, or one for each."""

    default: int | tuple[int, ...]
    axes: int = 2
    minimum: int = 1
    maximum: int = 100_000

    def refuse(self, value: object) -> str | None:
        numbers = value if isinstance(value, tuple) else (value,)
        if isinstance(value, tuple) and len(value) != self.axes:
            return f"expected one number or {self.axes} of them, found {len(value)}"
        for number in numbers:
            if not _is_int(number) or not self.minimum <= number <= self.maximum:
                return f"expected whole numbers from {self.minimum} to {self.maximum}, found {number!r}"
        return None

    def parse(self, text: str) -> FieldValue:
        numbers = _numbers(text)
        return self._checked(numbers[0] if len(numbers) == 1 else numbers)


@dataclass(frozen=True)
class Ints(Field):
    """A list of whole numbers, such as the new shape of Reshape."""

    default: tuple[int, ...]
    minimum: int = 1
    maximum: int = MOST
    longest: int = 8

    def refuse(self, value: object) -> str | None:
        if not isinstance(value, tuple) or not 1 <= len(value) <= self.longest:
            return f"expected 1 to {self.longest} whole numbers, found {value!r}"
        for number in value:
            if not _is_int(number) or not self.minimum <= number <= self.maximum:
                return f"expected whole numbers from {self.minimum}, found {number!r}"
        return None

    def parse(self, text: str) -> FieldValue:
        return self._checked(_numbers(text))


def _numbers(text: str) -> tuple[int, ...]:
    for sign in "×x*;()[]":
        text = text.replace(sign, ",")
    return tuple(_whole(part) for part in text.replace(" ", ",").split(",") if part)


def shown(value: FieldValue) -> str:
    """A value as people read it: ``3×3``, ``yes``, ``0.001``."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        words = any(isinstance(part, str) for part in value)
        return (", " if words else "×").join(shown(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
