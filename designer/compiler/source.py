"""Source: the text of the model as a careful engineer would have written it, with the way back from lines to nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from designer.compiler.breaking import broken
from designer.compiler.classes import NETWORK, NetworkClass, classes_of, in_loop, layers_in, steps_in
from designer.compiler.included import Included, included, names_in
from designer.compiler.learning import factors_of, parameters_expression
from designer.compiler.names import output_names
from designer.compiler.page import Group, Page, laid_out, wrapped
from designer.compiler.plan import End, Plan, PlanStep
from designer.compiler.report import ModelSource
from designer.compiler.rivals import Rivals, attribute_of, network_lines, plans_of
from designer.compiler.starting import stands_still, starting_lines
from designer.compiler.texts import USUAL_CALL, argument_texts, quoted_text, value_text
from designer.compiler.variables import fresh, variables_of
from designer.layers.blocks import AT_STEPS
from designer.layers.catalog import LOSSES, OPTIMIZERS
from designer.layers.inputs import feeding_place
from designer.project.graph_forms import inner_first
from designer.project.model import Block, Fields, Training

CLASS_NAME = NETWORK
BODY = 8


def model_source(
    plan: Plan,
    blocks: Mapping[str, Block] | None = None,
    rivals: Rivals | None = None,
    folds: Sequence[Plan] = (),
) -> ModelSource:
    """The model of a whole plan, a class for each block and the network's own.

    ``forward`` takes the inputs by name and returns the output, or a dict of several; that of a block a tuple. Of
    ``rivals`` each has a class, and that of the network holds both and draws the noise. ``folds`` are plans of the
    same graph for other data, the first of which is ``plan``: sizes in which they differ are parameters of the
    network's class; UnlikeError where more than that differs.
    """
    known = blocks or {}
    networks = plans_of(plan, rivals) if rivals is not None else {NETWORK: plan}
    needed = _needed(plan, rivals is not None)
    classes = classes_of(plan, inner_first(known), known, needed.names, networks, folds)
    page = Page()
    page.add(needed.source)
    for kind in classes:
        _add_class(page, kind)
    if rivals is not None:
        before, drawing, after = network_lines(NETWORK, rivals.noise)
        page.add(before)
        page.add(drawing, ("", rivals.noise.node.id))
        page.add(after)
    spans = {block: {node: tuple(found) for node, found in nodes.items()} for block, nodes in page.spans.items()}
    attributes: dict[str, str] = {}
    factors: dict[str, float] = {}
    for name, each in networks.items():
        above = f"{attribute_of(name)}." if rivals is not None else ""
        made = (step for step in each.running if step.layer.module or step.layer.block)
        attributes |= {step.node.id: above + step.module_attribute for step in made}
        factors |= {above + module: factor for module, factor in factors_of(each).items()}
    own = spans.pop("", {})
    names = tuple(dict.fromkeys([*(kind.name for kind in classes), NETWORK]))
    text = "\n".join(page.lines) + "\n"
    last = classes[-1]
    sizes = tuple([dict(zip(last.parameters, given, strict=True)) for given in last.given]) if folds else ()
    return ModelSource(text, CLASS_NAME, own, attributes, spans, names, needed.runtime, factors, sizes)


def _needed(plan: Plan, draws: bool) -> Included:
    """What the source holds beside the classes of the graphs, and of one that ``draws`` noise."""
    names, texts = {"nn", *(["torch"] if draws else [])}, {}
    if any(step.at_steps for step in steps_in(plan)):
        names.add(AT_STEPS)
    for step in layers_in(plan):
        if step.layer.call != USUAL_CALL:
            names |= names_in(step.call("self", ["self"] * len(step.sources)))
        if step.layer.module:
            names.add(step.layer.module.split(".")[0])
        if step.layer.own:
            texts[step.layer.module] = step.layer.own
    return included(frozenset(names), tuple(texts.values()))


def _add_class(page: Page, kind: NetworkClass) -> None:
    plan, block = kind.plan, kind.plan.block
    page.add(f"\n\nclass {kind.name}(nn.Module):")
    if kind.modules:
        page.add(wrapped("def __init__(", ["self", *kind.parameters], "):", 4))
        page.add("        super().__init__()")
        for step, made in kind.modules:
            first = len(page.lines) + 1
            page.add("\n".join(laid_out(f"self.{step.module_attribute} = ", made, "", BODY)))
            for line in starting_lines(step, f"self.{step.module_attribute}", kind.parameters):
                page.add(f"        {line}")
            for user in plan.running if step.shared else (step,):
                if user.module_attribute == step.module_attribute:
                    page.came_from(first, (block, user.node.id))
        page.add("")
    _add_stillness(page, kind)
    steps = plan.running
    inputs = plan.with_role("block_input") if block else _inputs(steps)
    variables = variables_of(steps, inputs)
    first = len(page.lines) + 1
    names = [variables[step.node.id, step.layer.outputs[0].name] for step in inputs]
    page.add(wrapped("def forward(", ["self", *names], "):", 4))
    for step in inputs:
        page.came_from(first, (block, step.node.id))
    for step in steps:
        if step.layer.role == "layer":
            line = _call_lines(step, variables)
            before, _, after = line.strip().partition(" = ")
            # a merge of a single input hands it on as it is
            if before != after:
                page.add(line, (block, step.node.id))
    _add_return(page, plan, variables)


def _inputs(steps: Sequence[PlanStep]) -> list[PlanStep]:
    """The inputs of a network in the order in which batches hold what they take."""
    found = [step for step in steps if step.layer.role == "input"]
    return sorted(found, key=lambda step: feeding_place(step.layer.key))


def _add_stillness(page: Page, kind: NetworkClass) -> None:
    """The method by which frozen layers that keep running statistics stay as they are while the others train."""
    still = [step for step, _ in kind.modules if stands_still(step)]
    if not still:
        return
    page.add("    def train(self, mode=True):\n        super().train(mode)")
    for step in still:
        page.add(f"        self.{step.module_attribute}.eval()  # frozen", (kind.plan.block, step.node.id))
    page.add("        return self\n")


def _add_return(page: Page, plan: Plan, variables: Mapping[End, str]) -> None:
    role = "block_output" if plan.block else "output"
    ends = [step for step in plan.with_role(role) if step.node.id in plan.used]
    given = [variables[step.sources[0]] for step in ends]
    line = f"        return {', '.join(given)}"
    if not plan.block and len(ends) > 1:
        keys = output_names(plan.graph.nodes.values())
        named = [f"{quoted_text(keys[step.node.id])}: {name}" for step, name in zip(ends, given, strict=True)]
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
        return _block_call(step, f"self.{step.module_attribute}", taken, given, BODY)
    return _layer_line(step, ", ".join(given), taken)


def _loop_lines(step: PlanStep, taken: Sequence[str], given: Sequence[str], variables: Mapping[End, str]) -> list[str]:
    """A repeated block that no ``nn.Sequential`` can run: the same module again and again, or one after another."""
    names = ", ".join(given)
    before = [] if list(taken) == list(given) else [f"        {names} = {', '.join(taken)}"]
    if step.shared:
        head, module = f"        for _ in range({len(step.repeats)}):", f"self.{step.module_attribute}"
    else:
        module = fresh("layer", variables.values())
        head = f"        for {module} in self.{step.module_attribute}:"
    return [*before, head, _block_call(step, module, given, given, BODY + 4)]


def _block_call(step: PlanStep, module: str, taken: Sequence[str], given: Sequence[str], indent: int) -> str:
    if step.at_steps:
        return wrapped(f"{', '.join(given)} = {AT_STEPS}(", [module, *taken], ")", indent)
    return wrapped(f"{', '.join(given)} = {module}(", taken, ")", indent)


def _layer_line(step: PlanStep, variable: str, taken: Sequence[str]) -> str:
    expression = step.call(f"self.{step.module_attribute}", taken)
    joint, call = step.layer.join.strip(), step.layer.call_of(step.values, step.ports)
    if len(variable) + len(expression) + BODY + 3 <= 120 or "{inputs}" not in call:
        return broken(variable, expression, BODY)
    if joint == ",":
        before, after = call.split("{inputs}")
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


def loss_text(values: Fields, weighted: bool = False, class_weights: str = "") -> str:
    """The text that makes the loss of an output node with these field values: ``nn.HuberLoss(delta=0.5)``.

    Where it is ``weighted``, ``Weighted(nn.MSELoss(reduction="none"))``, which takes a weight for each sample.
    ``class_weights`` is the variable that holds the weights of the classes, for the losses that take them.
    """
    loss = LOSSES[str(values["loss"])]
    texts = argument_texts(loss.function or loss.module, loss.fields, values)
    if class_weights and loss.class_weights:
        ratio = f"pos_weight={class_weights}[1] / {class_weights}[0]"
        texts.append(ratio if loss.built_in == "sigmoid" else f"weight={class_weights}")
    single = weighted and loss.each
    if single:
        texts.append('reduction="none"')
    if loss.function:
        made = f"partial({', '.join([loss.function, *texts])})" if texts else loss.function
    else:
        made = f"{loss.module}({', '.join(texts)})"
    return f"Weighted({made})" if single else made


def optimizer_text(training: Training, factors: Mapping[str, float] | None = None) -> str:
    """The text that makes the optimizer of ``model``: ``torch.optim.Adam(model.parameters(), lr=0.001, fused=True)``.

    With ``factors`` of learning rates by modules, ``torch.optim.Adam(parameter_groups(model, {"conv1": 0.1}, lr=0.001),
    lr=0.001, fused=True)``.
    """
    return str(optimizer_call(training, factors))


def optimizer_call(training: Training, factors: Mapping[str, float] | None = None) -> Group:
    """The text that makes the optimizer, as it can be broken over lines.

    Fused where PyTorch has it: a fused and an unfused Adam differ in the last bit, so app and script say the same.
    """
    optimizer = OPTIMIZERS[training.optimizer]
    texts = argument_texts(optimizer.module, optimizer.fields, training.optimizer_fields)
    decay = [f"weight_decay={training.weight_decay!r}"] if training.weight_decay and optimizer.decay else []
    fused = ["fused=True"] if optimizer.fused else []
    learning = parameters_expression(factors or {}, training.learning_rate)
    parts = [learning, f"lr={training.learning_rate!r}", *decay, *texts, *fused]
    return Group(f"{optimizer.module}(", tuple(parts))
