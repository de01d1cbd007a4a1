"""Fully connected layers and embeddings."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType, axis
from designer.layers.fields import Bool, Choice, Int
from designer.project.ports import Port

_PADDING = "The code whose vector stays zero: 0 for the padding of texts. -1: none."

LINEAR = LayerType(
    key="linear",
    title="Linear",
    category="Linear",
    summary="Connects every input to every neuron: a weighted sum plus a bias; of a sequence, at each step alike.",
    module="nn.Linear",
    fields={
        "out_features": Int(64, key=True, label="neurons", help="Number of neurons, the width of the output."),
        "bias": Bool(True, help="Whether each neuron adds a learned constant."),
    },
    bound={"in_features": axis(-1)},
    inputs=(Port("x", axes="NF NTF NCT"),),
    examples=(
        Example(shapes=((10,),), fields={"out_features": 100}, output=(100,), parameters=1100),
        Example(
            shapes=((5, 8),), fields={"out_features": 3, "bias": False}, output=(5, 3), parameters=24, axes=("NTF",)
        ),
    ),
    synonyms=("Dense", "FC", "fully connected", "perceptron", "neuron", "MLP", "at each step", "TimeDistributed"),
)

BILINEAR = LayerType(
    key="bilinear",
    title="Bilinear",
    category="Linear",
    summary="Connects every pair of values of two inputs to every neuron: a weighted sum of their products.",
    module="nn.Bilinear",
    call="{self}({a}, {b})",
    fields={
        "out_features": Int(16, key=True, label="neurons", help="Number of neurons, the width of the output."),
        "bias": Bool(True, help="Whether each neuron adds a learned constant."),
    },
    bound={"in1_features": axis(-1), "in2_features": axis(-1)},
    bound_to={"in2_features": "b"},
    inputs=(
        Port("a", axes="NF NTF NCT", help="The first of each pair."),
        Port("b", axes="NF NTF NCT", help="The second of each pair."),
    ),
    examples=(
        Example(shapes=((4,), (5,)), output=(16,), parameters=336),
        Example(shapes=((6, 3), (6, 2)), fields={"out_features": 4, "bias": False}, output=(6, 4), parameters=24),
    ),
    synonyms=("pairs", "interaction", "tensor product", "two inputs"),
)

EMBEDDING = LayerType(
    key="embedding",
    title="Embedding",
    category="Linear",
    summary="Looks up a learned vector for each whole number, such as the code of a category or a word.",
    module="nn.Embedding",
    call="{self}({inputs}.long())",
    fields={
        "num_embeddings": Int(1000, label="codes", help="How many codes there are; read from the input."),
        "embedding_dim": Int(16, key=True, label="dimensions", help="Length of each learned vector."),
        "padding_idx": Int(-1, minimum=-1, omit=-1, label="padding", help=_PADDING),
    },
    inputs=(Port("x", axes="NT NF"),),
    output_axes=lambda axes, fields, rank: "NTF",
    codes="num_embeddings",
    examples=(
        Example(shapes=((5,),), fields={"num_embeddings": 50, "embedding_dim": 8}, output=(5, 8), parameters=400),
    ),
    synonyms=("lookup", "word vectors", "category codes", "tokens"),
)

EMBEDDING_BAG = LayerType(
    key="embedding_bag",
    title="Mean of embeddings",
    category="Linear",
    summary="Looks up a learned vector for each token of a text and averages them, padding left out.",
    module="nn.EmbeddingBag",
    name="embedding",
    call="{self}({inputs}.long())",
    fields={
        "num_embeddings": Int(1000, label="codes", help="How many codes there are; read from the input."),
        "embedding_dim": Int(32, key=True, label="dimensions", help="Length of each learned vector."),
        "mode": Choice(
            "mean",
            {
                "mean": "The average of the vectors.",
                "sum": "Their sum, which grows with the text.",
                "max": "The largest number in each place.",
            },
            help="What becomes of the vectors of a text.",
        ),
        "padding_idx": Int(0, minimum=-1, omit=-1, label="padding", help=_PADDING),
    },
    inputs=(Port("x", axes="NT NF"),),
    output_axes=lambda axes, fields, rank: "NF",
    codes="num_embeddings",
    examples=(Example(shapes=((5,),), fields={"num_embeddings": 50, "embedding_dim": 8}, output=(8,), parameters=400),),
    synonyms=("EmbeddingBag", "bag of words", "average pooling", "text", "tokens", "fastText"),
)
