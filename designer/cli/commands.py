"""The commands beside training, one function each: arguments in, exit status out."""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from designer.cli.generate import generate
from designer.cli.records import catalog_record, layer_records, problem_record
from designer.cli.text import columns, layer_lines, metrics_lines
from designer.cli.trusting import layer_summary, off_output, show_layers
from designer.project.file import load_project
from designer.project.model import Project
from designer.project.terminal import as_typed
from designer.training.events import by_output
from designer.workspace import verbs


def say_json(value: Mapping[str, object]) -> None:
    """The one JSON object of a command. What is not finite becomes null, which JSON can hold."""
    sound = _finite(value)
    text = json.dumps(sound, ensure_ascii=False)
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except UnicodeEncodeError:
        # JSON has its own way to write what the encoding lacks, and knows no other
        text = json.dumps(sound)
    print(text)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, Mapping):
        return {str(key): _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value


def new(chosen: argparse.Namespace) -> int:
    """``layerloom new``."""
    data: Path = chosen.data
    out = chosen.output or Path(data.resolve().name.removesuffix(".gz")).with_suffix(".loom")
    made = verbs.new(data, chosen.target, chosen.template, out, chosen.force, chosen.set, chosen.sheet)
    project = made.project
    names = [node.name for node in project.graph.nodes.values()]
    target = next((column.name for column in getattr(project.data, "columns", ()) if column.role == "target"), "")
    if chosen.json:
        say_json({"project": str(out), "target": target, "layers": names, "notes": list(made.notes)})
        return 0
    print(f"{out}: {_aim(project, target)}; {' → '.join(names)}")
    print("".join(f"{note}\n" for note in made.notes), end="")
    print(f"Next: {as_typed(['layerloom', 'train', str(out)])}")
    return 0


def _aim(project: Project, target: str) -> str:
    """What a new network is to do."""
    from designer.layers.catalog import mode_of

    match mode_of(project).targets:
        case "next":
            return "goes on with the text"
        case "inputs":
            return "learns what the data looks like"
    return f"predicts {f'“{target}”' if target else 'the class of an image'}"


def check(chosen: argparse.Namespace) -> int:
    """``layerloom check``."""
    project = load_project(chosen.project)
    with off_output(chosen):
        analysis, facts = verbs.check(project, chosen.project.resolve().parent)
    rows = layer_records(project, analysis)
    problems = [problem_record(project, problem) for problem in analysis.problems]
    if chosen.json:
        kept = {"frozen": analysis.frozen} if analysis.frozen else {}
        say_json({"ok": analysis.ok, "problems": problems, "layers": rows, "parameters": analysis.parameters, **kept})
        return 0 if analysis.ok else 1
    table = layer_lines(project, rows)
    print("\n".join(columns(["layer", "type", "output shape", "parameters"], table, right={3})))
    print(f"{analysis.parameters:,} parameters" + (f", and {analysis.frozen:,} frozen" if analysis.frozen else ""))
    if facts is not None:
        print(", ".join(f"{count:,} {part}" for part, count in facts.rows.items()))
        print("".join(f"{note}\n" for note in facts.notes), end="")
    for problem in problems:
        where = f"{problem['where']}: " if problem["where"] else ""
        fix = f" Fix: {problem['fix']}." if problem["fix"] else ""
        print(f"{problem['severity']}: {where}{problem['sentence']}{fix}", file=sys.stderr)
    if analysis.ok:
        print("Ready to train.")
    return 0 if analysis.ok else 1


def evaluate(chosen: argparse.Namespace) -> int:
    """``layerloom evaluate``."""
    with off_output(chosen):
        found = verbs.evaluate(chosen.run, chosen.data)
    if chosen.json:
        say_json(by_output(found))
    else:
        for note in found["notes"]:
            _note(note)
        print("\n".join(metrics_lines(found)))
    return 0


def predict(chosen: argparse.Namespace) -> int:
    """``layerloom predict``."""
    if chosen.output is not None:
        with off_output(chosen):
            verbs.predict(chosen.run, chosen.data, chosen.output, _note, chosen.latent)
        print(chosen.output)
        return 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        out = Path(folder) / "predictions.csv"
        with off_output(chosen):
            verbs.predict(chosen.run, chosen.data, out, _note, chosen.latent)
        if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
            # as the file would be: no other encoding has every letter that a table may hold
            sys.stdout.reconfigure(encoding="utf-8")
        with out.open(encoding="utf-8", newline="") as file:
            shutil.copyfileobj(file, sys.stdout)
    return 0


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


def export(chosen: argparse.Namespace) -> int:
    """``layerloom export``."""
    print(verbs.export(chosen.source, chosen.to, chosen.output, chosen.fast))
    return 0


def layers(chosen: argparse.Namespace) -> int:
    """``layerloom layers``."""
    from designer.layers.catalog import CATEGORIES, LAYERS, LOSSES, METRICS, OPTIMIZERS, SCHEDULES

    if chosen.trying:
        from designer.training.trial import serve_trial

        return serve_trial()
    if chosen.project is not None:
        return _own_layers(chosen)
    if chosen.json:
        say_json(catalog_record())
        return 0
    groups: dict[str, list[list[str]]] = {
        category: [[kind.key, kind.summary] for kind in LAYERS.values() if kind.category == category]
        for category in CATEGORIES
    }
    groups["Losses"] = [[key, loss.summary] for key, loss in LOSSES.items()]
    groups["Optimizers"] = [[key, optimizer.summary] for key, optimizer in OPTIMIZERS.items()]
    groups["Schedules"] = [[key, schedule.summary] for key, schedule in SCHEDULES.items()]
    groups["Metrics"] = [[key, metric.summary] for key, metric in METRICS.items()]
    for title, rows in groups.items():
        print("\n  ".join([title, *columns([], rows)]))
    return 0


def _own_layers(chosen: argparse.Namespace) -> int:
    """The layers that a project holds itself, with their code; nothing of it runs."""
    project = load_project(chosen.project)
    if chosen.json:
        say_json({"layers": layer_summary(project)})
    else:
        print("\n".join(show_layers(project, chosen.project)))
    return 0


def samples(chosen: argparse.Namespace) -> int:
    """``layerloom samples``."""
    if chosen.name:
        path = verbs.copy_sample(chosen.name, chosen.to)
        if chosen.json:
            say_json({"project": str(path)})
        else:
            print(f"{path}\nNext: {as_typed(['layerloom', 'train', str(path)])}")
        return 0
    known = verbs.samples()
    if chosen.json:
        words = ("name", "title", "task", "data", "summary", "figure", "group")
        say_json({"samples": [{word: getattr(sample, word) for word in words} for sample in known]})
        return 0
    print("\n".join(columns(["name", "task", "data"], [[each.name, each.task, each.data] for each in known])))
    print("Copy one out with: layerloom samples NAME --to DIR")
    return 0


COMMAND_FUNCTIONS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "new": new,
    "check": check,
    "evaluate": evaluate,
    "predict": predict,
    "generate": generate,
    "export": export,
    "layers": layers,
    "samples": samples,
}
