"""The text of a script that reads pictures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from designer.exporting.literals import WIDTH, assignment, call, literal
from designer.exporting.sources.tables import (
    array_texts,
    column_constants,
    format_arguments,
    reader_arguments,
    splitting,
    steps_text,
)
from designer.exporting.sources.targets import TargetTexts, shared_lines, target_texts
from designer.exporting.sources.wording import (
    DOCSTRING,
    NUMBER_DOCSTRING,
    NUMBER_RETURN,
    RETURN,
    converting,
    share_constants,
    signature,
)
from designer.layers.places import PlacedColumns
from designer.project.facts import Facts
from designer.project.model import ImageData, Project
from designer.training.augmenting import augment_calls
from designer.training.chosen import ChosenInput, column_with_role, feature_settings, inputs_beside_pictures
from designer.training.columns import CONVERT, needed
from designer.training.placing import placed_outputs
from designer.training.sources.gathered import image_fields
from designer.training.sources.picture_tables import image_column
from designer.training.sources.splitting import split_columns

# the rows to train with whose pictures can be read
TRAINED = "frame.iloc[places[0]]"
SAY_LEFT_OUT = '        print(f"left out: {image}: {reason}")'


def data_constants(project: Project, facts: Facts, data_path: str) -> str:
    """The constants that describe the pictures; ``data_path`` leads to them from the script's folder."""
    data = _pictures(project)
    fields = image_fields(project)
    lines = [
        assignment("DATA", data_path),
        assignment("HEIGHT", fields["height"]),
        assignment("WIDTH", fields["width"]),
    ]
    if data.layout == "table":
        lines.append(assignment("IMAGE", image_column(data)))
        lines += column_constants(inputs_beside_pictures(project, data))
    if data.layout == "pixels":
        lines.append(assignment("OTHERS", [column.name for column in data.columns]))
    if data.layout in ("table", "pixels"):
        lines += target_texts(project, data, facts).constants
        lines += _place_constants(placed_outputs(project, data))
        lines += [assignment("DROPPED", dropped)] if (dropped := needed(_features(project, data))) else []
        lines += [assignment("WEIGHT", weight)] if (weight := _weight(data)) else []
        lines += [assignment("SPLIT_COLUMN", name) for name in split_columns(data)]
    return "\n".join(lines if data.split.by == "column" else [*lines, *share_constants(data.split)])


def _place_constants(placed: Mapping[str, PlacedColumns]) -> list[str]:
    """The constants that name boxes and key points."""
    if not placed:
        return []
    boxes = {key: [(form, list(columns)) for form, columns in each.boxes] for key, each in placed.items()}
    points = {key: [list(point) for point in each.points] for key, each in placed.items()}
    return [
        assignment("PLACED", [name for each in placed.values() for name in each.names]),
        assignment("BOXES", boxes.get("", boxes)),
        assignment("POINTS", points.get("", points)),
    ]


def _pictures(project: Project) -> ImageData:
    assert isinstance(project.data, ImageData)
    return project.data


def _weight(data: ImageData) -> str:
    return column_with_role(data, "weight") if data.layout == "table" else ""


def read_data_text(project: Project, facts: Facts) -> str:
    """The functions ``read_data`` and, where training changes pictures by chance, ``augment`` of the script."""
    data = _pictures(project)
    told = target_texts(project, data, facts).told
    lines = [
        signature(data.split, told),
        NUMBER_DOCSTRING if told else DOCSTRING,
        *READINGS[data.layout](project, data, facts),
        *_parts(project, data, facts),
        *shared_lines(project, told),
        NUMBER_RETURN if told else RETURN,
    ]
    text = "\n".join(lines)
    return f"{_augment(project, data, facts)}\n\n\n{text}" if augment_calls(data, _target(facts)) else text


def _target(facts: Facts) -> dict[str, object]:
    return {"kind": facts.target_kind, "classes": list(facts.classes)}


def _augment(project: Project, data: ImageData, facts: Facts) -> str:
    """The function ``augment`` of the script, with ``move`` before it where targets say places in pictures."""
    if not placed_outputs(project, data):
        head = ["def augment(batch: Part) -> Part:", '    """The batch changed by chance, while training."""']
        return "\n".join([*head, *_changes(data, facts), "    return batch"])
    move = ["def move(batch: Part) -> Part:", '    """The pictures moved by chance, while training."""']
    head = [
        "def augment(batch: Part, where: dict[str, Places]) -> Part:",
        '    """The batch changed by chance, while training; boxes and key points move with their pictures."""',
        "    batch = move_places(batch, move, where)",
    ]
    moved = "\n".join([*move, *_changes(data, facts, True), "    return batch"])
    return moved + "\n\n\n" + "\n".join([*head, *_changes(data, facts, False), "    return batch"])


def _changes(data: ImageData, facts: Facts, moving: bool | None = None) -> list[str]:
    """The lines that change a batch; ``moving`` is as with ``augment_calls``."""
    lines = []
    for function, values in augment_calls(data, _target(facts), moving):
        arguments = ["batch", *(f"{name}={literal(value)}" for name, value in values.items())]
        lines.append(call(f"batch = {function}(", arguments, depth=1))
    return lines


def _places(project: Project, data: ImageData, size: str) -> list[str]:
    """The lines that find out where prepared targets say that something is; ``size`` is what finds pictures' sizes."""
    placed = placed_outputs(project, data)
    if not placed:
        return []
    area = ["frame.iloc[places[0]][PLACED]", size, *(each for each in _size(project) if not each.startswith("colour"))]
    lines = [call("area = area_seen(", area, depth=1)]
    if "" in placed:
        return [*lines, '    where = {"": find_places(target, BOXES, POINTS, area)}']
    keys = [literal(key) for key in placed]
    items = [f'{key}: find_places(preparation["targets"][{key}], BOXES[{key}], POINTS[{key}], area)' for key in keys]
    return [*lines, call("where = {", items, after="}", depth=1)]


def _size(project: Project) -> list[str]:
    """The arguments that say how pictures are brought to one size."""
    fields = image_fields(project)
    resize = [] if fields["resize"] == "stretch" else [f"resize={literal(fields['resize'])}"]
    return ["HEIGHT", "WIDTH", f"colour={literal(fields['mode'] == 'colour')}", *resize]


def _listing(data: ImageData, function: str, found: str, stratified: bool) -> str:
    """The lines that list pictures and divide them; ``found`` names what is listed, the last are the places."""
    folds = data.split.folds > 1
    shares = ["0.0", "0.0"] if folds else ["VALIDATION_SHARE", "TEST_SHARE"]
    arguments = ["path", literal(data.split.by == "folders"), *shares, "SPLIT_SEED"]
    arguments += [literal(data.split.stratify)] if stratified else []
    if not folds:
        return call(f"{found} = {function}(", arguments, depth=1)
    listed = call(f"{found.removesuffix('places')}_ = {function}(", arguments, depth=1)
    arguments = [f"len({found.split(', ')[0]})", "FOLDS", "fold", "VALIDATION_SHARE", "SPLIT_SEED"]
    arguments += ["labels=labels"] if stratified and data.split.stratify else []
    return "\n".join([listed, call("places = split_fold(", arguments, depth=1)])


def _first_copies(data: ImageData, places: str, found: str) -> list[str]:
    """The line that leaves copies of pictures out of the ``places``; ``found`` is an expression for which they are."""
    if not data.drop_duplicates:
        return []
    given = f"({places})" if "," in places else places
    return [call(f"{places} = without_copies(", [given, found], depth=1)]


def _folders(project: Project, data: ImageData, facts: Facts) -> list[str]:
    """The lines that read a folder for each class."""
    return [
        _listing(data, "list_image_parts", "paths, labels, _, places", True),
        *_first_copies(data, "places", "copies_of_files(paths)"),
        call("pictures = read_pictures(", ["paths", "places[0]", *_size(project)], depth=1),
        "    for image, reason in pictures.refused:",
        SAY_LEFT_OUT,
        "    pixels, places = pictures.pixels, usable_rows(places, pictures.usable)",
        *_classes(project, data, facts, "labels"),
    ]


def _masks(project: Project, data: ImageData, facts: Facts) -> list[str]:
    """The lines that read pictures and their masks."""
    size = [each for each in _size(project) if not each.startswith("colour")]
    return [
        _listing(data, "list_pair_parts", "paths, mask_paths, alone, places", False),
        *_first_copies(data, "places", "copies_of_files(paths)"),
        call("pictures = read_pictures(", ["paths", "places[0]", *_size(project)], depth=1),
        call("masks = read_masks(", ["paths", "mask_paths", "places[0]", *size], depth=1),
        "    for image, reason in [*alone, *pictures.refused, *masks.refused]:",
        SAY_LEFT_OUT,
        "    pixels, places = pictures.pixels, usable_rows(places, pictures.usable & masks.usable)",
    ]


def _table(project: Project, data: ImageData, facts: Facts) -> list[str]:
    """The lines that read a table with paths and the pictures that it names."""
    targets, features = target_texts(project, data, facts), _features(project, data)
    kinds = list(dict.fromkeys(str(feature["kind"]) for feature in features.values()))
    named = '    kinds = {IMAGE: "text"}'
    if features:
        named = '    kinds = {IMAGE: "text"} | {name: feature["kind"] for name, feature in FEATURES.items()}'
    needs = ["IMAGE", *targets.needed, *(["*DROPPED"] if needed(features) else [])]
    learning = [steps_text(features), f"    features = learn_features({TRAINED}, FEATURES, steps)"]
    return [
        named,
        *_frame(project, data, targets, list(dict.fromkeys(["text", *kinds]))),
        f"    frame = frame.dropna(subset=[{', '.join(needs)}])",
        splitting(data, targets),
        "    paths = picture_paths(frame[IMAGE], path)",
        *_first_copies(data, "train, validation, test", "copies_of_files(paths)"),
        call("pictures = read_pictures(", ["paths", "train", *_size(project)], depth=1),
        "    for image, reason in pictures.refused:",
        SAY_LEFT_OUT,
        "    pixels, places = pictures.pixels, usable_rows([train, validation, test], pictures.usable)",
        *_targets(TRAINED, targets),
        *_places(project, data, "partial(common_size, [paths[row] for row in places[0]])"),
        *(learning if features else []),
        *(["    weights = torch.from_numpy(sample_weights(frame[WEIGHT]))"] if _weight(data) else []),
    ]


def _features(project: Project, data: ImageData) -> Mapping[str, Mapping[str, Any]]:
    """What is said of the columns beside pictures; nothing where there are none."""
    return feature_settings(inputs_beside_pictures(project, data)) if data.layout == "table" else {}


def _pixels(project: Project, data: ImageData, facts: Facts) -> list[str]:
    """The lines that read a table with a column for each pixel."""
    targets = target_texts(project, data, facts)
    plain = [each for each in format_arguments(data.format) if not each.startswith(("decimal", "thousands"))]
    unpacked = ["read=unpack"] if data.path.lower().endswith(".gz") else []
    return [
        call("names = pixel_names(", ["path", "OTHERS", *unpacked, *plain], depth=1),
        '    kinds = dict.fromkeys(names, "number")',
        *_frame(project, data, targets, ["number"]),
        *([f"    frame = frame.dropna(subset=[{', '.join(targets.needed)}])"] if targets.needed else []),
        splitting(data, targets),
        *_first_copies(data, "train, validation, test", 'copies_of_pixels(frame[names].to_numpy(dtype="float32"))'),
        "    limits = learn_pixel_range(frame.iloc[train], names)",
        call("pixels = resize_all(", ["pixel_pictures(frame, names, limits)", *_size(project)], depth=1),
        "    places = [train, validation, test]",
        *_targets("frame.iloc[train]", targets),
        *_places(project, data, "partial(pixel_size, names)"),
    ]


def _frame(project: Project, data: ImageData, targets: TargetTexts, kinds: list[str] | None = None) -> list[str]:
    read = [*(kinds or ["text"]), *targets.read]
    lines = [*targets.kind_lines]
    for kind in split_columns(data).values():
        lines.append(f"    kinds.setdefault(SPLIT_COLUMN, {literal(kind)})")
        read.append(kind)
    if _weight(data):
        lines.append('    kinds[WEIGHT] = "number"')
        read.append("number")
    lines += converting(data.split, CONVERT, dict.fromkeys(read), data.columns)
    lines.append(call("frame = read_table(", reader_arguments("path", data.path, data.format), depth=1))
    return lines


def _targets(rows: str, targets: TargetTexts) -> list[str]:
    """The lines that learn from the training part what prepares targets, and prepare all of them."""
    if not targets.outputs:
        return [targets.made("frame", depth=1)]
    name = "targets" if targets.several else "target"
    told = [f'    preparation = {{"{name}": {name}}}'] if targets.told else []
    # what was learned goes by another name where the tensors take its own
    learned, kept = targets.learned(rows), 'preparation["targets"]' if targets.told else "learned"
    if targets.several and not targets.told:
        learned = [*learned, "    learned = targets"]
    return [*learned, *told, targets.made("frame", kept if targets.several else "target", depth=1)]


def _idx(project: Project, data: ImageData, facts: Facts) -> list[str]:
    """The lines that read IDX files."""
    return [
        _listing(data, "read_idx_parts", "pixels, labels, places", True),
        *_first_copies(data, "places", "copies_of_pixels(pixels)"),
        call("pixels = resize_all(", ["pixels", *_size(project)], depth=1),
        "    classes = label_names(labels[places[0]])",
        *_classes(project, data, facts, "idx_codes(labels, classes)"),
    ]


def _classes(project: Project, data: ImageData, facts: Facts, codes: str) -> list[str]:
    """The lines that make targets of the class codes that an expression gives."""
    texts = target_texts(project, data, facts)
    if not texts.outputs:
        return [f"    targets = torch.zeros(len({codes}), 1)"]
    if not texts.several:
        return [f"    targets = class_targets({codes}, {literal(texts.kinds[0])})"]
    pairs = zip(texts.outputs, texts.kinds, strict=True)
    items = [f"{literal(each.key)}: class_targets({codes}, {literal(kind)})" for each, kind in pairs]
    return [call("targets = {", items, after="}", depth=1)]


READINGS = {"classes": _folders, "masks": _masks, "table": _table, "pixels": _pixels, "idx": _idx}


def _making(inputs: list[ChosenInput], arguments: list[str]) -> list[str]:
    """The lines that make the parts, each by these ``arguments`` and what ``inputs`` take beside pictures."""
    made = call("picture_part(", arguments)
    whole = f"    parts = [{made} for rows in places]"
    if not inputs:
        if len(whole) <= WIDTH:
            return [whole]
        return ["    parts = [", f"        {made}", "        for rows in places", "    ]"]
    arrays = array_texts(inputs)
    single = f"        beside = ({arrays[0]},)"
    arguments = [*arguments, "beside=beside"]
    added = call("parts.append(picture_part(", arguments, after="))", depth=2)
    if "\n" in added:
        added = "\n".join(["        parts.append(", call("picture_part(", arguments, depth=3), "        )"])
    return [
        "    parts = []",
        "    for rows in places:",
        "        part = frame.iloc[rows]",
        single if len(arrays) == 1 else call("beside = (", arrays, depth=2),
        added,
    ]


def _parts(project: Project, data: ImageData, facts: Facts) -> list[str]:
    """The lines that make the three parts."""
    masked = data.layout == "masks"
    norm, lines = [], []
    how = image_fields(project)["normalise"]
    if how == "data":
        lines.append("    mean, std = learn_colours(pixels, places[0])")
    elif how == "imagenet" and image_fields(project)["mode"] == "colour":
        lines.append("    mean, std = IMAGENET_MEAN, IMAGENET_STD")
    elif how == "imagenet":
        lines.append("    mean, std = [sum(IMAGENET_MEAN) / 3], [sum(IMAGENET_STD) / 3]")
    if how != "none":
        norm = ["mean=mean", "std=std"]
    finish = "bytes_to_numbers"
    if masked:
        arguments = ["masks_to_codes", "codes=masks.codes", f"target_kind={literal(facts.target_kind)}", *norm]
        lines.append(call("finish = partial(", arguments, depth=1))
        finish = "finish"
    elif norm:
        lines.append(call("finish = partial(", ["bytes_to_numbers", *norm], depth=1))
        finish = "finish"
    several = target_texts(project, data, facts).several and not masked
    targets = "{name: each[rows] for name, each in targets.items()}" if several else "targets[rows]"
    targets = "torch.zeros(len(rows))" if masked else targets
    arguments = ["pixels", "rows", targets, finish, *(["masks.pixels"] if masked else [])]
    lines += _making(inputs_beside_pictures(project, data), arguments)
    if _weight(data):
        pairs = "for part, rows in zip(parts, places, strict=True)"
        lines.append(f"    parts = [replace(part, weights=weights[rows]) {pairs}]")
    if augment_calls(data, _target(facts)):
        changing = "partial(augment, where=where)" if placed_outputs(project, data) else "augment"
        changing = f"partial(between_norms, change={changing}, mean=mean, std=std)" if norm else changing
        lines.append(call("parts[0] = replace(", ["parts[0]", f"augment={changing}"], depth=1))
    return lines
