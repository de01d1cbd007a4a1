"""Samples from one text: read, divided in its order, cut into tokens and those into windows, which predict the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LAYERS, mode_of
from designer.project.facts import Facts
from designer.project.model import Project, TableData
from designer.project.paths import resolve_from
from designer.training.chosen import ChosenInput, chosen_inputs, input_nodes
from designer.training.errors import RunError
from designer.training.extras import running_byte_pairs
from designer.training.prepared import PARTS, Known, Prepared, Unseen, counted

if TYPE_CHECKING:
    import numpy as np

# what stands for the target: the next tokens, which are classes
NEXT_TOKENS: Mapping[str, Any] = {"name": "", "kind": "classes", "own": True}


@dataclass(frozen=True)
class Way:
    """The functions of the runtime, by name, that learn the tokens of a text, number them and put them together."""

    learn: str
    encode: str
    join: str


WAYS: Mapping[str, Way] = {
    "characters": Way("learn_text_characters", "encode_text_characters", "join_characters"),
    "words": Way("learn_text_words", "encode_text_words", "join_words"),
    "byte_pairs": Way("learn_text_pieces", "encode_text_pieces", "join_pieces"),
}


@dataclass(frozen=True)
class Wanted:
    """What a project wants of a text: the input that takes it, its column, and how it is cut into tokens.

    ``length`` tokens are seen at once: as many as the input reads of a text, or where it does not say as the windows
    have.
    """

    data: TableData
    taken: ChosenInput
    column: str
    by: str
    settings: dict[str, Any]
    length: int

    @property
    def way(self) -> Way:
        """The functions for its tokens."""
        return WAYS[self.by]


def wanted(project: Project, data: TableData) -> Wanted:
    """What the project wants; RunError where it cannot be had of a text."""
    mode = mode_of(project)
    if mode.targets != "next":
        raise RunError(
            f"One text is there to be gone on with: train with the mode Next token, not with {mode.title}. To tell "
            "texts apart, use a table with a column of text, or a folder of texts for each class."
        )
    for node in input_nodes(project):
        if node.type != "text_input":
            raise RunError(f"“{node.name}” ({LAYERS[node.type].title}) takes no text: use a Text input instead.")
    if data.split.by != "time":
        raise RunError("A text is divided in its order, its end to test with: choose the split by time.")
    if data.split.folds > 1:
        raise RunError(
            "One text is tested with its end alone, so that there are no folds of it: set folds to 0, and train with"
            " several seeds instead to see the spread."
        )
    inputs = chosen_inputs(project, data)
    if len(inputs) != 1:
        raise RunError(f"One Text input takes the text, but there are {len(inputs)}.")
    column, said = next(iter(inputs[0].columns.items()))
    settings = {name: said[name] for name in ("vocabulary", "lowercase")}
    length = int(said["length"]) or data.windows.length
    return Wanted(data, inputs[0], column, str(said["encode"]), settings, length)


def read(project: Project, data: TableData, base: Path, given: Mapping[str, Any] | None) -> Prepared:
    """The three parts of a text; with ``given``, learned in an earlier run, nothing is learned anew."""
    from designer.runtime.running_text import read_running_text, text_in_order
    from designer.runtime.token_windows import refuse_short, token_part

    want = wanted(project, data)
    text = read_running_text(resolve_from(base, data.path), data.format.encoding)
    texts = text_in_order(text, data.split.validation, data.split.test)
    preparation = dict(given or _learned(want, texts[0]))
    learned = preparation["features"][want.column]
    codes = [encoded(each, learned) for each in texts]
    strides = (data.windows.stride, want.length, want.length)
    parts = [token_part(each, want.length, stride) for each, stride in zip(codes, strides, strict=True)]
    refuse_short(parts, [len(each) for each in codes], want.length)
    facts = Facts(
        target_kind="classes",
        rows=counted(parts),
        notes=_notes(want, learned, codes),
        shapes={want.taken.node.id: (want.length,)},
        codes={want.taken.node.id: int(learned["codes"])},
        answer_shape=(want.length, int(learned["codes"])),
    )
    return Prepared(parts[0], parts[1], parts[2], preparation, facts)


def _learned(want: Wanted, text: str) -> dict[str, Any]:
    """What prepares the text, learned of the part to train with."""
    found = functions(want.by)[0](text, want.settings)
    learned = {"kind": "text", "encode": want.by, **found}
    return {"features": {want.column: learned}, "target": dict(NEXT_TOKENS)}


def _notes(want: Wanted, learned: Mapping[str, Any], codes: list[np.ndarray]) -> tuple[str, ...]:
    from designer.runtime.text import UNKNOWN

    said = ", ".join(
        f"{len(each):,} to {word}" for each, word in zip(codes, ("train", "validate", "test"), strict=True)
    )
    words = want.by.replace("_", " ")
    notes = [f"The text has {said} with, cut into {words}; {len(learned['tokens']):,} different ones are known."]
    for name, each in list(zip(PARTS, codes, strict=True))[1:]:
        share = float((each == UNKNOWN).mean()) if len(each) else 0.0
        if share:
            notes.append(f"{share:.1%} of the tokens of the {name} part are unknown.")
    return tuple(notes)


def functions(by: str) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """The functions that learn tokens of a kind, number them and join them; a RunError where a library is missing."""
    from designer.runtime import running_text

    module: ModuleType = running_byte_pairs() if by == "byte_pairs" else running_text
    way = WAYS[by]
    return getattr(module, way.learn), getattr(module, way.encode), getattr(module, way.join)


def encoded(text: str, learned: Mapping[str, Any]) -> np.ndarray:
    """The codes of a text, of whose tokens ``learned`` tells: int64 of shape (tokens,)."""
    codes: np.ndarray = functions(str(learned["encode"]))[1](text, learned)
    return codes


def unseen(project: Project, data: TableData, preparation: Mapping[str, Any], path: Path) -> Unseen:
    """There is nothing to predict for: a RunError says what there is instead."""
    raise RunError("This network goes on with texts instead of predicting: layerloom generate RUN --prompt TEXT.")


def part_of(project: Project, data: TableData, preparation: Mapping[str, Any], path: Path) -> Known:
    """All windows of another text."""
    from designer.runtime.running_text import read_running_text
    from designer.runtime.token_windows import token_part

    want = wanted(project, data)
    length = want.length
    codes = encoded(read_running_text(path, data.format.encoding), preparation["features"][want.column])
    part = token_part(codes, length, length)
    if not len(part):
        raise RunError(f"{path.name} has {len(codes):,} tokens, but {length + 1:,} are needed to measure with.")
    return Known(part)
