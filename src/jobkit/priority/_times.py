"""Terms that follow time: how long a job has waited, and how much time it has left."""

from collections.abc import Callable
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import pairwise
from typing import Final

import attrs

from jobkit.conditions import FactReader
from jobkit.durations import Duration, Working, write_duration
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.priority._bench import Bench, OpenTime
from jobkit.priority._measure import Ageing, Facts, Measure, Points
from jobkit.priority._values import Age, Slack, Step, Term, Within

NO_CAP = Template(
    "priority.no_cap",
    "The age at {path} counts without a limit, so that nothing bounds how many overtake a job.",
    "Give a cap, the most points that age can bring.",
)
AGE_NUMBER = Template(
    "priority.age_number",
    "The age at {path} has {points} points for each {per} and a cap of {cap}.",
    "Give points of 1 or more, a time of more than nothing, and a cap that is not below the points.",
)
ONE_SOURCE = Template(
    "priority.one_source",
    "The slack at {path} does not say where the time left comes from.",
    "Name either due or left.",
)
NO_STEPS = Template(
    "priority.no_steps", "The slack at {path} has no steps.", "Say what each time left is worth."
)
STEP = Template(
    "priority.step",
    "The step at {path} does not say by one measure how much time is left.",
    "Give either left or ratio, in all steps the same; a ratio goes with need and is not negative.",
)
STEP_ORDER = Template(
    "priority.step_order",
    "The step at {path} is never reached, is worth more than one with less time left, or less than nothing.",
    "Order the steps from the least time left to the most, with points of 0 or more that do not rise.",
)

_TICK: Final = timedelta(microseconds=1)
_KEPT: Final = 4096
Left = Callable[[Facts, datetime], timedelta | None]
Turn = Callable[[datetime, timedelta], datetime | None]
Limit = Callable[[Facts], timedelta | None]


@attrs.frozen
class Clockwork:
    """Time passed and time left, elapsed or open: what a calendar refuses is not known."""

    calendar: OpenTime | None = None

    def between(self, start: datetime, end: datetime) -> timedelta | None:
        """Return the time from *start* to *end*, None where the calendar has no answer."""
        if self.calendar is None:
            return end - start
        try:
            return self.calendar.elapsed(start, end)
        except Invalid:
            return None

    def after(self, start: datetime, amount: timedelta) -> datetime | None:
        """Return the instant at which *amount* has passed since *start*, None if that never comes."""
        try:
            return start + amount if self.calendar is None else self.calendar.add(start, amount)
        except (OverflowError, Invalid):
            return None


def age_term(term: Term, bench: Bench, path: str) -> Measure:
    """Read points that grow with the age of a job, in whole steps up to the cap."""
    age, path = term.age or Age(since="", per=_TICK), f"{path}.age"
    since = bench.fact(age.since, ("any", "instant"), f"{path}.since")
    clock = Clockwork(bench.calendar(age.calendar, f"{path}.calendar"))
    ageing = _ageing(age, bench, path)

    def read(facts: Facts, now: datetime) -> Points:
        begun = since(facts)
        waited = None if begun is None else clock.between(begun, now)
        return unknown if waited is None else found(ageing.steps(waited))

    def turns(facts: Facts, now: datetime) -> datetime | None:
        begun = since(facts)
        waited = None if begun is None else clock.between(begun, now)
        if waited is None or ageing.after(waited) >= ageing.cap:
            return None
        return clock.after(begun, (ageing.steps(waited) + 1) * ageing.per)

    @lru_cache(maxsize=_KEPT)
    def found(steps: int) -> Points:
        points = ageing.after(steps * ageing.per)
        value = _waited(age.per, steps) + (" or more" if points == ageing.cap else "")
        return Points(value, bench.sign * points, f"{age.since} was {value} ago")

    unknown = Points("unknown", 0, f"{age.since} is unknown")
    low, high = sorted((0, bench.sign * ageing.cap))
    return Measure(read=read, low=low, high=high, turns=turns, ageing=ageing)


def _waited(per: Duration, steps: int) -> str:
    if steps == 0:
        return f"less than {write_duration(per)}"
    whole = Working(per.amount * steps, per.unit) if isinstance(per, Working) else per * steps
    return write_duration(whole)


def _ageing(age: Age, bench: Bench, path: str) -> Ageing:
    per = bench.span(age.per, age.calendar, f"{path}.per")
    cap = age.points if age.cap is None else age.cap
    if age.cap is None:
        bench.refuse(NO_CAP, path)
    if age.points < 1 or per <= timedelta(0) or cap < age.points:
        bench.refuse(AGE_NUMBER, path, points=age.points, per=str(age.per), cap=cap)
    return Ageing(
        since=age.since, per=max(per, _TICK), points=max(age.points, 1), cap=cap, calendar=age.calendar
    )


def slack_term(term: Term, bench: Bench, path: str) -> Measure:
    """Read points that grow as the time left falls, by the first step that holds."""
    slack, path = term.slack or Slack(steps=()), f"{path}.slack"
    left, turn = _left(slack, bench, path)
    named = slack.due or slack.left
    need = None if slack.need is None else bench.fact(slack.need, ("any", "duration"), f"{path}.need")
    _check_steps(slack, bench, path)
    limits = [
        _limit(step, slack, need, bench, f"{path}.steps[{place}]") for place, step in enumerate(slack.steps)
    ]
    marks = [
        Points(
            f"at most {_spoken(step)}", bench.sign * step.points, f"{named} leaves at most {_spoken(step)}"
        )
        for step in slack.steps
    ]
    ample = Points("ample", 0, f"{named} leaves more than any step")
    unknown = Points("unknown", 0, f"{named} is unknown")

    def read(facts: Facts, now: datetime) -> Points:
        rest = left(facts, now)
        if rest is None:
            return unknown
        for limit, mark in zip(limits, marks, strict=True):
            most = limit(facts)
            if most is not None and rest <= most:
                return mark
        return ample

    def turns(facts: Facts, now: datetime) -> datetime | None:
        rest = left(facts, now)
        if rest is None:
            return None
        ahead = [most for limit in limits if (most := limit(facts)) is not None and most < rest]
        return turn(now, rest - max(ahead)) if ahead else None

    every = [0, *(bench.sign * step.points for step in slack.steps)]
    return Measure(read=read, low=min(every), high=max(every), turns=turns)


@attrs.frozen
class Near:
    """Whether at most the named time is left; where nothing is due it is not."""

    most: timedelta
    left: Left
    turn: Turn

    def holds(self, facts: Facts, now: datetime) -> bool:
        """Whether no more is left."""
        rest = self.left(facts, now)
        return rest is not None and rest <= self.most

    def turns(self, facts: Facts, now: datetime) -> datetime | None:
        """Return the instant from which no more is left, None if that is so already."""
        rest = self.left(facts, now)
        return None if rest is None or rest <= self.most else self.turn(now, rest - self.most)


def read_near(within: Within, bench: Bench, path: str) -> Near:
    """Return the test of the time left, checked."""
    left, turn = _left(Slack(steps=(), due=within.due, calendar=within.calendar), bench, path)
    return Near(bench.span(within.left, within.calendar, f"{path}.left"), left, turn)


def _left(slack: Slack, bench: Bench, path: str) -> tuple[Left, Turn]:
    """Return how to read the time left, and when a given part of it will have passed."""
    clock = Clockwork(bench.calendar(slack.calendar, f"{path}.calendar"))
    if (slack.due is None) is (slack.left is None):
        bench.refuse(ONE_SOURCE, path)
        return (lambda facts, now: None), clock.after
    if slack.left is not None:
        told = bench.fact(slack.left, ("any", "duration"), f"{path}.left", moves=True)
        # A clock that stands still loses less than this, so the instant may be early and is never late.
        return (lambda facts, now: told(facts)), Clockwork().after
    due = bench.fact(slack.due or "", ("any", "instant"), f"{path}.due")

    def rest(facts: Facts, now: datetime) -> timedelta | None:
        end = due(facts)
        if end is None or clock.calendar is None:
            return None if end is None else end - now
        return clock.between(now, end)

    return rest, clock.after


def _limit(step: Step, slack: Slack, need: FactReader | None, bench: Bench, path: str) -> Limit:
    if step.left is not None:
        span = bench.span(step.left, slack.calendar, path)
        return lambda facts: span
    ratio = Fraction(step.ratio or 0)

    def share(facts: Facts) -> timedelta | None:
        work = None if need is None else need(facts)
        return None if work is None else (work // _TICK * ratio).__floor__() * _TICK

    return share


def _check_steps(slack: Slack, bench: Bench, path: str) -> None:
    if not slack.steps:
        bench.refuse(NO_STEPS, path)
    ratios = {step.ratio is not None for step in slack.steps}
    for place, step in enumerate(slack.steps):
        at = f"{path}.steps[{place}]"
        one = (step.left is None) is not (step.ratio is None)
        fits = step.ratio is None or (slack.need is not None and step.ratio >= 0)
        if not one or not fits or len(ratios) > 1:
            bench.refuse(STEP, at)
    for place, (less, more) in enumerate(pairwise(slack.steps), 1):
        if not _ordered(less, more):
            bench.refuse(STEP_ORDER, f"{path}.steps[{place}]")
    if slack.steps and slack.steps[-1].points < 0:
        bench.refuse(STEP_ORDER, f"{path}.steps[{len(slack.steps) - 1}]")


def _ordered(less: Step, more: Step) -> bool:
    """Whether the second of two steps has more time left and is worth no more."""
    if more.points > less.points:
        return False
    if less.ratio is not None and more.ratio is not None:
        return less.ratio < more.ratio
    return less.left is None or more.left is None or _length(less.left) < _length(more.left)


def _length(duration: Duration) -> timedelta:
    if not isinstance(duration, Working):
        return duration
    return timedelta(**{f"{duration.unit}s": duration.amount})


def _spoken(step: Step) -> str:
    return f"{step.ratio} times the work" if step.left is None else write_duration(step.left)
