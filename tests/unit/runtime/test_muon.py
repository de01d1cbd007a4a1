"""Muon moves matrices as PyTorch's own does, and the rest as AdamW."""

from __future__ import annotations

import torch
from torch import nn

from designer.runtime.muon import MuonAdamW, orthogonal


def stepped(parameters: list[nn.Parameter], optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    generator = torch.Generator().manual_seed(1)
    for _ in range(5):
        for parameter in parameters:
            parameter.grad = torch.randn(parameter.shape, generator=generator)
        optimizer.step()
    return parameters


def test_other_parameters_move_as_with_adamw() -> None:
    start = [torch.randn(7), torch.randn(4, 3, 2, 2)]
    mine, theirs = ([nn.Parameter(each.clone()) for each in start] for _ in range(2))
    stepped(mine, MuonAdamW(mine, lr=0.01, weight_decay=0.1))
    stepped(theirs, torch.optim.AdamW(theirs, lr=0.01, weight_decay=0.1))
    assert all(torch.allclose(a, b, atol=1e-6) for a, b in zip(mine, theirs, strict=True))


def test_matrices_move_as_with_pytorchs_muon() -> None:
    start = [torch.randn(6, 11), torch.randn(9, 4)]
    mine, theirs = ([nn.Parameter(each.clone()) for each in start] for _ in range(2))
    stepped(mine, MuonAdamW(mine, lr=0.01, weight_decay=0.1))
    stepped(theirs, torch.optim.Muon(theirs, lr=0.01, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"))
    for a, b, before in zip(mine, theirs, start, strict=True):
        # PyTorch reckons the orthogonal matrix with eight bits
        assert (a - b).norm() < 0.03 * (b - before).norm()


def test_directions_become_about_as_long() -> None:
    for shape in ((5, 8), (8, 5), (6, 1)):
        lengths = torch.linalg.svdvals(orthogonal(torch.randn(shape)))
        assert ((lengths > 0.6) & (lengths < 1.3)).all()
    assert torch.equal(orthogonal(torch.zeros(3, 4)), torch.zeros(3, 4))


def test_parameters_without_a_gradient_and_groups_with_their_own_rate() -> None:
    still, slow, fast = nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(3))
    optimizer = MuonAdamW([{"params": [still, slow], "lr": 0.001}, {"params": [fast], "lr": 0.1}])
    slow.grad, fast.grad = torch.ones(3), torch.ones(3)
    optimizer.step()
    assert torch.equal(still, torch.ones(3))
    assert torch.allclose((1 - fast) / (1 - slow), torch.full((3,), 100.0), rtol=1e-3)
