"""Convolutions: learned filters that slide over sequences, images and volumes."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, Shape, axis
from designer.layers.fields import Bool, Choice, Field, Int, Size
from designer.project.model import Fields, FieldValue
from designer.project.ports import Port

PADDING_MODES = {
    "zeros": "Pads with zeros.",
    "reflect": "Mirrors the border.",
    "replicate": "Repeats the border.",
    "circular": "Wraps round to the other side.",
}


def _fields(axes: int) -> dict[str, Field]:
    return {
        "out_channels": Int(
            32, key=True, label="filters", help="Number of learned filters, the channels of the output."
        ),
        "kernel_size": Size(3, axes=axes, key=True, help="Size of the window that each filter sees."),
        "stride": Size(1, axes=axes, help="How far the window moves at each step; 2 halves the size."),
        "padding": Size(
            0, axes=axes, minimum=0, help="Border added on each side; 1 keeps the size with a kernel of 3."
        ),
        "dilation": Size(1, axes=axes, help="Distance between the points that the window looks at."),
        "groups": Int(
            1,
            help=(
                "Splits the channels into groups that do not mix; as many groups as input channels is a depthwise "
                "convolution."
            ),
        ),
        "bias": Bool(True, help="Whether each filter adds a learned constant; not needed before a batch norm."),
        "padding_mode": Choice("zeros", PADDING_MODES, help="What the added border holds."),
    }


CONV1D = LayerType(
    key="conv1d",
    title="Conv1d",
    category="Convolution",
    summary="Slides learned filters along a sequence.",
    module="nn.Conv1d",
    name="conv",
    fields=_fields(1),
    bound={"in_channels": axis(1)},
    inputs=(Port("x", axes="NCT"),),
    output_axes=lambda axes, fields, rank: "NCT",
    examples=(
        Example(shapes=((4, 20),), fields={"out_channels": 8, "kernel_size": 5}, output=(8, 16), parameters=168),
        Example(
            shapes=((4, 20),), fields={"out_channels": 8, "kernel_size": 3, "padding": 1, "stride": 2}, output=(8, 10)
        ),
    ),
    synonyms=("convolution", "filter", "kernel", "temporal"),
)

CONV2D = LayerType(
    key="conv2d",
    title="Conv2d",
    category="Convolution",
    summary="Slides learned filters over an image.",
    module="nn.Conv2d",
    name="conv",
    fields=_fields(2),
    bound={"in_channels": axis(1)},
    inputs=(Port("x", axes="NCHW"),),
    output_axes=lambda axes, fields, rank: "NCHW",
    examples=(
        Example(shapes=((3, 8, 8),), output=(32, 6, 6), parameters=896),
        Example(
            shapes=((8, 9, 7),), fields={"out_channels": 8, "groups": 8, "padding": 1}, output=(8, 9, 7), parameters=80
        ),
        Example(
            shapes=((1, 8, 8),), fields={"out_channels": 4, "kernel_size": (3, 5), "stride": (1, 2)}, output=(4, 6, 2)
        ),
    ),
    synonyms=("convolution", "filter", "kernel", "CNN", "depthwise"),
)

CONV3D = LayerType(
    key="conv3d",
    title="Conv3d",
    category="Convolution",
    summary="Slides learned filters through a volume, such as a scan or the frames of a film.",
    module="nn.Conv3d",
    name="conv",
    fields=_fields(3),
    bound={"in_channels": axis(1)},
    inputs=(Port("x", axes="NCDHW"),),
    output_axes=lambda axes, fields, rank: "NCDHW",
    examples=(
        Example(shapes=((2, 5, 6, 7),), fields={"out_channels": 4}, output=(4, 3, 4, 5), parameters=220),
        Example(
            shapes=((1, 4, 6, 6),),
            fields={"out_channels": 2, "kernel_size": (1, 3, 3), "padding": (0, 1, 1), "stride": (1, 2, 2)},
            output=(2, 4, 3, 3),
        ),
    ),
    synonyms=("convolution", "volume", "voxels", "video", "CT", "MRI"),
)

DEPTHWISE_CONV2D = LayerType(
    key="depthwise_conv2d",
    title="Depthwise Conv2d",
    category="Convolution",
    summary="Slides one learned filter of its own over each channel of an image; the channels do not mix.",
    module="nn.Conv2d",
    name="depthwise",
    fields={key: kind for key, kind in _fields(2).items() if key not in ("out_channels", "groups")},
    bound={"in_channels": axis(1), "out_channels": axis(1), "groups": axis(1)},
    inputs=(Port("x", axes="NCHW"),),
    output_axes=lambda axes, fields, rank: "NCHW",
    examples=(
        Example(shapes=((8, 9, 7),), fields={"padding": 1}, output=(8, 9, 7), parameters=80),
        Example(
            shapes=((3, 8, 8),), fields={"kernel_size": 5, "stride": 2, "bias": False}, output=(3, 2, 2), parameters=75
        ),
    ),
    synonyms=("depthwise convolution", "DepthwiseConv2D", "separable", "MobileNet"),
)


def _transposed(axes: int) -> dict[str, Field]:
    return {
        **{key: kind for key, kind in _fields(axes).items() if key != "padding_mode"},
        "kernel_size": Size(2, axes=axes, key=True, help="Size of the patch that each input point paints."),
        "stride": Size(2, axes=axes, key=True, help="How far apart the patches are; 2 doubles the size."),
        "padding": Size(0, axes=axes, minimum=0, help="Points cut off on each side of the result."),
        "output_padding": Size(
            0, axes=axes, minimum=0, help="Points added on one side to reach a size; less than the stride."
        ),
    }


def _added(shape: Shape, fields: Fields) -> str:
    """Why so many points cannot be added on one side of the result."""
    count = len(shape) - 2
    added, stride, dilation = (_each(fields[name], count) for name in ("output_padding", "stride", "dilation"))
    if all(more < max(step, gap) for more, step, gap in zip(added, stride, dilation, strict=True)):
        return ""
    return "its output padding must be less than its stride, or than its dilation"


def _each(value: FieldValue, count: int) -> list[int]:
    return [int(str(part)) for part in (value if isinstance(value, tuple) else (value,) * count)]


_TRANSPOSED_WORDS = ("deconvolution", "transposed convolution", "upsampling", "decoder")

CONV_TRANSPOSE1D = LayerType(
    key="conv_transpose1d",
    title="ConvTranspose1d",
    category="Convolution",
    summary="Lengthens a sequence with learned filters, the reverse of a convolution's shape.",
    module="nn.ConvTranspose1d",
    name="deconv",
    fields=_transposed(1),
    bound={"in_channels": axis(1)},
    limit=_added,
    inputs=(Port("x", axes="NCT"),),
    output_axes=lambda axes, fields, rank: "NCT",
    examples=(
        Example(shapes=((8, 7),), fields={"out_channels": 4}, output=(4, 14), parameters=68),
        Example(
            shapes=((8, 7),),
            fields={"out_channels": 4, "kernel_size": 3, "padding": 1, "output_padding": 1, "groups": 4},
            output=(4, 14),
        ),
    ),
    synonyms=_TRANSPOSED_WORDS,
)

CONV_TRANSPOSE2D = LayerType(
    key="conv_transpose2d",
    title="ConvTranspose2d",
    category="Convolution",
    summary="Enlarges an image with learned filters, the reverse of a convolution's shape.",
    module="nn.ConvTranspose2d",
    name="deconv",
    fields=_transposed(2),
    bound={"in_channels": axis(1)},
    limit=_added,
    inputs=(Port("x", axes="NCHW"),),
    output_axes=lambda axes, fields, rank: "NCHW",
    examples=(
        Example(shapes=((8, 7, 7),), fields={"out_channels": 4}, output=(4, 14, 14), parameters=132),
        Example(
            shapes=((8, 7, 7),),
            fields={"out_channels": 4, "kernel_size": 3, "padding": 1, "output_padding": 1},
            output=(4, 14, 14),
        ),
    ),
    synonyms=_TRANSPOSED_WORDS,
)

CONV_TRANSPOSE3D = LayerType(
    key="conv_transpose3d",
    title="ConvTranspose3d",
    category="Convolution",
    summary="Enlarges a volume with learned filters, the reverse of a convolution's shape.",
    module="nn.ConvTranspose3d",
    name="deconv",
    fields=_transposed(3),
    bound={"in_channels": axis(1)},
    limit=_added,
    inputs=(Port("x", axes="NCDHW"),),
    output_axes=lambda axes, fields, rank: "NCDHW",
    examples=(Example(shapes=((4, 3, 4, 5),), fields={"out_channels": 2}, output=(2, 6, 8, 10), parameters=66),),
    synonyms=_TRANSPOSED_WORDS,
)
