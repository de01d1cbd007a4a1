"""Words that are shown to be typed arrive as they are, in the shells of each system."""

from __future__ import annotations

import shlex
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.project.terminal import as_typed

WORDS = st.lists(
    st.text(st.characters(exclude_categories=("Cc", "Cs"), exclude_characters='"'), min_size=1), min_size=1
)


def taken_apart(line: str) -> list[str]:
    """The words of a line as programs on Windows get them, by the rules of its C library."""
    words, word, quoted, begun, slashes = [], "", False, False, 0
    for sign in line:
        if sign == "\\":
            slashes += 1
            begun = True
            continue
        if sign == '"':
            word += "\\" * (slashes // 2)
            if slashes % 2:
                word += '"'
            else:
                quoted = not quoted
            begun = True
        else:
            word += "\\" * slashes
            if sign == " " and not quoted:
                if begun:
                    words.append(word)
                word, begun = "", False
            else:
                word, begun = word + sign, True
        slashes = 0
    word += "\\" * slashes
    return [*words, word] if begun else words


@given(WORDS)
def test_words_arrive_in_the_shell_of_unix(words: list[str]) -> None:
    assert shlex.split(as_typed(words)) == words


@given(WORDS)
def test_words_arrive_on_windows(words: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "platform", "win32")
        line = as_typed(words)
    assert taken_apart(line) == words
    # a single quote is a letter to one of the two shells there
    assert all("'" not in line or '"' in line for word in words if "'" in word)


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["layerloom", "train", r"C:\me\iris.loom"], r"layerloom train C:\me\iris.loom"),
        (["layerloom", "train", r"C:\my files\iris.loom"], r'layerloom train "C:\my files\iris.loom"'),
        (["--set", "training.schedules=linear:5,cosine"], '--set "training.schedules=linear:5,cosine"'),
        (["D:\\a b\\"], '"D:\\a b\\\\"'),
    ],
)
def test_on_windows_only_what_needs_quotes_has_them(
    words: list[str], line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert as_typed(words) == line
