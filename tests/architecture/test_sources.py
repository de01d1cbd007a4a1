"""Every source file is small, says what it is for, and holds nothing unfinished and nothing of one machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tests.helpers.sources import ROOT, checkout, product

LONGEST_FILE, LONGEST_FUNCTION = 400, 60
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError|coming soon|not implemented yet)\b", re.IGNORECASE)
MACHINE = re.compile(r"[\"'`\s(=](/root|/home/\w+|/Users/\w+|/work|/opt|/mnt|/tmp)/\w|[A-Z]:\\Users\\")
EMPTY_NAMES = re.compile(r"(Manager|Helper|Utils?|Base)$")
PRINTING = ("cli", "runtime", "")
# where errors of all kinds are handed over to whoever can tell them: another thread, another process
HANDING_OVER = ("designer/gui/tasks.py", "designer/training/trainer.py", "designer/training/trial.py")
TEXTS = (".py", ".toml", ".txt", ".md", ".loom", ".json", ".csv", ".svg")


def test_every_module_begins_with_one_sentence():
    for source in product():
        said = ast.get_docstring(source.tree) or ""
        first = said.partition("\n\n")[0]
        assert first.endswith((".", "!", "?")), f"{source.name}: no sentence at its head: {first!r}"
        assert "\n" not in first and len(first) < 120, f"{source.name}: the first sentence fits one line"


def test_public_names_say_what_they_are():
    silent = [
        f"{source.name}:{node.lineno} {node.name}"
        for source in product()
        for node in source.tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert not silent, "\n".join(silent)


def test_files_and_functions_fit_a_head():
    long = [
        f"{source.name} has {lines} lines" for source in product() if (lines := source.text.count("\n")) > LONGEST_FILE
    ]
    for source in product():
        for node in ast.walk(source.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    long.append(f"{source.name}:{node.lineno} {node.name} has {lines} lines")
    assert not long, "\n".join(long)


def test_nothing_is_left_unfinished():
    found = [
        f"{source.name}:{number} {line.strip()[:80]}"
        for source in product()
        for number, line in enumerate(source.text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert not found, "\n".join(found)


def test_no_error_is_swallowed():
    found = []
    for source in product():
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ExceptHandler):
                caught = "" if node.type is None else ast.unparse(node.type)
                broad = not caught or re.search(r"\b(Base)?Exception\b", caught)
                raised = any(isinstance(inner, ast.Raise) for inner in ast.walk(node))
                if broad and not raised and (source.name not in HANDING_OVER or not node.name):
                    found.append(f"{source.name}:{node.lineno} except {caught}")
    assert not found, "\n".join(found)


def test_names_say_something():
    found = [
        f"{source.name}:{node.lineno} {node.name}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and EMPTY_NAMES.search(node.name)
    ]
    assert not found, "\n".join(found)


def test_only_the_command_line_and_exported_scripts_print():
    found = [
        f"{source.name}:{node.lineno}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
        if source.package not in PRINTING
    ]
    assert not found, "\n".join(found)


def _texts_of_the_checkout() -> Iterator[tuple[str, str]]:
    for path in checkout():
        if path.suffix in TEXTS or path.name in ("go", "run", "LICENSE"):
            yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8", errors="replace")


def test_no_path_of_one_machine_is_written_down():
    found = [
        f"{name}:{number} {line.strip()[:100]}"
        for name, text in _texts_of_the_checkout()
        if name != "tests/architecture/test_sources.py"
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE.search(line)
    ]
    assert not found, "\n".join(found)


def test_the_top_level_holds_only_what_belongs_there():
    listed = {path.relative_to(ROOT).parts[0] for path in checkout()}
    expected = {"go", "pyproject.toml", "constraints.txt", "README.md", "LICENSE", ".ci", ".gitignore"}
    folders = {"designer", "resources", "sample_projects", "tests"}
    assert listed <= expected | folders | {".gitattributes"}
