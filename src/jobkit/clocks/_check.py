"""What is doubtful about milestones, found before they run: clocks that never attach, end or count."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, TypeGuard

import attrs

from jobkit.clocks._aim import later, working_ticks
from jobkit.clocks._edition import Edition
from jobkit.clocks._milestone import Milestone
from jobkit.clocks._reading import shown
from jobkit.clocks._ticks import Calendars, instant, tick
from jobkit.clocks._worlds import MOST, OTHER, Test, World, Worlds, spelt, told_of
from jobkit.conditions import Vocabulary
from jobkit.durations import Duration, Working, write_duration
from jobkit.findings import Finding, Severity, Template
from jobkit.mappings import EMPTY, FrozenMap
from jobkit.paths import Item, join

NEVER_STARTS: Final = Template(
    "clocks.never_starts",
    "The clock {milestone} never starts: its start holds in no state and for no value that it compares.",
    "Mend starts; look for a misspelt state or value.",
)
START_IN_STOP: Final = Template(
    "clocks.start_in_stop",
    "The clock {milestone} never attaches: whenever it would start, it is stopped or cancelled as well.",
    "Let starts and stops hold at different times.",
)
NEVER_STOPS: Final = Template(
    "clocks.never_stops",
    "The clock {milestone} never stops: its stop holds in no state and for no value that it compares.",
    "Mend stops; look for a misspelt state or value.",
)
PAUSED_FOR_EVER: Final = Template(
    "clocks.paused_for_ever",
    "The clock {milestone} pauses for ever: some pause holds as long as it lives.",
    "Let no pause hold where the clock is meant to run.",
)
STARTS_PAUSED: Final = Template(
    "clocks.starts_paused",
    "The clock {milestone} is paused whenever it starts, and counts nothing until that pause ends.",
    "Start it later, or pause it by something else than its start.",
)
NEVER_PAUSES: Final = Template(
    "clocks.never_pauses",
    "The pause {reason} of the clock {milestone} never holds while the clock lives.",
    "Mend the pause {reason}, or leave it out.",
)
NEITHER: Final = Template(
    "clocks.neither",
    "In the state {state} the clock {milestone} neither runs nor pauses by rule, and counts on.",
    "Name the state {state} in runs, in a pause or in stops.",
)
WAITING_COUNTS: Final = Template(
    "clocks.waiting_counts",
    "The clock {milestone} counts on in the waiting state {state}, for no rule pauses it there.",
    "Pause it there with a reason, or say under runs that waiting counts.",
)
NOT_STOPPED: Final = Template(
    "clocks.not_stopped",
    "The state {state} ends the job and does not stop the clock {milestone}.",
    "Name the state {state} in stops or in cancels.",
)
MAY_NOT_STOP: Final = Template(
    "clocks.may_not_stop",
    "Whether the state {state} stops the clock {milestone} depends on more than the state.",
    "Look whether the clock is to live on there; if not, name the state {state} alone in stops or cancels.",
)
NO_TARGET: Final = Template(
    "clocks.no_target",
    "The clock {milestone} has no target where {when}.",
    "Add a target for that case, or one without a condition at the end.",
)
MAYBE_NO_TARGET: Final = Template(
    "clocks.maybe_no_target",
    "The clock {milestone} may start without a target: none of its targets is without a condition.",
    "Add a target without a condition at the end, or accept a clock that only measures.",
)
SHADOWED: Final = Template(
    "clocks.shadowed_target",
    "The target {target} of the clock {milestone} is never chosen, for an earlier one always fits.",
    "Move the target {target} up, or leave it out.",
)
NOT_ENOUGH_HOURS: Final = Template(
    "clocks.not_enough_hours",
    "From {instant} on the calendar {calendar} never gives what the clock {milestone} promises as {target}.",
    "Add hours or openings to the calendar {calendar}, or choose another calendar or target for {milestone}.",
)
EARLY_WARNING: Final = Template(
    "clocks.early_warning",
    "The warning {warning} of the clock {milestone} rings at the start of the target {target}, which never "
    "has as much as {left} left.",
    "Warn with less time left than the target {target} has, or with a share.",
)
CANNOT_TELL: Final = Template(
    "clocks.cannot_tell",
    "The conditions of the clock {milestone} tell too many cases apart to try them all.",
    "Compare fewer facts, or test the clock on timelines of your own.",
)

Aspect = Literal["name", "category", "end"]

JOB_STATE: Final[Mapping[str, Aspect]] = FrozenMap(
    {
        f"{head}.{aspect}": aspect
        for head in ("job.state", "job.states[work]")
        for aspect in ("name", "category", "end")
    }
)
"""Where conditions read the primary state of a job."""


@attrs.frozen(kw_only=True)
class Place:
    """A state of a lifecycle in plain words: its category, how it ends the job, and where it leads."""

    name: str
    category: str = "open"
    end: str | None = None
    reaches: tuple[str, ...] = ()


def check(
    milestones: Iterable[Milestone] | Mapping[str, Milestone],
    states: Iterable[Place] = (),
    *,
    vocabulary: Vocabulary | None = None,
    facts: Mapping[str, Aspect] = JOB_STATE,
    calendars: Calendars = EMPTY,
    path: str = "$",
) -> tuple[Finding, ...]:
    """
    Return what is wrong or doubtful about *milestones*, each with its place under *path*.

    With *states* also what follows from them: *facts* says by which paths conditions read a state's name,
    category and end. Each of the *calendars* is asked whether it has the hours that are promised. Only what
    is proven for every value that the conditions tell apart blocks or warns; what depends on more, or is too
    much to try, is told as info.
    """
    named = milestones.values() if isinstance(milestones, Mapping) else milestones
    places, named = tuple(states), tuple(named)
    aspects = {spelt(field): aspect for field, aspect in facts.items()}
    return tuple(
        finding
        for milestone in named
        for edition, place in _editions(milestone, join(path, Item(milestone.name)))
        for finding in (
            *_Case(milestone.name, edition, place, places, vocabulary, aspects).findings(),
            *_hours(milestone.name, edition, place, calendars),
            *_early(milestone.name, edition, place),
        )
    )


def _hours(name: str, edition: Edition, path: str, calendars: Calendars) -> Iterator[Finding]:
    """Yield each calendar that never gives what a target takes, from the beginning of the version on."""
    begins = edition.promise.effective_from
    start = _SINCE if begins is None else max(tick(begins), _SINCE)
    for at, aim in enumerate(edition.aims):
        amount = aim.rule.within or aim.rule.after
        asked = sorted({calendar for _, calendar in edition.calendars} & set(calendars))
        for calendar in asked:
            if isinstance(amount, Working) and later(start, amount, calendars, calendar) is None:
                yield Finding.of(
                    NOT_ENOUGH_HOURS,
                    path=f"{path}.targets[{at}]",
                    severity="warn",
                    milestone=name,
                    calendar=calendar,
                    target=aim.name,
                    instant=shown(instant(start)),
                )


def _early(name: str, edition: Edition, path: str) -> Iterator[Finding]:
    """Yield each warning that leaves more time than a target has from its beginning."""
    for at, warning in enumerate(edition.promise.warnings):
        for aim in edition.aims:
            if _exceeds(warning.left, aim.rule.within):
                yield Finding.of(
                    EARLY_WARNING,
                    path=f"{path}.warnings[{at}]",
                    severity="warn",
                    milestone=name,
                    warning=warning.name,
                    target=aim.name,
                    left=write_duration(warning.left),
                )


def _exceeds(left: Duration | None, whole: Duration | None) -> TypeGuard[Duration]:
    """Whether *left* is more than *whole*, as far as that shows without a calendar."""
    if isinstance(left, timedelta) and isinstance(whole, timedelta):
        return left > whole
    if not isinstance(left, Working) or not isinstance(whole, Working):
        return False
    if left.unit == whole.unit:
        return left.amount > whole.amount
    some, most = working_ticks(left), working_ticks(whole)
    return some is not None and most is not None and some > most


_SINCE: Final = tick(datetime(2024, 1, 1, tzinfo=UTC))
"""Before this no hours are looked for: calendars begin to count here, and need compile no earlier years."""


def _editions(milestone: Milestone, path: str) -> Iterator[tuple[Edition, str]]:
    for edition in milestone.editions:
        alone = len(milestone.editions) == 1
        yield edition, path if alone else join(path, Item(edition.promise.version))


class _Case:
    """One version of a milestone under examination."""

    def __init__(
        self,
        name: str,
        edition: Edition,
        path: str,
        places: tuple[Place, ...],
        vocabulary: Vocabulary | None,
        aspects: Mapping[str, Aspect],
    ) -> None:
        self.name, self.path, self.edition = name, path, edition
        self.places, self.aspects, self.vocabulary = places, aspects, vocabulary

    def findings(self) -> Iterator[Finding]:
        """Yield all that is found, or that there is too much to try."""
        try:
            self.life = _Life(self.edition, self.places, self.vocabulary, self.aspects)
            found = [*self._ends(), *self._pauses(), *self._states(), *self._targets()]
        except _TooManyError:
            found = [self._finding(CANNOT_TELL, "info", "")]
        yield from found

    def _finding(self, template: Template, severity: Severity, at: str, **params: str) -> Finding:
        place = f"{self.path}.{at}" if at else self.path
        return Finding.of(template, path=place, severity=severity, milestone=self.name, **params)

    def _ends(self) -> Iterator[Finding]:
        life = self.life
        if not life.starting:
            yield self._finding(NEVER_STARTS, "block", "starts")
        elif all(life.ended(world) for _, world in life.starting):
            yield self._finding(START_IN_STOP, "block", "starts")
        stop = self.edition.conditions.get("stop")
        if stop is not None and not any(life.stop(world) is True for _, world in life.worlds):
            yield self._finding(NEVER_STOPS, "warn", "stops")

    def _pauses(self) -> Iterator[Finding]:
        life = self.life
        if not self.edition.pauses or not life.begun:
            return
        if all(life.paused(world) for _, world in life.living):
            yield self._finding(PAUSED_FOR_EVER, "block", "pauses")
        elif all(life.paused(world) for _, world in life.begun):
            yield self._finding(STARTS_PAUSED, "warn", "pauses")
        for at, (pause, (_, reason)) in enumerate(zip(life.pauses, self.edition.pauses, strict=True)):
            if not any(pause(world) is True for _, world in life.living):
                yield self._finding(NEVER_PAUSES, "warn", f"pauses[{at}]", reason=reason)

    def _states(self) -> Iterator[Finding]:
        for place in self.life.reached:
            worlds = [world for each, world in self.life.worlds if each is place]
            if place.end is not None:
                yield from self._terminal(place, worlds)
            else:
                yield from self._counting(place, [world for world in worlds if not self.life.ended(world)])

    def _terminal(self, place: Place, worlds: list[World]) -> Iterator[Finding]:
        if any(self.life.start(world) is True for world in worlds):
            return
        left = [world for world in worlds if not self.life.ended(world)]
        if len(left) == len(worlds):
            yield self._finding(NOT_STOPPED, "warn", "stops", state=place.name)
        elif left:
            yield self._finding(MAY_NOT_STOP, "info", "stops", state=place.name)

    def _counting(self, place: Place, living: list[World]) -> Iterator[Finding]:
        if any(self.life.paused(world) for world in living):
            return
        if self.edition.promise.runs is not None:
            if not any(self.life.runs(world) is True for world in living):
                yield self._finding(NEITHER, "warn", "runs", state=place.name)
        elif place.category == "waiting" and self.edition.promise.targets:
            yield self._finding(WAITING_COUNTS, "info", "pauses", state=place.name)

    def _targets(self) -> Iterator[Finding]:
        aims = [test for test, _ in zip(self.life.aims, self.edition.aims, strict=True)]
        for at, aim in enumerate(self.edition.aims):
            if at and all(
                any(test(world) is True for test in aims[:at])
                for _, world in self.life.worlds
                if aims[at](world) is True
            ):
                yield self._finding(SHADOWED, "warn", f"targets[{at}]", target=aim.name)
        if aims and self.life.begun:
            yield from self._holes(aims)

    def _holes(self, aims: list[Test]) -> Iterator[Finding]:
        """Yield a case in which no target fits, a proven one with known values if there is one."""
        fields = self.life.target_fields
        fits: dict[tuple[object, ...], list[bool]] = {}
        cases: dict[tuple[object, ...], World] = {}
        for _, world in self.life.begun:
            key = tuple(world[field] for field in fields)
            fits.setdefault(key, []).append(any(aim(world) is True for aim in aims))
            cases.setdefault(key, world)
        holes = [key for key, found in fits.items() if not any(found)]
        known = [key for key in holes if None not in key]
        if holes:
            key = (sorted(known, key=lambda values: OTHER in values) or holes)[0]
            severity: Severity = "warn" if known else "info"
            yield self._finding(NO_TARGET, severity, "targets", when=told_of(cases[key], fields))
        elif not all(fit for found in fits.values() for fit in found):
            yield self._finding(MAYBE_NO_TARGET, "info", "targets")


class _TooManyError(Exception):
    """There are more cases than are tried."""


class _Life:
    """Where and in which worlds a clock may start and live."""

    def __init__(
        self,
        edition: Edition,
        places: tuple[Place, ...],
        vocabulary: Vocabulary | None,
        aspects: Mapping[str, Aspect],
    ) -> None:
        known, tried = edition.conditions, Worlds(vocabulary)
        self.aims = [tried.test(aim.when) if aim.when is not None else _always for aim in edition.aims]
        self.target_fields = tuple(tried.values)
        self.start, self.stop = tried.test(known.get("start")), tried.test(known.get("stop"))
        self.cancel, self.runs = tried.test(known.get("cancel")), tried.test(known.get("runs"))
        self.pauses = [tried.test(known.get(f"pauses[{at}]")) for at in range(len(edition.pauses))]
        self.worlds = list(_tried(tried, places, aspects))
        self.starting = [pair for pair in self.worlds if self.start(pair[1]) is True]
        self.begun = [pair for pair in self.starting if not self.ended(pair[1])]
        self.reached = self._reached(places)
        self.living = [
            (place, world)
            for place, world in self.worlds
            if not self.ended(world) and (place is None or place in self.reached)
        ]

    def ended(self, world: World) -> bool:
        """Whether the clock is stopped or cancelled there."""
        return self.stop(world) is True or self.cancel(world) is True

    def paused(self, world: World) -> bool:
        """Whether some pause holds there."""
        return any(pause(world) is True for pause in self.pauses)

    def _reached(self, places: tuple[Place, ...]) -> list[Place]:
        """Return the states in which the clock may live, or which it may reach alive, in their order."""
        by_name = {place.name: place for place in places}
        survives = {
            place.name
            for place in places
            if any(each is place and not self.ended(world) for each, world in self.worlds)
        }
        seen = {place.name for place, _ in self.begun if place is not None}
        left = list(seen)
        while left:
            following = set(by_name[left.pop()].reaches) & survives - seen
            seen |= following
            left += following
        return [place for place in places if place.name in seen]


def _always(world: World) -> bool:
    return True


def _tried(
    worlds: Worlds, places: tuple[Place, ...], aspects: Mapping[str, Aspect]
) -> Iterator[tuple[Place | None, World]]:
    for place in places or (None,):
        settled = (
            {} if place is None else {field: getattr(place, aspect) for field, aspect in aspects.items()}
        )
        found = worlds.all(settled, MOST // max(1, len(places)))
        if found is None:
            raise _TooManyError
        yield from ((place, world) for world in found)
