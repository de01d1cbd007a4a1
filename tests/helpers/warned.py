"""Small tables with an oddity, and what they are warned of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from designer.importing.answers import DataWarning
from designer.importing.data_warnings import data_warnings
from designer.importing.profile import profile_frame
from designer.project.file import from_text, to_text
from designer.project.model import Column, ColumnKind, Project, Split, TableData

ROWS = 200
CHANCE = np.random.default_rng(0)
NOISE = CHANCE.normal(size=ROWS)
CLASSES = np.where(CHANCE.random(ROWS) < 0.4, "yes", "no")


def words(cells: object) -> pd.Categorical:
    """A column of words."""
    return pd.Categorical(np.asarray(cells, dtype=object))


def warned(
    columns: dict[str, object], kinds: dict[str, ColumnKind] | None = None, split: Split | None = None, **roles: str
) -> tuple[tuple[DataWarning, ...], Project, pd.DataFrame]:
    """The warnings of a small table; its target is ``y``, by chance unless given."""
    frame = pd.DataFrame({"noise": NOISE, **columns})
    if "y" not in frame:
        frame["y"] = words(CLASSES)
    kinds = {name: "category" for name in frame if isinstance(frame[name].dtype, pd.CategoricalDtype)} | (kinds or {})
    declared = tuple(
        Column(name, kinds.get(name, "number"), roles.get(name, "target" if name == "y" else "feature"))  # type: ignore[arg-type]
        for name in frame
    )
    split = split or Split()
    profile = profile_frame(frame, declared, "y", split=split)
    project = Project(data=TableData("t.csv", columns=declared, split=split))
    return data_warnings(profile, project), project, frame


def only(warnings: tuple[DataWarning, ...], code: str) -> DataWarning:
    """The one warning there is, of this code."""
    assert [each.code for each in warnings] == [code], [each.sentence for each in warnings]
    return warnings[0]


def answered(warning: DataWarning, project: Project, place: int = 0) -> TableData:
    """The data settings after an answer, which a project file can hold."""
    changed = warning.answers[place].edit(project)
    assert from_text(to_text(changed)) == changed
    assert isinstance(changed.data, TableData)
    return changed.data


def column(data: TableData, name: str) -> Column:
    """The column of this name."""
    return next(each for each in data.columns if each.name == name)
