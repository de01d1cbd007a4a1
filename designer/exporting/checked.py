"""What every export of code begins with: a project without errors, and the source of its network."""

from __future__ import annotations

from pathlib import Path

from designer.compiler.analyse import analyse
from designer.compiler.report import Analysis, ModelSource
from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.folding import folds_of, for_fold
from designer.project.model import Project, TableData
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


def refuse_unlike_folds(project: Project, base: Path) -> None:
    """Raise a LayerloomError where the folds of a table need networks of unlike sizes: a script has a single one.

    Words that only some folds learn make that difference.
    """
    count = folds_of(project)
    if not count or not isinstance(project.data, TableData):
        return
    first = facts_of(for_fold(project, 1), base)
    for fold in range(2, count + 1):
        facts = facts_of(for_fold(project, fold), base)
        if (facts.shapes, facts.codes, facts.classes) != (first.shapes, first.codes, first.classes):
            raise LayerloomError(
                f"One script cannot train all folds: fold {fold} learns other words or classes than fold 1, so that its"
                " network has another size. Train the folds, then export the run of each fold."
            )
