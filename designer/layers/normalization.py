"""Normalization: layers that keep values at a steady mean and spread."""

from __future__ import annotations

from math import prod

from designer.layers.declaration import Example, LayerType, Shape, axis
from designer.layers.fields import Bool, Field, Float, Int
from designer.project.model import Fields, FieldValue
from designer.project.ports import Port

_EPS = Float(1e-5, above=True, maximum=1.0, help="Small number that keeps the division safe.")
_AFFINE = Bool(True, help="Whether a learned scale and shift follow.")
_BATCH: dict[str, Field] = {
    "eps": _EPS,
    "momentum": Float(0.1, above=True, maximum=1.0, help="How fast the running mean and variance follow the batches."),
    "affine": _AFFINE,
}
_INSTANCE: dict[str, Field] = {"eps": _EPS, "affine": Bool(False, help="Whether a learned scale and shift follow.")}


def _single_values(shape: Shape, fields: Fields) -> str:
    """Why there is nothing to normalise within the groups of one sample."""
    each = prod(shape[1:]) // int(str(fields["num_groups"]))
    single = "a group would hold a single value, of which nothing can be normalised. Make fewer groups, or leave it out"
    return single if each < 2 else ""


def _last_axes(shape: Shape, fields: Fields) -> FieldValue:
    count = fields["axes"]
    return shape[max(1, len(shape) - count) :] if isinstance(count, int) else shape[-1:]


BATCH_NORM1D = LayerType(
    key="batch_norm1d",
    title="BatchNorm1d",
    category="Normalization",
    summary="Brings each feature to mean 0 and spread 1 over the batch; training becomes faster and steadier.",
    module="nn.BatchNorm1d",
    name="norm",
    fields=_BATCH,
    bound={"num_features": axis(1)},
    inputs=(Port("x", axes="NF NCT"),),
    examples=(
        Example(shapes=((10,),), output=(10,), parameters=20),
        Example(shapes=((4, 9),), output=(4, 9), parameters=8),
    ),
    synonyms=("batch normalization", "BN"),
)

BATCH_NORM2D = LayerType(
    key="batch_norm2d",
    title="BatchNorm2d",
    category="Normalization",
    summary="Brings each channel of images to mean 0 and spread 1 over the batch.",
    module="nn.BatchNorm2d",
    name="norm",
    fields=_BATCH,
    bound={"num_features": axis(1)},
    inputs=(Port("x", axes="NCHW"),),
    examples=(Example(shapes=((4, 6, 6),), output=(4, 6, 6), parameters=8),),
    synonyms=("batch normalization", "BN"),
)

BATCH_NORM3D = LayerType(
    key="batch_norm3d",
    title="BatchNorm3d",
    category="Normalization",
    summary="Brings each channel of volumes to mean 0 and spread 1 over the batch.",
    module="nn.BatchNorm3d",
    name="norm",
    fields=_BATCH,
    bound={"num_features": axis(1)},
    inputs=(Port("x", axes="NCDHW"),),
    examples=(Example(shapes=((2, 3, 4, 5),), output=(2, 3, 4, 5), parameters=4),),
    synonyms=("batch normalization", "BN"),
)

INSTANCE_NORM1D = LayerType(
    key="instance_norm1d",
    title="InstanceNorm1d",
    category="Normalization",
    summary="Brings each channel of each sequence to mean 0 and spread 1, whatever the batch.",
    module="nn.InstanceNorm1d",
    name="norm",
    fields=_INSTANCE,
    bound={"num_features": axis(1)},
    inputs=(Port("x", axes="NCT"),),
    examples=(
        Example(shapes=((4, 9),), output=(4, 9), parameters=0),
        Example(shapes=((4, 9),), fields={"affine": True}, output=(4, 9), parameters=8),
    ),
    synonyms=("instance normalization", "IN"),
)

INSTANCE_NORM2D = LayerType(
    key="instance_norm2d",
    title="InstanceNorm2d",
    category="Normalization",
    summary="Brings each channel of each image to mean 0 and spread 1, as networks that change styles do.",
    module="nn.InstanceNorm2d",
    name="norm",
    fields=_INSTANCE,
    bound={"num_features": axis(1)},
    inputs=(Port("x", axes="NCHW"),),
    examples=(
        Example(shapes=((4, 6, 6),), output=(4, 6, 6), parameters=0),
        Example(shapes=((4, 6, 6),), fields={"affine": True}, output=(4, 6, 6), parameters=8),
    ),
    synonyms=("instance normalization", "IN", "contrast", "style transfer"),
)

LAYER_NORM = LayerType(
    key="layer_norm",
    title="LayerNorm",
    category="Normalization",
    summary="Brings the values of each sample to mean 0 and spread 1, whatever the batch.",
    module="nn.LayerNorm",
    name="norm",
    fields={
        "axes": Int(1, maximum=4, argument=False, help="How many of the last axes are normalised together."),
        "eps": _EPS,
        "elementwise_affine": _AFFINE,
    },
    bound={"normalized_shape": _last_axes},
    examples=(
        Example(shapes=((10,),), output=(10,), parameters=20),
        Example(shapes=((3, 4, 5),), fields={"axes": 3}, output=(3, 4, 5), parameters=120),
    ),
    synonyms=("layer normalization", "LN"),
)

RMS_NORM = LayerType(
    key="rms_norm",
    title="RMSNorm",
    category="Normalization",
    summary="Divides the values of each sample by the root of their mean square; the mean is left alone.",
    module="nn.RMSNorm",
    name="norm",
    fields={
        "axes": Int(1, maximum=4, argument=False, help="How many of the last axes are normalised together."),
        "eps": Float(
            0.0, maximum=1.0, omit=0.0, help="Small number that keeps the division safe; 0: PyTorch chooses it."
        ),
        "elementwise_affine": Bool(True, help="Whether a learned scale follows."),
    },
    bound={"normalized_shape": _last_axes},
    examples=(
        Example(shapes=((10,),), output=(10,), parameters=10),
        Example(shapes=((6, 8),), fields={"eps": 1e-6}, output=(6, 8), parameters=8),
    ),
    synonyms=("root mean square normalization", "LLaMA", "transformer"),
)

LOCAL_RESPONSE_NORM = LayerType(
    key="local_response_norm",
    title="LocalResponseNorm",
    category="Normalization",
    summary="Damps each value by the strength of its neighbours in the channels beside it, as AlexNet did.",
    module="nn.LocalResponseNorm",
    name="norm",
    fields={
        "size": Int(5, maximum=10_000, key=True, help="How many channels count as neighbours."),
        "alpha": Float(1e-4, maximum=1e6, help="How much the neighbours count."),
        "beta": Float(0.75, maximum=100.0, help="The power by which the strength damps."),
        "k": Float(1.0, above=True, maximum=1e6, help="What is added to the strength before; AlexNet had 2."),
    },
    inputs=(Port("x", axes="NCHW NCT"),),
    examples=(
        Example(shapes=((6, 4, 4),), output=(6, 4, 4), parameters=0),
        Example(shapes=((6, 9),), fields={"size": 3, "k": 2.0}, output=(6, 9)),
    ),
    synonyms=("LRN", "AlexNet", "lateral inhibition"),
)

GROUP_NORM = LayerType(
    key="group_norm",
    title="GroupNorm",
    category="Normalization",
    summary="Brings groups of channels of each sample to mean 0 and spread 1; good with small batches.",
    module="nn.GroupNorm",
    name="norm",
    fields={
        "num_groups": Int(
            1, key=True, label="groups", help="Number of groups; the channels must divide into them evenly."
        ),
        "eps": _EPS,
        "affine": _AFFINE,
    },
    bound={"num_channels": axis(1)},
    limit=_single_values,
    inputs=(Port("x", axes="NCHW NCT NF"),),
    examples=(Example(shapes=((6, 4, 4),), fields={"num_groups": 3}, output=(6, 4, 4), parameters=12),),
    synonyms=("group normalization",),
)
