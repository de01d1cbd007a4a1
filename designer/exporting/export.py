"""Takes a project or a run out of Layerloom into one file: the single road for window and command line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from designer.compiler.analyse import analyse
from designer.compiler.report import Analysis
from designer.exporting.forks import beginning_there, begun
from designer.exporting.model import model_text
from designer.exporting.picture import png_bytes, svg_text
from designer.exporting.script import script_text
from designer.exporting.weights import export_weights
from designer.layers.catalog import catalog_of
from designer.project.atomic import atomic_write
from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.file import load_project
from designer.project.model import Project
from designer.training.history import read_changes
from designer.training.prepare import facts_of
from designer.training.results import RunRecord, facts_of_run, read_run

Format: TypeAlias = Literal["script", "model", "weights", "svg", "png"]
FORMATS: tuple[Format, ...] = get_args(Format)


@dataclass(frozen=True)
class Source:
    """A project to export, the folder its data path starts from, and what is known of its data without reading it."""

    project: Project
    base: Path
    facts: Facts | None = None


def export(project_or_run: Path, to: Format, out: Path, fast: bool = False) -> None:
    """Writes ``project_or_run``, a project file or a run's folder, to the file ``out``.

    Weights need a run. A ``fast`` script has the fast step in it: see ``script_text``. Raises LayerloomError where
    something forbids it; ``out`` is then left as it was.
    """
    if to not in FORMATS:
        raise LayerloomError(f"There is no format “{to}”; there are {', '.join(FORMATS)}.")
    if to == "weights":
        if not project_or_run.is_dir():
            raise LayerloomError(
                f"{project_or_run} has no weights of its own: name a run, a folder in its .runs folder."
            )
        export_weights(project_or_run, out)
        return
    source = source_of(project_or_run)
    if to == "script":
        text = script_text(source.project, source.base, out, source.facts, fast)
        if project_or_run.is_dir():
            start = begun(project_or_run, source.project, out)
            text = beginning_there(text, start, source.project.training) if start is not None else text
            text = with_changes_told(text, project_or_run)
        atomic_write(out, text)
    elif to == "model":
        atomic_write(out, model_text(source.project, source.base, source.facts))
    else:
        analysis = known_analysis(source)
        draw = svg_text if to == "svg" else png_bytes
        atomic_write(out, draw(source.project.graph, analysis, catalog_of(source.project)))


def with_changes_told(text: str, run: Path) -> str:
    """The script of a run whose settings changed on the way, which trains with the last ones, with that at its head."""
    changed = sorted({name for change in read_changes(run) for name in change.settings if name != "epochs"})
    if not changed:
        return text
    words = ", ".join(name.replace("_", " ") for name in changed)
    note = f"The run changed settings on the way ({words}).\nThis script trains with the last ones from the start."
    head, end, rest = text.partition('writes its weights."""\n')
    if end:
        return f'{head}writes its weights.\n\n{note}\n"""\n{rest}'
    return text.replace("writes its weights.\n\n", f"writes its weights.\n\n{note}\n\n", 1)


def source_of(project_or_run: Path) -> Source:
    """What lies at a path: a project file, or the folder of a run."""
    if not project_or_run.is_dir():
        return Source(load_project(project_or_run), project_or_run.resolve().parent)
    record = read_run(project_or_run)
    return Source(record.project, record.base, _facts_of(record))


def _facts_of(record: RunRecord) -> Facts | None:
    """What a run that came to its end knew of its data: which parts had samples shows in their figures."""
    if not record.finished:
        return None
    rows = {part: int(bool(record.metrics.get(part))) for part in ("train", "validation", "test")}
    return replace(facts_of_run(record), rows=rows)


def known_analysis(source: Source) -> Analysis:
    """The analysis with what the data says where it can be read, else without: a picture needs no data."""
    facts = source.facts
    if facts is None and source.project.data is not None:
        try:
            facts = facts_of(source.project, source.base)
        except LayerloomError:
            facts = None
    return analyse(source.project, facts)
