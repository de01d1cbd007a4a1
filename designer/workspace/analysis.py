"""Analysis for a front that has read the data itself, or failed to."""

from __future__ import annotations

from dataclasses import replace

from designer.compiler.problems import Problem, SettingPlace
from designer.compiler.report import Analysis
from designer.project.facts import Facts
from designer.project.model import Project


def analysed(project: Project, facts: Facts | None, unreadable: str = "") -> Analysis:
    """What the compiler says of a project; ``unreadable`` says why its data could not be read, one more problem."""
    from designer.compiler.analyse import analyse

    analysis = analyse(project, facts)
    if not unreadable:
        return analysis
    problem = Problem("error", "data-unreadable", SettingPlace("data.path"), unreadable)
    return replace(analysis, problems=(problem, *analysis.problems))
