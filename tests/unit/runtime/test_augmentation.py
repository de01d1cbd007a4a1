"""Pictures are changed by chance as it is said, masks with them, by PyTorch's random state alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from designer.layers.augmentations import AUGMENTATIONS, AugmentationType, in_use
from designer.project.model import Augmentation
from designer.runtime import augmentation
from designer.runtime.batches import Part, shuffled_batches

KINDS = pytest.mark.parametrize("kind", AUGMENTATIONS.values(), ids=AUGMENTATIONS)


def batch(channels: int = 3, rows: int = 8, masks: bool = False) -> Part:
    generator = torch.Generator().manual_seed(1)
    pictures = torch.rand(rows, channels, 12, 16, generator=generator)
    targets = (pictures[:, 0] > 0.5).long() if masks else torch.arange(rows) % 3
    return Part((pictures,), targets)


def changed(kind: AugmentationType, part: Part, seed: int = 0, **values: float) -> Part:
    torch.manual_seed(seed)
    arguments = {**kind.defaults, **values} | ({"classes": 3} if kind.mixes else {})
    result: Part = getattr(augmentation, kind.function)(part, **arguments)
    return result


@KINDS
@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_stay_from_0_to_1_in_their_shape(kind: AugmentationType, channels: int) -> None:
    part = batch(channels)
    before = part.inputs[0].clone()
    pictures = changed(kind, part).inputs[0]
    assert pictures.shape == before.shape
    assert pictures.min() >= 0
    assert pictures.max() <= 1
    assert not torch.equal(pictures, before)
    assert torch.equal(part.inputs[0], before)


@KINDS
def test_chance_is_pytorchs(kind: AugmentationType) -> None:
    one, same, other = (changed(kind, batch(), seed).inputs[0] for seed in (0, 0, 1))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


@KINDS
def test_a_declaration_is_whole(kind: AugmentationType) -> None:
    assert kind.title
    assert kind.summary.endswith(".")
    for name, field in kind.fields.items():
        assert field.help
        assert field.refuse(field.initial) is None, name
    assert getattr(augmentation, kind.function).__doc__


@pytest.mark.parametrize("key", [key for key, kind in AUGMENTATIONS.items() if kind.geometric])
def test_masks_move_with_their_pictures(key: str) -> None:
    """A picture that shows its own mask still shows it, but where an edge was smoothed."""
    pictures = torch.zeros(16, 1, 24, 24)
    pictures[:, :, 4:12, 6:20] = 1
    for masks in (pictures[:, 0].long(), pictures.clone()):
        result = changed(AUGMENTATIONS[key], Part((pictures,), masks))
        assert result.targets.dtype == masks.dtype
        assert result.targets.shape == masks.shape
        shown = result.inputs[0].view(masks.shape)
        clear = (shown < 0.1) | (shown > 0.9)
        assert clear.float().mean() > 0.85
        assert torch.equal((shown > 0.5)[clear], (result.targets > 0)[clear])


@pytest.mark.parametrize("key", ["colour", "blur", "noise", "cut_out"])
def test_masks_stay_where_nothing_moves(key: str) -> None:
    part = batch(masks=True)
    assert torch.equal(changed(AUGMENTATIONS[key], part).targets, part.targets)


def test_flips() -> None:
    part = batch()
    for key, axis in (("flip", -1), ("flip_vertical", -2)):
        kind = AUGMENTATIONS[key]
        assert torch.equal(changed(kind, part, chance=1.0).inputs[0], part.inputs[0].flip(axis))
        assert torch.equal(changed(kind, part, chance=0.0).inputs[0], part.inputs[0])


def test_a_turn_keeps_its_proportions() -> None:
    """A square in a wide picture stays a square: turned by a right angle it is as wide and as high as before."""
    pictures = torch.zeros(1, 1, 20, 40)
    pictures[:, :, 6:14, 16:24] = 1
    quarter = augmentation.warped(Part((pictures,), torch.zeros(1)), _turn(90, 20, 40)).inputs[0]
    torch.testing.assert_close(quarter, pictures, atol=1e-4, rtol=0)


def _turn(degrees: float, height: int, width: int) -> Tensor:
    angle = torch.tensor(degrees).deg2rad()
    sine, cosine, zero = angle.sin(), angle.cos(), torch.tensor(0.0)
    rows = [cosine, -sine * (height / width), zero, sine * (width / height), cosine, zero]
    return torch.stack(rows)[None]


def test_shift_and_crop_reach_as_far_as_they_say() -> None:
    pictures = torch.ones(200, 1, 20, 20)
    shifted = changed(AUGMENTATIONS["shift"], Part((pictures,), torch.zeros(200)), share=0.25).inputs[0]
    black = (shifted[:, 0, 10] == 0).sum(dim=1)
    assert 4 <= black.max() <= 5
    cropped = changed(AUGMENTATIONS["crop"], Part((pictures,), torch.zeros(200)), smallest=0.5).inputs[0]
    assert (cropped > 0.99).all()


def test_hue_keeps_brightness_and_grey() -> None:
    grey = torch.full((4, 3, 5, 5), 0.5)
    angle = torch.tensor([30.0, 90.0, 180.0, -60.0]).deg2rad()
    torch.testing.assert_close(augmentation.turned_hue(grey, angle), grey, atol=1e-3, rtol=0)
    red = torch.zeros(4, 3, 5, 5)
    red[:, 0] = 0.5
    turned = augmentation.turned_hue(red, angle)
    torch.testing.assert_close(augmentation.luma(turned), augmentation.luma(red), atol=1e-3, rtol=0)
    assert (turned[0] - red[0]).abs().max() > 0.1


def test_cut_out_takes_its_share() -> None:
    pictures = torch.ones(50, 3, 20, 40)
    holes = changed(AUGMENTATIONS["cut_out"], Part((pictures,), torch.zeros(50)), share=0.5).inputs[0] == 0
    assert 81 <= holes[:, 0].sum(dim=(1, 2)).max() <= 121
    assert torch.equal(holes[:, 0], holes[:, 2])


def test_mixup_mixes_targets_alike() -> None:
    part = batch()
    mixed = changed(AUGMENTATIONS["mixup"], part, seed=3, strength=1.0)
    assert mixed.targets.shape == (8, 3)
    torch.testing.assert_close(mixed.targets.sum(dim=1), torch.ones(8))
    torch.manual_seed(3)
    pairs = augmentation.mixup(Part(part.inputs, part.targets.float()[:, None]), 1.0, 0)
    share = mixed.targets.max(dim=1).values
    assert ((share > 0.5) | (share == 1)).all()
    torch.testing.assert_close(pairs.targets[:, 0], (mixed.targets * torch.arange(3.0)).sum(dim=1))
    assert torch.equal(pairs.inputs[0], mixed.inputs[0])
    for loss in (torch.nn.CrossEntropyLoss(), torch.nn.CrossEntropyLoss(label_smoothing=0.1)):
        assert torch.isfinite(loss(torch.zeros(8, 3), mixed.targets))


class Elsewhere(TorchDispatchMode):
    """Collects the shapes of what is computed with anywhere but on the meta device."""

    def __init__(self) -> None:
        super().__init__()
        self.shapes: dict[str, set[int]] = {}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        found = func(*args, **(kwargs or {}))
        for each in tree_leaves((args, kwargs, found)):
            if isinstance(each, Tensor) and each.device.type != "meta":
                self.shapes.setdefault(func.overloadpacket.__name__, set()).add(each.dim())
        return found


@KINDS
def test_pictures_are_changed_where_they_lie(kind: AugmentationType) -> None:
    """Chance alone is drawn elsewhere, so that it is the same wherever the pictures lie, and brought there."""
    part = batch()
    there = Part((part.inputs[0].to("meta"),), part.target.to("meta"))
    with Elsewhere() as elsewhere:
        result = changed(kind, there)
    assert {each.device.type for each in (*result.inputs, result.target)} == {"meta"}
    assert result.inputs[0].shape == part.inputs[0].shape
    large = {name for name, axes in elsewhere.shapes.items() if max(axes) > 1}
    assert large <= ({"randn", "_to_copy"} if kind.key == "noise" else set())


@pytest.mark.parametrize("stored", [False, True])
def test_a_batch_is_brought_to_its_device_before_it_is_changed(stored: bool) -> None:
    seen: list[str] = []

    def look(given: Part) -> Part:
        seen.append(given.inputs[0].device.type)
        return given

    part = replace(batch(), augment=look, stored=stored).to(torch.device("meta"))
    assert all(each.inputs[0].device.type == "meta" for each in shuffled_batches(part, 4))
    assert seen == ["meta", "meta"]


def test_mixup_of_masks() -> None:
    mixed = changed(AUGMENTATIONS["mixup"], batch(masks=True))
    assert mixed.targets.shape == (8, 3, 12, 16)
    assert torch.isfinite(torch.nn.CrossEntropyLoss()(torch.zeros(8, 3, 12, 16), mixed.targets))


def test_between_norms_changes_plain_pictures() -> None:
    part = batch()
    mean, std = [0.4, 0.5, 0.6], [0.2, 0.3, 0.25]
    middle, spread = torch.tensor(mean).view(3, 1, 1), torch.tensor(std).view(3, 1, 1)
    seen = []

    def look(given: Part) -> Part:
        seen.append(given.inputs[0])
        return augmentation.flip(given, 1.0)

    normal = Part(((part.inputs[0] - middle) / spread,), part.targets)
    result = augmentation.between_norms(normal, look, mean, std)
    torch.testing.assert_close(seen[0], part.inputs[0])
    torch.testing.assert_close(result.inputs[0], normal.inputs[0].flip(-1))


def test_those_in_use_go_in_one_order() -> None:
    chosen = (
        Augmentation("mixup"),
        Augmentation("blur", off=True),
        Augmentation("rotate", {"degrees": 400.0}),
        Augmentation("flip", {"chance": 0.25}),
        Augmentation("unknown"),
    )
    found = [(kind.key, values) for kind, values in in_use(chosen)]
    assert found == [("flip", {"chance": 0.25}), ("rotate", {"degrees": 15.0}), ("mixup", {"strength": 0.2})]
