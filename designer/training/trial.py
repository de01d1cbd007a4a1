"""The trial of a custom layer, in a process of its own: shapes on the meta device, then one step of learning."""

from __future__ import annotations

import faulthandler
import json
import re
import sys
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from designer.compiler.infer import BATCH, infer
from designer.compiler.load import load_text
from designer.compiler.own_code import faults_of
from designer.compiler.texts import call_text, constructor_arguments
from designer.compiler.trust import allow_only, demand, digest_of
from designer.layers.custom import layer_of_custom
from designer.layers.declaration import LayerType, Shape
from designer.layers.signature import Fault
from designer.project.model import CustomLayer
from designer.training.trainer import protected_output

if TYPE_CHECKING:
    import torch
    from torch import nn

SECONDS = 10.0
ROOM = 4_000_000_000
NAME = "trial"
_HEAD = "from __future__ import annotations; import torch; from torch import nn; from torch.nn import functional as F; "
_FUTURE = re.compile(r"^from __future__ import .*$", re.MULTILINE)


def serve_trial() -> int:
    """Read one request as JSON from standard input, try the layer, and write the answer; the exit status.

    The request holds ``source``, ``shapes`` without the batch axis, and perhaps ``seconds``. Whoever sends it has
    decided that the source may run. An endless loop ends the process, with its place on standard error.
    """
    say = protected_output()
    request = json.loads(sys.stdin.readline())
    source, shapes = str(request["source"]), [tuple(map(int, shape)) for shape in request["shapes"]]
    faults = faults_of(source)
    if faults:
        say({"faults": [list(vars(fault).values()) for fault in faults]})
        return 0
    allow_only([digest_of(source)])
    import torch

    torch.set_num_threads(1)
    _limit_memory()
    faulthandler.enable()
    faulthandler.dump_traceback_later(float(request.get("seconds", SECONDS)), exit=True)
    say(try_layer(source, shapes))
    faulthandler.cancel_dump_traceback_later()
    return 0


def try_layer(source: str, shapes: Sequence[Shape]) -> dict[str, Any]:
    """What comes of a sound source that may run, given inputs of these shapes: ``faults``, or shapes and parameters."""
    demand([source])
    layer = layer_of_custom(NAME, CustomLayer(NAME, source))
    try:
        module = load_text(_HEAD + _FUTURE.sub("", source), NAME)
        made = getattr(module, layer.module)
        given = _arguments(layer, shapes)
        outputs = _on_meta(made, given, layer, shapes)
        faults = _learn(made, given, shapes)
    except _Refused as refused:
        return {"faults": [[refused.line, 1, str(refused)]]}
    except (Exception, SystemExit) as error:  # a layer may raise anything; it is told with its line
        return {"faults": [[_line_of(error), 1, _words(error)]]}
    answer = _in_network(layer, shapes)
    if answer:
        faults = [*faults, Fault(1, 1, answer)]
    return {"faults": [list(vars(fault).values()) for fault in faults], **outputs}


class _Refused(Exception):
    """What the trial found, at a line."""

    def __init__(self, sentence: str, line: int = 1) -> None:
        super().__init__(sentence)
        self.line = line


def _arguments(layer: LayerType, shapes: Sequence[Shape]) -> dict[str, Any]:
    batch = [(BATCH, *shape) for shape in shapes]
    needed = sum(not port.optional for port in layer.inputs)
    if len(shapes) < needed:
        raise _Refused(f"the layer takes {needed} inputs, and {len(shapes)} test shapes are given")
    try:
        bound = {name: read(batch[0], layer.defaults) for name, read in layer.bound.items()}
    except IndexError:
        raise _Refused("the first test shape has too few axes for what the layer reads from it") from None
    return {**bound, **layer.defaults}


def _on_meta(
    made: type[nn.Module], given: Mapping[str, Any], layer: LayerType, shapes: Sequence[Shape]
) -> dict[str, Any]:
    """The shapes of the outputs, without the batch axis, and the number of parameters."""
    import torch

    with torch.device("meta"), torch.no_grad():
        module = made(**given)
        outputs = _outputs(module(*(torch.empty(BATCH, *shape) for shape in shapes)))
    if len(outputs) != len(layer.outputs):
        said = "one tensor" if len(layer.outputs) == 1 else f"{len(layer.outputs)} tensors"
        found = "one" if len(outputs) == 1 else str(len(outputs))
        raise _Refused(f"forward gives {found}, and its annotation says {said}", _line_of_forward(made))
    for number, output in enumerate(outputs, 1):
        if output.dim() < 2 or output.shape[0] != BATCH:
            shape = "×".join(map(str, output.shape)) or "a single number"
            sentence = f"the batch axis must stay the first one: of {BATCH} samples output {number} is {shape}"
            raise _Refused(sentence, _line_of_forward(made))
    parameters = sum(one.numel() for one in module.parameters() if one.requires_grad)
    return {"outputs": [list(output.shape[1:]) for output in outputs], "parameters": parameters}


def _learn(made: type[nn.Module], given: Mapping[str, Any], shapes: Sequence[Shape]) -> list[Fault]:
    """One step of plain gradient descent on the processor; what is wrong with it."""
    import torch

    torch.manual_seed(0)
    module = made(**given)
    outputs = _outputs(module(*(torch.randn(BATCH, *shape) for shape in shapes)))
    loss = sum((output.float().square().mean() for output in outputs), torch.zeros(()))
    line = _line_of_forward(made)
    if not torch.isfinite(loss):
        return [Fault(line, 1, "forward gives numbers that are not finite (NaN or infinite) for ordinary inputs")]
    parameters = {name: one for name, one in module.named_parameters() if one.requires_grad}
    if not parameters:
        return []
    if not loss.requires_grad:
        return [Fault(line, 1, "no gradient passes through forward, so that nothing of the layer can learn")]
    loss.backward()
    for name, parameter in parameters.items():
        if parameter.grad is None:
            return [Fault(line, 1, f"no gradient reaches the parameter “{name}”: forward makes no use of it")]
        if not torch.isfinite(parameter.grad).all():
            return [Fault(line, 1, f"the gradient of the parameter “{name}” is not finite")]
    torch.optim.SGD(parameters.values(), lr=0.01).step()
    broken = [name for name, one in parameters.items() if not torch.isfinite(one).all()]
    return [Fault(line, 1, f"after one step the parameter “{broken[0]}” is not finite")] if broken else []


def _in_network(layer: LayerType, shapes: Sequence[Shape]) -> str:
    """Why the layer does not work from the source that networks are made of; empty where it does."""
    ports = [port.name for port in layer.inputs][: len(shapes)]
    arguments = constructor_arguments(layer, layer.defaults, [(BATCH, *shape) for shape in shapes], ports)
    constructor = f"{layer.module}({', '.join([argument.text for argument in arguments])})"
    call = call_text(layer, layer.defaults, "layer", [f"x{n + 1}" for n in range(len(shapes))], ports)
    return infer(constructor, call, tuple(map(tuple, shapes)), (), layer.own).error


def _outputs(answer: object) -> list[torch.Tensor]:
    import torch

    found = list(answer) if isinstance(answer, (tuple, list)) else [answer]
    wrong = next((type(one).__name__ for one in found if not isinstance(one, torch.Tensor)), None)
    if wrong or not found:
        raise _Refused(f"forward should give a tensor, or a tuple of tensors, and gives {wrong or 'nothing'}")
    return [one for one in found if isinstance(one, torch.Tensor)]


def _line_of(error: BaseException) -> int:
    """The line of the source in which an error arose, 1 where it arose elsewhere."""
    lines = [one.lineno for one in traceback.extract_tb(error.__traceback__) if one.filename.startswith("layerloom/")]
    return lines[-1] or 1 if lines else 1


def _line_of_forward(made: type[nn.Module]) -> int:
    code = getattr(made.forward, "__code__", None)
    return int(getattr(code, "co_firstlineno", 1))


def _words(error: BaseException) -> str:
    text = " ".join(str(error).split())[:400]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _limit_memory() -> None:
    """Let this process take a few more gigabytes and no more, where the system can do that."""
    try:
        import resource
    except ImportError:
        return
    import psutil

    # macOS refuses any such limit, and nobody may raise one that is set already
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (psutil.Process().memory_info().vms + ROOM,) * 2)
