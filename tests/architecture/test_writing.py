"""Files are written whole or not at all: designer.project.atomic is the one way to write a file."""

from __future__ import annotations

import ast

import pytest

from tests.helpers.sources import Source, calls, product

ATOMIC = "designer/project/atomic.py"
WRITES = {
    "write_text",
    "write_bytes",
    "to_csv",
    "to_json",
    "to_parquet",
    "to_excel",
    "tofile",
    "save_file",
    "savetxt",
    "savez",
    "copyfile",
    "copytree",
    "copy2",
    "copy",
    "rename",
    "replace",
    "truncate",
}
# each with the reason why atomic_write is not the way there
ALLOWED = {
    ("designer/runtime/scripts.py", "open"): "the saver of exported scripts, which replaces the file in the same way",
    ("designer/runtime/scripts.py", "torch.save"): "the same, into the unfinished file",
    ("designer/runtime/scripts.py", "replace"): "the same",
    ("designer/training/record.py", "open"): "the history is appended to, a line at a time",
    ("designer/training/record.py", "truncate"): "lines of a going on that could not be written are taken back",
    (
        "designer/training/alive.py",
        "open",
    ): "the status is written into room that it has already, and is not seen there",
    ("designer/training/alive.py", "replace"): "then it takes its place whole",
    ("designer/training/kept_end.py", "replace"): "what a run ended with gets another name while it goes on",
    ("designer/workspace/jobs.py", "open"): "the log that a process appends to",
    ("designer/workspace/giving_way.py", "write_text"): "a setting of the system, not a file",
    ("designer/cli/main.py", "open"): "the log of own errors is appended to",
    ("designer/gui/crash_log.py", "open"): "the log of a window's crashes is appended to",
    ("designer/gui/crash_log.py", "replace"): "a log that was told of gets another name",
    ("designer/training/trainer.py", "os.fdopen"): "standard output, not a file",
    ("designer/training/trainer.py", "os.open"): "the null device, in the place of a front that died",
    ("designer/training/steering.py", "open"): "orders are appended to a file that lasts as long as the training",
    ("designer/workspace/samples.py", "copytree"): "a folder of pictures, into one that is not there yet",
    ("designer/workspace/samples.py", "rename"): "the same, so that it appears whole",
    ("designer/cli/main.py", "os.open"): "the null device, in the place of a reader who left",
    ("designer/exporting/weights.py", "torch.save"): "into memory",
    ("designer/exporting/forks.py", "torch.save"): "into memory",
}


def writing(source: Source) -> list[tuple[str, int]]:
    """What in a file writes to files, and the line."""
    return [(what, node.lineno) for called, node in calls(source) if (what := _writes(called, node))]


def _writes(called: str, node: ast.Call) -> str:
    owner, _, name = called.rpartition(".")
    if name in ("open", "fdopen"):
        return (called if owner == "os" else name) if _opens_to_write(called, node) else ""
    if called in ("torch.save", "np.save", "numpy.save", "torch.export.save", "shutil.move"):
        return called
    if name in ("copy", "copy2", "copytree", "copyfile", "truncate"):
        return name if owner == "shutil" or name == "truncate" else ""
    if name in ("rename", "replace"):
        of_a_path = owner == "os" or (
            len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred)
        )
        return name if of_a_path and owner not in ("dataclasses", "") else ""
    if name == "to_csv" and not node.args:
        return ""
    return name if name in WRITES and owner else ""


def _opens_to_write(called: str, node: ast.Call) -> bool:
    if called == "os.open":
        return any(flag in ast.unparse(node) for flag in ("O_WRONLY", "O_RDWR", "O_CREAT", "O_APPEND"))
    modes = [keyword.value for keyword in node.keywords if keyword.arg == "mode"]
    place = 0 if called.endswith(".open") else 1
    modes += node.args[place : place + 1]
    words = [mode.value for mode in modes if isinstance(mode, ast.Constant) and isinstance(mode.value, str)]
    return any(set(word) <= set("rwaxbt+") and set(word) & set("wax+") for word in words)


def test_files_are_written_in_one_way():
    against = [
        f"{source.name}:{line} {what}"
        for source in product()
        if source.name != ATOMIC
        for what, line in writing(source)
        if (source.name, what) not in ALLOWED
    ]
    assert not against, "write through designer.project.atomic:\n" + "\n".join(against)


@pytest.mark.parametrize(
    "text",
    [
        "open(path, 'w')",
        "open(path, mode='wb')",
        "path.open('x')",
        "path.open('r+b')",
        "path.write_text(text)",
        "torch.save(weights, path)",
        "frame.to_csv(path)",
        "os.replace(a, b)",
        "path.rename(other)",
        "shutil.copyfile(a, b)",
        "os.open(path, os.O_WRONLY | os.O_CREAT)",
    ],
)
def test_the_check_finds_what_it_looks_for(text: str):
    assert writing(Source("designer/x/y.py", "x", text, ast.parse(text)))


@pytest.mark.parametrize(
    "text", ["open(path)", "path.open('rb')", "text.replace('a', 'b')", "replace(node, name=name)"]
)
def test_the_check_lets_reading_pass(text: str):
    assert not writing(Source("designer/x/y.py", "x", text, ast.parse(text)))


# the one place that keeps formulas out of the tables that people open (hazard 18), and a row in memory for a prediction
TABLES = {"designer/training/predict.py", "designer/workspace/one_row.py"}


def tables_in(source: Source) -> list[int]:
    """The lines on which a file makes text of a table."""
    return [
        node.lineno
        for called, node in calls(source)
        if called in ("csv.writer", "csv.DictWriter") or called.endswith(".to_csv")
    ]


def test_tables_are_written_in_one_place():
    found = {source.name for source in product() if tables_in(source)}
    assert found == TABLES, "write tables by designer.training.predict.csv_text"


def test_a_second_writer_of_tables_would_be_found():
    for text in ("csv.writer(file)", "csv.DictWriter(file, names)", "frame.to_csv()"):
        assert tables_in(Source("designer/x/y.py", "x", text, ast.parse(text)))
