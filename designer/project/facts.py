"""Facts: what is known of a project's data once it has been read, split and learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

TargetKind: TypeAlias = Literal["number", "binary", "classes"]


@dataclass(frozen=True)
class Facts:
    """What the checker needs to know of the data.

    ``features`` names the columns of the prepared matrix (one-hot columns are ``sex=male``; empty for images);
    ``classes`` the target's classes in the order of their codes (empty for numbers; two for ``binary``);
    ``rows`` counts the rows or pictures of the parts ``train``, ``validation`` and ``test``;
    ``notes`` says what was done aloud: rows dropped, cells filled, pictures left out.
    """

    target_kind: TargetKind
    features: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    rows: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    target: str = ""
    target_minimum: float | None = None
