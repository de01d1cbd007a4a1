"""A run whose history was spoiled goes on with its best weights, says what is missing, and keeps the spoiled file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from designer.project.model import Project
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.events import Warned
from designer.training.past import stretches
from designer.training.run import train
from designer.training.telling import Telling
from designer.workspace.forks import prepare_fork
from designer.workspace.run_list import read_info
from tests.helpers.training import class_project, equal, history, interrupted, trained, with_training

BEST = {"epochs": 12, "learning_rate": 0.3}


def warnings(project: Project, base: Path, run: Path) -> list[str]:
    """Go on to the end; what is said on the way."""
    return [event.message for event in train(project, base, run, resume=True) if isinstance(event, Warned)]


def epochs(run: Path) -> list[int]:
    """The epochs that the history of a run tells of."""
    return [line["epoch"] for line in history(run)]


def lines(run: Path) -> list[bytes]:
    return (run / "history.jsonl").read_bytes().splitlines(keepends=True)


def spoil(run: Path, place: int) -> bytes:
    """Change the first byte of a line of the history; what the file is then."""
    found = lines(run)
    found[place] = b"#" + found[place][1:]
    (run / "history.jsonl").write_bytes(b"".join(found))
    return b"".join(found)


def best_of(run: Path) -> int:
    checkpoint = read_checkpoint(run)
    assert checkpoint is not None and checkpoint.best
    return checkpoint.best_epoch


def test_one_spoiled_line_costs_one_epoch_and_is_said_once(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=5), tmp_path, run)
    spoiled = spoil(run, 0)
    assert read_info(run).at == (2, 3, 4, 5)
    [said] = warnings(project, tmp_path, run)
    assert "epoch 1 is missing" in said and "history.spoiled.jsonl" in said
    assert (run / "history.spoiled.jsonl").read_bytes() == spoiled
    assert epochs(run) == [2, 3, 4, 5, 6, 7, 8]
    assert warnings(with_training(project, epochs=9), tmp_path, run) == []
    spoil(run, 3)
    [said] = warnings(with_training(project, epochs=10), tmp_path, run)
    assert "epoch 5 is missing" in said and "history.spoiled-2.jsonl" in said
    assert (run / "history.spoiled.jsonl").read_bytes() == spoiled


@pytest.mark.parametrize(
    ("lose", "missing"),
    [
        (lambda text: b"", "epochs 1 to 12 are missing"),
        (lambda text: b"".join(text.splitlines(keepends=True)[:6]) + b'{"event', "epochs 7 to 12 are missing"),
        (lambda text: text.replace(b'"epoch": 3,', b'"epoch": 5,'), "epochs 3 and 5 are missing"),
        (lambda text: b"#" + text[1:], "epoch 1 is missing"),
    ],
)
def test_a_spoiled_history_never_costs_the_best_weights(
    tmp_path: Path, run: Path, lose: Callable[[bytes], bytes], missing: str
) -> None:
    project = with_training(class_project(tmp_path), **BEST)
    trained(project, tmp_path, run)
    trained(project, tmp_path, tmp_path / "whole")
    best = best_of(run)
    content = lose((run / "history.jsonl").read_bytes())
    (run / "history.jsonl").write_bytes(content)
    longer = with_training(project, epochs=14)
    whole = trained(longer, tmp_path, tmp_path / "whole", resume=True)
    assert best == best_of(tmp_path / "whole"), "the epochs that follow are worse, else this shows nothing"
    [said] = warnings(longer, tmp_path, run)
    assert missing in said
    assert (run / "history.spoiled.jsonl").exists() == bool(content)
    assert best_of(run) == best
    assert equal(read_weights(run), read_weights(tmp_path / "whole"))
    assert json.loads((run / "metrics.json").read_text())["validation"] == whole["validation"]


def test_a_better_epoch_still_takes_the_place_of_the_best(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=2), tmp_path, run)
    (run / "history.jsonl").write_bytes(b"")
    trained(project, tmp_path, tmp_path / "whole")
    trained(project, tmp_path, run, resume=True)
    assert best_of(run) == best_of(tmp_path / "whole") > 2
    assert equal(read_weights(run), read_weights(tmp_path / "whole"))


@pytest.mark.parametrize("left", [5, 6])
def test_the_first_epoch_after_those_that_are_lost_may_be_the_best(tmp_path: Path, run: Path, left: int) -> None:
    project = with_training(class_project(tmp_path), epochs=8, learning_rate=0.3)
    trained(project, tmp_path, tmp_path / "whole")
    assert best_of(tmp_path / "whole") == 8, "else this shows nothing"
    trained(with_training(project, epochs=7), tmp_path, run)
    assert best_of(run) < left
    (run / "history.jsonl").write_bytes(b"".join(lines(run)[:left]))
    trained(project, tmp_path, run, resume=True)
    assert best_of(run) == 8
    assert equal(read_weights(run), read_weights(tmp_path / "whole"))


def test_what_a_crash_cut_off_behind_the_checkpoint_is_passed_over_in_silence(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=4), tmp_path, run)
    with (run / "history.jsonl").open("ab") as file:
        file.write(b"\0\0\0\n" + lines(run)[3].replace(b'"epoch": 4', b'"epoch": 5')[:40])
    assert warnings(project, tmp_path, run) == []
    assert epochs(run) == list(range(1, 9))
    assert not list(run.glob("history.spoiled*"))


def test_a_spoiled_change_of_settings_is_said(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=3), tmp_path, run)
    trained(with_training(project, epochs=5, learning_rate=0.001), tmp_path, run, resume=True)
    assert b'"changed"' in lines(run)[3]
    spoil(run, 3)
    [said] = warnings(with_training(project, epochs=6, learning_rate=0.001), tmp_path, run)
    assert "other settings" in said
    assert epochs(run) == [1, 2, 3, 4, 5, 6]


@pytest.mark.usefixtures("every_epoch")
def test_a_fork_holds_the_past_of_its_run_and_says_once_what_is_lost_of_it(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(project, tmp_path, run)
    whole = prepare_fork(run, 4)
    assert warnings(project, tmp_path, whole.folder) == []
    assert epochs(whole.folder) == list(range(1, 9))
    spoil(run, 1)
    fork = prepare_fork(run, 4)
    events = train(project, tmp_path, fork.folder, resume=True)
    said = next(event.message for event in events if isinstance(event, Warned))
    # killed before the next checkpoint
    events.close()
    assert "epoch 2 is missing" in said
    assert warnings(project, tmp_path, fork.folder) == []
    assert epochs(fork.folder) == [1, 3, 4, 5, 6, 7, 8]


def test_a_run_without_a_checkpoint_has_nothing_to_lose(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    interrupted(project, tmp_path, run, after=1)
    (run / "history.jsonl").write_bytes(b"#\n")
    (run / "checkpoint.safetensors").unlink(missing_ok=True)
    assert warnings(project, tmp_path, run) == []
    assert epochs(run) == list(range(1, 9))


def test_the_warning_is_a_line_of_the_protocol() -> None:
    said: Any = Telling().line(Warned("A line is gone."))
    assert said == {"event": "warned", "message": "A line is gone."}


def test_stretches_have_no_gaps() -> None:
    assert stretches([]) == ()
    assert stretches([1, 2, 3, 5, 8, 9]) == ((1, 3), (5, 5), (8, 9))
