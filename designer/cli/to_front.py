"""What a command tells the front that asked it: a JSON object a line, and nothing else on standard output."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from typing import TypeAlias

from designer.project.errors import LayerloomError

Say: TypeAlias = Callable[[Mapping[str, object]], None]


def tell_front(work: Callable[[Say], object]) -> int:
    """Do ``work``, handing it what says a line; so is said what a person has to mend. Answers the exit status.

    Whatever else is printed in this process meanwhile goes to standard error.
    """
    output, sys.stdout = sys.stdout, sys.stderr

    def say(event: Mapping[str, object]) -> None:
        print(json.dumps(event), file=output, flush=True)

    try:
        work(say)
    except LayerloomError as error:
        say({"error": str(error)})
        return 1
    except BrokenPipeError:
        # whoever asked does not want to know any more
        return 0
    finally:
        sys.stdout = output
    return 0
