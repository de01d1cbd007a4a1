"""Parameters in groups that learn at rates of their own."""

from __future__ import annotations

from typing import Any

from torch import nn


def parameter_groups(model: nn.Module, factors: dict[str, float], lr: float) -> list[dict[str, Any]]:
    """The parameters of ``model`` that learn, in groups by learning rate: ``lr`` times the factor of their module.

    ``factors`` leads from names of modules, in which ``*`` stands for any number, to factors; the others have 1.
    """
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            found = [factor for module, factor in factors.items() if lies_within(name, module)]
            groups.setdefault(found[0] if found else 1.0, []).append(parameter)
    return [{"params": parameters, "lr": factor * lr} for factor, parameters in groups.items()]


def lies_within(name: str, module: str) -> bool:
    """Whether the parameter ``name`` belongs to the module, in whose name ``*`` stands for any one part."""
    parts, wanted = name.split("."), module.split(".")
    return len(parts) > len(wanted) and all(want in ("*", part) for part, want in zip(parts, wanted, strict=False))
