"""Fields from a signature: which kind of field a parameter's annotation and default make, read from the text alone."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable

from designer.layers.fields import MOST, Bool, Choice, Field, Float, Int, Ints

WANTED = "expected int, float, bool, Literal[…] of words, or tuple[int, ...]"
MOST_WORDS = 50
LONGEST_WORD = 100
LARGEST = 1e12


def field_of(
    argument: ast.arg, default: ast.expr | None, help: str, key: bool, path_of: Callable[[ast.expr], str]
) -> Field | str:
    """The field of one parameter, or why it makes none; ``path_of`` says what a dotted expression stands for."""
    value: object = None
    if default is not None:
        try:
            value = ast.literal_eval(default)
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            return f"its default should be a plain value; {WANTED}"
    words = help or f"The argument {argument.arg} of the class."
    kind = _kind(argument.annotation, value, path_of)
    if isinstance(kind, tuple):
        return _choice(kind, value, words, key)
    makers = {"bool": _bool, "int": _int, "float": _float, "ints": _ints}
    made = makers[kind](value, words, key) if kind in makers else None
    if kind == "str":
        return 'a text could be anything; list the words that it may be, as in Literal["mean", "sum"]'
    if made is None:
        return WANTED if kind == "" else f"its default {_shown(value)} is no {_words_for(kind)}"
    reason = made.refuse(made.initial)
    return f"its default: {reason}" if reason else made


def _kind(annotation: ast.expr | None, value: object, path_of: Callable[[ast.expr], str]) -> str | tuple[str, ...]:
    """``int``, ``float``, ``bool``, ``str``, ``ints``, the words of a Literal, or nothing where it is none of these."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str) and len(annotation.value) < 500:
        try:
            annotation = ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            return ""
    if annotation is None:
        if isinstance(value, tuple):
            return "ints"
        return type(value).__name__ if isinstance(value, (bool, int, float, str)) else ""
    path = path_of(annotation)
    if path in ("int", "float", "bool", "str"):
        return path
    if isinstance(annotation, ast.Subscript):
        outer = path_of(annotation.value)
        inner = annotation.slice.elts if isinstance(annotation.slice, ast.Tuple) else [annotation.slice]
        if outer in ("Literal", "typing.Literal"):
            words = [one.value for one in inner if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            return tuple(words) if len(words) == len(inner) else ""
        if outer in ("tuple", "typing.Tuple"):
            plain = [one for one in inner if not (isinstance(one, ast.Constant) and one.value is ...)]
            return "ints" if plain and all(path_of(one) == "int" for one in plain) else ""
    return ""


def _choice(words: tuple[str, ...], value: object, help: str, key: bool) -> Field | str:
    if len(words) > MOST_WORDS or not all(0 < len(word) <= LONGEST_WORD and word.isprintable() for word in words):
        return f"expected at most {MOST_WORDS} words of 1 to {LONGEST_WORD} characters each"
    if value is not None and value not in words:
        return f"its default {_shown(value)} is none of {', '.join(words)}"
    return Choice(str(value) if value is not None else words[0], dict.fromkeys(words, ""), help=help, key=key)


def _bool(value: object, help: str, key: bool) -> Field | None:
    if value is None:
        value = False
    return Bool(value, help=help, key=key) if isinstance(value, bool) else None


def _int(value: object, help: str, key: bool) -> Field | None:
    value = 1 if value is None else value
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return Int(value, minimum=-MOST, help=help, key=key)


def _float(value: object, help: str, key: bool) -> Field | None:
    value = 1.0 if value is None else value
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= LARGEST:
        return None
    return Float(float(value), minimum=-LARGEST, help=help, key=key) if math.isfinite(value) else None


def _ints(value: object, help: str, key: bool) -> Field | None:
    value = (1,) if value is None else value
    whole = isinstance(value, tuple) and all(isinstance(one, int) and not isinstance(one, bool) for one in value)
    return Ints(value, minimum=-MOST, help=help, key=key) if whole else None  # type: ignore[arg-type]


def _words_for(kind: str) -> str:
    return {"int": "whole number", "float": "number", "bool": "True or False", "ints": "tuple of whole numbers"}[kind]


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
