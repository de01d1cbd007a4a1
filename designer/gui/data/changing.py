"""Keeps before and after in step with what is looked at: the chosen column, or the chosen step of the recipe."""

from __future__ import annotations

from functools import partial

from designer.gui.data.reading import TableReader
from designer.gui.data.table_page import TablePage
from designer.gui.tasks import Tasks
from designer.layers.recipe import steps_of

CHANGE = "prepare column"


class Changing:
    """Computes what a step, or all of them, make of a column, only where that is seen and only once."""

    def __init__(self, tasks: Tasks, table: TablePage) -> None:
        self._tasks, self._table = tasks, table
        self._shown: object = None

    def forget(self) -> None:
        """What was shown is true no longer."""
        self._shown = None

    def show(self, reader: TableReader | None) -> None:
        """Show the change that belongs to what is chosen now."""
        table = self._table
        in_recipe = table.sides.key == "recipe"
        step = table.recipe.step if in_recipe else None
        name, key = (step.column, step.key) if step is not None else ("" if in_recipe else table.chosen, "")
        show = table.recipe.show_change if in_recipe else table.column.preparing.show_change
        column = table.column_of(name)
        data, target = table.data, table.target
        wanted = (column, key, reader, in_recipe, data)
        if wanted == self._shown:
            return
        self._shown = wanted
        if reader is None or data is None or not (key if column is None else steps_of(column)):
            # what was asked for before would come and stand beside another step
            self._tasks.cancel(CHANGE)
            show(None)
        elif column is None:
            self._tasks.run("", partial(reader.row_change, data, target, key), show, lambda _: show(None), CHANGE)
        else:
            self._tasks.run("", partial(reader.change, column, key, data), show, lambda _: show(None), CHANGE)
