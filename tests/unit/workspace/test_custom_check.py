"""The check before a layer is taken: what is wrong is told with its line, and nothing that the layer does hangs it."""

from __future__ import annotations

import threading
import time

import pytest

from designer.compiler.trust import allowed, digest_of
from designer.layers.custom import STARTER
from designer.layers.signature import read_signature
from designer.project.errors import LayerloomError
from designer.training.trial import try_layer
from designer.workspace.custom_check import (
    LayerCheck,
    Trial,
    example_shapes,
    shapes_from_text,
    shapes_to_text,
    signature_of,
)

RETURN = "return x * opening"


def tried(source: str, *shapes: tuple[int, ...], seconds: float = 10.0) -> Trial:
    return LayerCheck(source, shapes or ((16,),), seconds).run()


def test_a_sound_layer_is_taken_with_its_shapes_and_parameters() -> None:
    assert tried(STARTER) == Trial((), ((16,),), 544)
    assert tried(STARTER, (3, 8)).outputs == ((3, 8),)


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        (RETURN, "return x * opening.reshape(3, -1)", 21, "RuntimeError"),
        (RETURN, "raise ValueError('no such luck')", 21, "ValueError: no such luck"),
        (RETURN, "raise SystemExit", 21, "SystemExit"),
        (RETURN, "return x / 0", 19, "not finite"),
        (RETURN, "return x.sum()", 19, "the batch axis must stay the first one"),
        (RETURN, "return x, opening", 19, "forward gives 2, and its annotation says one tensor"),
        (RETURN, "return 3", 1, "should give a tensor, or a tuple of tensors, and gives int"),
        (RETURN, "return x.detach()", 19, "no gradient passes through forward"),
        ("self.slope = slope", "self.free = nn.Parameter(torch.ones(2))", 21, "has no attribute 'slope'"),
        ("* opening", "* opening.detach()", 19, "no gradient passes through forward"),
        ("self.narrow(x)", "x", 19, "no gradient reaches the parameter “narrow.weight”"),
        ("nn.Linear(hidden, in_features)", "nn.Linear(hidden, 0 - 1)", 17, "RuntimeError"),
        ("super().__init__()", "pass", 16, "AttributeError"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, line: int, told: str) -> None:
    source = STARTER.replace(old, new)
    if "narrow(x)" in old:
        source = source.replace("nn.Linear(hidden, in_features)", "nn.Linear(in_features, in_features)")
    if "has no attribute" in told:
        line = 20
    with allowed([digest_of(source)]):
        faults = try_layer(source, [(16,)])["faults"]
    assert told in faults[0][2], faults
    assert faults[0][0] == line


def test_an_unsound_text_runs_nowhere() -> None:
    check = LayerCheck("import os\n" + STARTER, ((16,),))
    began = time.monotonic()
    assert "“os” cannot be imported" in check.run().faults[0].sentence
    assert check._process is None and time.monotonic() - began < 5


def test_an_endless_loop_is_ended_and_its_line_told() -> None:
    endless = STARTER.replace("        opening", "        while True:\n            pass\n        opening", 1)
    (fault,) = tried(endless, seconds=1.0).faults
    assert fault.line in (20, 21) and "did not come to an end within 1 seconds" in fault.sentence


def test_a_crash_takes_only_the_trial_down() -> None:
    crash = STARTER.replace(RETURN, "return torch.ops.prim.no_such_thing() if x.is_meta else crash(x)")
    crash = crash.replace("class Gate", "def crash(x):\n    return crash(x) + crash(x)\n\n\nclass Gate")
    assert not tried(crash).sound
    killed = STARTER.replace(RETURN, "return torch.classes.load_library('/no/such/library')")
    assert not tried(killed).sound


def test_a_huge_wish_for_memory_is_refused() -> None:
    (fault, *_) = tried(STARTER.replace(RETURN, "return torch.ones(2, 16, 10**10).sum(-1) * x * opening")).faults
    assert fault.line == 21


def test_a_check_can_be_cancelled() -> None:
    check = LayerCheck(STARTER.replace(RETURN, "while True: pass"), ((16,),), 100.0)
    answers: list[Trial] = []
    thread = threading.Thread(target=lambda: answers.append(check.run()))
    thread.start()
    time.sleep(0.3)
    check.cancel()
    thread.join(10)
    assert not thread.is_alive() and "stopped" in answers[0].faults[0].sentence
    assert "stopped" in check.run().faults[0].sentence


def test_several_inputs_and_outputs_are_tried() -> None:
    source = (
        "import torch\nfrom torch import nn\n\n\nclass Both(nn.Module):\n"
        "    def forward(self, a, b) -> tuple[torch.Tensor, torch.Tensor]:\n        return a + b, a * b\n"
    )
    assert tried(source, (4,), (4,)) == Trial((), ((4,), (4,)), 0)
    assert "the layer takes 2 inputs, and 1 test shapes are given" in tried(source, (4,)).faults[0].sentence


def test_shapes_are_read_as_people_write_them() -> None:
    assert shapes_from_text("16") == ((16,),)
    assert shapes_from_text("N×3×8×8; (4, 5) ") == ((3, 8, 8), (4, 5))
    assert shapes_to_text(((3, 8, 8), (4,))) == "3×8×8; 4"
    for words in ("", "a", "0", "1×2×3×4×5×6", "99999", "-3", "3;;4"):
        with pytest.raises(LayerloomError, match="expected"):
            shapes_from_text(words)
    assert example_shapes(read_signature(STARTER)) == ((16,),)
    assert example_shapes(read_signature(STARTER.replace("in_features", "in_channels"))) == ((3, 8, 8),)


def test_the_live_signature_knows_names_that_are_taken() -> None:
    found = signature_of(STARTER.replace("class Gate", "class Epoch"))
    assert found.class_name == "Epoch" and "exported scripts use" in found.faults[0].sentence
