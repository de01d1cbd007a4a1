"""The colours of frames and notes: letters on them can be read, and colour-blind people tell them apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from designer.gui.canvas.thing_ink import NAMES, hue_of, swatch, thing_ink
from designer.gui.theme import DARK, LIGHT, Theme
from designer.project.frames import COLOURS
from tests.gui.test_theme import SIGHTS, contrast, lab

BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)


@BOTH
def test_letters_meet_wcag_aa_on_every_colour(theme: Theme) -> None:
    for colour in COLOURS:
        ink = thing_ink(theme, colour)
        for ground in (ink.bar, ink.card, ink.ground):
            assert contrast(theme.text, ground.color().name()) >= 4.5, (colour, ground.color().name())
            assert contrast(theme.muted, ground.color().name()) >= 3.0, (colour, ground.color().name())


@BOTH
@pytest.mark.parametrize("sight", SIGHTS)
def test_hues_stay_apart_for_every_sight(theme: Theme, sight: str) -> None:
    for one, other in combinations(COLOURS, 2):
        apart = float(np.linalg.norm(lab(hue_of(theme, one), sight) - lab(hue_of(theme, other), sight)))
        assert apart >= 0.12, (one, other, apart)


@BOTH
def test_each_colour_has_a_name_and_a_patch(theme: Theme, qapp: object) -> None:
    assert set(NAMES) == set(COLOURS)
    assert all(not swatch(theme, colour).isNull() for colour in COLOURS)
