"""What a trainer tells of a run that is changed on the way."""

from __future__ import annotations

import torch

from designer.project.facts import Facts
from designer.runtime.events import Epoch, Step
from designer.runtime.measures import Measure
from designer.training import telling
from designer.training.events import Changed, Started
from designer.training.telling import Telling


def test_steps_count_up_to_the_epochs_that_were_asked_for_last(monkeypatch) -> None:
    monkeypatch.setattr(telling, "MOST_STEP_LINES", 1e9)
    told = Telling()
    told.line(Started(300, {}, "cpu", Facts("number"), 0, Measure(torch.nn.MSELoss())))
    numbers = torch.zeros(2, 1)
    step = Step(7, 1, 9, torch.tensor(0.5), numbers, numbers)
    before = told.line(step)
    told.line(Changed(7, 1, {"learning_rate": 0.1}))
    same = told.line(step)
    told.line(Changed(7, 1, {"epochs": 320}))
    after = told.line(step)
    assert before and same and after
    assert [line["epochs"] for line in (before, same, after)] == [300, 300, 320]


def test_past_epochs_of_a_run_that_goes_on_are_no_news() -> None:
    told = Telling()
    told.line(Started(300, {}, "cpu", Facts("number"), 8, Measure(torch.nn.MSELoss())))
    lines = [told.line(Epoch(epoch, 300, {"loss": 1.0}, {}, 0.1)) for epoch in (1, 8, 9)]
    assert lines[:2] == [None, None] and lines[2] is not None and lines[2]["epoch"] == 9
