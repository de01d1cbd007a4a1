"""The project file: checked reading, readable writing, and nothing lost between the two."""

from __future__ import annotations

import json
import math
import re
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path

from designer.project.atomic import atomic_write, io_error
from designer.project.custom_layers import layer_to, layers_from
from designer.project.data_forms import data_from, data_to
from designer.project.errors import ProjectError
from designer.project.forms import (
    as_object,
    extra_of,
    training_from,
    training_to,
)
from designer.project.graph_forms import GRAPH_KEYS, block_to, blocks_from, graph_from, graph_to
from designer.project.migrations import VERSION as VERSION
from designer.project.migrations import migrate
from designer.project.model import Project, Training
from designer.project.patience import patiently
from designer.project.rules import quoted

FORMAT = "layerloom"
MOST_BYTES = 50_000_000
MOST_VALUES = 2_000_000
KNOWN = ("format", "version", *GRAPH_KEYS, "data", "training", "blocks", "layers")
ESCAPED = re.compile(r"[\ud800-\udfff\u0085\u2028\u2029]")


def load_project(path: Path | str) -> Project:
    """The project in the file ``path``; a ProjectError that names the file and the place where it holds none."""
    path = Path(path)
    return from_text(_decoded(_bytes_of(path), str(path)), str(path))


def save_project(project: Project, path: Path | str) -> None:
    """Writes ``project`` to ``path`` whole or not at all; a ProjectError leaves the old file as it was.

    What could not be opened again is not written.
    """
    try:
        text = to_text(project)
        from_text(text)
        content = text.encode()
        if len(content) > MOST_BYTES:
            raise ProjectError(f"it is larger than {MOST_BYTES // 1_000_000} MB.")
    except ProjectError as error:
        raise ProjectError(f"{path}: the project cannot be saved and the old file was kept: {error}") from None
    atomic_write(path, content)


def from_text(text: str, name: str = "") -> Project:
    """The project that ``text`` holds; a ProjectError that begins with the file's ``name`` where it holds none."""
    try:
        return _project(parse_json(text))
    except ProjectError as error:
        raise ProjectError(f"{name}: {error}" if name else str(error)) from None


def to_text(project: Project) -> str:
    """The text of the project file: keys in a fixed order, one node, link, column and setting a line."""
    try:
        return _text(project)
    except (ValueError, TypeError, RecursionError) as error:
        raise ProjectError(f"the project holds a value that no file can hold: {error}") from None


def _bytes_of(path: Path) -> bytes:
    try:
        status = patiently(path.stat)
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file"
            raise ProjectError(f"{path}: this is {kind}; expected a Layerloom project file.")
        with patiently(lambda: path.open("rb")) as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise io_error(path, "read", error) from error
    except ValueError as error:
        raise ProjectError(f"{quoted(str(path))}: this is no name of a file: {error}.") from None
    if len(content) > MOST_BYTES:
        raise ProjectError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB, which no Layerloom project is.")
    return content


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ProjectError(f"{name}: line {line}: not UTF-8 text, so no Layerloom project.") from None


class _UnsoundError(Exception):
    """A JSON value that the parser accepts and a project does not; ``literal`` is how the text writes it."""

    def __init__(self, reason: str, literal: str) -> None:
        super().__init__(reason)
        self.literal = literal


def parse_json(text: str) -> dict[str, object]:
    """The JSON object in ``text``; a ProjectError with the line for NaN, infinity, repeated keys or absurd size."""
    if not text.strip():
        raise ProjectError("the file is empty.")
    if text.count(",") + text.count("[") + text.count("{") > MOST_VALUES:
        raise ProjectError(f"more than {MOST_VALUES:,} values, which no Layerloom project has.")
    try:
        document = json.loads(
            text, object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_float, parse_int=_int
        )
    except json.JSONDecodeError as error:
        raise ProjectError(f"line {error.lineno}, column {error.colno}: not JSON: {error.msg.lower()}.") from None
    except _UnsoundError as error:
        line = text.count("\n", 0, max(0, text.find(error.literal))) + 1
        raise ProjectError(f"line {line}: {error}.") from None
    except RecursionError:
        raise ProjectError("values lie in one another too deep.") from None
    return as_object(document, "the whole file")


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _UnsoundError(
            f"the key {quoted(twice)} stands twice in one object", json.dumps(twice, ensure_ascii=False)
        )
    return values


def _refuse_constant(literal: str) -> object:
    raise _UnsoundError(f"{literal} is no number that a project can hold", literal)


def _float(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise _UnsoundError(f"the number {literal[:20]} is too large", literal)
    return number


def _int(literal: str) -> int:
    if len(literal) > 400:
        raise _UnsoundError(f"the number {literal[:20]}… is too large", literal)
    return int(literal)


def _project(document: dict[str, object]) -> Project:
    if document.get("format") != FORMAT:
        raise ProjectError(f'“format” is not "{FORMAT}": this is no Layerloom project.')
    document = migrate(document)
    data = document.get("data")
    return Project(
        graph_from(document),
        None if data is None else data_from(data),
        training_from(document["training"]) if "training" in document else Training(),
        blocks_from(document["blocks"]) if "blocks" in document else {},
        layers_from(document["layers"]) if "layers" in document else {},
        extra_of(document, KNOWN, "the whole file"),
    )


def _text(project: Project) -> str:
    graph, data = project.graph, project.data
    parts = {
        "format": _json(FORMAT),
        "version": _json(VERSION),
        **{key: _lines(map(_json, raws), "[]", " ") for key, raws in graph_to(graph).items()},
        "data": "null" if data is None else _members(data_to(data)),
        "training": _members(training_to(project.training)),
    }
    if project.blocks:
        blocks = (f"{_json(key)}: {_by_lines(block_to(block))}" for key, block in project.blocks.items())
        parts["blocks"] = _lines(blocks, "{}", " ")
    if project.layers:
        layers = (f"{_json(key)}: {_by_lines(layer_to(layer))}" for key, layer in project.layers.items())
        parts["layers"] = _lines(layers, "{}", " ")
    parts |= {key: _json(value) for key, value in project.extra.items() if key not in KNOWN}
    return _lines((f"{_json(key)}: {text}" for key, text in parts.items()), "{}", "") + "\n"


def _by_lines(raw: Mapping[str, object]) -> str:
    """The object of a block or a custom layer, whose lists hold an entry a line."""
    members = (
        f"{_json(key)}: {_lines(map(_json, value), '[]', '   ') if isinstance(value, list) else _json(value)}"
        for key, value in raw.items()
    )
    return _lines(members, "{}", "  ")


def _members(values: Mapping[str, object]) -> str:
    return _lines((f"{_json(key)}: {_member(key, value)}" for key, value in values.items()), "{}", " ")


def _member(key: str, value: object) -> str:
    if key == "columns" and isinstance(value, list):
        return _lines((_json(column) for column in value), "[]", "  ")
    return _json(value)


def _lines(parts: Iterable[str], brackets: str, margin: str) -> str:
    body = f",\n{margin} ".join(parts)
    return f"{brackets[0]}\n{margin} {body}\n{margin}{brackets[1]}" if body else brackets


def _json(value: object) -> str:
    text = _encode(value)
    return text if text.isascii() else ESCAPED.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text)


_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
