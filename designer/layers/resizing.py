"""Layers that make sequences, images and volumes larger or smaller without learning: enlarge, pad, crop, unfold."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, Shape
from designer.layers.fields import Choice, Float, Int, Ints, Size
from designer.project.model import Fields, FieldValue
from designer.project.ports import Port

_GRID = "NCT NCHW NCDHW"
_BETWEEN = {
    "nearest": "Repeats the nearest value.",
    "linear": "Draws straight lines between the values.",
    "bicubic": "Draws smooth curves between the values; for images alone.",
}
_LINEAR = {3: "linear", 4: "bilinear", 5: "trilinear"}


def _mode(shape: Shape, fields: Fields) -> FieldValue:
    """What PyTorch calls the mode for so many axes."""
    return _LINEAR.get(len(shape), "linear") if fields["mode"] == "linear" else fields["mode"]


UPSAMPLE = LayerType(
    key="upsample",
    title="Upsample",
    category="Shape",
    summary="Enlarges a sequence, an image or a volume by a factor, with nothing to learn.",
    module="nn.Upsample",
    fields={
        "scale_factor": Float(
            2.0, above=True, maximum=64.0, key=True, label="factor", help="How many times as large; 2 doubles the size."
        ),
        "mode": Choice("nearest", _BETWEEN, argument=False, help="What comes between the values that there are."),
    },
    bound={"mode": _mode},
    inputs=(Port("x", axes=_GRID),),
    examples=(
        Example(shapes=((4, 7, 7),), output=(4, 14, 14)),
        Example(shapes=((4, 6, 5),), fields={"mode": "linear", "scale_factor": 1.5}, output=(4, 9, 7)),
        Example(shapes=((4, 6),), fields={"mode": "linear"}, output=(4, 12)),
        Example(shapes=((2, 2, 3, 4),), fields={"mode": "linear"}, output=(2, 4, 6, 8)),
    ),
    synonyms=("enlarge", "interpolate", "zoom", "UpSampling2D", "decoder", "U-Net"),
)

RESIZE = LayerType(
    key="resize",
    title="Resize",
    category="Shape",
    summary="Brings images to one height and width, with nothing to learn.",
    module="nn.Upsample",
    fields={
        "size": Size(32, axes=2, maximum=8192, key=True, help="Height and width of the output."),
        "mode": Choice("nearest", _BETWEEN, argument=False, help="What comes between the values that there are."),
    },
    bound={"mode": _mode},
    inputs=(Port("x", axes="NCHW"),),
    examples=(
        Example(shapes=((3, 20, 40),), output=(3, 32, 32)),
        Example(shapes=((3, 8, 8),), fields={"size": (12, 6), "mode": "bicubic"}, output=(3, 12, 6)),
    ),
    synonyms=("interpolate", "scale", "any size"),
)

PIXEL_SHUFFLE = LayerType(
    key="pixel_shuffle",
    title="PixelShuffle",
    category="Shape",
    summary="Lays channels out as pixels: with factor 2, four channels become one that is twice as high and wide.",
    module="nn.PixelShuffle",
    name="shuffle",
    fields={
        "upscale_factor": Int(
            2,
            maximum=64,
            key=True,
            label="factor",
            help="How many times as high and wide; its square divides the channels evenly.",
        )
    },
    inputs=(Port("x", axes="NCHW"),),
    examples=(
        Example(shapes=((8, 5, 6),), output=(2, 10, 12)),
        Example(shapes=((9, 4, 4),), fields={"upscale_factor": 3}, output=(1, 12, 12)),
    ),
    synonyms=("sub-pixel convolution", "super-resolution", "depth to space"),
)

PIXEL_UNSHUFFLE = LayerType(
    key="pixel_unshuffle",
    title="PixelUnshuffle",
    category="Shape",
    summary="Lays pixels out as channels: with factor 2, half the height and width and four times the channels.",
    module="nn.PixelUnshuffle",
    name="unshuffle",
    fields={
        "downscale_factor": Int(
            2, maximum=64, key=True, label="factor", help="How many times less high and wide; it divides both evenly."
        )
    },
    inputs=(Port("x", axes="NCHW"),),
    examples=(Example(shapes=((2, 10, 12),), output=(8, 5, 6)),),
    synonyms=("space to depth", "downsample"),
)

PADDING = LayerType(
    key="padding",
    title="Padding",
    category="Shape",
    summary="Puts a border round a sequence, an image or a volume.",
    call="nn.functional.pad({x}, [{sides}], mode={mode})",
    name="pad",
    fields={
        "sides": Ints(
            (1, 1, 1, 1),
            minimum=0,
            maximum=100_000,
            longest=6,
            key=True,
            help="Width of the border left, right, then top, bottom; a sequence has the first two, a volume six.",
        ),
        "mode": Choice(
            "constant",
            {
                "constant": "Holds zeros.",
                "reflect": "Mirrors what lies inside, the edge not repeated.",
                "replicate": "Repeats the edge.",
                "circular": "Wraps round to the other side.",
            },
            help="What the border holds.",
        ),
    },
    inputs=(Port("x", axes=_GRID),),
    examples=(
        Example(shapes=((3, 6, 6),), output=(3, 8, 8)),
        Example(shapes=((3, 6, 6),), fields={"sides": (2, 0, 1, 3), "mode": "reflect"}, output=(3, 10, 8)),
        Example(shapes=((3, 6),), fields={"sides": (2, 1), "mode": "circular"}, output=(3, 9)),
        Example(shapes=((2, 3, 4, 5),), fields={"sides": (1,) * 6, "mode": "replicate"}, output=(2, 5, 6, 7)),
    ),
    synonyms=("ZeroPad2d", "ReflectionPad2d", "ReplicationPad2d", "CircularPad2d", "ZeroPadding2D", "border"),
)

CROP = LayerType(
    key="crop",
    title="Crop",
    category="Shape",
    summary="Cuts a rectangle out of images.",
    call="{x}.narrow(2, {top}, {height}).narrow(3, {left}, {width})",
    fields={
        "top": Int(0, minimum=0, maximum=100_000, help="Rows that are left out above."),
        "left": Int(0, minimum=0, maximum=100_000, help="Columns that are left out on the left."),
        "height": Int(16, maximum=100_000, key=True, help="Height of what is kept."),
        "width": Int(16, maximum=100_000, key=True, help="Width of what is kept."),
    },
    inputs=(Port("x", axes="NCHW"),),
    takes_codes=True,
    examples=(
        Example(shapes=((3, 20, 16),), output=(3, 16, 16)),
        Example(shapes=((3, 9, 9),), fields={"top": 2, "left": 4, "height": 7, "width": 5}, output=(3, 7, 5)),
    ),
    synonyms=("cut", "Cropping2D", "region"),
)

CENTRE_CROP = LayerType(
    key="centre_crop",
    title="Centre crop",
    category="Shape",
    summary="Cuts the middle out of images.",
    call="centre_crop({x}, {height}, {width})",
    name="crop",
    fields={
        "height": Int(16, maximum=100_000, key=True, help="Height of the middle that is kept."),
        "width": Int(16, maximum=100_000, key=True, help="Width of the middle that is kept."),
    },
    inputs=(Port("x", axes="NCHW"),),
    takes_codes=True,
    examples=(
        Example(shapes=((3, 20, 16),), output=(3, 16, 16)),
        Example(shapes=((3, 9, 8),), fields={"height": 4, "width": 5}, output=(3, 4, 5)),
    ),
    synonyms=("CenterCrop", "middle", "U-Net"),
)

UNFOLD = LayerType(
    key="unfold",
    title="Unfold",
    category="Shape",
    summary="Lays the patches of an image out side by side: the values of a patch are channels, the patches steps.",
    module="nn.Unfold",
    fields={
        "kernel_size": Size(4, axes=2, key=True, help="Height and width of a patch."),
        "stride": Size(4, axes=2, key=True, help="How far apart the patches begin; as far as their size: no overlap."),
        "padding": Size(0, axes=2, minimum=0, help="Border of zeros added on each side before."),
        "dilation": Size(1, axes=2, help="Distance between the points of a patch."),
    },
    inputs=(Port("x", axes="NCHW"),),
    output_axes=lambda axes, fields, rank: "NCT",
    examples=(
        Example(shapes=((3, 8, 12),), output=(48, 6)),
        Example(shapes=((1, 5, 5),), fields={"kernel_size": 3, "stride": 1, "padding": 1}, output=(9, 25)),
    ),
    synonyms=("im2col", "patches", "sliding window"),
)
