"""Networks that predict the next token: what measures them, and what they write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from designer.compiler.figures import chosen_metrics
from designer.project.model import Project
from designer.training.chosen import losses_of

# metrics that are means over samples, so that they can be measured in pieces
MEANS = ("accuracy", "top_5_accuracy", "perplexity")


def token_metrics(project: Project) -> dict[str, str]:
    """The functions of the runtime that measure next tokens, by the key of the metric."""
    fields = next(iter(losses_of(project).values()), {})
    return {metric.key: metric.function for metric in chosen_metrics(project, "classes", fields)}


def in_pieces(functions: Sequence[str]) -> bool:
    """Whether figures by these functions of the runtime are those of pieces put together."""
    return all(function in MEANS for function in functions)


def token_measure(project: Project, loss: Any, preparation: Mapping[str, Any]) -> Any:
    """What measures next tokens: a piece at a time, unless a metric needs all outputs at once."""
    from designer.runtime import metrics
    from designer.runtime.measures import Measure
    from designer.runtime.next_tokens import TokenMeasure, measured_rows

    named = token_metrics(project)
    functions = {key: getattr(metrics, function) for key, function in named.items()}
    if not in_pieces(list(named.values())):
        return Measure(loss, functions)
    steps, scores = preparation["network"]["answer_shape"]
    return TokenMeasure(loss, functions, rows=measured_rows(int(steps), int(scores)))
