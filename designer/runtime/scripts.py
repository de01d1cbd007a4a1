"""What a script needs at its own beginning and end: finding the data, showing figures, saving the weights."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import torch
from torch import nn

from designer.runtime.events import Epoch


def find_data(path: str, script: str) -> Path:
    """The data at ``path`` as seen from the folder of ``script``; else its name beside it or in the working folder."""
    here = Path(script).resolve().parent
    places = [here / path, here / Path(path).name, Path(Path(path).name)]
    return next((place for place in places if place.exists()), places[0])


def show_epoch(event: Epoch) -> None:
    """Print one line: the epoch, and the figures of both parts."""
    figures = [f"train {figures_text(event.train)}"]
    if event.validation:
        figures.append(f"validation {figures_text(event.validation)}")
    print(f"epoch {event.epoch:>{len(str(event.epochs))}}/{event.epochs}  {'  '.join(figures)}", flush=True)


def figures_text(figures: dict[str, float]) -> str:
    """Figures as people read them: ``loss 0.1234 accuracy 0.9667``."""
    return " ".join(f"{name} {value:.4g}" for name, value in figures.items())


def show_folds(figures: list[dict[str, float]]) -> None:
    """Print the average of each figure over the folds, and the spread: the standard deviation (n − 1)."""
    for name in figures[0]:
        values = torch.tensor([each[name] for each in figures], dtype=torch.float64)
        print(f"{name} {values.mean():.4g} ± {values.std():.2g} over {len(figures)} folds")


def save_weights(model: nn.Module, path: Path) -> None:
    """Write the state dict to ``path``."""
    save_whole({name: tensor.cpu() for name, tensor in model.state_dict().items()}, path)


def save_whole(content: Any, path: Path) -> None:
    """``torch.save`` to ``path`` by way of a file beside it, so that an older one stays whole if that fails."""
    unfinished = path.with_name(f"{path.name}.part")
    try:
        with unfinished.open("wb") as file:
            torch.save(content, file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
