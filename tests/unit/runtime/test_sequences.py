"""Sequences of unlike lengths are padded at the end, and folders say what class and part a file is of."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from designer.runtime.errors import DataError
from designer.runtime.folders import list_files, read_text_folder, split_by_folders
from designer.runtime.sequences import (
    kept_places,
    pad_sequences,
    read_labels,
    read_sequences,
    sequence_lengths,
    steps_mask,
)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return folder


def test_padding_and_mask():
    files = np.array([0, 0, 0, 1, 2, 2])
    values = np.arange(6, dtype=np.float32)[:, None]
    assert pad_sequences(values, files, 3, 2)[:, :, 0].tolist() == [[0, 1], [3, 0], [4, 5]]
    lengths = sequence_lengths(files, 3)
    assert steps_mask(lengths, 2).tolist() == [[1, 1], [1, 0], [1, 1]]


def test_files_are_read_in_the_order_of_their_time(tmp_path: Path):
    write(tmp_path, {"a.csv": "t,x\n2,20\n1,10\n,5\n", "b.csv": "t,x\n1,7\n"})
    frame, usable, refused = read_sequences([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")], pd.read_csv, "t")
    assert frame["x"].tolist() == [10, 20, 7]
    assert frame.index.tolist() == [0, 0, 1]
    assert usable.tolist() == [True, True]
    assert refused == []


def test_a_spoiled_file_is_left_out_and_the_others_keep_their_parts(tmp_path: Path):
    write(tmp_path, {"a.csv": "t,x\n1,10\n", "b.csv": "t,x\n", "c.csv": "t,x\n,5\n", "d.csv": "t,x\n2,20\n"})
    paths = [str(tmp_path / f"{name}.csv") for name in "abcd"]
    frame, usable, refused = read_sequences(paths, pd.read_csv, "t")
    assert frame["x"].tolist() == [10, 20]
    assert frame.index.tolist() == [0, 1]
    assert usable.tolist() == [True, False, False, True]
    assert refused == [(path, f"{path} holds no rows with t") for path in paths[1:3]]
    places = kept_places((np.array([0, 1]), np.array([2]), np.array([3])), usable)
    assert [rows.tolist() for rows in places] == [[0], [], [1]]
    with pytest.raises(DataError, match="to train with"):
        kept_places((np.array([1]), np.array([0])), usable)
    with pytest.raises(DataError, match=r"none of the 2 files can be read; the first: .*b\.csv holds no rows"):
        read_sequences(paths[1:3], pd.read_csv, "t")


def test_classes_are_folders(tmp_path: Path):
    write(tmp_path, {"good/1.txt": "fine", "bad/2.txt": "poor", "bad/3.md": "", "bad/.hidden.txt": ""})
    frame = read_text_folder(tmp_path, by_folders=False)
    assert frame["text"].tolist() == ["poor", "fine"]
    assert frame["class"].tolist() == ["bad", "good"]
    with pytest.raises(DataError, match="no folder “train”"):
        read_text_folder(tmp_path, by_folders=True)
    with pytest.raises(DataError, match=r"files that end in \.csv"):
        list_files(tmp_path, [".csv"], by_folders=False)


def test_parts_are_folders_and_what_lacks_one_takes_its_share(tmp_path: Path):
    files = {f"train/{name}/{number}.txt": "x" for name in "ab" for number in range(10)}
    write(tmp_path, files | {"test/a/1.txt": "y", "test/b/1.txt": "y"})
    frame = read_text_folder(tmp_path, by_folders=True)
    train, validation, test = split_by_folders(frame["part"].to_numpy(), 0.2, 0.2, 0)
    assert frame["text"].iloc[test].tolist() == ["y", "y"]
    assert (len(train), len(validation)) == (16, 4)
    assert not set(train) & set(validation)


def test_a_class_that_is_only_tested_is_refused(tmp_path: Path):
    write(tmp_path, {"train/a/1.txt": "x", "train/b/1.txt": "x", "test/c/1.txt": "y"})
    with pytest.raises(DataError, match="no class “c”"):
        list_files(tmp_path, [".txt"], by_folders=True)


def test_a_text_that_is_none_names_its_file_and_line(tmp_path: Path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/1.txt").write_bytes(b"fine\n\xff\xfe")
    with pytest.raises(DataError, match=r"1\.txt, line 2"):
        read_text_folder(tmp_path, by_folders=False)


def test_labels_name_files(tmp_path: Path):
    write(tmp_path, {"labels.csv": "file,kind\na.csv,up\nb.csv,down\n,up\n", "a.csv": "x\n1\n", "b.csv": "x\n2\n"})
    labels = read_labels(tmp_path, pd.read_csv, "kind")
    assert [Path(path).name for path in labels["path"]] == ["a.csv", "b.csv"]
    assert labels["kind"].tolist() == ["up", "down"]
    (tmp_path / "b.csv").unlink()
    with pytest.raises(DataError, match=r"names b\.csv"):
        read_labels(tmp_path, pd.read_csv, "kind")
