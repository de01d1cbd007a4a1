"""Random networks directly of PyTorch's operations: sums, views and layers of values of one shape, in any order."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Makes = Callable[..., Tensor]

# of one value, with the same shape
ALONE: dict[str, Makes] = {
    "relu": F.relu,
    "relu over itself": lambda x: F.relu(x * 1.0, inplace=True),
    "tanh": torch.tanh,
    "tanh over a sum": lambda x: (x + 0.5).tanh_(),
    "sigmoid": torch.sigmoid,
    "gelu": F.gelu,
    "gelu tanh": lambda x: F.gelu(x, approximate="tanh"),
    "silu": F.silu,
    "elu": F.elu,
    "leaky": F.leaky_relu,
    "softplus": F.softplus,
    "hard swish": F.hardswish,
    "threshold": lambda x: F.threshold(x, 0.1, 0.0),
    "clamp": lambda x: x.clamp(-1.0, 1.0),
    "abs": torch.abs,
    "minus": lambda x: -x,
    "twice": lambda x: x + x,
    "square": lambda x: x * x,
    "same twice": lambda x: torch.tanh(x) * torch.tanh(x),
    "own square": lambda x: (lambda y: y * y)(torch.sigmoid(x)),
    "own sum": lambda x: (lambda y: y + y)(F.relu(x)),
    "over": lambda x: x / (1 + x.square()),
    "softmax": lambda x: x.softmax(-1),
    "root": lambda x: x.abs().add(1e-3).sqrt(),
    "one over": lambda x: 1 / (x.abs() + 1),
    "exp": lambda x: torch.exp(-x.abs()),
    "layer norm": lambda x: F.layer_norm(x, x.shape[-1:]),
    "rms norm": lambda x: F.rms_norm(x, x.shape[-1:]),
    "mean less": lambda x: x - x.mean(-1, keepdim=True),
    "batch mean more": lambda x: x + x.mean(0),
    "times a share": lambda x: x * torch.sigmoid(x.mean(-1, keepdim=True)),
    "turned over": lambda x: x.flip(-1),
    "rolled": lambda x: x.roll(1, -1),
    "flat and back": lambda x: x.flatten(1).view(x.shape),
    "flat relu and back": lambda x: F.relu(x.flatten(1)).reshape(x.shape),
    "turned and back": lambda x: torch.tanh(x.transpose(0, -1)).transpose(0, -1),
    "turned": lambda x: x.transpose(0, -1).contiguous().transpose(0, -1),
    "cut and joined": lambda x: torch.cat([F.relu(x[..., :1]), x[..., 1:]], -1),
    "halves": lambda x: torch.cat([torch.tanh(each) for each in x.chunk(2, -1)], -1),
    "unsafe halves": lambda x: torch.cat([torch.sigmoid(each) for each in x.unsafe_chunk(2, -1)], -1),
    "stacked": lambda x: torch.stack([x, torch.tanh(x)]).sum(0),
    "first of the batch": lambda x: x + x[:1],
    "padded": lambda x: F.pad(x, (1, 1))[..., 1:-1],
    "masked": lambda x: x.masked_fill(x > 0.5, 0.25),
    "where": lambda x: torch.where(x.isnan(), torch.zeros_like(x), x),
    "to numbers": lambda x: torch.nan_to_num(x, 0.0, 1.0, -1.0),
    "cumulated": lambda x: x.cumsum(-1),
    "detached": lambda x: x + x.detach(),
    "by itself detached": lambda x: x * torch.tanh(x).detach(),
    "copied": lambda x: x.clone(),
    "viewed": lambda x: x.view_as(x),
    "noise": lambda x: x + 0.1 * torch.randn_like(x),
    "double": lambda x: torch.tanh(x.double()).float(),
    "half": lambda x: (x.bfloat16() * 2 + x.bfloat16()).float(),
    "sum of views": lambda x: (lambda y: y[:, None] + y.unsqueeze(1))(torch.relu(x)).squeeze(1),
    "given twice": lambda x: (lambda y: y.view(-1) + y.reshape(-1))(F.silu(x)).view(x.shape),
    "written into": lambda x: (lambda y: y.mul_(0.5).add_(x))(torch.sigmoid(x).clone()),
}
# of two values of this shape
BOTH: dict[str, Makes] = {
    "sum": lambda a, b: a + b,
    "more": lambda a, b: b + a,
    "product": lambda a, b: a * b,
    "difference": lambda a, b: a - b,
    "scaled sum": lambda a, b: torch.add(a, b, alpha=0.5),
    "sum of active": lambda a, b: F.relu(a) + torch.tanh(b),
    "sum and active": lambda a, b: F.relu(a + b),
    "gated": lambda a, b: torch.sigmoid(a) * torch.tanh(b),
    "residual": lambda a, b: a + F.gelu(a * b),
    "long sum": lambda a, b: a + b + torch.tanh(a) + torch.tanh(b) + a * b,
    "largest": torch.maximum,
    "either": lambda a, b: torch.where(a > b, a, b),
    "between": lambda a, b: torch.lerp(a, b, 0.3),
    "three": lambda a, b: torch.addcmul(a, a, b, value=0.5),
    "mean of the other": lambda a, b: a + b.mean(0, keepdim=True),
    "sum over": lambda a, b: (a * 1.5).add_(b),
    "product over": lambda a, b: (a + 1.5).mul_(torch.sigmoid(b)),
    "turned sum": lambda a, b: (F.relu(a).transpose(0, -1) + torch.tanh(b).transpose(0, -1)).transpose(0, -1),
    "expanded": lambda a, b: F.relu(a) + torch.tanh(b[:1]).expand(b.shape),
}
PICTURES: dict[str, Makes] = {
    "largest": lambda x: F.max_pool2d(x, 3, 1, 1),
    "relu and largest": lambda x: F.max_pool2d(F.relu(x), 3, 1, 1),
    "relu and smaller": lambda x: F.interpolate(F.max_pool2d(F.relu(x), 2, 2, 0, 1, True), x.shape[2:]),
    "relu seen twice": lambda x: (lambda y: F.max_pool2d(y, 3, 1, 1) + y)(F.relu(x)),
    "mean": lambda x: F.avg_pool2d(x, 3, 1, 1),
    "adaptive": lambda x: x * torch.sigmoid(F.adaptive_avg_pool2d(x, 1)),
    "channels last": lambda x: F.relu(x.contiguous(memory_format=torch.channels_last)),
    "shuffled": lambda x: F.pixel_unshuffle(F.interpolate(x, scale_factor=2), 2)[:, ::4],
    "places of the largest": lambda x: F.max_unpool2d(
        *(lambda found: (found[0] + 1, found[1]))(F.max_pool2d(F.relu(x), 1, 1, return_indices=True)), 1, 1
    ),
    "place of the largest": lambda x: (lambda found: found[0] + found[1] / 100)(
        F.max_pool2d(F.relu(x), 3, 1, 1, return_indices=True)
    ),
    "relu before its input is cut": lambda x: (lambda y: (F.relu(y), y.detach().clamp_(max=9.0)))(x * 2.0)[0],
    "dropped channels": lambda x: F.dropout2d(x, 0.3, True),
}
SHARES = (0.0, 1e-9, 0.1, 0.3, 0.5, 0.9, 1 - 1e-9, 1 - 2**-53, 1.0)


class Scaled(nn.Module):
    """A value times one parameter, plus another, each as large as one sample, its last axis or a single number."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.factor, self.offset = nn.Parameter(torch.randn(tuple(shape))), nn.Parameter(torch.randn(tuple(shape)))

    def forward(self, x: Tensor) -> Tensor:
        """With the shape of ``x``."""
        return x * self.factor + self.offset


class Shared(nn.Module):
    """A value times the sum of two parameters, whose gradients are therefore the same."""

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.first, self.second = nn.Parameter(torch.randn(tuple(shape))), nn.Parameter(torch.randn(tuple(shape)))

    def forward(self, x: Tensor) -> Tensor:
        """With the shape of ``x``."""
        return x * (self.first + self.second)


class Attending(nn.Module):
    """Steps (N, T, F) that look at one another, plus themselves."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(features, 1, dropout=0.2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        """With the shape of ``x``."""
        found: Tensor = self.attention(x, x, x, need_weights=False)[0]
        return x + found


class Recurrent(nn.Module):
    """Steps (N, T, F) as a recurrent layer tells them on."""

    def __init__(self, kind: Callable[..., nn.Module], features: int) -> None:
        super().__init__()
        self.layer = kind(features, features, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        """With the shape of ``x``."""
        found: Tensor = self.layer(x)[0]
        return found


def made_layer(chance: random.Random, shape: Sequence[int]) -> nn.Module:
    """A layer with parameters or buffers, or with chance, for samples of this shape, which it keeps."""
    last, first = shape[-1], shape[0]
    bias = chance.random() < 0.7
    norms = {
        "affine": chance.random() < 0.6,
        "momentum": 0.1 if chance.random() < 0.9 else None,
        "track_running_stats": chance.random() < 0.8,
    }
    found: list[Callable[[], nn.Module]] = [
        lambda: nn.Linear(last, last, bias=bias),
        lambda: nn.Linear(last, last, bias=bias),
        lambda: Scaled(chance.choice([shape, shape[-1:], (1,), ()])),
        lambda: Shared(chance.choice([shape, shape[-1:]])),
        lambda: nn.LayerNorm(last),
        lambda: nn.PReLU(),
        lambda: nn.Dropout(chance.choice(SHARES)),
        lambda: nn.Dropout(chance.choice(SHARES)),
        lambda: nn.AlphaDropout(0.2),
    ]
    if len(shape) == 1:
        found += [lambda: nn.BatchNorm1d(last, **norms)]
    if len(shape) == 2:
        kind = chance.choice([nn.GRU, nn.LSTM, nn.RNN])
        found += [lambda: Attending(last), lambda: Recurrent(kind, last), lambda: nn.Conv1d(first, first, 3, padding=1)]
    if len(shape) == 3:
        found = [
            *found[2:],
            *[lambda: nn.Conv2d(first, first, 3, padding=1, bias=bias)] * 3,
            lambda: nn.Conv2d(first, first, 3, padding=1, groups=first, padding_mode="circular"),
            *[lambda: nn.Sequential(nn.Conv2d(first, first, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 1, 1))] * 4,
            lambda: nn.Sequential(nn.BatchNorm2d(first), nn.ReLU(), nn.MaxPool2d(3, 1, 1)),
            *[lambda: nn.BatchNorm2d(first, **norms)] * 2,
            lambda: nn.GroupNorm(1, first),
        ]
    return chance.choice(found)()


@dataclass
class Place:
    """How a value is made: of the values at these places, by a function or by the layer of this number."""

    sources: tuple[int, ...]
    make: Makes | None = None
    layer: int = -1
    name: str = ""


@dataclass
class Plan:
    """How a network is made, and the values that are its outputs."""

    places: list[Place] = field(default_factory=list)
    outputs: dict[str, int] = field(default_factory=dict)


class RandomTensors(nn.Module):
    """A network of so many values of samples of this ``shape``; value 0 is its input. Layers may be used again."""

    def __init__(self, chance: random.Random, shape: Sequence[int], size: int) -> None:
        super().__init__()
        self.layers, self.plan = nn.ModuleList(), Plan()
        alone = list(ALONE.items()) + (list(PICTURES.items()) * 3 if len(shape) == 3 else [])
        for count in range(1, size):
            # mostly of the last ones, so that networks become deep
            sources = [max(chance.randrange(count), chance.randrange(count)) for _ in range(2)]
            kind = chance.random()
            if kind < 0.35:
                if kind < 0.05 and len(self.layers):
                    number = chance.randrange(len(self.layers))
                else:
                    number = len(self.layers)
                    self.layers.append(made_layer(chance, shape))
                self.plan.places.append(Place((sources[0],), layer=number, name=str(self.layers[number])))
            elif kind < 0.65:
                name, make = chance.choice(list(BOTH.items()))
                self.plan.places.append(Place((sources[0], sources[1]), make, name=name))
            else:
                name, make = chance.choice(alone)
                self.plan.places.append(Place((sources[0],), make, name=name))
        self.head = nn.Linear(shape[-1], shape[-1])
        ends = [size - 1, *[chance.randrange(size) for _ in range(chance.choice([0, 0, 1, 2]))]]
        self.plan.outputs = {f"out_{number}": place for number, place in enumerate(ends)}
        self.headless = chance.random() < 0.3
        self._thin_out(chance, ends)

    def _thin_out(self, chance: random.Random, ends: Sequence[int]) -> None:
        """Leave out what no output hangs on, but for some of what has no parameters, and freeze a few layers."""
        live = set(ends)
        for place in range(len(self.plan.places), 0, -1):
            made = self.plan.places[place - 1]
            bare = made.layer < 0 or not list(self.layers[made.layer].parameters())
            if place in live or (bare and chance.random() < 0.1):
                live |= set(made.sources)
                live.add(place)
            else:
                self.plan.places[place - 1] = Place((0,), lambda x: x)
        kept = {made.layer for made in self.plan.places}
        for number, layer in enumerate(self.layers):
            if number not in kept:
                self.layers[number] = nn.Identity()
            elif chance.random() < 0.1:
                layer.requires_grad_(False)
        if self.headless:
            self.head.requires_grad_(False)

    def forward(self, x: Tensor) -> dict[str, Tensor]:
        """The outputs by name, all of the shape of ``x`` (N, …)."""
        values = [x]
        for made in self.plan.places:
            work = self.layers[made.layer] if made.layer >= 0 else made.make
            assert work is not None
            values.append(work(*[values[source] for source in made.sources]))
        found = {name: values[place] for name, place in self.plan.outputs.items()}
        if not self.headless:
            found["out_0"] = self.head(found["out_0"])
        return found

    def told(self) -> str:
        """The network, to be read: a line for each value."""
        lines = [f"{place}: {made.name} of {made.sources}" for place, made in enumerate(self.plan.places, start=1)]
        return "\n".join([*[line for line in lines if ":  of" not in line], str(self.plan.outputs)])
