"""Pictures in IDX files, as MNIST comes in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import kind_of_classes
from designer.project.model import ImageData, Project
from designer.training.chosen import chosen_loss
from designer.training.errors import RunError
from designer.training.sources.gathered import Gathered, Seen, check_split, image_size, with_folds
from designer.training.sources.picture_folders import unseen as unseen_files

if TYPE_CHECKING:
    from torch import Tensor


def gather(project: Project, data: ImageData, path: Path, given: Mapping[str, Any] | None) -> Gathered:
    """All pictures of the files; with ``given``, the classes are those that were learned."""
    from designer.runtime.idx import idx_codes, label_names, read_idx_parts
    from designer.runtime.parts import class_targets
    from designer.runtime.pixels import resize_all

    split, size = data.split, image_size(project)
    check_split(data, ("share", "folders"))
    pixels, labels, places = read_idx_parts(
        path, split.by == "folders", split.validation, split.test, split.seed, split.stratify
    )
    places = with_folds(data, places, labels)
    classes = given["target"]["classes"] if given else label_names(labels[places[0]])
    kind = kind_of_classes(len(classes), chosen_loss(project))
    codes = idx_codes(labels, classes)
    return Gathered(
        resize_all(pixels, **size),
        places,
        lambda rows: class_targets(codes[rows], kind),
        {"name": "", "kind": kind, "classes": list(classes)},
        size,
    )


def known(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> tuple[Seen, Tensor]:
    """The pictures of other files, those of a test part where there is one, and their targets."""
    from designer.runtime.idx import idx_codes, idx_pairs, read_idx_pair
    from designer.runtime.parts import class_targets

    pairs = idx_pairs(path)
    if not pairs:
        raise RunError(f"{path}: there are no IDX files in it.")
    pixels, labels = read_idx_pair(*pairs.get("test", next(iter(pairs.values()))))
    target = preparation["target"]
    return _seen(pixels, preparation), class_targets(idx_codes(labels, target["classes"]), target["kind"])


def unseen(project: Project, data: ImageData, preparation: Mapping[str, Any], path: Path) -> Seen:
    """The pictures of another IDX file, or pictures in files."""
    from designer.runtime.idx import read_idx

    if path.is_dir() or "idx3" not in path.name.lower():
        return unseen_files(project, data, preparation, path)
    return _seen(read_idx(path, 3)[:, None], preparation)


def _seen(pixels: Any, preparation: Mapping[str, Any]) -> Seen:
    import numpy as np

    from designer.runtime.pixels import resize_all

    size = {name: preparation["image"][name] for name in ("height", "width", "colour", "resize")}
    return Seen(resize_all(pixels, **size), np.ones(len(pixels), dtype=bool))
