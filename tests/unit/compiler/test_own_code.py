"""A project's own code in the compiler: nothing runs unless it is allowed; then it stands in the source as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from designer.compiler import included as included_module
from designer.compiler.analyse import analyse
from designer.compiler.included import included
from designer.compiler.load import load_model
from designer.compiler.own_code import WRITTEN, faults_of, refusals
from designer.compiler.trust import UntrustedCode, allow_only, allowed, allowed_now, digests_of, may_run
from designer.layers.catalog import catalog_of
from designer.layers.custom import STARTER
from designer.project.block_edits import make_block
from designer.project.custom_layers import add_layer, change_layer
from designer.project.model import CustomLayer
from tests.helpers.custom import GATE, with_custom
from tests.helpers.sources import ROOT

TWO = """from torch import nn


def halved(x):
    return x / 2


class Two(nn.Module):
    def __init__(self, in_features: int, size: int = 3):
        super().__init__()
        self.inner = nn.Linear(in_features, size)

    def forward(self, x, mask=None):
        return halved(self.inner(x))
"""


@pytest.fixture(autouse=True)
def nothing_is_allowed() -> Iterator[None]:
    allow_only(())
    yield
    allow_only(())


def codes(project: object) -> list[str]:
    return [problem.code for problem in analyse(project).problems]  # type: ignore[arg-type]


def test_without_leave_shapes_stay_unknown_and_there_is_no_source() -> None:
    analysis = analyse(with_custom())
    (problem,) = [one for one in analysis.problems if one.code == "untrusted-code"]
    assert "“gate1” runs code that this project holds itself, the layer “Gate”" in problem.sentence
    assert analysis.reports["n2"].shape == (4,) and analysis.reports["n3"].shape is None
    assert analysis.source is None and not analysis.ok


def test_allowed_it_is_a_layer_like_any_other_and_stands_in_the_source_word_for_word() -> None:
    project = with_custom()
    with allowed(digests_of(project)):
        analysis = analyse(project)
        assert analysis.source is not None and analysis.reports["n3"].shape == (4,)
        assert analysis.reports["n3"].parameters == 4 * 16 + 16 + 16 * 4 + 4
        assert STARTER[STARTER.index("class Gate") :].rstrip() in analysis.source.text
        assert "self.gate1 = Gate(4, hidden=16, slope=1.0)" in analysis.source.text
        assert sum(one.numel() for one in load_model(analysis.source).parameters()) == analysis.parameters
    assert "untrusted-code" in codes(project), "what was found while it was allowed is not told afterwards"


def test_leave_is_for_a_source_to_the_last_sign() -> None:
    project = with_custom()
    changed = change_layer(project, "gate", replace(GATE, source=STARTER + " "))
    with allowed(digests_of(project)):
        assert "untrusted-code" not in codes(project) and "untrusted-code" in codes(changed)


def test_no_text_for_a_loader_is_made_without_leave() -> None:
    with allowed(digests_of(with_custom())):
        included(frozenset({"Gate"}), (STARTER,))
    with pytest.raises(UntrustedCode, match="code of its own"):
        included(frozenset({"Gate"}), (STARTER,))
    # whoever adds a road for these texts has to pass the same gate
    text = Path(included_module.__file__).read_text()
    assert len(re.findall(r"\bcomposed\(", text)) == 2
    for path in (ROOT / "designer").rglob("*.py"):
        if "composed(" in path.read_text():
            assert path.name in ("included.py", "own_code.py"), path


def test_what_was_said_before_holds_again_afterwards() -> None:
    allow_only(["a"])
    with allowed(["b"]):
        assert allowed_now() == {"a", "b"}
    assert allowed_now() == {"a"} and not may_run("a")


def test_in_a_block_leave_is_heeded_as_well_whatever_was_planned_before() -> None:
    project = with_custom()
    project, _ = make_block(project, ["n2", "n3"], "Inner", catalog_of(project).ports_of)
    for _ in range(2):
        assert "untrusted-code" in codes(project)
        with allowed(digests_of(project)):
            analysis = analyse(project)
            assert "untrusted-code" not in codes(project) and analysis.source is not None
            assert "class Inner(nn.Module)" in analysis.source.text


def test_helpers_and_optional_inputs_come_along() -> None:
    project = with_custom(CustomLayer("Two", TWO))
    with allowed(digests_of(project)):
        source = analyse(project).source
        assert source is not None
        assert "def halved(x):" in source.text and "self.gate1(x, mask=None)" in source.text


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("class Two", "class Network", "“Network” is a name that exported scripts use"),
        ("class Two", "class Epoch", "“Epoch” is a name that exported scripts use"),
        ("halved", "fit", "“fit” is a name that exported scripts use"),
        ("halved", "main", "“main” is a name that exported scripts use"),
        ("halved", "print", "“print” is a name that exported scripts use"),
        ("from torch import nn", "from torch import nn, relu as F", "“F” stands for “torch.nn.functional”"),
        ("from torch import nn", "from torch import nn, relu as Path", "“Path” stands for “pathlib.Path”"),
        ("return x / 2", "return x / twice", "line 5, column 16: “twice” is defined nowhere"),
    ],
)
def test_names_that_exported_scripts_use_are_not_free(old: str, new: str, told: str) -> None:
    assert any(told in fault.text for fault in faults_of(TWO.replace(old, new))), faults_of(TWO.replace(old, new))
    project = with_custom(CustomLayer("Two", TWO.replace(old, new)))
    with allowed(digests_of(project)):
        assert "unsound-code" in codes(project) and analyse(project).source is None


def test_usual_imports_are_free_however_they_are_written() -> None:
    for words in ("import torch.nn.functional as F", "from torch.nn import functional as F", "import math"):
        project = with_custom(CustomLayer("Two", f"{words}\n{TWO}"))
        with allowed(digests_of(project)):
            assert analyse(project).source is not None, words


def test_two_layers_cannot_define_the_same_name() -> None:
    project, _ = add_layer(with_custom(), CustomLayer("Other", STARTER.replace("16", "8")))
    with allowed(digests_of(project)):
        found = refusals(catalog_of(project))
    assert (
        list(found) == ["custom:other"] and "the layer “Gate” defines “Gate” as well" in found["custom:other"].sentence
    )


def test_functions_of_the_scripts_are_known() -> None:
    """What exporting writes for one project beside what it copies."""
    texts = "\n".join(path.read_text() for path in (ROOT / "designer" / "exporting").rglob("*.py"))
    written = set(re.findall(r"""["'`\n}]def (\w+)\(""", re.sub(r"(?m)^def .*$", "", texts)))
    assert written <= WRITTEN, written - WRITTEN


@pytest.mark.parametrize("words", ["raise SystemExit", "raise KeyError('x')", "raise OSError('no')", "1 / 0"])
def test_what_allowed_code_raises_is_told_at_its_node(words: str) -> None:
    project = with_custom(CustomLayer("Two", TWO.replace("    return x / 2", f"    {words}\n    return x / 2")))
    with allowed(digests_of(project)):
        analysis = analyse(project)
    assert "size" in [problem.code for problem in analysis.problems] and analysis.source is None
