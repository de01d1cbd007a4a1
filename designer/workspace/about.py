"""What is said about a project: the text ABOUT.md beside it."""

from __future__ import annotations

from pathlib import Path

ABOUT = "ABOUT.md"
MOST_BYTES = 200_000
CUT = "\n\n*The text is longer; only its beginning is shown.*"


def about(project_path: Path | None) -> str:
    """The Markdown text beside a project file; empty where there is none or it cannot be read.

    Of more than 200 kB only the beginning is read; bytes that are no UTF-8 become replacement signs.
    """
    if project_path is None:
        return ""
    path = project_path.parent / ABOUT
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError:
        return ""
    text = content[:MOST_BYTES].decode("utf-8", "replace").removeprefix("\ufeff").replace("\0", "")
    return text + CUT if len(content) > MOST_BYTES else text
