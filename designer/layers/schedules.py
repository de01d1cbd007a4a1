"""The schedules: how the learning rate changes over the epochs, each a scheduler of PyTorch under its own name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from designer.layers.fields import Bool, Choice, Field, Float, Int, Ints
from designer.project.model import Fields, FieldValue

_EPOCHS = "{epochs}"


def _no_limit(values: Fields, epochs: int, steps: int) -> str:
    return ""


@dataclass(frozen=True)
class ScheduleType:
    """A course of the learning rate. Each begins at the learning rate of the training, whatever went before it.

    ``brief`` is what the field calls it. ``module`` names the scheduler of PyTorch, which is made with the fields and
    with the texts of ``filled``, where ``{epochs}`` and ``{steps}`` stand for the epochs of the course and the steps of
    an epoch: arguments that are no fields, or fields that are 0. It is moved after ``each`` epoch or step; what is
    ``judged`` hears the loss of the validation part, or of the training part where there is no other.
    ``cycles_momentum`` names the field by which the momentum of the optimizer changes too. ``limit`` says why fields do
    not suit a course of so many epochs and steps.
    """

    key: str
    title: str
    brief: str
    summary: str
    module: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    filled: Mapping[str, str] = field(default_factory=dict)
    each: Literal["epoch", "step"] = "epoch"
    judged: bool = False
    cycles_momentum: str = ""
    formula: str = ""
    limit: Callable[[Fields, int, int], str] = _no_limit

    @property
    def defaults(self) -> dict[str, FieldValue]:
        """Every field at its default."""
        return {name: kind.initial for name, kind in self.fields.items()}

    def values(self, own: Fields) -> dict[str, FieldValue]:
        """Every field: its own value where it has a sound one, or the default."""
        return {
            name: own[name] if name in own and kind.refuse(own[name]) is None else kind.initial
            for name, kind in self.fields.items()
        }


_GAMMA = Float(0.1, above=True, maximum=1.0, help="What the rate is multiplied by each time.")
_LOWEST = Float(0.0, maximum=1e6, label="lowest rate", help="Where the rate ends.")
_WHOLE = "0: all that this schedule has."
_ALL = "all of its"

LINEAR = ScheduleType(
    key="linear",
    title="LinearLR",
    brief="linear warm-up or decay",
    summary="Rises, or falls, in a straight line from a share of the learning rate to another: a linear warm-up.",
    module="torch.optim.lr_scheduler.LinearLR",
    fields={
        "start_factor": Float(
            0.1, above=True, maximum=1.0, label="start", help="Share of the learning rate that it begins with."
        ),
        "end_factor": Float(1.0, maximum=1.0, label="end", help="Share of the learning rate that it ends with."),
        "total_iters": Int(
            0, minimum=0, maximum=1_000_000, label="ramp epochs", zero=_ALL, help=f"Epochs on the way; {_WHOLE}"
        ),
    },
    filled={"total_iters": _EPOCHS},
    formula="lr · (s + (e − s) · min(t, T) / T)",
)

CONSTANT = ScheduleType(
    key="constant",
    title="ConstantLR",
    brief="constant warm-up",
    summary="Stays at a share of the learning rate for some epochs, then goes on with all of it.",
    module="torch.optim.lr_scheduler.ConstantLR",
    fields={
        "factor": Float(1 / 3, maximum=1.0, help="Share of the learning rate that it stays at."),
        "total_iters": Int(
            0, minimum=0, maximum=1_000_000, label="reduced epochs", zero=_ALL, help=f"Epochs it stays so; {_WHOLE}"
        ),
    },
    filled={"total_iters": _EPOCHS},
    formula="lr · f while t < T, then lr",
)

STEP = ScheduleType(
    key="step",
    title="StepLR",
    brief="step decay",
    summary="Falls by the same factor every so many epochs.",
    module="torch.optim.lr_scheduler.StepLR",
    fields={
        "step_size": Int(30, maximum=1_000_000, label="epochs between", help="Epochs between two falls."),
        "gamma": _GAMMA,
    },
    formula="lr · γ^⌊t / n⌋",
)

MULTI_STEP = ScheduleType(
    key="multi_step",
    title="MultiStepLR",
    brief="step decay at chosen epochs",
    summary="Falls by the same factor after each of the epochs that are named.",
    module="torch.optim.lr_scheduler.MultiStepLR",
    fields={
        "milestones": Ints(
            (30, 60, 90), longest=100, maximum=1_000_000, help="After which epochs it falls, counted from its first."
        ),
        "gamma": _GAMMA,
    },
    formula="lr · γ^(milestones ≤ t)",
)

EXPONENTIAL = ScheduleType(
    key="exponential",
    title="ExponentialLR",
    brief="exponential decay",
    summary="Falls by the same factor after every epoch.",
    module="torch.optim.lr_scheduler.ExponentialLR",
    fields={"gamma": Float(0.95, above=True, maximum=1.0, help="What the rate is multiplied by after each epoch.")},
    formula="lr · γ^t",
)

COSINE = ScheduleType(
    key="cosine",
    title="CosineAnnealingLR",
    brief="cosine decay",
    summary="Falls along half a cosine: slowly, fast, slowly again. A good first choice.",
    module="torch.optim.lr_scheduler.CosineAnnealingLR",
    fields={
        "T_max": Int(
            0,
            minimum=0,
            maximum=1_000_000,
            label="falling epochs",
            zero=_ALL,
            help=f"Epochs down to the lowest; {_WHOLE}",
        ),
        "eta_min": _LOWEST,
    },
    filled={"T_max": _EPOCHS},
    formula="η + (lr − η) · (1 + cos(π t / T)) / 2",
)

COSINE_RESTARTS = ScheduleType(
    key="cosine_restarts",
    title="CosineAnnealingWarmRestarts",
    brief="cosine decay with warm restarts (SGDR)",
    summary="Falls along half a cosine again and again, each time from the learning rate (SGDR).",
    module="torch.optim.lr_scheduler.CosineAnnealingWarmRestarts",
    fields={
        "T_0": Int(10, maximum=1_000_000, label="first", help="Epochs up to the first restart."),
        "T_mult": Int(
            1, maximum=1000, label="longer each time", help="How many times as long the next one is; 1: all alike."
        ),
        "eta_min": _LOWEST,
    },
    formula="η + (lr − η) · (1 + cos(π t / Tᵢ)) / 2, t from the last restart",
)


def _one_cycle_limit(values: Fields, epochs: int, steps: int) -> str:
    """PyTorch divides by what lies between the first step and the peak, also where both are the same step."""
    share = float(values["pct_start"])  # type: ignore[arg-type]
    if share * epochs * steps == 1:
        return f"a rise of {share:g} of {epochs * steps} steps would be over in its first; choose another share"
    return ""


ONE_CYCLE = ScheduleType(
    key="one_cycle",
    title="OneCycleLR",
    brief="one-cycle policy: warm-up, then decay",
    summary="Rises up to the learning rate and falls far below where it began, after every step (super-convergence).",
    module="torch.optim.lr_scheduler.OneCycleLR",
    fields={
        "pct_start": Float(0.3, maximum=1.0, label="rising share", help="Share of the steps in which the rate rises."),
        "anneal_strategy": Choice(
            "cos",
            {"cos": "Along half a cosine.", "linear": "In a straight line."},
            label="along",
            help="How it rises and falls.",
        ),
        "div_factor": Float(
            25.0,
            minimum=1.0,
            maximum=1e9,
            label="starts at 1 /",
            help="It begins at the learning rate over this.",
        ),
        "final_div_factor": Float(
            1e4, minimum=1.0, maximum=1e12, label="ends at 1 /", help="It ends at its beginning divided by this."
        ),
        "three_phase": Bool(
            False, label="three phases", help="Falls as long as it rose, then from there on to its end."
        ),
        "cycle_momentum": Bool(
            False, label="momentum too", help="Moves the momentum (of Adam: beta 1) the other way, from 0.95 to 0.85."
        ),
    },
    filled={"max_lr": "rates_of(optimizer)", "total_steps": "{epochs} * {steps}"},
    each="step",
    cycles_momentum="cycle_momentum",
    formula="lr / d up to lr, then down to lr / (d · D)",
    limit=_one_cycle_limit,
)

POLYNOMIAL = ScheduleType(
    key="polynomial",
    title="PolynomialLR",
    brief="polynomial decay to 0",
    summary="Falls to 0 along a power: 1 is a straight line, 2 falls fast at first.",
    module="torch.optim.lr_scheduler.PolynomialLR",
    fields={
        "total_iters": Int(
            0, minimum=0, maximum=1_000_000, label="falling epochs", zero=_ALL, help=f"Epochs down to 0; {_WHOLE}"
        ),
        "power": Float(1.0, above=True, maximum=100.0, help="The power."),
    },
    filled={"total_iters": _EPOCHS},
    formula="lr · (1 − t / T)^p",
)

PLATEAU = ScheduleType(
    key="plateau",
    title="ReduceLROnPlateau",
    brief="decay when the loss stands still",
    summary="Falls when the loss has not become better for some epochs.",
    module="torch.optim.lr_scheduler.ReduceLROnPlateau",
    fields={
        "factor": Float(0.1, above=True, maximum=0.9999, help="What the rate is multiplied by each time."),
        "patience": Int(10, minimum=0, maximum=1_000_000, help="Epochs without a better loss that are borne."),
        "threshold": Float(1e-4, maximum=1.0, help="Share by which a loss must be lower to count as better."),
        "cooldown": Int(
            0, minimum=0, maximum=1_000_000, help="Epochs after a fall in which no epoch counts as a bad one."
        ),
        "min_lr": _LOWEST,
    },
    judged=True,
    formula="lr · f each time the loss stands still",
)
