"""A large table is opened in the window, with its profile and its warnings, in memory that goes with its file.

LAYERLOOM_TABLE_ROWS sets how many rows there are; the full size is 1,000,000.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.test_data_memory import MOST_TIMES, ROOT, ROWS, write_table

SECONDS = 300
OPENED = """
import sys, threading
from pathlib import Path
from PySide6.QtCore import Qt
from designer.gui import app
app.prepare_process()
app.import_heavy()
from tests.helpers.window import open_window, rest, until
path, rows = Path(sys.argv[1]), int(sys.argv[2])
with open_window() as window:
    window.documents.begin(path)
    until(lambda: window.editing, 250, "no project was made of it")
    bench = window.build()
    page = bench.data
    until(lambda: page.isVisible() and page.rows.rows_model.rowCount() == rows, 250, "the rows are not shown")
    busy = lambda: any(each.busy() for each in (window.tasks, page.tasks))
    until(lambda: bench.checker.current and not busy(), 250, "it was not looked through")
    rest(0.5)
    until(lambda: not busy(), 250, "it was not looked through")
    # to its end and through its columns, as a person looks at it
    page.rows.verticalScrollBar().setValue(page.rows.verticalScrollBar().maximum())
    for place in range(page.rows.rows_model.columnCount()):
        page.table.look_at(page.rows.rows_model.names[place])
        until(lambda: not busy(), 250, "a column was not looked at")
    assert page.table.profile is not None and page.table.profile.rows == rows
    assert bench.checker.analysis.ok and page.rows.rows_model.index(rows - 1, 0).data()
lines = Path("/proc/self/status").read_text().splitlines()
print("peak", next(int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:")))
"""


def peak(path: Path, rows: int, home: Path) -> int:
    """The most bytes of memory that the window takes for a file."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "OMP_NUM_THREADS": "1",
        "QT_QPA_PLATFORM": "offscreen",
        "LAYERLOOM_HOME": str(home),
    }
    command = [sys.executable, "-c", OPENED, str(path), str(rows)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SECONDS)
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout.split("peak ")[1].split()[0])


@pytest.mark.slow
@pytest.mark.timeout(2 * SECONDS)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="asks Linux how much memory was taken at most")
def test_a_table_in_the_window_takes_less_than_four_times_its_file(tmp_path: Path, record_property) -> None:
    write_table(tmp_path / "small.csv", 50)
    size = write_table(tmp_path / "large.csv", ROWS)
    taken = peak(tmp_path / "large.csv", ROWS, tmp_path / "home") - peak(tmp_path / "small.csv", 50, tmp_path / "home")
    print(f"\n{size / 1e6:.0f} MB of file, {taken / 1e6:.0f} MB of memory, {taken / size:.2f} times")
    record_property("times the file", round(taken / size, 2))
    assert taken < MOST_TIMES * size
