"""Analysis: the whole of what is known of a project, its shapes, its problems with tried fixes and its source text."""

from __future__ import annotations

from functools import lru_cache

import psutil

from designer.compiler.fixes import tried
from designer.compiler.graph_checks import graph_problems
from designer.compiler.plan import Plan, PlanStep, make_plan
from designer.compiler.problems import Problem
from designer.compiler.report import Analysis, Report
from designer.compiler.source import model_source
from designer.compiler.target_checks import data_problems, target_problems
from designer.compiler.training_checks import training_problems
from designer.project.facts import Facts
from designer.project.model import Project


def analyse(project: Project, facts: Facts | None = None) -> Analysis:
    """Checks a project; ``facts`` is None where its data was not read. May be called in any thread."""
    plan = make_plan(project.graph, facts)
    problems = tried(_problems(project, plan, facts), project, lambda copy: _examine(copy, facts))
    reports = {step.node.id: _report(step) for step in plan.steps.values()}
    sound = not any(problem.severity == "error" for problem in problems)
    drawable = sound or _complete(plan)
    return Analysis(problems, reports, model_source(plan) if drawable else None)


def _complete(plan: Plan) -> bool:
    """Whether the network as such is whole, even where its data, loss or settings are not."""
    ends = bool(plan.with_role("input")) and bool(plan.with_role("output"))
    shapes = all(key in plan.steps and plan.steps[key].shape is not None for key in plan.used)
    return ends and shapes and not plan.cycle and not any(key in plan.used for key in plan.unsound)


def _examine(project: Project, facts: Facts | None) -> tuple[Problem, ...]:
    return tuple(_problems(project, make_plan(project.graph, facts), facts))


def _problems(project: Project, plan: Plan, facts: Facts | None) -> list[Problem]:
    found = list(graph_problems(project, plan))
    if not plan.cycle:
        found += target_problems(project, plan, facts)
        found += training_problems(project, plan, _memory())
    found += data_problems(project, facts)
    return sorted(found, key=lambda problem: problem.severity != "error")


@lru_cache(maxsize=1)
def _memory() -> int:
    return int(psutil.virtual_memory().total)


def _report(step: PlanStep) -> Report:
    if step.inferred is None:
        return Report(step.node.id)
    answer = step.inferred
    return Report(step.node.id, answer.shape, step.axes, answer.parameters, answer.multiply_adds, answer.memory)
