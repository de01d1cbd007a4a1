"""What is said where memory ran out while a training was on: with the batch size that fits, which is tried."""

from __future__ import annotations

import time
import traceback
from typing import TYPE_CHECKING

from designer.training.errors import RunError, lacks_memory
from designer.training.footprint import room_on, rows_at_once
from designer.training.give_back import give_all_back
from designer.training.memory_words import memory_words
from designer.training.mode import answer_of, step_of

if TYPE_CHECKING:
    from designer.training.assemble import Setup

LONGEST = 5.0


def memory_ran_out(setup: Setup, error: BaseException, kept: bool) -> RunError:
    """What to say after ``error``, a lack of memory that ended the training of ``setup``, whose model is given up.

    ``kept`` is whether there is a checkpoint of the run.
    """
    # what the failed step has made is still held by its frames
    traceback.clear_frames(error.__traceback__)
    rows = rows_at_once(setup.project, setup.parts["train"])
    fitting = fitting_rows(setup, rows)
    give_all_back()
    room = memory_words(room_on(setup.device))
    words = f"Memory ran out on {setup.device} with {rows:,} samples at once."
    if fitting:
        size = fitting * setup.project.training.accumulate
        words += f" A batch size of {size:,} fits, which was tried just now."
    else:
        words += f" No smaller batch fits into the {room} that are free: close other programs, or choose a smaller"
        words += " network or smaller pictures."
    return RunError(f"{words} The run is kept up to its last checkpoint." if kept else words)


def fitting_rows(setup: Setup, rows: int) -> int:
    """The largest half, quarter, … of ``rows`` that a step can be made with; 0 where there is none, or it takes long.

    The steps are made with the model itself, which is changed by them.
    """
    from designer.runtime.batches import augmented

    step, answer, part = step_of(setup.project), answer_of(setup.project), setup.parts["train"]
    deadline = time.monotonic() + LONGEST
    setup.model.train()
    while (rows := rows // 2) and time.monotonic() < deadline:
        setup.optimizer.zero_grad(set_to_none=True)
        give_all_back()
        try:
            step(setup.model, augmented(part.rows(slice(0, rows)).ready()), setup.loss, setup.optimizer, answer)
        except (MemoryError, RuntimeError) as error:
            if not lacks_memory(error):
                return 0
            traceback.clear_frames(error.__traceback__)
        except (ValueError, IndexError):
            # too few samples for this network
            return 0
        else:
            return rows
    return 0
