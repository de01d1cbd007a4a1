"""Reports of a plan, and of what lies within its blocks, made when somebody looks there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from designer.compiler.plan import Plan, PlanStep
from designer.compiler.report import Report
from designer.compiler.sums import frozen_of_step, parameters_of_step

Path = tuple[str, ...]


def reports_of(plan: Plan) -> dict[str, Report]:
    """What is known of each node; what passes by a bypassed one is its shape."""
    reports = {key: _report(step) for key, step in plan.steps.items()}
    for key, flow in plan.bypassed.items():
        reports[key] = Report(key, flow.shape, flow.axes)
    return reports


def _report(step: PlanStep) -> Report:
    if not step.outputs and step.totals is None:
        return Report(step.node.id)
    sums, answer = step.totals, step.inferred
    shape, axes, _ = step.flow
    counts = (0, 0, 4 * _product(shape), 0)
    if sums is not None:
        counts = (sums.parameters, sums.multiply_adds, sums.memory, sums.frozen)
    elif answer is not None:
        counts = (parameters_of_step(step), answer.multiply_adds, answer.memory, frozen_of_step(step))
    outputs = step.outputs if step.layer.outputs else {}
    return Report(step.node.id, shape, axes, *counts, outputs)


def _product(shape: tuple[int, ...] | None) -> int:
    count = 0 if shape is None else 1
    for size in shape or ():
        count *= size
    return count


class InnerReports(Mapping[Path, Mapping[str, Report]]):
    """Reports within blocks by the uses that lead there, of each use's first repetition."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[Path, Mapping[str, Report]] = {}

    def __getitem__(self, path: Path) -> Mapping[str, Report]:
        if path not in self._known:
            plan = self._plan
            for node in path:
                step = plan.steps.get(node)
                if step is None or not step.repeats:
                    raise KeyError(path)
                plan = step.repeats[0]
            if not path:
                raise KeyError(path)
            self._known[path] = reports_of(plan)
        return self._known[path]

    def __iter__(self) -> Iterator[Path]:
        return _paths(self._plan, ())

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return any(step.repeats for step in self._plan.steps.values())


def _paths(plan: Plan, path: Path) -> Iterator[Path]:
    for step in plan.steps.values():
        if step.repeats:
            below = (*path, step.node.id)
            yield below
            yield from _paths(step.repeats[0], below)
