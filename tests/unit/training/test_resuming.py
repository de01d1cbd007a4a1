"""An interruption at any moment costs nothing: a run that goes on ends as one that was never interrupted."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from designer.layers.catalog import OPTIMIZERS
from designer.project.model import Split, Training
from designer.runtime.events import Epoch, Step
from designer.training import record
from designer.training.checkpoint import POSITION, read_checkpoint, read_weights
from designer.training.errors import RunError
from designer.training.events import Started, started_line
from designer.training.history import read_changes
from designer.training.run import train
from designer.workspace.forks import fork_places
from tests.helpers.training import class_project, equal, history, interrupted, trained, with_training


@pytest.mark.usefixtures("every_epoch")
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_resuming_ends_in_the_same_weights_with_every_optimizer(tmp_path: Path, run: Path, optimizer: str) -> None:
    fields = {"momentum": 0.9} if optimizer in ("sgd", "rmsprop") else {}
    kind = OPTIMIZERS[optimizer]
    settings = Training(epochs=5, batch_size=16, optimizer=optimizer, optimizer_fields=fields, seed=1)
    settings = replace(settings, l1=0.0 if kind.step else 0.001, weight_decay=0.01 if kind.decay else 0.0)
    project = class_project(tmp_path, settings)
    whole = tmp_path / "whole"
    metrics = trained(project, tmp_path, whole)
    interrupted(project, tmp_path, run, after=12)
    assert read_checkpoint(run).epoch == 2  # type: ignore[union-attr]
    assert not (run / "metrics.json").exists()
    again = trained(project, tmp_path, run, resume=True)
    assert equal(read_weights(whole), read_weights(run))
    assert equal(read_checkpoint(whole).weights, read_checkpoint(run).weights)  # type: ignore[union-attr]
    assert history(whole) == history(run)
    for part in ("train", "validation", "test"):
        assert again[part] == metrics[part]


@pytest.mark.usefixtures("every_epoch")
@pytest.mark.parametrize("after", [1, 2, 5, 6, 7, 13, 19, 25, 31, 37])
def test_resuming_after_any_event_ends_the_same_even_with_early_stopping(tmp_path: Path, run: Path, after: int) -> None:
    project = with_training(class_project(tmp_path), epochs=60, learning_rate=0.2, patience=3)
    metrics = trained(project, tmp_path, tmp_path / "whole")
    interrupted(project, tmp_path, run, after)
    interrupted(project, tmp_path, run, after, resume=True)
    again = trained(project, tmp_path, run, resume=True)
    assert again["epochs"] == metrics["epochs"]
    assert equal(read_weights(tmp_path / "whole"), read_weights(run))
    assert history(tmp_path / "whole") == history(run)


def test_an_interruption_at_the_end_of_an_epoch_loses_nothing(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    events = train(project, tmp_path, run)
    ends = (event for event in events if isinstance(event, Epoch))
    for _ in itertools.islice(ends, 3):
        pass
    events.close()
    assert read_checkpoint(run).epoch == 3  # type: ignore[union-attr]


@pytest.mark.usefixtures("every_epoch")
def test_an_interruption_leaves_weights_and_a_run_that_goes_on(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    pressed = iter(range(100))

    def press() -> bool:
        if next(pressed) == 20:
            raise KeyboardInterrupt
        return False

    def train_until_pressed() -> None:
        for _ in train(project, tmp_path, run, stopping=press):
            pass

    with pytest.raises(KeyboardInterrupt):
        train_until_pressed()
    assert not (run / "metrics.json").exists()
    assert read_weights(run)
    trained(project, tmp_path, tmp_path / "whole")
    trained(project, tmp_path, run, resume=True)
    assert equal(read_weights(tmp_path / "whole"), read_weights(run))


def test_a_run_that_is_given_more_epochs_starts_with_the_changes_that_its_history_tells(
    tmp_path: Path, run: Path
) -> None:
    project = class_project(tmp_path)
    for epochs, told in ((3, []), (4, [(3, 4)]), (6, [(3, 4), (4, 6)])):
        first, *_ = train(with_training(project, epochs=epochs), tmp_path, run, resume=epochs > 3)
        assert isinstance(first, Started)
        assert [(change.epoch, change.settings["epochs"]) for change in first.changes] == told
        assert list(first.changes) == read_changes(run)
        assert [line["settings"] for line in started_line(first)["changes"]] == [{"epochs": to} for _, to in told]


def test_a_finished_run_can_be_given_more_epochs(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=4), tmp_path, run)
    trained(project, tmp_path, run, resume=True)
    trained(project, tmp_path, tmp_path / "whole")
    assert equal(read_weights(tmp_path / "whole"), read_weights(run))
    assert [line["epoch"] for line in history(run)] == list(range(1, 9))


@pytest.mark.usefixtures("every_epoch")
def test_a_kill_between_the_two_files_of_the_last_checkpoint_leaves_the_place_to_fork_from(
    tmp_path: Path, run: Path
) -> None:
    project = with_training(class_project(tmp_path), epochs=4)
    trained(with_training(project, epochs=3), tmp_path, run)
    before = (run / POSITION).read_bytes()
    trained(project, tmp_path, run, resume=True)
    (run / POSITION).write_bytes(before)
    (run / "metrics.json").unlink()
    trained(project, tmp_path, run, resume=True)
    assert [place.epoch for place in fork_places(run)] == [1, 2, 4]
    assert json.loads((run / POSITION).read_text())["epoch"] == 4


def test_resuming_tells_the_past_epochs_again(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=3), tmp_path, run)
    first, *events = train(project, tmp_path, run, resume=True)
    assert isinstance(first, Started)
    assert first.done == 3
    assert [event.epoch for event in events if isinstance(event, Epoch)] == list(range(1, 9))
    assert {event.epoch for event in events if isinstance(event, Step)} == set(range(4, 9))


@pytest.mark.usefixtures("every_epoch")
def test_an_interruption_while_past_epochs_are_told_again_loses_nothing(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=5), tmp_path, run)
    before = (run / "checkpoint.safetensors").read_bytes()
    for after in range(1, 6):
        interrupted(project, tmp_path, run, after, resume=True)
        assert (run / "checkpoint.safetensors").read_bytes() == before
        assert len(history(run)) == 5


def test_an_interruption_within_an_epoch_loses_nothing(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    events = train(project, tmp_path, run)
    steps = [event for event in itertools.islice(events, 12) if isinstance(event, Step)]
    events.close()
    found = read_checkpoint(run)
    assert found is not None
    assert (found.epoch, found.step) == (steps[-1].epoch - 1, steps[-1].step)
    again = train(project, tmp_path, run, resume=True)
    first = next(event for event in again if isinstance(event, Step))
    assert (first.epoch, first.step) == (steps[-1].epoch, steps[-1].step + 1)
    again.close()


@pytest.mark.parametrize("averaged", [False, True])
def test_a_training_killed_after_any_step_ends_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, averaged: bool
) -> None:
    """A long epoch has checkpoints within; those left by a kill lead to the same curve and weights."""
    monkeypatch.setattr(record, "INTERVAL_WITHIN", 0.0)
    project = with_training(class_project(tmp_path), epochs=3, average="ema" if averaged else "none")
    trained(project, tmp_path, tmp_path / "whole")
    for after in (1, 2, 5, 6, 9):
        folder = tmp_path / f"run{after}"
        folder.mkdir()
        killed = itertools.count()

        def kill(killed: Iterator[int] = killed, after: int = after) -> bool:
            if next(killed) == after:
                raise KeyboardInterrupt
            return False

        with pytest.raises(KeyboardInterrupt):
            for _ in train(project, tmp_path, folder, stopping=kill):
                pass
        trained(project, tmp_path, folder, resume=True)
        assert equal(read_weights(tmp_path / "whole"), read_weights(folder))
        assert history(tmp_path / "whole") == history(folder)


def test_a_run_without_a_checkpoint_starts_anew_on_resume(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    interrupted(project, tmp_path, run, after=2)
    (run / "checkpoint.safetensors").unlink()
    trained(project, tmp_path, run, resume=True)
    trained(project, tmp_path, tmp_path / "whole")
    assert equal(read_weights(tmp_path / "whole"), read_weights(run))


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 4},
        {"batch_size": 8},
        {"optimizer": "sgd"},
        {"l1": 0.5},
    ],
)
def test_a_run_does_not_go_on_with_other_settings(tmp_path: Path, run: Path, change: dict[str, object]) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=2), tmp_path, run)
    with pytest.raises(RunError, match="cannot go on: network or training settings are no longer"):
        trained(with_training(project, **change), tmp_path, run, resume=True)
    changed_split = replace(project, data=replace(project.data, split=Split(seed=9)))  # type: ignore[type-var]
    with pytest.raises(RunError, match="cannot go on"):
        trained(changed_split, tmp_path, run, resume=True)


def test_a_run_of_another_version_that_does_not_go_on_is_told_of_it(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=2), tmp_path, run)
    with pytest.raises(RunError, match=r"started with\. Set back .*, fork .* or start a new run\.$"):
        trained(with_training(project, seed=4), tmp_path, run, resume=True)
    path = run / "environment.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"layerloom": "0.0.9"}))
    with pytest.raises(RunError, match=r"version 0\.0\.9, with which .* new run, or resume it with version 0\.0\.9\.$"):
        trained(with_training(project, seed=4), tmp_path, run, resume=True)
    path.unlink()
    with pytest.raises(RunError, match=r"started with\. Set back .*, fork .* or start a new run\.$"):
        trained(with_training(project, seed=4), tmp_path, run, resume=True)


def test_a_run_does_not_go_on_with_changed_data(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(with_training(project, epochs=2), tmp_path, run)
    before = (tmp_path / "animals.csv").read_bytes()
    (tmp_path / "animals.csv").write_bytes(before + b"0,0,red,ant\n")
    with pytest.raises(RunError, match=r"“animals\.csv”, has changed .*Put back the data .* or start a new run\.$"):
        trained(project, tmp_path, run, resume=True)
    (tmp_path / "animals.csv").write_bytes(before)
    assert trained(project, tmp_path, run, resume=True)["epochs"] == 8


def test_a_run_that_is_stopped_within_an_epoch_goes_on_from_that_very_step(tmp_path: Path, run: Path) -> None:
    project = class_project(tmp_path)
    trained(project, tmp_path, tmp_path / "whole")
    seen: list[Step | Epoch] = []
    for event in train(project, tmp_path, run, stopping=lambda: len(seen) > 15):
        seen.extend([event] if isinstance(event, Step | Epoch) else [])
    last = seen[-1]
    assert isinstance(last, Step) and last.epoch > 2
    left = read_checkpoint(run)
    assert left is not None and (left.epoch, left.step) == (last.epoch - 1, last.step)
    trained(project, tmp_path, run, resume=True)
    assert equal(read_weights(tmp_path / "whole"), read_weights(run))
    assert history(tmp_path / "whole") == history(run)


@pytest.mark.usefixtures("every_epoch")
def test_a_run_that_is_stopped_within_an_epoch_keeps_the_end_of_the_one_before_to_be_forked(
    tmp_path: Path, run: Path
) -> None:
    seen: list[Step | Epoch] = []
    for event in train(class_project(tmp_path), tmp_path, run, stopping=lambda: len(seen) > 17):
        seen.extend([event] if isinstance(event, Step | Epoch) else [])
    assert isinstance(seen[-1], Step) and seen[-1].epoch == 4
    assert [place.epoch for place in fork_places(run) if not place.best] == [1, 2, 3]


@pytest.mark.usefixtures("every_epoch")
def test_past_epochs_are_gone_over_without_the_weights_being_moved_for_each(
    tmp_path: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torch import nn

    from designer.runtime import early

    project = with_training(class_project(tmp_path), epochs=30, learning_rate=0.01)
    interrupted(project, tmp_path, run, after=25 * 6)
    done = read_checkpoint(run).epoch  # type: ignore[union-attr]
    moved: list[str] = []
    load, copy = nn.Module.load_state_dict, early.copy_weights
    monkeypatch.setattr(nn.Module, "load_state_dict", lambda *given, **named: moved.append("") or load(*given, **named))
    monkeypatch.setattr(early, "copy_weights", lambda *given: moved.append("") or copy(*given))
    before: list[int] = []
    for event in train(project, tmp_path, run, resume=True):
        if isinstance(event, Epoch) and event.epoch == done:
            before.append(len(moved))
            break
    assert done > 15 and before[0] < 8
