"""Whether a training may begin in this window: not where another window has the project, and asked where one is on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

from designer.gui.dialogs import ask, tell

if TYPE_CHECKING:
    from designer.gui.window import MainWindow

Beside: TypeAlias = Literal["after", "beside", ""]

ELSEWHERE = "Open in another window"
SAVE_A_COPY = "Save a &copy…"
BESIDE = "A training is running"


def may_train(window: MainWindow) -> bool:
    """Whether the project may be trained anew here; where another window has it a copy to be trained is offered."""
    session = window.session
    if session.path is None or not session.read_only:
        return True
    sentence = (
        f"{session.path.name} is open in another Layerloom window, which trains it and keeps its runs. Train there, or"
        " save a copy here and train that."
    )
    if ask(window, ELSEWHERE, sentence, [SAVE_A_COPY, "Cancel"], 1) != 0:
        return False
    return window.documents.save_as() and not session.read_only


def may_lead(window: MainWindow) -> bool:
    """Whether what is there of the project's runs may be trained on here; it is said where another window does that."""
    session = window.session
    if session.path is None or not session.read_only:
        return True
    tell(
        window,
        ELSEWHERE,
        f"{session.path.name} is open in another Layerloom window, which trains it and keeps its runs. Go on with them"
        " there. What is running can be followed here.",
    )
    return False


def ask_beside(window: MainWindow, name: str, waits: bool) -> Beside:
    """Ask whether a training shall begin ``after`` the run called so, which trains by itself, or ``beside`` it.

    Where it cannot wait for that by itself ``waits`` is not set: a person begins it then.
    """
    then = "what you asked for then begins once it is over" if waits else "then ask for this again once it is over"
    sentence = (
        f"{name} is still training, without this window. It can be followed here; {then}. Side by side both are slower."
    )
    follow = "Follow it, train after it" if waits else "Follow it"
    choices: dict[str, Beside] = {follow: "after", "Train beside it": "beside", "Cancel": ""}
    return list(choices.values())[ask(window, BESIDE, sentence, list(choices))]
