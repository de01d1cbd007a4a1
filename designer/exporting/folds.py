"""The network of a script that trains all folds: it is made with the sizes that hang on what each fold learns."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from designer.compiler.classes import UnlikeError
from designer.compiler.planning import make_plan
from designer.compiler.report import ModelSource
from designer.compiler.source import model_source
from designer.exporting.checked import checked_analysis
from designer.layers.catalog import mode_of
from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.folding import folds_of, for_fold
from designer.project.model import ImageData, Project
from designer.training.chosen import inputs_beside_pictures
from designer.training.prepare import facts_of

# what stands above the sizes
SIZES_NOTE = "# what the network of each fold is made with: it hangs on the words that its training part has"


def source_for_folds(project: Project, base: Path, source: ModelSource, facts: Facts) -> ModelSource:
    """The network of all folds of a project, whose ``source`` and ``facts`` are those of the first.

    Words that only some folds learn make columns, codes and so layers of other sizes, which the network is then made
    with. The data is read for every other fold. Raises LayerloomError where a fold cannot be trained, or differs in
    more than sizes.
    """
    count = folds_of(project)
    if not count or not _learns_sizes(project):
        return source
    alike, plans = True, [make_plan(for_fold(project, 1), facts)]
    for fold in range(2, count + 1):
        own = for_fold(project, fold)
        known = facts_of(own, base)
        try:
            _, found, _ = checked_analysis(own, base, known)
        except LayerloomError as error:
            raise LayerloomError(f"In fold {fold} of {count}: {error}") from None
        if _answers(known) != _answers(facts):
            raise _refused(fold, "classes")
        alike = alike and found.text == source.text
        plans.append(make_plan(own, known))
    if alike:
        return source
    if mode_of(project).rivals:
        raise _refused(count, "words")
    try:
        return model_source(plans[0], project.blocks, folds=plans)
    except UnlikeError:
        raise _refused(count, "words") from None


def _learns_sizes(project: Project) -> bool:
    """Whether sizes may hang on what is learned: columns do that, pictures alone have the same in all folds."""
    data = project.data
    return not isinstance(data, ImageData) or bool(inputs_beside_pictures(project, data))


def _answers(facts: Facts) -> list[tuple[str, int]]:
    """The kind of each target with how many classes it has, on which losses and figures hang."""
    targets = [facts.of(""), *facts.others.values()]
    return [(each.kind, len(each.classes)) for each in targets]


def _refused(fold: int, what: str) -> LayerloomError:
    return LayerloomError(
        f"One script cannot train all folds: fold {fold} learns other {what} than fold 1, for which its network is"
        " another one. Train the folds, then export the run of each fold."
    )


def sizes_of(source: ModelSource) -> dict[int, dict[str, Any]]:
    """The sizes that the network of each fold is made with, by fold; none where all folds have the same."""
    return {
        fold: {name: ast.literal_eval(text) for name, text in given.items()}
        for fold, given in enumerate(source.sizes, start=1)
    }


def making(source: ModelSource) -> str:
    """The expression that makes the network."""
    return f"{source.class_name}(**SIZES[fold])" if source.sizes else f"{source.class_name}()"
