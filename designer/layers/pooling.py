"""Pooling: summaries of neighbouring values that make sequences, images and volumes smaller."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, Shape
from designer.layers.fields import Bool, Field, Size
from designer.project.model import Fields
from designer.project.ports import Port


def _fields(axes: int) -> dict[str, Field]:
    return {
        "kernel_size": Size(2, axes=axes, key=True, help="Size of the window that becomes one value."),
        "stride": Size(0, axes=axes, minimum=0, omit=0, help="How far the window moves; 0: as far as its own size."),
        "padding": Size(0, axes=axes, minimum=0, help="Border added on each side; at most half the window."),
    }


_CEIL = Bool(False, help="Whether a window that sticks out at the end still counts.")
_COUNTED = Bool(True, help="Whether the padding's zeros count in the average.")
_DILATION = "Distance between the points that the window looks at."


def _empty_window(shape: Shape, fields: Fields) -> str:
    """Why a window would see padding alone: it has no largest value, and PyTorch may then end the process."""
    count = len(shape) - 2
    names = ("kernel_size", "stride", "padding", "dilation")
    size, step, border, gap = (_each(fields[name], count) for name in names)
    for place, length in enumerate(shape[2:]):
        stride, reach = step[place] or size[place], gap[place] * (size[place] - 1) + 1
        last = length + 2 * border[place] - (1 if fields["ceil_mode"] is True else reach)
        # a window that begins within the sample sees its first point
        for start in range(-border[place], min(0, last - border[place] + 1), stride):
            if start + gap[place] * -(start // gap[place]) >= min(length, start + reach):
                return "a window would see nothing but padding. Make padding or dilation smaller"
    return ""


def _each(value: object, count: int) -> list[int]:
    return [int(str(part)) for part in (value if isinstance(value, tuple) else (value,) * count)]


MAX_POOL1D = LayerType(
    key="max_pool1d",
    title="MaxPool1d",
    category="Pooling",
    summary="Keeps the largest value of each window of a sequence.",
    module="nn.MaxPool1d",
    name="pool",
    fields={**_fields(1), "dilation": Size(1, axes=1, help=_DILATION), "ceil_mode": _CEIL},
    limit=_empty_window,
    inputs=(Port("x", axes="NCT"),),
    examples=(Example(shapes=((4, 20),), output=(4, 10)),),
    synonyms=("max pooling", "downsample"),
)

MAX_POOL2D = LayerType(
    key="max_pool2d",
    title="MaxPool2d",
    category="Pooling",
    summary="Keeps the largest value of each window of an image, which makes it smaller.",
    module="nn.MaxPool2d",
    name="pool",
    fields={**_fields(2), "dilation": Size(1, axes=2, help=_DILATION), "ceil_mode": _CEIL},
    limit=_empty_window,
    inputs=(Port("x", axes="NCHW"),),
    examples=(
        Example(shapes=((4, 28, 28),), output=(4, 14, 14)),
        Example(shapes=((4, 13, 13),), fields={"kernel_size": 3, "stride": 2, "padding": 1}, output=(4, 7, 7)),
    ),
    synonyms=("max pooling", "downsample", "subsampling"),
)

MAX_POOL3D = LayerType(
    key="max_pool3d",
    title="MaxPool3d",
    category="Pooling",
    summary="Keeps the largest value of each window of a volume.",
    module="nn.MaxPool3d",
    name="pool",
    fields={**_fields(3), "dilation": Size(1, axes=3, help=_DILATION), "ceil_mode": _CEIL},
    limit=_empty_window,
    inputs=(Port("x", axes="NCDHW"),),
    examples=(Example(shapes=((2, 4, 6, 8),), output=(2, 2, 3, 4)),),
    synonyms=("max pooling", "downsample", "voxels"),
)

AVG_POOL1D = LayerType(
    key="avg_pool1d",
    title="AvgPool1d",
    category="Pooling",
    summary="Averages each window of a sequence.",
    module="nn.AvgPool1d",
    name="pool",
    fields={**_fields(1), "ceil_mode": _CEIL, "count_include_pad": _COUNTED},
    inputs=(Port("x", axes="NCT"),),
    examples=(
        Example(shapes=((4, 20),), output=(4, 10)),
        Example(shapes=((4, 9),), fields={"kernel_size": 3, "stride": 1, "padding": 1}, output=(4, 9)),
    ),
    synonyms=("average pooling", "mean pooling", "moving average", "downsample"),
)

AVG_POOL2D = LayerType(
    key="avg_pool2d",
    title="AvgPool2d",
    category="Pooling",
    summary="Averages each window of an image, which makes it smaller.",
    module="nn.AvgPool2d",
    name="pool",
    fields={
        **_fields(2),
        "ceil_mode": _CEIL,
        "count_include_pad": _COUNTED,
    },
    inputs=(Port("x", axes="NCHW"),),
    examples=(Example(shapes=((4, 28, 14),), output=(4, 14, 7)),),
    synonyms=("average pooling", "mean pooling", "downsample"),
)

AVG_POOL3D = LayerType(
    key="avg_pool3d",
    title="AvgPool3d",
    category="Pooling",
    summary="Averages each window of a volume.",
    module="nn.AvgPool3d",
    name="pool",
    fields={**_fields(3), "ceil_mode": _CEIL, "count_include_pad": _COUNTED},
    inputs=(Port("x", axes="NCDHW"),),
    examples=(Example(shapes=((2, 4, 6, 8),), output=(2, 2, 3, 4)),),
    synonyms=("average pooling", "mean pooling", "downsample", "voxels"),
)

ADAPTIVE_AVG_POOL2D = LayerType(
    key="adaptive_avg_pool2d",
    title="AdaptiveAvgPool2d",
    category="Pooling",
    summary="Averages an image of any size to one fixed size.",
    module="nn.AdaptiveAvgPool2d",
    name="pool",
    fields={"output_size": Size(1, axes=2, key=True, help="Height and width of the output.")},
    inputs=(Port("x", axes="NCHW"),),
    examples=(
        Example(shapes=((4, 13, 9),), output=(4, 1, 1)),
        Example(shapes=((4, 13, 9),), fields={"output_size": (3, 2)}, output=(4, 3, 2)),
    ),
    synonyms=("average pooling", "any size"),
)

GLOBAL_AVG_POOL = LayerType(
    key="global_avg_pool",
    title="Global average pool",
    category="Pooling",
    summary="Averages every channel to one number, so that any size fits the layers that follow.",
    call="{inputs}.flatten(2).mean(dim=2)",
    name="global_pool",
    inputs=(Port("x", axes="NCHW NCT NCDHW"),),
    output_axes=lambda axes, fields, rank: "NF",
    examples=(
        Example(shapes=((4, 13, 9),), output=(4,)),
        Example(shapes=((2, 3, 4, 5),), output=(2,)),
        Example(shapes=((4, 13),), output=(4,)),
    ),
    synonyms=("GAP", "GlobalAveragePooling2D", "mean pooling"),
)

_MASKED = "({x} * {mask}.unsqueeze(2)).sum(dim=1) / {mask}.sum(dim=1, keepdim=True).clamp(min=1)"

MASKED_MEAN = LayerType(
    key="masked_mean",
    title="Mean over steps",
    category="Pooling",
    summary="Averages the steps of a sequence that are there, and leaves out its padding.",
    call=lambda fields, linked: _MASKED if "mask" in linked else "{x}.mean(dim=1)",
    name="mean",
    inputs=(
        Port("x", axes="NTF", help="The sequence."),
        Port(
            "mask",
            axes="NT NF",
            optional=True,
            help="1 for each step that is there, 0 for padding: what Mask input feeds, or Mask of tokens.",
        ),
    ),
    output_axes=lambda axes, fields, rank: "NF",
    examples=(Example(shapes=((6, 4), (6,)), output=(4,)), Example(shapes=((6, 4),), output=(4,))),
    synonyms=("masked mean", "mean pooling", "global average", "padding", "time"),
)
