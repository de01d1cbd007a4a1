"""What every export of code begins with: a project without errors, and the source of its network."""

from __future__ import annotations

from pathlib import Path

from designer.compiler.analyse import analyse
from designer.compiler.report import Analysis, ModelSource
from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.model import Project
from designer.training.prepare import facts_of

SHOWN = 5


def checked_analysis(
    project: Project, base: Path, facts: Facts | None = None
) -> tuple[Analysis, ModelSource, Facts | None]:
    """The analysis, the network's source and the facts, which are read from the data where they are not given.

    Raises LayerloomError that lists the first errors of the project, or says why the data cannot be read.
    """
    if facts is None and project.data is not None:
        facts = facts_of(project, base)
    analysis = analyse(project, facts)
    errors = [problem.sentence for problem in analysis.problems if problem.severity == "error"]
    if errors or analysis.source is None:
        more = f"\n… and {len(errors) - SHOWN} more." if len(errors) > SHOWN else ""
        listed = "\n".join(f"- {sentence}" for sentence in errors[:SHOWN])
        raise LayerloomError(f"The project cannot be exported before its errors are mended:\n{listed}{more}")
    return analysis, analysis.source, facts
