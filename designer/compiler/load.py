"""Loading: the only way from source text to a module that runs."""

from __future__ import annotations

import importlib.abc
import importlib.util
import itertools
import traceback
from types import ModuleType
from typing import TYPE_CHECKING

from designer.compiler.report import ModelSource

if TYPE_CHECKING:
    from torch import nn

_numbers = itertools.count(1)


class _TextLoader(importlib.abc.ExecutionLoader):
    """Loads one module from a text; tracebacks show its lines."""

    def __init__(self, text: str, filename: str) -> None:
        self._text = text
        self._filename = filename

    def get_source(self, fullname: str) -> str:
        return self._text

    def get_filename(self, fullname: str) -> str:
        return self._filename

    def is_package(self, fullname: str) -> bool:
        return False


def load_text(text: str, name: str = "network") -> ModuleType:
    """The module that ``text`` defines. Only text that this package wrote comes here."""
    filename = f"layerloom/{name}_{next(_numbers)}.py"
    loader = _TextLoader(text, filename)
    spec = importlib.util.spec_from_loader(name, loader, origin=filename)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def load_model(source: ModelSource) -> nn.Module:
    """A fresh model with new random parameters, drawn from torch's current seed."""
    model: nn.Module = getattr(load_text(source.text), source.class_name)()
    return model


def node_of_error(error: BaseException, source: ModelSource) -> str | None:
    """The node of the graph itself in whose line, or block, the error arose; None where it arose elsewhere."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith("layerloom/") and frame.lineno is not None:
            node = source.node_at(frame.lineno)
            if node is not None:
                return node
    return None
