"""``layerloom blocks``: the blocks that come with Layerloom, and those that this person keeps."""

from __future__ import annotations

import argparse
import sys

from designer.cli.commands import say_json
from designer.cli.text import columns
from designer.layers.blocks import ports_of_block
from designer.layers.ready_blocks import READY_BLOCKS
from designer.project.blocks import BLOCK_INPUT, BLOCK_OUTPUT
from designer.project.model import Block
from designer.workspace.library import list_library


def blocks(chosen: argparse.Namespace) -> int:
    """List ready blocks and the library; files of the library that cannot be read are named on stderr."""
    library = list_library()
    kept = {name: entry.block for name, entry in library.entries.items()}
    if chosen.json:
        say_json(
            {
                "ready": [_record(key, block) for key, block in READY_BLOCKS.items()],
                "library": [_record(name, block) for name, block in kept.items()],
                "damaged": [{"file": name, "reason": reason} for name, reason in library.damaged.items()],
            }
        )
        return 0
    rows = [[key, block.summary] for key, block in READY_BLOCKS.items()]
    print("\n  ".join(["Ready blocks", *columns([], rows)]))
    if kept:
        print("\n  ".join(["My library", *columns([], [[name, block.summary] for name, block in kept.items()])]))
    else:
        print("My library is empty: in the app, select a block and choose “Keep in my library”.")
    for name, reason in library.damaged.items():
        print(f"{name}: {reason}", file=sys.stderr)
    return 0


def _record(key: str, block: Block) -> dict[str, object]:
    layers = [node for node in block.graph.nodes.values() if node.type not in (BLOCK_INPUT, BLOCK_OUTPUT)]
    return {
        "key": key,
        "title": block.name,
        "summary": block.summary,
        "fields": [exposed.name for exposed in block.fields],
        "inputs": [port.shown for port in ports_of_block(block, BLOCK_INPUT)],
        "outputs": [port.shown for port in ports_of_block(block, BLOCK_OUTPUT)],
        "layers": len(layers),
    }
