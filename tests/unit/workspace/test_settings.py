"""Settings typed as text reach the project with the right type, or are refused with a sentence."""

from __future__ import annotations

import pytest

from designer.project.errors import EditError
from designer.project.model import Column, Project, Split, TableData, TableFormat
from designer.workspace.settings import set_setting, set_settings
from tests.helpers.graphs import chain


@pytest.fixture
def project() -> Project:
    columns = (Column("sepal.length"), Column("kind", "category", "target"), Column("part", "category", "ignored"))
    data = TableData("iris.csv", columns=columns, split=Split())
    made = chain("table_input", ("linear", {"out_features": 8}), "output")
    return Project(made.graph, data, made.training)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("training.learning_rate=0.01", 0.01),
        ("training.learning_rate=1e-4", 1e-4),
        ("training.epochs=7", 7),
        ("training.batch_size=0", 0),
        ("training.keep_best=no", False),
        ("training.device=cpu", "cpu"),
        ("training.l1=0.5", 0.5),
        ("training.metrics=f1, accuracy", ("f1", "accuracy")),
        ("training.optimizer=sgd", "sgd"),
    ],
)
def test_training_settings(project: Project, setting: str, value: object) -> None:
    changed = set_setting(project, setting)
    found = getattr(changed.training, setting.partition("=")[0].partition(".")[2])
    assert (found, type(found)) == (value, type(value))
    assert changed.graph is project.graph


def test_an_optimizer_brings_its_own_settings(project: Project) -> None:
    changed = set_settings(project, ["training.optimizer=sgd", "training.momentum=0.9"])
    assert changed.training.optimizer_fields == {"momentum": 0.9, "nesterov": False}
    changed = set_setting(changed, "training.optimizer_fields.nesterov=true")
    assert changed.training.optimizer_fields == {"momentum": 0.9, "nesterov": True}
    assert "momentum" not in set_setting(changed, "training.optimizer=adam").training.optimizer_fields


def test_data_settings(project: Project) -> None:
    changed = set_settings(
        project,
        ["data.path=other.csv", "data.split.test=0.3", "data.split.stratify=false", r"data.format.delimiter=\t"],
    )
    assert isinstance(changed.data, TableData)
    assert (changed.data.path, changed.data.split) == ("other.csv", Split(test=0.3, stratify=False))
    assert changed.data.format == TableFormat(delimiter="\t")


def test_columns_are_named_with_their_dots_and_there_is_one_target(project: Project) -> None:
    changed = set_settings(project, ["data.columns.sepal.length.scale=minmax", "data.columns.part.role=target"])
    assert isinstance(changed.data, TableData)
    assert [(column.role, column.scale) for column in changed.data.columns] == [
        ("feature", "minmax"),
        ("feature", "standard"),
        ("target", "standard"),
    ]


def test_fields_of_layers_by_name_and_id(project: Project) -> None:
    node = next(node for node in project.graph.nodes.values() if node.type == "linear")
    for word in (node.name, node.id):
        changed = set_setting(project, f"{word}.out_features=16")
        assert changed.graph.nodes[node.id].fields["out_features"] == 16


def test_a_loss_brings_its_fields(project: Project) -> None:
    node = next(node for node in project.graph.nodes.values() if node.type == "output")
    changed = set_settings(project, [f"{node.name}.loss=huber", f"{node.name}.delta=2"])
    assert changed.graph.nodes[node.id].fields["delta"] == 2


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("training.learning_rate", "PATH=VALUE"),
        ("=3", "PATH=VALUE"),
        ("training.lerning_rate=1", "did you mean “learning_rate”"),
        ("training.learning_rate=fast", "training.learning_rate: expected a number"),
        ("training.learning_rate=0", "above 0"),
        ("training.epochs=1.5", "whole number"),
        ("training.optimizer=adm", "expected one of"),
        ("training.momentum=1", "no setting “momentum”"),
        ("training.metrics=beauty", "no metric “beauty”"),
        ("data.split.test=0.95", "at most 0.9"),
        ("data.colums.kind.role=target", "did you mean “columns”"),
        ("data.columns.knd.role=target", "did you mean “kind”"),
        ("data.columns.kind.role=hero", "expected one of"),
        ("linear1.units=3", "there are out_features"),
        ("liner1.out_features=3", "did you mean “linear1”"),
        ("training=3", "no setting or layer"),
    ],
)
def test_what_is_not_known_or_not_sound_is_refused(project: Project, setting: str, words: str) -> None:
    with pytest.raises(EditError) as refusal:
        set_setting(project, setting)
    assert words in str(refusal.value)


def test_preparations_of_a_column(project: Project) -> None:
    settings = ["clip=iqr", "missing=constant", "fill=3", "indicator=yes", "off=clip, scale", "scale=robust"]
    changed = set_settings(project, [f"data.columns.kind.{setting}" for setting in settings])
    settings = ["encode=ordinal", "order=small, large", "parts=year,month"]
    changed = set_settings(changed, [f"data.columns.kind.{setting}" for setting in settings])
    column = next(each for each in changed.data.columns if each.name == "kind")  # type: ignore[union-attr]
    assert (column.clip, column.missing, column.fill, column.indicator) == ("iqr", "constant", "3", True)
    assert (column.off, column.scale, column.encode) == (("clip", "scale"), "robust", "ordinal")
    assert (column.order, column.parts) == (("small", "large"), ("year", "month"))
    for wrong, expected in (
        ("clip=none at all", "expected one of none, iqr, percentile"),
        ("parts=century", "century"),
    ):
        with pytest.raises(EditError, match=expected):
            set_setting(project, f"data.columns.kind.{wrong}")


def test_several_targets_folds_and_windows(project: Project) -> None:
    names = [column.name for column in project.data.columns][:2]  # type: ignore[union-attr]
    changed = set_settings(
        project,
        [f"data.targets={', '.join(names)}", "data.split.folds=5", "data.windows.length=24", "data.samples=windows"],
    )
    assert isinstance(changed.data, TableData)
    assert [column.name for column in changed.data.columns if column.role == "target"] == names
    assert (changed.data.split.folds, changed.data.windows.length, changed.data.samples) == (5, 24, "windows")
    with pytest.raises(EditError, match="no column “nothing”"):
        set_setting(project, "data.targets=nothing")
