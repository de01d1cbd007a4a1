"""``layerloom train``: its one JSON object, its progress, its interruption and what can be set."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

import pytest

from designer.__main__ import main
from designer.project.file import load_project
from designer.workspace.places import own_command, own_environment
from designer.workspace.runs import list_runs
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]
LONG = 1_000_000


def test_json_is_one_object_with_the_metrics_of_each_part(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    assert main(["train", str(path), "--json"]) == 0
    output = capsys.readouterr()
    found = json.loads(output.out)
    assert set(found) == {"run", "epochs", "seconds", "train", "validation", "test"}
    assert Path(found["run"]) == list_runs(path)[0]
    assert found["epochs"] == 5
    assert {"loss", "mse", "rmse", "mae", "r2"} <= set(found["test"])
    assert "epoch 5/5" in output.err
    assert "42 train, 9 validation, 9 test" in output.err


def test_options_go_to_the_run_and_leave_the_project_alone(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    before = path.read_bytes()
    run = tmp_path / "elsewhere"
    words = [
        "--epochs",
        "2",
        "--seed",
        "9",
        "--device",
        "cpu",
        "--set",
        "training.learning_rate=0.2",
        "--run",
        str(run),
    ]
    assert main(["train", str(path), *words, "--run", str(run)]) == 0
    trained = load_project(run / "project.loom")
    assert (trained.training.epochs, trained.training.seed, trained.training.learning_rate) == (2, 9, 0.2)
    assert path.read_bytes() == before
    assert list_runs(path) == []
    assert "2 epochs" in capsys.readouterr().out
    assert main(["train", str(path), "--run", str(run)]) == 1
    assert "not empty" in capsys.readouterr().err


def test_the_same_seed_gives_the_same_weights_wherever_the_run_lies(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    for run in ("a", "deep/b"):
        assert main(["train", str(path), "--run", str(tmp_path / run)]) == 0
    weights = [(tmp_path / run / "weights.safetensors").read_bytes() for run in ("a", "deep/b")]
    assert weights[0] == weights[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--epochs", "many"], "training.epochs: expected a whole number"),
        (["--set", "training.epoch=3"], "did you mean “epochs”"),
        (["--set", "output1.loss=hinge"], ""),
        (["--resume"], "no run to go on with"),
    ],
)
def test_a_problem_is_a_sentence_and_leaves_no_run(tmp_path: Path, capsys: Output, words: list[str], said: str) -> None:
    path = small_project(tmp_path)
    assert main(["train", str(path), *words]) == 1
    output = capsys.readouterr()
    assert said in output.err
    assert "Traceback" not in output.err
    assert not (tmp_path / "line.runs").exists()


def start(path: Path, *words: str) -> subprocess.Popen[str]:
    command = [*own_command(), "train", str(path), *words]
    return subprocess.Popen(
        command,
        env=own_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_interrupted_says_how_to_go_on_and_goes_on_to_the_same_weights(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    straight = tmp_path / "straight"
    process = start(path, "--epochs", str(LONG), "--json")
    assert process.stderr is not None
    while "epoch 1/" not in process.stderr.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert json.loads(out) == {"error": "interrupted", "run": str(list_runs(path)[0])}
    assert f"layerloom train {path} --resume" in err
    run = list_runs(path)[0]
    reached = json.loads((run / "checkpoint.json").read_text())["epoch"]
    total = str(reached + 3)
    assert main(["train", str(path), "--resume", "--epochs", total, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["epochs"] == reached + 3
    assert main(["train", str(path), "--epochs", total, "--run", str(straight)]) == 0
    assert (run / "weights.safetensors").read_bytes() == (straight / "weights.safetensors").read_bytes()
    assert main(["train", str(path), "--resume"]) == 1
    assert "finished" in capsys.readouterr().err


def begun(path: Path) -> subprocess.Popen[str]:
    """A long training in a process of its own, after its first epoch."""
    process = start(path, "--epochs", str(LONG))
    assert process.stderr is not None
    while "epoch 1/" not in process.stderr.readline():
        assert process.poll() is None
    return process


def test_interrupted_while_a_later_run_is_there_names_the_run_to_go_on_with(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    process = begun(path)
    assert process.stderr is not None
    assert main(["train", str(path), "--epochs", "1"]) == 0
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    first, _ = list_runs(path)
    assert f"--resume --run {first}\n" in err
    words = shlex.split(err.split("go on with: layerloom ")[1])
    reached = json.loads((first / "checkpoint.json").read_text())["epoch"]
    assert main([*words, "--epochs", str(reached + 1)]) == 0
    assert (first / "metrics.json").exists()


def test_interrupted_alone_it_need_not_be_named_and_more_interruptions_end_in_no_confusion(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    process = begun(path)
    assert process.stderr is not None
    process.send_signal(signal.SIGINT)
    said = ""
    while "go on with" not in said:
        said += process.stderr.readline()
        assert process.poll() in (None, 130)
    while process.poll() is None:
        process.send_signal(signal.SIGINT)
        time.sleep(0.001)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in said + err
    assert said.endswith(f"go on with: layerloom train {path} --resume\n")


def test_what_was_lost_of_a_spoiled_history_is_said(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    assert main(["train", str(path), "--epochs", "2"]) == 0
    history = list_runs(path)[0] / "history.jsonl"
    history.write_bytes(b"#" + history.read_bytes()[1:])
    assert main(["train", str(path), "--resume", "--epochs", "3"]) == 0
    assert "epoch 1 is missing" in capsys.readouterr().err


def test_interrupted_before_it_began_leaves_nothing(tmp_path: Path) -> None:
    path = small_project(tmp_path, epochs=LONG)
    process = start(path)
    deadline = time.monotonic() + 20
    while not list_runs(path) and time.monotonic() < deadline:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "--resume" in err or list_runs(path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="needs a timer that sends signals")
# where the interruption falls between the opening of a file and the block that closes it, the collector closes it
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_interrupted_at_any_moment_it_can_go_on_or_begin_anew(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, epochs=40)
    # the first one pays for the imports
    assert main(["train", str(path), "--run", str(tmp_path / "first")]) == 0
    began = time.monotonic()
    assert main(["train", str(path), "--run", str(tmp_path / "straight")]) == 0
    usual = time.monotonic() - began
    expected = (tmp_path / "straight" / "weights.safetensors").read_bytes()
    statuses = []
    for moment in range(30):
        run = tmp_path / f"run{moment}"
        capsys.readouterr()
        statuses.append(interrupted_after(usual * (moment + 1) / 30, ["train", str(path), "--run", str(run)]))
        said = capsys.readouterr().err
        assert "Traceback" not in said
        if statuses[-1] == 130 and "--resume" in said:
            assert main(["train", str(path), "--run", str(run), "--resume"]) == 0
        elif statuses[-1] == 130 and not (run / "metrics.json").exists():
            assert not run.exists(), sorted(path.name for path in run.iterdir())
            continue
        assert (run / "weights.safetensors").read_bytes() == expected
    assert statuses.count(130) > 5


def interrupted_after(seconds: float, words: list[str]) -> int:
    """The exit status of a command that is interrupted after so many seconds, if it still runs then."""
    running = True

    def interrupt(number: int, frame: FrameType | None) -> None:
        if running:
            signal.raise_signal(signal.SIGINT)

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return main(words)
    finally:
        running = False
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_a_terminal_shows_a_bar_with_the_time_left(tmp_path: Path) -> None:
    import pty

    path = small_project(tmp_path, rows=600)
    front, back = pty.openpty()
    command = [*own_command(), "train", str(path), "--epochs", "1000"]
    environment = {**own_environment(), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=back) as process:
        os.close(back)
        shown = b""
        while b" left" not in shown:
            shown += os.read(front, 4096)
        process.send_signal(signal.SIGINT)
        process.wait(20)
    os.close(front)
    text = shown.decode("utf-8", "replace")
    assert "epoch " in text
    assert "█" in text or "░" in text


def test_evaluate_predict_and_export_follow_a_run(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path, epochs=30)
    assert main(["evaluate", str(path)]) == 1
    assert "not been trained yet" in capsys.readouterr().err
    assert main(["train", str(path), "--json"]) == 0
    trained = json.loads(capsys.readouterr().out)
    for named in (trained["run"], str(path)):
        assert main(["evaluate", named, "--json"]) == 0
        found = json.loads(capsys.readouterr().out)
        assert found["data"] == str(tmp_path / "line.csv")
        assert found["test"] == pytest.approx(trained["test"])
    assert main(["evaluate", str(path), "--data", str(tmp_path / "line.csv")]) == 0
    assert "rmse" in capsys.readouterr().out
    assert main(["predict", str(path), str(tmp_path / "line.csv"), "-o", str(tmp_path / "out.csv")]) == 0
    capsys.readouterr()
    assert main(["predict", str(path), str(tmp_path / "line.csv")]) == 0
    shown = capsys.readouterr().out
    assert shown == (tmp_path / "out.csv").read_text()
    assert len(shown.splitlines()) == 61
    for to in ("script", "model", "weights", "svg", "png"):
        out = tmp_path / f"x.{to}"
        for source in (path, trained["run"]):
            assert main(["export", str(source), "--to", to, "-o", str(out)]) == 0
            assert out.stat().st_size > 100
    assert main(["export", str(path), "--to", "script", "-o", str(tmp_path / "none" / "x.py")]) == 1
    assert main(["evaluate", str(tmp_path)]) == 1
    assert "is no run" in capsys.readouterr().err


def test_new_names_the_project_after_the_data_and_never_writes_over_one(
    tmp_path: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_project(tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    assert main(["new", "data/line.csv", "--target", "y", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["target"] == "y"
    assert load_project(tmp_path / "line.loom").data.path == "data/line.csv"  # type: ignore[union-attr]
    before = (tmp_path / "line.loom").read_bytes()
    assert main(["new", "data/line.csv", "--target", "a"]) == 1
    assert "line.loom exists already" in capsys.readouterr().err
    assert (tmp_path / "line.loom").read_bytes() == before
    assert main(["new", "data/line.csv", "--target", "a", "--force"]) == 0
    assert "predicts “a”" in capsys.readouterr().out
    assert main(["new", "data/line.csv", "--target", "zebra", "-o", "z.loom"]) == 1
    assert "zebra" in capsys.readouterr().err


def test_check_lists_layers_and_says_problems_on_stderr(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    assert main(["check", str(path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["ok"], found["problems"], found["parameters"]) == (True, [], 3)
    assert found["layers"][1] == {"name": "linear1", "type": "linear", "output_shape": [1], "parameters": 3}
    assert main(["check", str(path)]) == 0
    assert "N×1" in capsys.readouterr().out
    assert main(["train", str(path)]) == 0
    (tmp_path / "line.csv").unlink()
    assert main(["evaluate", str(path)]) == 1
    assert f"there is no file {tmp_path / 'line.csv'}" in capsys.readouterr().err
    assert main(["check", str(path), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert not found["ok"]
    assert found["problems"][0]["where"] == "data.path"
    assert main(["check", str(path)]) == 1
    assert "line.csv" in capsys.readouterr().err


def test_events_of_a_project_are_lines_of_json(tmp_path: Path) -> None:
    path = small_project(tmp_path)
    command = [*own_command(), "train", str(path), "--events"]
    done = subprocess.run(command, env=own_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["event"] for event in events if event["event"] not in ("step", "epoch")] == [
        "ready",
        "started",
        "finished",
    ]
    assert Path(events[-1]["run"]) == list_runs(path)[0]


def test_settings_with_which_a_run_cannot_go_on_spoil_it_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = small_project(tmp_path)
    assert main(["train", str(path)]) == 0
    [run] = list_runs(path)
    before = (run / "project.loom").read_bytes()
    assert main(["train", str(path), "--resume", "--epochs", "7", "--set", "training.batch_size=7"]) == 1
    assert "network or training settings" in capsys.readouterr().err
    assert (run / "project.loom").read_bytes() == before
    assert main(["train", str(path), "--resume", "--epochs", "7"]) == 0
    assert load_project(run / "project.loom").training.epochs == 7
