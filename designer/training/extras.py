"""Libraries that not everybody needs, with a clear message where one is not there."""

from __future__ import annotations

from types import ModuleType

from designer.training.errors import RunError

MISSING = (
    "Byte pairs need the library tokenizers, which is not installed: pip install “layerloom[text]”. Or choose "
    "words or characters in the text input."
)


def byte_pairs() -> ModuleType:
    """The runtime module that cuts texts into byte pairs; a RunError where the library for that is not installed."""
    try:
        from designer.runtime import byte_pairs as module
    except ImportError as error:
        raise _without_tokenizers() from error
    return module


def running_byte_pairs() -> ModuleType:
    """As ``byte_pairs``, for one long text."""
    try:
        from designer.runtime import running_byte_pairs as module
    except ImportError as error:
        raise _without_tokenizers() from error
    return module


def _without_tokenizers() -> RunError:
    return RunError(MISSING)
