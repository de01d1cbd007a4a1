"""Source: the text of the model as a careful engineer would have written it, with the way back from lines to nodes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from designer.compiler.plan import Plan, PlanStep
from designer.compiler.report import ModelSource, Span
from designer.compiler.texts import arguments, call_text
from designer.layers.catalog import LOSSES, OPTIMIZERS
from designer.project.model import Fields, Training

WIDTH = 120
CLASS_NAME = "Network"


class _Page:
    """Lines of text that remember which node each came from."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.spans: dict[str, list[Span]] = {}

    def add(self, text: str, node: str = "") -> None:
        first = len(self.lines) + 1
        self.lines.extend(text.split("\n"))
        if node:
            self.spans.setdefault(node, []).append(Span(first, len(self.lines)))


def wrapped(before: str, parts: Sequence[str], after: str, indent: int) -> str:
    """``before`` + parts joined by commas + ``after``, broken over lines as ruff does where it is too long."""
    blank = " " * indent
    line = f"{blank}{before}{', '.join(parts)}{after}"
    if len(line) <= WIDTH or not parts:
        return line
    inner = f"{blank}    {', '.join(parts)}"
    if len(inner) <= WIDTH:
        return f"{blank}{before}\n{inner}\n{blank}{after}"
    each = "\n".join(f"{blank}    {part}," for part in parts)
    return f"{blank}{before}\n{each}\n{blank}{after}"


def model_source(plan: Plan) -> ModelSource:
    """The model of a sound plan. ``forward`` takes the inputs by name and returns the output, or a dict of several."""
    steps = [step for step in plan.steps.values() if step.node.id in plan.used]
    inputs = [step for step in steps if step.layer.role == "input"]
    page = _Page()
    page.add("import torch\nfrom torch import nn" if _needs_torch(steps) else "from torch import nn")
    page.add(f"\n\nclass {CLASS_NAME}(nn.Module):")
    if any(step.layer.module for step in steps):
        page.add("    def __init__(self):\n        super().__init__()")
        for step in steps:
            if step.layer.module:
                page.add(wrapped(f"self.{step.attribute} = {step.layer.module}(", step.arguments, ")", 8), step.node.id)
        page.add("")
    variables = _variables(steps)
    page.add(f"    def forward(self, {', '.join(variables[step.node.id] for step in inputs)}):")
    for step in inputs:
        page.spans[step.node.id] = [Span(len(page.lines), len(page.lines))]
    _add_calls(page, steps, variables)
    text = "\n".join(page.lines) + "\n"
    attributes = {step.node.id: step.attribute for step in steps if step.layer.module}
    return ModelSource(text, CLASS_NAME, {node: tuple(spans) for node, spans in page.spans.items()}, attributes)


def _needs_torch(steps: Sequence[PlanStep]) -> bool:
    return any("torch." in step.layer.call for step in steps)


def _add_calls(page: _Page, steps: Sequence[PlanStep], variables: Mapping[str, str]) -> None:
    outputs = []
    for step in steps:
        taken = [variables[source] for source in step.sources]
        if step.layer.role == "output":
            outputs.append((step, taken[0]))
        elif step.layer.role == "layer":
            page.add(_call_line(step, variables[step.node.id], taken), step.node.id)
    if len(outputs) == 1:
        page.add(f"        return {outputs[0][1]}", outputs[0][0].node.id)
        return
    parts = [f"{step.node.name!a}: {variable}" for step, variable in outputs]
    page.add(wrapped("return {", parts, "}", 8), outputs[0][0].node.id if outputs else "")


def _call_line(step: PlanStep, variable: str, taken: Sequence[str]) -> str:
    line = f"        {variable} = {call_text(step.layer, step.values, f'self.{step.attribute}', taken)}"
    if len(line) <= WIDTH:
        return line
    joint = step.layer.join.strip()
    if joint == ",":
        before, after = step.layer.call.split("{inputs}")
        words = {name: repr(value) for name, value in step.values.items()}
        return wrapped(f"{variable} = {before.format_map(words)}", taken, after.format_map(words), 8)
    lines = [
        f"        {variable} = (",
        f"            {taken[0]}",
        *(f"            {joint} {other}" for other in taken[1:]),
        "        )",
    ]
    return "\n".join(lines)


def _variables(steps: Sequence[PlanStep]) -> dict[str, str]:
    """``x`` along a chain; a value that is taken twice, or later than in the next step, has its node's name."""
    running = [step for step in steps if step.layer.role == "layer"]
    takers = Counter(source for step in steps for source in step.sources)
    follows: dict[str, PlanStep] = dict(zip((step.node.id for step in running), running[1:], strict=False))
    last_taker = {source: step for step in steps for source in step.sources}
    named: dict[str, str] = {}
    inputs = [step for step in steps if step.layer.role == "input"]
    for step in steps:
        key = step.node.id
        taker = last_taker.get(key)
        straight = taker is not None and takers[key] == 1
        if step.layer.role == "input":
            first = running[0] if running else None
            single = len(inputs) == 1 and straight and (taker is first or not running)
            named[key] = "x" if single else step.attribute
        elif (
            straight
            and taker is not None
            and (taker is follows.get(key) or (taker.layer.role == "output" and step is running[-1]))
        ):
            named[key] = "x"
        else:
            named[key] = step.attribute
    return named


def loss_text(values: Fields) -> str:
    """The text that makes the loss of an output node with these field values: ``nn.HuberLoss(delta=0.5)``."""
    loss = LOSSES[str(values["loss"])]
    if loss.function:
        return loss.function
    return f"{loss.module}({', '.join(arguments(loss.module, loss.fields, values, {}))})"


def optimizer_text(training: Training) -> str:
    """The text that makes the optimizer of ``model``: ``torch.optim.Adam(model.parameters(), lr=0.001, fused=True)``.

    Fused where PyTorch has it: a fused and an unfused Adam differ in the last bit, so app and script say the same.
    """
    optimizer = OPTIMIZERS[training.optimizer]
    texts = arguments(optimizer.module, optimizer.fields, training.optimizer_fields, {})
    decay = [f"weight_decay={training.weight_decay!r}"] if training.weight_decay else []
    fused = ["fused=True"] if optimizer.fused else []
    parts = ["model.parameters()", f"lr={training.learning_rate!r}", *decay, *texts, *fused]
    return f"{optimizer.module}({', '.join(parts)})"
