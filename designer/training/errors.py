"""What goes wrong with data, training and runs, in words for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from designer.project.errors import LayerloomError

OUT_OF_MEMORY = re.compile("can't allocate memory|not enough memory|out of memory|unable to allocate", re.IGNORECASE)
# Words of nn.Embedding and nn.EmbeddingBag for a number that is none of their codes.
NO_SUCH_CODE = re.compile("index out of range in self|not in the valid range|idx < num_embeddings")


class RunError(LayerloomError):
    """Data that cannot be used, a training that cannot go on, or a run that cannot be read."""


@contextmanager
def in_words() -> Iterator[None]:
    """Turns the errors of ``designer.runtime`` that a person can mend, and a lack of memory, into a RunError."""
    from designer.runtime.errors import DataError
    from designer.runtime.failure import TrainingError

    try:
        yield
    except (DataError, TrainingError) as error:
        raise RunError(str(error)) from error
    except (MemoryError, RuntimeError, IndexError) as error:
        if NO_SUCH_CODE.search(str(error)):
            raise RunError(
                "An Embedding met a number for which it has no vector: codes are whole numbers from 0 to one less than "
                "its number of codes. Feed it by a Codes input or a Text input, or give it more codes."
            ) from error
        if isinstance(error, MemoryError) or OUT_OF_MEMORY.search(str(error)):
            raise RunError(
                "There is not enough memory for this. Choose a smaller batch, a smaller network or smaller pictures."
            ) from error
        raise
