"""Where and with what a run was made, and why it cannot go on with something else."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import designer
from designer.compiler.source import optimizer_text
from designer.project.json_object import object_in
from designer.project.model import Project
from designer.project.paths import relative_to_project
from designer.training.abilities import steps_hang_on
from designer.training.assemble import Setup
from designer.training.data_places import changed_words
from designer.training.run_files import COPY_NAME, ENVIRONMENT
from designer.training.trial_run import record_of, recorded_trial

DATA_HASH = "data_sha256"


def changed_since(folder: Path, project: Project, base: Path, data: str) -> str:
    """Why the run in ``folder``, begun with something else, cannot go on, and what to do.

    ``data`` is the hash of the data now. Another version may prepare the same data in another way.
    """
    begun, before = version_of(folder), str(object_in(folder / ENVIRONMENT).get(DATA_HASH, ""))
    if before and before != data and project.data is not None:
        return f"The run in {folder} cannot go on: {changed_words(project, base)}"
    what = "network or training settings" if before else "network, data or training settings"
    said = f"The run in {folder} cannot go on: {what} are no longer those it was started with"
    if begun in ("", designer.__version__):
        return (
            f"{said}. Set back what was changed, fork the run to go on with other settings of training, or start a new"
            " run."
        )
    return (
        f"{said}, or this version of Layerloom, {designer.__version__}, makes something else of them than version"
        f" {begun}, with which it was started. Start a new run, or resume it with version {begun}."
    )


def fingerprint(setup: Setup, data: str) -> str:
    """What must stay the same for a run to go on: network, data, split, loss, optimizer and what chance hangs on."""
    training = setup.project.training
    schedules = [(each.key, each.epochs, dict(each.fields)) for each in training.schedules]
    settings = [training.batch_size, training.l1, training.seed, *schedules, *steps_hang_on(training)]
    described = asdict(setup.project.data) if setup.project.data else {}
    told = ("split", "format", "windows")
    lists = (*described.get("columns", ()), *described.get("augment", ()))
    for inner in (described, *(described[name] for name in told if name in described), *lists):
        inner.pop("extra", None)
    # other places of the same data: its hash says that it is the same
    described.pop("path", None)
    described.get("split", {}).pop("file", None)
    # what can be changed while it trains hinders nothing
    steady = replace(training, learning_rate=1.0, weight_decay=0.0)
    texts = setup.texts[0], optimizer_text(steady, setup.source.factors)
    parts = [setup.source.text, texts, settings, described, setup.prepared.preparation, data]
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def version_of(folder: Path) -> str:
    """The version of Layerloom that a run was begun or last resumed with; empty where it cannot be told."""
    try:
        return str(json.loads((folder / ENVIRONMENT).read_bytes())["layerloom"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def environment(setup: Setup, base: Path, folder: Path) -> dict[str, Any]:
    """Where and with what a run was made; ``base`` leads from the run folder to where data paths start."""
    import torch

    from designer.runtime.distributed import process_count

    training = setup.project.training
    return {
        "layerloom": designer.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": version("numpy"),
        "pandas": version("pandas"),
        # not platform.platform(), which asks another program
        "system": "-".join((platform.system(), platform.release(), platform.machine())),
        "processor": platform.machine(),
        "device": str(setup.device),
        "gpu": torch.cuda.get_device_name(setup.device) if setup.device.type == "cuda" else "",
        "threads": training.threads,
        "processes": process_count(),
        "launch": os.environ.get("TORCHELASTIC_RUN_ID", ""),
        "memory_format": training.memory_format,
        "precision": training.precision,
        "trial": record_of(setup.choice) or recorded_trial(folder),
        "seed": training.seed,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "base": relative_to_project(base, folder / COPY_NAME),
    }
