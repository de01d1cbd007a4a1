"""Forms: which JSON values a project may hold, checked and turned into the model, and back."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, TypeAlias

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from designer.project.errors import ProjectError
from designer.project.form_words import described, in_words
from designer.project.model import (
    ClassWeights,
    Device,
    Fields,
    FieldValue,
    Link,
    MemoryFormat,
    Node,
    Precision,
    Sampling,
    Schedule,
    Training,
)
from designer.project.rules import quoted

FARTHEST = 1_000_000.0
MOST_NODES = 10_000
MOST_LINKS = 100_000
MOST_COLUMNS = 100_000
MOST_CHARACTERS = 100_000
MOST_IN_NAME = 200
MOST_SCHEDULES = 100
DEEPEST = 50

Json: TypeAlias = object

Key: TypeAlias = Annotated[str, Meta(min_length=1, max_length=200)]
Word: TypeAlias = Annotated[str, Meta(max_length=200)]
Line: TypeAlias = Annotated[str, Meta(max_length=MOST_CHARACTERS)]
Path: TypeAlias = Annotated[str, Meta(max_length=4_096, pattern=r"\A[^\x00]*\Z")]
Coordinate: TypeAlias = Annotated[float, Meta(ge=-FARTHEST, le=FARTHEST)]
Share: TypeAlias = Annotated[float, Meta(ge=0.0, le=1.0)]
Amount: TypeAlias = Annotated[float, Meta(ge=0.0, le=1e12)]
Count: TypeAlias = Annotated[int, Meta(ge=0, le=1_000_000_000)]
Seed: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]


class NodeForm(Struct):
    """A node but for its fields."""

    id: Key
    type: Key
    name: Line
    x: Coordinate | UnsetType = UNSET
    y: Coordinate | UnsetType = UNSET
    bypassed: bool | UnsetType = UNSET


class LinkForm(Struct, rename={"source": "from", "target": "to"}):
    """A link: each end a node id and a port name."""

    source: tuple[Key, Key]
    target: tuple[Key, Key]
    bends: Annotated[tuple[tuple[Coordinate, Coordinate], ...], Meta(max_length=100)] | UnsetType = UNSET


class TrainingForm(Struct):
    """Training settings but for the optimizer's fields."""

    epochs: Annotated[int, Meta(ge=1, le=1_000_000_000)] | UnsetType = UNSET
    batch_size: Count | UnsetType = UNSET
    optimizer: Key | UnsetType = UNSET
    learning_rate: Amount | UnsetType = UNSET
    weight_decay: Amount | UnsetType = UNSET
    l1: Amount | UnsetType = UNSET
    metrics: Annotated[tuple[Key, ...], Meta(max_length=100)] | UnsetType = UNSET
    patience: Count | UnsetType = UNSET
    keep_best: bool | UnsetType = UNSET
    seed: Seed | UnsetType = UNSET
    device: Device | UnsetType = UNSET
    threads: Annotated[int, Meta(ge=0, le=1_024)] | UnsetType = UNSET
    mode: Key | UnsetType = UNSET
    class_weights: ClassWeights | UnsetType = UNSET
    clip_norm: Amount | UnsetType = UNSET
    clip_value: Amount | UnsetType = UNSET
    accumulate: Annotated[int, Meta(ge=1, le=1_000_000)] | UnsetType = UNSET
    average: Key | UnsetType = UNSET
    monitor: Key | UnsetType = UNSET
    sampling: Sampling | UnsetType = UNSET
    precision: Precision | UnsetType = UNSET
    memory_format: MemoryFormat | UnsetType = UNSET
    deterministic: bool | UnsetType = UNSET


class ScheduleForm(Struct):
    """A course of the learning rate but for its fields."""

    key: Key
    epochs: Count | UnsetType = UNSET


# the choices among the training settings that have fields of their own, and where those stand
FIELDS_OF_TRAINING = {"optimizer": "optimizer_fields", "mode": "mode_fields", "average": "average_fields"}
SCHEDULES = "schedules"
SCHEDULE_KEYS = frozenset({*ScheduleForm.__struct_fields__, "fields"})
NODE_KEYS = frozenset({*NodeForm.__struct_fields__, "fields"})
LINK_KEYS = frozenset({"from", "to", "bends"})
TRAINING_KEYS = frozenset({*TrainingForm.__struct_fields__, *FIELDS_OF_TRAINING.values(), SCHEDULES})


def node_from(raw: Json, place: str) -> Node:
    """The node that ``raw`` describes; a ProjectError that names ``place`` where it describes none."""
    values = as_object(raw, place)
    named = values.get("id")
    place = f"{place} ({quoted(named)})" if isinstance(named, str) else place
    fields, foreign = fields_from(values.get("fields", {}), f"{place}, fields")
    known = form_values(values, NodeForm, place)
    extra = extra_of(values, NODE_KEYS, place)
    return Node(**known, fields=fields, extra={**extra, "fields": foreign} if foreign else extra)


def node_to(node: Node) -> dict[str, Json]:
    """The JSON object of a node."""
    raw: dict[str, Json] = {"id": node.id, "type": node.type, "name": node.name}
    raw |= {"x": short_number(node.x), "y": short_number(node.y)}
    if node.bypassed:
        raw["bypassed"] = True
    return {**raw, "fields": fields_to(node.fields, node.extra, "fields"), **more_of(node.extra, NODE_KEYS)}


def check_node(node: Node, place: str) -> None:
    """A ProjectError that names ``place`` where no project file could hold ``node``."""
    try:
        msgspec.convert(node, NodeForm, strict=True, from_attributes=True)
        for name, value in node.fields.items():
            field_value(value, name)
        plain = not node.extra and all(len(name) <= MOST_IN_NAME for name in node.fields)
    except (msgspec.ValidationError, UnicodeEncodeError, ProjectError):
        plain = False
    if not plain:
        # the long way tells what is wrong, and where
        node_from(node_to(node), place)


def link_from(raw: Json, place: str) -> Link:
    """The link that ``raw`` describes; a ProjectError that names ``place`` where it describes none."""
    values = as_object(raw, place)
    ends = form_values(values, LinkForm, place)
    (source, source_port), (target, target_port) = ends["source"], ends["target"]
    return Link(source, source_port, target, target_port, ends.get("bends", ()), extra_of(values, LINK_KEYS, place))


def link_to(link: Link) -> dict[str, Json]:
    """The JSON object of a link."""
    raw: dict[str, Json] = {"from": [link.source, link.source_port], "to": [link.target, link.target_port]}
    if link.bends:
        raw["bends"] = [[short_number(x), short_number(y)] for x, y in link.bends]
    return {**raw, **more_of(link.extra, LINK_KEYS)}


def check_link(link: Link, place: str) -> None:
    """A ProjectError that names ``place`` where no project file could hold ``link``."""
    ends = {"from": (link.source, link.source_port), "to": (link.target, link.target_port)}
    try:
        msgspec.convert(ends, LinkForm, strict=True)
        plain = not link.bends and not link.extra
    except (msgspec.ValidationError, UnicodeEncodeError):
        plain = False
    if not plain:
        link_from(link_to(link), place)


def training_from(raw: Json, place: str = "training") -> Training:
    """The training settings that ``raw`` describes; a ProjectError that names ``place`` where it describes none."""
    values = as_object(raw, place)
    known = form_values(values, TrainingForm, place)
    extra = extra_of(values, TRAINING_KEYS, place)
    for name in FIELDS_OF_TRAINING.values():
        known[name], foreign = fields_from(values.get(name, {}), f"{place}, {name}")
        extra = {**extra, name: foreign} if foreign else extra
    found = as_list(values.get(SCHEDULES, []), f"{place}, {SCHEDULES}", MOST_SCHEDULES)
    known[SCHEDULES] = tuple(
        schedule_from(each, f"{place}, {SCHEDULES}, entry {number}") for number, each in enumerate(found, start=1)
    )
    return Training(**known, extra=extra)


def schedule_from(raw: Json, place: str) -> Schedule:
    """The course that ``raw`` describes; a ProjectError that names ``place`` where it describes none."""
    values = as_object(raw, place)
    known = form_values(values, ScheduleForm, place)
    fields, foreign = fields_from(values.get("fields", {}), f"{place}, fields")
    extra = extra_of(values, SCHEDULE_KEYS, place)
    return Schedule(**known, fields=fields, extra={**extra, "fields": foreign} if foreign else extra)


def schedule_to(schedule: Schedule) -> dict[str, Json]:
    """The JSON object of a course of the learning rate."""
    raw: dict[str, Json] = {"key": schedule.key, "epochs": schedule.epochs}
    return {
        **raw,
        "fields": fields_to(schedule.fields, schedule.extra, "fields"),
        **more_of(schedule.extra, SCHEDULE_KEYS),
    }


def training_to(training: Training) -> dict[str, Json]:
    """The JSON object of training settings."""
    raw: dict[str, Json] = {}
    for name in TrainingForm.__struct_fields__:
        raw[name] = getattr(training, name)
        if inner := FIELDS_OF_TRAINING.get(name):
            raw[inner] = fields_to(getattr(training, inner), training.extra, inner)
    raw[SCHEDULES] = [schedule_to(each) for each in training.schedules]
    return {**raw, **more_of(training.extra, raw)}


def fields_from(raw: Json, place: str) -> tuple[dict[str, FieldValue], dict[str, Json]]:
    """The fields that ``raw`` holds, lists as tuples, and apart what no field can hold: null and objects."""
    fields: dict[str, FieldValue] = {}
    foreign: dict[str, Json] = {}
    for name, value in as_object(raw, place).items():
        if len(name) > MOST_IN_NAME:
            raise ProjectError(f"{place}: the name {quoted(name)} is longer than {MOST_IN_NAME} characters.")
        if _is_foreign(value):
            check_depth(value, f"{place}, {quoted(name)}")
            foreign[name] = value
        else:
            fields[name] = field_value(value, f"{place}, {quoted(name)}")
    return fields, foreign


def _is_foreign(value: Json, depth: int = 4) -> bool:
    if isinstance(value, list | tuple):
        return depth == 0 or any(_is_foreign(part, depth - 1) for part in value)
    return value is None or isinstance(value, dict)


def field_value(value: Json, place: str) -> FieldValue:
    """``value`` as fields hold it, lists as tuples; a ProjectError where a field can hold no such value."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        if len(value) > MOST_CHARACTERS:
            raise ProjectError(f"{place}: a text of {len(value)} characters; at most {MOST_CHARACTERS} are allowed.")
        return value
    if isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            raise ProjectError(f"{place}: the number is too large; at most 19 digits are allowed.")
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ProjectError(f"{place}: expected a finite number, found {value}.")
        return value
    if isinstance(value, list | tuple):
        if len(value) > 10_000:
            raise ProjectError(f"{place}: a list of {len(value)} values; at most 10000 are allowed.")
        return tuple(field_value(part, place) for part in value)
    raise ProjectError(f"{place}: expected true, false, a number, a text or a list of them, found {described(value)}.")


def fields_to(fields: Fields, extra: Mapping[str, Json], key: str) -> dict[str, Json]:
    """The JSON object of fields, with what stood beside them in the file."""
    foreign = extra.get(key)
    return {**(foreign if isinstance(foreign, dict) else {}), **fields}


def as_object(raw: Json, place: str) -> dict[str, Json]:
    """``raw`` as a JSON object; a ProjectError where it is none."""
    if not isinstance(raw, dict):
        raise ProjectError(f"{place}: expected an object in braces, found {described(raw)}.")
    return raw


def as_list(raw: Json, place: str, most: int) -> list[Json]:
    """``raw`` as a JSON list of at most ``most`` values; a ProjectError where it is none."""
    if not isinstance(raw, list):
        raise ProjectError(f"{place}: expected a list, found {described(raw)}.")
    if len(raw) > most:
        raise ProjectError(f"{place}: {len(raw)} entries; at most {most} are allowed.")
    return raw


def extra_of(values: Mapping[str, Json], known: Iterable[str], place: str) -> dict[str, Json]:
    """What ``values`` holds under keys that this version does not know, to be written back as it was."""
    extra = {key: value for key, value in values.items() if key not in known}
    if extra:
        check_depth(extra, place)
    return extra


def check_depth(value: Json, place: str) -> None:
    """A ProjectError where lists and objects in ``value`` lie in one another deeper than can be written back safely."""
    level: list[Json] = [value]
    for _ in range(DEEPEST):
        inner: list[Json] = []
        for part in level:
            if isinstance(part, dict):
                inner.extend(part.values())
            elif isinstance(part, list | tuple):
                inner.extend(part)
        if not inner:
            return
        level = inner
    raise ProjectError(f"{place}: values lie in one another more than {DEEPEST} deep.")


def more_of(extra: Mapping[str, Json], known: Iterable[str]) -> dict[str, Json]:
    """What ``extra`` holds beside the ``known`` keys."""
    return {key: value for key, value in extra.items() if key not in known} if extra else {}


def short_number(number: float) -> float | int:
    """40.0 as 40, so that places read well; the negative zero stays what it is."""
    whole = math.isfinite(number) and number == int(number) and str(number) != "-0.0"
    return int(number) if whole else number


def form_values(values: Mapping[str, Json], form: type[Struct], place: str) -> dict[str, Any]:
    """What ``values`` says of the members of ``form``; a ProjectError that names ``place`` where one is unsound."""
    known = {name: values[name] for name in form.__struct_encode_fields__ if name in values}
    try:
        read = msgspec.convert(known, form, strict=True)
    except msgspec.ValidationError as error:
        raise ProjectError(f"{place}: {in_words(str(error))}.") from None
    except UnicodeEncodeError:
        raise ProjectError(f"{place}: a word holds half a character (a lone surrogate).") from None
    return {name: value for name, value in msgspec.structs.asdict(read).items() if value is not UNSET}
