"""No sign ends a command because whoever reads its output lacks it; on Windows files and programs get UTF-8."""

from __future__ import annotations

import io
import json
import os
import sys

import pytest

from designer.__main__ import main
from designer.cli.commands import say_json
from designer.cli.main import say_all_signs
from designer.workspace import verbs

SAID = "3×8×8 → 16 \udcff"


class Terminal(io.TextIOWrapper):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        return True


def said(monkeypatch: pytest.MonkeyPatch, kind: type[io.TextIOWrapper], encoding: str) -> bytes:
    """What arrives of the text that a command prints."""
    kept = io.BytesIO()
    stream = kind(kept, encoding=encoding, newline="\n")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", stream)
        say_all_signs()
        print(SAID, end="", flush=True)
    return kept.getvalue()


@pytest.mark.parametrize("kind", [io.TextIOWrapper, Terminal])
@pytest.mark.parametrize(
    ("encoding", "expected"),
    [
        ("cp1252", b"3\xd78\xd78 \\u2192 16 \\udcff"),
        ("ascii", b"3\\xd78\\xd78 \\u2192 16 \\udcff"),
        ("utf-8", "3×8×8 → 16 \\udcff".encode()),
    ],
)
def test_what_an_encoding_lacks_is_written_otherwise(
    monkeypatch: pytest.MonkeyPatch, kind: type[io.TextIOWrapper], encoding: str, expected: bytes
) -> None:
    assert said(monkeypatch, kind, encoding) == expected


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_json_stays_json_in_any_encoding(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    """What Python writes instead of ö or 😀, which the encoding lacks, JSON does not know."""
    value = {"project": "größe 😀 → \udcff.loom"}
    kept = io.BytesIO()
    with monkeypatch.context() as patched:
        stream = io.TextIOWrapper(kept, encoding=encoding, newline="\n")
        patched.setattr(sys, "stdout", stream)
        say_all_signs()
        say_json(value)
        stream.flush()
    assert json.loads(kept.getvalue().decode(encoding)) == value


def test_json_is_read_by_people_too(capsys: pytest.CaptureFixture[str]) -> None:
    say_json({"project": "größe.loom"})
    assert "größe" in capsys.readouterr().out


def test_predictions_that_are_printed_are_those_of_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters of a table are not replaced by others, whatever the encoding of the output."""
    table, kept = "name,größe 😀\nö,1.5\n".encode(), io.BytesIO()
    monkeypatch.setattr(verbs, "predict", lambda run, data, out, note, latent: out.write_bytes(table))
    stream = io.TextIOWrapper(kept, encoding="ascii", newline="\n")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "stdout", stream)
        assert main(["predict", "run", "data.csv"]) == 0
        stream.flush()
    assert kept.getvalue() == table


def test_on_windows_what_is_no_terminal_gets_utf_8(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.delenv("PYTHONIOENCODING", raising=False)
    assert said(monkeypatch, io.TextIOWrapper, "cp1252") == "3×8×8 → 16 \\udcff".encode()
    # a terminal, and a person, choose for themselves
    assert said(monkeypatch, Terminal, "cp437") == b"3\\xd78\\xd78 \\u2192 16 \\udcff"
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")
    assert said(monkeypatch, io.TextIOWrapper, "cp1252") == b"3\xd78\xd78 \\u2192 16 \\udcff"


def test_commands_do_without_any_output(monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is in a window that was started without a terminal on Windows."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    say_all_signs()
    assert main(["layers"]) == 0


@pytest.mark.parametrize(("platform", "left"), [("win32", True), ("linux", False)])
def test_on_windows_no_library_takes_ctrl_c_for_itself(
    monkeypatch: pytest.MonkeyPatch, platform: str, left: bool
) -> None:
    # what is imported for it asks for the platform too
    assert main(["--version"]) == 0
    monkeypatch.setattr(sys, "platform", platform)
    # so that it is forgotten afterwards
    monkeypatch.setenv("FOR_DISABLE_CONSOLE_CTRL_HANDLER", "")
    monkeypatch.delenv("FOR_DISABLE_CONSOLE_CTRL_HANDLER")
    assert main(["--version"]) == 0
    assert ("FOR_DISABLE_CONSOLE_CTRL_HANDLER" in os.environ) is left
