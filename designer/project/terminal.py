"""How words are typed in a terminal so that a command gets them as they are."""

from __future__ import annotations

import re
import shlex
import sys
from collections.abc import Iterable

# what neither of Windows' two shells takes for more than a letter
PLAIN = re.compile(r"[\w@+=:.\\/-]+")


def as_typed(words: Iterable[str]) -> str:
    """A command line, or a part of one, for the shell of this system: ``layerloom train 'my project.loom'``."""
    if sys.platform == "win32":
        return " ".join(word if PLAIN.fullmatch(word) else _quoted(word) for word in words)
    return shlex.join(words)


def _quoted(word: str) -> str:
    """In the quotes that Windows' shells have in common; a backslash before the last of them would take it away."""
    inside = word.replace('"', '\\"')
    end = "\\" if inside.endswith("\\") else ""
    return f'"{inside}{end}"'
