"""Whether a straight line predicts a small table as well as hidden layers do, and so is what to start from.

Of two networks that predict rows held out alike, the simpler is the better one: it is read more easily, trained sooner
and misled less by what is chance in few rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING

from designer.importing.brief import Brief
from designer.project.errors import LayerloomError
from designer.project.model import Data, Project, TableData
from designer.project.paths import resolve_from
from designer.runtime.errors import DataError

if TYPE_CHECKING:
    import numpy as np

# of fewer rows nothing can be told; of more, hidden layers lose little where a line would do
FEWEST_ROWS, MOST_ROWS = 50, 2_000
MOST_CELLS = 40_000


@dataclass(frozen=True)
class Comparison:
    """The mean loss of rows held out, as a straight line and as hidden layers predict them."""

    line: float
    layers: float

    @property
    def straight(self) -> bool:
        """Whether hidden layers predict no better."""
        return isfinite(self.line) and isfinite(self.layers) and self.line <= self.layers

    def why(self, target: str) -> str:
        """Why a line is begun with."""
        return (
            f"a straight line predicts “{target}” as well as hidden layers do (loss {self.line:.3f} against "
            f"{self.layers:.3f} on rows held out)"
        )

    def said(self, target: str) -> str:
        """What a person should hear where a line is as good."""
        return f"{self.why(target)}: the template “linear” begins with it, “mlp” with hidden layers"


def compared(data: Data, brief: Brief, base: Path) -> Comparison | None:
    """A line and the usual hidden layers, cross-validated on the rows to train with; None where that is not done.

    It is done for tables of few rows where the hidden layers are as usual. The path of the data is relative to
    ``base``; where it cannot be prepared, training will say why.
    """
    from designer.importing.architectures import started_on
    from designer.importing.held_out import least_loss
    from designer.importing.networks import MLP

    if not isinstance(data, TableData) or brief.form != "rows" or not _small(brief):
        return None
    project = started_on(Project(data=data), brief, MLP.key)
    if any(node.type == "dropout" for node in project.graph.nodes.values()):
        return None
    try:
        features, answers = arrays_to_train(project, base)
    except (DataError, LayerloomError):
        return None
    if len(features) < FEWEST_ROWS:
        return None
    widths = [int(str(each.fields["out_features"])) for each in project.graph.nodes.values() if each.type == "linear"]
    line = least_loss(features, answers, brief.kind, (), project.training)
    return Comparison(line, least_loss(features, answers, brief.kind, widths[:-1], project.training, line))


def _small(brief: Brief) -> bool:
    return FEWEST_ROWS <= brief.samples <= MOST_ROWS and brief.samples * brief.features <= MOST_CELLS


def arrays_to_train(project: Project, base: Path) -> tuple[np.ndarray, np.ndarray]:
    """The features (rows, columns) and answers (rows, outputs) of the rows to train with, as training prepares them.

    A class is a one in its own column.
    """
    import numpy as np

    from designer.training.chosen import chosen_inputs, chosen_outputs, feature_settings
    from designer.training.columns import input_array, learn_features, learn_target, needed, read_columns, target_array
    from designer.training.sources.splitting import split_columns, split_frame
    from designer.training.sources.tables import column_kinds
    from designer.training.targets import kinds_of, label_column

    data = project.data
    assert isinstance(data, TableData)
    inputs, outputs = chosen_inputs(project, data), chosen_outputs(project, data)
    features, targets = feature_settings(inputs), outputs[0].columns
    kinds = column_kinds(data, features, list(targets)) | split_columns(data)
    frame = read_columns(resolve_from(base, data.path), kinds, data.format, data.sheet)
    frame = frame.dropna(subset=needed(features, [target.name for target in targets]))
    forms = kinds_of(outputs, frame)
    rows = frame.iloc[split_frame(data, frame, label_column(outputs, forms))[0]]
    learned = learn_target(rows, targets, forms[0])
    answers = target_array(rows, learned)
    if forms[0] == "classes":
        answers = np.eye(len(learned["classes"]), dtype=np.float32)[answers]
    return input_array("prepare_features", rows, learn_features(rows, features)), answers
