"""The one family of errors that a person can cause and can mend."""

from __future__ import annotations


class LayerloomError(Exception):
    """Says in plain words what is wrong, what was expected, what was found and what to do.

    ``commands`` are those that help in a terminal, where that is not plain; a window has buttons for them.
    """

    commands = ""


class ProjectError(LayerloomError):
    """A project file that cannot be read, written or understood."""


class EditError(LayerloomError):
    """An edit that the project's rules refuse; the message says why not."""
