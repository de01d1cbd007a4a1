"""Source: the text of the model as a careful engineer would have written it, with the way back from lines to nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from designer.compiler.classes import NETWORK, NetworkClass, classes_of, in_loop
from designer.compiler.page import Page, laid_out, wrapped
from designer.compiler.plan import End, Plan, PlanStep
from designer.compiler.report import ModelSource
from designer.compiler.texts import argument_texts, call_text, quoted_text, value_text
from designer.compiler.variables import fresh, variables_of
from designer.layers.catalog import LOSSES, OPTIMIZERS
from designer.project.graph_forms import inner_first
from designer.project.model import Block, Fields, Training

CLASS_NAME = NETWORK
BODY = 8


def model_source(plan: Plan, blocks: Mapping[str, Block] | None = None) -> ModelSource:
    """The model of a whole plan, a class for each block and the network's own.

    ``forward`` takes the inputs by name and returns the output, or a dict of several; that of a block a tuple.
    """
    known = blocks or {}
    classes = classes_of(plan, inner_first(known), known)
    page = Page()
    torch = any("torch." in step.layer.call for kind in classes for step in kind.plan.running)
    page.add("import torch\nfrom torch import nn" if torch else "from torch import nn")
    for kind in classes:
        _add_class(page, kind)
    spans = {block: {node: tuple(found) for node, found in nodes.items()} for block, nodes in page.spans.items()}
    attributes = {step.node.id: step.module_attribute for step in plan.running if step.layer.module or step.layer.block}
    own = spans.pop("", {})
    names = tuple(kind.name for kind in classes)
    return ModelSource("\n".join(page.lines) + "\n", CLASS_NAME, own, attributes, spans, names)


def _add_class(page: Page, kind: NetworkClass) -> None:
    plan, block = kind.plan, kind.plan.block
    page.add(f"\n\nclass {kind.name}(nn.Module):")
    if kind.modules:
        page.add(wrapped("def __init__(", ["self", *kind.parameters], "):", 4))
        page.add("        super().__init__()")
        for step, made in kind.modules:
            first = len(page.lines) + 1
            page.add("\n".join(laid_out(f"self.{step.module_attribute} = ", made, "", BODY)))
            for user in plan.running if step.shared else (step,):
                if user.module_attribute == step.module_attribute:
                    page.came_from(first, (block, user.node.id))
        page.add("")
    steps = plan.running
    inputs = plan.with_role("block_input") if block else [step for step in steps if step.layer.role == "input"]
    variables = variables_of(steps, inputs)
    first = len(page.lines) + 1
    names = [variables[step.node.id, step.layer.outputs[0].name] for step in inputs]
    page.add(wrapped("def forward(", ["self", *names], "):", 4))
    for step in inputs:
        page.came_from(first, (block, step.node.id))
    for step in steps:
        if step.layer.role == "layer":
            page.add(_call_lines(step, variables), (block, step.node.id))
    _add_return(page, plan, variables)


def _add_return(page: Page, plan: Plan, variables: Mapping[End, str]) -> None:
    role = "block_output" if plan.block else "output"
    ends = [step for step in plan.with_role(role) if step.node.id in plan.used]
    given = [variables[step.sources[0]] for step in ends]
    line = f"        return {', '.join(given)}"
    if not plan.block and len(ends) > 1:
        named = [f"{quoted_text(step.node.name)}: {name}" for step, name in zip(ends, given, strict=True)]
        line = wrapped("return {", named, "}", BODY)
    elif len(line) > 120:
        line = wrapped("return (", given, ")", BODY)
    first = len(page.lines) + 1
    page.add(line)
    for step in ends[: None if plan.block else 1]:
        page.came_from(first, (plan.block, step.node.id))


def _call_lines(step: PlanStep, variables: Mapping[End, str]) -> str:
    taken = [variables[source] for source in step.sources]
    given = [variables[step.node.id, port.name] for port in step.layer.outputs]
    if step.layer.block and in_loop(step):
        return "\n".join(_loop_lines(step, taken, given, variables))
    if step.layer.block:
        return wrapped(f"{', '.join(given)} = self.{step.module_attribute}(", taken, ")", BODY)
    return _layer_line(step, given[0], taken)


def _loop_lines(step: PlanStep, taken: Sequence[str], given: Sequence[str], variables: Mapping[End, str]) -> list[str]:
    """A repeated block that no ``nn.Sequential`` can run: the same module again and again, or one after another."""
    names = ", ".join(given)
    before = [] if list(taken) == list(given) else [f"        {names} = {', '.join(taken)}"]
    if step.shared:
        head, module = f"        for _ in range({len(step.repeats)}):", f"self.{step.module_attribute}"
    else:
        module = fresh("layer", variables.values())
        head = f"        for {module} in self.{step.module_attribute}:"
    return [*before, head, wrapped(f"{names} = {module}(", given, ")", BODY + 4)]


def _layer_line(step: PlanStep, variable: str, taken: Sequence[str]) -> str:
    line = f"        {variable} = {call_text(step.layer, step.values, f'self.{step.module_attribute}', taken)}"
    joint = step.layer.join.strip()
    if len(line) <= 120 or "{inputs}" not in step.layer.call:
        return line
    if joint == ",":
        before, after = step.layer.call.split("{inputs}")
        words = {name: value_text(value) for name, value in step.values.items()}
        words["self"] = f"self.{step.module_attribute}"
        return wrapped(f"{variable} = {before.format_map(words)}", taken, after.format_map(words), BODY)
    lines = [
        f"        {variable} = (",
        f"            {taken[0]}",
        *(f"            {joint} {other}" for other in taken[1:]),
        "        )",
    ]
    return "\n".join(lines)


def loss_text(values: Fields, weighted: bool = False) -> str:
    """The text that makes the loss of an output node with these field values: ``nn.HuberLoss(delta=0.5)``.

    Where it is ``weighted``, ``Weighted(nn.MSELoss(reduction="none"))``, which takes a weight for each sample.
    """
    loss = LOSSES[str(values["loss"])]
    if loss.function:
        return loss.function
    arguments = argument_texts(loss.module, loss.fields, values)
    if not weighted:
        return f"{loss.module}({', '.join(arguments)})"
    each = ", ".join([*arguments, 'reduction="none"'])
    return f"Weighted({loss.module}({each}))"


def optimizer_text(training: Training) -> str:
    """The text that makes the optimizer of ``model``: ``torch.optim.Adam(model.parameters(), lr=0.001, fused=True)``.

    Fused where PyTorch has it: a fused and an unfused Adam differ in the last bit, so app and script say the same.
    """
    optimizer = OPTIMIZERS[training.optimizer]
    texts = argument_texts(optimizer.module, optimizer.fields, training.optimizer_fields)
    decay = [f"weight_decay={training.weight_decay!r}"] if training.weight_decay else []
    fused = ["fused=True"] if optimizer.fused else []
    parts = ["model.parameters()", f"lr={training.learning_rate!r}", *decay, *texts, *fused]
    return f"{optimizer.module}({', '.join(parts)})"
