"""The files in the folder of a run that several modules know, by their names."""

from __future__ import annotations

# the project as it is trained: by it a folder is known as a run
COPY_NAME = "project.loom"
# by it a run is known that has begun
HISTORY = "history.jsonl"
# by it a run is known that came to its end
METRICS_NAME = "metrics.json"
ENVIRONMENT = "environment.json"
