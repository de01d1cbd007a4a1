"""Predicting, at each step of a text, the token that comes next; and writing with that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, inf, log
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from designer.runtime.batches import Part
from designer.runtime.measures import Measure
from designer.runtime.text import FIRST_TOKEN, PADDING, UNKNOWN

# so many scores are held at once where outputs are measured
MEASURED_SCORES = 1 << 24
LARGEST_EXPONENT = 700.0


def scores_of_steps(model: nn.Module, batch: Part) -> Tensor:
    """The model's scores (N, T, V) as losses and metrics of classes take them: (N, V, T)."""
    scores: Tensor = model(*batch.inputs)
    return scores.movedim(-1, 1)


@dataclass(frozen=True)
class TokenMeasure(Measure):
    """Measures scores (N, V, T) ``rows`` samples at a time: of large vocabularies all at once would be too large."""

    rows: int = 1024

    def piece(self, output: Tensor, target: Tensor) -> tuple[int, dict[str, float]]:
        """How many samples there are, and their figures."""
        return len(output), self(output, target)

    def together(self, pieces: Sequence[tuple[int, dict[str, float]]]) -> dict[str, float]:
        """The figures of all samples of those of their pieces: the mean over samples, of perplexities that of logs."""
        count = sum(samples for samples, _ in pieces)
        figures = {}
        for name in pieces[0][1]:
            values = [(samples / count, each[name]) for samples, each in pieces]
            if name != "perplexity":
                figures[name] = sum(share * value for share, value in values)
                continue
            logs = sum(share * log(value) for share, value in values)
            figures[name] = inf if logs > LARGEST_EXPONENT else exp(logs)
        return figures


def measured_rows(steps: int, scores: int) -> int:
    """How many samples of ``steps`` steps with ``scores`` each are measured at a time."""
    return max(1, min(1024, MEASURED_SCORES // max(1, steps * scores)))


def write_tokens(
    model: nn.Module,
    tokens: Sequence[int],
    length: int,
    count: int,
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
    likeliest: int = 0,
) -> Iterator[int]:
    """``count`` codes that go on after ``tokens``, of which the model sees the last ``length``, one after the other.

    Each is drawn from softmax(scores / ``temperature``), of the ``likeliest`` ones alone where that is above 0; at
    temperature 0 it is the likeliest itself. ``generator``, on the processor, is the chance that it is drawn by.
    """
    device = next((each.device for each in model.parameters()), torch.device("cpu"))
    seen = [code for code in tokens if code != PADDING] or [FIRST_TOKEN]
    for _ in range(count):
        model.eval()
        window = seen[-length:]
        filled = torch.tensor([window + [PADDING] * (length - len(window))], device=device)
        with torch.no_grad():
            # later steps do not matter to a network that may not see them
            scores = model(filled)[0, len(window) - 1].float().cpu()
        scores[[PADDING, UNKNOWN]] = -torch.inf
        seen.append(next_token(scores, temperature, generator, likeliest))
        yield seen[-1]


def next_token(scores: Tensor, temperature: float, generator: torch.Generator | None, likeliest: int) -> int:
    """A code drawn by scores (V,): see ``write_tokens``."""
    if likeliest:
        least = scores.topk(min(likeliest, len(scores))).values[-1]
        scores = scores.masked_fill(scores < least, -torch.inf)
    if temperature <= 0:
        return int(scores.argmax())
    chances = (scores / temperature).double().softmax(dim=0)
    if not bool(chances.isfinite().all()):
        return int(scores.nan_to_num(-torch.inf).argmax())
    return int(torch.multinomial(chances, 1, generator=generator))


def written_text(
    model: nn.Module,
    prompt: str,
    learned: Mapping[str, Any],
    encode: Callable[[str, Mapping[str, Any]], np.ndarray],
    join: Callable[[Sequence[int], Mapping[str, Any]], str],
    length: int,
    count: int,
    temperature: float = 0.8,
    seed: int = 0,
    likeliest: int = 0,
) -> str:
    """The prompt and ``count`` tokens that the model writes after it; the same ``seed`` writes the same.

    Without a prompt it begins a line.
    """
    tokens = encode(prompt or "\n", learned).tolist()
    chance = torch.Generator().manual_seed(seed)
    written = write_tokens(model, tokens, length, count, temperature, chance, likeliest)
    return join([*(tokens if prompt else []), *written], learned)
