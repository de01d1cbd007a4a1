"""Random networks of layers of the whole catalog, with several inputs and outputs, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from hypothesis import strategies as st

from designer.compiler.planning import make_plan
from designer.compiler.report import Flow
from designer.compiler.wiring import accepts
from designer.layers.catalog import BUILT_IN, LAYERS, LOSSES, OPTIMIZERS, ports_of
from designer.layers.declaration import LayerType, LossType
from designer.project import edits
from designer.project.facts import Facts, TargetFacts, TargetKind
from designer.project.model import FieldValue, Link, Project, Training
from designer.project.ports import Port
from tests.helpers.graphs import add
from tests.helpers.random_values import MOST, any_value, shape_of, values

End = tuple[str, str]
Values = Mapping[str, FieldValue]
NAMES = [key for key, layer in LAYERS.items() if layer.role == "layer"]
ANY_INPUT: Sequence[tuple[str, Values]] = (
    ("table_input", {"features": 6}),
    ("table_input", {"features": 3}),
    ("image_input", {"height": 6, "width": 5}),
    ("image_input", {"height": 8, "width": 8, "mode": "colour"}),
    ("sequence_input", {"length": 7, "features": 4}),
    ("text_input", {"length": 6, "vocabulary": 8}),
    ("codes_input", {"features": 3, "codes": 7}),
    ("mask_input", {"length": 7}),
)


@dataclass(frozen=True)
class Target:
    """What an output may be compared with: ``width`` numbers, or classes; ``shape`` of masks.

    ``plain`` is whether it is zero and above and stands as it is in the data.
    """

    kind: TargetKind
    width: int = 1
    names: tuple[str, ...] = ()
    plain: bool = True
    shape: tuple[int, ...] = ()

    def suits(self, loss: LossType) -> bool:
        """Whether a loss can be made of it."""
        if self.kind not in loss.targets or (loss.masks == "only" and not self.shape):
            return False
        if self.shape and loss.masks == "no":
            return False
        if self.kind == "number" and self.width < loss.least_targets:
            return False
        return self.plain or not (loss.positive_targets or loss.unscaled_targets)

    def facts(self) -> TargetFacts:
        """What the checker needs to know of it."""
        classes = tuple(f"class {number}" for number in range(self.width)) if self.kind != "number" else ()
        width = self.width if self.kind == "number" else 1
        return TargetFacts(self.kind, classes, "answer", 0.0, width, self.shape)


ANY_TARGET = (
    Target("number"),
    Target("number", 3),
    Target("number", 2, plain=False),
    Target("binary", 2),
    Target("classes", 2),
    Target("classes", 3),
)


@dataclass(frozen=True)
class Network:
    """A project, what it is fed, and the target of each output by its node id."""

    project: Project
    targets: Mapping[str, Target]

    @property
    def facts(self) -> Facts:
        """As if data had been read: the targets of the outputs."""
        found = {node: target.facts() for node, target in self.targets.items()}
        first = next(iter(found.values()))
        return Facts(
            first.kind,
            classes=first.classes,
            target=first.target,
            target_minimum=0.0,
            target_width=first.width,
            target_shape=first.shape,
            others=found,
        )


class Growing:
    """A network that grows layer by layer, by what Hypothesis draws."""

    def __init__(self, draw: st.DrawFn, project: Project, inputs: Sequence[tuple[str, Values]], free: bool) -> None:
        self.draw, self.project, self.free = draw, project, free
        self.ends: list[End] = []
        for key, given in inputs:
            self.ends.append((self.add(key, given), "out"))
        self._planned: tuple[Project, Mapping[End, Flow]] | None = None

    def maybe(self, percent: int) -> bool:
        """Yes in so many of a hundred cases."""
        return self.draw(st.integers(0, 99)) >= 100 - percent

    def add(self, key: str, given: Values | None = None, **links: End) -> str:
        """A node more, reached by these ends; its id."""
        self.project, node = add(self.project, key, dict(given or {}))
        for place, end in links.items():
            self.project = edits.connect(self.project, Link(*end, node, place), ports_of)
        return node

    def flow(self, end: End) -> Flow:
        """What leaves at an end."""
        if self._planned is None or self._planned[0] is not self.project:
            steps = make_plan(self.project, None).steps
            flows = {(key, port): flow for key, step in steps.items() for port, flow in step.outputs.items()}
            self._planned = (self.project, flows)
        return self._planned[1].get(end, Flow())

    def layer(self) -> None:
        """One layer more, where it fits what is there; now and then also one that does not."""
        layer = LAYERS[self.draw(st.sampled_from(NAMES))]
        before, ends = self.project, list(self.ends)
        node = self._layer(layer)
        made = [(node, port.name) for port in layer.outputs] if node else []
        if made and (all(self.flow(end).shape is not None for end in made) or self.maybe(30)):
            too_large = any(prod(shape_of(self.flow(end))) > 600 for end in made)
            if not too_large:
                self.ends += made
                return
        self.project, self.ends = before, ends

    def _layer(self, layer: LayerType) -> str:
        wild = self.maybe(10)
        first = self.draw(st.sampled_from(self.ends)) if wild else None
        links: dict[str, End] = {}
        for port in layer.inputs:
            if port.optional and self.maybe(50):
                continue
            for number in range(1, self.draw(st.integers(2, 4)) if port.many else 2):
                lead = next(iter(links.values()), None)
                end = first or self._source(layer, port, lead)
                if end is None:
                    return ""
                links[f"{port.name}{number}" if port.many else port.name] = end
        flow = self.flow(next(iter(links.values()))) if links else Flow()
        given = self.draw(values(layer.key, BUILT_IN.fields_of(layer.key, {}), flow))
        states = [name for name in ("state", "cell") if name in links and not wild]
        for state in states:
            given["hidden_size"] = min(prod(shape_of(self.flow(links[state]))), MOST)
        for state in states:
            links[state] = (self.add("linear", {"out_features": given["hidden_size"]}, x=links[state]), "out")
        return self.add(layer.key, given, **links)

    def _source(self, layer: LayerType, port: Port, lead: End | None) -> End | None:
        """An end that suits a port of a layer whose first port takes from ``lead``; made where there is none."""
        flows = {end: self.flow(end) for end in self.ends}
        fits = [
            end
            for end, flow in flows.items()
            if flow.shape is not None and accepts(port.axes, flow.axes) and self._codes_fit(layer, flow)
        ]
        if lead is not None:
            leading = self.flow(lead)
            if port.name.endswith("mask"):
                return self._mask(shape_of(leading)[0])
            if port.name == "b" and layer.key == "matrix_product":
                return (self.add("permute", {"dims": (2, 1)}, x=lead), "out")
            if port.name not in ("memory", "state", "cell") and not self.maybe(15):
                fits = [end for end in [*fits, lead] if self.flow(end).shape == leading.shape]
        if fits:
            return self.draw(st.sampled_from(fits[-6:]))
        return self._made(layer, port)

    def _codes_fit(self, layer: LayerType, flow: Flow) -> bool:
        return bool(flow.codes) if layer.codes else not flow.codes or layer.takes_codes

    def _mask(self, length: int) -> End | None:
        """Where a mask of so many steps leaves."""
        for end in self.ends:
            if self.flow(end).shape == (length,) and self.project.graph.nodes[end[0]].type in (
                "mask_input",
                "mask_of_tokens",
                "mask_with_token",
            ):
                return end
        if not self.free:
            return None
        self.ends.append((self.add("mask_input", {"length": length}), "out"))
        return self.ends[-1]

    def _made(self, layer: LayerType, port: Port) -> End | None:
        """An end of a layout that the port takes, by way of a Linear and a Reshape."""
        if layer.codes:
            if not self.free:
                return None
            self.ends.append((self.add("codes_input", {"features": 3, "codes": 5}), "out"))
            return self.ends[-1]
        row = self.row()
        rank = len(self.draw(st.sampled_from(port.axes.split()))) if port.axes != "*" else 2
        if row is None or rank == 2:
            return row
        shape = tuple(self.draw(st.lists(st.integers(1, 4), min_size=rank - 1, max_size=rank - 1)))
        wide = (self.add("linear", {"out_features": prod(shape)}, x=row), "out")
        return (self.add("reshape", {"shape": shape}, x=wide), "out")

    def row(self) -> End | None:
        """An end that gives a row of numbers: one of those there, flattened."""
        usable = [end for end in self.ends if self.flow(end).shape is not None and not self.flow(end).codes]
        if not usable:
            texts = [end for end in self.ends if self.flow(end).codes]
            if not texts:
                return None
            given = {"num_embeddings": self.flow(texts[0]).codes, "embedding_dim": 3}
            usable = [(self.add("embedding", given, x=texts[0]), "out")]
        if self.maybe(6):
            return self.draw(st.sampled_from(self.ends))
        unknown = [end for end in self.ends if self.flow(end).shape is None]
        end = self.draw(st.sampled_from([*usable[-6:], *unknown]))
        return end if self.flow(end).axes == "NF" else (self.add("flatten", x=end), "out")

    def head(self, target: Target) -> str:
        """An output compared with ``target``, with layers before it that make it fit; its id, empty where none can."""
        loss = self.draw(st.sampled_from([loss for loss in LOSSES.values() if target.suits(loss)]))
        width = loss.output_width(1 if target.kind == "binary" else target.width) or self.draw(st.integers(1, 5))
        last = self._picture(target, width) if target.shape else self._answer(width)
        if last is None:
            return ""
        if loss.expects == "log_probabilities":
            last = (self.add("log_softmax", x=last), "out")
        given: dict[str, FieldValue] = {
            "loss": loss.key,
            "target": " ".join(target.names) if len(target.names) < 2 else target.names,
        }
        given |= {name: self.draw(any_value(field)) for name, field in loss.fields.items()}
        if self.maybe(30):
            given["loss_weight"] = self.draw(st.floats(0.125, 4.0))
        return self.add("output", given, x=last)

    def _picture(self, target: Target, width: int) -> End | None:
        usable = [end for end in self.ends if (self.flow(end).shape or ())[1:] == target.shape]
        if not usable:
            return None
        given = {"out_channels": width, "kernel_size": 1}
        return (self.add("conv2d", given, x=self.draw(st.sampled_from(usable))), "out")

    def _answer(self, width: int) -> End | None:
        rows = [row for _ in range(self.draw(st.integers(1, 3))) if (row := self.row()) is not None]
        if not rows:
            return None
        last = rows[0]
        if len(rows) > 1:
            last = (self.add("concatenate", **{f"x{n + 1}": row for n, row in enumerate(rows)}), "out")
        if self.maybe(5):
            return last
        return (self.add("linear", {"out_features": width}, x=last), "out")


@st.composite
def trainings(draw: st.DrawFn) -> Training:
    """Any optimizer with any of its fields, small batches and one epoch."""
    optimizer = OPTIMIZERS[draw(st.sampled_from(list(OPTIMIZERS)))]
    fields = {name: draw(st.just(kind.initial) | any_value(kind)) for name, kind in optimizer.fields.items()}
    wild = draw(st.integers(0, 99)) >= 95
    return Training(
        1,
        4,
        optimizer.key,
        draw(st.sampled_from([0.0005, 0.01, optimizer.learning_rate])),
        weight_decay=draw(st.sampled_from([0.0, 0.0, 0.01])) if optimizer.decay or wild else 0.0,
        l1=draw(st.sampled_from([0.0, 0.0, 0.001])) if not optimizer.step or wild else 0.0,
        optimizer_fields=fields,
        seed=draw(st.integers(0, 1000)),
        device="cpu",
    )


@st.composite
def networks(
    draw: st.DrawFn,
    inputs: Sequence[tuple[str, Values]] = ANY_INPUT,
    targets: Sequence[Target] = ANY_TARGET,
    project: Project | None = None,
    most_outputs: int = 3,
) -> Network:
    """A network of up to ten layers of any type with one to three inputs and outputs."""
    several = draw(st.lists(st.sampled_from(inputs), min_size=1, max_size=3)) if project is None else inputs
    growing = Growing(draw, project or Project(), several, project is None)
    for _ in range(draw(st.integers(1, 10))):
        growing.layer()
    wanted = draw(st.lists(st.sampled_from(targets), min_size=1, max_size=most_outputs))
    shapes = [shape[1:] for end in growing.ends if len(shape := shape_of(growing.flow(end))) == 3]
    if project is None and shapes and growing.maybe(30):
        kind, width = draw(st.sampled_from([("binary", 2), ("classes", 3)]))
        wanted = [Target(kind, width, shape=draw(st.sampled_from(shapes)))]
    heads = {node: target for target in wanted if (node := growing.head(target))}
    made = replace(growing.project, training=draw(trainings()))
    if project is None and growing.maybe(50):
        # the order in which nodes were added says nothing of how they hang together
        order = draw(st.permutations(list(made.graph.nodes)))
        made = replace(made, graph=replace(made.graph, nodes={key: made.graph.nodes[key] for key in order}))
    return Network(made, heads or {"": Target("number")})
