"""The personal library: blocks that all projects of this person can use, one file each in the user's own folder."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from designer.project.atomic import atomic_write, io_error
from designer.project.block_edits import adopt
from designer.project.blocks import type_of_block
from designer.project.custom_layers import layers_used
from designer.project.errors import ProjectError
from designer.project.fragment import Fragment, fragment_from_text, fragment_to_text
from designer.project.graph_forms import block_key, blocks_used
from designer.project.model import Block, CustomLayer, Node, Project
from designer.project.naming import fresh_key
from designer.project.rules import quoted
from designer.workspace.places import memory_folder

LIBRARY_TYPE = "library:"
SUFFIX = ".json"
LARGEST = 10_000_000
LONGEST_NAME = 60
# names that Windows keeps for devices
_RESERVED = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))})


@dataclass(frozen=True)
class Entry:
    """One block of the library: ``name`` is the file's, ``key`` the block's among ``blocks``, which it needs too.

    ``layers`` are the custom layers in it: texts that no library runs.
    """

    name: str
    key: str
    blocks: Mapping[str, Block]
    layers: Mapping[str, CustomLayer] = field(default_factory=dict)

    @property
    def block(self) -> Block:
        """The block itself."""
        return self.blocks[self.key]

    @property
    def type_key(self) -> str:
        """What names this block in palette and search."""
        return LIBRARY_TYPE + self.name


@dataclass(frozen=True)
class Library:
    """All blocks by name, and the files that could not be read with a sentence each."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    damaged: Mapping[str, str] = field(default_factory=dict)


def library_folder() -> Path:
    """Where the files of the library lie."""
    return memory_folder() / "blocks"


def list_library() -> Library:
    """The library as it is now, by name. A file that holds no block is passed over and named."""
    entries: dict[str, Entry] = {}
    damaged: dict[str, str] = {}
    for path, stamp in _files():
        known = _read.get(path)
        if known is None or known[0] != stamp:
            known = _read[path] = (stamp, _entry(path))
        found = known[1]
        if isinstance(found, Entry):
            entries[found.name] = found
        else:
            damaged[path.name] = found
    return Library(entries, damaged)


def library_blocks() -> Mapping[str, Block]:
    """The blocks of the library by their names; ``library:`` and the name is what palette and search call them."""
    return {name: entry.block for name, entry in list_library().entries.items()}


def adopted(project: Project, type_key: str) -> tuple[Project, str]:
    """The project with the library's block ``library:NAME`` among its blocks, and the type of its uses there.

    A block that is there already, equal in all, is used again.
    """
    name = type_key.removeprefix(LIBRARY_TYPE)
    entry = list_library().entries.get(name)
    if entry is None:
        raise ProjectError(f"The library has no block {quoted(name)} any more.")
    project, key = adopt(project, entry.blocks, entry.key, entry.layers)
    return project, type_of_block(key)


def save_to_library(project: Project, key: str, name: str = "") -> Entry:
    """Keep the block ``key`` of a project, with the blocks in it, in the library as ``name`` or its own name.

    An entry of that name is replaced. A ProjectError says why it could not be written.
    """
    if key not in project.blocks:
        raise ProjectError(f"There is no block {quoted(key)} any more.")
    name = file_name(name or project.blocks[key].name)
    use = Node("n1", type_of_block(key), "block1")
    layers = layers_used([use], project.blocks, project.layers)
    return _write(Entry(name, key, blocks_used([use], project.blocks), layers))


def remove_from_library(name: str) -> None:
    """Take a block out of the library; projects that use it keep theirs."""
    path = _path(name)
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise io_error(path, "remove", error) from None


def rename_in_library(name: str, new: str) -> Entry:
    """Give a block of the library another name. Refused where another one has it."""
    library = list_library()
    entry = library.entries.get(name)
    if entry is None:
        raise ProjectError(f"The library has no block {quoted(name)} any more.")
    title = " ".join(new.split())
    if not title:
        raise ProjectError("A block needs a name.")
    fresh = file_name(title)
    if fresh != name and fresh in library.entries:
        raise ProjectError(f"The library already has a block {quoted(fresh)}.")
    blocks = {**entry.blocks, entry.key: replace(entry.block, name=title)}
    written = _write(Entry(fresh, entry.key, blocks, entry.layers))
    if fresh != name:
        remove_from_library(name)
    return written


def free_name(name: str) -> str:
    """``name``, or with a number after it where the library has a block of that name."""
    return fresh_key(list_library().entries, file_name(name))


def file_name(name: str) -> str:
    """``name`` as every file system takes it for a file."""
    plain = unicodedata.normalize("NFKC", name)
    plain = re.sub(r"[^\w \-]+", "_", plain).strip(" ._")[:LONGEST_NAME].rstrip(" ._")
    return f"{plain}_" if plain.lower() in _RESERVED else plain or "block"


_Stamp = tuple[int, int]
_read: dict[Path, tuple[_Stamp, Entry | str]] = {}


def _files() -> list[tuple[Path, _Stamp]]:
    try:
        paths = sorted(library_folder().glob(f"*{SUFFIX}"), key=lambda path: path.name.lower())
    except OSError:
        return []
    found = []
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        found.append((path, (status.st_mtime_ns, status.st_size)))
    return found


def _entry(path: Path) -> Entry | str:
    """The block in a file, or the sentence that says why there is none."""
    try:
        if path.stat().st_size > LARGEST:
            return f"it is larger than {LARGEST // 1_000_000} MB."
        fragment = fragment_from_text(path.read_text(encoding="utf-8"))
    except OSError as error:
        return f"it cannot be read: {error.strerror}."
    except (ProjectError, UnicodeDecodeError) as error:
        return "it is no text." if isinstance(error, UnicodeDecodeError) else str(error)
    keys = [block_key(node.type) for node in fragment.nodes]
    if len(keys) != 1 or keys[0] not in fragment.blocks:
        return "it holds no block."
    return Entry(path.name.removesuffix(SUFFIX), keys[0], fragment.blocks, fragment.layers)


def _write(entry: Entry) -> Entry:
    use = Node("n1", type_of_block(entry.key), "block1")
    path = _path(entry.name)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise io_error(path.parent, "make", error) from None
    text = fragment_to_text(Fragment((use,), blocks=entry.blocks, layers=entry.layers))
    atomic_write(path, text)
    _read.pop(path, None)
    return entry


def _path(name: str) -> Path:
    return library_folder() / f"{file_name(name)}{SUFFIX}"
