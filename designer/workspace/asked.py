"""What was asked of a training and is not in force yet, in words, until it goes on with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designer.layers.catalog import training_fields

# so many seconds of training without a word of a change that was asked for mean that there is none
LONGEST = 3.0


class Asked:
    """``words`` such as ``Extending…``, empty where nothing is asked for."""

    def __init__(self) -> None:
        self.words = ""
        self._taken = False
        self._since: float | None = None

    def ask(self, word: str, values: Mapping[str, Any]) -> None:
        """This order was given, see ``Steering.order``."""
        self.words, self._taken, self._since = asked_words(word, values), False, None

    def take(self, held: bool) -> None:
        """The training has taken it; where it is not ``held`` it goes on with it in a moment."""
        self._taken = True
        if held:
            self.forget()

    def go_on(self, seconds: float) -> None:
        """The training was seen to go on after so many seconds of it."""
        self._since = seconds if self._since is None else self._since
        if self._taken or seconds - self._since >= LONGEST:
            self.forget()

    def forget(self) -> None:
        """Nothing is asked for any more."""
        self.words, self._since = "", None


def asked_words(word: str, values: Mapping[str, Any]) -> str:
    """What an order asks for that may take a moment; empty for what is done at once."""
    if word == "extend":
        return "Extending…"
    if word != "set":
        return ""
    fields, names = training_fields(), list(values.get("settings", {}))
    if len(names) != 1:
        return "Changing the settings…"
    label = fields[names[0]].label if names[0] in fields else ""
    return f"Changing the {label or names[0].replace('_', ' ')}…"
