"""What lets a script that torchrun starts again, because a process was lost, go on where it was."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from designer.runtime.distributed import from_first_process, is_first_process
from designer.runtime.events import Epoch, Step
from designer.runtime.scripts import save_whole


class Restart:
    """The checkpoint beside ``out`` of a training that torchrun started: started again, it goes on from there.

    It holds the ``past`` epochs, the state of each of ``states``, and the ``best`` weights of ``judged`` so far.
    """

    def __init__(self, out: Path, judged: nn.Module, states: dict[str, Any]) -> None:
        self.path = out.with_name(f"{out.name}.checkpoint")
        self.judged, self.states = judged, states
        self.past: list[Epoch] = []
        self.best: dict[str, Tensor] = {}
        self.launch = os.environ.get("TORCHELASTIC_RUN_ID", "")
        found = from_first_process(self.read() if self.launch and is_first_process() else None)
        if found is not None:
            for name, each in states.items():
                each.load_state_dict(found["states"][name])
            self.past, self.best = [Epoch(**event) for event in found["past"]], found["best"]
            print(f"torchrun started this again: it goes on after epoch {len(self.past)}")

    def read(self) -> dict[str, Any] | None:
        """What is kept of this launch, None where there is nothing; what another launch left is removed."""
        # a launch without a name is known by having been started again
        if (self.launch != "none" or os.environ["TORCHELASTIC_RESTART_COUNT"] != "0") and self.path.exists():
            found: dict[str, Any] = torch.load(self.path, map_location="cpu", weights_only=True)
            if found["launch"] == self.launch:
                return found
        self.path.unlink(missing_ok=True)
        return None

    def kept(self, events: Iterable[Step | Epoch]) -> Iterator[Step | Epoch]:
        """The past epochs again, then ``events``, after whose epochs the first process writes the checkpoint."""
        last = {name: tensor.clone() for name, tensor in self.judged.state_dict().items()}
        self.judged.load_state_dict(self.best or last)
        yield from self.past
        self.judged.load_state_dict(last)
        due = 0.0
        for event in events:
            yield event
            if isinstance(event, Epoch):
                self.past.append(event)
                if self.launch and is_first_process() and (began := time.monotonic()) >= due:
                    states = {name: each.state_dict() for name, each in self.states.items()}
                    past = [asdict(each) for each in self.past]
                    save_whole({"launch": self.launch, "past": past, "states": states, "best": self.best}, self.path)
                    # writing takes a twentieth of the time at most
                    due = began + 20 * (time.monotonic() - began)
