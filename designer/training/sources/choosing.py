"""Which source a project's samples come from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from designer.project.model import Data, ImageData
from designer.training.prepared import Known, Prepared, Unseen
from designer.training.sources import pictures, running_text, sequences, series, tables

if TYPE_CHECKING:
    from designer.project.model import Project


class Source(Protocol):
    """What the module of each source offers."""

    def read(self, project: Project, data: Any, base: Path, given: Mapping[str, Any] | None) -> Prepared:
        """The three parts of the project's data."""

    def unseen(self, project: Project, data: Any, preparation: Mapping[str, Any], path: Path) -> Unseen:
        """Samples of ``path`` to predict for."""

    def part_of(self, project: Project, data: Any, preparation: Mapping[str, Any], path: Path) -> Known:
        """All usable samples of ``path``, targets too."""


def source_of(data: Data) -> Source:
    """The source of the samples of these data settings."""
    if isinstance(data, ImageData):
        return pictures
    return {"rows": tables, "windows": series, "files": sequences, "tokens": running_text}[data.samples]
