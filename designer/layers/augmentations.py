"""The augmentations: how pictures are changed by chance while training."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from designer.layers.fields import Field, Float
from designer.project.model import Augmentation, Fields, FieldValue


@dataclass(frozen=True)
class AugmentationType:
    """A function of ``runtime.augmentation`` that takes a batch and the ``fields`` by name.

    ``said`` tells what is done with the values of the fields in it, of which ``{name%}`` is a share in percent. A
    ``geometric`` one moves what is in the picture, and boxes and key points with it; these come first. One that
    ``mixes`` pictures makes targets that are shares of several classes.
    """

    key: str
    title: str
    summary: str
    function: str
    said: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    geometric: bool = False
    mixes: bool = False

    def words(self, fields: Fields) -> str:
        """What is done, with these values in it."""
        words: dict[str, str] = {}
        for name, value in self.values(fields).items():
            number = float(str(value))
            words |= {name: f"{number:g}", f"{name}%": f"{100 * number:g}%"}
        return self.said.format(**words)

    @property
    def defaults(self) -> dict[str, FieldValue]:
        """Every field at its default."""
        return {name: kind.initial for name, kind in self.fields.items()}

    def values(self, fields: Fields) -> dict[str, FieldValue]:
        """Every field's value: its own where that is sound, else the default."""
        return {
            name: fields[name] if name in fields and kind.refuse(fields[name]) is None else kind.initial
            for name, kind in self.fields.items()
        }


_FLIPPED = Float(0.5, minimum=0.0, maximum=1.0, help="Share of the pictures that are turned over.")

# in the order in which they are done, whatever the order in which they were chosen
_ALL = (
    AugmentationType(
        "flip",
        "Flip",
        "Left becomes right. Not for letters and digits.",
        "flip",
        "Left becomes right in {chance%} of the pictures",
        {"chance": _FLIPPED},
        geometric=True,
    ),
    AugmentationType(
        "flip_vertical",
        "Flip vertically",
        "Up becomes down, as in pictures from above or through a microscope.",
        "flip_vertical",
        "Up becomes down in {chance%} of the pictures",
        {"chance": _FLIPPED},
        geometric=True,
    ),
    AugmentationType(
        "rotate",
        "Rotate",
        "Turned by a chance angle about the middle.",
        "rotate",
        "Turned by up to {degrees}° to either side",
        {"degrees": Float(15.0, maximum=180.0, help="The largest angle, to either side.")},
        geometric=True,
    ),
    AugmentationType(
        "crop",
        "Crop",
        "A part of the picture, brought to the full size.",
        "crop",
        "A part of at least {smallest%} of each side is brought to the full size",
        {"smallest": Float(0.8, minimum=0.05, maximum=1.0, help="The shortest side of the part, as a share.")},
        geometric=True,
    ),
    AugmentationType(
        "scale",
        "Scale",
        "Smaller or larger about the middle.",
        "scale",
        "Made {smallest} to {largest} times as large",
        {
            "smallest": Float(0.9, minimum=0.1, maximum=1.0, help="The smallest factor."),
            "largest": Float(1.1, minimum=1.0, maximum=10.0, help="The largest factor."),
        },
        geometric=True,
    ),
    AugmentationType(
        "shift",
        "Shift",
        "Moved across and down.",
        "shift",
        "Moved by up to {share%} across and down",
        {"share": Float(0.1, maximum=0.9, help="The farthest way, as a share of the picture's size.")},
        geometric=True,
    ),
    AugmentationType(
        "colour",
        "Colour",
        "Other light: brightness, contrast, saturation and hue.",
        "colour",
        "Brightness ±{brightness%}, contrast ±{contrast%}, saturation ±{saturation%}, hue ±{hue}°",
        {
            "brightness": Float(0.2, maximum=1.0, help="The largest change, as a share."),
            "contrast": Float(0.2, maximum=1.0, help="The largest change, as a share."),
            "saturation": Float(0.2, maximum=1.0, help="The largest change, as a share; nothing for grey."),
            "hue": Float(0.0, maximum=180.0, help="The largest turn of the colours, in degrees; nothing for grey."),
        },
    ),
    AugmentationType(
        "blur",
        "Blur",
        "Smoothed as if out of focus.",
        "blur",
        "Smoothed by up to {radius} px",
        {"radius": Float(1.0, minimum=0.1, maximum=10.0, help="The largest deviation of the Gaussian, in pixels.")},
    ),
    AugmentationType(
        "noise",
        "Noise",
        "Grain as of a camera in the dark.",
        "noise",
        "Noise of deviation {amount} is added",
        {"amount": Float(0.05, maximum=1.0, help="The deviation of the noise; pictures go from 0 to 1.")},
    ),
    AugmentationType(
        "cut_out",
        "Cut-out",
        "A black square hides a part of each picture.",
        "cut_out",
        "A black square hides {share%} of the shorter side",
        {
            "share": Float(
                0.3, minimum=0.01, maximum=1.0, help="The side of the square, as a share of the shorter side."
            )
        },
    ),
    AugmentationType(
        "mixup",
        "Mixup",
        "Each picture is mixed with another, and so are their targets.",
        "mixup",
        "Mixed with another picture by a share from Beta({strength}, {strength})",
        {"strength": Float(0.2, minimum=0.01, maximum=10.0, help="Beta(a, a): small mixes little, 1 evenly.")},
        mixes=True,
    ),
)
AUGMENTATIONS: Mapping[str, AugmentationType] = {kind.key: kind for kind in _ALL}


def in_use(augment: Iterable[Augmentation]) -> list[tuple[AugmentationType, dict[str, FieldValue]]]:
    """The augmentations that are known and not switched off, in the order in which they are done, with their values."""
    chosen = [each for each in augment if not each.off and each.key in AUGMENTATIONS]
    order = list(AUGMENTATIONS)
    chosen.sort(key=lambda each: order.index(each.key))
    return [(AUGMENTATIONS[each.key], AUGMENTATIONS[each.key].values(each.fields)) for each in chosen]
