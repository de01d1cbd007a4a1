"""Whole networks built with the keyboard alone, from the welcome page on, and what is read aloud meanwhile."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QPlainTextEdit

from designer.gui.window import MainWindow
from designer.gui.workbench import Workbench
from tests.helpers.keyboard import (
    ALT,
    CTRL,
    SHIFT,
    Ears,
    Key,
    add,
    begun_by_keys,
    fill,
    focus,
    menu_entry,
    press,
    press_for_menu,
    set_fields,
    spoken,
    tab_to,
)
from tests.helpers.window import checked, until

EMPTY = "Empty project"
TOGETHER = "Together with “channels”"


def test_lenet() -> None:
    with begun_by_keys(EMPTY) as (window, bench, ears):
        add("image input", after=False)
        assert ears.last == "image1, Image input, height 28, width 28, mode grey"
        add("conv2d")
        set_fields(Filters="6", Kernel_size="5", Padding="2")
        for name in ("tanh", "avgpool2d"):
            add(name)
        add("conv2d")
        set_fields(Filters="16", Kernel_size="5")
        for name in ("tanh", "avgpool2d", "flatten"):
            add(name)
        for neurons in ("120", "84", "10"):
            add("linear")
            set_fields(Neurons=neurons)
            if neurons != "10":
                add("tanh")
        add("output")
        set_fields(Loss="Cross-entropy")
        assert parameters(window, bench) == 61_706

        # read aloud from the front to the end
        walk_to("image1", ears, Key.Key_Left)
        ears.heard.clear()
        walk_to("output1", ears)
        assert ears.heard == [
            "conv1, Conv2d, filters 6, kernel size 5×5, changed: kernel size 5×5, padding 2×2, "
            "output channels 6, height 28, width 28, 156 parameters",
            "tanh1, Tanh, output channels 6, height 28, width 28",
            "pool1, AvgPool2d, kernel size 2×2, output channels 6, height 14, width 14",
            "conv2, Conv2d, filters 16, kernel size 5×5, changed: kernel size 5×5, "
            "output channels 16, height 10, width 10, 2,416 parameters",
            "tanh2, Tanh, output channels 16, height 10, width 10",
            "pool2, AvgPool2d, kernel size 2×2, output channels 16, height 5, width 5",
            "flatten1, Flatten, output features 400",
            "linear1, Linear, neurons 120, output features 120, 48,120 parameters",
            "tanh3, Tanh, output features 120",
            "linear2, Linear, neurons 84, output features 84, 10,164 parameters",
            "tanh4, Tanh, output features 84",
            "linear3, Linear, neurons 10, output features 10, 850 parameters",
            "output1, Output, loss Cross-entropy, output features 10",
        ]
        assert "nn.Linear(400, 120)" in code_of(bench)
        undone_and_redone(window, ears)


def test_resnet18_from_a_block() -> None:
    with begun_by_keys(EMPTY) as (window, bench, ears):
        add("image input", after=False)
        set_fields(Height="224", Width="224", Mode="colour")
        add("conv2d")
        set_fields(Filters="64", Kernel_size="7", Stride="2", Padding="3", Bias=False)
        for name in ("batchnorm2d", "relu", "maxpool2d"):
            add(name)
        set_fields(Kernel_size="3", Stride="2", Padding="1")
        checked(window)
        make_residual(ears)
        press(Key.Key_R, modifiers=CTRL)
        assert spoken(focus()) == "How many times in a row the block runs"
        fill("2")
        press(Key.Key_Return)
        assert ears.last == "Set repeat of basic_block1 to 2"

        add("Basic block")
        make_downsampling(ears)
        set_fields(Channels="128")
        add("Basic block")
        set_fields(Channels="128")
        # the next stage is a copy of these two, linked with them by its ports
        press(Key.Key_Left, modifiers=SHIFT)
        assert ears.last.startswith("2 layers selected")
        press(Key.Key_D, modifiers=CTRL)
        for name in ("basic_block4", "basic_block5"):
            find(name, ears)
            set_fields(Channels="256")
        find("basic_block4", ears)
        press(Key.Key_Tab)
        link_to("basic_block3, output out", ears)
        find("basic_block5", ears)
        add("Downsampling block")
        set_fields(Channels="512")
        add("Basic block")
        set_fields(Channels="512")
        add("global average pool")
        add("linear")
        set_fields(Neurons="1000")
        add("output")
        set_fields(Loss="Cross-entropy")
        assert parameters(window, bench) == 11_689_512
        code = code_of(bench)
        assert "class BasicBlock(nn.Module)" in code and "class DownsamplingBlock(nn.Module)" in code
        undone_and_redone(window, ears)


def test_two_inputs_and_two_outputs() -> None:
    with begun_by_keys(EMPTY) as (window, bench, ears):
        add("table input", after=False)
        rename("a")
        add("linear")
        press(Key.Key_Escape)
        add("table input", after=False)
        rename("b")
        set_fields(Features="6")
        add("linear")
        add("concatenate")
        press(Key.Key_Tab, Key.Key_Tab)
        assert ears.last == "Input x2 of concatenate1, free"
        link_to("linear1, output out", ears)
        add("relu")
        for name in ("low", "high"):
            find("relu1", ears)
            add("linear")
            add("output")
            rename(name)
        checked(window)
        code = code_of(bench)
        assert "def forward(self, a, b):" in code
        known: dict[str, Any] = {}
        exec(code, known)
        answers = known["Network"]()(known["torch"].zeros(2, 4), known["torch"].zeros(2, 6))
        assert {name: tuple(answer.shape) for name, answer in answers.items()} == {"low": (2, 64), "high": (2, 64)}
        undone_and_redone(window, ears)


def make_residual(ears: Ears) -> None:
    """A residual block after the selected layer, which its skip link comes from, made a block that sets channels."""
    for name in ("conv2d", "batchnorm2d", "relu", "conv2d", "batchnorm2d", "add"):
        add(name)
        if name == "conv2d":
            set_fields(Filters="64", Padding="1", Bias=False)
    press(Key.Key_Tab, Key.Key_Tab)
    assert ears.last == "Input x2 of add1, free"
    link_to("pool1, output out", ears)
    add("relu")
    for _ in range(6):
        press(Key.Key_Left, modifiers=SHIFT)
    assert ears.last == "7 layers selected, last conv2"
    press(Key.Key_G, modifiers=CTRL)
    assert spoken(focus()) == "Name of the block"
    fill("Basic block")
    press(Key.Key_Return)
    assert ears.last.startswith("basic_block1, Basic block")
    press(Key.Key_Return, modifiers=CTRL)
    assert ears.last == "In block basic_block1: 9 layers, 9 links"
    for name, join in (("conv2", ""), ("conv3", TOGETHER)):
        walk_to(name, ears)
        expose("Filters", join)
    press(Key.Key_Up, modifiers=ALT)
    assert ears.last == "In the whole network: 6 layers, 5 links"


def make_downsampling(ears: Ears) -> None:
    """Give the selected use a block of its own that halves height and width, and come back outside."""
    press(Key.Key_U, modifiers=CTRL | SHIFT)
    assert ears.last == "Make basic_block2 unique"
    press(Key.Key_Return, modifiers=CTRL)
    walk_to("conv2", ears)
    set_fields(Stride="2")
    walk_to("x", ears, Key.Key_Left)
    add("conv2d")
    set_fields(Kernel_size="1", Stride="2", Bias=False)
    expose("Filters", TOGETHER)
    add("batchnorm2d")
    find("add1", ears)
    press(Key.Key_Tab, Key.Key_Tab)
    assert ears.last == "Input x2 of add1, fed by x"
    link_to("norm1, output out", ears)
    press(Key.Key_Escape)
    to_panel("Name of the block")
    fill("Downsampling block")
    press(Key.Key_Return, Key.Key_Escape)
    press(Key.Key_Up, modifiers=ALT)


def to_panel(name: str) -> None:
    """Go through the parts of the window to the one that the keyboard enters at ``name``."""
    walked = []
    for _ in range(6):
        press(Key.Key_F6, modifiers=CTRL)
        walked.append(spoken(focus()))
        if walked[-1] == name:
            return
    raise AssertionError(f"Ctrl+F6 never came to {name!r}, only to {walked}")


def link_to(port: str, ears: Ears) -> None:
    """From the port that the keyboard is on, go through those that fit to one, link with it, and leave the port."""
    press(Key.Key_Return)
    for _ in range(40):
        if ears.last.removeprefix("Link to ") == port:
            press(Key.Key_Return, Key.Key_Escape)
            return
        press(Key.Key_Tab)
    raise AssertionError(f"{port} was not reached: {ears.heard[-10:]}")


def walk_to(name: str, ears: Ears, key: Key = Key.Key_Right) -> None:
    """Go along the links to a layer."""
    for _ in range(40):
        press(key)
        if ears.last.startswith(f"{name}, "):
            return
    raise AssertionError(f"{name} was not reached: {ears.heard[-10:]}")


def find(name: str, ears: Ears) -> None:
    """Go to a layer by the finder."""
    press(Key.Key_F, modifiers=CTRL)
    fill(name)
    press(Key.Key_Return)
    assert f", {name}, " in ears.last, ears.last
    press(Key.Key_Escape)


def rename(name: str) -> None:
    """Rename the selected layer where it stands."""
    press(Key.Key_F2)
    assert spoken(focus()).startswith("Name of ")
    fill(name)
    press(Key.Key_Return)


def expose(field: str, join: str = "") -> None:
    """Let each use of the block set a field of the selected layer, as channels or together with those."""
    press(Key.Key_Return)
    tab_to(field)
    press(Key.Key_Tab)
    assert spoken(focus()) == f"{field}: Let each use of the block set this for itself…"
    press_for_menu(Key.Key_Space, lambda: menu_entry(join) if join else name_field("channels"))
    assert spoken(focus()) == f"{field}: Set from outside by each use of the block"
    press(Key.Key_Escape)


def name_field(name: str) -> None:
    """Name a new field of the block in the menu that asks for it."""
    until(lambda: spoken(focus()) == "Name of the new field of the block", 5, "the line has not the keyboard")
    fill(name)
    press(Key.Key_Return)


def code_of(bench: Workbench) -> str:
    """Show the code by the menu, and read it where the keyboard then comes."""
    press(Key.Key_V, modifiers=ALT)
    menu_entry("Panels")
    menu_entry("Code")
    tab_to("Source of the model")
    view = focus()
    assert isinstance(view, QPlainTextEdit)
    until(lambda: "class " in view.toPlainText(), 20, "no code is shown")
    press(Key.Key_Escape)
    assert bench.canvas.hasFocus()
    return view.toPlainText()


def parameters(window: MainWindow, bench: Workbench) -> int:
    """How many parameters the network has, once it is looked at and nothing is wrong with it."""
    checked(window)
    analysis = bench.checker.analysis
    assert [problem.code for problem in analysis.problems] == ["no-data"]
    return analysis.parameters


def undone_and_redone(window: MainWindow, ears: Ears) -> None:
    """Undo all steps by keys, and redo them; each is named."""
    history, built = window.session.history, window.session.project
    labels = [step.label for step in history.steps[1:]]
    ears.heard.clear()
    for _ in labels:
        press(Key.Key_Z, modifiers=CTRL)
    undone = [said for said in ears.heard if said.startswith("Undone: ")]
    assert undone == [f"Undone: {label}" for label in reversed(labels)]
    assert not window.session.history.can_undo and not window.session.project.graph.nodes
    for _ in labels:
        press(Key.Key_Z, modifiers=CTRL | SHIFT)
    assert [said for said in ears.heard if said.startswith("Redone: ")] == [f"Redone: {label}" for label in labels]
    assert not window.session.history.can_redo and window.session.project == built
