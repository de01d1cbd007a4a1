"""Data: the one road from a project's file or folder to the tensors that train, validate and test."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from designer.project.facts import Facts
from designer.project.model import Project
from designer.project.paths import resolve_from
from designer.training.errors import RunError, in_words
from designer.training.prepared import Prepared
from designer.training.sources.choosing import source_of

NETWORK_FACTS = ("shapes", "codes", "target_shape", "target_width", "weighted")


def read_data(project: Project, base: Path, preparation: Mapping[str, Any] | None = None) -> Prepared:
    """Read, split and prepare the project's data; its path is relative to the folder ``base``.

    With ``preparation``, learned in an earlier run, nothing is learned anew. RunError where data cannot be used.
    """
    if project.data is None:
        raise RunError("The project has no data yet. Open a CSV file or a folder of images first.")
    with in_words():
        prepared = source_of(project.data).read(project, project.data, base, preparation)
        _refuse_no_weight(prepared)
    return replace(prepared, preparation={**prepared.preparation, "network": network_facts(prepared.facts)})


def _refuse_no_weight(prepared: Prepared) -> None:
    """A RunError where no sample counts of those to train or to validate with: every loss of them would be 0."""
    for name in ("train", "validation"):
        part = prepared.parts[name]
        if part.weights is not None and len(part) and not bool((part.weights > 0).any()):
            raise RunError(
                f"Every weight of the {len(part):,} samples to {name.replace('validation', 'validate')} with is 0, so "
                "that none of them counts. Give some a weight above 0, choose another split, or no weight column."
            )


def network_facts(facts: Facts) -> dict[str, Any]:
    """What the network depends on of the facts, as JSON can hold it, to be kept with what was learned."""
    return {name: as_json(getattr(facts, name)) for name in NETWORK_FACTS}


def as_json(value: Any) -> Any:
    """Tuples as lists, at any depth."""
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    return [as_json(item) for item in value] if isinstance(value, tuple) else value


def facts_of(project: Project, base: Path) -> Facts:
    """What the checker needs to know of the project's data, which is read for it."""
    return read_data(project, base).facts


def data_hash(project: Project, base: Path) -> str:
    """SHA-256 of the data file, or of names and contents of the folder's files; empty where these cannot be read.

    A file with the test part counts too.
    """
    if project.data is None:
        return ""
    total = hashlib.sha256()
    try:
        digest = _path_hash(resolve_from(base, project.data.path))
        if not project.data.split.file:
            return digest
        total.update(digest.encode())
        total.update(_path_hash(resolve_from(base, project.data.split.file)).encode())
    except OSError:
        return ""
    return total.hexdigest()


def _path_hash(path: Path) -> str:
    from designer.runtime.images import files_beneath

    if not path.is_dir():
        return _file_hash(path).hex()
    total = hashlib.sha256()
    for file in files_beneath(path):
        total.update(file.relative_to(path).as_posix().encode("utf-8", "surrogateescape") + b"\0")
        total.update(_file_hash(file))
    return total.hexdigest()


def _file_hash(path: Path) -> bytes:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
