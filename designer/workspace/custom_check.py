"""Checking a custom layer before it is taken: its text first, then a trial in a process that may loop or crash."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from designer.compiler.own_code import faults_of
from designer.layers.signature import Fault, Signature, read_signature
from designer.project.errors import LayerloomError
from designer.workspace.places import own_command, own_environment

SECONDS = 10.0
START_SECONDS = 90.0
SHAPES = {1: (3, 8, 8), -1: (16,)}
MOST_AXES = 5
LARGEST = 4_096
_PLACE = re.compile(r'File "layerloom/trial_\d+\.py", line (\d+)')


@dataclass(frozen=True)
class Trial:
    """What came of a check: faults, or the shapes of the outputs without the batch axis and the count of parameters."""

    faults: tuple[Fault, ...] = ()
    outputs: tuple[tuple[int, ...], ...] = ()
    parameters: int = 0

    @property
    def sound(self) -> bool:
        """Whether the layer can be taken."""
        return not self.faults


def example_shapes(signature: Signature) -> tuple[tuple[int, ...], ...]:
    """A likely shape, without the batch axis, for every input that has to be linked."""
    place = next(iter(signature.bound.values()), -1)
    return (SHAPES[place],) * sum(not port.optional for port in signature.inputs)


def shapes_from_text(text: str) -> tuple[tuple[int, ...], ...]:
    """Shapes as people write them, ``3×8×8; 16``; a LayerloomError says what was expected."""
    shapes = []
    for part in text.split(";"):
        words = [word for word in re.split(r"[\s×x*,()]+", part) if word and word != "N"]
        if not words or len(words) > MOST_AXES or not all(word.isascii() and word.isdigit() for word in words):
            raise LayerloomError(
                f"expected a shape without the batch axis such as 16 or 3×8×8, found “{part.strip()[:40]}”"
            )
        shape = tuple(int(word[:9]) for word in words)
        if not all(1 <= size <= LARGEST for size in shape):
            raise LayerloomError(f"expected sizes from 1 to {LARGEST:,}, found “{part.strip()[:40]}”")
        shapes.append(shape)
    return tuple(shapes)


def shapes_to_text(shapes: Sequence[Sequence[int]]) -> str:
    """Shapes as people write them."""
    return "; ".join("×".join(map(str, shape)) for shape in shapes)


class LayerCheck:
    """One check, which may be cancelled from another thread."""

    def __init__(self, source: str, shapes: Sequence[Sequence[int]], seconds: float = SECONDS) -> None:
        self.source, self.shapes, self.seconds = source, [list(shape) for shape in shapes], seconds
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = False
        self._lock = threading.Lock()

    def run(self) -> Trial:
        """Read the source and, where it is sound, run it in a process of its own: the caller wants it to run."""
        faults = faults_of(self.source)
        if faults:
            return Trial(faults)
        request = json.dumps({"source": self.source, "shapes": self.shapes, "seconds": self.seconds}) + "\n"
        with self._lock:
            if self._cancelled:
                return _cancelled()
            process = self._process = subprocess.Popen(
                [*own_command(), "layers", "--try"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**own_environment(), "OMP_NUM_THREADS": "1"},
                encoding="utf-8",
                errors="replace",
                **_own_group(),
            )
        try:
            said, errors = process.communicate(request, START_SECONDS + self.seconds)
        except subprocess.TimeoutExpired:
            _kill(process)
            process.communicate()
            return Trial((Fault(1, 1, "the layer did not come to an end, and was stopped"),))
        finally:
            # what the layer itself has started goes with it
            _kill(process)
        if self._cancelled:
            return _cancelled()
        return self._answer(said, errors, process.returncode)

    def cancel(self) -> None:
        """End the check."""
        with self._lock:
            self._cancelled = True
            if self._process is not None:
                _kill(self._process)

    def _answer(self, said: str, errors: str, status: int) -> Trial:
        answer = _parsed(said)
        if answer is not None:
            faults = tuple(Fault(int(line), int(column), str(words)) for line, column, words in answer["faults"])
            outputs = tuple(tuple(map(int, shape)) for shape in answer.get("outputs", ()))
            return Trial(faults, outputs, int(answer.get("parameters", 0)))
        places = _PLACE.findall(errors)
        line = int(places[0]) if places else 1
        if "Timeout (" in errors:
            return Trial((Fault(line, 1, f"the layer did not come to an end within {self.seconds:g} seconds"),))
        last = next((line for line in reversed(errors.split("\n")) if line.strip()), "")[:200]
        why = f"status {status}" if status >= 0 else signal.Signals(-status).name
        return Trial((Fault(line, 1, f"the layer ended the process in which it was tried ({why}): {last}"),))


def signature_of(source: str) -> Signature:
    """What a source says of its ports and fields, with all that is wrong with it."""
    found = read_signature(source)
    return found if found.faults else Signature(**{**vars(found), "faults": faults_of(source)})


def _cancelled() -> Trial:
    return Trial((Fault(1, 1, "the check was stopped"),))


def _parsed(said: str) -> dict[str, Any] | None:
    for line in said.split("\n"):
        with suppress(ValueError):
            answer = json.loads(line)
            if isinstance(answer, dict) and isinstance(answer.get("faults"), list):
                return answer
    return None


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _kill(process: subprocess.Popen[str]) -> None:
    """End a process and what it started."""
    if sys.platform == "win32":
        with suppress(OSError):
            process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
