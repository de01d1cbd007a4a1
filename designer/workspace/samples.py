"""The sample projects: listing them and copying one out to work on."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from designer.project.atomic import atomic_write, io_words
from designer.project.errors import ProjectError
from designer.project.file import load_project
from designer.project.model import ImageData
from designer.project.patience import patiently
from designer.workspace.about import ABOUT
from designer.workspace.places import samples_folder

CARD = "sample.json"
# the folder of the pictures that a sample's table names
PICTURES = "pictures"
GROUPS = ("Tables", "Images", "Series", "Text", "Generative")


@dataclass(frozen=True)
class Sample:
    """A sample project.

    ``data`` says in words what it learns from, ``figure`` what its training arrives at; ``group`` is one of ``GROUPS``.
    The data lies in the folder of the sample ``lender`` where that has it too; ``also`` are further files.
    """

    name: str
    title: str
    task: str
    data: str
    summary: str
    figure: str
    folder: Path
    place: int = 0
    group: str = ""
    lender: str = ""
    also: tuple[str, ...] = ()

    @property
    def project_path(self) -> Path:
        """The project file as it is installed; it is copied out before it is opened."""
        return self.folder / f"{self.name}.loom"


def samples() -> list[Sample]:
    """The samples that come with Layerloom, by group, the easiest of each first."""
    folder = samples_folder()
    if not folder.is_dir():
        return []
    found = [_sample(path) for path in sorted(folder.iterdir()) if (path / CARD).is_file()]
    return sorted(found, key=lambda sample: (_rank(sample.group), sample.place))


def _rank(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else len(GROUPS)


def sample(name: str) -> Sample:
    """One sample; a ProjectError names those there are."""
    known = samples()
    for each in known:
        if each.name == name:
            return each
    names = ", ".join(each.name for each in known) or "none"
    raise ProjectError(f"there is no sample “{name}”; there are: {names}")


def copy_sample(name: str, folder: Path) -> Path:
    """Copy a sample's project, its explanation and its data into ``folder``; answers the path of the project there.

    A file that is there already with the same content stays. Where one differs, a ProjectError names it and nothing
    is copied: it may hold somebody's work.
    """
    chosen = sample(name)
    beside = [chosen.folder / name for name in (ABOUT, *chosen.also)]
    home = chosen.folder.parent / (chosen.lender or chosen.name)
    wanted = [chosen.project_path, *(path for path in beside if path.is_file())]
    pairs = [(path, folder / path.relative_to(chosen.folder)) for path in wanted]
    pairs += [(path, folder / path.relative_to(home)) for path in _data_of(chosen, home)]
    try:
        differing = [there for here, there in pairs if _occupied(there) and not _same(here, there)]
        if differing:
            raise ProjectError(
                f"{differing[0]} is there already and differs from the sample's; nothing was copied."
                " Name another folder, or move that away."
            )
        folder.mkdir(parents=True, exist_ok=True)
        # the project comes last, so that one that can be opened has its data
        for here, there in reversed(pairs):
            if not _occupied(there):
                _copy(here, there)
    except OSError as error:
        raise ProjectError(io_words(folder, "write", error, "the sample")) from error
    return folder / chosen.project_path.name


def _sample(folder: Path) -> Sample:
    try:
        card = json.loads((folder / CARD).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ProjectError(f"{folder / CARD}: the sample's description cannot be read ({error})") from error
    words = {key: str(card.get(key, "")) for key in ("title", "task", "data", "summary", "figure", "group")}
    place = card.get("place", 0)
    also = tuple(Path(str(name)).name for name in card.get("also", ()))
    lender = Path(str(card.get("lender", ""))).name
    place = place if isinstance(place, int) else 0
    return Sample(folder.name, folder=folder, place=place, lender=lender, also=also, **words)


def _data_of(chosen: Sample, home: Path) -> list[Path]:
    """The data in the folder ``home``; of a table that names pictures these too."""
    data = load_project(chosen.project_path).data
    if data is None:
        return []
    path = (home / data.path).resolve()
    if home.resolve() not in path.parents:
        raise ProjectError(f"{chosen.project_path}: the sample's data lies outside of its folder")
    found = [home / path.relative_to(home.resolve())]
    pictures = home / PICTURES
    named = isinstance(data, ImageData) and data.layout == "table" and pictures.is_dir()
    return [pictures, *found] if named else found


def _occupied(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _same(one: Path, other: Path) -> bool:
    """Whether two files, or two folders with all that is in them, are the same byte for byte."""
    if one.is_dir() and other.is_dir():
        names = {path.relative_to(one) for path in one.rglob("*")}
        return names == {path.relative_to(other) for path in other.rglob("*")} and all(
            _same(one / name, other / name) for name in names if not (one / name).is_dir()
        )
    return one.is_file() and other.is_file() and one.read_bytes() == other.read_bytes()


def _copy(here: Path, there: Path) -> None:
    there.parent.mkdir(parents=True, exist_ok=True)
    if here.is_file():
        atomic_write(there, here.read_bytes())
        return
    # a folder appears whole or not at all
    partial = there.with_name(f".{there.name}-{secrets.token_hex(4)}")
    try:
        shutil.copytree(here, partial, copy_function=shutil.copyfile)
        patiently(lambda: partial.rename(there))
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
