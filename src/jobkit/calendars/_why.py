"""Why business time is open or closed: the rule that decided it, by its name."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final, Literal

import attrs

from jobkit.calendars._spans import Span, within
from jobkit.mappings import FrozenMap

Because = Literal["hours", "break", "closed_date", "holiday", "opening", "closure", "excluded"]
"""The kind of rule that decided."""

_OPEN: Final = FrozenMap({"hours": "weekly hours", "opening": "a single opening"})
_CLOSED: Final = FrozenMap(
    {
        "hours": "outside of weekly hours",
        "break": "a break",
        "closed_date": "a closed date",
        "holiday": "a holiday",
        "closure": "a single closure",
        "excluded": "taken out",
    }
)


@attrs.frozen(kw_only=True)
class Why:
    """
    Why business time is open or closed: `because` of what kind of rule, and the `name` that the rule has.

    A rule decides only where it changes something: at night a holiday is not the reason, but that there are
    no `hours`. `calendar` is the id of the calendar whose rule it is, `through` are the ids of the sets and
    editions by way of which it decided, the outermost first. What a set takes away is `excluded`, by the
    open hours of that calendar. `effective_from` is that of the edition in force, None for the first one.

    >>> str(Why(open=False, because="holiday", name="Christmas Day", calendar="workshop"))
    'closed: Christmas Day (workshop)'
    """

    open: bool
    because: Because
    name: str | None = None
    calendar: str
    through: tuple[str, ...] = ()
    effective_from: datetime | None = None

    def __str__(self) -> str:
        told = self.name or (_OPEN if self.open else _CLOSED)[self.because]
        return f"{'open' if self.open else 'closed'}: {told} ({self.calendar})"

    def by_way_of(self, id: str, effective_from: datetime | None = None) -> "Why":
        """Return the same reason for business time that is made of this calendar."""
        begun = self.effective_from or effective_from
        return attrs.evolve(self, through=(id, *self.through), effective_from=begun)


Reason = tuple[int, int, Why]
"""A half-open pair of ticks, and why they are open or closed."""


def reasons_of(stages: Sequence[tuple[list[Span], Why]], start: int, end: int) -> list[Reason]:
    """
    Return what decides in [start, end), given the open spans after each rule, in the order of the rules.

    The last rule that opened or closed an instant decides about it, else the first one, the weekly hours.
    """
    edges = {edge for spans, _ in stages for span in spans for edge in span if start < edge < end}
    return alike((begin, finish, _decided(stages, begin)) for begin, finish in _between(start, edges, end))


def _decided(stages: Sequence[tuple[list[Span], Why]], at: int) -> Why:
    is_open, decided = within(stages[0][0], at), stages[0][1]
    for spans, why in stages[1:]:
        if within(spans, at) is not is_open:
            is_open, decided = not is_open, why
    # Where a moved gap lets a rule do the contrary of its name, it is the hours that it left.
    ours = decided.open is is_open
    return decided if ours else attrs.evolve(stages[0][1], open=is_open)


def chosen(parts: Sequence[Sequence[Reason]], choose: Callable[[list[Why]], Why]) -> list[Reason]:
    """Return what *choose* takes of the reasons of all parts, which cover the same time."""
    starts = [[begin for begin, _, _ in part] for part in parts]
    edges = sorted({edge for part in starts for edge in part})
    end = parts[0][-1][1]
    return alike(
        (
            begin,
            finish,
            choose([part[bisect_right(at, begin) - 1][2] for part, at in zip(parts, starts, strict=True)]),
        )
        for begin, finish in pairwise([*edges, end])
    )


def alike(reasons: Iterable[Reason]) -> list[Reason]:
    """Return reasons that follow each other, with those that are equal as one."""
    found: list[Reason] = []
    for start, end, why in reasons:
        if found and found[-1][2] == why:
            found[-1] = (found[-1][0], end, why)
        else:
            found.append((start, end, why))
    return found


def _between(start: int, edges: Iterable[int], end: int) -> Iterable[Span]:
    return pairwise([start, *sorted(edges), end])
