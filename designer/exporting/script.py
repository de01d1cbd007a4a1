"""The training script: one file that trains the network to the same weights without this program."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from designer.compiler.figures import chosen_metrics
from designer.compiler.functions import FUTURE, closure, import_text, read_module
from designer.compiler.page import Group, laid_out
from designer.compiler.report import ModelSource
from designer.compiler.source import optimizer_call
from designer.exporting.abilities import (
    average_line,
    deterministic_line,
    gradient_lines,
    judged_argument,
    judged_model,
    judging_arguments,
    kept_line,
    precision_line,
    sampled_line,
    step_argument,
    step_lines,
)
from designer.exporting.checked import checked_analysis
from designer.exporting.folds import SIZES_NOTE, making, sizes_of, source_for_folds
from designer.exporting.literals import assignment, call, literal
from designer.exporting.modes import (
    answer_argument,
    answer_line,
    function_text,
    mode_arguments,
    own_targets_text,
    token_measure_text,
)
from designer.exporting.processes import (
    best_argument,
    fitted_model,
    followed_lines,
    joining_line,
    saving_lines,
    sharing_lines,
    start_argument,
)
from designer.exporting.schedules import schedule_lines
from designer.exporting.sources.choosing import data_constants, read_data_text
from designer.exporting.sources.running_text import prompt_option, writing_lines
from designer.exporting.sources.targets import TargetTexts, target_texts
from designer.layers.catalog import AVERAGES, mode_of
from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.folding import folds_of
from designer.project.model import Fields, Project, Training
from designer.project.paths import rebased
from designer.training.chosen import losses_of
from designer.training.class_weights import NAME, weighted_outputs
from designer.training.losses import loss_factors, output_losses, whole_loss
from designer.training.points import measure_texts
from designer.training.restored import point_of
from designer.training.trial_run import channels_last

TRAINING_MODULES = (
    "accumulating", "averaging", "captured", "class_weights", "clipping", "cuda_graphs", "decay", "device",
    "distributed", "disturbing", "early", "events", "failure", "fit", "graph_buffers", "graph_passes", "graph_products",
    "graph_script", "groups", "joint", "kept_memory", "log_measures", "losses", "measures", "memory_format", "metrics",
    "mixed_precision", "muon", "next_tokens", "normalizing", "noting", "quick_steps", "repeatable", "restarting",
    "sampling", "schedules", "scripts", "updates", "weighting", "weights",
)  # fmt: skip
# What the written parts of a script may use beside functions of the runtime; unused ones are left out again.
IMPORTS = """import argparse
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel
""" + "".join(f"from torch.optim.swa_utils import {kind.mean}\n" for kind in AVERAGES.values() if kind.mean)
TEST_LINE = '    print("test ", figures_text(evaluate(model, test, measure{answer})))\n'
FOLD_LINES = """    figures = evaluate(model, test, measure{answer})
    print("test ", figures_text(figures))
{saving}    return figures
"""
OUT, FOLD_OUT = "arguments.out", 'arguments.out.with_stem(f"{arguments.out.stem}-fold{fold}")'
MAIN = "Train, print a line an epoch and the figures of the test part, and write the weights."
FOLD_MAIN = "Train with every fold held back once, and print the average and the spread of their figures."
DESCRIPTION = "Trains the network and writes its weights."


def script_text(
    project: Project, base: Path, out: Path | None = None, facts: Facts | None = None, fast: bool = False
) -> str:
    """The script of a project whose data paths start from the folder ``base``.

    ``out`` is the file that it is for, to which paths in it lead from there; they are the project's own where it is
    not given. The data is read for its facts unless ``facts`` are given. A ``fast`` script has the captured step and
    CUDA graphs in it, which make the same in less time but many lines. Raises LayerloomError where the project has
    errors.
    """
    if project.data is None:
        raise LayerloomError("A script needs data to train with. Open a CSV file or a folder of images first.")
    _, source, known = checked_analysis(project, base, facts)
    assert known is not None
    source = source_for_folds(project, base, source, known)
    project = project if out is None else rebased(project, base, out.resolve())
    assert project.data is not None
    constants = data_constants(project, known, project.data.path)
    constants += "\n\n" + _training_constants(project, source)
    model = _without_imports(source)
    reading, running = read_data_text(project, known), _main_text(project, known, source, fast)
    imports = import_text(read_module("", source.text).imports.values())
    found = closure("\n\n".join([IMPORTS, imports, model, constants, reading, running]))
    modules = closure("\n\n".join([IMPORTS, imports, model])).sections.keys()
    early = [text for module, text in found.sections.items() if module not in (*TRAINING_MODULES, *modules)]
    layers = [text for module, text in found.sections.items() if module in modules]
    late = [text for module, text in found.sections.items() if module in TRAINING_MODULES and module not in modules]
    head = f'"""{DESCRIPTION}"""\n\n{FUTURE}\n\n{found.imports}\n\n{constants}\n\n{found.constants}'.rstrip()
    parts = [
        head,
        _banner("Data"),
        *early,
        reading,
        _banner("Model"),
        *layers,
        model,
        _banner("Training"),
        *late,
        running,
    ]
    return "\n\n\n".join(parts) + "\n"


def _banner(title: str) -> str:
    return f"# ---------- {title} ----------"


def _without_imports(source: ModelSource) -> str:
    """The classes of the model that are written for this project: copies of the runtime come with the other parts."""
    found = read_module("", source.text).definitions
    return "\n\n\n".join(part.text for name, part in found.items() if name not in source.runtime)


def _training_constants(project: Project, source: ModelSource) -> str:
    training = project.training
    lines = [
        assignment("EPOCHS", training.epochs),
        assignment("BATCH_SIZE", training.batch_size) + ("  # the full batch" if training.batch_size == 0 else ""),
        assignment("SEED", training.seed),
        assignment("DEVICE", training.device),
        assignment("THREADS", training.threads or 1),
    ]
    if project.data is not None and project.data.split.folds > 1 and project.data.split.fold:
        lines.append(assignment("FOLD", project.data.split.fold))
    if source.sizes:
        lines += [SIZES_NOTE, assignment("SIZES", sizes_of(source))]
    return "\n".join(lines)


def _main_text(project: Project, facts: Facts, source: ModelSource, fast: bool) -> str:
    training = _training_text(project, facts, source, fast)
    folds = project.data is not None and project.data.split.folds > 1
    return f'''{_fold_text(training) if folds else ""}def main() -> None:
    """{FOLD_MAIN if folds else MAIN}"""
    parser = argparse.ArgumentParser(description="{DESCRIPTION}")
    parser.add_argument("--data", type=Path, default=find_data(DATA, __file__), help="the data to train with")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="how many times the training part is gone through")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same weights")
    parser.add_argument("--device", default=DEVICE, choices=["auto", "cpu", "cuda", "mps"])
    parser.add_argument("--out", type=Path, default=Path("weights.pt"), help="where the weights are written")
{prompt_option(project) if mode_of(project).targets == "next" else ""}    arguments = parser.parse_args()
{joining_line(project)}
{_all_folds(folds_of(project)) if folds else training}

if __name__ == "__main__":
    try:
        main()
    except (DataError, TrainingError) as error:
        sys.exit(f"error: {{error}}")'''


def _all_folds(count: int) -> str:
    """What ``main`` does with folds: all of them one after the other, or the one that this project is tested with."""
    if not count:
        return "    train_fold(arguments, FOLD)\n"
    return """    figures = []
    for fold in range(1, FOLDS + 1):
        print(f"fold {fold} of {FOLDS}")
        figures.append(train_fold(arguments, fold))
    show_folds(figures)
"""


def _fold_text(training: str) -> str:
    return f'''def train_fold(arguments: argparse.Namespace, fold: int) -> dict[str, float]:
    """Train, print a line an epoch, write the weights beside ``--out``, and answer the figures of the fold."""
{training}

'''


def _training_text(project: Project, facts: Facts, source: ModelSource, fast: bool) -> str:
    training, folds = project.training, project.data is not None and project.data.split.folds > 1
    last = "    use_channels_last(model)\n" if channels_last(project, source) else ""
    hooks = gradient_lines(training)
    reading, out = ("arguments.data, fold", FOLD_OUT) if folds else ("arguments.data", OUT)
    assert project.data is not None
    targets, writes = target_texts(project, project.data, facts), mode_of(project).targets == "next"
    preparation = ", preparation" if targets.told or writes else ""
    ending = FOLD_LINES if folds else (TEST_LINE if facts.rows.get("test") else "") + "{saving}"
    ending = ending.replace("{answer}", answer_argument(project)).replace("{saving}", saving_lines(project, out))
    ending += writing_lines(project) if writes else ""
    return f"""    torch.set_num_threads(THREADS)
{deterministic_line(training)}    train, validation, test{preparation} = read_data({reading})
{own_targets_text(project)}    device = pick_device(arguments.device)
    print(f"{{len(train)}} samples to train, {{len(validation)}} to validate, {{len(test)}} to test, on {{device}}")
    train, validation, test = train.to(device), validation.to(device), test.to(device)
{precision_line(training)}{sampled_line(training, targets)}    torch.manual_seed(arguments.seed)
    model = {making(source)}.to(device)
{last}{_optimizer(training, source.factors)}
{hooks}{schedule_lines(training)}{average_line(training)}{_class_weights(project, targets)}{_loss(project)}
{_measure(project, targets, facts)}
{answer_line(project)}{step_lines(project, fast)}{sharing_lines(project, source, out)}    events = fit(
        {fitted_model(project)},
        train,
        validation,
        loss,
        optimizer,
        epochs=arguments.epochs,
        batch_size=BATCH_SIZE,
        seed=arguments.seed,
        measure=measure,
{start_argument(project)}{mode_arguments(project)}{step_argument(project, fast)}{judged_argument(training)}    )
{followed_lines(project, source)}{_watchers(project, facts)}    for event in events:
        if isinstance(event, Epoch):
            show_epoch(event)
{kept_line(training)}{ending}"""


def _watchers(project: Project, facts: Facts) -> str:
    """What is put around the stream of events, none of it where there is no part to judge by."""
    training = project.training
    judged = facts.rows.get("validation", 0) > 0
    early = f"    events = stop_early(events, patience={literal(training.patience)}{judging_arguments(training)})\n"
    kept = f"{judged_model(training)}{best_argument(project)}{judging_arguments(training)}"
    best = f"    events = keep_best(events, {kept})\n"
    return (early if judged and training.patience else "") + (best if judged and training.keep_best else "")


def _optimizer(training: Training, factors: Mapping[str, float]) -> str:
    return "\n".join(laid_out("optimizer = ", optimizer_call(training, factors), "", 4))


def _class_weights(project: Project, targets: TargetTexts) -> str:
    """The line that works out what each class counts, where classes count unlike."""
    keys = weighted_outputs(project)
    if not keys:
        return ""
    counts = {each.key: count for each, count in zip(targets.outputs, targets.counts, strict=True)}
    if not targets.several:
        return f"    {NAME} = torch.tensor(balanced_weights(train, {next(iter(counts.values()))}), device=device)\n"
    items = [
        f"{literal(key)}: torch.tensor(balanced_weights(train, {counts[key]}, {literal(key)}), device=device)"
        for key in keys
    ]
    return call(f"{NAME} = {{", items, after="}", depth=1) + "\n"


def _loss(project: Project) -> str:
    losses = output_losses(project)
    if len(losses) == 1:
        return f"    loss = {whole_loss(project)}"
    items = [f"{literal(key)}: {text}" for key, text in losses.items()]
    factors = loss_factors(project)
    each = call("losses = {", items, after="}", depth=1)
    return f"{each}\n    loss = JointLoss(losses{f', {literal(factors)}' if factors else ''})"


def _measure(project: Project, targets: TargetTexts, facts: Facts) -> str:
    if own := mode_of(project).measure:
        return f"    measure = {function_text(project, own)}()"
    if mode_of(project).targets == "next":
        return token_measure_text(project, facts)
    fields = list(losses_of(project).values())
    if not targets.several:
        kind = targets.kinds[0] if targets.kinds else "number"
        name, units, marks = _units(targets, 0, "preparation", 'preparation["target"]')
        parts = ["loss", _metrics(project, kind, fields[0]), *units, *measure_texts(fields[0], point_of(project))]
        parts += marks
        return call(f"measure = {name}(", parts, depth=1)
    items: list[Group] = []
    for place, (each, kind, own_fields) in enumerate(zip(targets.outputs, targets.kinds, fields, strict=True)):
        key = literal(each.key)
        target = f'preparation["targets"][{key}]'
        name, units, marks = _units(targets, place, f'{{"target": {target}}}', target)
        metrics = Group("{", tuple(_metric_items(project, kind, own_fields)), "}")
        items.append(Group(f"{key}: {name}(", (f"losses[{key}]", metrics, *units, *measure_texts(own_fields), *marks)))
    return "\n".join(
        [*laid_out("measures = ", Group("{", tuple(items), "}"), "", 4), "    measure = JointMeasure(loss, measures)"]
    )


def _units(targets: TargetTexts, place: int, preparation: str, target: str) -> tuple[str, list[str], list[str]]:
    """What measures the output at a place, with its arguments for the way back to the target's own units.

    ``preparation`` and ``target`` are the expressions of what was learned.
    """
    number = targets.kinds[place] == "number" if targets.kinds else targets.told
    units = [f"*target_units({preparation})"] if number else []
    if any(targets.logs[place : place + 1]):
        return "LogMeasure", units, [f'log={target}["log"]']
    return "Measure", units, []


def _metrics(project: Project, kind: str, fields: Fields) -> str:
    return "{" + ", ".join(_metric_items(project, kind, fields)) + "}"


def _metric_items(project: Project, kind: str, fields: Fields) -> list[str]:
    return [f"{literal(metric.key)}: {metric.function}" for metric in chosen_metrics(project, kind, fields)]
