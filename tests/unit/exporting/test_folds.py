"""The network of all folds: one class that is made with the sizes of each, within blocks too."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from designer.compiler.load import load_model, load_text
from designer.compiler.report import ModelSource
from designer.exporting.checked import checked_analysis
from designer.exporting.folds import making, sizes_of, source_for_folds
from designer.exporting.script import script_text
from designer.project.errors import LayerloomError
from designer.project.facts import Facts
from designer.project.folding import for_fold
from designer.project.model import Column, Project, Split, TableData
from designer.training.prepare import facts_of
from tests.helpers.blocks import block_of, through, use, with_blocks
from tests.helpers.graphs import add, chain
from tests.helpers.training import write_csv

WIDE = {"out_features": 4}
NARROW = {"out_features": 1}


def table(folder: Path, rare: bool = True) -> Project:
    """Homes in towns, one of which a single row has; three folds."""
    rows = [(row % 7, ("Ulm", "Bonn", "Rare")[2 if rare and row == 40 else row % 2], row % 5) for row in range(41)]
    write_csv(folder / "homes.csv", ("rooms", "town", "price"), rows)
    columns = (Column("rooms"), Column("town", "category"), Column("price", role="target"))
    return Project(data=TableData("homes.csv", columns=columns, split=Split(folds=3)))


def plain(folder: Path, rare: bool = True) -> Project:
    """Two layers on the columns."""
    return chain("table_input", ("linear", WIDE), "relu", ("linear", NARROW), "output", project=table(folder, rare))


def in_blocks(folder: Path) -> Project:
    """A block on the columns within another block, and again on what that gave, of which all folds have as much."""
    inner = block_of("Inner", ("lin", "linear", WIDE), ("bent", "relu", {}))
    outer = block_of("Outer", ("first", "block:inner", {}), ("second", "block:inner", {}))
    project = with_blocks(table(folder), inner=inner, outer=outer)
    project, start = add(project, "table_input")
    project, first = use(project, "outer")
    project, second = use(project, "inner")
    project, last = add(project, "linear", NARROW)
    project, end = add(project, "output")
    return through(project, start, first, second, last, end)


def of_fold(project: Project, base: Path, fold: int) -> tuple[ModelSource, Facts]:
    """The network of one fold, and what is known of its data."""
    own = for_fold(project, fold)
    facts = facts_of(own, base)
    return checked_analysis(own, base, facts)[1], facts


@pytest.mark.parametrize("made", [plain, in_blocks])
def test_one_class_makes_the_network_of_each_fold(made: object, tmp_path: Path) -> None:
    project = made(tmp_path)  # type: ignore[operator]
    shared = source_for_folds(project, tmp_path, *of_fold(project, tmp_path, 1))
    sizes = sizes_of(shared)
    assert len({tuple(each.values()) for each in sizes.values()}) == 2
    assert making(shared) == "Network(**SIZES[fold])"
    network = load_text(shared.text).Network
    for fold in (1, 2, 3):
        own, facts = of_fold(project, tmp_path, fold)
        [shape] = facts.shapes.values()
        assert list(sizes[fold].values()) == [*shape]
        torch.manual_seed(7)
        one = load_model(own)
        torch.manual_seed(7)
        other = network(**sizes[fold])
        assert str(one.state_dict()) == str(other.state_dict())
        data = torch.rand(3, *shape)
        assert torch.equal(one(data), other(data))


def test_folds_of_one_size_have_a_network_as_ever(tmp_path: Path) -> None:
    project = plain(tmp_path, rare=False)
    own, facts = of_fold(project, tmp_path, 1)
    assert source_for_folds(project, tmp_path, own, facts) is own
    text = script_text(project, tmp_path, facts=facts)
    assert "SIZES" not in text and "    model = Network().to(device)\n" in text


def test_a_fold_that_cannot_be_trained_is_named(tmp_path: Path) -> None:
    """A layer that is given as many features as the first fold has, whatever the others have."""
    made = chain("table_input", "relu", ("reshape", {"shape": (4, 1)}), "flatten", ("linear", NARROW), "output")
    made = Project(made.graph, table(tmp_path).data)
    with pytest.raises(LayerloomError, match=r"(?s)In fold \d of 3: .*4×1 has 4 values, and a sample has 3"):
        script_text(made, tmp_path)


def test_what_differs_in_more_than_sizes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = plain(tmp_path)
    own, facts = of_fold(project, tmp_path, 1)
    monkeypatch.setattr("designer.compiler.classes._form", lambda plan, known: id(plan))
    with pytest.raises(LayerloomError, match="export the run of each fold"):
        source_for_folds(project, tmp_path, own, facts)
