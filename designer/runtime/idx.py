"""Reads IDX files, as MNIST comes in: a file of pictures and one of labels for each part, gzipped or not."""

from __future__ import annotations

import gzip
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from designer.runtime.errors import DataError
from designer.runtime.splits import split_rows

LARGEST_IDX = 8 << 30
IDX_PARTS = {"train": "train", "t10k": "test", "test": "test", "val": "validation"}


def idx_pairs(path: str | Path) -> dict[str, tuple[Path, Path]]:
    """The files of pictures and labels in a folder, or in that of a file, by part; empty where there are none."""
    folder = Path(path) if Path(path).is_dir() else Path(path).parent
    found: dict[str, tuple[Path, Path]] = {}
    for pictures in sorted(folder.iterdir()):
        low = pictures.name.lower()
        if "images" not in low or "idx3" not in low or not pictures.is_file():
            continue
        name = pictures.name.replace("images", "labels").replace("idx3", "idx1").removesuffix(".gz")
        labels = [pictures.with_name(name + ending) for ending in ("", ".gz")]
        beside = next((each for each in labels if each.is_file()), None)
        if beside is None:
            raise DataError(f"{pictures}: the file with its labels, {labels[0].name}, is not beside it")
        part = next((part for word, part in IDX_PARTS.items() if word in low), "train")
        if part not in found or found[part][0].name != pictures.name.removesuffix(".gz"):
            if part in found:
                raise DataError(f"{folder} has two files for {part}: {found[part][0].name} and {pictures.name}")
            found[part] = (pictures, beside)
    return found


def read_idx(path: Path, axes: int) -> np.ndarray:
    """The bytes of an IDX file with so many axes; those of a plain file stay on disk until they are used."""
    packed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            head = file.read(4 + 4 * axes)
            if len(head) < 4 + 4 * axes or head[:2] != b"\0\0" or head[3] != axes:
                raise DataError(f"{path}: no IDX file of {axes} axes")
            if head[2] != 8:
                raise DataError(f"{path}: its values are of type {head[2]:#04x}; only bytes, 0x08, are known")
            shape = struct.unpack(f">{axes}I", head[4:])
            size = int(np.prod(shape, dtype=np.float64))
            if size > LARGEST_IDX:
                raise DataError(f"{path}: {'×'.join(map(str, shape))} bytes are too many")
            if not packed:
                if path.stat().st_size != len(head) + size:
                    raise DataError(f"{path}: {len(head) + size} bytes are expected, {path.stat().st_size} are there")
                return np.memmap(path, np.uint8, "r", len(head), shape) if size else np.empty(shape, dtype=np.uint8)
            content = file.read(size + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from error
    if len(content) != size:
        raise DataError(
            f"{path}: {size} bytes are expected, {'more' if len(content) > size else len(content)} are there"
        )
    return np.frombuffer(content, dtype=np.uint8).reshape(shape)


def read_idx_parts(
    path: str | Path, by_folders: bool, validation: float, test: float, seed: int, stratify: bool
) -> tuple[np.ndarray, np.ndarray, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Pictures uint8 (n, 1, height, width), labels (n,), and the indices of those of train, validation and test.

    With ``by_folders`` the files of their own are the test part and, where there are any, the validation part; else
    the shares are of the training files alone, and others are not read.
    """
    pairs = idx_pairs(path)
    if "train" not in pairs:
        raise DataError(f"{path}: there are no IDX files of training pictures and labels in it")
    given = [part for part in ("validation", "test") if part in pairs and by_folders]
    read = [read_idx_pair(*pairs[part]) for part in ("train", *given)]
    labels = read[0][1]
    shares = [0.0 if part in given else share for part, share in (("validation", validation), ("test", test))]
    places = list(split_rows(len(labels), shares[0], shares[1], seed, labels if stratify else None))
    count = len(labels)
    for part, (_, more) in zip(given, read[1:], strict=True):
        places[("train", "validation", "test").index(part)] = np.arange(count, count + len(more))
        count += len(more)
    pixels = read[0][0] if not given else np.concatenate([pictures for pictures, _ in read])
    return pixels, np.concatenate([each for _, each in read]), (places[0], places[1], places[2])


def read_idx_pair(pictures: Path, labels: Path) -> tuple[np.ndarray, np.ndarray]:
    """Pictures uint8 (n, 1, height, width) and their labels (n,)."""
    pixels, codes = read_idx(pictures, 3), read_idx(labels, 1)
    if len(pixels) != len(codes):
        raise DataError(f"{labels}: it holds {len(codes)} labels for the {len(pixels)} pictures of {pictures.name}")
    if 0 in pixels.shape:
        raise DataError(f"{pictures}: it holds no pictures")
    return pixels[:, None], codes


def label_names(labels: np.ndarray) -> list[str]:
    """The classes among labels, in the order of their numbers."""
    return [str(label) for label in np.unique(labels)]


def idx_codes(labels: np.ndarray, classes: Sequence[str]) -> np.ndarray:
    """The class code (int64) of each label, which is a byte."""
    codes: Mapping[int, int] = {int(name): code for code, name in enumerate(classes)}
    for label in np.unique(labels):
        if int(label) not in codes:
            raise DataError(f"there is no class “{label}” among the training pictures")
    table = np.zeros(256, dtype=np.int64)
    table[list(codes)] = list(codes.values())
    found: np.ndarray = table[labels]
    return found
