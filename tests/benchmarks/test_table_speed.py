"""From a text table to float32 tensors: quicker than the usual way, in less than half of its memory.

On a quiet machine the small table takes about 2/5 of the time, and the large one less than a third of it, in 2/5 and a
fifth of the memory; the bounds leave room for a busy one.
The usual way is pandas' read_csv and get_dummies with scikit-learn's StandardScaler. Each run is a process of its own,
forked from one that has all imported, the two taking turns. LAYERLOOM_TABLE_ROWS sets the rows of the large table; its
full size is 1,000,000.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.helpers.rounds import rounds

ROOT = Path(__file__).resolve().parents[2]
LARGE = int(os.environ.get("LAYERLOOM_TABLE_ROWS", "200000"))
OF_ITS_MEMORY = 0.45
MEASURED = """
import json, os, sys, time
from pathlib import Path
import numpy as np, pandas as pd, torch
from sklearn.preprocessing import StandardScaler
from designer.layers.preparations import settings_of
from designer.project.model import Column, TableFormat
from designer.training.columns import prepared_features, read_columns
from designer.runtime import databases, gathering, parquet, preparation, scaling, tables, targets, times, workbooks
from tests.helpers.learning import learn_preparation

def memory(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(name + ":"))

def ours(path, kinds, target):
    frame = read_columns(path, kinds, TableFormat())
    settings = {name: settings_of(Column(name, kind)) for name, kind in kinds.items() if name != target}
    learned = learn_preparation(frame, settings, [Column(target, role="target")], "number")
    answers = torch.from_numpy(frame.pop(target).to_numpy(np.float32))
    return torch.from_numpy(prepared_features(frame, learned)), answers

def theirs(path, kinds, target):
    frame = pd.read_csv(path)
    answers = torch.tensor(frame.pop(target).to_numpy(np.float32))
    return torch.tensor(StandardScaler().fit_transform(pd.get_dummies(frame)), dtype=torch.float32), answers

def measured(run, path, kinds, target):
    small = path.with_name("small.csv")
    small.write_text("".join(path.open().readlines()[:300]))
    run(small, kinds, target)
    Path("/proc/self/clear_refs").write_text("5")
    before, began = memory("VmRSS"), time.perf_counter()
    inputs, answers = run(path, kinds, target)
    seconds, peak = time.perf_counter() - began, memory("VmHWM") - before
    print(json.dumps({"seconds": seconds, "peak": peak, "shape": tuple(inputs.shape)}), flush=True)

for line in sys.stdin:
    who, path, kinds, target = json.loads(line)
    if os.fork() == 0:
        measured({"ours": ours, "theirs": theirs}[who], Path(path), kinds, target)
        os._exit(0)
    if os.wait()[1] != 0:
        sys.exit(f"{who} did not come to its end")
"""


def like_diamonds(path: Path, rows: int) -> dict[str, str]:
    """A table like that of the diamonds: three columns of words in quotation marks, seven of numbers."""
    chance = np.random.default_rng(0)
    words = [["Fair", "Good", "Very Good", "Premium", "Ideal"], list("DEFGHIJ"), ["SI1", "SI2", "VS1", "VS2", "IF"]]
    numbers = [np.round(chance.gamma(2, 0.4, rows) + 0.2, 2), chance.integers(300, 18_000, rows)]
    numbers += [np.round(chance.normal(mean, 2, rows), 1) for mean in (61.7, 57.4)]
    numbers += [np.round(chance.normal(5.7, 1, rows), 2) for _ in range(3)]
    columns = [
        np.char.add(np.char.add('"', np.array(each)[chance.integers(len(each), size=rows)]), '"') for each in words
    ]
    names = ["cut", "color", "clarity", "carat", "price", "depth", "table", "x", "y", "z"]
    cells = zip(*columns, *(each.astype(str) for each in numbers), strict=True)
    path.write_text("\n".join([",".join(f'"{name}"' for name in names), *(",".join(row) for row in cells)]) + "\n")
    return {name: "category" if name in names[:3] else "number" for name in names}


def large(path: Path, rows: int) -> dict[str, str]:
    """Twenty columns, five of them of words."""
    chance = np.random.default_rng(0)
    words = [[f"w{place}" for place in range(count)] for count in (2, 3, 5, 20, 40)]
    numbers = [np.round(chance.normal(0, 10 ** (place % 4), rows), 4).astype(str) for place in range(12)]
    numbers += [chance.integers(0, 1000, rows).astype(str) for _ in range(3)]
    columns = [np.array(each)[chance.integers(len(each), size=rows)] for each in words]
    names = [*(f"n{place}" for place in range(15)), *(f"c{place}" for place in range(5))]
    with path.open("w") as file:
        file.write(",".join(names) + "\n")
        file.writelines(",".join(row) + "\n" for row in zip(*numbers, *columns, strict=True))
    return {name: "number" if name.startswith("n") else "category" for name in names}


@pytest.fixture(scope="module")
def measuring() -> Iterator[Callable[..., dict[str, Any]]]:
    """What has a way measured in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", MEASURED]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None

        def measured(*words: object) -> dict[str, Any]:
            process.stdin.write(json.dumps(words) + "\n")
            process.stdin.flush()
            found: dict[str, Any] = json.loads(process.stdout.readline())
            return found

        yield measured


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="asks Linux how much memory was taken at most")
@pytest.mark.parametrize(
    ("make", "rows", "target", "turns", "bound"),
    [(like_diamonds, 54_000, "price", 7, 1.7), (large, LARGE, "n0", 3, 2.2)],
)
def test_a_table_becomes_tensors_sooner_and_in_less_than_half_the_memory(
    tmp_path: Path, measuring: Callable[..., dict[str, Any]], make, rows: int, target: str, turns: int, bound: float
) -> None:
    path = tmp_path / "table.csv"
    kinds = make(path, rows)
    found: dict[str, list[dict]] = {"ours": [], "theirs": []}

    def quicker() -> float:
        pairs = zip(found["ours"], found["theirs"], strict=True)
        return statistics.median(usual["seconds"] / own["seconds"] for own, usual in pairs)

    def peaks() -> list[float]:
        return [statistics.median(run["peak"] for run in runs) / 1e6 for runs in found.values()]

    for _ in rounds(turns, lambda: quicker() >= bound and peaks()[0] <= OF_ITS_MEMORY * peaks()[1]):
        for who, runs in found.items():
            runs.append(measuring(who, str(path), kinds, target))
    assert found["ours"][0]["shape"] == found["theirs"][0]["shape"]
    seconds = [statistics.median(run["seconds"] for run in runs) for runs in found.values()]
    own, usual = peaks()
    print(
        f"\n{rows:,} × {len(kinds)}: {seconds[0]:.3f} s against {seconds[1]:.3f} s, {quicker():.2f} times as quick; "
        f"{own:.0f} MB against {usual:.0f} MB, {own / usual:.2f} of it"
    )
    assert quicker() >= bound
    assert own <= OF_ITS_MEMORY * usual
