"""Attention: layers in which every step of a sequence looks at every other."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from designer.layers.declaration import Example, LayerType, axis
from designer.layers.fields import Bool, Choice, Field, Float, Int
from designer.project.model import Fields
from designer.project.ports import Port

_HEADS = "How many heads look at once; the features divide evenly."
_CAUSAL = "Whether a step sees itself and earlier ones alone, as where the next step is foretold."
_MASK = Port(
    "mask", axes="NT NF", optional=True, help="1 for each step that is there, 0 for padding, which nobody sees."
)
_BATCH_FIRST = {"batch_first": lambda shape, fields: True}
_LOOKING: Mapping[str, Field] = {
    "num_heads": Int(4, key=True, maximum=1024, label="heads", help=_HEADS),
    "dropout": Float(0.0, maximum=0.99, help="Share of the looks that are left out by chance while training."),
    "bias": Bool(True, help="Whether the projections add learned constants."),
}
_TRANSFORMER: Mapping[str, Field] = {
    "nhead": Int(4, key=True, maximum=1024, label="heads", help=_HEADS),
    "dim_feedforward": Int(
        128, key=True, maximum=1_000_000, label="feedforward", help="Neurons of the small network behind the attention."
    ),
    "dropout": Float(0.1, maximum=0.99, help="Share of values that are left out by chance while training."),
    "activation": Choice(
        "relu",
        {"relu": "As in the first Transformer.", "gelu": "Smoother, as in BERT, GPT and the vision transformer."},
        help="What bends in the small network.",
    ),
    "norm_first": Bool(
        True, help="Whether each part is normalised before it instead of after it; trains well without a warm-up."
    ),
    "bias": Bool(True, help="Whether its layers add learned constants."),
}


def _attending(*arguments: str) -> str:
    return "{self}(" + ", ".join([argument for argument in arguments if argument]) + ")"


def _self_attention(fields: Fields, linked: Collection[str]) -> str:
    padding = "key_padding_mask=padding_of({mask})" if "mask" in linked else ""
    causal = "attn_mask=causal_mask({x}), is_causal=True" if fields["causal"] is True else ""
    return _attending("{x}, {x}, {x}", padding, causal, "need_weights=False") + "[0]"


def _cross_attention(fields: Fields, linked: Collection[str]) -> str:
    padding = "key_padding_mask=padding_of({mask})" if "mask" in linked else ""
    return _attending("{x}, {memory}, {memory}", padding, "need_weights=False") + "[0]"


def _encoder(fields: Fields, linked: Collection[str]) -> str:
    padding = "src_key_padding_mask=padding_of({mask})" if "mask" in linked else ""
    causal = "src_mask=causal_mask({x}), is_causal=True" if fields["causal"] is True else ""
    return _attending("{x}", causal, padding)


def _decoder(fields: Fields, linked: Collection[str]) -> str:
    padding = "tgt_key_padding_mask=padding_of({mask})" if "mask" in linked else ""
    behind = "memory_key_padding_mask=padding_of({memory_mask})" if "memory_mask" in linked else ""
    causal = "tgt_mask=causal_mask({x}), tgt_is_causal=True" if fields["causal"] is True else ""
    return _attending("{x}, {memory}", causal, padding, behind)


SELF_ATTENTION = LayerType(
    key="self_attention",
    title="Self-attention",
    category="Attention",
    summary="Lets every step of a sequence look at all the others and take what it needs, with several heads at once.",
    module="nn.MultiheadAttention",
    name="attention",
    call=_self_attention,
    fields={**_LOOKING, "causal": Bool(False, argument=False, help=_CAUSAL)},
    bound={"embed_dim": axis(2), **_BATCH_FIRST},
    inputs=(Port("x", axes="NTF"), _MASK),
    output_axes=lambda axes, fields, rank: "NTF",
    examples=(
        Example(shapes=((6, 8),), output=(6, 8), parameters=288),
        Example(shapes=((5, 6),), fields={"num_heads": 3, "bias": False}, output=(5, 6), parameters=144),
        Example(shapes=((6, 8),), fields={"causal": True}, output=(6, 8), parameters=288),
    ),
    synonyms=("multi-head attention", "MultiheadAttention", "transformer", "MHA", "causal mask"),
)

CROSS_ATTENTION = LayerType(
    key="cross_attention",
    title="Cross-attention",
    category="Attention",
    summary="Lets every step of one sequence look at all steps of another and take what it needs.",
    module="nn.MultiheadAttention",
    name="attention",
    call=_cross_attention,
    fields=_LOOKING,
    bound={"embed_dim": axis(2), "kdim": axis(2), "vdim": axis(2), **_BATCH_FIRST},
    bound_to={"kdim": "memory", "vdim": "memory"},
    inputs=(
        Port("x", axes="NTF", help="The sequence whose steps look: the queries."),
        Port("memory", axes="NTF", help="The sequence that is looked at: keys and values."),
        Port("mask", axes="NT NF", optional=True, help="1 for each step of the memory that is there, 0 for padding."),
    ),
    output_axes=lambda axes, fields, rank: "NTF",
    examples=(
        Example(shapes=((4, 8), (6, 8)), output=(4, 8), parameters=288),
        Example(shapes=((4, 8), (6, 10)), fields={"num_heads": 2}, output=(4, 8), parameters=320),
    ),
    synonyms=("multi-head attention", "MultiheadAttention", "encoder-decoder attention", "query key value", "MHA"),
)

TRANSFORMER_ENCODER_LAYER = LayerType(
    key="transformer_encoder_layer",
    title="Transformer encoder layer",
    category="Attention",
    summary="Self-attention and a small network for each step, each normalised and added to what came in.",
    module="nn.TransformerEncoderLayer",
    name="encoder",
    call=_encoder,
    fields={**_TRANSFORMER, "causal": Bool(False, argument=False, help=_CAUSAL)},
    bound={"d_model": axis(2), **_BATCH_FIRST},
    inputs=(Port("x", axes="NTF"), _MASK),
    output_axes=lambda axes, fields, rank: "NTF",
    examples=(
        Example(shapes=((6, 8),), fields={"nhead": 2, "dim_feedforward": 16}, output=(6, 8), parameters=600),
        Example(
            shapes=((6, 8),),
            fields={"nhead": 2, "dim_feedforward": 16, "causal": True, "norm_first": False, "activation": "gelu"},
            output=(6, 8),
        ),
    ),
    synonyms=("TransformerEncoderLayer", "BERT", "GPT", "ViT", "language model", "transformer block"),
)

TRANSFORMER_DECODER_LAYER = LayerType(
    key="transformer_decoder_layer",
    title="Transformer decoder layer",
    category="Attention",
    summary="Self-attention, then attention to another sequence, then a small network for each step.",
    module="nn.TransformerDecoderLayer",
    name="decoder",
    call=_decoder,
    fields={**_TRANSFORMER, "causal": Bool(True, argument=False, help=_CAUSAL)},
    bound={"d_model": axis(2), **_BATCH_FIRST},
    inputs=(
        Port("x", axes="NTF", help="The sequence that is written."),
        Port("memory", axes="NTF", help="The sequence that was read, as wide as the other."),
        _MASK,
        Port(
            "memory_mask",
            axes="NT NF",
            optional=True,
            label="memory mask",
            help="1 for each step of the memory that is there, 0 for padding.",
        ),
    ),
    output_axes=lambda axes, fields, rank: "NTF",
    examples=(
        Example(shapes=((4, 8), (6, 8)), fields={"nhead": 2, "dim_feedforward": 16}, output=(4, 8), parameters=904),
        Example(
            shapes=((4, 8), (6, 8)),
            fields={"nhead": 2, "dim_feedforward": 16, "causal": False, "norm_first": False},
            output=(4, 8),
        ),
    ),
    synonyms=("TransformerDecoderLayer", "translation", "sequence to sequence", "seq2seq", "encoder-decoder"),
)
