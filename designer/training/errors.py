"""What goes wrong with data, training and runs, in words for people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from designer.project.errors import LayerloomError

OUT_OF_MEMORY = re.compile(
    # what the libraries of a GPU say ends in ALLOC_FAILED
    "can't allocate memory|not enough memory|out of memory|unable to allocate|STATUS_ALLOC_FAILED"
    # and this where there is not even room for what they need themselves
    "|CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate",
    re.IGNORECASE,
)
# Words of nn.Embedding and nn.EmbeddingBag for a number that is none of their codes.
NO_SUCH_CODE = re.compile("index out of range in self|not in the valid range|idx < num_embeddings")
# An operation that has no deterministic way, with its name.
NOT_REPEATABLE = re.compile(r"^(\S+) does not have a deterministic implementation")
# Matrix products whose way was chosen before PyTorch was asked for the same bits each time.
NOT_REPEATABLE_NOW = "CUBLAS_WORKSPACE_CONFIG"
# What a GPU says of a number that is no place: all that follows in the process fails as well.
BEYOND_ALL_PLACES = "device-side assert"
# An operation that was given 16 bits, or 16 bits and 32 together, and knows no such thing.
NOT_IN_16_BITS = re.compile(r"(not implemented for|same dtype|scalar type|dtype).*(Half|BFloat16)", re.DOTALL)
# How PyTorch begins what a GPU reports, which may be well again the next time.
DEVICE_TROUBLE = ("CUDA error", "cuDNN error", "CUBLAS_STATUS", "can't start new thread")


class RunError(LayerloomError):
    """Data that cannot be used, a training that cannot go on, or a run that cannot be read."""


def lacks_memory(error: BaseException) -> bool:
    """Whether an error says that memory, of the computer or of a GPU, has run out."""
    return isinstance(error, MemoryError) or OUT_OF_MEMORY.search(str(error)) is not None


def comes_back(error: BaseException) -> bool:
    """Whether a training that goes on would only meet this error again: nothing outside of it was to blame."""
    root = error.__cause__ or error
    own = isinstance(root, RuntimeError | IndexError) and not lacks_memory(root)
    if BEYOND_ALL_PLACES in str(root):
        return True
    return own and not any(words in str(root) for words in DEVICE_TROUBLE)


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
        if BEYOND_ALL_PLACES in str(error):
            raise RunError(
                "The GPU met a number that is no place in a list: most often a code for which an Embedding has no "
                "vector, or a class beyond those that the network tells apart. Train on the processor (device cpu) for "
                "a moment, which says where."
            ) from error
        if NOT_REPEATABLE_NOW in str(error):
            raise RunError(
                "Matrix products give the same bits each time on this GPU only where the environment says "
                "CUBLAS_WORKSPACE_CONFIG=:4096:8 before the first of them. Set it so and start Layerloom again, or "
                "turn “deterministic” off."
            ) from error
        if said := NOT_REPEATABLE.search(str(error)):
            raise RunError(
                f"The operation “{said[1]}” of PyTorch has no way here that gives the same bits each time. Turn "
                "“deterministic” off, train on the processor, or put another layer in the place of the one that has it."
            ) from error
        if NOT_IN_16_BITS.search(str(error)):
            raise RunError(
                "An operation of the network cannot compute with 16 bits here. Train in float32, or put another layer "
                f"in its place. PyTorch says: {' '.join(str(error).split())[:200]}"
            ) from error
        if lacks_memory(error):
            raise RunError(
                "There is not enough memory for this. Choose a smaller batch, a smaller network or smaller pictures."
            ) from error
        raise
