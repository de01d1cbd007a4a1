"""``layerloom order`` and ``layerloom train --attach``: what a run is asked from elsewhere, and what is refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.cli import training
from designer.training.alive import ORDERS, is_alive, living, write_status
from designer.training.history import read_changes
from designer.training.record import read_history
from designer.training.run_files import METRICS_NAME
from designer.workspace.orders import extendable_run, why_not_extended
from designer.workspace.places import own_command, own_environment
from designer.workspace.runs import list_runs
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]
LONG = 900_000


@pytest.fixture
def finished(tmp_path: Path, capsys: Output) -> tuple[Path, Path]:
    """A project, and its finished run of 5 epochs."""
    path = small_project(tmp_path)
    assert main(["train", str(path)]) == 0
    capsys.readouterr()
    return path, list_runs(path)[0]


def test_orders_reach_a_run_that_is_alive_and_no_other(finished: tuple[Path, Path], capsys: Output) -> None:
    path, run = finished
    assert main(["order", str(run), "pause"]) == 1
    assert "not being trained" in capsys.readouterr().err
    assert main(["order", str(path), "pause"]) == 1
    assert "no training of" in capsys.readouterr().err
    with living(run):
        assert main(["order", str(path), "pause"]) == 0
        assert "it waits" in capsys.readouterr().out
        assert main(["order", str(run), "set", "training.learning_rate=0.5", "training.keep_best=no", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["settings"] == {"learning_rate": 0.5, "keep_best": False}
        assert main(["order", str(run), "extend", "7"]) == 0
        lines = [json.loads(line) for line in (run / ORDERS).read_text().splitlines()]
    assert lines == [
        {"do": "pause"},
        {"do": "set", "settings": {"learning_rate": 0.5, "keep_best": False}},
        {"do": "extend", "epochs": 7},
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["set", "training.batch_size=3"], "steps of an epoch"),
        (["set", "training.seed=3"], "all chance"),
        (["set", "linear1.out_features=3"], "only settings of its training"),
        (["set", "training.learning_rate=fast"], "expected a number"),
        (["set"], "written as: set"),
        (["extend", "many"], "number of epochs"),
        (["extend"], "written as: extend"),
        (["stop", "now"], "written as: stop"),
        (["extend", "1000000"], "from 1 to 1000000"),
    ],
)
def test_what_cannot_be_asked_is_refused_before_it_is_sent(
    finished: tuple[Path, Path], capsys: Output, words: list[str], said: str
) -> None:
    _, run = finished
    with living(run):
        assert main(["order", str(run), *words]) == 1
        assert said in capsys.readouterr().err
        assert not (run / ORDERS).exists()


@pytest.mark.parametrize("words", [["pause"], ["step"], ["step-epoch"], ["set", "training.learning_rate=0.5"]])
def test_a_run_that_is_over_and_waits_for_room_says_that_it_is_led_no_more(
    finished: tuple[Path, Path], capsys: Output, words: list[str]
) -> None:
    _, run = finished
    trouble = {"epoch": 5, "message": "there is no space left (x).", "waiting": True}
    with living(run):
        write_status(run, {"started": {"epochs": 5}, "unsaved": trouble})
        assert main(["order", str(run), *words]) == 1
        assert "waits until it can be saved" in capsys.readouterr().err
        assert not (run / ORDERS).exists()
        for taken in (["extend", "2"], ["stop"]):
            assert main(["order", str(run), *taken]) == 0
        write_status(run, {"started": {"epochs": 5}, "unsaved": trouble | {"waiting": False}})
        assert main(["order", str(run), "pause"]) == 0
    # killed as it waited it has left its last word behind
    write_status(run, {"started": {"epochs": 5}, "unsaved": trouble})
    assert main(["order", str(run), *words]) == 1
    assert "waits until" not in capsys.readouterr().err


def test_a_finished_run_is_extended_right_here(finished: tuple[Path, Path], capsys: Output) -> None:
    _, run = finished
    assert main(["order", str(run), "extend", "3", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == 8
    assert [event.epoch for event in read_history(run)] == list(range(1, 9))
    assert read_changes(run)[-1].settings == {"epochs": 8}


def test_a_run_that_failed_in_its_first_epoch_is_not_extended(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, learning_rate=1e6, optimizer="sgd")
    assert main(["train", str(path), "--set", "training.learning_rate=1000000", "--set", "training.batch_size=4"]) == 1
    [run] = list_runs(path)
    capsys.readouterr()
    assert main(["order", str(run), "extend", "3"]) == 1
    said = capsys.readouterr().err
    assert (
        said.startswith(f"layerloom: The run {run.name} failed before its first epoch was over")
        and "train anew" in said
    )
    assert extendable_run(path) == (None, why_not_extended(run))
    assert why_not_extended(run) in said
    assert main(["runs", str(path), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["runs"]
    assert told["state"] == "failed" and "the loss became" in told["failure"]


def test_a_run_that_is_alive_is_not_resumed_by_another(finished: tuple[Path, Path], capsys: Output) -> None:
    path, run = finished
    with living(run):
        assert main(["train", str(path), "--resume", "--epochs", "9"]) == 1
    said = capsys.readouterr().err
    assert "being trained right now" in said
    assert "--attach" in said
    assert main(["train", "--attach", str(run)]) == 1
    assert "not being trained now; it has come to its end" in capsys.readouterr().err
    (run / METRICS_NAME).unlink()
    assert main(["train", "--attach", str(run)]) == 1
    assert "not being trained now; go on with it by train --resume" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["order", "RUN", "extend", "3"], ["train", "PROJECT", "--resume", "--epochs", "8"]])
def test_interrupted_before_a_finished_run_goes_on_nothing_is_said_to_go_on_with(
    finished: tuple[Path, Path], capsys: Output, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """The run stays as it was, with the epochs that it had."""
    path, run = finished

    def pressed(*of: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_follow", pressed)
    named = {"RUN": str(run), "PROJECT": str(path)}
    assert main([named.get(word, word) for word in words]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "layerloom: interrupted"
    (run / METRICS_NAME).unlink()
    assert main([named.get(word, word) for word in words]) == 130
    assert "go on with: layerloom train" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_a_training_is_followed_from_elsewhere_and_left_running(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG)
    command = [*own_command(), "train"]
    named = {"env": own_environment(), "stderr": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen([*command, str(path)], **named) as training:  # type: ignore[call-overload]
        deadline = time.monotonic() + 60
        while not (runs := list_runs(path)) or len(read_history(runs[0])) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        with subprocess.Popen([*command, "--attach", str(path)], **named) as follower:  # type: ignore[call-overload]
            while "epoch" not in (line := follower.stderr.readline()):
                assert line
            follower.send_signal(signal.SIGINT)
            _, rest = follower.communicate(timeout=60)
            assert follower.returncode == 130
            assert "goes on" in rest
        assert is_alive(runs[0])
        assert main(["order", str(path), "stop"]) == 0
        out, _ = training.communicate(timeout=60)
        assert training.returncode == 0
        assert "epochs in" in out
