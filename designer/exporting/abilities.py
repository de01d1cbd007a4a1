"""The texts of a script that the training settings ask for: what is done to gradients, steps, weights and samples."""

from __future__ import annotations

from designer.compiler.report import ModelSource
from designer.exporting.literals import call, literal
from designer.exporting.modes import function_text
from designer.exporting.sources.targets import TargetTexts
from designer.layers.catalog import AVERAGES, mode_of, step_name
from designer.layers.modes import SUPERVISED
from designer.project.facts import is_class
from designer.project.model import Project, Training
from designer.training.abilities import NORMS, average_values, judging, mean_arguments


def deterministic_line(training: Training) -> str:
    """The line that lets only operations be used that give the same bits each time, where that is wanted."""
    return "    be_deterministic()\n" if training.deterministic else ""


def gradient_lines(training: Training) -> str:
    """The lines that change the gradients of each step: see ``designer.training.abilities.bound_gradients``."""
    calls = {"l1_decay": training.l1, "clip_norm": training.clip_norm, "clip_value": training.clip_value}
    return "".join(f"    {name}(optimizer, {literal(float(value))})\n" for name, value in calls.items() if value)


def sampled_line(training: Training, targets: TargetTexts) -> str:
    """The line that lets samples be drawn by chance: see ``designer.training.abilities.sampled``."""
    if training.sampling != "balanced":
        return ""
    pairs = zip(targets.outputs, targets.kinds, strict=True)
    key = next(each.key for each, kind in pairs if is_class(kind))
    return f"    train = drawn_balanced(train{f', {literal(key)}' if targets.several else ''})\n"


def precision_line(training: Training) -> str:
    """The line that makes sure of a device that can compute in the chosen precision, where it is not the usual one."""
    usual = training.computes_in == "float32"
    return "" if usual else f"    check_precision(device, torch.{training.computes_in})\n"


def step_lines(project: Project, fast: bool = False) -> str:
    """The lines that put together what trains on one batch, where that takes more than a word: see ``step_of``.

    ``fast`` is whether the script shall have the fast step in it.
    """
    precision = project.training.computes_in
    if precision == "float32":
        return ""
    scaled = precision == "float16"
    arguments = ["mixed_step", f"step={_whole_step(project, fast)}", f"dtype=torch.{precision}"]
    lines = "    scaler = torch.amp.GradScaler(device.type)\n" if scaled else ""
    return f"{lines}{call('step = partial(', [*arguments, *(['scaler=scaler'] if scaled else [])], depth=1)}\n"


def step_argument(project: Project, fast: bool = False) -> str:
    """The line of the call of ``fit`` that says how a step is made, where it is not as usual."""
    step = _whole_step(project, fast) if project.training.computes_in == "float32" else "step"
    return f"        step={step},\n" if step != SUPERVISED.step else ""


def _whole_step(project: Project, fast: bool) -> str:
    """The expression of what trains on one batch in the usual precision.

    The processor captures steps in float32 alone, as it does here: see ``designer.training.run.fast_step``.
    """
    training, name = project.training, step_name(project)
    if training.accumulate == 1:
        if name != SUPERVISED.step or project.layers:
            return function_text(project, name)
        if fast and training.computes_in == "float32":
            return "quick_step(device)"
        return "graphed_step(device)" if fast or training.device == "cuda" else name
    rows = f"piece_rows({'BATCH_SIZE' if training.batch_size else 'len(train)'}, {training.accumulate})"
    return f"partial(accumulated_step, rows={rows})"


def average_line(training: Training) -> str:
    """The line that makes the average of the weights, where there is one."""
    kind = AVERAGES[training.average]
    if not kind.each:
        return ""
    arguments = ", ".join(f"{name}={literal(value)}" for name, value in mean_arguments(training).items())
    mean = f", multi_avg_fn={kind.mean}({arguments})" if kind.mean else ""
    return f"    average = AveragedModel(model{mean})\n"


def averaged_lines(project: Project, source: ModelSource) -> str:
    """The lines that let the average follow the weights: see ``designer.training.abilities.with_average``."""
    training = project.training
    kind = AVERAGES[training.average]
    if not kind.each:
        return ""
    lines, renew = "", []
    if NORMS in source.text:
        answer = "answer" if mode_of(project).answer != SUPERVISED.answer else SUPERVISED.answer
        made = f"partial(renew_statistics, part=train, batch_size=BATCH_SIZE, answer={answer})"
        lines, renew = f"    renew = {made}\n", ["renew"]
    if kind.each == "step":
        watching = ["averaged_steps(events, average, model", *renew]
    else:
        watching = ["averaged_epochs(events, average, model", literal(average_values(training)["start"]), *renew]
    return f"{lines}    events = {', '.join(watching)})\n"


def judged_model(training: Training) -> str:
    """The expression of the model that is judged and kept."""
    return "average.module" if AVERAGES[training.average].each else "model"


def judged_argument(training: Training) -> str:
    """The line of the call of ``fit`` that says so, where it is not the model that learns."""
    return f"        judged={judged_model(training)},\n" if AVERAGES[training.average].each else ""


def judging_arguments(training: Training) -> str:
    """The arguments that say which figure epochs are compared by, where it is not the loss."""
    by = judging(training)
    said = [f"monitor={literal(by['monitor'])}"] if by["monitor"] != "loss" else []
    return "".join(f", {text}" for text in [*said, *(["higher=True"] if by["higher"] else [])])


def kept_line(training: Training) -> str:
    """The line behind the training from which on the average stands for the model."""
    return f"    model = {judged_model(training)}\n" if AVERAGES[training.average].each else ""
