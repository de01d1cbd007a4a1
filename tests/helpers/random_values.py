"""Values that a person may give the fields of a layer, a loss or an optimizer: small ones that mostly suit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import prod

from hypothesis import strategies as st

from designer.compiler.report import Flow
from designer.layers.fields import Bool, Choice, Field, Float, Int, Ints, Size
from designer.layers.training_fields import TRAINING_FIELDS
from designer.project.model import FieldValue

MOST = 8
Hint = Callable[[Flow], "st.SearchStrategy[FieldValue]"]


def shape_of(flow: Flow) -> tuple[int, ...]:
    """The shape of a sample; one number where it is unknown."""
    return flow.shape or (1,)


def divisors(number: int) -> list[int]:
    """The numbers up to MOST that divide ``number`` evenly."""
    return [each for each in range(1, MOST + 1) if number % each == 0]


@st.composite
def factors(draw: st.DrawFn, number: int) -> tuple[int, ...]:
    """Up to four whole numbers whose product is ``number``."""
    found = []
    for _ in range(draw(st.integers(0, 3))):
        part = draw(st.sampled_from(divisors(number)))
        found.append(part)
        number //= part
    return (*found, number)


@st.composite
def expanded(draw: st.DrawFn, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape to which one with these axes can be repeated."""
    return tuple(
        draw(st.sampled_from([2, 3, -1])) if size == 1 else draw(st.sampled_from([size, -1])) for size in shape
    )


def _axis(flow: Flow) -> st.SearchStrategy[FieldValue]:
    return st.integers(1, len(shape_of(flow)))


def _sides(flow: Flow) -> st.SearchStrategy[FieldValue]:
    count = 2 * max(1, len(shape_of(flow)) - 1)
    return st.lists(st.integers(0, 2), min_size=count, max_size=count).map(tuple)


def _heads(flow: Flow) -> st.SearchStrategy[FieldValue]:
    return st.sampled_from(divisors(shape_of(flow)[-1]))


def _groups(flow: Flow) -> st.SearchStrategy[FieldValue]:
    return st.sampled_from(divisors(shape_of(flow)[0]))


def _order(flow: Flow) -> st.SearchStrategy[FieldValue]:
    return st.permutations(range(1, len(shape_of(flow)) + 1)).map(tuple)


def _codes(flow: Flow) -> st.SearchStrategy[FieldValue]:
    return st.integers(flow.codes or 1, flow.codes or MOST)


# what suits what comes in, by layer type and field, or by the field alone
HINTS: Mapping[str, Hint] = {
    "reshape.shape": lambda flow: factors(prod(shape_of(flow))),
    "expand.shape": lambda flow: expanded(shape_of(flow)),
    "constant.shape": lambda flow: st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple),
    "unsqueeze.dim": lambda flow: st.integers(1, len(shape_of(flow)) + 1),
    "stack.dim": lambda flow: st.integers(1, len(shape_of(flow)) + 1),
    "dims": _order,
    "dim": _axis,
    "axes": _axis,
    "sides": _sides,
    "num_heads": _heads,
    "nhead": _heads,
    "num_groups": _groups,
    "groups": lambda flow: st.sampled_from([1, 1, 1, *divisors(shape_of(flow)[0])]),
    "num_embeddings": _codes,
    "kernel_size": lambda flow: st.integers(1, 3),
    "stride": lambda flow: st.integers(1, 2),
    "padding": lambda flow: st.integers(0, 1),
    "output_padding": lambda flow: st.sampled_from([0, 0, 1]),
    "dilation": lambda flow: st.integers(1, 2),
    "start": lambda flow: st.integers(0, 1),
    "top": lambda flow: st.integers(0, 1),
    "left": lambda flow: st.integers(0, 1),
    "length": lambda flow: st.integers(1, 3),
    "height": lambda flow: st.integers(1, 4),
    "width": lambda flow: st.integers(1, 4),
    "scale_factor": lambda flow: st.sampled_from([0.5, 1.0, 1.5, 2.0]),
    "num_layers": lambda flow: st.integers(1, 2),
    "upscale_factor": lambda flow: st.integers(1, 2),
    "downscale_factor": lambda flow: st.integers(1, 2),
}


def any_value(field: Field) -> st.SearchStrategy[FieldValue]:
    """Any sound value of a field that makes nothing large."""
    if isinstance(field, Bool):
        return st.booleans()
    if isinstance(field, Choice):
        return st.sampled_from(list(field.options))
    if isinstance(field, Float):
        low, high = field.minimum, min(field.maximum, max(field.minimum, 0.0) + MOST)
        return st.just(field.default) | st.floats(max(low, -MOST), high, exclude_min=field.above)
    if isinstance(field, Int):
        return st.integers(max(field.minimum, -MOST), min(field.maximum, max(field.minimum, 0) + MOST))
    if isinstance(field, Ints):
        return st.lists(st.integers(max(field.minimum, -MOST), MOST), min_size=1, max_size=min(field.longest, 4)).map(
            tuple
        )
    if isinstance(field, Size):
        one = st.integers(field.minimum, min(field.maximum, MOST))
        return one if field.axes == 1 else one | st.tuples(*[one] * field.axes)
    return st.just(field.initial)


@st.composite
def values(draw: st.DrawFn, key: str, fields: Mapping[str, Field], flow: Flow) -> dict[str, FieldValue]:
    """Every field of a layer of type ``key`` that ``flow`` reaches first: mostly what suits, sometimes anything."""
    found: dict[str, FieldValue] = {}
    for name, field in fields.items():
        if name in TRAINING_FIELDS:
            if draw(st.integers(0, 99)) >= 92:
                found[name] = draw(any_value(field))
            continue
        hint = HINTS.get(f"{key}.{name}", HINTS.get(name))
        wild = draw(st.integers(0, 99)) >= 95
        if hint is not None and not wild:
            found[name] = draw(hint(flow))
        elif isinstance(field, Float) and not wild and draw(st.booleans()):
            found[name] = field.default
        else:
            found[name] = draw(any_value(field))
        if field.refuse(found[name]):
            found[name] = field.initial
    return found
