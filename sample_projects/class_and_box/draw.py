"""Draws the pictures of this sample and writes where the shape lies in each: python draw.py"""

from __future__ import annotations

import csv
import random
from pathlib import Path

from PIL import Image, ImageDraw

COUNT, SIDE, SEED = 900, 32, 7
SHAPES = ("circle", "square", "triangle")


def background(chance: random.Random) -> Image.Image:
    """A dull colour with a little noise."""
    base = [chance.randint(40, 150) for _ in range(3)]
    picture = Image.new("RGB", (SIDE, SIDE))
    pixels = [tuple(max(0, min(255, each + chance.randint(-20, 20))) for each in base) for _ in range(SIDE * SIDE)]
    picture.putdata(pixels)
    return picture


def draw_shape(picture: Image.Image, shape: str, chance: random.Random) -> tuple[int, int, int, int]:
    """Draw one shape somewhere; its box as x, y, width and height in pixels."""
    width, height = chance.randint(8, 20), chance.randint(8, 20)
    if shape != "triangle":
        height = width
    x, y = chance.randint(0, SIDE - width), chance.randint(0, SIDE - height)
    colour = tuple(chance.choice((chance.randint(0, 30), chance.randint(190, 255))) for _ in range(3))
    pen = ImageDraw.Draw(picture)
    corners = (x, y, x + width - 1, y + height - 1)
    if shape == "circle":
        pen.ellipse(corners, fill=colour)
    elif shape == "square":
        pen.rectangle(corners, fill=colour)
    else:
        pen.polygon([(x, corners[3]), (corners[2], corners[3]), (x + width // 2, y)], fill=colour)
    return x, y, width, height


def main() -> None:
    """Write ``pictures/`` and ``boxes.csv`` beside this file."""
    here, chance = Path(__file__).resolve().parent, random.Random(SEED)
    (here / "pictures").mkdir(exist_ok=True)
    rows = []
    for number in range(COUNT):
        shape = SHAPES[number % len(SHAPES)]
        picture = background(chance)
        box = draw_shape(picture, shape, chance)
        name = f"pictures/{number:03}.png"
        picture.save(here / name, optimize=True)
        rows.append((name, shape, *box))
    with (here / "boxes.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("file", "shape", "x", "y", "width", "height"), *rows])


if __name__ == "__main__":
    main()
