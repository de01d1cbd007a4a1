"""The themes: readable letters, and categories that colour-blind people can tell apart."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from designer.gui import theme as themes
from designer.gui.categories import KNOWN, category_colour, category_sign
from designer.gui.theme import DARK, LIGHT, Theme
from designer.layers.catalog import CATEGORIES

BOTH = pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)

# linear RGB as seen without the middle, long or short cones (Machado, Oliveira and Fernandes 2009, severity 1)
SIGHTS = {
    "usual": "1 0 0; 0 1 0; 0 0 1",
    "deuteranopia": "0.367322 0.860646 -0.227968; 0.280085 0.672501 0.047413; -0.01182 0.04294 0.968881",
    "protanopia": "0.152286 1.052583 -0.204868; 0.114503 0.786281 0.099216; -0.003882 -0.048116 1.051998",
    "tritanopia": "1.255528 -0.076749 -0.178779; -0.078411 0.930809 0.147602; 0.004733 0.691367 0.3039",
}


def matrix(text: str) -> np.ndarray:
    return np.array([[float(number) for number in row.split()] for row in text.split(";")])


# OKLab (Ottosson 2020)
CONES = matrix("0.41222147 0.53633254 0.05144599; 0.2119035 0.68069955 0.10739696; 0.08830246 0.28171884 0.6299787")
LAB = matrix("0.21045426 0.79361779 -0.00407205; 1.9779985 -2.42859221 0.45059371; 0.02590404 0.78277177 -0.80867577")


def linear(colour: str) -> np.ndarray:
    values = np.array([int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    light = [float(linear(colour) @ [0.2126, 0.7152, 0.0722]) + 0.05 for colour in (one, other)]
    return max(light) / min(light)


def lab(colour: str, sight: str = "usual") -> np.ndarray:
    return LAB @ np.cbrt(np.clip(CONES @ np.clip(matrix(SIGHTS[sight]) @ linear(colour), 0, None), 0, None))


@BOTH
def test_letters_meet_wcag_aa_on_every_ground(theme: Theme):
    inks = [theme.text, theme.muted, theme.accent, theme.error, theme.warning, theme.success]
    for ground in (theme.hovered, theme.soft_accent, theme.soft_error):
        assert contrast(theme.text, ground) >= 4.5 and contrast(theme.muted, ground) >= 4.5, ground
    inks += [theme.code_keyword, theme.code_string, theme.code_number, theme.code_comment, theme.code_name]
    for ground in (theme.window, theme.surface, theme.raised, theme.canvas):
        for ink in inks:
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@BOTH
def test_lines_that_matter_can_be_seen(theme: Theme):
    for line in (theme.link, theme.accent, theme.error, theme.warning, theme.outline, theme.strong_line, theme.muted):
        assert contrast(line, theme.canvas) >= 3.0, line
    for line in (theme.link, theme.accent, theme.error, theme.warning):
        # ports, the way through a bypassed node, the mark of a change, badges
        assert contrast(line, theme.raised) >= 3.0, line
    for ground in (theme.surface, theme.raised, theme.window):
        assert contrast(theme.strong_line, ground) >= 3.0, ground
    # the sign within a badge
    assert contrast(theme.raised, theme.error) >= 4.5 and contrast(theme.raised, theme.warning) >= 4.5
    for curve in (theme.train_curve, theme.validation_curve):
        assert contrast(curve, theme.surface) >= 3.0


@BOTH
def test_hues_are_of_one_lightness_and_carry_their_signs(theme: Theme):
    lightness = [lab(hue)[0] for hue in theme.hues]
    assert max(lightness) - min(lightness) < 0.04
    for hue in (*theme.hues, theme.block_hue, category_colour(theme, "Quantum")):
        assert contrast(theme.on_hue, hue) >= 3.0 and contrast(hue, theme.raised) >= 3.0
        assert contrast(hue, theme.canvas) >= 3.0


@BOTH
@pytest.mark.parametrize("sight", SIGHTS)
def test_hues_can_be_told_apart(theme: Theme, sight: str):
    least = 0.045 if sight == "usual" else 0.028
    seen = [lab(hue, sight) for hue in theme.hues]
    assert min(float(np.linalg.norm(one - other)) for one, other in combinations(seen, 2)) > least
    # what people made of layers is apart from all of them by its lightness alone
    block = lab(theme.block_hue, sight)
    assert min(abs(float(block[0] - hue[0])) for hue in seen) > 0.1


@BOTH
def test_every_category_has_a_hue_and_a_sign_of_its_own(theme: Theme):
    assert set(CATEGORIES) < set(KNOWN)
    # blocks and layers of their own, which people made, share one
    assert len({category_colour(theme, category) for category in (*KNOWN, "")}) == len(KNOWN)
    signs = [category_sign(category) for category in (*KNOWN, "")]
    assert all(one != other for one, other in combinations(signs, 2))


def test_a_category_of_tomorrow_is_drawn_too():
    assert not category_sign("Quantum").isEmpty() and category_colour(LIGHT, "Quantum") == LIGHT.strong_line


@BOTH
def test_applying_a_theme_reaches_plain_widgets(theme: Theme, qapp: QApplication):
    themes.apply(qapp, theme)
    palette = qapp.palette()
    assert palette.color(QPalette.ColorRole.Window).name().upper() == theme.window
    assert palette.color(QPalette.ColorRole.Text).name().upper() == theme.text
    assert theme.accent in qapp.styleSheet()
    themes.apply(qapp, LIGHT)


def test_the_desktop_decides():
    class Hints:
        scheme = Qt.ColorScheme.Unknown

        def colorScheme(self) -> Qt.ColorScheme:
            return self.scheme

    class App:
        hints = Hints()

        def styleHints(self) -> Hints:
            return self.hints

    app = App()
    for scheme, theme in ((Qt.ColorScheme.Dark, DARK), (Qt.ColorScheme.Light, LIGHT), (Qt.ColorScheme.Unknown, LIGHT)):
        app.hints.scheme = scheme
        assert themes.system_theme(app) is theme
