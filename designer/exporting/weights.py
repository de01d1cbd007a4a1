"""The weights of a run, copied out as safetensors or as a plain PyTorch state dict."""

from __future__ import annotations

import io
from pathlib import Path

from designer.project.atomic import atomic_write
from designer.project.errors import LayerloomError

NAME = "weights.safetensors"
TORCH_SUFFIXES = (".pt", ".pth")


def export_weights(run: Path, out: Path) -> None:
    """Writes the weights of ``run`` to ``out``: a state dict by ``torch.save`` where it ends in .pt or .pth.

    Anything else becomes safetensors. Raises LayerloomError where the run holds no whole weights.
    """
    import torch
    from safetensors import SafetensorError
    from safetensors.torch import load

    source = run / NAME
    try:
        content = source.read_bytes()
        weights = load(content)
    except FileNotFoundError as error:
        raise LayerloomError(f"{run} holds no weights yet: it was stopped before its first epoch ended.") from error
    except (OSError, SafetensorError) as error:
        raise LayerloomError(f"{source}: the weights cannot be read: {error}") from error
    if out.suffix.lower() in TORCH_SUFFIXES:
        buffer = io.BytesIO()
        torch.save(weights, buffer)
        content = buffer.getvalue()
    atomic_write(out, content)
