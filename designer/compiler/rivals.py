"""Two networks in one graph: which of them makes samples and which judges them, and the class that holds both."""

from __future__ import annotations

from dataclasses import dataclass, replace

from designer.compiler.page import wrapped
from designer.compiler.plan import Plan, PlanStep
from designer.project.model import FieldValue

GENERATOR, DISCRIMINATOR = "Generator", "Discriminator"
NAMES = (GENERATOR, DISCRIMINATOR)
BODY = 8


@dataclass(frozen=True, eq=False)
class Half:
    """What one Output needs: the steps by node id, and the inputs among them."""

    output: PlanStep
    nodes: frozenset[str]
    inputs: tuple[PlanStep, ...]

    @property
    def drawn(self) -> bool:
        """Whether it takes noise, and so is the generator."""
        return any(step.layer.drawn for step in self.inputs)


@dataclass(frozen=True, eq=False)
class Rivals:
    """A generator and a discriminator that have no layer in common."""

    generator: Half
    discriminator: Half

    @property
    def noise(self) -> PlanStep:
        """The only input of the generator."""
        return self.generator.inputs[0]


def half_of(plan: Plan, output: PlanStep) -> Half:
    """What ``output`` needs."""
    waiting, seen = [output.node.id], set[str]()
    while waiting:
        key = waiting.pop()
        if key in plan.steps and key not in seen:
            seen.add(key)
            waiting += [source for source, _ in plan.steps[key].sources]
    inputs = tuple(step for key, step in plan.steps.items() if key in seen and step.layer.role == "input")
    return Half(output, frozenset(seen), inputs)


def halves_of(plan: Plan) -> list[Half]:
    """What each Output needs, in the order of the plan."""
    return [half_of(plan, output) for output in plan.with_role("output")]


def rivals_of(plan: Plan) -> Rivals | None:
    """Generator and discriminator; None where the graph does not hold exactly these two, apart from one another."""
    halves = halves_of(plan)
    making = [half for half in halves if half.drawn]
    judging = [half for half in halves if not half.drawn]
    if len(making) != 1 or len(judging) != 1 or making[0].nodes & judging[0].nodes:
        return None
    single = len(making[0].inputs) == 1 and len(judging[0].inputs) == 1
    return Rivals(making[0], judging[0]) if single else None


def plans_of(plan: Plan, rivals: Rivals) -> dict[str, Plan]:
    """The plans of both, by the names of their classes."""
    halves = (rivals.generator, rivals.discriminator)
    return {name: replace(plan, used=half.nodes) for name, half in zip(NAMES, halves, strict=True)}


def attribute_of(name: str) -> str:
    """What the network calls the module of a class: ``generator``."""
    return name.lower()


def noise_text(size: tuple[int, ...], distribution: FieldValue) -> str:
    """The expression that draws ``count`` samples of noise with ``generator``."""
    numbers = ", ".join(["count", *map(str, size)])
    if distribution == "uniform":
        return f"2 * torch.rand({numbers}, generator=generator) - 1"
    return f"torch.randn({numbers}, generator=generator)"


def network_lines(name: str, noise: PlanStep) -> tuple[str, str, str]:
    """The text of the class that holds both: what stands before the drawing of noise, that, and what follows."""
    assert noise.shape is not None
    before = [f"\n\nclass {name}(nn.Module):", "    def __init__(self):", "        super().__init__()"]
    before += [f"        self.{attribute_of(each)} = {each}()" for each in NAMES]
    drawing = wrapped("def noise(", ["self", "count", "generator=None"], "):", 4)
    drawing += f"\n        return {noise_text(noise.shape, noise.values['distribution'])}"
    after = "\n    def forward(self, noise):\n        return self.generator(noise)"
    return "\n".join([*before, ""]), drawing, after
