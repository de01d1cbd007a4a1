"""Runs in words: what was changed on the way."""

from __future__ import annotations

from collections.abc import Mapping

from designer.layers.catalog import training_fields
from designer.layers.fields import shown
from designer.project.model import FieldValue


def change_words(settings: Mapping[str, FieldValue]) -> str:
    """Settings and their new values: ``learning rate 0.01, epochs 20``."""
    declared = training_fields()
    words = []
    for name, value in settings.items():
        field = declared.get(name)
        words.append(f"{(field.label if field else '') or name.replace('_', ' ')} {shown(value)}")
    return ", ".join(words)
