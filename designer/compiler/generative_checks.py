"""Checks of networks that learn what the data looks like: GANs and restricted Boltzmann machines."""

from __future__ import annotations

from collections.abc import Iterator

from designer.compiler import fixes
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.problems import NodePlace, Problem, SettingPlace
from designer.compiler.rivals import Half, Rivals, halves_of, rivals_of
from designer.compiler.sentences import quoted, shape_text
from designer.layers.catalog import mode_of, mode_values
from designer.project.facts import Facts
from designer.project.model import Project, Scale, TableData

MODE = SettingPlace("training.mode")
FROM_ZERO_TO_ONE: Scale = "minmax"


def gan_problems(project: Project, plan: Plan, facts: Facts | None) -> Iterator[Problem]:
    """Whether the graph holds a generator and a discriminator that fit together."""
    yield from _weighted(project)
    halves = halves_of(plan)
    if len(halves) != 2:
        one = "only one network, which ends at " + quoted(halves[0].output.node.name) if len(halves) == 1 else (
            f"{len(halves)} Outputs, each the end of a network"
        )  # fmt: skip
        sentence = f"A GAN is two networks, but there {'is' if len(halves) == 1 else 'are'} {one}. {_drawing(project)}"
        yield Problem("error", "gan-networks", MODE, sentence)
        return
    yield from _common(plan, halves) or _kinds(project, halves)
    rivals = rivals_of(plan)
    if rivals is not None:
        yield from _meeting(rivals, facts)
        yield from _judging(plan, rivals)
        yield from _sharing(plan, rivals)


def _drawing(project: Project) -> str:
    return mode_of(project).advice


def _common(plan: Plan, halves: list[Half]) -> list[Problem]:
    """Layers that both networks need: each must learn against the other, not with it."""
    both = halves[0].nodes & halves[1].nodes
    if not both:
        return []
    first = next(key for key in plan.steps if key in both)
    ends = " and ".join(quoted(half.output.node.name) for half in halves)
    sentence = (
        f"{quoted(plan.steps[first].node.name)} leads to {ends}, but generator and discriminator must be apart: each "
        "learns against the other. The samples of the generator reach the discriminator without a link."
    )
    return [Problem("error", "gan-common", NodePlace(first), sentence)]


def _kinds(project: Project, halves: list[Half]) -> Iterator[Problem]:
    """Each network has one input: the generator noise, the discriminator the data."""
    for half in halves:
        names = " and ".join(quoted(step.node.name) for step in half.inputs)
        if len(half.inputs) > 1:
            sentence = (
                f"The network that ends at {quoted(half.output.node.name)} takes {names}. Of a GAN each network has a "
                "single input: the generator noise, the discriminator the data."
            )
            yield Problem("error", "gan-inputs", NodePlace(half.inputs[1].node.id), sentence)
    if all(len(half.inputs) == 1 for half in halves) and halves[0].drawn == halves[1].drawn:
        ends = " and ".join(quoted(half.output.node.name) for half in halves)
        what = "noise" if halves[0].drawn else "the data"
        sentence = f"The networks that end at {ends} both take {what}. {_drawing(project)}"
        yield Problem("error", "gan-networks", MODE, sentence)


def _meeting(rivals: Rivals, facts: Facts | None) -> Iterator[Problem]:
    """What the generator makes must be what the discriminator sees of the data."""
    made, seen = rivals.generator.output, rivals.discriminator.inputs[0]
    if seen.flow.codes or seen.layer.codes:
        sentence = (
            f"{quoted(seen.node.name)} ({seen.layer.title}) feeds codes, which no generator can make: it makes numbers."
            " Encode the columns as numbers and use a table input."
        )
        yield Problem("error", "gan-codes", NodePlace(seen.node.id), sentence)
        return
    wanted = facts.answer_shape if facts is not None and facts.answer_shape else seen.shape
    if made.shape is None or wanted is None or made.shape == tuple(wanted):
        return
    sizes = "×".join(map(str, ("N", *wanted)))
    both = len(wanted) == len(made.shape) == 1
    layer = f"a Linear of {wanted[0]}" if both else "a layer, such as Reshape, that makes this shape"
    sentence = (
        f"The generator must make what the data looks like, {sizes} as {quoted(seen.node.name)} feeds it, but "
        f"{shape_text(made)} reaches {quoted(made.node.name)}. Finish with {layer}."
    )
    yield Problem("error", "gan-shape", NodePlace(made.node.id), sentence)


def _judging(plan: Plan, rivals: Rivals) -> Iterator[Problem]:
    """The discriminator answers with one logit for each sample."""
    output = rivals.discriminator.output
    if output.shape is not None and output.shape != (1,):
        how = "Make it 1." if len(output.shape) == 1 else "Flatten and finish with a Linear of 1."
        sentence = (
            f"The discriminator says of each sample with one number how real it looks, but {shape_text(output)} reaches"
            f" {quoted(output.node.name)}. {how}"
        )
        fix = fixes.set_width(plan, output.node.id, 1) if len(output.shape) == 1 else None
        yield Problem("error", "gan-width", NodePlace(output.node.id), sentence, fix)
    last = plan.steps.get(output.sources[0][0]) if output.sources else None
    if last is not None and last.layer.key == "sigmoid":
        sentence = (
            f"{quoted(last.node.name)} ({last.layer.title}) stands at the end of the discriminator, whose loss has a "
            "sigmoid built in. Done twice, training becomes slow and weak. Remove the layer."
        )
        fix = fixes.remove_node(last.node.id, quoted(last.node.name))
        yield Problem("warning", "double-activation", NodePlace(last.node.id), sentence, fix)


def _sharing(plan: Plan, rivals: Rivals) -> Iterator[Problem]:
    """Uses of a block in both networks that share their weights."""
    making = {plan.steps[key].module_attribute: key for key in rivals.generator.nodes if plan.steps[key].shared}
    for key in sorted(rivals.discriminator.nodes):
        other = making.get(plan.steps[key].module_attribute) if plan.steps[key].shared else None
        if other is not None:
            sentence = (
                f"{quoted(plan.steps[key].node.name)} of the discriminator shares its weights with "
                f"{quoted(plan.steps[other].node.name)} of the generator, but each learns against the other. Let one"
                " of them have its own."
            )
            yield Problem("error", "gan-sharing", NodePlace(key), sentence)


def rbm_problems(project: Project, plan: Plan) -> Iterator[Problem]:
    """Whether the network is a stack of restricted Boltzmann machines, and its inputs are from 0 to 1."""
    yield from _weighted(project)
    running = [step for step in plan.running if step.layer.role == "layer"]
    machines = [step for step in running if step.layer.key == "rbm"]
    for place, step in enumerate(running):
        flattens = step.layer.key == "flatten" and not any(each.layer.key == "rbm" for each in running[:place])
        if step.layer.key != "rbm" and not flattens:
            sentence = (
                f"{quoted(step.node.name)} ({step.layer.title}) cannot learn by contrastive divergence. Between the "
                "input and the Output only RBM layers may stand, one after another, and a Flatten before them."
            )
            fix = fixes.remove_node(step.node.id, quoted(step.node.name))
            yield Problem("error", "rbm-layer", NodePlace(step.node.id), sentence, fix)
    if not machines:
        sentence = "There is no RBM layer yet. Put one between the input and the Output."
        yield Problem("error", "rbm-layer", MODE, sentence)
    yield from _drawing_bits(project)
    inputs = [step for step in plan.with_role("input") if step.node.id in plan.used]
    for step in inputs[1:]:
        sentence = (
            f"A restricted Boltzmann machine has one input, so that {quoted(step.node.name)} is one too many. Take it "
            "away."
        )
        yield Problem("error", "rbm-inputs", NodePlace(step.node.id), sentence)
    for step in inputs[:1]:
        yield from _from_zero_to_one(project, step)


def _drawing_bits(project: Project) -> Iterator[Problem]:
    """Inputs that are binarised before they could be drawn."""
    values = mode_values(project)
    if values["binarise"] is True and values["draw"] is True:
        sentence = (
            "Inputs are binarised first, so that there is nothing left to draw: each is 1 or 0 already. Do not binarise"
            " them."
        )
        fix = fixes.set_training("Do not binarise", mode_fields={**project.training.mode_fields, "binarise": False})
        yield Problem("warning", "rbm-draw", SettingPlace("training.mode_fields.draw"), sentence, fix)


def _from_zero_to_one(project: Project, step: PlanStep) -> Iterator[Problem]:
    """Inputs that go beyond 0 to 1, which visible units are."""
    if step.layer.key == "image_input" and step.values["normalise"] != "none":
        sentence = (
            f"{quoted(step.node.name)} normalises pictures, but visible units are from 0 to 1, as pictures are by "
            "themselves. Do not normalise them."
        )
        fix = fixes.set_field(step.node.id, "normalise", "none", "Do not normalise")
        yield Problem("warning", "rbm-range", NodePlace(step.node.id, "normalise"), sentence, fix)
    if not isinstance(project.data, TableData):
        return
    beyond = [
        column.name
        for column in project.data.columns
        if column.role == "feature" and column.kind == "number" and _goes_beyond(column.scale, column.off)
    ]
    if beyond:
        more = f" and {len(beyond) - 1} more columns go" if len(beyond) > 1 else " goes"
        sentence = (
            f"{quoted(beyond[0])}{more} beyond 0 to 1 as scaled now, but visible units are from 0 to 1. Scale the "
            "features from 0 to 1 (min–max)."
        )
        fix = fixes.scale_features(FROM_ZERO_TO_ONE, "Scale features from 0 to 1")
        yield Problem("warning", "rbm-range", SettingPlace(f"data.columns.{beyond[0]}"), sentence, fix)


def _goes_beyond(scale: str, off: tuple[str, ...]) -> bool:
    return scale not in ("none", FROM_ZERO_TO_ONE) and "scale" not in off


def _weighted(project: Project) -> Iterator[Problem]:
    """Samples that count unlike, which these steps cannot take into account."""
    columns = project.data.columns if project.data is not None else ()
    weight = next((column.name for column in columns if column.role == "weight"), "")
    if weight:
        sentence = (
            f"{quoted(weight)} says how much each row counts, but a {mode_of(project).title} counts all alike. Ignore "
            "the column."
        )
        yield Problem("error", "weighted-mode", SettingPlace(f"data.columns.{weight}"), sentence)
