"""Samples from windows over a series: read, put in order, split by time, learned from and cut into windows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LAYERS
from designer.project.facts import Facts, TargetKind
from designer.project.model import Column, Project, TableData
from designer.project.paths import resolve_from
from designer.training.chosen import (
    ChosenInput,
    chosen_inputs,
    column_with_role,
    feature_settings,
    input_nodes,
)
from designer.training.columns import (
    day_order,
    encode_target,
    feature_names,
    input_array,
    learn_target,
    read_columns,
    step_functions,
    weight_array,
)
from designer.training.errors import RunError
from designer.training.prepared import PARTS, Known, Prepared, Unseen, counted
from designer.training.sources.series_notes import baseline_errors, baseline_notes, gap_notes, group_notes, time_notes
from designer.training.sources.splitting import few_groups_words, split_columns, split_frame, time_column
from designer.training.sources.tables import column_kinds, learned_of, unknown_words
from designer.training.targets import alike_outputs, kind_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from designer.runtime.batches import Part


@dataclass(frozen=True)
class Wanted:
    """What a project wants of a series: inputs, targets, the columns with group and time, if any, and the loss."""

    data: TableData
    inputs: list[ChosenInput]
    targets: list[Column]
    group: str
    time: str
    loss: str = ""

    @property
    def features(self) -> dict[str, Mapping[str, Any]]:
        """What is said of each column that an input takes."""
        return feature_settings(self.inputs)

    @property
    def names(self) -> list[str]:
        """The names of the targets."""
        return [target.name for target in self.targets]

    @property
    def ahead(self) -> list[str]:
        """The features that are known for the predicted steps too."""
        known = {column.name for column in self.data.columns if column.role == "ahead"}
        return [name for name in self.features if name in known]


def wanted(project: Project, data: TableData) -> Wanted:
    """What the project wants; RunError where it cannot be had of windows."""
    for node in input_nodes(project):
        if node.type != "sequence_input":
            raise RunError(f"“{node.name}” ({LAYERS[node.type].title}) takes no windows: use a Sequence input instead.")
    output = alike_outputs(project, data, "windows of a series")[0]
    targets = list(output.columns)
    if targets[0].kind == "text":
        raise RunError(
            f"The target “{targets[0].name}” is a text, which no step of a series has: choose numbers or classes."
        )
    if targets[0].kind != "number" and data.windows.horizon > 1:
        raise RunError(f"The target “{targets[0].name}” holds classes, of which only the next step can be predicted.")
    group = column_with_role(data, "group")
    time = time_column(data).name if column_with_role(data, "time") else ""
    return Wanted(data, chosen_inputs(project, data), targets, group, time, output.loss)


@dataclass(frozen=True, eq=False)
class SeriesCut:
    """A series as it is cut: its rows in order, and the windows of each part by the row of the last step that they see.

    ``series`` and ``part`` hold the number of the series and of the part of each row, ``preparation`` what was learned.
    """

    want: Wanted
    frame: pd.DataFrame
    series: np.ndarray
    part: np.ndarray
    windows: Sequence[np.ndarray]
    kind: TargetKind
    preparation: dict[str, Any]
    matrices: list[np.ndarray]
    answers: np.ndarray
    weights: np.ndarray | None
    notes: list[str]

    def samples(self, last: np.ndarray) -> Part:
        """The windows that end at these rows."""
        return _part(self.want, self.matrices, self.answers, self.weights, last)


def cut_series(project: Project, data: TableData, base: Path, given: Mapping[str, Any] | None) -> SeriesCut:
    """The rows of a series and the windows over it; with ``given``, learned in an earlier run, nothing is learned."""
    want = wanted(project, data)
    day_first = day_order(data.columns, given)
    whole, series, part, notes = rows_in_parts(want, base, day_first)
    frame, seen = _filled(want, whole, series)
    kind = kind_of(want.targets, want.loss, whole)
    preparation = dict(given or _learned(want, frame[_learning(want, series, part)], whole.iloc[part == 0], kind))
    preparation |= {"day_first": day_first} if day_first else {}
    matrices = _matrices(want, frame, preparation)
    answers, known = _answers(want, whole, preparation)
    windows = _windows(want, series, part, seen, known)
    if not len(windows[0]):
        length, horizon = data.windows.length, data.windows.horizon
        raise RunError(
            f"{Path(data.path).name}: no window of {length} steps with {horizon} to predict fits into the training "
            f"part of {int((part == 0).sum())} rows. Choose shorter windows."
        )
    weights = weight_array(whole[weight]) if (weight := column_with_role(data, "weight")) else None
    return SeriesCut(want, whole, series, part, windows, kind, preparation, matrices, answers, weights, notes)


def read(project: Project, data: TableData, base: Path, given: Mapping[str, Any] | None) -> Prepared:
    """The three parts of a series; with ``given``, learned in an earlier run, nothing is learned anew."""
    cut = cut_series(project, data, base, given)
    want, whole, kind, preparation = cut.want, cut.frame, cut.kind, cut.preparation
    parts = [cut.samples(last) for last in cut.windows]
    notes = [*cut.notes, *gap_notes(whole, want.features, want.names)]
    baseline = {}
    if kind == "number":
        values = whole[want.names].to_numpy(dtype="float64")
        baseline = baseline_errors(values, cut.windows, data.windows.horizon)
    notes += baseline_notes(baseline)
    facts = Facts(
        target_kind=kind,
        features=tuple(feature_names(preparation)),
        classes=tuple(preparation["target"].get("classes", ())),
        rows=counted(parts),
        notes=tuple(notes),
        target=", ".join(want.names),
        target_minimum=float(whole[want.names].min().min()) if kind == "number" else None,
        target_width=len(want.names) * data.windows.horizon if kind == "number" else 1,
        shapes=_shapes(project, want, cut.matrices),
        weighted=cut.weights is not None,
        baseline=baseline,
    )
    return Prepared(parts[0], parts[1], parts[2], preparation, facts)


def _kinds(want: Wanted) -> dict[str, str]:
    """The kind of which each column is read."""
    kinds = column_kinds(want.data, want.features, want.targets)
    if want.group:
        kinds.setdefault(want.group, "category")
    if want.time:
        kinds.setdefault(want.time, time_column(want.data).kind)
    if want.data.split.by == "column" and want.data.split.column:
        kinds.setdefault(want.data.split.column, "category")
    return kinds


def rows_in_order(
    want: Wanted, path: Path, kinds: Mapping[str, str], day_first: dict[str, bool] | None = None
) -> tuple[pd.DataFrame, np.ndarray, list[str]]:
    """The rows of a table series by series in the order of time, the series of each, and notes on the times.

    ``day_first`` is as with ``read_columns``.
    """
    from designer.runtime.windows import in_series

    whole = read_columns(path, kinds, want.data.format, want.data.sheet, day_first=day_first)
    timed = whole.dropna(subset=[want.time] if want.time else [])
    if timed.empty:
        raise RunError(f"{path.name}: no row of it has a time.")
    frame, series = in_series(timed, want.group, want.time)
    notes = time_notes(whole, frame, series, want.time)
    if want.group and (gaps := int(frame[want.group].isna().sum())) > 1:
        notes.append(f"{gaps:,} rows have no {want.group}: they count as one series.")
    return frame, series, notes


def rows_in_parts(
    want: Wanted, base: Path, day_first: dict[str, bool] | None = None
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray, list[str]]:
    """The rows in order, the series and the part of each, and notes; ``day_first`` is as with ``read_columns``."""
    import numpy as np
    import pandas as pd

    from designer.runtime.windows import parts_of_rows

    data = want.data
    if data.split.by in ("share", "folders"):
        raise RunError(
            "Windows overlap, so that split by chance the network would be tested with what it has seen: split the "
            "series by time, by group or by a column."
        )
    if data.split.by == "file" and data.split.folds > 1:
        raise RunError(
            "Folds are drawn by group or by time, but the test part comes from a file. Choose another split, or no "
            "folds."
        )
    if data.split.by in ("column", "group"):
        # says so where none is chosen
        split_columns(data)
    kinds, day_first = _kinds(want), day_order(data.columns) if day_first is None else day_first
    frame, series, notes = rows_in_order(want, resolve_from(base, data.path), kinds, day_first)
    if data.split.by != "file":
        part = parts_of_rows(len(frame), _places(want, frame, series))
        if data.split.by == "group":
            notes += group_notes(series, part, want.group)
            counts = {name: int((part == number).sum()) for number, name in enumerate(PARTS)}
            few = few_groups_words(data.split, counts, len(np.unique(series)))
            notes += [few] if few else []
        return frame, series, part, notes
    if not data.split.file:
        raise RunError("The test part is to come from a file, but none is chosen.")
    tests, others, more = rows_in_order(want, resolve_from(base, data.split.file), kinds, day_first)
    own = parts_of_rows(len(frame), _places(want, frame, series, test=0.0))
    part = np.concatenate([own, np.full(len(tests), 2)])
    return pd.concat([frame, tests]), np.concatenate([series, others + series.max() + 1]), part, [*notes, *more]


def moments(frame: pd.DataFrame, time: Column | None) -> np.ndarray | None:
    """The times of rows as seconds since 1970, or as the numbers that they are; None without times."""
    import numpy as np

    if time is None or time.name not in frame:
        return None
    if time.kind != "date":
        return frame[time.name].to_numpy(dtype=np.float64)
    return frame[time.name].to_numpy().astype("datetime64[ns]").astype(np.int64) / 1e9


def _places(want: Wanted, frame: pd.DataFrame, series: np.ndarray, test: float | None = None) -> Any:
    """The rows of train, validation and test."""
    from designer.runtime.splits import split_fold_in_time, split_in_time
    from designer.runtime.windows import steps_of_series

    split = want.data.split
    if split.by in ("column", "group"):
        return split_frame(want.data, frame, "")
    times = frame[want.time].to_numpy() if want.time else steps_of_series(series)
    if split.folds > 1:
        return split_fold_in_time(times, split.folds, max(1, split.fold), split.validation)
    return split_in_time(times, split.validation, split.test if test is None else test)


def _filled(want: Wanted, whole: pd.DataFrame, series: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    from designer.runtime.windows import fill_series

    return fill_series(whole, series, want.features, want.ahead, want.data.windows.horizon)


def _learning(want: Wanted, series: np.ndarray, part: np.ndarray) -> Any:
    """For each row whether features are learned from it."""
    from designer.runtime.windows import rows_to_learn

    return rows_to_learn(series, part, want.data.windows.horizon) if want.ahead else part == 0


def _learned(want: Wanted, frame: pd.DataFrame, whole: pd.DataFrame, kind: TargetKind) -> dict[str, Any]:
    """What prepares the series, learned from the rows of the training part."""
    from designer.runtime.preparation import learn_features

    target = learn_target(whole, want.targets, kind)
    features = learn_features(frame, want.features, step_functions(want.features))
    return {"features": features, "target": target}


def _matrices(want: Wanted, frame: pd.DataFrame, preparation: Mapping[str, Any]) -> list[np.ndarray]:
    return [input_array("prepare_features", frame, learned_of(each, preparation)) for each in want.inputs]


def _answers(want: Wanted, whole: pd.DataFrame, preparation: Mapping[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    """The prepared targets of all rows, 0 where they are not known, and for each row whether they are."""
    from designer.runtime.windows import known_targets

    target = preparation["target"]
    cells = whole[want.names] if len(want.names) > 1 else whole[want.names[0]]
    return known_targets(cells, target, encode_target)


def _windows(want: Wanted, series: np.ndarray, part: np.ndarray, seen: np.ndarray, known: np.ndarray) -> Any:
    from designer.runtime.windows import find_windows

    cut = want.data.windows
    return find_windows(series, part, seen, known, cut.length, cut.horizon, cut.stride)


def _part(
    want: Wanted, matrices: list[np.ndarray], answers: np.ndarray, weights: np.ndarray | None, last: np.ndarray
) -> Part:
    from designer.runtime.windows import window_part

    return window_part(matrices, answers, last, want.data.windows.length, want.data.windows.horizon, weights)


def _shapes(project: Project, want: Wanted, matrices: list[np.ndarray]) -> dict[str, tuple[int, ...]]:
    length = want.data.windows.length
    return {each.node.id: (length, matrix.shape[1]) for each, matrix in zip(want.inputs, matrices, strict=True)}


def unseen(project: Project, data: TableData, preparation: Mapping[str, Any], path: Path) -> Unseen:
    """Every window of another series, each named by the time of the last step that it sees, also the last ones."""
    import numpy as np

    from designer.runtime.windows import complete_windows

    want = wanted(project, data)
    kinds = {name: kind for name, kind in _kinds(want).items() if name in {*want.features, want.group, want.time}}
    whole, series, _ = rows_in_order(want, path, kinds, day_order(data.columns, preparation))
    frame, seen = _filled(want, whole, series)
    last = complete_windows(series, seen, data.windows.length)
    if not len(last):
        raise RunError(
            f"{path.name}: no window of {data.windows.length} steps fits into its {len(whole):,} rows: "
            "the network needs that many steps, without a gap that is not filled, to predict the next."
        )
    matrices = _matrices(want, frame, preparation)
    answers = np.zeros((len(whole) + data.windows.horizon, 1), dtype=np.float32)
    rows = whole.index[last]
    names = {}
    if want.group:
        names[want.group] = whole[want.group].astype("str").iloc[last].tolist()
    if want.time:
        words = read_columns(path, {want.time: "category"}, data.format, data.sheet)[want.time]
        names[f"after_{want.time}"] = words.astype("str").loc[rows].tolist()
    else:
        names["after_line"] = [str(row) for row in rows]
    notes = tuple(unknown_words(whole, preparation))
    return Unseen(_part(want, matrices, answers, None, last), names, [True] * len(last), notes=notes)


def part_of(project: Project, data: TableData, preparation: Mapping[str, Any], path: Path) -> Known:
    """All windows of another series whose next steps are known."""
    import numpy as np

    want = wanted(project, data)
    whole, series, _ = rows_in_order(want, path, _kinds(want), day_order(data.columns, preparation))
    frame, seen = _filled(want, whole, series)
    answers, known = _answers(want, whole, preparation)
    windows = _windows(want, series, np.zeros(len(whole), dtype=np.int64), seen, known)
    if not len(windows[0]):
        raise RunError(f"{path}: no window of {data.windows.length} steps fits into it.")
    weights = weight_array(whole[weight]) if (weight := column_with_role(data, "weight")) else None
    part = _part(want, _matrices(want, frame, preparation), answers, weights, windows[0])
    return Known(part, tuple(unknown_words(whole, preparation)))
