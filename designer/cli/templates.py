"""``layerloom templates``: the kinds of networks to start from, and the numbers that each asks for."""

from __future__ import annotations

import argparse
from pathlib import Path

from designer.cli.commands import say_json
from designer.cli.records import template_record
from designer.cli.text import columns
from designer.importing.architecture import GROUPS, Architecture
from designer.importing.architectures import ARCHITECTURES, usual
from designer.importing.brief import Brief
from designer.layers.fields import shown


def templates(chosen: argparse.Namespace) -> int:
    """List all templates, or those that suit the data that is named, with the numbers that suit it."""
    brief = _brief(chosen.data, chosen.target)
    fitting = [each for each in ARCHITECTURES.values() if brief is None or not each.why_not(brief)]
    if chosen.json:
        begun = {} if brief is None else {"usual": usual(brief)}
        say_json({"templates": [template_record(each, brief or _middling(each)) for each in fitting], **begun})
        return 0
    for group in GROUPS:
        listed = [each for each in fitting if each.group == group]
        if listed:
            print(group)
        for each in listed:
            print(f"  {each.key}{_marked(each, brief)}: {each.title}. {each.summary}")
            rows = [
                [f"template.{name}={shown(field.initial)}", field.help]
                for name, field in each.fields(brief or _middling(each)).items()
            ]
            print("".join(f"      {line}\n" for line in columns([], rows)), end="")
    print("Begin with one: layerloom new DATA --template KEY --set template.FIELD=VALUE")
    return 0


def _brief(data: Path | None, target: str | None) -> Brief | None:
    if data is None:
        return None
    from designer.importing.new import draft_project

    return draft_project(data, target, data.resolve().parent / "new.loom").brief


def _middling(template: Architecture) -> Brief:
    """Data of middling size, for defaults where no data is named."""
    return Brief(template.forms[0])


def _marked(template: Architecture, brief: Brief | None) -> str:
    return " (the usual one)" if brief is not None and usual(brief) == template.key else ""
