"""Networks that learn from the data alone, what it looks like rather than what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from designer.importing.architecture import Architecture, Values, whole, with_columns_for_categories
from designer.importing.brief import Brief
from designer.importing.drawing import Drawing
from designer.importing.networks import started
from designer.importing.starting_training import training_for
from designer.layers.fields import Field, Float, Int
from designer.project.model import Data, Project, TableData, Training

MOST_LAYERS, NARROWEST = 8, 4
FEW_SAMPLES = 5_000


def _numbers(brief: Brief) -> int:
    """How many numbers one sample is."""
    return brief.features if brief.form == "rows" else brief.channels * brief.height * brief.width


def _plain(drawing: Drawing, brief: Brief) -> str:
    """The input that the data feeds, pictures with values from 0 to 1, as a sigmoid makes them."""
    return started(drawing, replace(brief, normalise="none"))


def _autoencoder(brief: Brief, values: Values) -> Project:
    """After Hinton and Salakhutdinov 2006; with noise after Vincent et al. 2008."""
    drawing = Drawing()
    pictures, width = brief.form == "pictures", whole(values, "width")
    widths = [max(whole(values, "latent"), width >> place) for place in range(whole(values, "layers"))]
    start = last = _plain(drawing, brief)
    encoder, decoder = [start], list[str]()
    if pictures:
        last = drawing.add("flatten", last)
        encoder.append(last)
    for number, wide in enumerate(widths, start=1):
        last = drawing.add("linear", last, f"encoder{number}", out_features=wide)
        encoder += [last, last := drawing.add("relu", last)]
    last = drawing.add("linear", last, "latent", out_features=whole(values, "latent"))
    encoder.append(last)
    for number, wide in enumerate(reversed(widths), start=1):
        last = drawing.add("linear", last, f"decoder{number}", out_features=wide)
        decoder += [last, last := drawing.add("relu", last)]
    last = drawing.add("linear", last, "restored", out_features=_numbers(brief))
    decoder.append(last)
    if pictures:
        last = drawing.add("sigmoid", last)
        decoder += [last, last := drawing.add("reshape", last, shape=(brief.channels, brief.height, brief.width))]
    decoder.append(drawing.add("output", last, loss="mse"))
    drawing.frame("Encoder", encoder, "blue")
    drawing.frame("Decoder", decoder, "green")
    training = replace(training_for(brief), mode="autoencoder", mode_fields=_noise(values), metrics=())
    return replace(drawing.laid_out(stacked=True), training=training)


def _noise(values: Values) -> dict[str, float]:
    return {"noise": float(str(values["noise"])), "masking": float(str(values["masking"]))}


def _autoencoder_fields(brief: Brief) -> Mapping[str, Field]:
    width = 128 if brief.form == "pictures" else max(8, min(64, 2 * brief.features))
    return {
        "latent": Int(2, maximum=1024, help="Width of the narrow middle; two can be drawn in the plane."),
        "layers": Int(2, maximum=MOST_LAYERS, help="Hidden layers before the middle, and as many behind it."),
        "width": Int(width, maximum=4096, help="Neurons of the outermost hidden layer; each further one has half."),
        "noise": Float(
            0.1 if brief.form == "pictures" else 0.0, maximum=10.0, help="Deviation of the noise added to the input."
        ),
        "masking": Float(0.0, maximum=0.95, help="Share of the input set to zero by chance."),
    }


def _gan(brief: Brief, values: Values) -> Project:
    """After Goodfellow et al. 2014; the discriminator leaks where the generator bends, after Radford et al. 2016."""
    drawing = Drawing()
    pictures, layers = brief.form == "pictures", whole(values, "layers")
    widths = [max(NARROWEST, whole(values, "width") >> place) for place in range(layers)]
    last = drawing.add("noise_input", size=(whole(values, "noise"),))
    for number, width in enumerate(reversed(widths), start=1):
        last = drawing.add("linear", last, f"generator{number}", out_features=width)
        last = drawing.add("relu", last)
    last = drawing.add("linear", last, "made", out_features=_numbers(brief))
    if pictures:
        last = drawing.add("sigmoid", last)
        last = drawing.add("reshape", last, shape=(brief.channels, brief.height, brief.width))
    drawing.add("output", last, "generated", loss="bce")
    generator = list(drawing.project.graph.nodes)
    last = _plain(drawing, brief)
    last = drawing.add("flatten", last) if pictures else last
    for number, width in enumerate(widths, start=1):
        last = drawing.add("linear", last, f"discriminator{number}", out_features=width)
        last = drawing.add("leaky_relu", last, negative_slope=0.2)
    last = drawing.add("linear", last, "real", out_features=1)
    drawing.add("output", last, "judged", loss="bce")
    drawing.frame("Generator", generator, "green")
    drawing.frame("Discriminator", [key for key in drawing.project.graph.nodes if key not in generator], "orange")
    return replace(drawing.laid_out(stacked=True), training=_adversarial(brief))


def _adversarial(brief: Brief) -> Training:
    """Many short steps: neither of the two may run away from the other."""
    epochs = 300 if brief.samples < FEW_SAMPLES else 60
    fields = {"critic_steps": 1, "smoothing": 0.1}
    return Training(epochs=epochs, batch_size=64, learning_rate=0.0005, mode="gan", mode_fields=fields)


def _gan_fields(brief: Brief) -> Mapping[str, Field]:
    pictures = brief.form == "pictures"
    return {
        "noise": Int(32 if pictures else 8, maximum=1024, help="How many random numbers a sample is made of."),
        "layers": Int(2, maximum=MOST_LAYERS, help="Hidden layers of the generator, and of the discriminator."),
        "width": Int(256 if pictures else 64, maximum=4096, help="Neurons of the widest hidden layer of each."),
    }


def _rbm(brief: Brief, values: Values) -> Project:
    """After Hinton 2002; a stack of them is trained layer by layer, after Hinton, Osindero and Teh 2006."""
    drawing = Drawing()
    last = _plain(drawing, brief)
    last = drawing.add("flatten", last) if brief.form == "pictures" else last
    for place in range(whole(values, "layers")):
        last = drawing.add("rbm", last, hidden=max(NARROWEST, whole(values, "hidden") >> place))
    drawing.add("output", last, "features", loss="mse")
    training = Training(
        epochs=60 if brief.samples < FEW_SAMPLES else 20,
        batch_size=32,
        learning_rate=0.005,
        mode="rbm",
        mode_fields={"steps": whole(values, "steps"), "binarise": True},
    )
    return replace(drawing.laid_out(), training=training)


def _rbm_fields(brief: Brief) -> Mapping[str, Field]:
    hidden = 64 if brief.form == "pictures" else max(4, min(64, brief.features))
    return {
        "layers": Int(1, maximum=4, help="How many stand one upon another; each but the first reads the one below."),
        "hidden": Int(hidden, maximum=4096, help="Hidden units of the lowest; each further one has half as many."),
        "steps": Int(1, maximum=100, help="k of contrastive divergence: how long the model dreams before a step."),
    }


def _between_0_and_1(data: Data, brief: Brief) -> Data:
    """The data with its numbers scaled to what units that are on or off can show."""
    prepared = with_columns_for_categories(data, brief)
    if not isinstance(prepared, TableData):
        return prepared
    columns = tuple(
        replace(each, scale="minmax") if each.kind in ("number", "date") and each.role in ("feature", "ahead") else each
        for each in prepared.columns
    )
    return replace(prepared, columns=columns)


AUTOENCODER = Architecture(
    key="autoencoder",
    title="Autoencoder",
    summary="Squeezes each sample through a narrow middle and learns to restore it; with noise it learns to clean.",
    group="Generative",
    forms=("pictures", "rows"),
    build=_autoencoder,
    fields=_autoencoder_fields,
    example=Brief("pictures"),
)

GAN = Architecture(
    key="gan",
    title="GAN",
    summary="A generator makes samples of noise, a discriminator tells them from real ones; each learns of the other.",
    group="Generative",
    forms=("pictures", "rows"),
    build=_gan,
    fields=_gan_fields,
    example=Brief("pictures"),
)

BOLTZMANN = Architecture(
    key="rbm",
    title="Boltzmann machine",
    summary="Hidden units learn what often goes together in the visible ones, with no target; several make a stack.",
    group="Generative",
    forms=("pictures", "rows"),
    build=_rbm,
    fields=_rbm_fields,
    prepare=_between_0_and_1,
    example=Brief("pictures"),
)
