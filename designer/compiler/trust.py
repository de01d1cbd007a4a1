"""Trust: which code of projects' own may run in this process. None may, unless somebody has said so.

All threads share what is said here. It is said of a source by its digest, so that a source that is changed by so much
as a blank is another one, of which nothing was said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256

from designer.project.errors import LayerloomError
from designer.project.model import Project


class UntrustedCode(LayerloomError):
    """Code of a project's own was about to run, and nobody has allowed it."""


class _Said:
    """What may run now; replaced as a whole, so that every thread sees one state or the other."""

    allowed: frozenset[str] = frozenset()


def digest_of(source: str) -> str:
    """What stands for a source where it is remembered that it may run."""
    return sha256(source.encode("utf-8", "surrogatepass")).hexdigest()


def digests_of(project: Project) -> frozenset[str]:
    """The digests of all custom layers of a project."""
    return frozenset(digest_of(layer.source) for layer in project.layers.values())


def may_run(source: str) -> bool:
    """Whether this very source may run in this process."""
    return digest_of(source) in _Said.allowed


def untrusted(project: Project) -> list[str]:
    """The keys of a project's custom layers that may not run."""
    return [key for key, layer in project.layers.items() if not may_run(layer.source)]


def demand(sources: Iterable[str]) -> None:
    """An UntrustedCode error unless all of these sources may run."""
    if not all(may_run(source) for source in sources):
        raise UntrustedCode(
            "This project holds code of its own, which does not run before somebody has looked at it and allowed it."
        )


def allowed_now() -> frozenset[str]:
    """The digests of the sources that may run now."""
    return _Said.allowed


def allow_only(digests: Iterable[str]) -> None:
    """From now on these sources may run in this process, and no others."""
    _Said.allowed = frozenset(digests)


@contextmanager
def allowed(digests: Iterable[str]) -> Iterator[None]:
    """Within, these sources may run as well; afterwards what was said before holds again."""
    before = _Said.allowed
    allow_only(before | frozenset(digests))
    try:
        yield
    finally:
        allow_only(before)
