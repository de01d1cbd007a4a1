"""The arguments that the command line takes."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from designer.cli.arguments import add_events, add_json, add_settings, add_trust, whole
from designer.cli.parser_ahead import add_ahead
from designer.cli.parser_rates import add_rates
from designer.cli.parser_several import add_several
from designer.workspace.orders import ORDERS
from designer.workspace.verbs import FORMATS, LATER_FORMATS

COMMANDS = (
    "new", "data", "check", "train", "sweep", "order", "queue", "fork", "runs", "evaluate", "predict", "generate",
    "export", "layers", "blocks", "templates", "samples", "recover", "find-lr", "schedule", "forecast", "overfit",
)  # fmt: skip

MOST_MADE, HOTTEST = 1_000_000, 100.0

_Command = argparse.ArgumentParser


class Parser(argparse.ArgumentParser):
    """Speaks of wrong usage in one line and ends with status 2."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how to learn more."""
        self.exit(2, f"{self.prog}: {message}\nSee: {self.prog} --help\n")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands; the app itself, which has none, is not its business."""
    parser = Parser(
        prog="layerloom",
        usage="layerloom [PROJECT] | layerloom COMMAND …",
        description="Draw a neural network, train it, and take away weights and Python code."
        " Without a command the app opens, with PROJECT if one is given.",
        epilog="layerloom COMMAND --help says more of a command."
        " Exit status: 0 done, 1 a problem with the project, data or run, 2 wrong usage, 130 interrupted.",
    )
    parser.add_argument("--version", action="store_true", help="show the version and end")
    commands = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", prog="layerloom", parser_class=Parser
    )

    def command(name: str, help: str) -> _Command:
        return commands.add_parser(name, help=help, description=help, allow_abbrev=False)

    _add_new(command)
    _add_data(command)
    _add_check(command)
    _add_train(command)
    _add_order(command)
    add_several(command)
    add_rates(command)
    add_ahead(command)
    _add_results(command)
    _add_export(command)
    _add_lists(command)
    return parser


def wrong_command(word: str) -> str | None:
    """Why ``word`` is no project to open but a mistyped command; None where it looks like a file."""
    path = Path(word)
    if path.suffix or path.exists() or path.parent != Path():
        return None
    close = difflib.get_close_matches(word, COMMANDS, n=1)
    hint = f"did you mean “{close[0]}”?" if close else f"commands are {', '.join(COMMANDS)}"
    return f"there is no command and no file “{word}”; {hint}"


def _add_new(command: Callable[[str, str], _Command]) -> None:
    new = command("new", "make a project for a table (CSV, TSV, also .gz) or a folder of images")
    new.add_argument("data", metavar="DATA", type=Path, help="the table, or a folder with one folder of images a class")
    new.add_argument("--target", metavar="COL", help="the column to predict (tables)")
    new.add_argument(
        "--sheet",
        metavar="NAME",
        default="",
        help="which sheet of a workbook, or table of a database (default: the largest)",
    )
    new.add_argument(
        "--template", metavar="KEY", default="", help="begin with another network than the usual one: see templates"
    )
    new.add_argument(
        "--set",
        metavar="template.FIELD=VALUE",
        action="append",
        default=[],
        help="change a number of the template: template.layers=3, template.width=128",
    )
    new.add_argument(
        "-o", "--output", metavar="PROJECT", type=Path, help="the project file (default: DATA's name + .loom)"
    )
    new.add_argument("--force", action="store_true", help="overwrite a project file that is there already")
    add_json(new)


def _add_data(command: Callable[[str, str], _Command]) -> None:
    data = command(
        "data", "show what each column or class of data holds and what is done to it, and warn of what is odd"
    )
    data.add_argument("data", metavar="FILE_OR_PROJECT", type=Path, help="a table, a folder of images, or a project")
    data.add_argument("--target", metavar="COL", help="the column to predict (tables; default: the likeliest)")
    add_json(data)


def _add_check(command: Callable[[str, str], _Command]) -> None:
    check = command("check", "list a project's problems and its layers with output shapes and parameters")
    check.add_argument("project", metavar="PROJECT", type=Path)
    add_trust(check)
    add_json(check)


def _add_train(command: Callable[[str, str], _Command]) -> None:
    train = command("train", "train a project; the record goes to NAME.runs beside it")
    train.add_argument("project", metavar="PROJECT", type=Path, nargs="?")
    train.add_argument("--epochs", metavar="N", help="instead of the project's own")
    train.add_argument("--seed", metavar="S", help="instead of the project's own")
    train.add_argument("--device", choices=("auto", "cpu", "cuda", "mps"), help="instead of the project's own")
    train.add_argument("--folds", metavar="K", help="train K times, each tested with another fold of the data")
    train.add_argument(
        "--resume",
        action="store_true",
        help="go on with the last run, or with --run DIR; with more --epochs a schedule that has the rest of the epochs"
        " is spread over the longer rest",
    )
    add_settings(
        train,
        "change a setting for this run: training.learning_rate=0.01, data.split.test=0.2, conv1.out_channels=16,"
        ' training.schedules="linear:5, step(step_size=10, gamma=0.5)"',
    )
    train.add_argument("--run", metavar="DIR", type=Path, help="the folder for the run's record")
    train.add_argument(
        "--attach",
        metavar="RUN",
        type=Path,
        help="follow a run that is being trained already, or a project's; Ctrl-C leaves it running",
    )
    add_events(train)
    add_trust(train)
    add_json(train)


def _add_order(command: Callable[[str, str], _Command]) -> None:
    order = command("order", "ask something of a run while it is being trained, by whichever window or command")
    order.add_argument("run", metavar="RUN", type=Path, help="a run's folder, or a project for the one being trained")
    order.add_argument("word", metavar="WORD", choices=tuple(ORDERS), help="one of " + ", ".join(ORDERS))
    order.add_argument(
        "values",
        metavar="VALUE",
        nargs="*",
        help="extend: how many more epochs, also of a run that is over (a schedule that has the rest of the epochs is"
        " then spread over the longer rest; what that makes of the learning rate is said first);"
        " set: training.learning_rate=0.001 …",
    )
    add_trust(order)
    add_json(order)


def _add_results(command: Callable[[str, str], _Command]) -> None:
    evaluate = command("evaluate", "measure a run's weights on its own data or on other data")
    evaluate.add_argument("run", metavar="RUN", type=Path, help="a run's folder, or a project for its latest run")
    evaluate.add_argument("--data", metavar="FILE", type=Path, help="other data with the same columns")
    add_trust(evaluate)
    add_json(evaluate)
    predict = command("predict", "let a run's weights predict the rows of a table or the images of a folder")
    predict.add_argument("run", metavar="RUN", type=Path, help="a run's folder, or a project for its latest run")
    predict.add_argument("data", metavar="DATA", type=Path)
    predict.add_argument(
        "-o", "--output", metavar="OUT.csv", type=Path, help="the table to write (default: standard output)"
    )
    predict.add_argument(
        "--latent", action="store_true", help="of an autoencoder: what its narrow middle holds, instead of the input"
    )
    add_trust(predict)
    count = whole(0, MOST_MADE)
    generate = command("generate", "let a run's network make something itself: a text, or new samples of a GAN")
    generate.add_argument("run", metavar="RUN", type=Path, help="a run's folder, or a project for its latest run")
    generate.add_argument("--prompt", metavar="TEXT", default="", help="what a text goes on from")
    generate.add_argument("--length", metavar="N", type=count, default=400, help="tokens to write (default: 400)")
    generate.add_argument(
        "--temperature",
        metavar="T",
        type=_temperature,
        default=0.8,
        help="0: always the likeliest token; 1: as the network expects them; above: bolder (default: 0.8)",
    )
    generate.add_argument(
        "--likeliest",
        metavar="K",
        type=count,
        default=0,
        help="draw of the K likeliest tokens alone (default: all)",
    )
    generate.add_argument("--seed", metavar="S", type=count, default=0, help="the same seed makes the same")
    generate.add_argument("--count", metavar="N", type=count, default=64, help="samples to make (default: 64)")
    generate.add_argument(
        "-o",
        "--output",
        metavar="OUT",
        type=Path,
        help="where samples go: a table OUT.csv; of pictures also a sheet OUT.png or a folder (default: a table here)",
    )
    add_trust(generate)
    add_json(generate)


def _temperature(word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= HOTTEST:
        raise argparse.ArgumentTypeError(f"“{word}” is no number from 0 to {HOTTEST:g}")
    return value


def _add_export(command: Callable[[str, str], _Command]) -> None:
    export = command("export", "write a project or run as a script, a model, weights or a picture")
    export.add_argument("source", metavar="PROJECT_OR_RUN", type=Path)
    export.add_argument(
        "--to", metavar="{" + ",".join(FORMATS) + "}", type=_export_format, required=True, help="what to write"
    )
    export.add_argument("-o", "--output", metavar="OUT", type=Path, required=True, help="the file to write")
    export.add_argument(
        "--fast",
        action="store_true",
        help="a script with the fast step in it: small networks train several times faster, to the same weights, but "
        "the script is a thousand lines longer",
    )
    add_trust(export)


def _export_format(word: str) -> str:
    if word in LATER_FORMATS:
        raise argparse.ArgumentTypeError(f"{word} comes with a later version; now there are {', '.join(FORMATS)}")
    if word not in FORMATS:
        raise argparse.ArgumentTypeError(f"there is no format “{word}”; there are {', '.join(FORMATS)}")
    return word


def _add_lists(command: Callable[[str, str], _Command]) -> None:
    layers = command("layers", "list the layers, losses, optimizers, schedules and metrics, or a project's own layers")
    layers.add_argument("--project", metavar="PROJECT", type=Path, help="show the code of this project's own layers")
    layers.add_argument("--try", dest="trying", action="store_true", help=argparse.SUPPRESS)
    add_json(layers)
    blocks = command("blocks", "list the ready blocks, and those in your library")
    add_json(blocks)
    templates = command("templates", "list the kinds of networks to start from, with the numbers that each asks for")
    templates.add_argument("data", metavar="DATA", type=Path, nargs="?", help="only those that suit this data")
    templates.add_argument("--target", metavar="COL", help="the column to predict (tables; default: the likeliest)")
    add_json(templates)
    samples = command("samples", "list the sample projects, or copy one out")
    samples.add_argument("name", metavar="NAME", nargs="?", help="the sample to copy")
    samples.add_argument("--to", metavar="DIR", type=Path, help="the folder to copy it to")
    add_json(samples)
    recover = command("recover", "list the work that was not saved when Layerloom ended without order, or write it out")
    recover.add_argument("name", metavar="NAME", nargs="?", help="the work to write out")
    recover.add_argument("-o", "--output", metavar="OUT.loom", type=Path, help="the project file to write")
    add_json(recover)


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The parsed arguments of a command; wrong usage ends with status 2."""
    parser = build_parser()
    chosen = parser.parse_args(argv)
    if chosen.command == "samples" and bool(chosen.name) != bool(chosen.to):
        parser.error("samples: to copy a sample say both, NAME and --to DIR")
    if chosen.command == "recover" and bool(chosen.name) != bool(chosen.output):
        parser.error("recover: to write work out say both, NAME and -o OUT.loom")
    if chosen.command == "train" and not (chosen.project or chosen.events or chosen.attach):
        parser.error("train: which PROJECT?")
    if chosen.command == "export" and chosen.fast and chosen.to != "script":
        parser.error(f"export: --fast is for scripts, not for --to {chosen.to}")
    return chosen
