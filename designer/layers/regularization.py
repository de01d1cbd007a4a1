"""Layers that keep a network from learning its training data by heart."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType
from designer.layers.fields import Float
from designer.project.ports import Port

_P = Float(
    0.5, maximum=0.99, key=True, label="probability", help="Share of the values that are set to zero while training."
)

DROPOUT = LayerType(
    key="dropout",
    title="Dropout",
    category="Regularization",
    summary="Sets random values to zero while training, so that no neuron relies on another.",
    module="nn.Dropout",
    fields={"p": _P},
    examples=(
        Example(shapes=((10,),), output=(10,)),
        Example(shapes=((3, 4, 4),), fields={"p": 0.1}, output=(3, 4, 4)),
    ),
    synonyms=("noise", "overfitting"),
)

DROPOUT1D = LayerType(
    key="dropout1d",
    title="Dropout1d",
    category="Regularization",
    summary="Sets whole random channels of a sequence to zero while training.",
    module="nn.Dropout1d",
    name="dropout",
    fields={"p": _P},
    inputs=(Port("x", axes="NCT"),),
    examples=(Example(shapes=((3, 9),), output=(3, 9)),),
    synonyms=("spatial dropout", "channel dropout"),
)

DROPOUT2D = LayerType(
    key="dropout2d",
    title="Dropout2d",
    category="Regularization",
    summary="Sets whole random channels of an image to zero while training.",
    module="nn.Dropout2d",
    fields={"p": _P},
    inputs=(Port("x", axes="NCHW"),),
    examples=(Example(shapes=((3, 4, 4),), output=(3, 4, 4)),),
    synonyms=("spatial dropout", "channel dropout"),
)

DROPOUT3D = LayerType(
    key="dropout3d",
    title="Dropout3d",
    category="Regularization",
    summary="Sets whole random channels of a volume to zero while training.",
    module="nn.Dropout3d",
    name="dropout",
    fields={"p": _P},
    inputs=(Port("x", axes="NCDHW"),),
    examples=(Example(shapes=((2, 3, 4, 4),), output=(2, 3, 4, 4)),),
    synonyms=("spatial dropout", "channel dropout", "voxels"),
)

GAUSSIAN_NOISE = LayerType(
    key="gaussian_noise",
    title="Gaussian noise",
    category="Regularization",
    summary="Adds random values while training, so that the network learns not to mind small changes.",
    module="GaussianNoise",
    name="noise",
    fields={"std": Float(0.1, maximum=1e6, key=True, label="deviation", help="Standard deviation of the noise.")},
    examples=(
        Example(shapes=((10,),), output=(10,), parameters=0),
        Example(shapes=((3, 4, 4),), fields={"std": 0.5}, output=(3, 4, 4)),
    ),
    synonyms=("GaussianNoise", "jitter", "denoising", "robust"),
)

IDENTITY = LayerType(
    key="identity",
    title="Identity",
    category="Shape",
    summary="Passes its input on unchanged.",
    module="nn.Identity",
    takes_codes=True,
    examples=(Example(shapes=((3, 4, 4),), output=(3, 4, 4)),),
    synonyms=("pass through", "nothing"),
)
