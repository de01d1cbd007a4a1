"""A canary for the binding to Qt: calls that answer nothing must not use up the references to None."""

from __future__ import annotations

import subprocess
import sys

from tests.helpers.sources import ROOT

CALLS = 10_000
# in a process of its own: where references get lost, the process is aborted in the end
PROGRAM = f"""
import sys
from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QColor, QPainterPath, QPixmap
from PySide6.QtWidgets import QApplication, QGraphicsScene, QLabel, QLineEdit

application = QApplication([])
label, line, scene, timer, thing = QLabel(), QLineEdit(), QGraphicsScene(), QTimer(), QObject()
pixmap, path = QPixmap(16, 16), QPainterPath()
item = scene.addRect(0, 0, 10, 10)

def once(number):
    label.setText(str(number))
    label.setEnabled(bool(number % 2))
    line.setText("text")
    line.clear()
    item.setPos(number, 0)
    item.update()
    timer.setInterval(number)
    thing.setObjectName(str(number))
    path.lineTo(number, 1)
    pixmap.fill(QColor("red"))

once(0)
before = sys.getrefcount(None)
for number in range({CALLS} // 10):
    once(number)
print(before - sys.getrefcount(None))
"""


def test_ten_thousand_calls_lose_no_reference_to_none():
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout.split()[-1]) < 100
