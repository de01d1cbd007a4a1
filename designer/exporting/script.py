"""The training script: one file that trains the network to the same weights without this program."""

from __future__ import annotations

from pathlib import Path

from designer.compiler.report import ModelSource
from designer.compiler.source import loss_text, optimizer_text
from designer.exporting.checked import checked_analysis
from designer.exporting.data_text import data_constants, read_data_text
from designer.exporting.functions import FUTURE, closure, read_module
from designer.exporting.literals import assignment, call, literal
from designer.layers.catalog import metrics_for, values_of
from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.model import Project, Training
from designer.training.prepare import node_with_role

DATA_MODULES = ("errors", "batches", "tables", "gzipped", "preparation", "images", "splits", "parts")
# What the written parts of a script may use beside functions of the runtime; unused ones are left out again.
IMPORTS = """import argparse
import sys
from pathlib import Path
from typing import Any
import numpy as np
import torch
from torch import nn
"""
TEST_LINE = '    print("test ", figures_text(evaluate(model, test, measure)))\n'
DESCRIPTION = "Trains the network and writes its weights."


def script_text(project: Project, base: Path, data_path: str | None = None, facts: Facts | None = None) -> str:
    """The script of a project whose data path starts from the folder ``base``.

    ``data_path`` leads from the script's folder to the data, and is the project's own where it is not given. The data
    is read for its facts unless ``facts`` are given. Raises LayerloomError where the project has errors.
    """
    if project.data is None:
        raise LayerloomError("A script needs data to train with. Open a CSV file or a folder of images first.")
    _, source, known = checked_analysis(project, base, facts)
    assert known is not None
    constants = data_constants(project, known, project.data.path if data_path is None else data_path)
    constants += "\n\n" + _training_constants(project.training)
    model = _without_imports(source)
    reading, running = read_data_text(project, known), _main_text(project, known, source.class_name)
    found = closure("\n\n".join([IMPORTS, source.text, constants, reading, running]))
    early = [text for module, text in found.sections.items() if module in DATA_MODULES]
    late = [text for module, text in found.sections.items() if module not in DATA_MODULES]
    head = f'"""{DESCRIPTION}"""\n\n{FUTURE}\n\n{found.imports}\n\n{constants}\n\n{found.constants}'.rstrip()
    parts = [head, _banner("Data"), *early, reading, _banner("Model"), model, _banner("Training"), *late, running]
    return "\n\n\n".join(parts) + "\n"


def _banner(title: str) -> str:
    return f"# ---------- {title} ----------"


def _without_imports(source: ModelSource) -> str:
    found = read_module("", source.text).definitions
    return "\n\n\n".join(found[name].text for name in source.classes)


def _training_constants(training: Training) -> str:
    lines = [
        assignment("EPOCHS", training.epochs),
        assignment("BATCH_SIZE", training.batch_size) + ("  # the full batch" if training.batch_size == 0 else ""),
        assignment("SEED", training.seed),
        assignment("DEVICE", training.device),
    ]
    if training.threads:
        lines.append(assignment("THREADS", training.threads))
    return "\n".join(lines)


def _main_text(project: Project, facts: Facts, class_name: str) -> str:
    training = project.training
    threads = "    torch.set_num_threads(THREADS)\n" if training.threads else ""
    decay = f"    l1_decay(optimizer, {literal(training.l1)})\n" if training.l1 else ""
    preparation = ", preparation" if facts.target_kind == "number" else ""
    test = TEST_LINE if facts.rows.get("test") else ""
    return f'''def main() -> None:
    """Train, print a line an epoch and the figures of the test part, and write the weights."""
    parser = argparse.ArgumentParser(description="{DESCRIPTION}")
    parser.add_argument("--data", type=Path, default=find_data(DATA, __file__), help="the data to train with")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help="how many times the training part is gone through")
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same weights")
    parser.add_argument("--device", default=DEVICE, choices=["auto", "cpu", "cuda", "mps"])
    parser.add_argument("--out", type=Path, default=Path("weights.pt"), help="where the weights are written")
    arguments = parser.parse_args()

{threads}    train, validation, test{preparation} = read_data(arguments.data)
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
{test}    save_weights(model, arguments.out)


if __name__ == "__main__":
    try:
        main()
    except (DataError, TrainingError) as error:
        sys.exit(f"error: {{error}}")'''


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
    return loss_text(values_of(output))


def _measure(project: Project, facts: Facts) -> str:
    chosen = metrics_for(facts.target_kind, project.training.metrics)
    metrics = "{" + ", ".join(f"{literal(metric.key)}: {metric.function}" for metric in chosen) + "}"
    units = ["*target_units(preparation)"] if facts.target_kind == "number" else []
    return call("measure = Measure(", ["loss", metrics, *units], depth=1)
