"""The texts of a script that let several processes train together, where the project allows for that."""

from __future__ import annotations

from designer.exporting.literals import literal
from designer.project.model import Project
from designer.training.agreeing import why_alone

AMONG = "    network, parts, whole_loss, whole_measure = among_processes(model, (train, validation), loss, measure)\n"


def joining_line(project: Project) -> str:
    """The line that meets the other processes, or refuses them."""
    why = why_alone(project)
    return f"    join_processes({literal(why) if why else ''})\n"


def among_line(project: Project) -> str:
    """The line that makes of model, parts, loss and measure what processes share; none where one trains alone."""
    return "" if why_alone(project) else AMONG


def fit_arguments(project: Project) -> tuple[str, str, str]:
    """What ``fit`` is called with: the lines of its model and parts, and the names of its loss and its measure."""
    if why_alone(project):
        return "        model,\n        train,\n        validation,\n", "loss", "measure"
    return "        network,\n        *parts,\n", "whole_loss", "whole_measure"
