"""Hazard 10: broken and hostile project files open as sound projects or give one ProjectError, and stay as they are.

1,500 mutants and 200 documents on each push; LAYERLOOM_MUTANTS and LAYERLOOM_DOCUMENTS set other numbers,
10000 each before a release.
"""

from __future__ import annotations

import json
import os
import random
import resource
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designer.project.edits import duplicate
from designer.project.errors import ProjectError
from designer.project.file import from_text, load_project, to_text
from tests.helpers.projects import JSON, PROJECTS, TEXTS, sample

ROOT = Path(__file__).parents[2]
MUTANTS = int(os.environ.get("LAYERLOOM_MUTANTS", "1500"))
DOCUMENTS = int(os.environ.get("LAYERLOOM_DOCUMENTS", "200"))
SECONDS = 1.0
GROWTH = 200 * 1024

SNIPPETS = [
    *(b"null", b"true", b"-1", b"1e999", b"NaN", b"-Infinity", b"0.5", b"[]", b"{}", b'""', b'"n1"', b"\\ud800", b","),
    *(b'"', b"]", b"}", b"\x00", b"\xff\xfe", b"\xe2\x80\xa8", b"<<<<<<<", b"1" * 400, b"9" * 5000, b"[" * 2000),
    b'{"a":' * 1200,
]


def texts() -> list[bytes]:
    """Real projects: the samples that come with the product, the golden files and a larger one."""
    files = [*sorted(ROOT.glob("sample_projects/**/*.loom")), *sorted(ROOT.glob("tests/golden/*.loom"))]
    larger, _ = duplicate(sample(), list(sample().graph.nodes))
    return [*(path.read_bytes() for path in files), to_text(sample()).encode(), to_text(larger).encode()]


def sound_or_refused(path: Path, content: bytes) -> bool:
    """Opens ``content`` as a file; whether it opened. Anything but a project or a ProjectError fails the test."""
    path.write_bytes(content)
    stamp, begin = path.stat().st_mtime_ns, time.process_time()
    project, message = None, str(path)
    try:
        project = load_project(path)
    except ProjectError as error:
        message = str(error)
    assert time.process_time() - begin < SECONDS
    assert message.startswith(str(path))
    assert len(message) < 1_000
    assert path.stat().st_mtime_ns == stamp
    assert path.read_bytes() == content
    assert project is None or from_text(to_text(project)) == project
    return project is not None


def flip(text: bytes, chance: random.Random) -> bytes:
    """One byte changed."""
    place = chance.randrange(len(text))
    return text[:place] + bytes([chance.randrange(256)]) + text[place + 1 :]


def cut(text: bytes, chance: random.Random) -> bytes:
    """A stretch left out."""
    begin = chance.randrange(len(text))
    return text[:begin] + text[begin + chance.choice([1, 5, 50, 10**6]) :]


def repeat(text: bytes, chance: random.Random) -> bytes:
    """A line twice."""
    lines = text.splitlines(keepends=True)
    place = chance.randrange(len(lines))
    return b"".join([*lines[: place + 1], *lines[place:]])


def splice(text: bytes, chance: random.Random) -> bytes:
    """Something foreign in between."""
    place = chance.randrange(len(text))
    return text[:place] + chance.choice(SNIPPETS) + text[place + chance.choice([0, 0, 1, 4]) :]


def swap_value(text: bytes, chance: random.Random) -> bytes:
    """A value of the document in another's place: JSON still, of the wrong kind."""
    document = json.loads(text)
    spots = list(_spots(document))
    holder, key = chance.choice(spots)
    other, other_key = chance.choice(spots)
    value = chance.choice(
        [other[other_key], None, -1, 1e300, 2**70, True, "", "x" * 3000, [], {}, [[[]]], {"a": {"b": 1}}]
    )
    holder[key] = json.loads(json.dumps(value))
    return json.dumps(document).encode()


def drop_key(text: bytes, chance: random.Random) -> bytes:
    """A value of the document left out."""
    document = json.loads(text)
    holder, key = chance.choice(list(_spots(document)))
    del holder[key]
    return json.dumps(document).encode()


def _spots(value: object) -> Iterator[tuple[object, object]]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield value, key
        yield from _spots(inner)


MUTATIONS: list[Callable[[bytes, random.Random], bytes]] = [flip, cut, repeat, splice, swap_value, drop_key]


def test_mutants_of_real_projects(tmp_path: Path) -> None:
    path, chance, sources = tmp_path / "mutant.loom", random.Random(7), texts()
    assert all(sound_or_refused(path, text) for text in sources)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    opened = 0
    for number in range(MUTANTS):
        mutation = MUTATIONS[number % len(MUTATIONS)]
        opened += sound_or_refused(path, mutation(chance.choice(sources), chance))
    assert 0 < opened < MUTANTS
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < GROWTH
    assert list(tmp_path.iterdir()) == [path]


LOOSE = st.fixed_dictionaries(
    {"format": st.just("layerloom"), "version": st.just(1)},
    optional={
        "nodes": JSON
        | st.lists(JSON | st.fixed_dictionaries({"id": JSON, "type": JSON, "name": JSON, "fields": JSON})),
        "links": JSON | st.lists(st.fixed_dictionaries({"from": JSON, "to": JSON})),
        "data": JSON
        | st.fixed_dictionaries({"kind": st.sampled_from(["table", "images"]), "path": TEXTS, "split": JSON}),
        "training": JSON | st.fixed_dictionaries({"epochs": JSON, "optimizer_fields": JSON, "metrics": JSON}),
    },
)
BYTES = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | LOOSE.map(lambda value: json.dumps(value).encode())
    | PROJECTS.map(lambda project: to_text(project).encode())
)


@settings(max_examples=DOCUMENTS, deadline=None, suppress_health_check=list(HealthCheck))
@given(content=BYTES)
def test_documents_of_any_kind(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    sound_or_refused(tmp_path_factory.getbasetemp() / "document.loom", content)


BOMBS: dict[str, Callable[[], bytes]] = {
    "lists": lambda: b"[" * 10_000_000,
    "objects": lambda: b'{"a":' * 2_000_000,
    "many": lambda: b"[" + b"[]," * 10_000_000 + b"[]]",
    "blanks": lambda: b" " * 60_000_000,
    "digits": lambda: HEAD + b"9" * 40_000_000 + b"}",
    "text": lambda: HEAD + b'"' + b"x" * 40_000_000 + b'"}',
    "numbers": lambda: HEAD + b"[" + b"1e5," * 500_000 + b"0]}",
}
HEAD = b'{"format": "layerloom", "version": 1, "later": '


@pytest.mark.parametrize("name", BOMBS)
def test_bombs(tmp_path: Path, name: str) -> None:
    opened = sound_or_refused(tmp_path / "bomb.loom", BOMBS[name]())
    assert opened == (name in ("text", "numbers"))
