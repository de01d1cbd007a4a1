"""Layerloom installs whole: pinned versions, every package, the samples and the resources."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.helpers.sources import ROOT, checkout, product

NAME = re.compile(r"[A-Za-z0-9._-]+")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {normal(name): version for name, version in pairs}


def test_every_requirement_is_pinned_to_one_public_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    versions = pinned()
    assert not {normal(NAME.match(line)[0]) for line in wanted} - set(versions)
    assert all(re.fullmatch(r"[0-9][0-9a-z.]*", version) for version in versions.values())


def test_the_pins_that_matter_are_these():
    versions = pinned()
    assert versions["torch"] == "2.13.0"
    assert versions["pyside6-essentials"] == versions["shiboken6"] == "6.11.3"


@pytest.mark.slow
def test_a_built_wheel_brings_all_that_is_needed(tmp_path: Path):
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index", "-w"]
    subprocess.run([*build, str(tmp_path), str(ROOT)], check=True, capture_output=True, timeout=120)
    (wheel,) = tmp_path.glob("layerloom-*.whl")
    installed = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(installed)
        assert packed.read(next(name for name in packed.namelist() if name.endswith("licenses/LICENSE")))
        entry = packed.read(next(name for name in packed.namelist() if name.endswith("entry_points.txt"))).decode()
    assert re.search(r"^layerloom *= *designer\.__main__:main$", entry, re.MULTILINE)
    assert not {source.name for source in product() if not (installed / source.name).is_file()}
    assert {path.name for path in installed.iterdir()} >= {"designer"}
    assert not (installed / "tests").exists()
    wanted = [path for name in ("resources", "sample_projects") for path in files(ROOT / name)]
    assert not [path for path in wanted if not (installed / "designer" / path.relative_to(ROOT)).is_file()]

    # -I: neither this checkout nor its environment variables can help
    program = (
        f"import sys; sys.path.insert(0, {str(installed)!r}); from designer.__main__ import main; sys.exit(main())"
    )
    python = [sys.executable, "-I", "-c", program]
    there = tmp_path / "iris"
    listed = subprocess.run([*python, "samples", "--json"], capture_output=True, text=True, timeout=60, check=True)
    assert "iris" in [sample["name"] for sample in json.loads(listed.stdout)["samples"]]
    subprocess.run([*python, "samples", "iris", "--to", str(there)], capture_output=True, timeout=60, check=True)
    assert (there / "iris.loom").is_file()
    assert (there / "iris.csv").is_file()
    found = subprocess.run(
        [*python[:-1], f"import sys; sys.path.insert(0, {str(installed)!r}); "
         "from designer.workspace.places import resources_folder; print(resources_folder())"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert Path(found.stdout.strip()) == installed / "designer" / "resources"


def files(folder: Path) -> list[Path]:
    """The files that are installed of a folder; screenshots are for those who read the README."""
    return [path for path in checkout() if folder in path.parents and "screenshots" not in path.parts]
