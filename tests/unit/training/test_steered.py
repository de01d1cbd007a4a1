"""Orders to a training: held, led by steps, changed and extended as if it had been left and resumed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from designer.project.errors import EditError
from designer.project.file import load_project, save_project
from designer.project.model import Project, Schedule
from designer.runtime.events import Epoch, Step
from designer.training.alive import is_alive, living
from designer.training.changes import CHANGEABLE, with_changes
from designer.training.checkpoint import read_checkpoint, read_weights
from designer.training.errors import RunError, comes_back
from designer.training.events import Changed, Finished, GoneOn, Held, Refused
from designer.training.history import read_changes
from designer.training.record import read_history
from designer.training.steered import fails_again, failure_of, steered
from designer.training.steering import WORDS, Steering, send_order
from tests.helpers.training import class_project, history, trained, with_training

Act = Callable[[Any, Steering], None]


def run_folder(folder: Path, project: Project, name: str = "run") -> Path:
    run = folder / name
    run.mkdir()
    save_project(project, run / "project.loom")
    return run


def led(project: Project, base: Path, run: Path, act: Act, resume: bool = False) -> list[Any]:
    """The events of a training in which ``act`` may give orders after each of them."""
    steering = Steering()
    found = []
    for event in steered(project, base, run, resume, steering):
        found.append(event)
        act(event, steering)
    return found


def at(epoch: int, step: int, word: str, **values: Any) -> Act:
    """An order given after a step of an epoch, step 0 after the epoch."""

    def act(event: Any, steering: Steering) -> None:
        place = (event.epoch, 0) if isinstance(event, Epoch) else None
        place = (event.epoch, event.step) if isinstance(event, Step) else place
        if place == (epoch, step):
            steering.order(word, values)

    return act


def of(kind: type, events: list[Any]) -> list[Any]:
    return [event for event in events if isinstance(event, kind)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return with_training(class_project(tmp_path), epochs=6)


def test_a_run_that_nobody_steers_is_as_one_that_is_trained(project: Project, tmp_path: Path) -> None:
    run = run_folder(tmp_path, project)
    events = led(project, tmp_path, run, lambda event, steering: None)
    assert isinstance(events[-1], Finished)
    trained(project, tmp_path, tmp_path / "plain")
    same_weights(run, tmp_path / "plain")
    assert history(run) == history(tmp_path / "plain")
    assert not list(run.glob("alive*"))


def same_weights(one: Path, other: Path) -> None:
    expected, found = read_weights(one), read_weights(other)
    assert [name for name in expected if not torch.equal(expected[name], found[name])] == []


@pytest.mark.parametrize("step", [0, 2])
@pytest.mark.parametrize(
    "settings", [{"learning_rate": 0.3}, {"weight_decay": 0.5}, {"learning_rate": 0.001, "weight_decay": 0.1}]
)
def test_other_settings_hold_from_the_next_step_on(
    project: Project, tmp_path: Path, step: int, settings: dict[str, float]
) -> None:
    """What follows is what a run does that is left there and resumed with these settings."""
    run = run_folder(tmp_path, project)
    events = led(project, tmp_path, run, at(3, step, "set", settings=settings))
    assert of(Changed, events) == [Changed(3, step, settings)]
    numbers = [event.epoch for event in of(Epoch, events)]
    assert numbers == list(range(1, 7)), "each epoch once"
    group = read_checkpoint(run).optimizer["param_groups"][0]  # type: ignore[union-attr]
    assert {
        "lr": settings.get("learning_rate", 0.02),
        "weight_decay": settings.get("weight_decay", 0),
    }.items() <= group.items()
    assert [change.settings for change in read_changes(run)] == [settings]
    assert load_project(run / "project.loom").training == replace(
        project.training, threads=1, memory_format="contiguous", **settings
    )
    other = run_folder(tmp_path, project, "left")
    led(project, tmp_path, other, at(3, step, "quit"))
    assert not (other / "metrics.json").exists()
    changed = with_changes(project, settings)
    led(changed, tmp_path, other, lambda event, steering: None, resume=True)
    same_weights(run, other)
    assert history(run) == history(other)
    plain = run_folder(tmp_path, project, "plain")
    led(project, tmp_path, plain, lambda event, steering: None)
    assert any(
        not torch.equal(a, b) for a, b in zip(read_weights(run).values(), read_weights(plain).values(), strict=True)
    )


def test_a_changed_run_that_is_killed_goes_on_as_if_it_never_was(project: Project, tmp_path: Path) -> None:
    whole, cut = run_folder(tmp_path, project), run_folder(tmp_path, project, "cut")
    order = at(2, 1, "set", settings={"learning_rate": 0.1})
    led(project, tmp_path, whole, order)
    events = steered(project, tmp_path, cut, False, steering := Steering())
    for event in events:
        order(event, steering)
        if isinstance(event, Epoch) and event.epoch == 4:
            break
    events.close()
    led(load_project(cut / "project.loom"), tmp_path, cut, lambda event, steering: None, resume=True)
    same_weights(whole, cut)
    assert history(whole) == history(cut)


def test_a_schedule_goes_on_from_the_other_rate(project: Project, tmp_path: Path) -> None:
    fields = {"gamma": 0.5}
    project = replace(project, training=replace(project.training, schedules=(Schedule("exponential", 0, fields),)))
    run = run_folder(tmp_path, project)
    led(project, tmp_path, run, at(3, 0, "set", settings={"learning_rate": 0.2}))
    group = read_checkpoint(run).optimizer["param_groups"][0]  # type: ignore[union-attr]
    assert group["lr"] == pytest.approx(0.2 * 0.5**5) or group["lr"] == pytest.approx(0.2 * 0.5**6)


def test_more_epochs_while_it_runs_and_at_its_very_end(project: Project, tmp_path: Path) -> None:
    whole = run_folder(tmp_path, project, "whole")
    longer = with_training(project, epochs=10)
    led(longer, tmp_path, whole, lambda event, steering: None)
    for place in (2, 6):
        run = run_folder(tmp_path, project, f"run{place}")
        events = led(project, tmp_path, run, at(place, 0, "extend", epochs=4))
        assert isinstance(events[-1], Finished)
        assert [event.epoch for event in of(Epoch, events)] == list(range(1, 11))
        same_weights(whole, run)


def test_a_finished_run_that_stopped_early_is_extended(project: Project, tmp_path: Path) -> None:
    project = with_training(project, epochs=100, patience=2, learning_rate=1e-9)
    run = run_folder(tmp_path, project)
    led(project, tmp_path, run, lambda event, steering: None)
    done = len(read_history(run))
    assert done < 10
    longer = with_changes(project, {"epochs": done + 2})
    led(longer, tmp_path, run, lambda event, steering: None, resume=True)
    assert len(read_history(run)) == done + 2, "patience counts anew"
    assert read_changes(run)[-1].settings == {"epochs": done + 2}


def test_patience_and_the_best_weights_can_be_changed(project: Project, tmp_path: Path) -> None:
    project = with_training(project, epochs=60, patience=0, learning_rate=1e-9, keep_best=False)
    run = run_folder(tmp_path, project)

    def act(event: Any, steering: Steering) -> None:
        at(5, 0, "set", settings={"keep_best": True})(event, steering)
        at(7, 0, "set", settings={"patience": 3})(event, steering)

    events = led(project, tmp_path, run, act)
    assert len(of(Changed, events)) == 2
    assert len(read_history(run)) < 60
    checkpoint = read_checkpoint(run)
    assert checkpoint is not None
    assert checkpoint.best_epoch > 5, "the best of those that were kept"
    assert checkpoint.best


def test_what_cannot_be_changed_is_refused_with_the_reason(project: Project, tmp_path: Path) -> None:
    run = run_folder(tmp_path, project)
    events = led(project, tmp_path, run, at(2, 0, "set", settings={"batch_size": 4, "learning_rate": -1}))
    [refused] = of(Refused, events)
    assert "steps of an epoch" in refused.message
    assert "above 0" in refused.message
    assert of(Changed, events) == []
    for name in ("seed", "optimizer", "mode", "device", "monitor", "made_up"):
        with pytest.raises(EditError, match=f"training.{name} cannot be changed"):
            with_changes(project, {name: 1})
    assert set(CHANGEABLE) == {"learning_rate", "weight_decay", "epochs", "patience", "keep_best"}


def test_single_steps_and_epochs(project: Project, tmp_path: Path) -> None:
    run = run_folder(tmp_path, project)
    orders: Iterator[str] = iter(["step", "step", "step-epoch", "resume"])
    steering, places, made = Steering(), [], 0
    for event in steered(project, tmp_path, run, False, steering):
        made += isinstance(event, Step)
        at(2, 1, "pause")(event, steering)
        if isinstance(event, Held):
            places.append(made)
            steering.order(next(orders))
    steps = 4
    assert places == [steps + 1, steps + 2, steps + 3, 2 * steps]


def test_a_change_asked_for_while_it_waits_makes_no_step(project: Project, tmp_path: Path) -> None:
    run = run_folder(tmp_path, project)
    steering, seen = Steering(), []
    for event in steered(project, tmp_path, run, False, steering):
        seen.append(type(event).__name__)
        at(2, 1, "pause")(event, steering)
        if isinstance(event, Held) and "Changed" not in seen:
            steering.order("set", {"settings": {"learning_rate": 0.5}})
        elif isinstance(event, Held):
            assert seen[-2] in ("Changed", "Held")
            steering.order("resume")
    assert seen.count("Changed") == 1
    assert "GoneOn" in seen
    assert seen[-1] == "Finished"


def test_orders_come_by_the_file_and_only_to_a_living_run(project: Project, tmp_path: Path) -> None:
    project = with_training(project, epochs=100_000)
    run = run_folder(tmp_path, project)
    with pytest.raises(RunError, match="not being trained"):
        send_order(run, "pause")
    asked, paused, gone_on = False, 0, 0
    for event in steered(project, tmp_path, run, False, Steering()):
        if isinstance(event, Epoch) and not asked:
            asked = True
            with (run / "orders.jsonl").open("a") as file:
                file.write('no json\n{"do": "dance"}\n[]\n{"do": "extend"}\n')
            send_order(run, "pause")
        if isinstance(event, Held):
            paused += 1
            if paused == 2:
                send_order(run, "resume")
        if isinstance(event, GoneOn):
            gone_on += 1
            send_order(run, "stop")
    assert gone_on == 1
    assert json.loads((run / "metrics.json").read_text())["stopped"]
    assert not (run / "orders.jsonl").exists()


def test_nobody_trains_a_run_that_is_alive(project: Project, tmp_path: Path) -> None:
    run = run_folder(tmp_path, project)
    assert not is_alive(run)
    events = steered(project, tmp_path, run, False, Steering())
    next(events)
    assert is_alive(run)
    with pytest.raises(RunError, match="being trained right now"):
        next(steered(project, tmp_path, run, True, Steering()))
    assert is_alive(run)
    assert failure_of(run) == ""
    events.close()
    assert not is_alive(run)


def test_a_failure_is_kept_with_the_run_until_it_goes_on(project: Project, tmp_path: Path) -> None:
    run = run_folder(tmp_path, project)
    led(project, tmp_path, run, at(3, 0, "quit"))
    (tmp_path / "animals.csv").rename(tmp_path / "hidden.csv")
    with pytest.raises(RunError, match=r"animals\.csv"):
        led(project, tmp_path, run, lambda event, steering: None, resume=True)
    assert "animals.csv" in failure_of(run)
    assert not fails_again(run), "the file may come back"
    before = read_checkpoint(run)
    assert before is not None
    assert before.epoch == 3, "the last checkpoint is as it was"
    (tmp_path / "hidden.csv").rename(tmp_path / "animals.csv")
    led(project, tmp_path, run, lambda event, steering: None, resume=True)
    assert failure_of(run) == ""
    assert len(read_history(run)) == 6


def test_a_loss_that_is_no_number_comes_back(project: Project, tmp_path: Path) -> None:
    project = with_training(project, optimizer="sgd", learning_rate=1e6, patience=0)
    run = run_folder(tmp_path, project)
    with pytest.raises(RunError, match="learning rate is too large"):
        led(project, tmp_path, run, lambda event, steering: None)
    assert fails_again(run)


@pytest.mark.parametrize(
    ("cause", "again"),
    [
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), True),
        (IndexError("index out of range in self"), True),
        (RuntimeError("CUDA out of memory. Tried to allocate 2 GiB"), False),
        (RuntimeError("CUDA error: unspecified launch failure"), False),
        (MemoryError(), False),
        (OSError(28, "No space left on device"), False),
    ],
)
def test_what_would_come_back_is_told_from_what_may_be_mended(cause: Exception, again: bool) -> None:
    told = RunError("in words")
    told.__cause__ = cause
    assert comes_back(told) is again
    assert comes_back(cause) is again


def test_data_that_vanishes_while_it_trains_hinders_no_change(project: Project, tmp_path: Path) -> None:
    run = run_folder(tmp_path, project)

    def act(event: Any, steering: Steering) -> None:
        if isinstance(event, Epoch) and event.epoch == 2:
            (tmp_path / "animals.csv").unlink(missing_ok=True)
            steering.order("set", {"settings": {"learning_rate": 0.5}})

    assert isinstance(led(project, tmp_path, run, act)[-1], Finished)


def test_what_is_held_and_left_alone_is_left() -> None:
    steering = Steering()
    steering.order("pause")
    steering.left_alone()
    assert steering.quitting
    other = Steering()
    other.left_alone()
    assert not other.quitting


def test_words_are_known() -> None:
    with pytest.raises(ValueError, match="dance"):
        Steering().order("dance")
    with pytest.raises(ValueError, match="number of epochs"):
        Steering().order("extend", {"epochs": 0})
    assert len(set(WORDS)) == len(WORDS)


def test_the_lock_outlives_no_process_and_is_claimed_once(tmp_path: Path) -> None:
    with living(tmp_path):
        assert is_alive(tmp_path)
        with pytest.raises(RunError), living(tmp_path):
            pass
        assert is_alive(tmp_path)
    assert list(tmp_path.iterdir()) == []
