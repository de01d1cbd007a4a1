"""What prepares features and the target of one output, learned of a frame."""

from __future__ import annotations

from typing import Any

from designer.training.columns import learn_features, learn_target


def learn_preparation(frame: Any, features: Any, targets: Any, kind: str) -> dict[str, Any]:
    """``{"features": …, "target": …}``."""
    return {"features": learn_features(frame, features), "target": learn_target(frame, targets, kind)}
