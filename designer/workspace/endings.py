"""How a run ended, in words: why it stopped early, whose weights are kept, and a loss that grew enormously."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from designer.project.model import Training
from designer.training.ending import GUESS
from designer.workspace.run_list import RunInfo
from designer.workspace.run_order import figure_words


def ending_of_run(run: RunInfo, metrics: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the ``metrics.json`` of a run tells of its end; of one made before that was told what its curves say."""
    told = metrics.get("ending")
    if isinstance(told, Mapping):
        return told
    kept = run.project.training.keep_best and run.part == "validation" and run.best_epoch
    return {"kept_epoch": run.best_epoch} if kept else {}


def early_words(training: Training) -> str:
    """Why a run stopped early: ``since validation accuracy no longer got better for 20 epochs``."""
    epochs = "1 epoch" if training.patience == 1 else f"{training.patience:,} epochs"
    waited = f" for {epochs}" if training.patience else ""
    return f"since {figure_words('validation', training.monitor)} no longer got better{waited}"


def ending_sentences(ending: Mapping[str, Any], training: Training, number: Callable[[float], str]) -> list[str]:
    """What is to be said of the end beside its length; ``number`` writes figures."""
    said = []
    rose = ending.get("loss_rose")
    if isinstance(rose, Mapping):
        of = ", that of the plainest guess," if rose.get("of") == GUESS else ""
        rise = f"The loss rose from {number(float(rose['from']))}{of} to {number(float(rose['to']))}"
        said.append(f"{rise}: most often the learning rate is too large.")
    if kept := ending.get("kept_epoch"):
        by = figure_words("validation", training.monitor)
        said.append(f"The weights of epoch {int(kept):,}, the best by {by}, are kept.")
    return said
