"""Sweeps: one project trained with each of several settings, here all together in one process."""

from __future__ import annotations

import itertools
import os
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from designer.project.errors import EditError, LayerloomError
from designer.project.file import load_project
from designer.project.model import Project
from designer.runtime.failure import TrainingError
from designer.workspace.run_words import saved_words, unsaved_words
from designer.workspace.settings import set_settings
from designer.workspace.verbs import Job, prepare_run, train

MOST_VARIATIONS = 256


@dataclass(frozen=True)
class Variation:
    """One of the trainings of a sweep: the settings that set it apart, by their paths and as they are typed."""

    values: Mapping[str, str]

    @property
    def label(self) -> str:
        """What sets it apart, in a few words."""
        return ", ".join(f"{path.removeprefix('training.')} {value}" for path, value in self.values.items())

    @property
    def settings(self) -> tuple[str, ...]:
        """The settings as ``set_settings`` takes them."""
        return tuple(f"{path}={value}" for path, value in self.values.items())


def variations(project: Project, varied: Sequence[str]) -> list[Variation]:
    """The ``combinations`` of values; an EditError where a setting is not known or a value is not sound."""
    found = combinations(varied)
    refuse_unsound(project, found)
    return found


def combinations(varied: Sequence[str]) -> list[Variation]:
    """Each combination of the values of ``PATH=VALUE,VALUE,…``; values that hold commas are divided by ``|``.

    An EditError where it is written otherwise, or there are too many combinations.
    """
    choices: dict[str, list[str]] = {}
    for text in varied:
        path, equals, words = text.partition("=")
        values = [word.strip() for word in words.split("|" if "|" in words else ",") if word.strip()]
        if not equals or not path.strip() or not values:
            raise EditError(f"“{text}”: what varies is written as PATH=VALUE,VALUE, such as training.seed=0,1,2")
        choices[path.strip()] = list(dict.fromkeys(values))
    count = 1
    for values in choices.values():
        count *= len(values)
    if count > MOST_VARIATIONS:
        raise EditError(f"These are {count:,} trainings; a sweep holds at most {MOST_VARIATIONS}. Vary fewer settings.")
    return [Variation(dict(zip(choices, each, strict=True))) for each in itertools.product(*choices.values())]


def refuse_unsound(project: Project, found: Sequence[Variation]) -> None:
    """Raise an EditError where a project cannot be set as a variation says; it takes long where there are many."""
    for each in found:
        set_settings(project, each.settings)


@dataclass
class Trained:
    """How one training of a sweep stands: its ``metrics`` once it is over, or the ``error`` that ended it.

    ``threads`` is how many it has chosen, 0 before. ``news`` is what has just to be told of it: that it is not saved,
    and that it is again; ``unsaved`` is why it is not.
    """

    variation: Variation
    job: Job
    epochs: int = 0
    metrics: Mapping[str, Any] | None = None
    error: str = ""
    threads: int = 0
    unsaved: str = ""
    news: str = ""

    @property
    def over(self) -> bool:
        """Whether it has come to an end."""
        return self.metrics is not None or bool(self.error)

    def hear(self, kind: str, told: Mapping[str, Any]) -> bool:
        """Take what an event of this ``kind`` says of its being saved; whether that is news."""
        self.news = ""
        if kind == "unsaved":
            words = unsaved_words(told)
            # it comes again and again for as long as that is so
            self.news, self.unsaved = "" if words == self.unsaved else words, words
        elif kind == "saved":
            self.news, self.unsaved = saved_words(told), ""
        elif kind == "warned":
            self.news = str(told["message"])
        return bool(self.news)


def prepared(path: Path, settings: Sequence[str], found: Sequence[Variation]) -> list[Trained]:
    """A run folder for each training, with ``settings`` for all."""
    return [Trained(each, prepare_run(path, (*settings, *each.settings))) for each in found]


def swept(trainings: Sequence[Trained]) -> Generator[Trained, None, None]:
    """Train all of them together, an epoch of each in turn; yields each training after an epoch of it, or its end.

    It is yielded with its ``news`` too, and one that is over and waits for room on the disk waits in its turns alone.
    Every one is a run as any other, to the last bit: chance in an epoch depends on the seed and the epoch alone. One
    that fails stops no other. Closing the stream leaves runs that can be resumed.
    """
    streams = {place: train(each.job) for place, each in enumerate(trainings)}
    try:
        while streams:
            for place in list(streams):
                if not _advanced(trainings[place], streams[place]):
                    streams.pop(place).close()
                yield trainings[place]
    finally:
        for stream in streams.values():
            stream.close()


def _advanced(training: Trained, stream: Generator[Any, None, None]) -> bool:
    """Train to the end of the next epoch, or to what is to be told; whether there is more to come."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import torch

    from designer.runtime.events import Epoch
    from designer.training.events import Finished, Saved, Unsaved, Warned

    training.news = ""
    if training.threads:
        # the number is one for the whole process, and another training may have chosen another
        torch.set_num_threads(training.threads)
    try:
        for event in stream:
            if isinstance(event, Finished):
                training.metrics = event.metrics
                return False
            if isinstance(event, Epoch):
                training.epochs = event.epoch
                training.threads = torch.get_num_threads()
                return True
            if isinstance(event, Unsaved | Saved | Warned):
                news = training.hear(type(event).__name__.lower(), vars(event))
                if news or (isinstance(event, Unsaved) and event.waiting):
                    return True
    except (LayerloomError, TrainingError) as error:
        training.error = str(error)
    return False


def ranked(project: Project, trainings: Sequence[Trained]) -> list[Trained]:
    """The best first, by the figure of the validation part that the project is judged by; those that failed last.

    Without a validation part by that of the training part. The test part has no say.
    """
    from designer.training.abilities import judging

    by = judging(project.training)

    def figure(training: Trained) -> float:
        metrics = training.metrics or {}
        value = (metrics.get("validation") or metrics.get("train") or {}).get(by["monitor"])
        worst = float("inf")
        return worst if value is None else -float(value) if by["higher"] else float(value)

    return sorted(trainings, key=figure)


def load_varied(path: Path, settings: Sequence[str], varied: Sequence[str]) -> tuple[Project, list[Variation]]:
    """The project with ``settings``, and the variations of it."""
    project = set_settings(load_project(path), settings)
    return project, variations(project, varied)
