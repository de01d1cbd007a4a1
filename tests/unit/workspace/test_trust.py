"""Trust: what a person allowed is remembered for one file and one source, and the trainer is told in so many words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from designer.compiler.trust import allow_only, allowed, digest_of, digests_of, may_run
from designer.layers.custom import STARTER
from designer.project.custom_layers import change_layer
from designer.project.file import load_project, save_project
from designer.project.model import Project
from designer.workspace import memory
from designer.workspace.autosave import Autosave
from designer.workspace.inline import InlineTrainer
from designer.workspace.jobs import TrainerProcess
from designer.workspace.library import adopted, save_to_library
from designer.workspace.recovery import list_recoverable, recover
from designer.workspace.runs import new_run_folder
from designer.workspace.session import Session
from designer.workspace.trust import MOST_SOURCES, remember, remembered
from tests.helpers.custom import GATE, trainable_custom, with_custom


@pytest.fixture(autouse=True)
def nothing_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("LAYERLOOM_HOME", str(tmp_path / "home"))
    allow_only(())
    yield
    allow_only(())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "p.loom"
    save_project(with_custom(), file)
    return file


def test_a_project_from_elsewhere_waits_and_is_not_asked_about_twice(path: Path) -> None:
    session = Session.open(path)
    told: list[bool] = []
    session.subscribe_to_trust(lambda: told.append(may_run(STARTER)))
    assert session.untrusted == ["gate"] and not may_run(STARTER)
    session.allow([STARTER])
    assert session.untrusted == [] and told == [True]
    session.close()
    assert not may_run(STARTER)
    again = Session.open(path)
    assert again.untrusted == [] and may_run(STARTER)
    again.close()


def test_leave_is_for_this_file_alone(path: Path, tmp_path: Path) -> None:
    session = Session.open(path)
    session.allow([STARTER])
    copy = tmp_path / "copy.loom"
    copy.write_bytes(path.read_bytes())
    session.reopen(copy)
    assert session.untrusted == ["gate"] and not may_run(STARTER)
    session.restart(Project())
    assert not may_run(STARTER)
    session.do("Paste", with_custom())
    assert session.untrusted == ["gate"]
    session.close()


def test_any_change_from_outside_is_asked_about(path: Path) -> None:
    remember(path, [digest_of(STARTER)])
    save_project(change_layer(load_project(path), "gate", replace(GATE, source=STARTER + "#")), path)
    session = Session.open(path)
    assert session.untrusted == ["gate"] and not may_run(STARTER + "#")
    session.close()


def test_observers_of_a_fresh_project_find_its_own_trust(path: Path, tmp_path: Path) -> None:
    remember(path, [digest_of(STARTER)])
    other = tmp_path / "other.loom"
    save_project(with_custom(), other)
    session = Session.open(path)
    seen: list[bool] = []
    session.subscribe(lambda old, new: seen.append(may_run(STARTER)))
    session.reopen(other)
    assert seen == [False]
    session.close()


def test_saving_under_another_name_takes_the_trust_along(path: Path, tmp_path: Path) -> None:
    session = Session.open(path)
    session.allow([STARTER])
    session.save(tmp_path / "moved.loom")
    assert remembered(tmp_path / "moved.loom") == {digest_of(STARTER)}
    session.close()


def test_work_without_a_file_is_trusted_once_it_has_one(tmp_path: Path) -> None:
    session = Session()
    session.do("New custom layer", with_custom())
    session.allow([STARTER])
    assert may_run(STARTER)
    session.save(tmp_path / "first.loom")
    session.close()
    again = Session.open(tmp_path / "first.loom")
    assert again.untrusted == []
    again.close()


def test_recovered_work_runs_only_what_was_allowed(path: Path) -> None:
    for known, waiting in ((False, ["gate"]), (True, [])):
        if known:
            remember(path, [digest_of(STARTER + "\n")])
        session = Session.open(path)
        autosave = Autosave(session)
        session.do("Change", change_layer(session.project, "gate", replace(GATE, source=STARTER + "\n")))
        autosave.close(keep=True)
        session.close()
        (work,) = list_recoverable()
        fresh = Session()
        keeping = Autosave(fresh)
        recover(work, fresh, keeping.flush)
        assert fresh.project.layers["gate"].source == STARTER + "\n"
        assert fresh.untrusted == waiting and may_run(STARTER + "\n") is known
        fresh.save()
        save_project(with_custom(), path)
        keeping.close()
        fresh.close()


def test_damaged_memory_allows_nothing(path: Path) -> None:
    for values in ({"projects": 3}, {"projects": {str(path): "x"}}, {"projects": {str(path): [1, None]}}):
        memory.remember("trust", values)
        assert remembered(path) == frozenset()
    remember(path, [str(number) for number in range(MOST_SOURCES + 5)])
    assert len(remembered(path)) == MOST_SOURCES and "4" not in remembered(path)


def test_the_library_runs_nothing(tmp_path: Path) -> None:
    from designer.layers.catalog import catalog_of
    from designer.project.block_edits import make_block

    project = with_custom()
    project, _ = make_block(project, ["n2", "n3"], "Inner", catalog_of(project).ports_of)
    entry = save_to_library(project, "inner")
    session = Session()
    brought, _ = adopted(Project(), entry.type_key)
    session.do("Bring", brought)
    assert session.project.layers == {"gate": GATE} and session.untrusted == ["gate"]
    session.close()


@pytest.mark.parametrize("kind", [TrainerProcess, InlineTrainer])
def test_a_trainer_runs_what_the_app_allows_and_nothing_else(kind: type, tmp_path: Path) -> None:
    path = trainable_custom(tmp_path)
    project = load_project(path)
    trainer = kind()
    try:
        for known in (False, True, False):
            with allowed(digests_of(project) if known else ()):
                trainer.train(project, path.parent, new_run_folder(path))
                last = next(one for one in trainer.events() if one["event"] in ("finished", "failed"))
            assert (last["event"] == "finished") is known, last
            assert known or "code that this project holds itself" in last["message"]
    finally:
        trainer.close()
