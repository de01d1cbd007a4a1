"""How a run ended, as the window says it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designer.gui.numbers import duration, figure, plural
from designer.project.model import Training


def ending(metrics: Mapping[str, Any], training: Training, stopped: bool, told: Mapping[str, Any]) -> str:
    """How a run ended, in a few sentences; ``told`` is what ``ending_of`` told, ``training`` its last settings."""
    from designer.workspace.endings import early_words, ending_sentences

    epochs = int(metrics.get("epochs", 0))
    # of one that was to be extended and was not, no more is known
    early = epochs < training.epochs and not stopped and training.patience > 0
    how = "Stopped" if stopped else "Stopped early" if early else "Finished"
    why = f", {early_words(training)}" if early else ""
    head = f"{how} after {plural(epochs, 'epoch')}, {duration(float(metrics.get('seconds', 0.0)))}{why}."
    return " ".join([head, *ending_sentences(told, training, figure)])
