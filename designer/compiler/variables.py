"""Variables of the forward pass: ``x`` along a chain, names of their own for what is taken twice or later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from designer.compiler.names import identifier
from designer.compiler.plan import End, PlanStep
from designer.project.ports import Port

MOST_WORDS = 80


def variables_of(steps: Sequence[PlanStep], inputs: Sequence[PlanStep]) -> dict[End, str]:
    """The variable of every end; a value taken twice, or later than in the next step, has its node's name.

    Of a layer with several outputs those that nothing takes are ``_``.
    """
    running = [step for step in steps if step.layer.role == "layer"]
    takers = Counter(source for step in steps for source in step.sources)
    follows: dict[str, PlanStep] = dict(zip((step.node.id for step in running), running[1:], strict=False))
    last_taker = {source: step for step in steps for source in step.sources}
    taken = {step.attribute for step in steps}
    one_end = sum(_ends(step) for step in steps) == 1
    named: dict[End, str] = {}
    for step in steps:
        key = step.node.id
        outputs = step.layer.outputs
        if len(outputs) > 1:
            wanted = outputs if step.layer.block else tuple(port for port in outputs if takers[key, port.name])
            named.update({(key, port.name): "_" for port in outputs if port not in wanted})
            if len(wanted) != 1:
                named.update(_several(step, wanted, taken))
                continue
            outputs = wanted
        for port in outputs:
            taker = last_taker.get((key, port.name))
            straight = taker is not None and takers[key, port.name] == 1
            if step.layer.role in ("input", "block_input"):
                plain = len(inputs) == 1 and straight and (not running or taker is running[0])
            else:
                plain = straight and (taker is follows.get(key) or (one_end and _ends(taker) and step is running[-1]))
            named[key, port.name] = "x" if plain else step.attribute
    return named


def _ends(taker: PlanStep | None) -> bool:
    return taker is not None and taker.layer.role in ("output", "block_output")


def _several(step: PlanStep, ports: Sequence[Port], taken: set[str]) -> Mapping[End, str]:
    """Names for outputs of one node: its own with the ports' behind it, or numbered where that gets too long."""
    words = [f"{step.attribute}_{identifier(port.shown, 'out').rstrip('_')}" for port in ports]
    if sum(map(len, words)) > MOST_WORDS:
        words = [f"{step.attribute[:12].rstrip('_')}_{number}" for number in range(1, len(ports) + 1)]
    found: dict[End, str] = {}
    for port, word in zip(ports, words, strict=True):
        found[step.node.id, port.name] = name = fresh(word, taken)
        taken.add(name)
    return found


def fresh(word: str, taken: Collection[str]) -> str:
    """``word``, or ``word`` with the lowest number from 2 that is not ``taken``."""
    name, number = word, 2
    while name in taken:
        name = f"{word}_{number}"
        number += 1
    return name
