"""All architectures, which of them suits data best, and the network that one makes."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace

from designer.importing import (
    generative_networks,
    image_networks,
    language_networks,
    networks,
    sequence_networks,
    text_networks,
)
from designer.importing.architecture import GROUPS, Architecture, Values
from designer.importing.brief import Brief, Form
from designer.project.errors import LayerloomError
from designer.project.model import FieldValue, Project

MODULES = (networks, image_networks, sequence_networks, text_networks, generative_networks, language_networks)
ARCHITECTURES: Mapping[str, Architecture] = {
    each.key: each
    for each in sorted(
        (value for module in MODULES for value in vars(module).values() if isinstance(value, Architecture)),
        key=lambda architecture: GROUPS.index(architecture.group),
    )
}
USUAL: Mapping[Form, str] = {
    "rows": "mlp",
    "pictures": "cnn",
    "masks": "unet",
    "windows": "autoregression",
    "files": "step_filters",
    "texts": "bag_of_words",
    "tokens": "character_model",
}
PREFIX = "template."
# said of the line where it is what to begin with
AS_GOOD = "On rows of this data that are held out, hidden layers predict no better."


def architecture(key: str, brief: Brief) -> Architecture:
    """The architecture called ``key``, or with an empty one what is usual for such data.

    A LayerloomError says that there is none of this name, or why it does not suit the data.
    """
    check_key(key)
    found = ARCHITECTURES[key or usual(brief)]
    reason = found.why_not(brief)
    if reason:
        raise LayerloomError(f"the template “{key}” does not suit this data. {reason} There are {_fitting(brief)}")
    return found


def usual(brief: Brief) -> str:
    """The key of what to begin with: what is usual for the form of the data, or a line where that does as well."""
    return networks.LINEAR.key if brief.straight else USUAL[brief.form]


def check_key(key: str) -> None:
    """Raise a LayerloomError where there is no architecture of this name; an empty one stands for what is usual."""
    if key and key not in ARCHITECTURES:
        near = difflib.get_close_matches(key, ARCHITECTURES, n=1)
        meant = f"did you mean “{near[0]}”?" if near else f"there are {', '.join(ARCHITECTURES)}"
        raise LayerloomError(f"there is no template “{key}”; {meant}")


def _fitting(brief: Brief) -> str:
    return ", ".join(key for key, each in ARCHITECTURES.items() if not each.why_not(brief))


def values_for(chosen: Architecture, brief: Brief, values: Values | None = None) -> dict[str, FieldValue]:
    """Every field of an architecture: its value, or what suits the data. LayerloomError where one is not sound."""
    fields = chosen.fields(brief)
    for name, value in (values or {}).items():
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise LayerloomError(f"the template “{chosen.key}” has no field “{name}”; it has {known}")
        reason = fields[name].refuse(value)
        if reason:
            raise LayerloomError(f"{PREFIX}{name}: {reason}")
    return {name: (values or {}).get(name, field.initial) for name, field in fields.items()}


def start(brief: Brief, key: str = "", values: Values | None = None) -> Project:
    """The network of an architecture for such data, with training settings and without data. Raises LayerloomError."""
    chosen = architecture(key, brief)
    return chosen.build(brief, values_for(chosen, brief, values))


def started_on(project: Project, brief: Brief, key: str = "", values: Values | None = None) -> Project:
    """The project with its network and training settings replaced by those of an architecture; its data stays.

    How the data is prepared changes where the network asks for it. Raises LayerloomError.
    """
    chosen = architecture(key, brief)
    made = start(brief, key, values)
    data = chosen.prepare(project.data, brief) if project.data is not None else None
    return replace(project, graph=made.graph, blocks=made.blocks, training=made.training, data=data)


def typed_values(chosen: Architecture, brief: Brief, settings: Iterable[str]) -> dict[str, FieldValue]:
    """The values in settings such as ``template.layers=3``, as they are typed. LayerloomError where one is none."""
    fields = chosen.fields(brief)
    values: dict[str, FieldValue] = {}
    for setting in settings:
        path, sign, text = setting.partition("=")
        if not sign or not path.startswith(PREFIX):
            raise LayerloomError(f"“{setting}” is no setting of a template; write {PREFIX}FIELD=VALUE")
        name = path.removeprefix(PREFIX)
        if name not in fields:
            known = ", ".join(fields) or "none"
            raise LayerloomError(f"the template “{chosen.key}” has no field “{name}”; it has {known}")
        try:
            values[name] = fields[name].parse(text)
        except ValueError as error:
            raise LayerloomError(f"{path}: {error}") from None
    return values
