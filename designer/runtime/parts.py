"""From tables and folders of pictures to the parts to train, validate and test with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from designer.runtime.batches import Part
from designer.runtime.errors import DataError
from designer.runtime.images import list_images, part_folders
from designer.runtime.preparation import prepare_features
from designer.runtime.splits import split_rows


def table_part(
    frame: pd.DataFrame,
    preparation: Mapping[str, Any],
    encode: Mapping[str, Callable[[pd.Series, Mapping[str, Any], np.ndarray], None]],
    encode_target: Callable[[pd.Series, Mapping[str, Any]], np.ndarray],
) -> Part:
    """The rows of ``frame`` as prepared features (N, F), float32, and prepared target."""
    target = preparation["target"]
    features = torch.from_numpy(prepare_features(frame, preparation["features"], encode))
    return Part(features, torch.from_numpy(encode_target(frame[target["name"]], target)))


def image_part(pixels: np.ndarray, labels: np.ndarray, target_kind: str) -> Part:
    """Pictures uint8 (N, C, H, W) as float32 from 0 to 1, and class codes: (N,), or (N, 1) float32 for two classes."""
    inputs = torch.from_numpy(pixels).to(torch.float32).div_(255)
    targets = torch.from_numpy(labels)
    return Part(inputs, targets.to(torch.float32)[:, None] if target_kind == "binary" else targets)


def list_image_parts(
    folder: str | Path, by_folders: bool, validation: float, test: float, seed: int, stratify: bool
) -> tuple[list[Path], np.ndarray, list[str], tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Paths, class codes and classes of all pictures, and the indices of those of train, validation and test.

    With ``by_folders`` the folders beneath ``folder`` say which is which; a part without a folder takes its share of
    the training pictures. Else the shares are of all pictures.
    """
    found = part_folders(folder) if by_folders else {}
    if by_folders and not found:
        raise DataError(f"{folder} has no folder “train”; split the pictures by share instead")
    paths, labels, classes = list_images(found.get("train", folder))
    shares = [0.0 if part in found else share for part, share in (("validation", validation), ("test", test))]
    parts = list(split_rows(len(paths), shares[0], shares[1], seed, labels if stratify else None))
    for place, part in ((1, "validation"), (2, "test")):
        if part in found:
            more_paths, more_labels, _ = list_images(found[part], classes)
            parts[place] = np.arange(len(paths), len(paths) + len(more_paths))
            paths, labels = paths + more_paths, np.concatenate([labels, more_labels])
    return paths, labels, classes, (parts[0], parts[1], parts[2])
