"""From a project to all that training needs, in the order that the exported script follows too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.compiler.analyse import analyse
from designer.compiler.figures import chosen_metrics
from designer.compiler.functions import home_of
from designer.compiler.included import names_in
from designer.compiler.load import load_model, load_text
from designer.compiler.report import ModelSource
from designer.compiler.source import optimizer_text
from designer.layers.catalog import mode_of
from designer.project.facts import Facts
from designer.project.model import Fields, Project, Training
from designer.training.abilities import average_of, bound_gradients, sampled, scaler_of
from designer.training.chosen import losses_of
from designer.training.class_weights import NAME, class_weights_of, with_class_weights
from designer.training.data_once import Reading
from designer.training.errors import RunError
from designer.training.footprint import refuse_too_large
from designer.training.losses import output_losses, whole_loss
from designer.training.mode import function_of
from designer.training.next_tokens import token_measure
from designer.training.points import measured_by
from designer.training.prepare import read_data
from designer.training.prepared import PARTS, Prepared
from designer.training.restored import point_of
from designer.training.schedules import states_of
from designer.training.trial_run import Choice, Tried, channels_last, chosen, settled
from designer.training.usage import start_afresh

if TYPE_CHECKING:
    from types import ModuleType

    import torch
    from torch import nn

    from designer.runtime.batches import Part
    from designer.runtime.measures import Measure


# what the texts of losses and optimizers may name beside the runtime
IMPORTS = ("from functools import partial", "import torch", "from torch import nn")


@dataclass(frozen=True)
class Setup:
    """All that one training needs: ``parts`` on ``device``, ``texts`` with the sources of loss and optimizer.

    ``states`` holds by their names what checkpoints keep beside the weights and the optimizer.
    """

    project: Project
    prepared: Prepared
    source: ModelSource
    texts: tuple[str, str]
    device: torch.device
    model: nn.Module
    loss: nn.Module
    optimizer: torch.optim.Optimizer
    measure: Any
    parts: dict[str, Part]
    choice: Choice = Choice()
    states: dict[str, Any] = field(default_factory=dict)

    @property
    def judged(self) -> nn.Module:
        """The model that is judged and kept: the average of weights where there is one, else the one that learns."""
        average = self.states.get(self.project.training.average)
        found: nn.Module = average.module if average is not None else self.model
        return found


def assemble(project: Project, base: Path, run: Path | None = None, read: Reading = read_data) -> Setup:
    """Read the data, build the model from the seed, move it to the device, then make its optimizer.

    What the settings leave to a short trial is tried before, or known of a run beside ``run``; the Setup's project says
    what was chosen. RunError where the project has an error, its data cannot be used, or it is too large for memory.
    """
    import torch

    from designer.runtime.device import pick_device
    from designer.runtime.memory_format import use_channels_last
    from designer.runtime.repeatable import be_deterministic

    training = project.training
    be_deterministic(training.deterministic)
    usual = usual_threads()
    torch.set_num_threads(training.threads or 1)
    prepared = with_class_weights(project, read(project, base))
    source = sound_source(project, prepared.facts)
    texts = part_texts(project, source.factors)
    makers = _loaded({"loss": texts[0], "optimizer": texts[1]})
    device = pick_device(training.device)
    start_afresh(device)
    scaler = scaler_of(training, device)
    plain = _loaded({"optimizer": optimizer_text(training)})
    refuse_too_large(project, source, prepared.train, device, plain.make_optimizer)
    parts = {name: part.to(device) for name, part in prepared.parts.items()}
    parts["train"] = sampled(training, parts["train"], prepared.preparation)
    first_loss = makers.make_loss(class_weights_of(prepared.preparation, device))
    build = partial(_built, source, device)
    tried = Tried(project, source, parts["train"], device, first_loss, build, makers.make_optimizer)
    choice = chosen(tried, usual, run)
    project = settled(project, choice)
    torch.set_num_threads(project.training.threads)
    torch.manual_seed(training.seed)
    model = build()
    if channels_last(project, source):
        use_channels_last(model)
    optimizer = makers.make_optimizer(model)
    bound_gradients(training, optimizer)
    loss = makers.make_loss(class_weights_of(prepared.preparation, device))
    measure = measure_of(project, loss, prepared.preparation, device)
    states = states_of(project.training, optimizer, parts["train"]) | average_of(project.training, model)
    states |= scaler
    return Setup(project, prepared, source, texts, device, model, loss, optimizer, measure, parts, choice, states)


def _built(source: ModelSource, device: torch.device) -> nn.Module:
    return load_model(source).to(device)


@cache
def usual_threads() -> int:
    """The number of threads that PyTorch chose for itself, remembered before any training set another."""
    import torch

    return torch.get_num_threads()


def sound_source(project: Project, facts: Facts) -> ModelSource:
    """The source of the project's model; RunError with the sentences of what stands in the way."""
    analysis = analyse(project, facts)
    errors = [problem.sentence for problem in analysis.problems if problem.severity == "error"]
    if errors or analysis.source is None:
        more = f" And {len(errors) - 3} more problems." if len(errors) > 3 else ""
        raise RunError(" ".join(errors[:3]) + more or "The network is not complete.")
    return analysis.source


def part_texts(project: Project, factors: Mapping[str, float]) -> tuple[str, str]:
    """The texts that make the loss and the optimizer, with ``factors`` of learning rates by modules."""
    return whole_loss(project), optimizer_text(project.training, factors)


def _loaded(makers: Mapping[str, str]) -> ModuleType:
    """A module with a function for each text, which makes what the text says; those called ``optimizer`` of a model."""
    texts, names = [], set[str]()
    for name, text in makers.items():
        texts.append(f"def make_{name}({'model' if name == 'optimizer' else NAME}):\n    return {text}")
        names |= names_in(text)
    found = {name: home for name in sorted(names) if (home := home_of(name))}
    imports = [f"from designer.runtime.{home} import {name}" for name, home in found.items()]
    return load_text("\n".join([*IMPORTS, *imports, "\n", "\n\n\n".join(texts)]), "training")


def make_optimizer(training: Training, factors: Mapping[str, float], model: nn.Module) -> torch.optim.Optimizer:
    """The optimizer of these settings for ``model``, with ``factors`` of learning rates by modules."""
    made: torch.optim.Optimizer = _loaded({"optimizer": optimizer_text(training, factors)}).make_optimizer(model)
    return made


def make_loss(project: Project, preparation: Mapping[str, Any]) -> Any:
    """The project's loss: a callable of output, target and perhaps weights; ``preparation`` was learned of the data."""
    return _loaded({"loss": whole_loss(project)}).make_loss(class_weights_of(preparation))


def measure_of(project: Project, loss: Any, preparation: Mapping[str, Any], device: torch.device | None = None) -> Any:
    """Loss and chosen metrics in the units of the target: a ``Measure``, or what measures several outputs."""
    from designer.runtime.joint import JointMeasure

    if own := mode_of(project).measure:
        return function_of(project, own)()
    if mode_of(project).targets == "next":
        return token_measure(project, loss, preparation)
    if "targets" not in preparation:
        return _measure(project, loss, preparation["target"], next(iter(losses_of(project).values()), {}))
    fields, texts = losses_of(project), output_losses(project)
    weights = class_weights_of(preparation, device)
    made = _loaded({f"loss_{place}": text for place, text in enumerate(texts.values())})
    measures = {
        key: _measure(project, getattr(made, f"make_loss_{place}")(weights), preparation["targets"][key], fields[key])
        for place, key in enumerate(texts)
    }
    return JointMeasure(loss, measures)


def _measure(project: Project, loss: Any, target: Mapping[str, Any], fields: Fields) -> Measure:
    from designer.runtime import metrics

    functions = {
        metric.key: getattr(metrics, metric.function) for metric in chosen_metrics(project, str(target["kind"]), fields)
    }
    return measured_by(loss, functions, target, str(fields.get("loss", "")), point_of(project))


def rows_of(parts: dict[str, Part]) -> dict[str, int]:
    """How many samples each part has."""
    return {name: len(parts[name]) for name in PARTS}
