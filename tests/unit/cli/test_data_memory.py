"""A large table is looked through in memory that goes with its file.

LAYERLOOM_TABLE_ROWS sets how many rows there are; the full size is 1,000,000.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[3]
ROWS = int(os.environ.get("LAYERLOOM_TABLE_ROWS", "300000"))
MOST_TIMES = 4
BLOCK = 10_000
LOOKED_AT = """
import sys
from pathlib import Path
from designer.__main__ import main
code = main(["data", sys.argv[1], "--target", "n0"])
lines = Path("/proc/self/status").read_text().splitlines()
print("peak", next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:")))
sys.exit(code)
"""


def write_table(path: Path, rows: int) -> int:
    """Fifteen columns of numbers and five of words; the bytes of the file."""
    chance = np.random.default_rng(0)
    count = min(rows, BLOCK)
    numbers = [np.round(chance.normal(0, 10 ** (place % 4), count), 3).astype(str) for place in range(15)]
    words = [np.char.add("w", chance.integers(2 + 9 * place, size=count).astype(str)) for place in range(5)]
    ends = [",".join(row) + "\n" for row in zip(*words, strict=True)]
    with path.open("w") as file:
        file.write(",".join([*(f"n{place}" for place in range(15)), *(f"c{place}" for place in range(5))]) + "\n")
        starts = [",".join(row) + "," for row in zip(*numbers, strict=True)]
        for block in range(-(-rows // BLOCK)):
            # one digit more or two, so that the numbers of no block are those of another
            more = zip(starts[: rows - block * BLOCK], ends, strict=False)
            file.writelines(start.replace(",", f"{block},") + end for start, end in more)
    return path.stat().st_size


def peak(path: Path) -> int:
    """The most bytes of memory that ``layerloom data`` takes for a file."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", LOOKED_AT, str(path)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout.splitlines()[-1].split()[1])


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux how much memory was taken at most")
def test_a_table_takes_less_than_four_times_its_file(tmp_path: Path) -> None:
    write_table(tmp_path / "small.csv", 50)
    size = write_table(tmp_path / "large.csv", ROWS)
    taken = peak(tmp_path / "large.csv") - peak(tmp_path / "small.csv")
    print(f"\n{size / 1e6:.0f} MB of file, {taken / 1e6:.0f} MB of memory, {taken / size:.2f} times")
    assert taken < MOST_TIMES * size
