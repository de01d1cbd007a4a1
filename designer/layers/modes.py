"""The ways of training: what is compared with what, and by which step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from designer.layers.fields import Bool, Field, Float, Int


@dataclass(frozen=True)
class ModeType:
    """A way of training.

    ``targets`` says what the outputs are compared with: ``columns`` of the data (or its classes, or masks), the
    ``inputs`` themselves, or the ``next`` tokens. The others name plain functions of the runtime: ``step`` trains on
    one batch, ``answer`` says what the model makes of a batch, ``prepare`` brings a batch into the form that is
    compared, and ``disturb`` changes it by chance while training. ``arguments`` says which of the mode's fields each of
    them takes. ``loss`` is the key of the loss where an Output does not choose it, ``measure`` names what measures
    where loss and metrics do not and ``figures`` what it finds beside the loss, ``metrics`` are the usual ones.
    ``advice`` tells in a sentence what network it needs. ``predict`` is what makes predictions of new data where that
    is not ``answer``, and ``predicted`` what their columns are called. Of ``rivals`` the graph holds two, a generator
    and a discriminator. ``alone`` says why a single process has to train, where several would not follow one.
    """

    key: str
    title: str
    summary: str
    advice: str
    targets: Literal["columns", "inputs", "next"] = "columns"
    step: str = "gradient_step"
    answer: str = "output_of"
    prepare: str = ""
    disturb: str = ""
    loss: str = ""
    measure: str = ""
    figures: Mapping[str, str] = field(default_factory=dict)
    metrics: tuple[str, ...] = ()
    predict: str = ""
    predicted: str = "output"
    rivals: bool = False
    alone: str = ""
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: Mapping[str, Field] = field(default_factory=dict)
    formula: str = ""


SUPERVISED = ModeType(
    key="supervised",
    title="Supervised",
    summary="The outputs learn to predict the targets of the data.",
    advice="Each Output takes an answer of the width of its target.",
)

AUTOENCODER = ModeType(
    key="autoencoder",
    title="Autoencoder",
    summary="The output learns to give the input back, through a narrow middle that must keep what matters.",
    advice="What reaches the Output must have the shape of the first input; the layer in the middle is narrow.",
    targets="inputs",
    prepare="inputs_as_targets",
    disturb="with_noise",
    arguments={"with_noise": ("noise", "masking")},
    fields={
        "noise": Float(
            0.0,
            maximum=100.0,
            help="Standard deviation of the noise that is added to the inputs while training; 0: none.",
        ),
        "masking": Float(
            0.0, maximum=0.95, help="Share of the inputs that are set to zero by chance while training; 0: none."
        ),
    },
    formula="L(f(x + ε), x): Vincent, Larochelle, Bengio and Manzagol 2008",
)

NEXT_TOKEN = ModeType(
    key="next_token",
    title="Next token",
    summary="The output learns to predict, at each step of a text, the token that comes next; then it can write.",
    advice="What reaches the Output is N×T×V: a score for each of the V tokens at each step, of which none may see "
    "later steps.",
    targets="next",
    answer="scores_of_steps",
    metrics=("accuracy", "perplexity"),
    formula="mean(−log softmax(yₜ)[xₜ₊₁])",
)

GAN = ModeType(
    key="gan",
    title="GAN",
    summary="A generator learns to make samples of noise that a discriminator cannot tell from real ones.",
    advice="Draw two networks: one from a Noise input to an Output, the generator; and one from the data's input to "
    "an Output of width 1, the discriminator, whose input has the shape of what the generator makes.",
    targets="inputs",
    step="adversarial_step",
    answer="generated",
    prepare="inputs_as_targets",
    loss="bce",
    measure="GeneratedMeasure",
    figures={
        "generator_loss": "Generator's loss. How easily new samples are told from real ones; lower is better.",
        "discriminator_loss": "Discriminator's loss. How badly it tells them apart; lower is better.",
    },
    rivals=True,
    arguments={"adversarial_step": ("critic_steps", "smoothing")},
    fields={
        "critic_steps": Int(
            1, maximum=100, label="discriminator steps", help="Steps of the discriminator for each of the generator."
        ),
        "smoothing": Float(
            0.0, maximum=0.5, help="Real samples count as 1 less this share; 0.1 calms the discriminator."
        ),
    },
    formula="min_G max_D E log D(x) + E log(1 − D(G(z))), the generator by −log D(G(z)): Goodfellow et al. 2014",
)

RBM = ModeType(
    key="rbm",
    title="Restricted Boltzmann machine",
    summary="Layers of hidden units learn, by contrastive divergence, to give back what their visible units show.",
    advice="Only RBM layers, one after another, stand between the input and the Output.",
    targets="inputs",
    step="divergence_step",
    answer="reconstructed",
    prepare="inputs_as_targets",
    loss="mse",
    metrics=("mae",),
    predict="output_of",
    predicted="feature",
    alone="rounding decides whether some of the units that are drawn are on, so that several processes would not "
    "follow one.",
    disturb="drawn_bits",
    arguments={"divergence_step": ("steps",), "inputs_as_targets": ("binarise",), "drawn_bits": ("draw",)},
    fields={
        "steps": Int(1, maximum=1_000, label="k of CD-k", help="Steps of Gibbs sampling before the model is compared."),
        "binarise": Bool(True, help="Whether inputs above one half count as 1 and all others as 0."),
        "draw": Bool(
            False,
            help="Whether each input is drawn as 1 or 0 anew in every step, its value being the chance of a 1. Then do "
            "not binarise: features and figures are of the values themselves.",
        ),
    },
    formula="ΔW ∝ ⟨v h⟩ of the data − ⟨v h⟩ after k steps of Gibbs sampling: Hinton 2002",
)
