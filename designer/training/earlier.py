"""What runs learned that were made by earlier versions, brought to the form of today."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# how earlier versions wrote the scale that they learned: offset, scale, and what made them
SCALES = (("mean", "std", "standard"), ("minimum", "range", "minmax"))


def brought_up(preparation: Mapping[str, Any]) -> dict[str, Any]:
    """The preparation that an earlier run learned as it would be learned today; one of today is left as it is.

    A scale is ``offset`` and ``scale`` whatever it was made of, and a column says which steps it goes through.
    """
    features, target = preparation.get("features"), preparation.get("target")
    if not isinstance(target, dict):
        return dict(preparation)
    if target.get("kind") == "number":
        target = {"offset": 0.0, "scale": 1.0} | _scale_brought_up(target)[0]
    if isinstance(features, dict):
        features = {name: _column_brought_up(learned) for name, learned in features.items()}
        return {**preparation, "features": features, "target": target}
    return {**preparation, "target": target}


def _column_brought_up(learned: Any) -> Any:
    if not isinstance(learned, dict) or "steps" in learned:
        return learned
    known = {name: value for name, value in learned.items() if name != "missing"}
    filled = learned.get("missing") != "drop"
    if "categories" in learned:
        known |= {"kind": "category", "fill": learned.get("fill") or None}
        return {**known, "steps": [*(["most_frequent"] if filled else []), "onehot"]}
    scaled, way = _scale_brought_up(known)
    return {**scaled, "steps": [*([str(learned.get("missing", "mean"))] if filled else []), *([way] if way else [])]}


def _scale_brought_up(learned: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """The same with ``offset`` and ``scale``, and the way that these are learned; empty where there are none."""
    known = dict(learned)
    for offset, scale, way in SCALES:
        if offset in known and scale in known:
            known |= {"offset": known.pop(offset), "scale": known.pop(scale)}
            return known, way
    return known, ""
