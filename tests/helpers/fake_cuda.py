"""Something in the place of CUDA that says in which order it was asked for what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import torch


class FakeCuda:
    """What ``cuda_graph`` takes of ``torch.cuda``; says what was done, in order, and on which stream."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, free: int = 1000) -> None:
        self.said: list[str] = []
        self.current, self.mode, self.free = "usual", 0, free
        for name in (
            "memory_allocated", "memory_reserved", "max_memory_allocated", "mem_get_info", "CUDAGraph", "Stream",
            "current_stream", "stream", "graph", "get_sync_debug_mode", "set_sync_debug_mode", "current_device",
        ):  # fmt: skip
            monkeypatch.setattr(torch.cuda, name, getattr(self, name), raising=False)
        monkeypatch.setattr(torch.cuda, "default_generators", (None, FakeGenerator(self)))

    def current_device(self) -> int:
        return 1

    def memory_allocated(self) -> int:
        return 100

    def memory_reserved(self) -> int:
        return 150

    def max_memory_allocated(self) -> int:
        return 400

    def mem_get_info(self) -> tuple[int, int]:
        return self.free, 4000

    def CUDAGraph(self) -> Any:
        graph = type("Recorded", (), {})()
        graph.replay = lambda: self.said.append("replay")
        return graph

    def Stream(self) -> Any:
        return FakeStream("aside", self)

    def current_stream(self) -> Any:
        return FakeStream(self.current, self)

    @contextmanager
    def stream(self, stream: Any) -> Iterator[None]:
        before, self.current = self.current, stream.name
        yield from self._until_left(before)

    def _until_left(self, before: str) -> Iterator[None]:
        try:
            yield
        finally:
            self.current = before

    @contextmanager
    def graph(self, graph: Any, stream: Any, capture_error_mode: str) -> Iterator[None]:
        assert capture_error_mode == "thread_local"
        self.said.append("begin")
        before, self.current = self.current, stream.name
        # as PyTorch's own, which after an error stays on its stream
        yield
        self.current = before
        self.said.append("end")

    def get_sync_debug_mode(self) -> int:
        return self.mode

    def set_sync_debug_mode(self, mode: int | str) -> None:
        self.mode = {"error": 2}[mode] if isinstance(mode, str) else mode


class FakeGenerator:
    """The chance of a GPU, which says what it goes on with."""

    def __init__(self, cuda: FakeCuda) -> None:
        self.cuda = cuda

    def clone_state(self) -> str:
        return "where it stands"

    def graphsafe_set_state(self, state: str) -> None:
        self.cuda.said.append(f"chance {state}")


class FakeStream:
    def __init__(self, name: str, cuda: FakeCuda) -> None:
        self.name, self.cuda = name, cuda

    def wait_stream(self, other: FakeStream) -> None:
        self.cuda.said.append(f"{self.name} waits for {other.name}")
