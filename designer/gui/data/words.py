"""Words for what is seen of a column: its type and role, gaps, different values, and how it goes with the target."""

from __future__ import annotations

from designer.gui.data.seen import ColumnSeen
from designer.gui.numbers import exact, figure, share
from designer.gui.panels.column_edits import KINDS, ROLES
from designer.gui.wording import count_text
from designer.project.model import Column

STRENGTHS = ((0.95, "nearly the same"), (0.6, "strong"), (0.3, "clear"), (0.1, "weak"), (0.0, "hardly any"))


def kind_word(column: Column) -> str:
    """What a column holds: ``Number``, ``Category``."""
    return KINDS[column.kind][0]


def role_word(column: Column, target: str) -> str:
    """What a column is for, where the output may name another target than the one marked."""
    return ROLES["target" if column.name == target else column.role][0]


def strength_word(strength: float) -> str:
    """How closely a column goes with the target, in a word or two."""
    return next(word for least, word in STRENGTHS if strength >= least or least == 0.0)


def unique_words(seen: ColumnSeen) -> str:
    """How many different values there are, no longer than a card is wide."""
    return f"{count_text(seen.unique)} unique" if seen.unique > 1 else "always the same" if seen.unique else "empty"


def missing_words(seen: ColumnSeen) -> str:
    """Which share of the cells is empty; nothing where none is."""
    return f"{share(seen.missing / seen.rows)} empty" if seen.missing and seen.rows else ""


def relation_words(seen: ColumnSeen, target: str) -> str:
    """How closely the column goes with the target, as a sentence with the figure."""
    if seen.strength is None:
        return ""
    said = strength_word(seen.strength)
    said = said if said.endswith("same") else f"{said} relation"
    link = "as" if said.endswith("same") else "with"
    measured = seen.relation or figure(seen.strength, 2)
    return f"{said[:1].upper()}{said[1:]} {link} “{target}”: {measured} (0 is none, 1 the closest)."


def spoken_card(column: Column, target: str, seen: ColumnSeen | None, warnings: int) -> str:
    """All that a column's card shows, for those who have it read aloud."""
    said = [column.name, kind_word(column), role_word(column, target)]
    if seen is not None:
        said += [unique_words(seen), missing_words(seen), relation_words(seen, target) if target else ""]
    if warnings:
        said.append("1 warning" if warnings == 1 else f"{exact(warnings)} warnings")
    return ", ".join(word for word in said if word)
