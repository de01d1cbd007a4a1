"""Layers of sequences: plain PyTorch's numbers, padding that is not seen, and time that is not looked ahead in."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pytest
import torch
from torch import Tensor, nn

from designer.compiler.analyse import analyse
from designer.compiler.load import load_model
from designer.compiler.report import Analysis
from designer.layers.catalog import LAYERS, ports_of
from designer.project import edits
from designer.project.model import FieldValue, Link, Project
from designer.runtime.recurrent import pack_steps, unpack_steps
from tests.helpers.graphs import add

STEPS, WIDTH = 7, 8
LENGTHS = (7, 3, 1, 5)
MASK = (torch.arange(STEPS) < torch.tensor(LENGTHS)[:, None]).float()

RECURRENT = [
    pytest.param(key, fields, id=f"{key}-{number}")
    for key in ("rnn", "gru", "lstm")
    for number, fields in enumerate(
        (
            {},
            {"output": "sequence"},
            {"bidirectional": True},
            {"bidirectional": True, "output": "sequence"},
            {"num_layers": 2, "bidirectional": True},
            {"num_layers": 2, "bidirectional": True, "output": "sequence"},
        )
    )
]
MASKED = [
    *RECURRENT,
    *(
        pytest.param(key, fields, id=f"{key}-{number}")
        for number, (key, fields) in enumerate(
            (
                ("self_attention", {}),
                ("self_attention", {"causal": True}),
                ("transformer_encoder_layer", {"dropout": 0.0}),
                ("transformer_encoder_layer", {"dropout": 0.0, "norm_first": False, "causal": True}),
                ("masked_mean", {}),
                ("max_over_steps", {}),
                ("attention_pool", {}),
                ("last_step", {}),
                ("mask_steps", {}),
            )
        )
    ),
]


def network(
    key: str, fields: Mapping[str, FieldValue], ports: Mapping[str, str], features: int = WIDTH
) -> tuple[Analysis, str]:
    """A layer between inputs, by port the type of each, and an output."""
    project, node = add(Project(), key, dict(fields))
    for port, kind in ports.items():
        sizes: dict[str, FieldValue] = {"length": STEPS}
        if kind == "sequence_input":
            sizes["features"] = features
        project, source = add(project, kind, {"features": features} if kind == "table_input" else sizes)
        project = edits.connect(project, Link(source, "out", node, port), ports_of)
    project, end = add(project, "output")
    out = LAYERS[key].outputs[0].name
    return analyse(edits.connect(project, Link(node, out, end, "x"), ports_of)), node


def model_of(key: str, fields: Mapping[str, FieldValue], ports: Mapping[str, str], features: int = WIDTH) -> nn.Module:
    analysis, _ = network(key, fields, ports, features)
    assert analysis.source is not None, analysis.problems
    torch.manual_seed(1)
    return load_model(analysis.source)


def module_of(model: nn.Module) -> nn.Module:
    return next(iter(model.children()))


@pytest.mark.parametrize(("key", "fields"), MASKED)
def test_padding_makes_no_difference(key: str, fields: dict[str, FieldValue]) -> None:
    """Each sequence gets what it gets alone without its padding, whatever stands in the padding."""
    masked = model_of(key, fields, {"x": "sequence_input", "mask": "mask_input"})
    x = torch.randn(len(LENGTHS), STEPS, WIDTH)
    found = masked(x, MASK)
    spoiled = masked(torch.where(MASK[:, :, None] > 0, x, 1e4), MASK)
    alone = masked if key == "mask_steps" else model_of(key, fields, {"x": "sequence_input"})
    alone.load_state_dict(masked.state_dict())
    for row, length in enumerate(LENGTHS):
        one = x[row : row + 1, :length]
        expected = (alone(one, torch.ones(1, length)) if key == "mask_steps" else alone(one))[0]
        seen = found[row, :length] if expected.dim() == 2 else found[row]
        again = spoiled[row, :length] if expected.dim() == 2 else spoiled[row]
        torch.testing.assert_close(seen, expected, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(again, seen, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(("key", "fields"), MASKED)
def test_shapes_with_a_mask_are_the_eager_ones(key: str, fields: dict[str, FieldValue]) -> None:
    analysis, node = network(key, fields, {"x": "sequence_input", "mask": "mask_input"})
    model = model_of(key, fields, {"x": "sequence_input", "mask": "mask_input"})
    assert model(torch.randn(4, STEPS, WIDTH), MASK).shape == (4, *(analysis.reports[node].shape or ()))


@pytest.mark.parametrize(("key", "fields"), MASKED)
def test_a_sequence_without_a_step_gives_numbers(key: str, fields: dict[str, FieldValue]) -> None:
    model = model_of(key, fields, {"x": "sequence_input", "mask": "mask_input"})
    assert torch.isfinite(model(torch.randn(2, STEPS, WIDTH), torch.zeros(2, STEPS))).all()


@pytest.mark.parametrize(("key", "kind", "last"), [("rnn", nn.RNN, 0), ("gru", nn.GRU, 0), ("lstm", nn.LSTM, 1)])
def test_recurrent_layers_are_pytorchs(key: str, kind: type[nn.Module], last: int) -> None:
    model = model_of(key, {"hidden_size": 5, "output": "sequence"}, {"x": "sequence_input"})
    torch.manual_seed(1)
    plain = kind(WIDTH, 5, batch_first=True)
    x = torch.randn(3, STEPS, WIDTH)
    assert torch.equal(model(x), plain(x)[0])
    final = model_of(key, {"hidden_size": 5}, {"x": "sequence_input"})
    assert torch.equal(final(x), plain(x)[0][:, -1])
    both = model_of(key, {"hidden_size": 5, "bidirectional": True}, {"x": "sequence_input"})
    said = module_of(both)(x)[0]
    assert torch.equal(both(x), torch.cat([said[:, -1, :5], said[:, 0, 5:]], dim=1))


@pytest.mark.parametrize("key", ["rnn", "gru"])
def test_a_state_to_begin_with(key: str) -> None:
    ports = {"x": "sequence_input", "state": "table_input"}
    fields: dict[str, FieldValue] = {"hidden_size": WIDTH, "num_layers": 2, "bidirectional": True, "output": "sequence"}
    model = model_of(key, fields, ports)
    x, state = torch.randn(3, STEPS, WIDTH), torch.randn(3, WIDTH)
    expected = module_of(model)(x, torch.stack([state] * 4))[0]
    assert torch.equal(model(x, state), expected)


@pytest.mark.parametrize("given", [("state", "cell"), ("state",), ("cell",)])
def test_an_lstm_begins_with_a_state_and_a_cell_state(given: tuple[str, ...]) -> None:
    fields: dict[str, FieldValue] = {"hidden_size": WIDTH, "num_layers": 2, "output": "sequence"}
    model = model_of("lstm", fields, {"x": "sequence_input", **dict.fromkeys(given, "table_input")})
    x = torch.randn(3, STEPS, WIDTH)
    states = {port: torch.randn(3, WIDTH) if port in given else torch.zeros(3, WIDTH) for port in ("state", "cell")}
    expected = module_of(model)(x, tuple(torch.stack([state] * 2) for state in states.values()))[0]
    assert torch.equal(model(x, *[states[port] for port in given]), expected)


@pytest.mark.parametrize("key", ["rnn", "gru", "lstm"])
@pytest.mark.parametrize("fields", [{}, {"output": "sequence"}, {"num_layers": 2}])
def test_one_direction_is_not_packed_and_answers_as_if_it_were(key: str, fields: dict[str, FieldValue]) -> None:
    """Packing takes three times as long on a processor; where it pays nothing, the padding is run over."""
    ports = {"x": "sequence_input", "mask": "mask_input"}
    analysis, _ = network(key, fields, ports)
    assert analysis.source is not None and "pack_steps" not in analysis.source.text
    model = model_of(key, fields, ports)
    x = torch.randn(4, STEPS, WIDTH)
    steps, states = module_of(model)(pack_steps(x, MASK))
    last = (states[0] if isinstance(states, tuple) else states)[-1]
    expected = unpack_steps(steps, STEPS) if "output" in fields else last
    torch.testing.assert_close(model(x, MASK), expected)


def test_a_mask_of_another_length_is_a_problem() -> None:
    project, node = add(Project(), "gru")
    project, x = add(project, "sequence_input", {"length": 7, "features": 2})
    project, mask = add(project, "mask_input", {"length": 5})
    project, end = add(project, "output")
    for source, target, port in ((x, node, "x"), (mask, node, "mask"), (node, end, "x")):
        project = edits.connect(project, Link(source, "out", target, port), ports_of)
    problem = next(problem for problem in analyse(project).problems if problem.code == "size")
    assert "5 steps" in problem.sentence and "7" in problem.sentence


def test_long_sequences_are_inferred_from_short_ones() -> None:
    """As many multiply-adds as all steps have, without a thousand steps on the meta device."""
    project, x = add(Project(), "sequence_input", {"length": 1000, "features": 3})
    project, node = add(project, "gru", {"hidden_size": 5, "output": "sequence"})
    project, end = add(project, "output")
    for source, target in ((x, node), (node, end)):
        project = edits.connect(project, Link(source, "out", target, "x"), ports_of)
    report = analyse(project).reports[node]
    assert report.shape == (1000, 5)
    assert report.multiply_adds == 1000 * 3 * (3 * 5 + 5 * 5)


CAUSAL = [
    ("gru", {"output": "sequence"}, "NTF"),
    ("self_attention", {"causal": True}, "NTF"),
    ("transformer_encoder_layer", {"causal": True, "dropout": 0.0}, "NTF"),
    ("causal_conv1d", {"kernel_size": 3, "dilation": 2}, "NCT"),
]


@pytest.mark.parametrize(("key", "fields", "axes"), CAUSAL)
@pytest.mark.parametrize("training", [True, False])
def test_a_later_step_changes_no_earlier_one(
    key: str, fields: dict[str, FieldValue], axes: str, training: bool
) -> None:
    features = STEPS if axes == "NCT" else WIDTH
    model = model_of(key, fields, {"x": "sequence_input"}, features).train(training)
    time = 2 if axes == "NCT" else 1
    x = torch.randn(2, STEPS, features)
    with torch.set_grad_enabled(training):
        before = model(x)
        for step in range(1, x.shape[time]):
            other = x.clone()
            other.narrow(time, step, 1).add_(3.0)
            after = model(other)
            torch.testing.assert_close(after.narrow(time, 0, step), before.narrow(time, 0, step), rtol=0, atol=1e-6)
            assert not torch.allclose(after.narrow(time, step, 1), before.narrow(time, step, 1), atol=1e-6)


def test_a_causal_decoder_sees_all_of_the_memory_and_nothing_later() -> None:
    ports = {"x": "sequence_input", "memory": "sequence_input"}
    model = model_of("transformer_decoder_layer", {"dropout": 0.0}, ports)
    x, memory = torch.randn(2, STEPS, WIDTH), torch.randn(2, STEPS, WIDTH)
    before = model(x, memory)
    x[:, 4] += 3
    torch.testing.assert_close(model(x, memory)[:, :4], before[:, :4])
    later = memory.clone()
    later[:, -1] += 3
    assert not torch.allclose(model(x, later)[:, 0], before[:, 0])


def test_a_decoder_sees_no_padding_of_either() -> None:
    ports = {"x": "sequence_input", "memory": "sequence_input", "mask": "mask_input", "memory_mask": "mask_input"}
    model = model_of("transformer_decoder_layer", {"dropout": 0.0, "causal": False}, ports)
    x, memory, other = torch.randn(4, STEPS, WIDTH), torch.randn(4, STEPS, WIDTH), MASK.flip(0)
    before = model(x, memory, MASK, other)
    after = model(x + 9 * (1 - MASK[:, :, None]), memory + 9 * (1 - other[:, :, None]), MASK, other)
    assert torch.allclose(after[MASK > 0], before[MASK > 0], atol=1e-5)


def test_cross_attention_is_the_formula() -> None:
    """softmax(q kᵀ / √d) v for each head, of another sequence that has another width."""
    project, node = add(Project(), "cross_attention", {"num_heads": 2})
    project, x = add(project, "sequence_input", {"length": 4, "features": 8})
    project, memory = add(project, "sequence_input", {"length": STEPS, "features": 6})
    project, mask = add(project, "mask_input", {"length": STEPS})
    project, end = add(project, "output")
    for source, target, port in ((x, node, "x"), (memory, node, "memory"), (mask, node, "mask"), (node, end, "x")):
        project = edits.connect(project, Link(source, "out", target, port), ports_of)
    source = analyse(project).source
    assert source is not None
    model = load_model(source)
    module = module_of(model)
    assert isinstance(module, nn.MultiheadAttention)
    queries, keys = torch.randn(4, 4, 8), torch.randn(4, STEPS, 6)
    bias = module.in_proj_bias.view(3, 8)
    weights = (module.q_proj_weight, module.k_proj_weight, module.v_proj_weight)
    q, k, v = (
        (given @ weight.T + add_on).unflatten(2, (2, 4)).transpose(1, 2)
        for given, weight, add_on in zip((queries, keys, keys), weights, bias, strict=True)
    )
    scores = (q @ k.transpose(2, 3) / math.sqrt(4)).masked_fill(MASK[:, None, None] == 0, -torch.inf)
    mixed = (scores.softmax(dim=3) @ v).transpose(1, 2).flatten(2)
    torch.testing.assert_close(model(queries, keys, MASK), module.out_proj(mixed))


def test_sine_positions_are_the_formula() -> None:
    model = model_of("sine_positions", {}, {"x": "sequence_input"})
    added = model(torch.zeros(1, STEPS, WIDTH))[0]
    for place in range(STEPS):
        for pair in range(WIDTH // 2):
            angle = place / 10000 ** (2 * pair / WIDTH)
            assert added[place, 2 * pair].item() == pytest.approx(math.sin(angle), abs=1e-5)
            assert added[place, 2 * pair + 1].item() == pytest.approx(math.cos(angle), abs=1e-5)
    assert not model.state_dict()


def test_learned_positions_and_class_token() -> None:
    x = torch.randn(3, STEPS, WIDTH)
    positions = model_of("learned_positions", {}, {"x": "sequence_input"})
    assert torch.equal(positions(x), x + next(positions.parameters()))
    token = model_of("class_token", {}, {"x": "sequence_input"})
    answer = token(x)
    assert torch.equal(answer[:, 1:], x)
    assert torch.equal(answer[:, 0], next(token.parameters())[0].expand(3, -1))


def test_attention_pool_is_a_mean_with_weights_of_one() -> None:
    model = model_of("attention_pool", {}, {"x": "sequence_input", "mask": "mask_input"})
    x = torch.randn(4, STEPS, WIDTH)
    scores = (x @ module_of(model).score.weight[0]).masked_fill(MASK == 0, -torch.inf)
    assert torch.allclose(model(x, MASK), (scores.softmax(dim=1)[:, :, None] * x).sum(dim=1), atol=1e-5)


def test_patches_are_read_row_by_row() -> None:
    project, image = add(Project(), "image_input", {"height": 4, "width": 6})
    project, node = add(project, "patch_embedding", {"out_channels": 3, "kernel_size": 2})
    project, end = add(project, "output")
    for source, target in ((image, node), (node, end)):
        project = edits.connect(project, Link(source, "out", target, "x"), ports_of)
    analysis = analyse(project)
    assert analysis.source is not None and analysis.reports[node].axes == "NTF"
    model = load_model(analysis.source)
    module = module_of(model)
    assert isinstance(module, nn.Conv2d)
    pixels = torch.randn(2, 1, 4, 6)
    fourth = pixels[:, 0, 2:4, 0:2].flatten(1) @ module.weight.flatten(1).T + module.bias
    torch.testing.assert_close(model(pixels)[:, 3], fourth)


def test_tokens_and_their_mask() -> None:
    tokens = torch.tensor([[5, 3, 0, 0], [2, 2, 2, 2], [0, 0, 0, 0]])
    project, text = add(Project(), "text_input", {"length": 4, "vocabulary": 9})
    project, mask = add(project, "mask_of_tokens")
    project, longer = add(project, "mask_with_token")
    project, end = add(project, "output")
    for source, target, port in ((text, mask, "x"), (mask, longer, "mask"), (longer, end, "x")):
        project = edits.connect(project, Link(source, "out", target, port), ports_of)
    source = analyse(project).source
    assert source is not None
    expected = torch.tensor([[1.0, 1, 1, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 0, 0]])
    assert torch.equal(load_model(source)(tokens), expected)


def test_causal_convolution_is_a_padded_one() -> None:
    model = model_of("causal_conv1d", {"out_channels": 4, "kernel_size": 3, "dilation": 2}, {"x": "sequence_input"})
    module = module_of(model)
    assert isinstance(module, nn.Conv1d)
    x = torch.randn(2, STEPS, WIDTH)
    padded = torch.cat([torch.zeros(2, STEPS, 4), x], dim=2)
    expected = nn.functional.conv1d(padded, module.weight, module.bias, dilation=2)
    assert torch.equal(model(x), expected)
    assert model(x).shape == (2, 4, WIDTH)


def test_codes_reach_an_embedding_as_whole_numbers() -> None:
    project, text = add(Project(), "text_input", {"length": 4, "vocabulary": 9})
    project, part = add(project, "slice", {"dim": 1, "start": 1, "length": 2})
    project, vectors = add(project, "embedding", {"embedding_dim": 3})
    project, end = add(project, "output")
    for source, target in ((text, part), (part, vectors), (vectors, end)):
        project = edits.connect(project, Link(source, "out", target, "x"), ports_of)
    source = analyse(project).source
    assert source is not None
    model = load_model(source)
    assert sum(parameter.numel() for parameter in model.parameters()) == 9 * 3
    answer: Tensor = model(torch.randint(0, 9, (5, 4)))
    assert answer.shape == (5, 2, 3)
