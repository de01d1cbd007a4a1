"""Deterministic training: the switch of PyTorch is on for the run and off for the next, and says what it cannot do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from designer.runtime.repeatable import be_deterministic
from designer.training.assemble import assemble
from designer.training.checkpoint import read_weights
from designer.training.errors import RunError, in_words
from tests.helpers.training import class_project, trained, with_training


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("CUBLAS_WORKSPACE_CONFIG", raising=False)
    yield
    be_deterministic(False)


def test_the_switch_is_on_for_one_run_and_off_for_the_next(tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), epochs=2, threads=1)
    assemble(with_training(project, deterministic=True), tmp_path)
    assert torch.are_deterministic_algorithms_enabled()
    assert torch.backends.cudnn.deterministic and not torch.backends.cudnn.benchmark
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    assemble(project, tmp_path)
    assert not torch.are_deterministic_algorithms_enabled()
    assert not torch.backends.cudnn.deterministic


def test_the_processor_gives_the_same_weights_either_way(tmp_path: Path) -> None:
    project = with_training(class_project(tmp_path), epochs=2, threads=1)
    trained(with_training(project, deterministic=True), tmp_path, tmp_path / "one")
    trained(project, tmp_path, tmp_path / "other")
    one, other = read_weights(tmp_path / "one"), read_weights(tmp_path / "other")
    assert all(torch.equal(one[name], other[name]) for name in other)


def test_an_operation_without_such_a_way_is_named_with_what_to_do() -> None:
    be_deterministic()
    with pytest.raises(RunError, match=r"“put_” of PyTorch has no way here .*Turn “deterministic” off"), in_words():
        torch.zeros(3).put_(torch.tensor([0, 0]), torch.tensor([1.0, 2.0]))


def test_an_operation_that_knows_no_16_bits_is_said_in_words() -> None:
    with pytest.raises(RunError, match=r"cannot compute with 16 bits here. Train in float32"), in_words():
        torch.ones(2, 2, dtype=torch.bfloat16) @ torch.ones(2, 2)
    with pytest.raises(RunError, match="cannot compute with 16 bits"), in_words():
        torch.linalg.inv(torch.eye(2, dtype=torch.float16))
