"""Plans of blocks made lately: what lies in a block is planned again only where it, or what reaches it, changed."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from designer.compiler.plan import Plan
from designer.project.model import Block

MOST = 2_000


class RecentPlans:
    """Plans by what they are of, and by the very blocks (the same objects) that they were made from.

    ``made`` counts the plans that were not there. May be asked from several threads.
    """

    def __init__(self) -> None:
        self.made = 0
        self._plans: OrderedDict[Hashable, tuple[tuple[Block, ...], Plan]] = OrderedDict()
        self._lock = Lock()

    def clear(self) -> None:
        """Forget all plans."""
        with self._lock:
            self._plans.clear()

    def get(self, of: Hashable, blocks: tuple[Block, ...], make: Callable[[], Plan]) -> Plan:
        """The plan that was made before, or one made now."""
        # the entry keeps its blocks alive, so that no other object can come to have their ids
        key = (of, tuple(map(id, blocks)))
        with self._lock:
            if key in self._plans:
                self._plans.move_to_end(key)
                return self._plans[key][1]
        plan = make()
        with self._lock:
            self.made += 1
            self._plans[key] = (blocks, plan)
            while len(self._plans) > MOST:
                self._plans.popitem(last=False)
        return plan


PLANS = RecentPlans()
