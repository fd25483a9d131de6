"""How many later arrivals can overtake a job inside its band: a figure computed from the rules alone."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import attrs

from jobkit.durations import write_duration
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import utc
from jobkit.priority._judge import Rules, version_at
from jobkit.priority._measure import Ageing
from jobkit.priority._rules import Order
from jobkit.priority._terms import TermRule

BAD_ARRIVALS = Template(
    "priority.arrivals",
    "{arrivals} arrivals for each {per} say nothing of how many overtake a job within {within}.",
    "Give 0 arrivals or more, and times of more than nothing.",
)
NO_SUCH_BAND = Template(
    "priority.no_such_band", "There is no band {band} in the rules.", "Use one of: {names}."
)

_TICK: Final = timedelta(microseconds=1)


@attrs.frozen(kw_only=True)
class Bound:
    """
    At most `jobs` later arrivals of a band come before a job that waits no longer than `within`.

    `spread` is the most by which a later arrival's score can exceed the job's, age aside, and `window` the
    longest delay after which an arrival can still overtake. Times are in the open time of `calendar`, if any.
    """

    band: str
    jobs: int
    window: timedelta
    spread: int
    within: timedelta
    calendar: str | None = None
    because: str


def overtaking_bound(
    rules: Rules,
    band: str,
    *,
    arrivals: int,
    per: timedelta,
    within: timedelta,
    now: datetime,
) -> Bound:
    """
    Return how many jobs that arrive in *band* after a job can come before it while it waits *within*.

    At most *arrivals* come in any *per*; nothing is promoted or overridden into the band. Let S be the sum of
    `high - low` of the band's terms that do not grow with age, times their weights (less one where the
    tie-break puts the older first), and w·P(x) the points of a term at age x: w·min(cap, points·⌊x / step⌋).
    A job that came d later lacks at least

        L(d) = Σ min(w·P(d), w·(P(within) - P(within - d)))

    points of age, the former as soon as it arrives, the latter when the waiting ends and the cap may have
    stopped the older job. It can overtake only while L(d) <= S. As L never falls, the largest such d is
    found by halving: the window W. With arrivals spread over it that makes ⌈W / per⌉ · arrivals jobs.

    Terms of age count as such when they read the same fact by the same calendar as the first of them; others
    belong to S. An unknown band, and times or arrivals that say nothing, are refused.
    """
    instant = utc(now, "$.now")
    held = version_at(rules, instant)
    order = held.at(instant)
    _check(order, band, arrivals, per, within)
    terms = order.terms[band]
    first = next((term.measure.ageing for term in terms if term.measure.ageing is not None), None)
    aged = [(term, ageing) for term, ageing in _ageing(terms) if _alike(ageing, first)]
    spread = _spread(terms, [term for term, _ in aged], order.season)
    allowed = spread - 1 if first is not None and held.data.tie_break[0] == first.since else spread
    weighted = [(term.weight(order.season), ageing) for term, ageing in aged]
    window = _window(weighted, allowed, within)
    jobs = arrivals * -(-window // per)
    return Bound(
        band=band,
        jobs=jobs,
        window=window,
        spread=spread,
        within=within,
        calendar=None if first is None else first.calendar,
        because=_words(jobs, window, spread, within, bool(aged)),
    )


def _check(order: Order, band: str, arrivals: int, per: timedelta, within: timedelta) -> None:
    problems = []
    if band not in order.places:
        problems.append(Finding.of(NO_SUCH_BAND, path="$.band", band=band, names=list(order.bands)))
    if arrivals < 0 or per <= timedelta(0) or within <= timedelta(0):
        told = {"arrivals": arrivals, "per": str(per), "within": str(within)}
        problems.append(Finding(template=BAD_ARRIVALS, path="$.arrivals", params=told))
    if problems:
        raise Invalid(problems)


def _ageing(terms: Iterable[TermRule]) -> list[tuple[TermRule, Ageing]]:
    return [(term, term.measure.ageing) for term in terms if term.measure.ageing is not None]


def _alike(one: Ageing, other: Ageing | None) -> bool:
    return other is not None and (one.since, one.calendar) == (other.since, other.calendar)


def _spread(terms: Iterable[TermRule], aged: list[TermRule], season: str | None) -> int:
    return sum(
        term.weight(season) * (term.measure.high - term.measure.low) for term in terms if term not in aged
    )


def _lead(weighted: Iterable[tuple[int, Ageing]], delay: timedelta, within: timedelta) -> int:
    """Return the points of age that a job which came *delay* later lacks at the least."""
    return sum(
        weight * min(age.after(delay), age.after(within) - age.after(within - delay))
        for weight, age in weighted
    )


def _window(weighted: list[tuple[int, Ageing]], allowed: int, within: timedelta) -> timedelta:
    """Return the longest delay with a lead of at most *allowed*, by halving; none at all is no time."""
    low, high = 0, within // _TICK
    if allowed < 0:
        return timedelta(0)
    while low < high:
        middle = (low + high + 1) // 2
        if _lead(weighted, middle * _TICK, within) <= allowed:
            low = middle
        else:
            high = middle - 1
    return low * _TICK


def _words(jobs: int, window: timedelta, spread: int, within: timedelta, aged: bool) -> str:
    head = f"at most {jobs} later arrivals come before a job that waits {_spoken(within)} or less"
    if not aged:
        return f"{head}, as nothing in the band grows with age"
    return f"{head}, as {spread} points do not make up for arriving more than {_spoken(window)} later"


def _spoken(span: timedelta) -> str:
    """Return a span in words, rounded up to whole seconds, which spans of ticks just below one need."""
    return write_duration(timedelta(seconds=-(-span // timedelta(seconds=1))))
