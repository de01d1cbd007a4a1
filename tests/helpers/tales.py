"""One long text and networks that learn to write it, for tests."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from designer.project.model import Column, FieldValue, Project, Split, TableData, Training, Windows
from tests.helpers.graphs import chain

ANIMALS, DEEDS = ("fox", "crow", "mole", "hare"), ("saw a light", "lost its way", "found some bread", "sang, and slept")


def tale(sentences: int = 120, seed: int = 0) -> str:
    """Sentences of a small language, four to a line."""
    chance = random.Random(seed)
    said = [f"The {chance.choice(ANIMALS)} {chance.choice(DEEDS)}." for _ in range(sentences)]
    return "\n".join(" ".join(said[place : place + 4]) for place in range(0, sentences, 4)) + "\n"


def tale_data(folder: Path, length: int = 16, text: str = "", **changes: object) -> TableData:
    """The settings for a text, which is written to ``folder``."""
    (folder / "tale.txt").write_text(text or tale(), encoding="utf-8")
    columns = (Column("text", "text", "feature", "most_frequent", "none"),)
    data = TableData(
        "tale.txt", columns=columns, split=Split("time", 0.1, 0.15), samples="tokens", windows=Windows(length, stride=8)
    )
    return replace(data, **changes)  # type: ignore[arg-type]


def writing_project(
    folder: Path, codes: int = 26, by: str = "characters", training: Training | None = None, **layer: FieldValue
) -> Project:
    """An embedding, a GRU and a Linear that learn the next token of a text."""
    usual = Training(epochs=3, batch_size=16, learning_rate=0.01, seed=1, mode="next_token")
    return chain(
        ("text_input", {"by": by, "lowercase": False, "vocabulary": 400}),
        ("embedding", {"embedding_dim": 8}),
        ("gru", {"hidden_size": 24, "output": "sequence", **layer}),
        ("dropout", {"p": 0.1}),
        ("linear", {"out_features": codes}),
        ("output", {"loss": "cross_entropy"}),
        project=Project(data=tale_data(folder), training=training or usual),
    )


def fitting(project: Project, base: Path) -> Project:
    """The project with its last Linear as wide as the text has tokens."""
    from designer.training.prepare import facts_of

    wide = facts_of(project, base).answer_shape[1]
    key = next(key for key, node in project.graph.nodes.items() if node.type == "linear")
    node = project.graph.nodes[key]
    nodes = {**project.graph.nodes, key: replace(node, fields={**node.fields, "out_features": wide})}
    return replace(project, graph=replace(project.graph, nodes=nodes))
