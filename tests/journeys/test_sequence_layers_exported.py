"""Networks of sequence layers train, and their exported scripts arrive at the same weights bit for bit."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from designer.compiler.analyse import analyse
from designer.layers.catalog import ports_of
from designer.project import edits
from designer.project.model import FieldValue, Graph, Link, Project, Split, Windows
from designer.training.prepare import facts_of
from tests.helpers.exported import assert_formatted, assert_same_weights, run_each, train_and_export
from tests.helpers.graphs import add
from tests.helpers.series import (
    REVIEWS,
    sentences,
    sequences_project,
    series_project,
    text_project,
    write_sequences,
    write_series,
)
from tests.helpers.training import write_csv

Values = Mapping[str, FieldValue]


class Drawing:
    """The graph of a project drawn anew: its data, its loss and its width of answers stay."""

    def __init__(self, project: Project) -> None:
        nodes = list(project.graph.nodes.values())
        self._end = next(node for node in nodes if node.type == "output")
        self._inputs = {node.type: dict(node.fields) for node in nodes if node.type.endswith("_input")}
        self.answers = next(node.fields["out_features"] for node in reversed(nodes) if node.type == "linear")
        self.project = replace(project, graph=Graph())

    def input(self, kind: str) -> str:
        return self.add(kind, (), self._inputs.get(kind, {}))

    def add(self, key: str, sources: Sequence[str] | Mapping[str, str] = (), fields: Values | None = None) -> str:
        self.project, node = add(self.project, key, dict(fields or {}))
        ports = ports_of(self.project.graph.nodes[node]).inputs
        if not isinstance(sources, Mapping):
            many = bool(ports) and ports[0].many
            sources = {f"x{n + 1}" if many else ports[n].name: source for n, source in enumerate(sources)}
        for port, source in sources.items():
            self.project = edits.connect(self.project, Link(source, "out", node, port), ports_of)
        return node

    def ended(self, last: str) -> Project:
        """The project with a Linear for the answers, and the output, behind the rows of features ``last``."""
        last = self.add("linear", [last], {"out_features": self.answers})
        self.add("output", [last], self._end.fields)
        return self.project


def windows(folder: Path) -> Drawing:
    return Drawing(series_project(write_series(folder / "sales.csv"), Windows(9)))


def files(folder: Path) -> Drawing:
    return Drawing(sequences_project(write_sequences(folder / "signals"), Split(), length=8))


def reviews(folder: Path) -> Drawing:
    path = write_csv(folder / "reviews.csv", ("review", "mood"), sentences(60))
    return Drawing(text_project(path, REVIEWS, vocabulary=300))


def gru_on_windows(folder: Path) -> Project:
    drawing = windows(folder)
    sequence = drawing.input("sequence_input")
    first = drawing.add("gru", [sequence], {"hidden_size": 6, "output": "sequence", "bidirectional": True})
    return drawing.ended(drawing.add("gru", [first], {"hidden_size": 5}))


def lstm_on_files_with_their_masks(folder: Path) -> Project:
    drawing = files(folder)
    sequence, mask = drawing.input("sequence_input"), drawing.input("mask_input")
    fields: Values = {"hidden_size": 6, "num_layers": 2, "dropout": 0.2, "bidirectional": True}
    return drawing.ended(drawing.add("lstm", [sequence, mask], fields))


def transformer_on_reviews(folder: Path) -> Project:
    drawing = reviews(folder)
    text = drawing.input("text_input")
    mask = drawing.add("mask_of_tokens", [text])
    steps = drawing.add("embedding", [text], {"embedding_dim": 8})
    steps = drawing.add("sine_positions", [steps])
    for fields in ({"norm_first": True}, {"norm_first": False, "activation": "gelu"}):
        more: Values = {"nhead": 2, "dim_feedforward": 12, **fields}
        steps = drawing.add("transformer_encoder_layer", [steps, mask], more)
    return drawing.ended(drawing.add("masked_mean", [steps, mask]))


def class_token_on_reviews(folder: Path) -> Project:
    drawing = reviews(folder)
    text = drawing.input("text_input")
    mask = drawing.add("mask_with_token", [drawing.add("mask_of_tokens", [text])])
    steps = drawing.add("embedding", [text], {"embedding_dim": 8})
    steps = drawing.add("class_token", [drawing.add("learned_positions", [steps])])
    steps = drawing.add("self_attention", [steps, mask], {"num_heads": 2})
    return drawing.ended(drawing.add("first_step", [steps]))


def temporal_convolution(folder: Path) -> Project:
    drawing = windows(folder)
    last = drawing.add("permute", [drawing.input("sequence_input")], {"dims": (2, 1)})
    for dilation in (1, 2, 4):
        last = drawing.add("causal_conv1d", [last], {"out_channels": 5, "dilation": dilation})
        last = drawing.add("relu", [last])
    last = drawing.add("permute", [last], {"dims": (2, 1)})
    return drawing.ended(drawing.add("last_step", [last]))


def encoder_and_decoder(folder: Path) -> Project:
    """A GRU reads, another goes on from its state; a decoder looks at both."""
    drawing = files(folder)
    sequence, mask = drawing.input("sequence_input"), drawing.input("mask_input")
    read = drawing.add("gru", [sequence, mask], {"hidden_size": 6})
    written = drawing.add("gru", {"x": sequence, "state": read}, {"hidden_size": 6, "output": "sequence"})
    memory = drawing.add("gru", [sequence, mask], {"hidden_size": 6, "output": "sequence"})
    fields: Values = {"nhead": 2, "dim_feedforward": 8}
    decoded = drawing.add(
        "transformer_decoder_layer", {"x": written, "memory": memory, "mask": mask, "memory_mask": mask}, fields
    )
    crossed = drawing.add("cross_attention", {"x": decoded, "memory": memory, "mask": mask}, {"num_heads": 3})
    return drawing.ended(drawing.add("attention_pool", [crossed, mask]))


def lstm_from_the_states_of_another(folder: Path) -> Project:
    """An LSTM goes on from what a GRU has read, and from a cell state made of that; a second one from this alone."""
    drawing = files(folder)
    sequence, mask = drawing.input("sequence_input"), drawing.input("mask_input")
    read = drawing.add("gru", [sequence, mask], {"hidden_size": 6})
    cell = drawing.add("linear", [read], {"out_features": 6})
    fields: Values = {"hidden_size": 6, "num_layers": 2, "output": "sequence"}
    first = drawing.add("lstm", {"x": sequence, "state": read, "cell": cell}, fields)
    return drawing.ended(drawing.add("lstm", {"x": first, "mask": mask, "cell": cell}, {"hidden_size": 6}))


CASES: list[Callable[[Path], Project]] = [
    gru_on_windows,
    lstm_on_files_with_their_masks,
    transformer_on_reviews,
    class_token_on_reviews,
    temporal_convolution,
    encoder_and_decoder,
    lstm_from_the_states_of_another,
]

STEPS_LAYERS: Sequence[tuple[str, Values]] = (
    ("rnn", {"hidden_size": 4, "output": "sequence", "nonlinearity": "relu"}),
    ("gru", {"hidden_size": 4, "output": "sequence"}),
    ("lstm", {"hidden_size": 4, "output": "sequence", "bidirectional": True}),
    ("self_attention", {"num_heads": 1, "causal": True}),
    ("transformer_encoder_layer", {"nhead": 1, "dim_feedforward": 6}),
    ("linear", {"out_features": 6}),
    ("layer_norm", {}),
    ("gelu", {}),
    ("sine_positions", {}),
    ("learned_positions", {}),
    ("mask_steps", {}),
)
ENDS: Sequence[tuple[str, Values]] = (
    ("gru", {"hidden_size": 3}),
    ("lstm", {"hidden_size": 3, "bidirectional": True}),
    ("masked_mean", {}),
    ("max_over_steps", {}),
    ("attention_pool", {}),
    ("last_step", {}),
    ("first_step", {}),
)


def random_network(folder: Path, seed: int) -> Project:
    """A few layers of steps, some with the mask, and one that makes a row of them."""
    chance = random.Random(seed)
    drawing = (files, reviews)[seed % 2](folder)
    if seed % 2:
        text = drawing.input("text_input")
        mask, last = drawing.add("mask_of_tokens", [text]), drawing.add("embedding", [text], {"embedding_dim": 6})
    else:
        last, mask = drawing.input("sequence_input"), drawing.input("mask_input")
    for key, fields in (*chance.choices(STEPS_LAYERS, k=chance.randint(1, 4)), chance.choice(ENDS)):
        node = drawing.add(key, [last], fields)
        masked = next(
            (port for port in ports_of(drawing.project.graph.nodes[node]).inputs if port.name == "mask"), None
        )
        if masked is not None and (not masked.optional or chance.random() < 0.7):
            drawing.project = edits.connect(drawing.project, Link(mask, "out", node, "mask"), ports_of)
        last = node
    return drawing.ended(last)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Run and script of each case; all scripts ran in one process of their own."""
    made: dict[str, Callable[[Path], Project]] = {case.__name__: case for case in CASES}
    for seed in range(8):
        made[f"random {seed}"] = lambda folder, seed=seed: random_network(folder, seed)  # type: ignore[misc]
    found = {}
    for name, case in made.items():
        folder = tmp_path_factory.mktemp(name.replace(" ", "_"))
        project = case(folder)
        analysis = analyse(project, facts_of(project, folder))
        assert analysis.ok, (name, analysis.problems)
        found[name] = train_and_export(project, folder)
    run_each([script for _, script in found.values()], tmp_path_factory.mktemp("empty"))
    return found


@pytest.mark.parametrize("case", [*(case.__name__ for case in CASES), *(f"random {seed}" for seed in range(8))])
def test_script_and_app_agree(trained: dict[str, tuple[Path, Path]], case: str) -> None:
    run, script = trained[case]
    assert_same_weights(run, script.with_name("weights.pt"))


def test_scripts_are_written_as_ruff_would(trained: dict[str, tuple[Path, Path]]) -> None:
    assert_formatted([script for _, script in trained.values()])


def test_a_script_holds_a_class_once_and_where_the_model_is(trained: dict[str, tuple[Path, Path]]) -> None:
    text = trained["transformer_on_reviews"][1].read_text(encoding="utf-8")
    assert text.count("class SinePositions(nn.Module)") == 1
    assert text.count("def padding_of(") == 1
    assert text.index("# ---------- Model") < text.index("class SinePositions") < text.index("class Network")
    assert "def causal_mask" not in text
