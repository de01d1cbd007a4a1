"""The packages form a stack: each imports only what lies below it, Qt stays in the window, heavy things come late."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.helpers.sources import ROOT, STACK, imports, product

pytestmark = pytest.mark.cold
QT = {"PySide6", "shiboken6", "pyqtgraph"}
HEAVY = {"torch", "numpy", "pandas", "PIL", "safetensors", "networkx", "scipy", "sklearn"}
RUNTIME_MAY = {"torch", "numpy", "pandas", "PIL", "safetensors", "designer"}
# what reads one kind of file or text, and is imported only for that
OPTIONAL = {
    "arrow.py": {"pyarrow"},
    "parquet.py": {"pyarrow"},
    "workbooks.py": {"openpyxl"},
    "byte_pairs.py": {"tokenizers"},
    "running_byte_pairs.py": {"tokenizers"},
}
# its entries import the modules that read tables once there is a table to be read
READS_TABLES = {"importing": {"numpy", "pandas"}}


def test_imports_point_down_the_stack():
    against = []
    for source in product():
        for found in imports(source):
            parts = found.name.split(".")
            if parts[0] != "designer" or len(parts) < 2 or source.package not in STACK or parts[1] not in STACK:
                continue
            upwards = STACK.index(parts[1]) < STACK.index(source.package)
            if upwards or {source.package, parts[1]} == {"project", "runtime"}:
                against.append(f"{source.name}:{found.line} imports {found.name}")
    assert not against, "\n".join(against)


def test_only_the_window_knows_qt():
    against = [
        f"{source.name}:{found.line} imports {found.name}"
        for source in product()
        for found in imports(source)
        if found.name.split(".")[0] in QT and source.package != "gui"
    ]
    assert not against, "\n".join(against)


def test_runtime_needs_only_what_an_exported_script_has():
    against = []
    for source in product():
        for found in imports(source) if source.package == "runtime" else ():
            top = found.name.split(".")[0]
            may = RUNTIME_MAY | OPTIONAL.get(source.name.rpartition("/")[2], set())
            foreign = top not in sys.stdlib_module_names and top not in may
            if foreign or (top == "designer" and not found.name.startswith("designer.runtime")):
                against.append(f"{source.name}:{found.line} imports {found.name}")
    assert not against, "\n".join(against)


def _modules(*packages: str) -> list[str]:
    return [
        source.module for source in product() if source.package in packages and not source.name.endswith("__main__.py")
    ]


def _run(program: str) -> str:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.mark.parametrize("package", ["project", "layers", "compiler", "importing", "training", "workspace", "cli"])
def test_nothing_heavy_is_imported_with_a_package(package: str):
    heavy = HEAVY - READS_TABLES.get(package, set()) | QT
    program = f"""
import importlib, sys
for module in {_modules(package)!r}:
    importlib.import_module(module)
    heavy = {heavy!r} & set(sys.modules)
    assert not heavy, f"importing {{module}} imports {{heavy}}"
"""
    assert _run(program) == ""


def test_all_but_the_window_works_without_qt():
    program = f"""
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {QT!r}:
            raise ModuleNotFoundError(f"{{name}} is not installed here", name=name)

sys.meta_path.insert(0, Refuse())
for module in {_modules("", *STACK[1:])!r}:
    importlib.import_module(module)
from designer.__main__ import main
assert main(["layers", "--json"]) == 0
print("done")
"""
    assert _run(program).endswith("done\n")
