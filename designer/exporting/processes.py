"""The texts of a script that let several processes train together, where the project allows for that."""

from __future__ import annotations

from designer.compiler.report import ModelSource
from designer.exporting.abilities import averaged_lines, judged_model
from designer.exporting.literals import call, literal
from designer.exporting.schedules import scheduled_line
from designer.layers.catalog import mode_of
from designer.project.model import Project, Training
from designer.training.abilities import NORMS
from designer.training.agreeing import why_alone

# how the line begins with which a script shares its network, and the one that says which epoch it goes on after
SHARED = "    network = among_processes(model"
GONE_ON = "        start=len(restart.past),\n"


def joining_line(project: Project) -> str:
    """The line that meets the other processes, or refuses them."""
    why = why_alone(project)
    return f"{call('refuse_processes(', [literal(why)], depth=1)}\n" if why else "    join_processes()\n"


def sharing_lines(project: Project, source: ModelSource, out: str) -> str:
    """The lines that share the network among processes, and those that let them go on where they were started again.

    ``out`` is the expression of the file that the weights are written to. Where one process trains alone there are
    none.
    """
    if why_alone(project):
        return ""
    norms = "    normalize_together(network)\n" if NORMS in source.text or project.layers else ""
    states = ", ".join(f'"{name}": {name}' for name in _states(project.training))
    restart = call("restart = Restart(", [out, judged_model(project.training), f"{{{states}}}"], depth=1)
    shared = f"{SHARED}{', rivals=True' if mode_of(project).rivals else ''})\n"
    return f"{shared}{norms}{restart}\n"


def _states(training: Training) -> list[str]:
    """The names of all that changes while the script trains."""
    more = {
        "scheduler": training.schedules,
        "average": training.average != "none",
        "scaler": training.precision == "float16",
    }
    return ["model", "optimizer", *(name for name, used in more.items() if used)]


def fitted_model(project: Project) -> str:
    """The name of what ``fit`` trains."""
    return "model" if why_alone(project) else "network"


def start_argument(project: Project) -> str:
    """The line of the call of ``fit`` that says which epoch it goes on after."""
    return "" if why_alone(project) else GONE_ON


def followed_lines(project: Project, source: ModelSource) -> str:
    """The lines of what follows the stream of events.

    All processes judge by the same figures, where the training goes by them; rates and averages change; the weights are
    watched for nonsense, and the checkpoint is kept up to date.
    """
    training = project.training
    decides = bool(training.patience or training.schedules) and not why_alone(project)
    agreed = "    events = as_first_process(events)\n" if decides else ""
    return f"{agreed}{scheduled_line(training)}{averaged_lines(project, source)}{_checked_lines(project)}"


def _checked_lines(project: Project) -> str:
    """The lines that watch the weights for nonsense, and keep the checkpoint up to date."""
    kept = "" if why_alone(project) else "    events = restart.kept(events)\n"
    return f"    events = stop_if_not_finite(events, model)\n{kept}"


def best_argument(project: Project) -> str:
    """The argument of ``keep_best`` that holds the best weights, which the checkpoint keeps."""
    return "" if why_alone(project) else ", restart.best"


def saving_lines(project: Project, out: str) -> str:
    """The lines that write the weights to the file that the expression ``out`` says, and clear the checkpoint away."""
    if why_alone(project):
        return f"    save_weights(model, {out})\n"
    cleared = "        restart.path.unlink(missing_ok=True)\n"
    return f"    if is_first_process():\n        save_weights(model, {out})\n{cleared}"
