"""What is said of losses that do not suit what stands before them, their targets or the settings."""

from __future__ import annotations

from dataclasses import replace

import pytest

from designer.compiler.analyse import analyse
from designer.compiler.problems import Problem
from designer.project.facts import Facts
from designer.project.model import Column, FieldValue, ImageData, Project, TableData, Training
from tests.helpers.graphs import chain

CLASSES = Facts("classes", classes=("a", "b", "c"), target="kind", rows={"train": 9})
NUMBER = Facts("number", target="price", rows={"train": 9})


def network(
    width: int, loss: str, *targets: Column, before: tuple[str, ...] = (), training: Training | None = None,
    **fields: FieldValue,
) -> Project:  # fmt: skip
    data = TableData("t.csv", columns=(Column("x"), *targets))
    ends = (("linear", {"out_features": width}), *before, ("output", {"loss": loss, **fields}))
    return chain("table_input", *ends, project=Project(data=data, training=training or Training()))


def found(project: Project, code: str, facts: Facts | None = None) -> Problem:
    problems = [problem for problem in analyse(project, facts).problems if problem.code == code]
    assert len(problems) == 1, analyse(project, facts).problems
    return problems[0]


def mended(project: Project, code: str, facts: Facts | None = None) -> Project:
    fix = found(project, code, facts).fix
    assert fix is not None
    return fix.edit(project)


def sound(project: Project, facts: Facts | None = None) -> bool:
    return not [problem for problem in analyse(project, facts).problems if problem.severity == "error"]


KIND = Column("kind", "category", "target")
PRICE = Column("price", role="target", scale="none")


def test_a_gaussian_output_holds_two_values_for_each_number() -> None:
    assert sound(network(2, "gaussian", PRICE), NUMBER)
    narrow = network(1, "gaussian", PRICE)
    assert "2 values for each" in found(narrow, "output-width", NUMBER).sentence
    assert sound(mended(narrow, "output-width", NUMBER), NUMBER)
    two = replace(NUMBER, target_width=2)
    assert sound(network(4, "gaussian", PRICE, replace(PRICE, name="rent")), two)
    assert (
        "make it 4" in found(network(2, "gaussian", PRICE, replace(PRICE, name="rent")), "output-width", two).sentence
    )


def test_an_embedding_may_have_any_width() -> None:
    assert sound(network(2, "triplet", KIND), CLASSES) and sound(network(17, "triplet", KIND), CLASSES)


def test_log_probabilities_come_from_a_log_softmax() -> None:
    assert sound(network(3, "nll", KIND, before=("log_softmax",)), CLASSES)
    bare = network(3, "nll", KIND)
    assert "LogSoftmax" in found(bare, "no-log-softmax", CLASSES).sentence
    assert sound(mended(bare, "no-log-softmax", CLASSES), CLASSES)
    assert (
        "Make it a LogSoftmax"
        in found(network(3, "nll", KIND, before=("softmax",)), "no-log-softmax", CLASSES).sentence
    )


@pytest.mark.parametrize("loss", ["focal", "cross_entropy"])
def test_an_activation_that_is_built_in_is_told(loss: str) -> None:
    twice = network(3, loss, KIND, before=("softmax",))
    assert found(twice, "double-activation", CLASSES).severity == "warning"


@pytest.mark.parametrize("scale", ["standard", "robust", "minmax", "log"])
def test_counts_stay_as_they_stand_in_the_data(scale: str) -> None:
    scaled = network(1, "poisson", replace(PRICE, scale=scale))  # type: ignore[arg-type]
    assert "unscaled" in found(scaled, "scaled-target", NUMBER).sentence
    assert sound(mended(scaled, "scaled-target", NUMBER), NUMBER)


def test_a_spread_is_not_told_of_logarithms() -> None:
    logged = replace(PRICE, scale="log")
    assert "two sides are unlike" in found(network(2, "gaussian", logged), "scaled-target", NUMBER).sentence
    assert sound(mended(network(2, "gaussian", logged), "scaled-target", NUMBER), NUMBER)
    assert sound(network(1, "quantile", logged), NUMBER)


def test_several_scaled_targets_are_mended_at_once() -> None:
    both = (Column("price", role="target"), Column("rent", role="target"))
    project = network(2, "cosine", *both)
    facts = replace(NUMBER, target_width=2)
    assert sound(mended(project, "scaled-target", facts), facts)


def test_a_direction_needs_two_numbers() -> None:
    project = network(1, "cosine", PRICE)
    assert "2 numbers or more" in found(project, "few-targets", NUMBER).sentence
    assert sound(mended(project, "few-targets", NUMBER), NUMBER)


def test_dice_is_for_masks_alone() -> None:
    assert sound(mended(network(3, "dice", KIND), "no-masks", CLASSES), CLASSES)
    masks = replace(CLASSES, target_shape=(8, 8))
    project = chain(
        ("image_input", {"height": 8, "width": 8}),
        ("conv2d", {"out_channels": 3, "padding": 1}),
        ("output", {"loss": "dice"}),
        project=Project(data=ImageData("p", layout="masks")),
    )
    assert sound(project, masks)


def test_rows_cannot_count_unlike_where_a_loss_is_of_the_whole_batch() -> None:
    weight = Column("n", role="weight")
    assert found(network(3, "triplet", KIND, weight), "weighted-loss", CLASSES)
    for loss in ("hinge", "focal", "kl_div"):
        assert sound(network(3, loss, KIND, weight), CLASSES)


@pytest.mark.parametrize(
    ("training", "code"),
    [
        (Training(optimizer="rprop", weight_decay=0.1), "no-decay"),
        (Training(optimizer="lbfgs", weight_decay=0.1), "no-decay"),
        (Training(optimizer="lbfgs", l1=0.1), "no-l1"),
        (Training(class_weights="balanced"), "no-class-weights"),
    ],
)
def test_settings_that_cannot_be_followed_are_told(training: Training, code: str) -> None:
    project = network(1, "mse", PRICE, training=training)
    after = mended(project, code, NUMBER)
    assert not [problem for problem in analyse(after, NUMBER).problems if problem.code == code]


def test_class_weights_say_something_to_losses_that_take_them() -> None:
    training = Training(class_weights="balanced")
    problems = analyse(network(3, "focal", KIND, training=training), CLASSES).problems
    assert "no-class-weights" not in {problem.code for problem in problems}


@pytest.mark.parametrize("loss", ["cross_entropy", "gaussian", "cosine", "triplet"])
def test_what_compares_no_numbers_cannot_compare_with_the_input(loss: str) -> None:
    project = chain(
        ("table_input", {"features": 3}),
        ("linear", {"out_features": 3}),
        ("output", {"loss": loss}),
        project=Project(data=TableData("t.csv", columns=(Column("x"),)), training=Training(mode="autoencoder")),
    )
    after = mended(project, "loss-mode")
    assert "loss-mode" not in {problem.code for problem in analyse(after).problems}
