"""Schedules typed as text become what was meant, or are refused with a sentence; written again they are the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.layers.catalog import SCHEDULES
from designer.project.errors import EditError
from designer.project.model import Project, Schedule
from designer.workspace.schedule_text import parsed_schedules, schedules_text
from designer.workspace.settings import set_setting


def parsed(text: str) -> tuple[Schedule, ...]:
    return parsed_schedules("training.schedules", text)


def test_a_warm_up_and_a_cosine() -> None:
    warm, cosine = parsed("linear:5,cosine")
    assert (warm.key, warm.epochs, warm.fields) == ("linear", 5, SCHEDULES["linear"].defaults)
    assert (cosine.key, cosine.epochs) == ("cosine", 0)


@pytest.mark.parametrize(
    "text",
    [
        "step(step_size=10,gamma=0.5):20",
        "step:20(step_size=10, gamma=.5)",
        " step : 20 ( step_size = 10 , gamma = 5e-1 ) ",
    ],
)
def test_fields_stand_in_brackets_before_or_behind_the_epochs(text: str) -> None:
    assert parsed(text) == (Schedule("step", 20, {"step_size": 10, "gamma": 0.5}),)


def test_a_list_has_commas_of_its_own() -> None:
    (schedule,) = parsed("multi_step(milestones=3, 5,9, gamma=0.5)")
    assert schedule.fields == {"milestones": (3, 5, 9), "gamma": 0.5}


def test_none_takes_them_all_away() -> None:
    assert parsed("none") == parsed("") == ()
    project = set_setting(Project(), "training.schedules=linear:5,cosine")
    assert len(project.training.schedules) == 2
    assert set_setting(project, "training.schedules=none") == Project()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("cosin", "there is no schedule “cosin” (did you mean “cosine”?)"),
        ("linear:x", "expected a number of epochs after the colon, found “x”"),
        ("linear:-3", "is no schedule; it is written as"),
        ("step(gamma=9)", "step: expected a number above 0 and at most 1, found 9.0"),
        ("step(gama=0.5)", "did you mean “gamma”?"),
        ("step(9)", "fields are written as NAME=VALUE, found “9”"),
        ("step:3(gamma=.5):4", "is no schedule"),
        ("step(gamma=0.5", "is no schedule"),
        ("linear:99999999999", "expected a number of epochs"),
    ],
)
def test_what_cannot_be_understood_is_said(text: str, sentence: str) -> None:
    with pytest.raises(EditError) as refused:
        parsed(text)
    assert str(refused.value).startswith("training.schedules: ") or "training.schedules" in str(refused.value)
    assert sentence in str(refused.value)


EPOCHS = st.integers(0, 10**6)
STEP = st.fixed_dictionaries({"step_size": st.integers(1, 10**6), "gamma": st.floats(1e-9, 1.0)})
PLACES = st.lists(st.integers(1, 10**6), min_size=1, max_size=9).map(tuple)
MULTI_STEP = st.fixed_dictionaries({"milestones": PLACES, "gamma": st.just(0.1)})
ONE_CYCLE = st.fixed_dictionaries(
    {"anneal_strategy": st.sampled_from(["cos", "linear"]), "three_phase": st.booleans()}
).map(lambda own: {**SCHEDULES["one_cycle"].defaults, **own})
CHAINS = st.lists(
    st.one_of(
        st.builds(Schedule, st.just("step"), EPOCHS, STEP),
        st.builds(Schedule, st.just("multi_step"), EPOCHS, MULTI_STEP),
        st.builds(Schedule, st.just("one_cycle"), EPOCHS, ONE_CYCLE),
        st.sampled_from([Schedule(key, 3, kind.defaults) for key, kind in SCHEDULES.items()]),
    ),
    max_size=4,
)


@given(CHAINS.map(tuple))
def test_what_is_written_is_read_again(schedules: tuple[Schedule, ...]) -> None:
    assert parsed(schedules_text(schedules)) == schedules


@given(st.text("stepcoine:,()=. 0159_", max_size=40))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        parsed(text)
    except EditError as error:
        assert str(error)
