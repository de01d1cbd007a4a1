"""Layers for the steps of a sequence: where they stand, which are there, and one answer from all of them."""

from __future__ import annotations

from collections.abc import Collection

from designer.layers.convolution import CONV1D
from designer.layers.declaration import Call, Example, LayerType, axis
from designer.layers.fields import Bool, Int, Size
from designer.project.model import Fields
from designer.project.ports import Port

_X = Port("x", axes="NTF", help="The sequence: steps × features.")
_THERE = "1 for each step that is there, 0 for padding."
_MASK = Port("mask", axes="NT NF", optional=True, help=_THERE)


def _either(plain: str, masked: str) -> Call:
    """The one call, or the other where a mask is linked."""

    def call(fields: Fields, linked: Collection[str]) -> str:
        return masked if "mask" in linked else plain

    return call


def _sequence(axes: str, fields: Fields, rank: int) -> str:
    return "NTF"


def _features(axes: str, fields: Fields, rank: int) -> str:
    return "NF"


SINE_POSITIONS = LayerType(
    key="sine_positions",
    title="Sine positions",
    category="Sequence",
    summary="Adds sines and cosines of its place to every step, so that attention knows the order.",
    module="SinePositions",
    name="positions",
    bound={"features": axis(2), "length": axis(1)},
    inputs=(_X,),
    output_axes=_sequence,
    examples=(
        Example(shapes=((6, 8),), output=(6, 8), parameters=0),
        Example(shapes=((6, 5),), output=(6, 5), parameters=0),
    ),
    synonyms=("positional encoding", "sinusoidal", "order", "transformer"),
)

LEARNED_POSITIONS = LayerType(
    key="learned_positions",
    title="Learned positions",
    category="Sequence",
    summary="Adds a learned vector for its place to every step, so that attention knows the order.",
    module="LearnedPositions",
    name="positions",
    bound={"features": axis(2), "length": axis(1)},
    inputs=(_X,),
    output_axes=_sequence,
    examples=(Example(shapes=((6, 8),), output=(6, 8), parameters=48),),
    synonyms=("positional encoding", "position embedding", "order", "transformer", "ViT", "BERT"),
)

CLASS_TOKEN = LayerType(
    key="class_token",
    title="Class token",
    category="Sequence",
    summary="Puts one learned step before the others; behind the attention, First step takes it as the answer.",
    module="ClassToken",
    name="token",
    bound={"features": axis(2)},
    inputs=(_X,),
    output_axes=_sequence,
    examples=(Example(shapes=((6, 8),), output=(7, 8), parameters=8),),
    synonyms=("CLS", "vision transformer", "ViT", "BERT"),
)

MASK_WITH_TOKEN = LayerType(
    key="mask_with_token",
    title="Mask with class token",
    category="Sequence",
    summary="The mask of a sequence before which a class token was put: one step more, which is there.",
    call="nn.functional.pad({mask}, (1, 0), value=1.0)",
    name="mask",
    inputs=(Port("mask", axes="NT NF", help=_THERE),),
    takes_codes=True,
    examples=(Example(shapes=((6,),), output=(7,)),),
    synonyms=("CLS", "padding", "attention mask"),
)

PATCH_EMBEDDING = LayerType(
    key="patch_embedding",
    title="Patch embedding",
    category="Sequence",
    summary="Cuts an image into square patches and makes a step of a sequence of each, row by row.",
    module="nn.Conv2d",
    name="patches",
    call="{self}({x}).flatten(2).transpose(1, 2)",
    fields={
        "out_channels": Int(64, key=True, label="dimensions", help="Width of the vector that each patch becomes."),
        "kernel_size": Size(
            4, axes=2, key=True, label="patch", help="Height and width of a patch; what is left at the edge is cut off."
        ),
        "bias": Bool(True, help="Whether learned constants are added."),
    },
    bound={"in_channels": axis(1), "stride": lambda shape, fields: fields["kernel_size"]},
    inputs=(Port("x", axes="NCHW"),),
    output_axes=_sequence,
    examples=(
        Example(shapes=((3, 16, 16),), fields={"out_channels": 8}, output=(16, 8), parameters=392),
        Example(shapes=((1, 8, 6),), fields={"out_channels": 5, "kernel_size": (4, 2)}, output=(6, 5), parameters=45),
    ),
    synonyms=("vision transformer", "ViT", "image to sequence", "tokens", "patchify"),
)

MASK_OF_TOKENS = LayerType(
    key="mask_of_tokens",
    title="Mask of tokens",
    category="Sequence",
    summary="Says which tokens of a text are there: 1 for a token, 0 for padding.",
    call="({x} != 0).float()",
    name="mask",
    inputs=(Port("x", axes="NT NF", help="Tokens as Text input feeds them, 0 for padding."),),
    takes_codes=True,
    examples=(Example(shapes=((6,),), output=(6,)),),
    synonyms=("padding mask", "attention mask", "text"),
)

MASK_STEPS = LayerType(
    key="mask_steps",
    title="Mask steps",
    category="Sequence",
    summary="Sets the steps of a sequence that are padding to zero.",
    call="mask_steps({x}, {mask})",
    name="masked",
    inputs=(_X, Port("mask", axes="NT NF", help=_THERE)),
    output_axes=_sequence,
    examples=(Example(shapes=((6, 4), (6,)), output=(6, 4)),),
    synonyms=("Masking", "padding"),
)

FIRST_STEP = LayerType(
    key="first_step",
    title="First step",
    category="Sequence",
    summary="Takes the first step of a sequence, such as the class token.",
    call="{x}[:, 0]",
    name="first",
    inputs=(_X,),
    output_axes=_features,
    takes_codes=True,
    examples=(Example(shapes=((6, 4),), output=(4,)),),
    synonyms=("select", "CLS", "class token"),
)

LAST_STEP = LayerType(
    key="last_step",
    title="Last step",
    category="Sequence",
    summary="Takes the last step of a sequence; with a mask the last one that is there.",
    call=_either("{x}[:, -1]", "last_step({x}, {mask})"),
    name="last",
    inputs=(_X, _MASK),
    output_axes=_features,
    length=1,
    unread=("mask",),
    takes_codes=True,
    examples=(Example(shapes=((6, 4),), output=(4,)),),
    synonyms=("select", "final state", "return_sequences"),
)

MAX_OVER_STEPS = LayerType(
    key="max_over_steps",
    title="Max over steps",
    category="Pooling",
    summary="Keeps the largest value of each feature over the steps that are there.",
    call=_either("{x}.amax(dim=1)", "{x}.masked_fill(padding_of({mask}).unsqueeze(2), -torch.inf).amax(dim=1)"),
    name="max",
    inputs=(_X, _MASK),
    output_axes=_features,
    examples=(Example(shapes=((6, 4),), output=(4,)),),
    synonyms=("max pooling", "global max pooling", "time", "GlobalMaxPooling1D"),
)

ATTENTION_POOL = LayerType(
    key="attention_pool",
    title="Attention pool",
    category="Pooling",
    summary="Averages the steps of a sequence with weights that it learns to give.",
    module="AttentionPool",
    name="pool",
    call=_either("{self}({x})", "{self}({x}, {mask})"),
    bound={"features": axis(2)},
    inputs=(_X, _MASK),
    output_axes=_features,
    examples=(Example(shapes=((6, 4),), output=(4,), parameters=4),),
    synonyms=("attention pooling", "weighted mean", "time"),
)


DEPTHWISE_CONV1D = LayerType(
    key="depthwise_conv1d",
    title="Depthwise Conv1d",
    category="Convolution",
    summary="Slides one learned filter of its own along each channel of a sequence; the channels do not mix.",
    module="nn.Conv1d",
    name="depthwise",
    fields={key: kind for key, kind in CONV1D.fields.items() if key not in ("out_channels", "groups")},
    bound={"in_channels": axis(1), "out_channels": axis(1), "groups": axis(1)},
    inputs=(Port("x", axes="NCT"),),
    output_axes=lambda axes, fields, rank: "NCT",
    examples=(
        Example(shapes=((4, 9),), fields={"padding": 1}, output=(4, 9), parameters=16),
        Example(shapes=((4, 9),), fields={"kernel_size": 5, "bias": False}, output=(4, 5), parameters=20),
    ),
    synonyms=("depthwise convolution", "separable", "temporal"),
)

CAUSAL_CONV1D = LayerType(
    key="causal_conv1d",
    title="Causal Conv1d",
    category="Convolution",
    summary="Slides learned filters along a sequence that see no later step; the length stays.",
    module="CausalConv1d",
    name="conv",
    fields={
        "out_channels": CONV1D.fields["out_channels"],
        "kernel_size": Int(3, maximum=100_000, key=True, help="How many steps each filter sees."),
        "dilation": Int(
            1,
            maximum=100_000,
            key=True,
            help="Distance between the steps seen; doubled from layer to layer it looks far back.",
        ),
        "groups": CONV1D.fields["groups"],
        "bias": CONV1D.fields["bias"],
    },
    bound={"in_channels": axis(1)},
    inputs=(Port("x", axes="NCT"),),
    output_axes=lambda axes, fields, rank: "NCT",
    examples=(
        Example(shapes=((4, 20),), fields={"out_channels": 8}, output=(8, 20), parameters=104),
        Example(
            shapes=((4, 9),), fields={"out_channels": 6, "kernel_size": 2, "dilation": 4, "groups": 2}, output=(6, 9)
        ),
    ),
    synonyms=("causal convolution", "temporal convolution", "TCN", "WaveNet", "dilated"),
)
