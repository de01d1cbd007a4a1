"""The data of a training, read once however often its settings are changed while it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from designer.project.model import Data, Project
from designer.training.data_places import refuse_missing_data
from designer.training.prepare import data_hash, read_data
from designer.training.prepared import Prepared

Reading: TypeAlias = Callable[[Project, Path], Prepared]


class DataOnce:
    """Keeps what was read, and the hash of it, so that data may vanish once it is in memory."""

    def __init__(self) -> None:
        self._prepared: tuple[Data | None, Prepared] | None = None
        self._hash: tuple[Data | None, str] | None = None

    def read(self, project: Project, base: Path) -> Prepared:
        """As ``read_data``, of the same data once."""
        if self._prepared is None or self._prepared[0] != project.data:
            self._prepared = project.data, read_data(project, base)
        return self._prepared[1]

    def read_for(self, run: Path) -> Reading:
        """As ``read``, for the run in ``run`` that goes on: where its data is gone, a RunError says what to do."""

        def read(project: Project, base: Path) -> Prepared:
            if self._prepared is None:
                refuse_missing_data(run, project, base)
            return self.read(project, base)

        return read

    def hash(self, project: Project, base: Path) -> str:
        """As ``data_hash``, of the same data once."""
        if self._hash is None or self._hash[0] != project.data:
            self._hash = project.data, data_hash(project, base)
        return self._hash[1]
