"""Small JSON files that are a convenience: one that is missing or spoiled is as good as an empty one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from designer.project.patience import patiently

LARGEST = 4_000_000


def object_in(path: Path) -> dict[str, Any]:
    """The object in a JSON file; empty where there is none, it cannot be read, is spoiled or too large for one."""
    try:
        if patiently(path.stat).st_size > LARGEST:
            return {}
        found = json.loads(patiently(path.read_bytes))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
