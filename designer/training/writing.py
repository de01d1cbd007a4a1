"""Texts that a trained network writes, token by token."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import mode_of
from designer.project.model import Project, TableData
from designer.training.errors import RunError, in_words
from designer.training.results import read_run, trained_model
from designer.training.sources.running_text import functions, wanted

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

USUAL_LENGTH = 400
MOST_TOKENS = 1_000_000
TEMPERATURE = 0.8


@dataclass(frozen=True)
class Wish:
    """What is to be written: ``count`` tokens after ``prompt``.

    ``temperature`` 0 always takes the likeliest token, 1 draws them as the network expects them; of the ``likeliest``
    ones alone it draws where that is above 0. The same ``seed`` writes the same.
    """

    prompt: str = ""
    count: int = USUAL_LENGTH
    temperature: float = TEMPERATURE
    likeliest: int = 0
    seed: int = 0


@dataclass(frozen=True)
class Writer:
    """A network that was trained to predict next tokens, with what was ``learned`` of these; it sees ``length``."""

    model: nn.Module
    learned: Mapping[str, Any]
    length: int

    def encoded(self, text: str) -> np.ndarray:
        """The codes of a text."""
        codes: np.ndarray = functions(str(self.learned["encode"]))[1](text, self.learned)
        return codes

    def tokens(self, wish: Wish) -> Iterator[int]:
        """The codes that are written, one after the other, as ``written_text`` of the runtime writes them."""
        import torch

        from designer.runtime.next_tokens import write_tokens

        tokens = self.encoded(wish.prompt or "\n").tolist()
        chance = torch.Generator().manual_seed(wish.seed)
        return write_tokens(self.model, tokens, self.length, wish.count, wish.temperature, chance, wish.likeliest)

    def joined(self, wish: Wish, written: Sequence[int]) -> str:
        """The prompt with what was written after it."""
        tokens = self.encoded(wish.prompt).tolist() if wish.prompt else []
        text: str = functions(str(self.learned["encode"]))[2]([*tokens, *written], self.learned)
        return text

    def text(self, wish: Wish) -> str:
        """All that is wished for at once."""
        return self.joined(wish, list(self.tokens(wish)))

    def unknown(self, prompt: str) -> int:
        """How many tokens of a prompt no training text had."""
        from designer.runtime.text import UNKNOWN

        return int((self.encoded(prompt) == UNKNOWN).sum()) if prompt else 0


def writer_of(run: Path) -> Writer:
    """The writer that a run has trained; a RunError where it has learned something else."""
    record = read_run(run)
    data = record.project.data
    if not writes(record.project) or not isinstance(data, TableData):
        title = mode_of(record.project).title.lower()
        raise RunError(f"The run {record.folder} was trained as {title} and writes no text.")
    with in_words():
        return made_writer(record.project, trained_model(record), record.preparation)


def made_writer(project: Project, model: nn.Module, preparation: Mapping[str, Any]) -> Writer:
    """The writer of a model that was trained as ``project`` says."""
    assert isinstance(project.data, TableData)
    return Writer(model, next(iter(preparation["features"].values())), wanted(project, project.data).length)


def writes(project: Project) -> bool:
    """Whether a project trains a network to write."""
    return mode_of(project).targets == "next"
