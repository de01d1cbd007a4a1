"""All that the window offers for data is set from the command line too: roles, preparations, augmentations, splits."""

from __future__ import annotations

from typing import get_args

import pytest

from designer.layers.augmentations import AUGMENTATIONS
from designer.layers.preparations import PREPARATIONS, Preparation
from designer.project.model import (
    Augmentation,
    Column,
    ColumnKind,
    ColumnRole,
    ImageData,
    Project,
    Split,
    SplitBy,
    TableData,
)
from designer.workspace.settings import set_setting, set_settings

# dates have but one way to become numbers, and how texts are cut is a field of their input
WAYS = [
    (way, kind) for way in PREPARATIONS for kind in way.kinds if way.step != "encode" or kind not in ("date", "text")
]


def table(kind: ColumnKind = "number") -> Project:
    return Project(data=TableData("t.csv", columns=(Column("x", kind), Column("y", role="target")), split=Split()))


def first(project: Project) -> Column:
    assert project.data is not None
    return project.data.columns[0]


@pytest.mark.parametrize("role", get_args(ColumnRole))
def test_roles(role: ColumnRole) -> None:
    assert first(set_setting(table(), f"data.columns.x.role={role}")).role == role


@pytest.mark.parametrize("kind", get_args(ColumnKind))
def test_kinds(kind: ColumnKind) -> None:
    assert first(set_setting(table(), f"data.columns.x.kind={kind}")).kind == kind


@pytest.mark.parametrize(("way", "kind"), WAYS, ids=[f"{way.step}-{way.key}-{kind}" for way, kind in WAYS])
def test_preparations(way: Preparation, kind: ColumnKind) -> None:
    if way.step == "part":
        assert first(set_setting(table(kind), f"data.columns.x.parts={way.key}")).parts == (way.key,)
    else:
        changed = set_setting(table(kind), f"data.columns.x.{way.step}={way.key}")
        assert getattr(first(changed), way.step) == way.key


@pytest.mark.parametrize("by", get_args(SplitBy))
def test_splits(by: SplitBy) -> None:
    changed = set_settings(table(), [f"data.split.by={by}", "data.split.seed=7"])
    assert changed.data is not None and changed.data.split == Split(by=by, seed=7)


@pytest.mark.parametrize("key", AUGMENTATIONS)
def test_augmentations(key: str) -> None:
    project = Project(data=ImageData("pictures"))
    changed = set_setting(project, f"data.augment.{key}=on")
    assert changed.data.augment == (Augmentation(key, AUGMENTATIONS[key].defaults),)  # type: ignore[union-attr]
    off = set_setting(changed, f"data.augment.{key}=off")
    assert all(each.off for each in off.data.augment)  # type: ignore[union-attr]
    for name, field in AUGMENTATIONS[key].fields.items():
        value = getattr(field, "maximum", None) or 0.5
        found = set_setting(project, f"data.augment.{key}.{name}={value}").data.augment[0]  # type: ignore[union-attr]
        assert (found.key, found.fields[name], found.off) == (key, value, False)
