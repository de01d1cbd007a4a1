"""What an autoencoder gives back, in the units of the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designer.layers.catalog import LOSSES, mode_of
from designer.project.model import Project
from designer.training.chosen import chosen_loss
from designer.training.own_units import own_columns, pixel_table_of

if TYPE_CHECKING:
    from torch import Tensor

WORD = "restored"


def gives_back(project: Project) -> bool:
    """Whether the network gives its input back."""
    return mode_of(project).key == "autoencoder"


def point_of(project: Project) -> str:
    """The function that makes values of scores where the loss takes these: its name; empty where there is none."""
    loss = LOSSES.get(chosen_loss(project))
    scores = loss is not None and loss.built_in == "sigmoid" and mode_of(project).targets == "inputs"
    return "torch.sigmoid" if scores and not mode_of(project).loss else ""


def restored(project: Project, output: Tensor) -> Tensor:
    """The input as the network gives it back, in the units that the network takes."""
    return output.sigmoid() if point_of(project) else output


def restored_columns(project: Project, output: Tensor, preparation: Mapping[str, Any]) -> dict[str, list[Any]]:
    """A column for each of the data in its own units; what has no way back stays as the network takes it."""
    values = restored(project, output).cpu().numpy()
    if values.ndim == 4 and "image" in preparation:
        found = pixel_table_of(values, preparation["image"])
    elif values.ndim == 2 and "features" in preparation:
        found = own_columns(values, preparation["features"]).columns
    else:
        rows = values.reshape(len(values), -1)
        return {f"{WORD}_{place + 1}": rows[:, place].tolist() for place in range(rows.shape[1])}
    return {f"{WORD}_{name}": cells for name, cells in found.items()}


def without_way_back(project: Project, preparation: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns that stay as the network takes them."""
    import numpy as np

    # of a picture and columns beside it the picture is what is given back
    if not gives_back(project) or "features" not in preparation or "image" in preparation:
        return ()
    from designer.training.columns import feature_names

    return own_columns(np.zeros((1, len(feature_names(preparation)))), preparation["features"]).prepared
