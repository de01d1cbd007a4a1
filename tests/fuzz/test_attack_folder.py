"""Opening never runs code: files made to attack whoever opens them are opened in every way, and nothing happens."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from designer.project.file import load_project, save_project
from designer.project.model import Column, Split, TableData, Training
from designer.training.run import train
from tests.helpers.graphs import chain

TABLE = "a,b,y\n" + "".join(f"{n},{n % 3},{2 * n + n % 3}\n" for n in range(30))

WATCHED = """
import os, sys

armed = True
FORBIDDEN = ("os.system", "subprocess.Popen", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn", "socket.connect")
FORBIDDEN += ("pickle.find_class",)


def watch(event, arguments):
    if not armed:
        return
    if event in FORBIDDEN:
        os.write(2, f"FORBIDDEN {event} {arguments!r}\\n".encode())


from designer.__main__ import main
import designer.training.run, designer.training.results, designer.training.predict, designer.importing.new
import designer.compiler.analyse

sys.addaudithook(watch)
for line in sys.stdin:
    words = line.rstrip("\\n").split("\\t")
    status = main(words)
    print("STATUS", status, *words)
armed = False
"""


class Bomb:
    """Makes a file where it is unpickled."""

    def __init__(self, flag: Path) -> None:
        self.flag = str(flag)

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (self.flag, "w")


@pytest.fixture
def attack(tmp_path: Path) -> Path:
    """A folder of a sound project, a run of it, and files that attack."""
    folder = tmp_path / "attack"
    folder.mkdir()
    flag = folder / "pwned"
    (folder / "table.csv").write_text(TABLE)
    project = chain("table_input", ("linear", {"out_features": 1}), "output")
    columns = (Column("a"), Column("b"), Column("y", role="target"))
    project = replace(
        project, data=TableData("table.csv", columns=columns, split=Split(stratify=False)), training=Training(epochs=1)
    )
    save_project(project, folder / "sound.loom")
    run = folder / "sound.runs" / "1"
    run.mkdir(parents=True)
    list(train(project, folder, run))
    for name in ("weights.pt", "weights.pth", "swap.csv", "project.loom", ".swap.loom", "sound.loom.swp"):
        (folder / name).write_bytes(pickle.dumps(Bomb(flag)))
    with zipfile.ZipFile(folder / "model.pt2", "w") as packed:
        packed.writestr("archive/data.pkl", pickle.dumps(Bomb(flag)))
        packed.writestr("archive/version", "3")
    (folder / "model.onnx").write_bytes(b"\x08\x07\x12\x00external_data: /etc/passwd")
    code = f"open({str(flag)!r}, 'w')"
    hostile = json.loads((folder / "sound.loom").read_text())
    hostile["nodes"].append(
        {
            "id": "n8",
            "type": "os.system",
            "name": "__import__('os')",
            "x": 0,
            "y": 0,
            "fields": {"code": code, "module": "os"},
        }
    )
    hostile["nodes"].append({"id": "n9", "type": "lambda", "name": code, "x": 0, "y": 0, "fields": {"source": code}})
    hostile["training"]["optimizer"] = code
    (folder / "hostile.loom").write_text(json.dumps(hostile))
    evil = folder / "sound.runs" / "2"
    shutil.copytree(run, evil)
    (evil / "model.py").write_text(code)
    (evil / "weights.safetensors").write_bytes(pickle.dumps(Bomb(flag)))
    (evil / "checkpoint.safetensors").write_bytes(pickle.dumps(Bomb(flag)))
    code_only = folder / "sound.runs" / "3"
    shutil.copytree(run, code_only)
    (code_only / "model.py").write_text(code)
    (code_only / "__init__.py").write_text(code)
    (folder / "torch.py").write_text(code)
    (folder / "sitecustomize.py").write_text(code)
    return folder


def snapshot(folder: Path) -> dict[Path, int]:
    """Every file and when it was written, but for the run that a training was told to go on with."""
    return {
        path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file() and "2" not in path.parent.name
    }


@pytest.mark.cold
def test_nothing_is_run_by_opening(attack: Path) -> None:
    before = snapshot(attack)
    orders = []
    for path in sorted(attack.iterdir()):
        if path.is_file():
            orders.append(["check", str(path)])
            orders.append(["check", str(path), "--json"])
            orders.append(["new", str(path), "-o", str(attack.parent / f"made_{path.name}.loom")])
            orders.append(["export", str(path), "--to", "svg", "-o", str(attack.parent / f"{path.name}.svg")])
    for number in ("1", "2", "3"):
        run = str(attack / "sound.runs" / number)
        orders.append(["evaluate", run])
        orders.append(["predict", run, str(attack / "table.csv"), "-o", str(attack.parent / "out.csv")])
        orders.append(["export", run, "--to", "weights", "-o", str(attack.parent / "w.safetensors")])
        orders.append(["export", run, "--to", "script", "-o", str(attack.parent / "t.py")])
        orders.append(
            ["train", str(attack / "sound.loom"), "--resume", "--run", run, "--epochs", "2"]
            if number == "2"
            else ["layers"]
        )
    script = attack.parent / "watched.py"
    script.write_text(WATCHED)
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-P", str(script)],
        input="\n".join("\t".join(order) for order in orders) + "\n",
        cwd=attack,
        env={"PYTHONPATH": str(root), "HOME": str(attack.parent), "OMP_NUM_THREADS": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert [line for line in done.stderr.split("\n") if line.startswith("FORBIDDEN")] == []
    assert "Traceback" not in done.stderr, done.stderr[-3000:]
    statuses = [line.split()[1] for line in done.stdout.split("\n") if line.startswith("STATUS")]
    assert len(statuses) == len(orders)
    assert set(statuses) <= {"0", "1"}
    assert not (attack / "pwned").exists()
    assert snapshot(attack) == before


def test_the_bomb_would_go_off(tmp_path: Path) -> None:
    pickle.loads(pickle.dumps(Bomb(tmp_path / "pwned"))).close()
    assert (tmp_path / "pwned").exists()


def test_a_hostile_project_opens_as_data(attack: Path) -> None:
    project = load_project(attack / "hostile.loom")
    assert {"os.system", "lambda"} <= {node.type for node in project.graph.nodes.values()}
    assert not (attack / "pwned").exists()
