"""What flows through a block that is applied at each step: its samples are the steps of the sequences outside."""

from __future__ import annotations

from collections.abc import Sequence

from designer.compiler.report import Flow
from designer.layers.declaration import keep_axes


def flows_of_a_step(flows: Sequence[Flow]) -> tuple[Flow, ...]:
    """What one step of each sequence is; nothing where one has no steps, or they have not equally many."""
    shapes = [flow.shape for flow in flows if flow.shape is not None and len(flow.shape) > 1]
    alike = len(shapes) == len(flows) and len({shape[0] for shape in shapes}) == 1
    return tuple(_step(flow) for flow in flows) if alike else ()


def flows_of_steps(flows: Sequence[Flow], steps: int) -> tuple[Flow, ...]:
    """The sequences of so many ``steps`` each of which is one of ``flows``."""
    return tuple(_sequence(flow, steps) for flow in flows)


def _step(flow: Flow) -> Flow:
    assert flow.shape is not None
    return flow._replace(shape=flow.shape[1:], axes=keep_axes("", {}, len(flow.shape)))


def _sequence(flow: Flow, steps: int) -> Flow:
    if flow.shape is None:
        return flow
    # an axis inside that is called time as well has no letter of its own outside
    return flow._replace(shape=(steps, *flow.shape), axes="NT" + flow.axes[1:].replace("T", "?"))
