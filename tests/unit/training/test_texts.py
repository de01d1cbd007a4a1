"""Texts, in a column or a folder, become tokens that were learned from the training part."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from designer.compiler.analyse import analyse
from designer.project.model import Split
from designer.training.errors import RunError
from designer.training.extras import byte_pairs
from designer.training.predict import predict_run
from designer.training.prepare import read_data
from designer.training.results import evaluate_run
from designer.training.tokens import token_report
from tests.helpers.series import FOLDER, REVIEWS, sentences, text_project, write_texts
from tests.helpers.training import trained, write_csv

WORDS = {"by": "words", "vocabulary": 1000, "length": 0, "lowercase": True}


def reviews(folder: Path, count: int = 60) -> Path:
    return write_csv(folder / "reviews.csv", ("review", "mood"), sentences(count))


@pytest.mark.parametrize("by", ["words", "characters", "byte_pairs"])
def test_a_column_of_text_trains_predicts_and_is_evaluated(tmp_path: Path, by: str):
    path, run = reviews(tmp_path), tmp_path / "run"
    project = text_project(path, REVIEWS, by=by, vocabulary=400)
    prepared = read_data(project, tmp_path)
    learned = prepared.preparation["features"]["review"]
    assert list(prepared.facts.codes.values()) == [learned["codes"]]
    assert list(prepared.facts.shapes.values()) == [(learned["length"],)]
    analysis = analyse(project, prepared.facts)
    assert analysis.source is not None
    assert f"nn.EmbeddingBag({learned['codes']}, embedding_dim=32" in analysis.source.text.replace("\n", "") or (
        f"nn.EmbeddingBag({learned['codes']}, 32" in analysis.source.text
    )
    figures = trained(project, tmp_path, run)
    assert evaluate_run(run)["test"] == pytest.approx(figures["test"])
    write_csv(tmp_path / "new.csv", ("review",), [("Lovely food!",), ("",), ("words never seen xyz 列",)])
    assert predict_run(run, tmp_path / "new.csv", tmp_path / "out.csv") == 3


def test_the_vocabulary_is_that_of_the_training_part(tmp_path: Path):
    own = [(f"{text} own{row}", mood) for row, (text, mood) in enumerate(sentences(60))]
    project = text_project(write_csv(tmp_path / "reviews.csv", ("review", "mood"), own), REVIEWS)
    prepared = read_data(project, tmp_path)
    seen = {token for token in prepared.preparation["features"]["review"]["tokens"] if token.startswith("own")}
    assert len(seen) == prepared.facts.rows["train"] == 42
    assert (prepared.train.inputs[0] != 1).all()
    # each other text has the one word of its own that training has not seen
    for part in (prepared.validation, prepared.test):
        assert (part.inputs[0] == 1).sum(dim=1).tolist() == [1] * 9
    notes = " ".join(prepared.facts.notes)
    assert "63 tokens were learned" in notes and "of the validation part are unknown" in notes


def test_what_was_learned_once_is_not_learned_anew(tmp_path: Path):
    path = reviews(tmp_path)
    learned = read_data(text_project(path, REVIEWS), tmp_path).preparation
    write_csv(path, ("review", "mood"), [(f"onlyhere {text}", mood) for text, mood in sentences(60)])
    held = read_data(text_project(path, REVIEWS), tmp_path, learned)
    assert held.preparation == learned
    assert (held.test.inputs[0] == 1).any(dim=1).all()


def test_a_folder_of_texts_is_a_table_of_texts_and_classes(tmp_path: Path):
    folder, run = write_texts(tmp_path / "mails"), tmp_path / "run"
    project = text_project(folder, FOLDER)
    assert read_data(project, tmp_path).facts.rows == {"train": 28, "validation": 6, "test": 6}
    trained(project, tmp_path, run)
    assert evaluate_run(run, folder)["rows"] == {"test": 40}
    assert predict_run(run, folder / "good", tmp_path / "out.csv") == 20
    assert (tmp_path / "out.csv").read_text().splitlines()[0].startswith("file,predicted_class")


def test_folders_may_say_which_texts_test(tmp_path: Path):
    folder = write_texts(tmp_path / "mails", ("train", "test"))
    prepared = read_data(text_project(folder, FOLDER, Split("folders", 0.25)), tmp_path)
    assert prepared.facts.rows == {"train": 30, "validation": 10, "test": 40}


def test_without_its_library_byte_pairs_say_what_to_install(monkeypatch: pytest.MonkeyPatch):
    import sys

    usual = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name == "tokenizers":
            raise ImportError("No module named 'tokenizers'")
        return usual(name, *rest)

    monkeypatch.delitem(sys.modules, "designer.runtime.byte_pairs", raising=False)
    monkeypatch.delattr("designer.runtime.byte_pairs", raising=False)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(RunError, match=r"pip install “layerloom\[text\]”"):
        byte_pairs()


def test_a_view_of_tokens_and_lengths():
    report = token_report(["a b", "a b c d", "a"], {**WORDS, "length": 3}, ["a x", "y", "a a a y"])
    assert report.examples == (("a", "b"), ("a", "b", "c"), ("a",))
    assert report.known[0] == (True, True)
    assert report.lengths == ((1, 1, 1), (2, 2, 1), (3, 3, 0), (4, 4, 1))
    assert report.frequent[:2] == (("a", 3), ("b", 2))
    assert (report.vocabulary, report.length) == (4, 3)
    assert report.cut == pytest.approx(1 / 3)
    assert report.unknown == pytest.approx(2 / 6)


@pytest.mark.parametrize("by", ["characters", "byte_pairs"])
def test_the_view_knows_every_way(by: str):
    report = token_report(["some text", None, "more text"], {**WORDS, "by": by, "vocabulary": 300}, ["text"])
    assert report.unknown == 0.0
    assert sum(count for _, _, count in report.lengths) == 3
    assert token_report([], WORDS).lengths == ((0, 0, 1),)
