"""What a training holds of the memory, and what it lacks of memory or disk, is said in the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from designer.gui import app
from designer.workspace.preferences import change_preferences
from designer.workspace.runs import list_runs
from tests.helpers.fake_trainer import FakeTrainer
from tests.helpers.lacking import fill_disk, take_memory
from tests.helpers.small import small_project
from tests.helpers.window import click, open_window, until

LED = ("step", "step_epoch", "change")


@pytest.fixture
def inside() -> Iterator[None]:
    """Let trainings be done in a thread, where a test can take from them what they need."""
    app.import_heavy()
    change_preferences(train_inside=True)
    yield
    change_preferences(train_inside=False)


def test_a_full_disk_is_said_and_the_run_can_go_on(
    inside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_window(small_project(tmp_path, epochs=3)) as window:
        window.show_panel("training")
        controls = window.build().training.controls
        with monkeypatch.context() as patched:
            fill_disk(patched)
            click(controls.start)
            until(lambda: "The training is over" in window.run.unsaved, 60, "the full disk was not told")
            until(lambda: "no space left on the disk. Make room" in controls.status.text())
            assert controls.status.property("role") == "warning" and controls.stop.isEnabled()
            until(lambda: window.status.text.text() == window.run.unsaved)
            assert window.status.text.property("role") == "warning"
            click(controls.stop)
            until(lambda: window.run.broken, 60, "the waiting did not end")
        until(lambda: window.status.text.property("role") != "warning" and not window.run.unsaved)
        said = controls.status.text()
        assert "disk space" in said and "\n" not in said and str(window.run.folder) in said
        assert controls.status.isVisible()
        until(lambda: controls.hint.text() == "Go on with the interrupted run")
        click(controls.hint)
        until(lambda: window.run.message.startswith("Finished after 3 epochs"), 60, window.run.message)


def test_a_run_that_cannot_be_saved_says_so_until_it_can(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    with open_window(small_project(tmp_path), lambda: trainer) as window:
        window.show_panel("training")
        controls, shown = window.build().training.controls, window.status.text
        click(controls.start)
        until(lambda: "train" in trainer.asked)
        trainer.say("started", epochs=9, done=0, rows={}, device="cpu", facts={})
        trainer.say("unsaved", epoch=12, message="there is no space left (x).", waiting=False)
        words = "Not saved since epoch 12: there is no space left (x)."
        until(lambda: words in controls.status.text() and shown.text() == words)
        window.status.say("Something else")
        assert shown.property("role") == ""
        trainer.say("saved", epoch=14)
        until(lambda: shown.text() == "Saved again, up to epoch 14.")
        until(lambda: "Not saved" not in controls.status.text())
        assert controls.status.property("role") == ""
        click(controls.stop)
        until(lambda: window.run.state == "stopping")
        trainer.say("unsaved", epoch=14, message="there is no space left (x).", waiting=True)
        until(controls.stop.isEnabled, what="nobody can give up")
        until(lambda: "Stop gives up what is not saved" in controls.status.text())


def test_a_run_that_is_over_and_waits_for_room_is_led_no_more_and_says_why(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    with open_window(small_project(tmp_path), lambda: trainer) as window:
        window.show_panel("training")
        controls = window.build().training.controls
        led = {"pause": controls.pause, **{name: controls.orders.buttons[name] for name in LED}}
        usual = {name: button.toolTip() for name, button in led.items()}
        click(controls.start)
        until(lambda: "train" in trainer.asked)
        trainer.say("started", epochs=9, done=0, rows={}, device="cpu", facts={})
        trouble = {"epoch": 9, "message": "there is no space left (x)."}
        trainer.say("unsaved", **trouble, waiting=False)
        until(lambda: "Not saved" in controls.status.text())
        assert all(button.isEnabled() for button in led.values()), "it trains on meanwhile"
        trainer.say("unsaved", **trouble, waiting=True)
        until(lambda: not controls.pause.isEnabled(), what="it can be held though it is over")
        for name, button in led.items():
            action = window.actions_by_name[name]
            assert not button.isEnabled() and not action.isEnabled(), name
            assert "waits until it can be saved" in button.toolTip(), name
        assert controls.stop.isEnabled() and "given up" in controls.stop.toolTip()
        assert controls.orders.buttons["extend"].isEnabled(), "more epochs it does take"
        # the form of the settings may have been open already
        asked, told = list(trainer.asked), list[str]()
        window.run.told.connect(told.append)
        window.run.order("set", {"settings": {"learning_rate": 0.5}})
        assert trainer.asked == asked and "waits until it can be saved" in told[0]
        trainer.say("saved", epoch=9)
        until(controls.pause.isEnabled)
        assert {name: button.toolTip() for name, button in led.items()} == usual
        trainer.say("unsaved", **trouble, waiting=True)
        until(lambda: not controls.pause.isEnabled())
        metrics = {"epochs": 9, "seconds": 0.1, "train": {}, "validation": {}, "test": {}}
        trainer.say("finished", run=str(trainer.run), metrics=metrics, stopped=False)
        until(lambda: window.run.state == "idle")
        click(controls.start)
        until(lambda: trainer.asked.count("train") == 2)
        trainer.say("started", epochs=9, done=0, rows={}, device="cpu", facts={})
        until(controls.pause.isEnabled, what="the next run is taken for one that waits")


def test_memory_that_runs_out_is_said_with_the_batch_size_that_fits(
    inside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_window(small_project(tmp_path, epochs=3, batch_size=32)) as window:
        window.show_panel("training")
        controls = window.build().training.controls
        with monkeypatch.context() as patched:
            take_memory(patched, rows=10)
            click(controls.start)
            until(lambda: window.run.broken, 60, "the lack of memory was not told")
        said = controls.status.text()
        assert said.startswith("Memory ran out on cpu with 32 samples at once. A batch size of 8 fits"), said
        assert controls.status.isVisible()
        until(controls.start.isEnabled)
        click(controls.start)
        until(lambda: window.run.message.startswith("Finished"), 60, window.run.message)


def test_a_network_too_large_is_refused_with_what_would_fit_and_leaves_no_run(
    inside: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = small_project(tmp_path, epochs=3)
    with open_window(path) as window:
        window.show_panel("training")
        controls = window.build().training.controls
        with monkeypatch.context() as patched:
            patched.setattr("designer.training.footprint.room_on", lambda device: 50)
            click(controls.start)
            until(lambda: window.run.broken, 60, "it was not refused")
        said = controls.status.text()
        assert said.startswith("Training needs about ") and "make the network smaller, above all linear1" in said, said
        assert "of its 3 weights about 1 would fit" in said, said
        assert controls.status.isVisible()
        until(controls.start.isEnabled)
        until(lambda: list_runs(path) == [], what="what was refused is left behind")
        click(controls.start)
        until(lambda: window.run.message.startswith("Finished"), 60, window.run.message)


def test_what_a_trainer_says_of_its_memory_is_shown_while_it_trains(tmp_path: Path) -> None:
    trainer = FakeTrainer()
    with open_window(small_project(tmp_path), lambda: trainer) as window:
        window.show_panel("training")
        controls = window.build().training.controls
        click(controls.start)
        until(lambda: "train" in trainer.asked)
        trainer.say("started", epochs=9, done=0, rows={}, device="cpu", facts={})
        trainer.say("step", epoch=1, epochs=9, step=1, steps=2, loss=0.5, memory=1_230_000_000)
        until(lambda: "1.2\u00a0GB" in controls.status.text(), what=controls.status.text())
        trainer.say("step", epoch=1, epochs=9, step=2, steps=2, loss=0.5, memory=45_000_000)
        until(lambda: "45\u00a0MB" in controls.status.text(), what=controls.status.text())
        assert controls.status.isVisible() and "GB" not in controls.status.text()
