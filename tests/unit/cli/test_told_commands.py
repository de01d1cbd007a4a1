"""The commands that are told can be typed as they are, whatever the folder of the project is called."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.cli import rates
from designer.project.edits import rename
from designer.training.checkpoint import CHECKPOINT
from designer.training.rate_finder import Found
from designer.workspace import verbs
from designer.workspace.autosave import Autosave
from designer.workspace.recovery import list_recoverable
from designer.workspace.session import Session
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return small_project(tmp_path / "my $first work", epochs=2)


def told(text: str, before: str) -> list[str]:
    """The words of the command that a line tells ``before`` which this stands."""
    return shlex.split(next(line.partition(before)[2] for line in text.splitlines() if before in line))


def test_a_new_project_is_trained_next(project: Path, capsys: Output) -> None:
    out = project.with_name("it's new.loom")
    assert main(["new", str(project.with_suffix(".csv")), "--target", "y", "-o", str(out)]) == 0
    assert told(capsys.readouterr().out, "Next: ") == ["layerloom", "train", str(out)]


def test_a_sample_is_trained_next(project: Path, capsys: Output) -> None:
    assert main(["samples", "hotels_one_neuron", "--to", str(project.parent)]) == 0
    copied = capsys.readouterr().out
    assert told(copied, "Next: ") == ["layerloom", "train", copied.splitlines()[0]]


def test_what_was_recovered_is_opened_next(project: Path, capsys: Output) -> None:
    session = Session.open(project)
    autosave = Autosave(session)
    session.do("Rename", rename(session.project, "n2", "lost"))
    autosave.close(keep=True)
    session.close()
    out = project.with_name("back & again.loom")
    assert main(["recover", list_recoverable()[0].name, "-o", str(out)]) == 0
    assert told(capsys.readouterr().out, "Next: ") == ["layerloom", str(out)]


def test_the_rate_that_was_found_is_trained_with(
    project: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "_search", lambda chosen, heard: Found((0.1,), (1.0,), (1.0,), suggestion=0.01))
    assert main(["find-lr", str(project)]) == 0
    wanted = ["layerloom", "train", str(project), "--set", "training.learning_rate=0.01"]
    assert told(capsys.readouterr().out, "Suggestion: ") == wanted


def test_a_run_without_its_checkpoint_is_forked(project: Path, capsys: Output) -> None:
    job = verbs.prepare_run(project)
    list(verbs.train(job))
    (job.folder / CHECKPOINT).unlink()
    capsys.readouterr()
    assert main(["train", str(project), "--resume", "--epochs", "3"]) == 1
    words = told(capsys.readouterr().err, "or by ")
    assert words == ["layerloom", "fork", str(job.folder), "--epoch", f"{words[-1].rstrip('.')}."]
