"""Data: the one road from a project's file or folder to the tensors that train, validate and test."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass, replace
from pathlib import Path
from typing import Any

from designer.layers.catalog import mode_of
from designer.project.facts import Facts
from designer.project.model import Data, Project, TableData
from designer.project.paths import resolve_from
from designer.training.chosen import output_keys
from designer.training.errors import RunError, in_words
from designer.training.mode import prepared_part
from designer.training.prepared import Prepared
from designer.training.sources import tables
from designer.training.sources.choosing import source_of
from designer.training.targets import shared, shared_keys

NETWORK_FACTS = ("shapes", "codes", "target_shape", "target_width", "weighted", "others", "answer_shape")


def read_data(
    project: Project, base: Path, preparation: Mapping[str, Any] | None = None, few: bool = False
) -> Prepared:
    """Read, split and prepare the project's data; its path is relative to the folder ``base``.

    With ``preparation``, learned in an earlier run, nothing is learned anew; with ``few`` the parts of a table may be
    the beginnings of them. RunError where data cannot be used.
    """
    if project.data is None:
        raise RunError("The project has no data yet. Open a CSV file or a folder of images first.")
    with in_words():
        prepared = _read(project, project.data, base, preparation, few)
        _refuse_no_weight(prepared)
        prepared = in_mode(project, shared_among(project, prepared))
    return replace(prepared, preparation={**prepared.preparation, "network": network_facts(prepared.facts)})


def _read(project: Project, data: Data, base: Path, given: Mapping[str, Any] | None, few: bool) -> Prepared:
    if few and isinstance(data, TableData) and data.samples == "rows":
        return tables.read(project, data, base, given, few=True)
    return source_of(data).read(project, data, base, given)


def shared_among(project: Project, prepared: Prepared) -> Prepared:
    """The parts and what was learned for several outputs, where a source reads one answer for each sample."""
    keys = shared_keys(project)
    if not keys:
        return prepared
    train, validation, test = (shared(project, part) for part in prepared.parts.values())
    learned = {**prepared.preparation, "targets": dict.fromkeys(keys, prepared.preparation["target"])}
    facts = prepared.facts
    nodes = [node for node, key in output_keys(project).items() if key in keys]
    others = {node: facts.of(nodes[0]) for node in nodes[1:]}
    return Prepared(train, validation, test, learned, replace(facts, others=others))


def in_mode(project: Project, prepared: Prepared) -> Prepared:
    """The parts as the project's mode compares them: of some modes the inputs are their own targets."""
    if mode_of(project).targets != "inputs":
        return prepared
    train, validation, test = (prepared_part(project, part, part is prepared.train) for part in prepared.parts.values())
    facts = replace(prepared.facts, answer_shape=next(iter(prepared.facts.shapes.values()), ()))
    return replace(prepared, train=train, validation=validation, test=test, facts=facts)


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
    """Tuples as lists and records as objects, at any depth."""
    if isinstance(value, Mapping):
        return {key: as_json(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return as_json(asdict(value))
    return [as_json(item) for item in value] if isinstance(value, tuple) else value


def facts_of(project: Project, base: Path) -> Facts:
    """What the checker needs to know of the project's data, which is read for it."""
    return read_data(project, base, few=True).facts


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
