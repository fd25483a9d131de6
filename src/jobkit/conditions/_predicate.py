"""A registered predicate that also tells what it reads and when time turns it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import attrs


@attrs.frozen(kw_only=True)
class Predicate:
    """
    A predicate with its promises; any callable `(facts, now, **arguments)` can be registered without one.

    `changes_at` is None for an answer that time alone never turns, else a callable of the same shape that
    gives the next instant at which it does. A bare callable promises nothing, so a condition that calls it
    is `time_opaque`. `reads` names the facts it looks at.
    """

    test: Callable[..., bool | None]
    changes_at: Callable[..., datetime | None] | None = None
    reads: tuple[str, ...] = ()

    def __call__(self, facts: Mapping[str, Any], now: datetime | None, **arguments: Any) -> bool | None:
        """Return the predicate's answer."""
        return self.test(facts, now, **arguments)
