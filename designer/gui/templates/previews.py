"""Previews: the network that a template makes for data, what the compiler says of it, and how it is drawn small.

All of it is worked out off the GUI thread.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from designer.gui.miniature import Miniature, draw_small, in_one_row
from designer.layers.fields import Field
from designer.project.model import FieldValue, Project

if TYPE_CHECKING:
    from designer.compiler.report import Analysis
    from designer.importing.brief import Brief


@dataclass(frozen=True)
class Offer:
    """One template as it is offered for data: ``reason`` says why it does not suit, empty where it does."""

    key: str
    title: str
    summary: str
    group: str
    reason: str
    usual: bool
    fields: Mapping[str, Field]
    miniature: Miniature


@dataclass(frozen=True)
class Preview:
    """The project that a template makes of ``project``, and its analysis; ``trouble`` where none can be made."""

    project: Project
    analysis: Analysis | None = None
    trouble: str = ""


def offers_for(brief: Brief) -> list[Offer]:
    """Every template, those that suit the data first, in the order of their groups."""
    from designer.importing.architectures import ARCHITECTURES, AS_GOOD, usual
    from designer.importing.brief import Brief as SomeBrief

    found = []
    for key, each in ARCHITECTURES.items():
        reason = each.why_not(brief)
        fits = brief if not reason else each.example or SomeBrief(each.forms[0])
        fields = each.fields(fits)
        made = each.build(fits, {name: field.initial for name, field in fields.items()})
        found.append(
            Offer(
                key,
                each.title,
                f"{each.summary} {AS_GOOD}" if brief.straight and key == usual(brief) else each.summary,
                each.group,
                reason,
                key == usual(brief),
                fields,
                draw_small(in_one_row(made)),
            )
        )
    return sorted(found, key=lambda offer: bool(offer.reason))


def preview(project: Project, brief: Brief, key: str, values: Mapping[str, FieldValue]) -> Preview:
    """What a template with these values makes of a project, and what the compiler says of it."""
    from designer.importing.architectures import started_on
    from designer.importing.briefing import facts_for
    from designer.project.errors import LayerloomError
    from designer.workspace.analysis import analysed

    try:
        made = started_on(project, brief, key, values)
    except LayerloomError as error:
        return Preview(project, None, str(error))
    return Preview(made, analysed(replace(made, data=None), facts_for(brief, made)))
