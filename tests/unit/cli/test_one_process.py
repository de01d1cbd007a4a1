"""torchrun with a single process: the training, its end and its restarts are those of a training without torchrun."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.workspace import verbs
from designer.workspace.runs import list_runs
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """What torchrun tells the one process that it starts."""
    told = {"RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1", "TORCHELASTIC_RUN_ID": "a launch"}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.usefixtures("launched")
def test_a_single_process_comes_to_its_end(tmp_path: Path, capsys: Output) -> None:
    path = small_project(tmp_path)
    assert main(["train", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["epochs"] == 5 and [Path(told["run"])] == list_runs(path)


def test_a_single_process_that_is_started_again_goes_on(
    tmp_path: Path, launched: pytest.MonkeyPatch, capsys: Output
) -> None:
    path = small_project(tmp_path)
    events = verbs.train(verbs.prepare_run(path))
    while getattr(next(events), "epoch", 0) < 3:
        pass
    events.close()
    launched.setenv("TORCHELASTIC_RESTART_COUNT", "1")
    assert main(["train", str(path)]) == 0
    assert "Going on with" in capsys.readouterr().err and len(list_runs(path)) == 1
