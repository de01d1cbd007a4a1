"""Networks that learn the next token of a text: trained, resumed, measured, and what they write."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from designer.project.model import Split, Windows
from designer.training.errors import RunError
from designer.training.predict import predict_run
from designer.training.prepare import facts_of, read_data
from designer.training.results import evaluate_run
from designer.training.run import train
from designer.training.writing import Wish, writer_of
from designer.training.written import EACH_EPOCH, read_samples
from tests.helpers.graphs import chain
from tests.helpers.tales import fitting, tale, tale_data, writing_project
from tests.helpers.training import class_project, history, trained, with_training


def test_the_parts_do_not_overlap_and_the_end_is_tested_with(tmp_path: Path) -> None:
    project = writing_project(tmp_path)
    prepared = read_data(project, tmp_path)
    learned = prepared.preparation["features"]["text"]
    assert set(learned["tokens"]) == set(tale()) and learned["codes"] == len(set(tale())) + 2
    facts = prepared.facts
    assert facts.answer_shape == (16, learned["codes"]) and list(facts.codes.values()) == [learned["codes"]]
    sizes = [len(part.finish.codes) for part in prepared.parts.values()]  # type: ignore[union-attr]
    assert sum(sizes) == len(tale())
    last = prepared.test.rows(slice(len(prepared.test) - 1, None)).ready()
    written = [learned["tokens"][code - 2] for code in last.target[0].tolist()]
    assert "".join(written) in tale()[-40:]
    batch = prepared.train.ready()
    assert torch.equal(batch.inputs[0][:, 1:], batch.target[:, :-1])


def test_a_run_learns_writes_after_each_epoch_and_goes_on_exactly(tmp_path: Path) -> None:
    project = fitting(writing_project(tmp_path), tmp_path)
    whole, parted = tmp_path / "whole", tmp_path / "parted"
    metrics = trained(project, tmp_path, whole)
    assert set(metrics["test"]) == {"loss", "accuracy", "perplexity"}
    assert metrics["test"]["loss"] < 3.0
    samples = read_samples(whole)
    assert [each.epoch for each in samples] == [1, 2, 3]
    assert all(len(each.text) >= EACH_EPOCH.count for each in samples)
    parted.mkdir()
    stream = train(project, tmp_path, parted)
    for event in stream:
        if type(event).__name__ == "Epoch" and event.epoch == 2:  # type: ignore[union-attr]
            break
    stream.close()
    trained(project, tmp_path, parted, resume=True)
    one, two = (load_file(run / "weights.safetensors") for run in (whole, parted))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert history(whole) == history(parted) and read_samples(parted) == samples


def test_a_run_measures_other_texts_and_writes(tmp_path: Path) -> None:
    run = tmp_path / "run"
    trained(fitting(with_training(writing_project(tmp_path), epochs=1), tmp_path), tmp_path, run)
    assert evaluate_run(run)["test"] == pytest.approx(evaluate_run(run)["test"])
    (tmp_path / "other.txt").write_text(tale(30, seed=9))
    figures = evaluate_run(run, tmp_path / "other.txt")
    assert figures["test"]["perplexity"] > 1 and figures["rows"]["test"] > 10
    (tmp_path / "short.txt").write_text("The fox.")
    with pytest.raises(RunError, match=r"short\.txt has 9 tokens, but 17 are needed"):
        evaluate_run(run, tmp_path / "short.txt")
    with pytest.raises(RunError, match="layerloom generate RUN"):
        predict_run(run, tmp_path / "other.txt", tmp_path / "out.csv")
    writer = writer_of(run)
    text = writer.text(Wish("The fox ", 30, 0.0))
    assert text.startswith("The fox ") and len(text) == 38 and writer.unknown("The fox") == 0
    assert writer.unknown("Ж!") == 2
    assert writer.text(Wish("The fox ", 30, 1.0, seed=1)) != writer.text(Wish("The fox ", 30, 1.0, seed=2))


def test_a_metric_that_needs_all_at_once_gets_it(tmp_path: Path) -> None:
    project = with_training(writing_project(tmp_path), epochs=1, metrics=("f1", "accuracy"))
    metrics = trained(fitting(project, tmp_path), tmp_path, tmp_path / "run")
    assert set(metrics["test"]) == {"loss", "accuracy", "f1"}


@pytest.mark.parametrize("by", ["words", "byte_pairs"])
def test_words_and_byte_pairs_are_learned_too(tmp_path: Path, by: str) -> None:
    project = replace(writing_project(tmp_path, by=by), data=tale_data(tmp_path, length=8))
    project = fitting(with_training(project, epochs=1), tmp_path)
    run = tmp_path / "run"
    trained(project, tmp_path, run)
    text = writer_of(run).text(Wish("The fox", 12, 0.5))
    assert text.startswith("The fox") and len(text) > 12


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"windows": Windows(5_000)}, "text to train with has .* tokens, but a window of 5,000"),
        ({"split": Split("share")}, "choose the split by time"),
        ({"split": Split("time", folds=3)}, "tested with its end alone.*set folds to 0"),
        ({"path": "none.txt"}, "there is no such text file"),
    ],
)
def test_what_cannot_be_cut_into_windows_is_told_of(tmp_path: Path, changes: dict[str, object], said: str) -> None:
    project = writing_project(tmp_path)
    assert project.data is not None
    with pytest.raises(RunError, match=said):
        facts_of(replace(project, data=replace(project.data, **changes)), tmp_path)


def test_other_modes_and_inputs_are_refused_for_one_text(tmp_path: Path) -> None:
    project = writing_project(tmp_path)
    with pytest.raises(RunError, match="train with the mode Next token"):
        facts_of(with_training(project, mode="supervised"), tmp_path)
    tables = chain(
        "table_input", ("linear", {"out_features": 3}), "output", project=replace(project, graph=type(project.graph)())
    )
    with pytest.raises(RunError, match="takes no text: use a Text input"):
        facts_of(tables, tmp_path)


def test_a_run_that_does_not_write_says_so(tmp_path: Path) -> None:
    trained(class_project(tmp_path), tmp_path, tmp_path / "run")
    with pytest.raises(RunError, match="was trained as supervised and writes no text"):
        writer_of(tmp_path / "run")


def test_spoiled_samples_are_none(tmp_path: Path) -> None:
    assert read_samples(tmp_path) == []
    for text in ("[1", "[3]", '{"a": 1}', '[{"epoch": "x", "text": 1}]'):
        (tmp_path / "written.json").write_text(text)
        assert read_samples(tmp_path) == []
