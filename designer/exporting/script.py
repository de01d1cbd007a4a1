"""The training script: one file that trains the network to the same weights without this program."""

from __future__ import annotations

from pathlib import Path

from designer.compiler.report import ModelSource
from designer.compiler.source import loss_text, optimizer_text
from designer.exporting.checked import checked_analysis
from designer.exporting.functions import FUTURE, closure, read_module
from designer.exporting.literals import assignment, call, literal
from designer.exporting.sources.choosing import data_constants, read_data_text
from designer.layers.catalog import metrics_for, values_of
from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.folding import folds_of
from designer.project.model import Project, Training
from designer.project.paths import rebased
from designer.training.chosen import column_with_role, node_with_role

TRAINING_MODULES = (
    "decay", "device", "early", "events", "failure", "fit", "losses", "measures", "metrics", "scripts", "weighting",
    "weights",
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
"""
TEST_LINE = '    print("test ", figures_text(evaluate(model, test, measure)))\n'
SAVE_LINE = "    save_weights(model, arguments.out)\n"
FOLD_LINES = """    figures = evaluate(model, test, measure)
    print("test ", figures_text(figures))
    save_weights(model, arguments.out.with_stem(f"{arguments.out.stem}-fold{fold}"))
    return figures
"""
MAIN = "Train, print a line an epoch and the figures of the test part, and write the weights."
FOLD_MAIN = "Train with every fold held back once, and print the average and the spread of their figures."
DESCRIPTION = "Trains the network and writes its weights."


def script_text(project: Project, base: Path, out: Path | None = None, facts: Facts | None = None) -> str:
    """The script of a project whose data paths start from the folder ``base``.

    ``out`` is the file that it is for, to which paths in it lead from there; they are the project's own where it is
    not given. The data is read for its facts unless ``facts`` are given. Raises LayerloomError where the project has
    errors.
    """
    if project.data is None:
        raise LayerloomError("A script needs data to train with. Open a CSV file or a folder of images first.")
    _, source, known = checked_analysis(project, base, facts)
    assert known is not None
    project = project if out is None else rebased(project, base, out.resolve())
    assert project.data is not None
    constants = data_constants(project, known, project.data.path)
    constants += "\n\n" + _training_constants(project)
    model = _without_imports(source)
    reading, running = read_data_text(project, known), _main_text(project, known, source.class_name)
    found = closure("\n\n".join([IMPORTS, source.text, constants, reading, running]))
    early = [text for module, text in found.sections.items() if module not in TRAINING_MODULES]
    late = [text for module, text in found.sections.items() if module in TRAINING_MODULES]
    head = f'"""{DESCRIPTION}"""\n\n{FUTURE}\n\n{found.imports}\n\n{constants}\n\n{found.constants}'.rstrip()
    parts = [head, _banner("Data"), *early, reading, _banner("Model"), model, _banner("Training"), *late, running]
    return "\n\n\n".join(parts) + "\n"


def _banner(title: str) -> str:
    return f"# ---------- {title} ----------"


def _without_imports(source: ModelSource) -> str:
    found = read_module("", source.text).definitions
    return "\n\n\n".join(found[name].text for name in source.classes)


def _training_constants(project: Project) -> str:
    training = project.training
    lines = [
        assignment("EPOCHS", training.epochs),
        assignment("BATCH_SIZE", training.batch_size) + ("  # the full batch" if training.batch_size == 0 else ""),
        assignment("SEED", training.seed),
        assignment("DEVICE", training.device),
    ]
    if training.threads:
        lines.append(assignment("THREADS", training.threads))
    if project.data is not None and project.data.split.folds > 1 and project.data.split.fold:
        lines.append(assignment("FOLD", project.data.split.fold))
    return "\n".join(lines)


def _main_text(project: Project, facts: Facts, class_name: str) -> str:
    folds = project.data is not None and project.data.split.folds > 1
    return f'''{_fold_text(project, facts, class_name) if folds else ""}def main() -> None:
    """{FOLD_MAIN if folds else MAIN}"""
    parser = argparse.ArgumentParser(description="{DESCRIPTION}")
    parser.add_argument("--data", type=Path, default=find_data(DATA, __file__), help="the data to train with")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="how many times the training part is gone through")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same weights")
    parser.add_argument("--device", default=DEVICE, choices=["auto", "cpu", "cuda", "mps"])
    parser.add_argument("--out", type=Path, default=Path("weights.pt"), help="where the weights are written")
    arguments = parser.parse_args()

{_all_folds(folds_of(project)) if folds else _training_text(project, facts, class_name, "arguments.data")}

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


def _fold_text(project: Project, facts: Facts, class_name: str) -> str:
    return f'''def train_fold(arguments: argparse.Namespace, fold: int) -> dict[str, float]:
    """Train, print a line an epoch, write the weights beside ``--out``, and answer the figures of the fold."""
{_training_text(project, facts, class_name, "arguments.data, fold")}

'''


def _training_text(project: Project, facts: Facts, class_name: str, reading: str) -> str:
    training, folds = project.training, reading != "arguments.data"
    threads = "    torch.set_num_threads(THREADS)\n" if training.threads else ""
    decay = f"    l1_decay(optimizer, {literal(training.l1)})\n" if training.l1 else ""
    preparation = ", preparation" if facts.target_kind == "number" else ""
    ending = FOLD_LINES if folds else (TEST_LINE if facts.rows.get("test") else "") + SAVE_LINE
    return f"""{threads}    train, validation, test{preparation} = read_data({reading})
    device = pick_device(arguments.device)
    print(f"{{len(train)}} samples to train, {{len(validation)}} to validate, {{len(test)}} to test, on {{device}}")
    train, validation, test = train.to(device), validation.to(device), test.to(device)
    torch.manual_seed(arguments.seed)
    model = {class_name}().to(device)
{_optimizer(training)}
{decay}    loss = {_loss(project)}
{_measure(project, facts)}
    events = fit(
        model,
        train,
        validation,
        loss,
        optimizer,
        epochs=arguments.epochs,
        batch_size=BATCH_SIZE,
        seed=arguments.seed,
        measure=measure,
    )
    events = stop_if_not_finite(events, model)
{_watchers(training, facts)}    for event in events:
        if isinstance(event, Epoch):
            show_epoch(event)
{ending}"""


def _watchers(training: Training, facts: Facts) -> str:
    """What is put around the stream of events, none of it where there is no part to judge by."""
    judged = facts.rows.get("validation", 0) > 0
    early = f"    events = stop_early(events, patience={literal(training.patience)})\n"
    best = "    events = keep_best(events, model)\n"
    return (early if judged and training.patience else "") + (best if judged and training.keep_best else "")


def _optimizer(training: Training) -> str:
    before, arguments = optimizer_text(training).removesuffix(")").split("(", 1)
    return call(f"optimizer = {before}(", arguments.split(", "), depth=1)


def _loss(project: Project) -> str:
    output = node_with_role(project, "output")
    assert output is not None
    weighted = project.data is not None and bool(column_with_role(project.data, "weight"))
    return loss_text(values_of(output), weighted)


def _measure(project: Project, facts: Facts) -> str:
    chosen = metrics_for(facts.target_kind, project.training.metrics)
    metrics = "{" + ", ".join(f"{literal(metric.key)}: {metric.function}" for metric in chosen) + "}"
    units = ["*target_units(preparation)"] if facts.target_kind == "number" else []
    return call("measure = Measure(", ["loss", metrics, *units], depth=1)
