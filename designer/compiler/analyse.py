"""Analysis: the whole of what is known of a project, its shapes, its problems with tried fixes and its source text."""

from __future__ import annotations

from functools import lru_cache

import psutil

from designer.compiler.ability_checks import ability_problems
from designer.compiler.block_checks import block_problems
from designer.compiler.causality import causality_problems
from designer.compiler.fixes import tried
from designer.compiler.graph_checks import graph_problems
from designer.compiler.inner import InnerReports, reports_of
from designer.compiler.picture_checks import picture_problems
from designer.compiler.plan import Plan
from designer.compiler.planning import make_plan
from designer.compiler.problems import Problem
from designer.compiler.report import Analysis
from designer.compiler.rivals import rivals_of
from designer.compiler.source import model_source
from designer.compiler.target_checks import data_problems, target_problems
from designer.compiler.training_checks import training_problems
from designer.layers.catalog import mode_of
from designer.project.facts import Facts
from designer.project.model import Project


def analyse(project: Project, facts: Facts | None = None) -> Analysis:
    """Checks a project; ``facts`` is None where its data was not read. May be called in any thread."""
    plan = make_plan(project, facts)
    problems = tried(_problems(project, plan, facts), project, lambda copy: _examine(copy, facts))
    too_many = any(problem.code == "too-many" for problem in problems)
    complete = plan.whole and bool(plan.with_role("input"))
    rivals = rivals_of(plan) if mode_of(project).rivals else None
    source = model_source(plan, project.blocks, rivals) if complete and not too_many else None
    if source is not None:
        ahead = causality_problems(project, plan, source, facts)
        problems += tried(ahead, project, lambda copy: _examine(copy, facts))
    return Analysis(problems, reports_of(plan), source, InnerReports(plan))


def _examine(project: Project, facts: Facts | None) -> tuple[Problem, ...]:
    return tuple(_problems(project, make_plan(project, facts), facts))


def _problems(project: Project, plan: Plan, facts: Facts | None) -> list[Problem]:
    found = list(graph_problems(project, plan))
    if not plan.cycle:
        found += block_problems(project, plan, facts)
        found += target_problems(project, plan, facts)
        found += training_problems(project, plan, _memory())
        found += ability_problems(project, plan, facts)
    found += data_problems(project, facts)
    found += picture_problems(project)
    return sorted(found, key=lambda problem: problem.severity != "error")


@lru_cache(maxsize=1)
def _memory() -> int:
    return int(psutil.virtual_memory().total)
