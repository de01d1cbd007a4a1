"""The text of a script that reads one text and cuts it into windows of tokens."""

from __future__ import annotations

from designer.exporting.literals import assignment, call, literal
from designer.exporting.sources.wording import NUMBER_DOCSTRING, NUMBER_RETURN, NUMBER_SIGNATURE
from designer.project.facts import Facts
from designer.project.model import Project, TableData
from designer.training.sources.running_text import Wanted, wanted


def data_constants(project: Project, facts: Facts, data_path: str) -> str:
    """The constants that describe the text; ``data_path`` leads to it from the script's folder."""
    want = _wanted(project)
    split = want.data.split
    lines = [
        assignment("DATA", data_path),
        assignment("TOKENS", want.settings),
        assignment("LENGTH", want.length) + "  # tokens that are seen at once",
        assignment("STRIDE", want.data.windows.stride) + "  # how much later the next window to train with begins",
        assignment("VALIDATION_SHARE", split.validation),
        assignment("TEST_SHARE", split.test),
    ]
    return "\n".join(lines)


def _wanted(project: Project) -> Wanted:
    assert isinstance(project.data, TableData)
    return wanted(project, project.data)


def read_data_text(project: Project, facts: Facts) -> str:
    """The function ``read_data`` of the script."""
    want = _wanted(project)
    encoding = want.data.format.encoding
    how = [f"encoding={literal(encoding)}"] if encoding != "utf-8" else []
    lines = [
        NUMBER_SIGNATURE,
        NUMBER_DOCSTRING,
        call("text = read_running_text(", ["path", *how], depth=1),
        "    texts = text_in_order(text, VALIDATION_SHARE, TEST_SHARE)",
        f"    preparation = {want.way.learn}(texts[0], TOKENS)",
        f"    codes = [{want.way.encode}(each, preparation) for each in texts]",
        "    strides = (STRIDE, LENGTH, LENGTH)",
        "    parts = [token_part(each, LENGTH, stride) for each, stride in zip(codes, strides, strict=True)]",
        "    refuse_short(parts, [len(each) for each in codes], LENGTH)",
        NUMBER_RETURN,
    ]
    return "\n".join(lines)


def prompt_option(project: Project) -> str:
    """The lines that let the script be told what to go on from."""
    return (
        '    parser.add_argument("--prompt", default="", help="what the trained network goes on writing from")\n'
        '    parser.add_argument("--length", type=int, default=400, help="how many tokens it writes")\n'
    )


def writing_lines(project: Project) -> str:
    """The lines that print what the trained network writes."""
    way = _wanted(project).way
    arguments = ["model", "arguments.prompt", "preparation", way.encode, way.join, "LENGTH", "arguments.length"]
    return call("written = written_text(", arguments, depth=1) + "\n    print(written)\n"
