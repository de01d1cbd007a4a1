"""Starts Layerloom: ``python -m designer`` is the same as ``layerloom``."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line, or open the app where no command is named; answers the exit status."""
    from designer.cli.main import main as command_line

    return command_line(argv, _app)


def _app(words: list[str]) -> int:
    from designer.gui.app import main as app

    return int(app(words))


if __name__ == "__main__":
    sys.exit(main())
