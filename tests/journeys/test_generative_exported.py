"""GANs and restricted Boltzmann machines: the exported script trains to the weights of the app, bit for bit."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer.project.model import Project
from tests.helpers.exported import assert_formatted, assert_same_weights, run_scripts, train_and_export
from tests.helpers.generative import pixel_gan, plane_gan, rbm


def wary(folder: Path) -> Project:
    """Several steps of the discriminator, smoothing, both kinds of decay, and no best weights kept."""
    fields = {"critic_steps": 2, "smoothing": 0.1}
    return plane_gan(folder, mode_fields=fields, weight_decay=0.01, l1=0.001, keep_best=False, seed=4)


def stacked(folder: Path) -> Project:
    """Two machines, CD-2, and grey pixels as they are."""
    return rbm(folder, 9, 4, mode_fields={"steps": 2, "binarise": False}, seed=2)


def drawn(folder: Path) -> Project:
    """Pixels that are drawn anew in every step."""
    return rbm(folder, mode_fields={"binarise": False, "draw": True}, seed=6)


CASES = {"points": plane_gan, "wary": wary, "pictures": pixel_gan, "machine": rbm, "stacked": stacked, "drawn": drawn}


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Path]]:
    """Run and script of each case; the scripts ran in one process of their own."""
    made = {}
    for name, make in CASES.items():
        folder = tmp_path_factory.mktemp(name)
        made[name] = train_and_export(make(folder), folder)
    calls = [[str(script), "--out", str(script.parent / "weights.pt")] for _, script in made.values()]
    run_scripts(calls, tmp_path_factory.mktemp("elsewhere"))
    return made


@pytest.mark.parametrize("name", CASES)
def test_the_script_trains_to_the_same_weights(name: str, trained: dict[str, tuple[Path, Path]]) -> None:
    run, script = trained[name]
    assert_same_weights(run, script.parent / "weights.pt")


@pytest.mark.parametrize("name", ["wary", "stacked", "drawn"])
def test_the_script_reads_well(name: str, trained: dict[str, tuple[Path, Path]]) -> None:
    _, script = trained[name]
    assert_formatted([script])
    text = script.read_text(encoding="utf-8")
    wanted = {
        "wary": ["step=partial(adversarial_step, critic_steps=2, smoothing=0.1),", "measure = GeneratedMeasure()"],
        "drawn": ["partial(drawn_bits, draw=True)"],
        "stacked": ["step=partial(divergence_step, steps=2),", "self.rbm2 = RBM(9, 4)"],
    }[name]
    assert all(line in text for line in wanted)
    assert "hasattr" in text or name == "wary"
