"""A view of texts as tokens: how they are cut, how long they are, which tokens are frequent and how many unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from designer.runtime.batches import Part
    from designer.training.chosen import ChosenInput

EXAMPLES = 20
FREQUENT = 50
BINS = 30


@dataclass(frozen=True)
class TokenReport:
    """What a text input makes of texts.

    ``examples`` are the tokens of the first texts, as many as are read of each; ``known`` says of each whether it is
    in the vocabulary. ``lengths`` is a histogram, (from, to, how many texts), both bounds included; ``length`` the
    most tokens that are read and ``cut`` the share of texts that have more. ``frequent`` holds tokens with their
    counts, ``vocabulary`` is how many there are, ``unknown`` the share of what is read of other texts, those held
    back to validate, that is not among them; None without such texts.
    """

    examples: tuple[tuple[str, ...], ...]
    known: tuple[tuple[bool, ...], ...]
    lengths: tuple[tuple[int, int, int], ...]
    length: int
    cut: float
    frequent: tuple[tuple[str, int], ...]
    vocabulary: int
    unknown: float | None


def token_report(texts: Sequence[Any], settings: Mapping[str, Any], held: Sequence[Any] = ()) -> TokenReport:
    """What a text input with ``settings`` makes of the ``texts`` to learn from, and of those ``held`` back.

    ``settings`` are the fields of the input: ``by``, ``vocabulary``, ``length`` and ``lowercase``.
    """
    import numpy as np

    learned, cut = _learn(texts, settings)
    tokens = cut(texts)
    counts = Counter(token for each in tokens for token in each)
    vocabulary = set(learned["tokens"])
    sizes = np.array([len(each) for each in tokens] or [0])
    others = [token for each in cut(held) for token in each[: learned["length"]]] if len(held) else []
    shown = [tuple(each[: learned["length"]]) for each in tokens[:EXAMPLES]]
    return TokenReport(
        examples=tuple(shown),
        known=tuple(tuple(token in vocabulary for token in each) for each in shown),
        lengths=histogram(sizes.tolist()),
        length=int(learned["length"]),
        cut=float((sizes > learned["length"]).mean()),
        frequent=tuple(counts.most_common(FREQUENT)),
        vocabulary=len(vocabulary),
        unknown=sum(token not in vocabulary for token in others) / len(others) if others else None,
    )


def token_notes(inputs: Sequence[ChosenInput], preparation: Mapping[str, Any], validation: Part) -> list[str]:
    """How many tokens were learned of each column of text, and the share that is unknown of the validation part."""
    from designer.runtime.text import PADDING, UNKNOWN

    notes = []
    for chosen, codes in zip(inputs, validation.inputs, strict=True):
        for name in chosen.columns if chosen.node.type == "text_input" else ():
            learned = preparation["features"][name]
            note = f"{name}: {len(learned['tokens']):,} tokens were learned, {learned['length']:,} of a text are read"
            there = int((codes != PADDING).sum())
            share = int((codes == UNKNOWN).sum()) / there if there else 0.0
            notes.append(f"{note}; {share:.1%} of those of the validation part are unknown." if there else f"{note}.")
    return notes


def _learn(texts: Any, settings: Mapping[str, Any]) -> tuple[dict[str, Any], Callable[[Any], list[list[str]]]]:
    """What is learned of texts, and the function that cuts texts into tokens."""
    import pandas as pd

    from designer.runtime import text

    cells = pd.Series(list(texts), dtype="object").array
    if settings["by"] == "byte_pairs":
        from designer.training.extras import byte_pairs

        library = byte_pairs()
        learned = library.learn_byte_pairs(cells, settings)
        return learned, lambda held: library.cut_byte_pairs(pd.Series(list(held), dtype="object").array, learned)
    split = text.split_words if settings["by"] == "words" else text.split_characters
    learn = text.learn_words if settings["by"] == "words" else text.learn_characters
    lowercase = bool(settings["lowercase"])

    def cut(held: Any) -> list[list[str]]:
        return [split(each) for each in text.texts_of(pd.Series(list(held), dtype="object").array, lowercase)]

    return learn(cells, settings), cut


def histogram(sizes: Sequence[int]) -> tuple[tuple[int, int, int], ...]:
    """At most 30 bins of equal width over whole numbers: (from, to, how many), both bounds included."""
    low, high = min(sizes), max(sizes)
    width = max(1, -(-(high - low + 1) // BINS))
    counts = Counter((size - low) // width for size in sizes)
    bins = range((high - low) // width + 1)
    return tuple((low + width * each, low + width * (each + 1) - 1, counts[each]) for each in bins)
