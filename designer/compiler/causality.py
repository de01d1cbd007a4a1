"""Whether a network that predicts next tokens sees later ones: the real module is asked, with one token changed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from designer.compiler import fixes
from designer.compiler.load import load_model
from designer.compiler.plan import Plan, PlanStep
from designer.compiler.problems import Fix, NodePlace, Problem
from designer.compiler.report import ModelSource
from designer.compiler.sentences import quoted
from designer.layers.catalog import mode_of
from designer.project.facts import Facts
from designer.project.model import Project

if TYPE_CHECKING:
    from torch import Tensor, nn

# larger networks take too long to be asked on every edit
MOST_PARAMETERS = 20_000_000
LONGEST = 1_024
SEED = 5
# what rounding may differ by, as a share of the largest number
ROUNDING = 1e-4
# fields by which layers can be kept from looking ahead
BLINKERS = {"bidirectional": False, "causal": True}
# what draws at random while a module is made: methods of tensors and functions of torch.nn.init
DRAWING = frozenset(
    (
        "uniform_", "normal_", "bernoulli_", "exponential_", "random_", "rand", "randn", "randint", "randperm",
        "kaiming_uniform_", "kaiming_normal_", "xavier_uniform_", "xavier_normal_", "trunc_normal_", "orthogonal_",
        "sparse_",
    )
)  # fmt: skip


def causality_problems(project: Project, plan: Plan, source: ModelSource, facts: Facts | None) -> Iterator[Problem]:
    """A warning where a step sees the tokens that it is to predict."""
    if mode_of(project).targets != "next" or facts is None or not facts.answer_shape:
        return
    output = plan.with_role("output")[0]
    if output.shape != tuple(facts.answer_shape) or plan.totals.parameters > MOST_PARAMETERS:
        return
    found = looks_ahead(source, *facts.answer_shape)
    if found is None:
        return
    step = plan.steps.get(found, output)
    subject = "The network" if step is output else f"{quoted(step.node.name)} ({step.layer.title})"
    sentence = (
        f"{subject} lets each step see later ones, among them the token that it is to predict: it would learn to look "
        "it up, and could not write. Read in one direction, mask attention causally, and pool over no steps."
    )
    yield Problem("warning", "sees-later", NodePlace(step.node.id), sentence, _fix(step))


def _fix(step: PlanStep) -> Fix | None:
    for name, value in BLINKERS.items():
        if name in step.values and step.values[name] != value:
            word = "Read in one direction" if name == "bidirectional" else "Mask later steps"
            return fixes.set_field(step.node.id, name, value, word)
    return None


@lru_cache(maxsize=32)
def _looks_ahead(
    text: str, class_name: str, attributes: tuple[tuple[str, str], ...], length: int, codes: int
) -> str | None:
    import torch

    from designer.runtime.text import FIRST_TOKEN

    chance = torch.Generator().manual_seed(SEED)
    try:
        with _own_chance(chance):
            model = load_model(ModelSource(text, class_name)).eval()
        tokens = torch.randint(min(FIRST_TOKEN, codes - 1), codes, (1, min(length, LONGEST)), generator=chance)
        other = tokens.clone()
        other[0, -1] = FIRST_TOKEN + (tokens[0, -1] - FIRST_TOKEN + 1) % max(1, codes - FIRST_TOKEN)
        seen = [_traced(model, attributes, each) for each in (tokens, other)]
    except (RuntimeError, ValueError, TypeError, IndexError, AttributeError):
        # a network that cannot be run is told of by other checks, or when it is trained
        return None
    if not _differ(seen[0][""], seen[1][""]):
        return None
    return next((node for node in seen[0] if node and _differ(seen[0][node], seen[1][node])), "")


def looks_ahead(source: ModelSource, length: int, codes: int) -> str | None:
    """The first node whose early steps change with the last of ``length`` tokens; None where those of none do.

    Empty where the network's do, and no layer of it can be named. The parameters are random ones.
    """
    return _looks_ahead(source.text, source.class_name, tuple(source.attributes.items()), length, codes)


def _traced(model: nn.Module, attributes: tuple[tuple[str, str], ...], tokens: Tensor) -> dict[str, Any]:
    """What leaves each layer by its node, in the order in which they run; the network's own answer comes last."""
    import torch

    found: dict[str, Any] = {}
    hooks = []
    for node, attribute in attributes:
        layer = getattr(model, attribute, None)
        if isinstance(layer, torch.nn.Module):

            def keep(module: nn.Module, given: Any, output: Any, node: str = node) -> None:
                found[node] = output[0] if isinstance(output, tuple) else output

            hooks.append(layer.register_forward_hook(keep))
    with torch.no_grad():
        answer = model(tokens)
    for hook in hooks:
        hook.remove()
    return {**found, "": answer}


def _differ(one: Any, two: Any) -> bool:
    """Whether two sequences (1, T, …) differ before their last step."""
    import torch

    if not isinstance(one, torch.Tensor) or not one.is_floating_point() or one.dim() < 3 or one.shape != two.shape:
        return False
    early = (one[:, :-1] - two[:, :-1]).abs()
    largest = float(one.abs().max())
    return bool(early.numel()) and float(early.max()) > ROUNDING * max(largest, ROUNDING)


def _own_chance(chance: Any) -> Any:
    """While it lasts, in this thread alone, parameters are drawn by ``chance``: that of a training is left in peace."""
    from torch.overrides import TorchFunctionMode

    class OwnChance(TorchFunctionMode):
        """Gives the calls that draw at random their generator."""

        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            kwargs = dict(kwargs or {})
            if getattr(func, "__name__", "") in DRAWING and kwargs.get("generator") is None:
                kwargs["generator"] = chance
            return func(*args, **kwargs)

    return OwnChance()
