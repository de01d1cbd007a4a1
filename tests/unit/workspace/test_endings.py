"""How a run ended, in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from designer.project.model import Project, Training
from designer.workspace.endings import early_words, ending_of_run, ending_sentences
from designer.workspace.run_list import RunInfo

TRAINING = Training(patience=20, monitor="accuracy")


def short(value: float) -> str:
    return f"{value:.3g}"


def test_stopping_early_names_the_figure_and_how_long_was_waited() -> None:
    assert early_words(TRAINING) == "since validation accuracy no longer got better for 20 epochs"
    one = replace(TRAINING, patience=1, monitor="loss")
    assert early_words(one) == "since validation loss no longer got better for 1 epoch"


def test_kept_weights_and_a_loss_that_rose_have_a_sentence_each() -> None:
    assert ending_sentences({}, TRAINING, short) == []
    rose = {"from": 2.0, "to": 4e9, "of": "first"}
    assert ending_sentences({"kept_epoch": 1234, "loss_rose": rose}, TRAINING, short) == [
        "The loss rose from 2 to 4e+09: most often the learning rate is too large.",
        "The weights of epoch 1,234, the best by validation accuracy, are kept.",
    ]
    guessed = ending_sentences({"loss_rose": {**rose, "of": "guess"}}, TRAINING, short)
    assert guessed == [
        "The loss rose from 2, that of the plainest guess, to 4e+09: most often the learning rate is too large."
    ]


def test_of_a_run_made_before_the_curves_say_which_epoch_is_kept() -> None:
    project = Project(training=Training(keep_best=True))
    run = RunInfo(Path("r"), "r", "finished", epochs=9, best=0.5, best_epoch=4, project=project)
    assert ending_of_run(run, {}) == {"kept_epoch": 4}
    assert ending_of_run(run, {"ending": {"kept_epoch": 5}}) == {"kept_epoch": 5}
    assert ending_of_run(replace(run, part="train"), {}) == {}
    last = replace(project, training=replace(project.training, keep_best=False))
    assert ending_of_run(replace(run, project=last), {}) == {}
