"""Facts: what is known of a project's data once it has been read, split and learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

TargetKind: TypeAlias = Literal["number", "binary", "classes", "text"]


def is_class(kind: str) -> bool:
    """Whether a target of this kind tells to which class a sample belongs."""
    return kind in ("binary", "classes")


@dataclass(frozen=True)
class TargetFacts:
    """What is known of the target of one output: see ``Facts``."""

    kind: TargetKind
    classes: tuple[str, ...] = ()
    target: str = ""
    minimum: float | None = None
    width: int = 1
    shape: tuple[int, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the checker needs to know of the data.

    ``features`` names the columns of the prepared matrix (one-hot columns are ``sex=male``; of pictures those beside
    them);
    ``classes`` the target's classes in the order of their codes (empty for numbers; two for ``binary``), of a text the
    characters that occur in it, the empty blank before them;
    ``rows`` counts the rows or pictures of the parts ``train``, ``validation`` and ``test``;
    ``notes`` says what was done aloud: rows dropped, cells filled, pictures left out.
    ``shapes`` has the shape of a sample at each input node, ``codes`` how many codes come from those that feed codes.
    ``target_width`` counts the columns of a target of numbers, or the characters of the longest text; ``target_shape``
    are the axes that a target of classes has beside the samples: height and width of masks. ``weighted`` is whether
    samples count unlike.
    Of several outputs these are of the first, and ``others`` has the rest by node id. ``answer_shape`` is the shape
    that the output must have where it is compared with the input itself, or with the next tokens.
    ``baseline`` has for parts of a series the root mean squared error of repeating the last value.
    """

    target_kind: TargetKind
    features: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    target: str = ""
    target_minimum: float | None = None
    target_width: int = 1
    target_shape: tuple[int, ...] = ()
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    codes: Mapping[str, int] = field(default_factory=dict)
    weighted: bool = False
    others: Mapping[str, TargetFacts] = field(default_factory=dict)
    answer_shape: tuple[int, ...] = ()
    baseline: Mapping[str, float] = field(default_factory=dict)

    def of(self, output: str) -> TargetFacts:
        """What is known of the target of the output node ``output``."""
        if output in self.others:
            return self.others[output]
        return TargetFacts(
            self.target_kind, self.classes, self.target, self.target_minimum, self.target_width, self.target_shape
        )
