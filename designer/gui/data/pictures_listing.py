"""Every picture of the data with its class and part, whatever the layout. Always listed off the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.gui.data.mask_classes import MaskClasses, find_classes
from designer.layers.places import PlacedColumns
from designer.project.model import Column, ImageData, Project
from designer.project.paths import resolve

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Places = tuple[np.ndarray, np.ndarray, np.ndarray]

NO_CLASS = -1
PART_NAMES = ("train", "validation", "test")
SHOWN_NUMBERS = 4


@dataclass(frozen=True, eq=False)
class PictureSet:
    """Pictures in the order of the data: files, or ``pixels`` uint8 (n, channels, height, width).

    ``codes`` (n,) are places in ``classes``, -1 for none; ``parts`` (n,) 0 train, 1 validation, 2 test, -1 none.
    ``masks`` belong to the files and hold ``mask_classes``; ``numbers`` (n, k) are the targets called ``numbered``,
    where those are numbers, of which ``placed`` say where something is: in pixels, or ``shares`` of width and height.
    ``left_out`` lists (path, why) of what is no picture to learn from; ``in_folders``: parts have folders of their own.
    ``predicted`` (n, k) is what a network says of the same numbers; ``titles`` are what else pictures are called by.
    ``guesses`` are class codes uint8 (n, height, width) of the masks that a network predicts of pictures that were
    brought to its size by ``resize``.
    ``in_turns`` are all numbers, a picture of each class after the other, where the data has class after class.
    ``firsts`` (n,) are the numbers of the first ones that are the same, where that was looked for; so many ``copies``
    are left out. They are of so many ``groups``, where each goes whole to one part.
    ``white`` is the value that is white in all pictures of 16 bits, as a network sees them; 0: each has its own.
    """

    codes: np.ndarray
    parts: np.ndarray
    classes: tuple[str, ...] = ()
    files: Sequence[Path] = ()
    masks: Sequence[Path] = ()
    mask_classes: MaskClasses | None = None
    guesses: np.ndarray | None = None
    resize: str = "stretch"
    pixels: np.ndarray | None = None
    numbers: np.ndarray | None = None
    numbered: tuple[str, ...] = ()
    placed: PlacedColumns = PlacedColumns()
    shares: bool = False
    predicted: np.ndarray | None = None
    titles: tuple[str, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()
    folder: Path = Path()
    in_folders: bool = False
    in_turns: np.ndarray | None = None
    firsts: np.ndarray | None = None
    copies: int = 0
    groups: int = 0
    white: int = 0

    def __len__(self) -> int:
        return len(self.codes)

    def name(self, place: int) -> str:
        """The file as seen from the folder of the data, or the number of the row."""
        if not len(self.files):
            return f"Picture {place + 1}"
        file = self.files[place]
        return file.relative_to(self.folder).as_posix() if file.is_relative_to(self.folder) else str(file)

    def label(self, place: int) -> str:
        """The title or class, the numbers, or the name of a file that has none of them."""
        from designer.gui.numbers import datum

        if self.titles:
            return self.titles[place]
        if self.has_class(place):
            return self.classes[int(self.codes[place])]
        if self.numbers is not None:
            row = [float(value) for value in self.numbers[place][:SHOWN_NUMBERS]]
            more = "…" if self.numbers.shape[1] > SHOWN_NUMBERS else ""
            return "  ".join("–" if value != value else datum(value, 3) for value in row) + more
        return Path(self.name(place)).name

    def has_class(self, place: int) -> bool:
        """Whether the picture is of a class."""
        return int(self.codes[place]) != NO_CLASS

    def part(self, place: int) -> str:
        """``train``, ``validation``, ``test``, or nothing."""
        code = int(self.parts[place])
        return PART_NAMES[code] if code >= 0 else ""

    def repeats(self, place: int) -> str:
        """Why a copy is left out: a line that names the one it repeats; empty for any other picture."""
        if self.firsts is None or self.firsts[place] == place or self.parts[place] >= 0:
            return ""
        return f"repeats {self.name(int(self.firsts[place]))}: left out"

    def counts(self) -> dict[str, int]:
        """How many pictures each class has."""
        import numpy as np

        found = np.bincount(self.codes[self.codes >= 0], minlength=len(self.classes))
        return dict(zip(self.classes, found.tolist(), strict=True))

    def part_counts(self) -> dict[str, int]:
        """How many pictures each part has; nothing where no part is known."""
        return {name: count for code, name in enumerate(PART_NAMES) if (count := int((self.parts == code).sum()))}

    def chosen(self, label: str | None, part: str | None) -> np.ndarray:
        """The numbers of the pictures of a class and a part; None stands for all."""
        import numpy as np

        wanted = np.ones(len(self), dtype=bool)
        if label is not None:
            wanted &= self.codes == self.classes.index(label)
        elif self.in_turns is not None:
            return self.in_turns if part is None else self.in_turns[self.parts[self.in_turns] == PART_NAMES.index(part)]
        if part is not None:
            wanted &= self.parts == PART_NAMES.index(part)
        return np.flatnonzero(wanted)


def list_pictures(project: Project, data: ImageData, base: Path) -> PictureSet:
    """All pictures of the data; a DataError or RunError says why they cannot be listed."""
    from designer.gui.data.pictures_looks import in_one_light
    from designer.runtime.errors import DataError

    place = resolve(data.path, base / "project")
    if not place.exists():
        raise DataError(f"There is no {'file' if place.suffix else 'folder'} {place}")
    found = in_one_light(LISTERS[data.layout](project, data, place))
    return _without_copies(found) if data.drop_duplicates else found


def _without_copies(pictures: PictureSet) -> PictureSet:
    """The same pictures, of which those in no part that repeat an earlier one that is in a part."""
    import numpy as np

    firsts = first_ones(pictures)
    # a row that training passes over is no first one
    used = np.flatnonzero(pictures.parts >= 0)
    kept = np.zeros(len(pictures), dtype=bool)
    kept[used[np.unique(firsts[used], return_index=True)[1]]] = True
    parts = np.where(kept, pictures.parts, -1).astype("int8")
    return replace(pictures, parts=parts, firsts=firsts, copies=len(used) - int(kept.sum()))


def first_ones(pictures: PictureSet) -> np.ndarray:
    """For each picture the number of the first one with the same bytes."""
    from designer.training.copies import same_files, same_pixels

    if pictures.firsts is not None:
        return pictures.firsts
    return same_files(pictures.files) if pictures.pixels is None else same_pixels(pictures.pixels)


def _parts(count: int, places: Sequence[np.ndarray]) -> np.ndarray:
    from designer.runtime.windows import parts_of_rows

    found: np.ndarray = parts_of_rows(count, places).astype("int8")
    return found


def _with_folds(data: ImageData, places: Places, labels: np.ndarray | None = None) -> Places:
    from designer.training.sources.gathered import with_folds

    # training refuses folds of parts that folders make
    return with_folds(data, places, labels) if data.split.by == "share" else places


def _by_classes(project: Project, data: ImageData, folder: Path) -> PictureSet:
    from designer.runtime.folders import list_image_parts
    from designer.runtime.images import part_folders

    split = data.split
    paths, labels, classes, places = list_image_parts(
        folder, split.by == "folders", split.validation, split.test, split.seed, split.stratify
    )
    return PictureSet(
        labels,
        _parts(len(paths), _with_folds(data, places, labels)),
        tuple(classes),
        paths,
        folder=folder,
        in_folders=bool(part_folders(folder)),
        in_turns=turns(labels),
    )


def turns(codes: np.ndarray) -> np.ndarray:
    """The numbers of all pictures, the first of each class, then the second of each, and so on."""
    import numpy as np

    order = np.argsort(codes, kind="stable")
    before = np.empty(len(codes), dtype=np.int64)
    before[order] = np.arange(len(codes)) - np.searchsorted(codes[order], codes[order])
    return np.lexsort((codes, before))


def _by_masks(project: Project, data: ImageData, folder: Path) -> PictureSet:
    import numpy as np

    from designer.runtime.images import part_folders
    from designer.runtime.masks import list_pair_parts

    split = data.split
    paths, masks, alone, places = list_pair_parts(
        folder, split.by == "folders", split.validation, split.test, split.seed
    )
    codes = np.full(len(paths), NO_CLASS)
    return PictureSet(
        codes,
        _parts(len(paths), _with_folds(data, places)),
        files=paths,
        masks=masks,
        mask_classes=find_classes(masks) if masks else None,
        left_out=tuple(alone),
        folder=folder,
        in_folders=bool(part_folders(folder)),
    )


def _by_idx(project: Project, data: ImageData, path: Path) -> PictureSet:
    from designer.runtime.idx import idx_codes, idx_pairs, label_names, read_idx_parts

    split = data.split
    pixels, labels, places = read_idx_parts(
        path, split.by == "folders", split.validation, split.test, split.seed, split.stratify
    )
    classes = label_names(labels)
    folder = path if path.is_dir() else path.parent
    return PictureSet(
        idx_codes(labels, classes),
        _parts(len(labels), _with_folds(data, places, labels)),
        tuple(classes),
        pixels=pixels,
        folder=folder,
        in_folders=len(idx_pairs(path)) > 1,
    )


def _by_table(project: Project, data: ImageData, table: Path) -> PictureSet:
    from designer.runtime.picture_tables import picture_paths
    from designer.training.columns import day_order, read_columns
    from designer.training.sources.picture_tables import image_column

    name, targets = image_column(data), _targets(project, data)
    kinds = {name: "text", **{each.name: each.kind for each in targets}, **_split_kinds(data)}
    frame = read_columns(table, kinds, data.format, day_first=day_order(data.columns)).dropna(subset=[name])
    parts = _trained_parts(project, data, table, frame)
    if parts is None:
        parts = _table_parts(data, frame, targets)
    return PictureSet(
        **_answers(frame, targets),
        **_placed(project, data, frame, parts),
        parts=parts,
        groups=_groups(data, frame),
        files=picture_paths(frame[name], table),
        folder=table.parent,
    )


def _by_pixels(project: Project, data: ImageData, table: Path) -> PictureSet:
    from designer.runtime.pixels import learn_pixel_range, pixel_pictures
    from designer.training.columns import day_order, read_columns
    from designer.training.copies import same_pixels
    from designer.training.sources.picture_pixels import pixel_columns

    targets, names = _targets(project, data), pixel_columns(data, table)
    kinds = {**{each.name: each.kind for each in targets}, **_split_kinds(data), **dict.fromkeys(names, "number")}
    frame = read_columns(table, kinds, data.format, day_first=day_order(data.columns))
    parts = _table_parts(data, frame, targets)
    return PictureSet(
        **_answers(frame, targets),
        **_placed(project, data, frame, parts),
        parts=parts,
        groups=_groups(data, frame),
        pixels=pixel_pictures(frame, names, learn_pixel_range(frame, names)),
        folder=table.parent,
        firsts=same_pixels(frame[names].to_numpy(dtype="float32")) if data.drop_duplicates else None,
    )


def _targets(project: Project, data: ImageData) -> list[Column]:
    """The target columns; none where they are not chosen yet: pictures are shown all the same."""
    from designer.training.chosen import target_columns
    from designer.training.errors import RunError

    try:
        return target_columns(project, data)
    except RunError:
        return []


def _split_kinds(data: ImageData) -> dict[str, str]:
    from designer.training.errors import RunError
    from designer.training.sources.splitting import split_columns

    try:
        return split_columns(data)
    except RunError:
        return {}


def _groups(data: ImageData, frame: pd.DataFrame) -> int:
    """Of how many groups the rows are, where they are split by group."""
    from designer.training.chosen import column_with_role

    group = column_with_role(data, "group") if data.split.by == "group" else ""
    return int(frame[group].nunique(dropna=False)) if group else 0


def _answers(frame: pd.DataFrame, targets: list[Column]) -> dict[str, Any]:
    """Classes and codes, and the numbers, of the rows."""
    import numpy as np
    import pandas as pd

    found: dict[str, Any] = {"codes": np.full(len(frame), NO_CLASS)}
    names = tuple(target.name for target in targets if target.kind == "number")
    others = [target.name for target in targets if target.kind != "number"]
    if names:
        found |= {"numbers": frame[list(names)].to_numpy(dtype="float64"), "numbered": names}
    if others:
        cells = frame[others[0]]
        words = cells.astype("str").where(~cells.isna())
        codes, classes = pd.factorize(words, sort=True)
        found |= {"codes": np.asarray(codes, dtype=np.int64), "classes": tuple(str(name) for name in classes)}
    return found


def _placed(project: Project, data: ImageData, frame: pd.DataFrame, parts: np.ndarray) -> dict[str, Any]:
    """Which of the numbers say where something is, and in which units; what training learns from tells those."""
    from designer.training.errors import RunError
    from designer.training.outlines import all_placed, in_shares
    from designer.training.placing import told_places

    try:
        placed = all_placed(told_places(project, data).values())
    except RunError:
        return {}
    learned = parts == PART_NAMES.index("train")
    rows = frame[learned] if learned.any() else frame
    return {"placed": placed, "shares": in_shares(rows[placed.names].to_numpy(dtype="float64"))} if placed.names else {}


def _trained_parts(project: Project, data: ImageData, table: Path, frame: pd.DataFrame) -> np.ndarray | None:
    """The part of each row as training has it, which passes over rows that lack what a network beside them needs.

    None where it looks at nothing beside the pictures, so that nothing is left out, or cannot be trained yet.
    """
    from designer.runtime.errors import DataError
    from designer.training.chosen import feature_settings, inputs_beside_pictures
    from designer.training.columns import needed
    from designer.training.errors import RunError
    from designer.training.sources.picture_tables import list_rows

    try:
        if not needed(feature_settings(inputs_beside_pictures(project, data))):
            return None
        listed = list_rows(project, data, table)
    except (RunError, DataError):
        return None
    places = frame.index.get_indexer(listed.frame.index)
    return _parts(len(frame), [places[rows] for rows in listed.parts])


def _table_parts(data: ImageData, frame: pd.DataFrame, targets: list[Column]) -> np.ndarray:
    """The part of each row; none where the rows cannot be split as chosen, which the side says."""
    import numpy as np

    from designer.runtime.errors import DataError
    from designer.training.errors import RunError
    from designer.training.sources.splitting import split_frame
    from designer.training.targets import label_of

    names = [target.name for target in targets]
    rows = np.flatnonzero(frame[names].notna().all(axis=1).to_numpy()) if names else np.arange(len(frame))
    try:
        found = split_frame(data, frame.iloc[rows], label_of(targets))
    except (RunError, DataError):
        return np.full(len(frame), -1, dtype=np.int8)
    return _parts(len(frame), [rows[part] for part in found])


LISTERS: dict[str, Callable[[Project, ImageData, Path], PictureSet]] = {
    "classes": _by_classes,
    "masks": _by_masks,
    "idx": _by_idx,
    "table": _by_table,
    "pixels": _by_pixels,
}
