"""The lists of an index: the entries that share one key, in the order of their latest report."""

from bisect import bisect_left, insort
from collections.abc import Callable, Collection
from operator import attrgetter
from typing import Any, Final

import attrs

UNDATED: Final = -(2**62)
"""Where an entry stands of which nobody knows when it was reported: before all others."""

_BY_ORDER: Final[Callable[["Entry"], tuple[int, str]]] = attrgetter("order")


@attrs.define(eq=False)
class Entry:
    """A record in the index: when it was last reported and its id, its normal forms, where it is listed."""

    order: tuple[int, str]
    prepared: tuple[Any, ...]
    postings: tuple["Posting", ...]


class Posting:
    """The entries that share one key, from the oldest to the newest."""

    __slots__ = ("entries", "name", "value")

    def __init__(self, name: str, value: str) -> None:
        self.name = name
        self.value = value
        self.entries: list[Entry] = []

    def insert(self, entry: Entry) -> None:
        """Add an entry in its order; one that is the newest, as most are, at once."""
        entries = self.entries
        if not entries or entries[-1].order <= entry.order:
            entries.append(entry)
        else:
            insort(entries, entry, key=_BY_ORDER)

    def remove(self, entry: Entry) -> None:
        """Take an entry out that is there."""
        del self.entries[bisect_left(self.entries, entry.order, key=_BY_ORDER)]

    def place(self, since: int | None) -> int:
        """Return where the entries begin that were reported at *since* or later."""
        return 0 if since is None else bisect_left(self.entries, (since, ""), key=_BY_ORDER)

    def leads_on(self, since: int, exclude: Collection[str]) -> bool:
        """Whether there is an entry from a place on, or one without a date, that is not excluded."""
        entries = self.entries
        if not exclude:
            return since < len(entries) or self.undated() > 0
        newest = any(
            entries[place].order[1] not in exclude for place in range(len(entries) - 1, since - 1, -1)
        )
        return newest or any(one.order[1] not in exclude for one in entries[: self.undated() if since else 0])

    def undated(self) -> int:
        """Return how many entries have no date; they stand first."""
        if not self.entries or self.entries[0].order[0] > UNDATED:
            return 0
        return bisect_left(self.entries, (UNDATED + 1, ""), key=_BY_ORDER)
