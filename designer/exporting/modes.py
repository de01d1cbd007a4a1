"""The texts of a script that depend on the way in which the network is trained."""

from __future__ import annotations

from designer.exporting.literals import call, literal
from designer.layers.catalog import mode_of
from designer.layers.modes import SUPERVISED
from designer.project.facts import Facts
from designer.project.model import Project
from designer.training.mode import arguments_of, disturbs
from designer.training.next_tokens import in_pieces, token_metrics


def function_text(project: Project, name: str) -> str:
    """The expression of a function of the runtime with the arguments that the project's mode gives it."""
    arguments = [f"{field}={literal(value)}" for field, value in arguments_of(project, name).items()]
    return f"partial({', '.join([name, *arguments])})" if arguments else name


def mode_arguments(project: Project) -> str:
    """The line of the call of ``fit`` that says what is compared, where it is not as usual."""
    return "        answer=answer,\n" if mode_of(project).answer != SUPERVISED.answer else ""


def answer_line(project: Project) -> str:
    """The line that says what the model makes of a batch, where it is not just its output."""
    mode = mode_of(project)
    return f"    answer = {function_text(project, mode.answer)}\n" if mode.answer != SUPERVISED.answer else ""


def answer_argument(project: Project) -> str:
    """The argument for ``evaluate`` that says so too."""
    return ", answer=answer" if mode_of(project).answer != SUPERVISED.answer else ""


def token_measure_text(project: Project, facts: Facts) -> str:
    """The line that makes what measures next tokens, a piece at a time where metrics allow that."""
    from designer.runtime.next_tokens import measured_rows

    functions = token_metrics(project)
    parts = ["loss", "{" + ", ".join(f"{literal(key)}: {function}" for key, function in functions.items()) + "}"]
    if not in_pieces(list(functions.values())):
        return call("measure = Measure(", parts, depth=1)
    return call("measure = TokenMeasure(", [*parts, f"rows={measured_rows(*facts.answer_shape)}"], depth=1)


def own_targets_text(project: Project) -> str:
    """The lines that make the inputs their own targets, where the network is trained to give them back."""
    mode = mode_of(project)
    if not mode.prepare:
        return ""
    prepare = function_text(project, mode.prepare)
    disturb = [function_text(project, mode.disturb)] if disturbs(project) else []
    lines = [
        call("train = with_own_targets(", ["train", prepare, *disturb], depth=1),
        call("validation = with_own_targets(", ["validation", prepare], depth=1),
        call("test = with_own_targets(", ["test", prepare], depth=1),
    ]
    return "\n".join(lines) + "\n"
