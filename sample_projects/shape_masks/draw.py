"""Draws the pictures of this sample and a mask for each: python draw.py"""

from __future__ import annotations

import random
from pathlib import Path

from PIL import Image, ImageDraw

COUNT, SIDE, SEED = 400, 48, 11
BACKGROUND, CIRCLE, SQUARE = 0, 128, 255


def background(chance: random.Random) -> Image.Image:
    """A slope of grey with noise, as under a microscope."""
    low, high = chance.randint(30, 90), chance.randint(90, 150)
    picture = Image.new("L", (SIDE, SIDE))
    picture.putdata(
        [
            max(0, min(255, low + (high - low) * column // SIDE + chance.randint(-18, 18)))
            for _ in range(SIDE)
            for column in range(SIDE)
        ]
    )
    return picture


def draw_shapes(picture: Image.Image, mask: Image.Image, chance: random.Random) -> None:
    """Draw up to four circles and squares into both."""
    pen, marker = ImageDraw.Draw(picture), ImageDraw.Draw(mask)
    for _ in range(chance.randint(1, 4)):
        side = chance.randint(9, 18)
        x, y = chance.randint(-2, SIDE - side + 2), chance.randint(-2, SIDE - side + 2)
        corners, bright = (x, y, x + side, y + side), chance.randint(175, 250)
        if chance.random() < 0.5:
            pen.ellipse(corners, fill=bright)
            marker.ellipse(corners, fill=CIRCLE)
        else:
            pen.rectangle(corners, fill=bright)
            marker.rectangle(corners, fill=SQUARE)


def main() -> None:
    """Write ``cells/images/`` and ``cells/masks/`` beside this file."""
    here, chance = Path(__file__).resolve().parent / "cells", random.Random(SEED)
    for folder in ("images", "masks"):
        (here / folder).mkdir(parents=True, exist_ok=True)
    for number in range(COUNT):
        picture, mask = background(chance), Image.new("L", (SIDE, SIDE), BACKGROUND)
        draw_shapes(picture, mask, chance)
        picture.save(here / "images" / f"{number:03}.png", optimize=True)
        mask.save(here / "masks" / f"{number:03}.png", optimize=True)


if __name__ == "__main__":
    main()
