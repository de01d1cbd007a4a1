"""Checks within blocks: the problems of every graph that a project's blocks hold, each told once, with its path."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby

from designer.compiler import fixes
from designer.compiler.graph_checks import graph_problems
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.planning import Planner
from designer.compiler.problems import Fix, LinkPlace, NodePlace, Problem, SettingPlace
from designer.compiler.report import Flow
from designer.compiler.sentences import quoted
from designer.layers.catalog import catalog_of
from designer.layers.fields import Int
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT, within
from designer.project.facts import Facts
from designer.project.model import Project

# Problems that come from what a use gives its block: they are told for each use.
OF_USES = ("size", "wrong-axes")
WIDTHS = ("out_channels", "out_features", "embedding_dim")


def block_problems(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    """The problems of the blocks that the plan uses and of all within them; fixes are edits of the whole project."""
    if any(step.layer.block for step in plan.steps.values()):
        yield from _Walk(project, Planner(catalog_of(project), project.blocks, facts)).inside(plan, ())


@dataclass
class _Walk:
    """A way through plans within plans that comes to each of them once."""

    project: Project
    planner: Planner
    told: set[Hashable] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    found: dict[int, list[Problem]] = field(default_factory=dict)

    def inside(self, outer: Plan, path: tuple[str, ...]) -> Iterator[Problem]:
        """The problems within the uses of blocks in ``outer``, the plan of the graph at ``path``."""
        for step in outer.steps.values():
            if not step.layer.block:
                continue
            yield from self._ports(step, path)
            below = (*path, step.node.id)
            number = 0
            for inner, same in groupby(step.repeats):
                for problem in self._problems(inner):
                    if self._is_new(problem, inner, outer, step):
                        yield self._located(problem, inner, outer, step, below, number)
                number += len(list(same))
                if id(inner) not in self.seen:
                    self.seen.add(id(inner))
                    yield from self.inside(inner, below)

    def _problems(self, inner: Plan) -> list[Problem]:
        if id(inner) not in self.found:
            seen_within = replace(within(self.project, inner.block), graph=inner.graph)
            self.found[id(inner)] = list(graph_problems(seen_within, inner))
        return self.found[id(inner)]

    def _is_new(self, problem: Problem, inner: Plan, outer: Plan, step: PlanStep) -> bool:
        place = problem.place.link.ends if isinstance(problem.place, LinkPlace) else problem.place
        if problem.code in OF_USES:
            told: Hashable = (outer.block, step.node.id, problem.code, place)
        else:
            told = (inner.block, problem.code, place)
        new = told not in self.told
        self.told.add(told)
        return new

    def _located(
        self, problem: Problem, inner: Plan, outer: Plan, step: PlanStep, path: tuple[str, ...], number: int
    ) -> Problem:
        """The problem with its path and with a fix for the whole project."""
        name = quoted(step.node.name)
        where = f"In repetition {number + 1} of {name}" if number else f"In {name}"
        sentence, fix = f"{where}: {problem.sentence}", fixes.within_block(problem.fix, inner.block)
        if fix is None and problem.code == "size":
            width = self._matching_width(step, inner)
            if width is not None:
                fix = fixes.within_block(_set_width(step, *width), outer.block)
                sentence += f" Its {width[0].replace('_', ' ')} should be {width[1]}, as what reaches it."
        place = problem.place
        if not isinstance(place, SettingPlace):
            place = replace(place, path=path)
        severity = problem.severity if step.node.id in outer.used else "warning"
        return replace(problem, severity=severity, place=place, sentence=sentence, fix=fix)

    def _matching_width(self, step: PlanStep, inner: Plan) -> tuple[str, int] | None:
        """The field of a use, and its value, that lets the block keep the channels or features that reach it."""
        block = self.planner.blocks[inner.block]
        for exposed in block.fields:
            kind = step.layer.fields.get(exposed.name)
            if not isinstance(kind, Int) or not any(name in WIDTHS for _, name in exposed.targets):
                continue
            for width in _widths(inner.given):
                values = {**step.values, exposed.name: width}
                if self.planner.inside(inner.block, values, inner.given).whole:
                    return exposed.name, width
        return None

    def _ports(self, step: PlanStep, path: tuple[str, ...]) -> Iterator[Problem]:
        """A block that data cannot enter, or leave."""
        for kind, ports, word, verb in (
            (BLOCK_INPUT, step.layer.inputs, "input", "enter"),
            (BLOCK_OUTPUT, step.layer.outputs, "output", "leave"),
        ):
            told = (step.layer.block, kind)
            if ports or told in self.told:
                continue
            self.told.add(told)
            sentence = f"The block {quoted(step.layer.title)} has no {word}, so no data can {verb} it. Add one in it."
            fix = fixes.within_block(fixes.add_node(kind, f"Add a block {word}"), step.layer.block)
            yield Problem("error", f"block-no-{word}", NodePlace(step.node.id, "", path), sentence, fix)


def _set_width(step: PlanStep, name: str, width: int) -> Fix:
    return fixes.set_field(step.node.id, name, width, f"Set {name.replace('_', ' ')} to {width}")


def _widths(given: tuple[Flow, ...]) -> tuple[int, ...]:
    """The sizes of what comes in that may be its channels or features, the likelier one first."""
    shape = given[0].shape if given else None
    return tuple(dict.fromkeys((shape[0], shape[-1]))) if shape else ()
