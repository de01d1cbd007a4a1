"""What a person can ask of Layerloom beside editing, one function each, for window and command line alike."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from designer.project.errors import LayerloomError, ProjectError
from designer.project.facts import Facts
from designer.project.file import load_project, save_project
from designer.project.json_object import object_in
from designer.project.model import ImageData, Project, TableData
from designer.project.picture_tables import as_table
from designer.project.terminal import as_typed
from designer.runtime.errors import DataError
from designer.training.run_files import COPY_NAME
from designer.training.steering import refuse_alive
from designer.workspace.analysis import analysed
from designer.workspace.runs import (
    WAITING,
    discard_unbegun,
    given_run_folder,
    has_begun,
    is_finished,
    is_interrupted,
    is_run,
    is_waiting,
    latest_run,
    list_runs,
    new_run_folder,
    runs_folder,
)
from designer.workspace.samples import copy_sample as copy_sample
from designer.workspace.samples import samples as samples
from designer.workspace.settings import set_setting as set_setting
from designer.workspace.settings import set_settings
from designer.workspace.trained_copy import save_trained_copy, with_data_found

Format: TypeAlias = Literal["script", "model", "weights", "svg", "png"]

if TYPE_CHECKING:
    from designer.compiler.report import Analysis
    from designer.importing.examine import Examined
    from designer.importing.new import NewProject
    from designer.importing.sniff import Sniffed
    from designer.training.forecast import Forecast
    from designer.training.overfit import Loss, Verdict
    from designer.training.predict import Predictions
    from designer.training.texts_seen import TextInput, TextsSeen

FORMATS: tuple[Format, ...] = ("script", "model", "weights", "svg", "png")
# how long a training that is over waits for room to be written down where nobody may be there to make it
ROOM_SECONDS = 60.0
LATER_FORMATS = ("notebook", "onnx", "pt2")


def new(
    data: Path,
    target: str | None,
    template: str,
    out: Path,
    overwrite: bool = False,
    settings: Iterable[str] = (),
    sheet: str = "",
) -> NewProject:
    """Make a project for a table or a folder of images and save it as ``out``; answers it with notes on what was found.

    ``template`` is the key of a kind of network, empty for the usual one, and ``settings`` set its fields; ``sheet`` is
    one of several sheets or tables of a file, empty for the largest. What is gravely wrong with a table, such as a
    column that gives the target away, is among the notes.

    Raises DataError where the data cannot be read, ProjectError where ``out`` exists (unless ``overwrite``).
    """
    from designer.importing.new import draft_project

    refuse_to_save(out, overwrite)
    return save_new(draft_project(data, target, out, template, settings=settings, sheet=sheet), out)


def refuse_to_save(out: Path, overwrite: bool) -> None:
    """Raise a ProjectError where a new project cannot be saved as ``out``."""
    if out.exists() and not overwrite:
        raise ProjectError(f"{out} exists already and may hold somebody's work; name another file with -o")
    if not out.resolve().parent.is_dir():
        raise ProjectError(f"{out.parent}: there is no such folder to save the project in")


def save_new(made: NewProject, out: Path) -> NewProject:
    """Save a project just made as ``out``; answers it with notes on what is gravely wrong with its data."""
    save_project(made.project, out)
    return replace(made, notes=(*made.notes, *_grave_notes(made.project, out.resolve().parent)))


def _grave_notes(project: Project, base: Path) -> tuple[str, ...]:
    """What spoils learning from a table or measuring it: columns that give the answer away, ids, a wrong split."""
    from designer.importing.data_warnings import important_notes
    from designer.importing.examine import examine
    from designer.importing.image_profile import repeated_of
    from designer.importing.warnings_images import repeated_pictures

    data = project.data
    told: tuple[str, ...] = ()
    if isinstance(data, ImageData):
        told = important_notes(repeated_pictures(repeated_of(data, base, project), data))
    if isinstance(data, ImageData) and data.layout == "table":
        table = as_table(data)
        columns = tuple(column for column in table.columns if column.kind != "image")
        project = replace(project, data=replace(table, columns=columns))
        data = project.data
    # the rows of files that are one sample each are not looked through, and one text has none
    looked = isinstance(data, TableData) and data.samples not in ("files", "tokens")
    return (*told, *important_notes(examine(project, base).warnings)) if looked else told


def profile(
    path: Path,
    target: str | None = None,
    progress: Callable[[float], None] = lambda share: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Examined:
    """What a table, a folder of pictures or a project's data holds, and the warnings that follow from it.

    ``target`` names the column to predict of a file, else the likeliest is taken; a project has its own. ``progress``
    is told shares from 0 to 1; once ``cancelled`` says so, ``Cancelled`` is raised. Raises LayerloomError, DataError.
    """
    from designer.importing.examine import examine, examine_file

    if path.suffix != ".loom":
        return examine_file(path, target, progress, cancelled)
    if target is not None:
        raise ProjectError(f"{path} says itself what is predicted; leave out --target, or name its data instead")
    return examine(load_project(path), path.resolve().parent, progress, cancelled)


def texts(project: Project, base: Path) -> list[tuple[TextInput, TextsSeen]]:
    """What the text inputs of a project make of its columns of text: tokens, lengths, what is unknown."""
    from designer.training.errors import in_words
    from designer.training.texts_seen import texts_seen

    with in_words():
        return texts_seen(project, base)


def read_facts(project: Project, base: Path) -> Facts | None:
    """What the data says, read and split as for training; None where the project has no data. Raises LayerloomError."""
    if project.data is None:
        return None
    from designer.training.prepare import facts_of

    return facts_of(project, base)


def check(project: Project | Path, base: Path | None = None) -> tuple[Analysis, Facts | None]:
    """All that the compiler says of a project, its data taken into account.

    Data that cannot be read is a problem of the project like any other.
    """
    if not isinstance(project, Project):
        base = project.resolve().parent
        project = load_project(project)
    try:
        facts = read_facts(project, base or Path.cwd())
    except (LayerloomError, DataError) as error:
        return analysed(project, None, unreadable=str(error)), None
    return analysed(project, facts), facts


@dataclass(frozen=True)
class Job:
    """A run about to begin or to go on: the project as it is kept with the run, and where."""

    project: Project
    folder: Path
    resume: bool


def prepare_run(
    project_path: Path, settings: tuple[str, ...] = (), resume: bool = False, run: Path | None = None
) -> Job:
    """Make or find the run folder and put a copy of the project, with ``settings`` applied, into it.

    With ``resume`` the run's own project goes on: the newest of this project, or ``run``. Raises ProjectError.
    """
    if not resume:
        project = set_settings(load_project(project_path), settings)
        folder = given_run_folder(run) if run is not None else new_run_folder(project_path)
        try:
            copy = save_trained_copy(project, project_path.resolve().parent, folder)
            return Job(load_project(copy), copy.parent, resume)
        except BaseException:
            discard_unbegun(folder)
            raise
    folder = run if run is not None else newest_run(project_path)
    refuse_alive(folder)
    if not has_begun(folder):
        ready = f"has not begun; train it by layerloom queue {as_typed([str(folder)])}" if is_run(folder) else ""
        raise ProjectError(f"{folder} {ready or 'is no run to go on with; leave out --resume to start a new one'}")
    if is_finished(folder) and not settings:
        raise ProjectError(
            f"the run {folder.name} is finished; leave out --resume to start a new one, or give more --epochs"
            + ("" if run is not None else _interrupted_words(project_path))
        )
    # its copy takes the settings over once it goes on with them, which may be refused
    project = with_data_found(load_project(folder / COPY_NAME), folder.resolve(), project_path)
    job = Job(set_settings(project, settings), folder.resolve(), resume)
    if is_finished(folder):
        _refuse_to_train_nothing(folder, job.project)
    # one that waited in the queue has its turn now
    (folder / WAITING).unlink(missing_ok=True)
    return job


def _refuse_to_train_nothing(run: Path, project: Project) -> None:
    """Raise a ProjectError where a finished run would make no step with the settings of ``project``."""
    from designer.training.checkpoint import POSITION
    from designer.training.history import last_epoch

    training, done = project.training, last_epoch(run)
    if training.epochs <= done:
        raise ProjectError(
            f"the run {run.name} is finished after {done:,} epochs, so that nothing would be trained with"
            f" {training.epochs:,} epochs in all; give more --epochs than it has"
        )
    position = object_in(run / POSITION)
    try:
        place = int(position["epoch"]), int(position.get("step", 0)), dict(position["settings"])
    except (KeyError, TypeError, ValueError):
        # what is wrong with its checkpoint is said as it goes on
        return
    from designer.training.at_once import stops_at_once

    if stops_at_once(run, *place, project):
        raise ProjectError(
            f"the run {run.name} was stopped early after {done:,} epochs and would be so again at once, so that nothing"
            " would be trained; set training.patience higher, or to 0, or give other --epochs, from which patience"
            " counts anew"
        )


def _interrupted_words(project_path: Path) -> str:
    """Which run of a project, whose newest one is finished, can be gone on with: a sentence behind others, or none."""
    found = [run for run in list_runs(project_path) if is_interrupted(run) and not is_waiting(run)]
    return f". One was interrupted: go on with it by --run {as_typed([str(found[-1])])}" if found else ""


def newest_run(project_path: Path) -> Path:
    """The run that ``resume`` takes where none is named; ProjectError where there is none."""
    runs = [run for run in list_runs(project_path) if has_begun(run) and not is_waiting(run)]
    if not runs:
        raise ProjectError(f"{project_path} has no run to go on with; leave out --resume to start one")
    return runs[-1]


def train(job: Job, room_seconds: float = ROOM_SECONDS) -> Generator[Any, None, None]:
    """Train in this process: the stream of events, which leaves its record in the run folder and heeds its orders.

    Where it cannot be written down in the end, it is tried again for ``room_seconds``.
    """
    from designer.runtime.distributed import process_count

    if process_count() > 1:
        from designer.training.processes import lead

        yield from lead(job.project, job.folder, job.folder, job.resume, room_seconds)
        return
    from designer.training.steered import steered
    from designer.training.steering import Steering

    yield from steered(job.project, job.folder, job.folder, job.resume, Steering(), room_seconds)


def forecast(project_path: Path, settings: tuple[str, ...] = ()) -> Forecast:
    """What training the project, with ``settings`` applied, will take: found by training for a second or two."""
    from designer.training.forecast import forecast as forecast_training

    project = set_settings(load_project(project_path), settings)
    return forecast_training(project, project_path.resolve().parent, runs_folder(project_path.resolve()) / "next")


def overfit(project_path: Path, settings: tuple[str, ...] = (), steps: int = 300) -> Iterator[Loss | Verdict]:
    """Let a copy of the project's network learn one batch by heart: the losses, then whether it can learn."""
    from designer.training.overfit import overfit as overfit_batch

    yield from overfit_batch(set_settings(load_project(project_path), settings), project_path.resolve().parent, steps)


def find_run(path: Path) -> Path:
    """The run that is meant by a run folder or, for a project, its latest run. Raises ProjectError."""
    if is_run(path):
        return path
    if path.is_file():
        latest = latest_run(path)
        if latest is None:
            raise ProjectError(f"{path} has not been trained yet; train it first, then name the run")
        return latest
    if not path.exists():
        raise ProjectError(f"{path}: there is no such run")
    raise ProjectError(f"{path} is no run: a run is a folder such as NAME.runs/2026-01-31-001 with a {COPY_NAME} in it")


def evaluate(run: Path, data: Path | None = None) -> dict[str, Any]:
    """The metrics of a run's weights on its own parts or on other data."""
    from designer.training.results import evaluate_run

    return evaluate_run(find_run(run), data)


def predict(run: Path, data: Path, out: Path, say: Callable[[str], object] | None = None, latent: bool = False) -> int:
    """Write what a run's weights say to each row or picture of ``data`` into the table ``out``; answers how many.

    With ``latent`` it is what the narrow middle of an autoencoder holds. What is odd in the data is told to ``say``.
    """
    from designer.training.predict import predict_run

    return predict_run(find_run(run), data, out, say, latent)


def predictions(
    run: Path, data: Path, masks: Path, latent: bool = False, tell: Callable[[float], object] = lambda share: None
) -> Predictions:
    """What ``predict`` writes, to be looked at first; ``save_predictions`` writes it then, with the same bytes.

    Masks are put into the folder ``masks``. ``tell`` hears the share that is done, and may raise what ends it.
    """
    from designer.training.predict import predictions_of

    return predictions_of(find_run(run), data, masks, latent, tell)


def save_predictions(found: Predictions, out: Path) -> int:
    """Write predictions into the table ``out``; answers how many rows or pictures there are. Raises LayerloomError."""
    from designer.training.predict import write_predictions

    return write_predictions(found, out)


def written_text(
    run: Path, prompt: str, count: int, temperature: float, likeliest: int = 0, seed: int = 0
) -> tuple[str, int]:
    """What a run's network writes after ``prompt``: ``count`` tokens; and how many of the prompt it does not know.

    The arguments are as in ``Wish``. Raises LayerloomError where the run has learned something else.
    """
    from designer.training.writing import Wish, writer_of

    writer = writer_of(find_run(run))
    return writer.text(Wish(prompt, count, temperature, likeliest, seed)), writer.unknown(prompt)


def generate(run: Path, count: int, seed: int, out: Path, say: Callable[[str], object] = lambda note: None) -> int:
    """Write new samples that a run's generator makes to ``out``: a table, a sheet of pictures or a folder; how many.

    What is to be known of them is told to ``say``. Raises LayerloomError where the run makes none.
    """
    from designer.training.generate import generate_run

    return generate_run(find_run(run), count, seed, out, say)


def export(source: Path, to: Format, out: Path, fast: bool = False) -> Path:
    """Write a project or a run as ``to``, one of ``FORMATS``, into the file ``out``; answers its path.

    The weights of a project are those of its latest run. A ``fast`` script has the fast step in it. Raises
    LayerloomError where something forbids the export.
    """
    if to not in FORMATS:
        raise ValueError(f"no such format: {to}")
    if not source.exists():
        raise ProjectError(f"{source}: there is no such project or run")
    if not out.resolve().parent.is_dir():
        raise ProjectError(f"{out.parent}: there is no such folder to write to")
    from designer.exporting.export import export as export_file

    export_file(find_run(source) if to == "weights" else source, to, out, fast)
    return out


def preview_table(path: Path, sheet: str = "") -> Sniffed:
    """How a table is read, its columns and its first rows; ``sheet`` is one of several. Raises DataError."""
    from designer.importing.sniff import sniff_table

    return sniff_table(path, sheet=sheet)
