"""A trainer that does what a test tells it to."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from designer.project.model import Project


class FakeTrainer:
    """Notes what it is asked and says what it is given by ``say``."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.project: Project | None = None
        self.run: Path | None = None
        self._events: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()

    def say(self, event: str, **content: Any) -> None:
        """Let an event happen."""
        self._events.put({"event": event, **content})

    def start(self) -> None:
        self.asked.append("start")

    def train(self, project: Project, base: Path, run: Path, resume: bool = False) -> None:
        # who sees that it was asked looks at once for which run
        self.project, self.run = project, run
        self.asked.append("resume" if resume else "train")

    def pause(self) -> None:
        self.asked.append("pause")

    def go_on(self) -> None:
        self.asked.append("go on")

    def stop(self) -> None:
        self.asked.append("stop")

    def order(self, word: str, values: dict[str, Any] | None = None) -> None:
        self.asked.append(" ".join([word, *(str(value) for value in (values or {}).values())]))

    def close(self) -> None:
        self.asked.append("close")
        self._events.put(None)

    def release(self) -> bool:
        self.asked.append("release")
        self._events.put(None)
        return True

    def die(self) -> None:
        """End without a word."""
        self._events.put(None)

    def events(self) -> Iterator[dict[str, Any]]:
        while (event := self._events.get()) is not None:
            yield event
