"""Pictures of every strange kind, as bytes written here, each beside the pixels that it shows."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 20, 28


@dataclass(frozen=True)
class Strange:
    """The bytes of a picture and what it shows: (height, width) or (height, width, 3) of uint8, ``near`` by how much.

    ``white`` is what white is in 16 bits, where it has so many.
    """

    written: bytes
    shown: np.ndarray
    near: int = 0
    white: int = 65535


def grey() -> np.ndarray:
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    values: np.ndarray = ((rows * 9 + columns * 4) % 256).astype(np.uint8)
    return values


def colours() -> np.ndarray:
    return np.stack([grey(), grey()[::-1], np.roll(grey(), 5, 1)], axis=-1)


def fields() -> np.ndarray:
    """Even fields of 4 × 4 pixels in 35 colours, which survive what loses detail."""
    small = np.random.default_rng(3).integers(20, 236, (HEIGHT // 4, WIDTH // 4, 3))
    whole: np.ndarray = small.repeat(4, 0).repeat(4, 1).astype(np.uint8)
    return whole


def steps() -> np.ndarray:
    """Soft slopes, which survive what loses detail."""
    rows, columns = np.mgrid[:HEIGHT, :WIDTH]
    return np.stack([rows * 10, columns * 8, 120 + rows], axis=-1).astype(np.uint8)


def saved(pixels: np.ndarray | Image.Image, name: str, **how: object) -> bytes:
    stream = io.BytesIO()
    picture = pixels if isinstance(pixels, Image.Image) else Image.fromarray(pixels)
    picture.save(stream, name, **how)  # type: ignore[arg-type]
    return stream.getvalue()


def laid_on_white(pixels: np.ndarray, seen: np.ndarray) -> np.ndarray:
    """What is seen of pixels whose opacity is ``seen``, from 0 to 1."""
    opacity = seen if pixels.ndim == 2 else seen[..., None]
    return np.rint(pixels * opacity + 255 * (1 - opacity)).astype(np.uint8)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, packed: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def tiff(entries: list[tuple[int, int, int, int]], data: bytes) -> bytes:
    """A TIFF of one page: (tag, type, count, value) of each entry; ``data`` begins at byte 512."""
    table = b"".join(struct.pack("<HHII", *entry) for entry in sorted(entries))
    head = b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + bytes(4)
    return head.ljust(512, b"\0") + data


def deep_colours_tiff() -> bytes:
    """Three channels of 16 bits, of which only the upper half is in ``colours``."""
    values = (colours().astype("<u2") << 8) + 77
    plain = [(256, 3, 1, WIDTH), (257, 3, 1, HEIGHT), (258, 3, 3, 480), (259, 3, 1, 1), (262, 3, 1, 2)]
    strips = [(273, 4, 1, 512), (277, 3, 1, 3), (278, 3, 1, HEIGHT), (279, 4, 1, values.nbytes), (284, 3, 1, 1)]
    whole = bytearray(tiff([*plain, *strips], values.tobytes()))
    whole[480:486] = struct.pack("<HHH", 16, 16, 16)
    return bytes(whole)


def bitmap(head: bytes, palette: bytes, pixels: bytes) -> bytes:
    start = 14 + len(head) + len(palette)
    return b"BM" + struct.pack("<IHHI", start + len(pixels), 0, 0, start) + head + palette + pixels


def bitmap_head(bits: int, compression: int, size: int, colours: int = 0) -> bytes:
    return struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, bits, compression, size, 2835, 2835, colours, 0)


def run_length_bitmap() -> bytes:
    """Rows of runs, the lowest first: four pixels of a value and so on, as RLE8 has them."""
    rows = b"".join(
        b"".join(bytes((4, int(row[place]))) for place in range(0, WIDTH, 4)) + b"\0\0" for row in fields()[::-1, :, 0]
    )
    palette = b"".join(bytes((value, value, value, 0)) for value in range(256))
    return bitmap(bitmap_head(8, 1, len(rows) + 2, 256), palette, rows + b"\0\1")


def bit_field_bitmap() -> bytes:
    """32 bits a pixel, whose masks say that blue comes second, then green and red."""
    pixels = np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8)
    pixels[..., 1:] = colours()[..., ::-1]
    masks = struct.pack("<III", 0xFF000000, 0x00FF0000, 0x0000FF00)
    return bitmap(bitmap_head(32, 3, pixels.size), masks, pixels[::-1].tobytes())


def with_opacity(kind: str) -> Strange:
    seen = np.linspace(0, 1, WIDTH)[None, :].repeat(HEIGHT, 0)
    alpha = Image.fromarray(np.rint(seen * 255).astype(np.uint8))
    first = Image.fromarray(grey() if kind == "LA" else colours())
    first.putalpha(alpha)
    later = [Image.new(first.mode, first.size, 0) for _ in range(2)]
    pixels = grey() if kind == "LA" else colours()
    shown = laid_on_white(pixels, np.rint(seen * 255) / 255)
    name = "WEBP" if kind == "moving WebP" else "PNG"
    how = {"lossless": True, "exact": True} if name == "WEBP" else {}
    return Strange(saved(first, name, save_all=True, append_images=later, duration=40, **how), shown, near=1)


def palette_picture() -> Image.Image:
    """Places 0 to 15 in a palette in which each has a colour of its own."""
    picture = Image.fromarray((grey() // 16).astype(np.uint8)).convert("P")
    picture.putpalette([value for place in range(16) for value in (place * 16, 255 - place * 16, 7 * place)])
    return picture


def palette_shown(hidden: int) -> np.ndarray:
    places = grey() // 16
    table = np.array([(place * 16, 255 - place * 16, 7 * place) for place in range(16)], dtype=np.uint8)
    return laid_on_white(table[places], (places != hidden).astype(float))


def moving(name: str) -> Strange:
    """An animation whose first picture has a palette with one place that is not to be seen."""
    later = [Image.new("P", (WIDTH, HEIGHT), place) for place in (1, 2)]
    for each in later:
        each.putpalette(palette_picture().getpalette() or [])
    how = {"transparency": 3, "save_all": True, "append_images": later, "duration": 40}
    return Strange(saved(palette_picture(), name, **how), palette_shown(3))


def inks() -> tuple[Image.Image, np.ndarray]:
    """A picture in four inks, and its colours: what each ink and black let through."""
    values = np.concatenate([fields(), (fields()[..., :1] // 3)], axis=-1)
    through = (255 - values[..., :3].astype(float)) * (255 - values[..., 3:].astype(float)) / 255
    return Image.fromarray(values, "CMYK"), np.rint(through).astype(np.uint8)


def jpeg() -> bytes:
    return saved(steps(), "JPEG", quality=95, subsampling=0)


def with_segment(marker: int, data: bytes) -> bytes:
    """A JPEG with one more segment at its head."""
    whole = jpeg()
    return whole[:2] + bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data + whole[2:]


def with_wide_tables() -> bytes:
    """A JPEG whose quantisation tables have 16 bits a number."""
    whole, place = jpeg(), 2
    found = [whole[:2]]
    while whole[place + 1] != 0xDA:
        kind, size = whole[place + 1], struct.unpack(">H", whole[place + 2 : place + 4])[0]
        data = whole[place + 4 : place + 2 + size]
        if kind == 0xDB:
            tables = [data[start : start + 65] for start in range(0, len(data), 65)]
            data = b"".join(
                bytes((0x10 | table[0],)) + b"".join(struct.pack(">H", each) for each in table[1:]) for table in tables
            )
        found.append(bytes((0xFF, kind)) + struct.pack(">H", len(data) + 2) + data)
        place += 2 + size
    return b"".join(found) + whole[place:]


def exif(tag: int, kind: int, count: int, value: int) -> bytes:
    return b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, tag, kind, count, value, 0)


def deep_values() -> np.ndarray:
    """Grey as a camera of 10 bits gives it, the largest value 1000."""
    values: np.ndarray = (grey().astype(np.uint16) * 3 + 20).astype(np.uint16)
    values[0, 0] = 1000
    return values


def deep_shown(values: np.ndarray) -> np.ndarray:
    return (values.astype(np.int64) * 255 // 1023).astype(np.uint8)


def deep(name: str) -> Strange:
    values = deep_values()
    if name == "PPM":
        written = f"P5 {WIDTH} {HEIGHT} 65535\n".encode() + values.astype(">u2").tobytes()
    else:
        written = saved(values, name)
    return Strange(written, deep_shown(values), white=1023)


def deep_with_holes(value: int) -> Strange:
    """16 bits of grey in which ``value`` is not to be seen."""
    values = deep_values()
    values[5:9, 5:9] = value
    shown = deep_shown(np.minimum(values, 1023))
    shown[values == value] = 255
    return Strange(saved(values, "PNG", transparency=value), shown, white=1023)


def holes_in_grey() -> Strange:
    shown = laid_on_white(grey(), (grey() != grey()[2, 2]).astype(float))
    return Strange(saved(grey(), "PNG", transparency=int(grey()[2, 2])), shown)


def two_values(name: str) -> Strange:
    dark = grey() < 128
    how = {"transparency": 0} if name == "PNG" else {}
    shown = np.full_like(grey(), 255) if how else np.where(dark, 0, 255).astype(np.uint8)
    return Strange(saved(Image.fromarray(~dark), name, **how), shown)


def of_four_inks(name: str) -> Strange:
    picture, shown = inks()
    how: dict[str, object] = {"subsampling": 0} if name == "JPEG" else {"compression": "jpeg"}
    return Strange(saved(picture, name, quality=100, **how), shown, near=6)


def hidden_pixel() -> Strange:
    picture = Image.new("P", (1, 1), 0)
    picture.putpalette([255, 77, 0])
    return Strange(saved(picture, "PNG", transparency=0), np.array([[[255, 77, 0]]], dtype=np.uint8))


def plain(name: str, pixels: np.ndarray, near: int = 0, **how: object) -> Strange:
    return Strange(saved(pixels, name, **how), pixels, near)


def jpeg_like(written: bytes) -> Strange:
    return Strange(written, steps(), near=6)


READ: dict[str, Callable[[], Strange]] = {
    "16-bit grey TIFF": lambda: deep("TIFF"),
    "16-bit grey PNG": lambda: deep("PNG"),
    "16-bit PGM": lambda: deep("PPM"),
    "16-bit grey PNG whose black is not to be seen": lambda: deep_with_holes(0),
    "16-bit grey PNG whose white is not to be seen": lambda: deep_with_holes(65535),
    "16-bit colour TIFF": lambda: Strange(deep_colours_tiff(), colours()),
    "moving PNG of grey with opacity": lambda: with_opacity("LA"),
    "moving PNG of a palette": lambda: moving("PNG"),
    "1-bit PNG whose black is not to be seen": lambda: two_values("PNG"),
    "grey PNG with one value not to be seen": holes_in_grey,
    "palette PNG of one hidden pixel": hidden_pixel,
    "palette PNG of four by four": lambda: Strange(
        saved(palette_picture().crop((0, 0, 4, 4)), "PNG", transparency=1), palette_shown(1)[:4, :4]
    ),
    "CMYK JPEG": lambda: of_four_inks("JPEG"),
    "CMYK JPEG in TIFF": lambda: of_four_inks("TIFF"),
    "grey JPEG": lambda: plain("JPEG", steps()[..., 0], 6, quality=95),
    "JPEG with tables of 16 bits": lambda: jpeg_like(with_wide_tables()),
    "JPEG whose Exif has a word for a number": lambda: jpeg_like(with_segment(0xE1, exif(0x0112, 2, 4, 0x636261))),
    "JPEG whose Exif points beyond its end": lambda: jpeg_like(with_segment(0xE1, exif(0x011A, 5, 1, 60_000))),
    "JPEG whose Exif is cut off": lambda: jpeg_like(with_segment(0xE1, exif(0x0112, 3, 1, 6)[:17])),
    "JPEG with junk before its tables": lambda: jpeg_like(jpeg().replace(b"\xff\xdb", b"hello\xff\xdb", 1)),
    "JPEG with a spoiled head of several pictures": lambda: jpeg_like(with_segment(0xE2, b"MPF\0II*\0" + bytes(30))),
    "GIF": lambda: Strange(saved(palette_picture(), "GIF"), palette_shown(99)),
    "moving GIF with a hole": lambda: moving("GIF"),
    "WebP": lambda: plain("WEBP", colours(), lossless=True),
    "moving WebP with opacity": lambda: with_opacity("moving WebP"),
    "BMP of runs": lambda: Strange(run_length_bitmap(), fields()[..., 0]),
    "BMP of bit fields": lambda: Strange(bit_field_bitmap(), colours()),
    "PBM": lambda: two_values("PPM"),
    "PPM": lambda: plain("PPM", colours()),
    "PPM in letters": lambda: Strange(
        f"P3\n# made by hand\n{WIDTH} {HEIGHT}\n255\n{' '.join(map(str, colours().flatten()))}\n".encode(), colours()
    ),
}

REFUSED: dict[str, Callable[[], bytes]] = {
    "PNG of noise after its mark": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(7, 79)),
    "PNG whose stream is spoiled": lambda: png(8, 8, zlib.compress(bytes(72))[:6] + b"\xff" * 9),
    "PNG that ends in its stream": lambda: saved(fields(), "PNG")[:120],
    "32-bit float TIFF": lambda: saved(grey().astype(np.float32) / 7, "TIFF"),
    "TIFF that begins beyond its end": lambda: b"II+\0\x08\0\0\0" + b"\xff" * 7 + b"\x80",
    "TIFF of 65,535 channels": lambda: tiff(
        [(256, 3, 1, 0xFFFF), (257, 3, 1, 900), (258, 3, 1, 8), (262, 3, 1, 1), (273, 4, 1, 174), (277, 3, 1, 0xFFFF)],
        bytes(80),
    ),
    "HEIF": lambda: struct.pack(">I", 24) + b"ftypheic" + bytes(4) + b"mif1heic" + bytes(200),
    "PPM of a negative size": lambda: b"P6 -3 5 255\n" + bytes(45),
    "PPM of a size without end": lambda: b"P632 35888888886332!\n",
    "ICO": lambda: saved(colours(), "ICO", sizes=[(16, 16)]),
    "Photoshop file": lambda: b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, HEIGHT, WIDTH, 8, 3) + bytes(14 + 3 * 560),
    "TGA": lambda: saved(colours(), "TGA"),
    "cursor of 6 bytes": lambda: b"\0\0\2\0\0\0",
}
