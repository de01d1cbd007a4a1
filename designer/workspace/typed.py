"""What a person typed: values for fields, and words that are nearly known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

from designer.layers.fields import Field
from designer.project.errors import EditError
from designer.project.model import (
    FieldValue,
)


def parsed(path: str, fields: Mapping[str, Field], name: str, text: str) -> FieldValue:
    """What was typed for the field ``name``; an EditError says which fields there are, or which value was expected."""
    field = fields.get(name)
    if field is None:
        known = f"; there are {', '.join(fields)}" if fields else "; it has none"
        raise EditError(f"“{path}”: there is no setting “{name}” here{meant(name, fields)}{known}")
    try:
        return field.parse(text)
    except ValueError as error:
        raise EditError(f"{path}: {error}") from None


def meant(word: str, known: Iterable[str]) -> str:
    """A question for the known word that is nearest, where one is near."""
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" (did you mean “{close[0]}”?)" if close else ""
