"""Fields: what may be set, what may be typed, and what is said when it may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.layers.fields import Bool, Choice, Field, Float, Int, Ints, Size, Text, shown
from designer.project.model import FieldValue

INT = Int(3, minimum=1, maximum=9, help="A number.")
FLOAT = Float(0.5, above=True, maximum=1.0, help="A share.")
CHOICE = Choice("a", {"a": "First.", "b": "Second."}, help="A letter.")
SIZE = Size(3, axes=2, help="A window.")
INTS = Ints((1, 2), help="A shape.")


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        (INT, 0, "from 1 to 9, found 0"),
        (INT, True, "whole number"),
        (INT, 2.0, "whole number"),
        (FLOAT, 0.0, "above 0"),
        (FLOAT, float("nan"), "number"),
        (FLOAT, float("inf"), "number"),
        (FLOAT, 1.5, "at most 1"),
        (CHOICE, "c", "one of a, b"),
        (Bool(True, help="Yes."), 1, "true or false"),
        (Text(help="Words.", longest=3), "long", "at most 3"),
        (Text(help="Words."), 3, "expected text"),
        (SIZE, (1, 2, 3), "found 3"),
        (SIZE, 0, "from 1"),
        (INTS, (), "whole numbers"),
        (INTS, (0,), "from 1"),
    ],
)
def test_unsound_values_are_refused_with_a_reason(field: Field, value: object, reason: str) -> None:
    refused = field.refuse(value)
    assert refused is not None
    assert reason in refused


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (INT, " 7 ", 7),
        (FLOAT, "0,25", 0.25),
        (FLOAT, "1e-3", 0.001),
        (Bool(True, help="Yes."), "no", False),
        (CHOICE, "b", "b"),
        (SIZE, "3", 3),
        (SIZE, "3×5", (3, 5)),
        (SIZE, "(3, 5)", (3, 5)),
        (INTS, "1 28 28", (1, 28, 28)),
    ],
)
def test_what_people_type(field: Field, text: str, value: object) -> None:
    assert field.parse(text) == value


@pytest.mark.parametrize(
    ("field", "text"), [(INT, "x"), (INT, "12"), (FLOAT, "half"), (CHOICE, "z"), (SIZE, "1,2,3"), (SIZE, "a")]
)
def test_what_cannot_be_meant(field: Field, text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        field.parse(text)


def _typed(field: Field, text: str) -> FieldValue:
    try:
        return field.parse(text)
    except ValueError as error:
        return field.initial if "expected" in str(error) else ()


@given(st.text(max_size=20))
def test_typing_anything_gives_a_sound_value_or_a_reason(text: str) -> None:
    for field in (INT, FLOAT, CHOICE, SIZE, INTS, Bool(False, help="No."), Text(help="Words.")):
        assert field.refuse(_typed(field, text)) is None


def test_values_for_people() -> None:
    assert [shown(value) for value in (True, 3, 0.001, (3, 3), "same")] == ["yes", "3", "0.001", "3×3", "same"]
