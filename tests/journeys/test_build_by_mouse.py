"""Whole networks built with the mouse alone in the real window, from the welcome page to code that runs."""

from __future__ import annotations

import importlib.util
import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPointF

from designer.compiler.report import Analysis
from designer.gui.pages import SETTLED_MS
from designer.gui.window import MainWindow
from tests.gui.conftest import _no_thread_left, _quiet_qt  # noqa: F401
from tests.helpers.exported import assert_formatted
from tests.helpers.mouse import Mouse
from tests.helpers.window import FileDialogs, checked, click, open_window, rest, until

pytestmark = pytest.mark.slow
NO_DATA = "No data is open yet."
SIZES = ((1280, 800), (1920, 1080))


@pytest.fixture
def window() -> Iterator[MainWindow]:
    with open_window() as window:
        yield window


def begin(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> Mouse:
    """An empty project, by the card on the welcome page."""
    click(window.welcome.blank)
    until(lambda: window.editing, 5, "the empty project is not shown")
    # what is drawn is brought into sight a moment after the window has shown its panels
    rest(2 * SETTLED_MS / 1000)
    return Mouse(window, monkeypatch)


def pictures(mouse: Mouse, name: str, folder: Path) -> None:
    """What was done, and the window; in both themes and two sizes for a folder that LAYERLOOM_PICTURES names."""
    kept = "LAYERLOOM_PICTURES" in os.environ
    folder = Path(os.environ.get("LAYERLOOM_PICTURES", folder))
    (folder / f"{name}.txt").write_text("\n".join(mouse.acts), encoding="utf-8")
    window = mouse.window
    for theme in ("Light", "Dark") if kept else ("Dark",):
        mouse.choose("View", "Theme", theme)
        for width, height in SIZES if kept else SIZES[:1]:
            window.resize(width, height)
            until(lambda room=(width, height): window.size().toTuple() == room, 5)
            mouse.tool("fit")
            checked(window)
            until(lambda: not mouse.view.lookout.flight.flying, 5)
            assert window.grab().save(str(folder / f"{name}-{theme.lower()}-{width}.png"))
    mouse.choose("View", "Theme", "As the desktop")
    window.resize(*SIZES[0])


def settled(mouse: Mouse) -> Analysis:
    """What the checker says once it has looked at the network as it is."""
    checked(mouse.window)
    return mouse.bench.checker.analysis


def only_data_is_missing(mouse: Mouse) -> Analysis:
    """The network is right: all that the checker asks for is data."""
    analysis = settled(mouse)
    sentences = [problem.sentence for problem in analysis.problems]
    assert len(sentences) == 1 and sentences[0].startswith(NO_DATA), sentences
    return analysis


def exported_model(mouse: Mouse, dialogs: FileDialogs, path: Path) -> tuple[str, Any]:
    """The model's code, written through the menu, and the module that it is."""
    dialogs.answers.append(str(path))
    mouse.choose("File", "Export", "Model alone…")
    until(path.exists, what="the model was not written")
    until(lambda: not mouse.window.tasks.busy())
    text = path.read_text(encoding="utf-8")
    assert "designer" not in text
    assert_formatted([path])
    loader = importlib.util.spec_from_file_location(path.stem, path)
    assert loader is not None and loader.loader is not None
    module = importlib.util.module_from_spec(loader)
    loader.loader.exec_module(module)
    return text, module


def framed(mouse: Mouse, title: str, *names: str) -> None:
    """A frame round some layers, by the rubber band and the menu under the right button."""
    mouse.band(*names)
    mouse.on_node(names[0], "Add a frame")
    mouse.answer(title)


def none_overlaps(mouse: Mouse) -> None:
    """No layer lies on another."""
    boxes = [(name, mouse.view.canvas.nodes[node.id].rect()) for name, node in mouse.nodes().items()]
    for (one, box), (other, area) in itertools.combinations(boxes, 2):
        assert not box.intersects(area), f"{one} lies on {other}"


def test_lenet(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dialogs, mouse = FileDialogs(monkeypatch), begin(window, monkeypatch)
    mouse.take("image", "Image input", QPointF(0, 0))
    mouse.follow("image1", "conv", "Conv2d", mouse.beside("image1"))
    mouse.inspect("conv1", out_channels=6, kernel_size="5", padding="2")
    mouse.follow("conv1", "tanh", "Tanh", mouse.beside("conv1"))
    mouse.follow("tanh1", "average pool", "AvgPool2d", mouse.beside("tanh1"))
    mouse.follow("pool1", "flatten", "Flatten", mouse.beside("pool1"))
    mouse.onto_link("pool1", "flatten1", "conv2d", "Conv2d")
    mouse.inspect("conv2", out_channels=16, kernel_size="5")
    mouse.onto_link("conv2", "flatten1", "tanh", "Tanh")
    mouse.onto_link("tanh2", "flatten1", "avg", "AvgPool2d")
    none_overlaps(mouse)
    mouse.follow("flatten1", "dense", "Linear", mouse.beside("flatten1"))
    mouse.inspect("linear1", out_features=120)
    mouse.follow("linear1", "sigm", "Sigmoid", mouse.beside("linear1"))
    mouse.follow("sigmoid1", "linear", "Linear", mouse.beside("sigmoid1"))
    mouse.inspect("linear2", out_features=84)
    mouse.follow("linear2", "sigm", "Sigmoid", mouse.beside("linear2"))
    mouse.add_at(mouse.beside("sigmoid2", 160, 160), "FC", "Linear")
    mouse.link("sigmoid2", "linear3")
    mouse.inspect("linear3", out_features=10)
    mouse.follow("linear3", "output", "Output", mouse.beside("linear3"))
    mouse.inspect("output1", loss="Cross-entropy")
    mouse.tool("tidy")
    none_overlaps(mouse)

    analysis = only_data_is_missing(mouse)
    assert analysis.parameters == 61_706
    shapes = {name: analysis.reports[node.id].shape for name, node in mouse.nodes().items()}
    assert shapes["conv1"] == (6, 28, 28) and shapes["pool2"] == (16, 5, 5) and shapes["flatten1"] == (400,)

    framed(mouse, "features", "conv1", "tanh1", "pool1", "conv2", "tanh2", "pool2")
    framed(mouse, "classifier", "flatten1", "linear1", "sigmoid1", "linear2", "sigmoid2", "linear3")
    graph = window.session.project.graph
    assert [frame.title for frame in graph.frames.values()] == ["features", "classifier"]
    # a frame is dragged by its title, and what lies on it goes along
    before = {name: node.y for name, node in mouse.nodes().items()}
    mouse.move_frame("classifier", QPointF(0, 160))
    moved = {name for name, node in mouse.nodes().items() if node.y != before[name]}
    assert moved == {"flatten1", "linear1", "sigmoid1", "linear2", "sigmoid2", "linear3"}
    mouse.tool("undo")
    assert {name: node.y for name, node in mouse.nodes().items()} == before
    pictures(mouse, "lenet", tmp_path)

    text, module = exported_model(mouse, dialogs, tmp_path / "lenet.py")
    import torch

    model = module.Network()
    assert model(torch.rand(3, 1, 28, 28)).shape == (3, 10)
    assert sum(weights.numel() for weights in model.parameters()) == 61_706
    assert "nn.Conv2d(1, 6, 5, padding=2)" in text and "self.conv1" in text


def test_two_inputs_and_two_outputs(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dialogs, mouse = FileDialogs(monkeypatch), begin(window, monkeypatch)
    mouse.take("image", "Image input", QPointF(0, 0))
    mouse.take("table", "Table input", QPointF(0, 240))
    mouse.inspect("features1", features=12)
    mouse.inspect("image1", height=16, width=24, mode="colour")
    mouse.follow("image1", "conv", "Conv2d", mouse.beside("image1"))
    mouse.inspect("conv1", out_channels=8, padding="1")
    mouse.follow("conv1", "global", "Global average pool", mouse.beside("conv1"))
    mouse.onto_link("conv1", "global_pool1", "relu", "ReLU")
    mouse.follow("features1", "linear", "Linear", mouse.beside("features1"))
    mouse.inspect("linear1", out_features=10)
    mouse.follow("linear1", "concat", "Concatenate", mouse.beside("linear1", 640, -110))
    mouse.link("global_pool1", "concatenate1", "x2")
    mouse.follow("concatenate1", "linear", "Linear", mouse.beside("concatenate1", down=-90))
    mouse.inspect("linear2", out_features=3)
    mouse.follow("concatenate1", "linear", "Linear", mouse.beside("concatenate1", down=90))
    mouse.inspect("linear3", out_features=1)
    mouse.follow("linear2", "output", "Output", mouse.beside("linear2"))
    mouse.follow("linear3", "output", "Output", mouse.beside("linear3"))
    mouse.inspect("output1", loss="Cross-entropy")
    mouse.rename("output1", "kind")
    mouse.rename("output2", "price")
    mouse.rename("image1", "photo")
    mouse.rename("features1", "facts")
    mouse.tool("tidy")
    none_overlaps(mouse)

    analysis = settled(mouse)
    # several outputs train together; what is missing is data
    said = [(problem.severity, problem.sentence) for problem in analysis.problems]
    assert [severity for severity, _ in said] == ["warning"] and said[0][1].startswith(NO_DATA), said
    pictures(mouse, "two", tmp_path)
    assert analysis.source is not None
    shapes = {name: analysis.reports[node.id].shape for name, node in mouse.nodes().items()}
    assert shapes["photo"] == (3, 16, 24) and shapes["facts"] == (12,)
    assert shapes["concatenate1"] == (18,) and shapes["linear2"] == (3,) and shapes["linear3"] == (1,)
    text, module = exported_model(mouse, dialogs, tmp_path / "two.py")
    import torch

    answer = module.Network()(torch.rand(5, 3, 16, 24), torch.rand(5, 12))
    assert {name: tuple(value.shape) for name, value in answer.items()} == {"kind": (5, 3), "price": (5, 1)}
    assert "def forward(self, photo, facts):" in text


def drawn_residual(mouse: Mouse, before: str) -> str:
    """A residual block drawn by hand after a layer, made a block that each use sets the channels of; its use."""
    names = [before]
    for words, title in (("conv", "Conv2d"), ("batch", "BatchNorm2d"), ("relu", "ReLU"), ("conv", "Conv2d"),
                         ("batch", "BatchNorm2d"), ("add", "Add"), ("relu", "ReLU")):  # fmt: skip
        names.append(mouse.follow(names[-1], words, title, mouse.beside(names[-1])))
    first, second, sum = names[1], names[4], names[6]
    for conv in (first, second):
        mouse.inspect(conv, out_channels=64, padding="1", bias=False)
    mouse.link(before, sum, "x2")
    use = mouse.make_block("Basic block", *names[1:])
    mouse.enter(use)
    mouse.expose(first, "out_channels", "channels")
    mouse.expose(second, "out_channels", "channels", joins=True)
    return use


def test_resnet18_from_a_block(window: MainWindow, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    dialogs, mouse = FileDialogs(monkeypatch), begin(window, monkeypatch)
    mouse.take("image", "Image input", QPointF(0, 0))
    mouse.inspect("image1", height=224, width=224, mode="colour")
    mouse.follow("image1", "conv", "Conv2d", mouse.beside("image1"))
    mouse.inspect("conv1", out_channels=64, kernel_size="7", stride="2", padding="3", bias=False)
    mouse.follow("conv1", "batch", "BatchNorm2d", mouse.beside("conv1"))
    mouse.follow("norm1", "relu", "ReLU", mouse.beside("norm1"))
    mouse.follow("relu1", "max", "MaxPool2d", mouse.beside("relu1"))
    mouse.inspect("pool1", kernel_size="3", stride="2", padding="1")
    basic = drawn_residual(mouse, "pool1")
    assert [crumb.text() for crumb in mouse.view.breadcrumb.crumbs] == ["Network", basic]
    mouse.leave()
    mouse.repeat(basic, 2)

    # the first block of a stage halves the picture: a use made unique, with a projection in its shortcut
    down = downsampling(mouse, mouse.follow(basic, "basic", "Basic block", mouse.beside(basic)))
    same = mouse.follow(down, "basic", "Basic block", mouse.beside(down))
    mouse.inspect(down, channels=128)
    mouse.inspect(same, channels=128)
    # a stage more is the same two again, and yet another comes from the palette
    mouse.band(down, same)
    mouse.on_node(down, "Duplicate")
    copies = [node.name for node in mouse.nodes().values() if node.id in mouse.view.selected()]
    mouse.move(copies[0], mouse.view.canvas.nodes[mouse.id(same)].pos() + QPointF(256, 0))
    mouse.link(same, copies[0])
    mouse.inspect(copies[0], channels=256)
    mouse.inspect(copies[1], channels=256)
    last = mouse.take("down", "Downsampling block", mouse.beside(copies[1], 160))
    mouse.inspect(last, channels=512)
    end = mouse.follow(last, "basic", "Basic block", mouse.beside(last))
    mouse.inspect(end, channels=512)
    mouse.follow(end, "global", "Global average pool", mouse.beside(end))
    mouse.follow("global_pool1", "linear", "Linear", mouse.beside("global_pool1"))
    mouse.inspect("linear1", out_features=1000)
    mouse.follow("linear1", "output", "Output", mouse.beside("linear1"))
    mouse.inspect("output1", loss="Cross-entropy")
    mouse.tool("tidy")
    none_overlaps(mouse)
    assert only_data_is_missing(mouse).parameters == 11_689_512
    assert [block.name for block in window.session.project.blocks.values()] == ["Basic block", "Downsampling block"]
    pictures(mouse, "resnet", tmp_path)

    one_edit_changes_all(mouse, basic)
    unpacked_and_packed_again(mouse, basic)
    text, module = exported_model(mouse, dialogs, tmp_path / "resnet.py")
    import torch

    model = module.Network().eval()
    with torch.inference_mode():
        assert model(torch.rand(1, 3, 224, 224)).shape == (1, 1000)
    assert sum(weights.numel() for weights in model.parameters()) == 11_689_512
    assert re.findall(r"^class (\w+)", text, re.MULTILINE) == ["BasicBlock", "DownsamplingBlock", "Network"]
    assert text.count("nn.Conv2d(") == 1 + 2 + 3


def downsampling(mouse: Mouse, use: str) -> str:
    """A use of the basic block, with a block of its own that halves the picture and sets other channels; its name."""
    mouse.on_node(use, "Make it unique")
    mouse.enter(use)
    first = next(name for name, node in mouse.nodes().items() if node.type == "conv2d")
    sum = next(name for name, node in mouse.nodes().items() if node.type == "add")
    end = next(name for name, node in mouse.nodes().items() if node.type == "relu" and name != "relu2")
    mouse.inspect(first, stride="2")
    # the shortcut is hidden behind the row: its sum is moved down, and what follows with it
    below = QPointF(0, 160)
    for name in (sum, end, "out"):
        mouse.move(name, mouse.view.canvas.nodes[mouse.id(name)].pos() + below)
    short = mouse.onto_link("x", sum, "conv", "Conv2d")
    mouse.inspect(short, kernel_size="1", stride="2", bias=False)
    mouse.onto_link(short, sum, "batch", "BatchNorm2d")
    mouse.expose(short, "out_channels", "channels", joins=True)
    mouse.tool("tidy")
    none_overlaps(mouse)
    mouse.press_ground()
    mouse.write(mouse.bench.inspector.block_page.name, "Downsampling block")
    mouse.leave()
    mouse.rename(use, "down1")
    return "down1"


def one_edit_changes_all(mouse: Mouse, use: str) -> None:
    """A batch norm taken out within one use is gone from all; the tool for undo leads back inside."""
    mouse.enter(use)
    assert "used 4 times: all change" in mouse.view.breadcrumb.about.text()
    mouse.on_node("norm2", "Delete and heal")
    mouse.leave()
    # of each block of each use of the basic one: two of 64 in the first, one of 128, 256 and 512 channels
    assert settled(mouse).parameters == 11_689_512 - 2 * (2 * 64 + 128 + 256 + 512)
    mouse.tool("undo")
    assert mouse.bench.scope.path and "norm2" in mouse.nodes()
    mouse.leave()
    assert settled(mouse).parameters == 11_689_512


def unpacked_and_packed_again(mouse: Mouse, use: str) -> None:
    """One block is unpacked, and the step is taken back."""
    before = mouse.window.session.project
    mouse.repeat(use, 1)
    mouse.on_node(use, "Unpack")
    assert use not in mouse.nodes() and "conv2" in mouse.nodes()
    none_overlaps(mouse)
    mouse.tool("undo")
    mouse.tool("undo")
    assert mouse.window.session.project == before
