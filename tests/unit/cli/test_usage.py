"""The command line speaks plainly, ends with the right status and starts quickly."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from designer.__main__ import main
from designer.cli.main import log_own_error
from designer.cli.opening import missing_screen, open_app
from designer.cli.parser import COMMANDS
from designer.exporting.export import FORMATS
from designer.project.errors import LayerloomError
from designer.workspace import verbs
from designer.workspace.places import own_command, own_environment
from tests.helpers.small import small_project

Output = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["trian"], "did you mean “train”"),
        (["nothing"], "no command and no file “nothing”"),
        (["a.loom", "b.loom"], "one project at a time"),
        (["train"], "PROJECT"),
        (["train", "p.loom", "--speed", "3"], "--speed"),
        (["new"], "DATA"),
        (["export", "p.loom", "-o", "x"], "--to"),
        (["export", "p.loom", "--to", "docx", "-o", "x"], "no format “docx”"),
        (["export", "p.loom", "--to", "script"], "-o"),
        (["samples", "iris"], "--to DIR"),
        (["samples", "--to", "x"], "NAME"),
        (["--frob"], "--frob"),
    ],
)
def test_wrong_usage_is_status_two_and_says_how(words: list[str], said: str, capsys: Output) -> None:
    assert main(words) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert said in output.err
    assert output.err.startswith("layerloom")
    assert "--help" in output.err


@pytest.mark.parametrize("word", ["notebook", "onnx", "pt2"])
def test_later_formats_are_refused_as_such_and_not_offered(word: str, capsys: Output) -> None:
    assert main(["export", "p.loom", "--to", word, "-o", "x"]) == 2
    assert f"{word} comes with a later version" in capsys.readouterr().err
    main(["export", "--help"])
    assert word not in capsys.readouterr().out


def test_formats_are_those_of_exporting() -> None:
    assert verbs.FORMATS == FORMATS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: Output) -> None:
    assert main([command, "--help"]) == 0
    assert f"usage: layerloom {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["check", "none.loom"],
        ["train", "none.loom"],
        ["train", "none.loom", "--resume"],
        ["evaluate", "none"],
        ["predict", "none", "data.csv"],
        ["export", "none.loom", "--to", "svg", "-o", "x.svg"],
        ["new", "none.csv", "--target", "y"],
        ["samples", "none", "--to", "x"],
        ["none.loom"],
    ],
)
def test_what_is_not_there_is_status_one_and_a_sentence(
    words: list[str], capsys: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(words) == 1
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.startswith("layerloom: ")
    assert "none" in output.err
    assert len(output.err.splitlines()) <= 2
    assert list(tmp_path.iterdir()) == []


def test_with_json_an_error_is_one_object_too(capsys: Output, tmp_path: Path) -> None:
    for words in (["check"], ["train"], ["evaluate"]):
        assert main([*words, str(tmp_path / "none.loom"), "--json"]) == 1
        output = capsys.readouterr()
        assert "none.loom" in json.loads(output.out)["error"]
        assert "none.loom" in output.err


def test_layers_as_json_hold_the_whole_catalog(capsys: Output) -> None:
    from designer.layers.catalog import LAYERS, LOSSES, METRICS, OPTIMIZERS, SCHEDULES

    assert main(["layers", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    for name, catalog in (("layers", LAYERS), ("losses", LOSSES), ("optimizers", OPTIMIZERS), ("metrics", METRICS)):
        assert [each["key"] for each in found[name]] == list(catalog)
    assert [each["key"] for each in found["schedules"]] == list(SCHEDULES)
    conv = next(each for each in found["layers"] if each["key"] == "conv2d")
    assert conv["fields"]["out_channels"]["default"] == 32
    assert main(["layers"]) == 0
    listed = capsys.readouterr().out.split()
    assert set(LAYERS) <= set(listed)


def test_samples_as_json(capsys: Output) -> None:
    assert main(["samples", "--json"]) == 0
    for each in json.loads(capsys.readouterr().out)["samples"]:
        assert {"name", "task", "data"} <= set(each)


HEAVY = ("torch", "pandas", "numpy", "PySide6", "pyqtgraph", "PIL", "networkx")
LIGHT = """
import sys
from designer.__main__ import main
status = main(sys.argv[1:])
heavy = [name for name in %r if name in sys.modules]
sys.exit(f"imported {heavy}" if heavy else status)
"""


@pytest.mark.cold
@pytest.mark.parametrize("words", [["--help"], ["layers"], ["samples"], ["train", "--help"], ["--version"], ["chekc"]])
def test_light_commands_import_nothing_heavy(words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIGHT % (HEAVY,), *words], env=own_environment(), capture_output=True, text=True
    )
    assert done.returncode == (2 if words == ["chekc"] else 0), done.stderr


@pytest.mark.cold
def test_it_runs_from_a_source_folder_without_installation(tmp_path: Path) -> None:
    done = subprocess.run(
        [*own_command(), "--version"], env=own_environment(), cwd=tmp_path, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("layerloom ")


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    command = subprocess.list2cmdline([*own_command(), "layers", "--json"])
    done = subprocess.run(
        f"{command} | head -c 10", shell=True, env=own_environment(), cwd=tmp_path, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens are asked for on Linux")
def test_without_a_screen_the_app_says_so(capsys: Output, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 1
    assert main([str(small_project(tmp_path))]) == 1
    output = capsys.readouterr()
    assert output.err.count("there is no screen") == 2
    assert "Traceback" not in output.err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="screens are asked for on Linux")
def test_a_screen_is_believed_where_it_answers() -> None:
    assert missing_screen({"QT_QPA_PLATFORM": "offscreen"}) is None
    assert missing_screen({"QT_QPA_PLATFORM": "vnc:size=800x600"}) is None
    assert missing_screen({"WAYLAND_DISPLAY": "wayland-0"}) is None
    assert missing_screen({"DISPLAY": "elsewhere:0"}) is None
    assert "does not answer" in str(missing_screen({"DISPLAY": ":98765"}))
    assert "does not answer" in str(missing_screen({"DISPLAY": "nonsense"}))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind("\0/tmp/.X11-unix/X98766")
        server.listen()
        assert missing_screen({"DISPLAY": ":98766.0"}) is None


WITHOUT_QT = """
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("PySide6", "shiboken6", "pyqtgraph"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Refuse())
from designer.__main__ import main
sys.exit(main([]))
"""


@pytest.mark.cold
def test_without_qt_the_app_says_so() -> None:
    environment = {**own_environment(), "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", WITHOUT_QT], env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Qt is missing" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_an_error_of_its_own_is_a_line_and_a_log(capsys: Output, home: Path) -> None:
    try:
        raise KeyError("lost\nand found")
    except KeyError as error:
        log_own_error(KeyError, error, error.__traceback__)
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "Traceback" not in said
    log = next((home / "logs").glob("error-*.log"))
    assert str(log) in said
    assert "Traceback" in log.read_text()


@pytest.mark.cold
@pytest.mark.skipif(sys.platform == "win32", reason="needs a pipe without a reader, and a full device")
@pytest.mark.parametrize("words", [["layers"], ["samples", "--json"], ["--version"], ["train", "--help"]])
def test_a_reader_that_leaves_early_is_met_without_a_word(words: list[str]) -> None:
    front, back = os.pipe()
    os.close(front)
    try:
        done = subprocess.run([*own_command(), *words], env=own_environment(), stdout=back,
                              stderr=subprocess.PIPE, text=True)  # fmt: skip
    finally:
        os.close(back)
    # argparse itself passes over an output that has gone
    assert done.returncode == (0 if "--help" in words else 1)
    assert done.stderr == ""


@pytest.mark.cold
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
@pytest.mark.parametrize("word", ["layers", "--version"])
def test_output_that_cannot_be_written_is_said(word: str) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*own_command(), word], env=own_environment(), stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1
    assert "no space left on the disk" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_the_app_opens_projects_tables_and_folders_that_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    opened: list[list[str]] = []
    for name in ("pictures", "a.csv"):
        assert open_app([str(tmp_path / name)], lambda words: opened.append(words) or 0) == 0
    assert opened == [[str(tmp_path / "pictures")], [str(tmp_path / "a.csv")]]
    with pytest.raises(LayerloomError, match="there is no such project, table or folder"):
        open_app([str(tmp_path / "nothing.csv")], lambda words: 0)
