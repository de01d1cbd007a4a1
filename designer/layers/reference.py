"""Reference pages: what a declaration says of a layer, as Markdown for people."""

from __future__ import annotations

from designer.layers.declaration import Example, LayerType
from designer.layers.fields import Bool, Choice, Field, Float, Int, Ints, Size, shown
from designer.layers.training_fields import TRAINING_FIELDS


def reference_page(layer: LayerType) -> str:
    """The help page of a layer type: what it does, its fields with range and default, examples with shapes."""
    parts = [f"# {layer.title}", layer.summary]
    if layer.module and "." not in layer.module:
        parts.append(f"Module: `{layer.module}`, whose text is part of the exported code.")
    elif layer.module:
        parts.append(f"PyTorch: `{layer.module.replace('nn.', 'torch.nn.', 1)}`")
    elif layer.role == "layer":
        call = layer.call_of(layer.defaults, [port.name for port in layer.inputs])
        parts.append(f"PyTorch: `{call.replace('{inputs}', 'x').replace('{x}', 'x')}`")
    if layer.fields:
        parts.append("## Fields")
        parts.append("\n".join(_field_line(name, field) for name, field in layer.fields.items()))
    if layer.has_parameters:
        parts.append("## Training of this layer")
        own = {name: field for name, field in TRAINING_FIELDS.items() if name not in layer.fields}
        parts.append("\n".join(_field_line(name, field) for name, field in own.items()))
    if layer.role != "output":
        parts.append("## Example")
        parts.append("\n".join(_example_line(example) for example in layer.examples))
    if layer.synonyms:
        parts.append(f"Also called: {', '.join(layer.synonyms)}.")
    return "\n\n".join(parts) + "\n"


def _field_line(name: str, field: Field) -> str:
    words = f"- **{field.label or name.replace('_', ' ')}**: {field.help}"
    return f"{words} Default {shown(field.initial) or 'empty'}{_room(field)}."


def _room(field: Field) -> str:
    if isinstance(field, Choice):
        return f"; one of {', '.join(field.options)}" if field.options else ""
    if isinstance(field, Float):
        return f"; {'above' if field.above else 'at least'} {field.minimum:g}"
    if isinstance(field, (Int, Size, Ints)):
        return f"; at least {field.minimum}"
    return "" if isinstance(field, Bool) else "; any text"


def _example_line(example: Example) -> str:
    settings = ", ".join(f"{name} {shown(value)}" for name, value in example.fields.items())
    taken = " and ".join(_shape(shape) for shape in example.shapes)
    arrow = f"{taken} → {_shape(example.output)}" if taken else _shape(example.output)
    return f"- {arrow}" + (f" with {settings}" if settings else "")


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(["N", *(str(size) for size in shape)])
