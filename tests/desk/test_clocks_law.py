"""The law of the clocks on a desk: what a job carries is what its whole history says, whatever came late."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit import presets
from jobkit.catalog import Catalog
from jobkit.clocks import Milestone, Reading, read, reading, refold, wakeups
from jobkit.desk import Desk
from jobkit.desk._moments import moments
from jobkit.history import Event, EventSet, FieldChange, Head, fold
from jobkit.lifecycle import Lifecycle, Migration
from jobkit.model import Job
from jobkit.stores import MemoryStore
from jobkit.wakeups import Wakeup
from tests.desk.building import NOW, PLANNER, TECHNICIAN, counted, trusting
from tests.laws.test_desk import STARTS, Start, Step, Walk, forwards, moves, words

PRESET = trusting(Catalog.preset("after-sales"))
WORK = PRESET.rules("warranty-repair").lifecycles["work"]
NEXT = Lifecycle.from_definition(attrs.evolve(WORK.definition, version="2"), registry=presets.registry())
REPAIR = attrs.evolve(
    PRESET.rules("warranty-repair"),
    lifecycles={**PRESET.rules("warranty-repair").lifecycles, "work": NEXT},
)
MOVED = attrs.evolve(
    trusting(Catalog.preset("after-sales", zone="Pacific/Auckland")),
    types={**PRESET.types, "warranty-repair": REPAIR},
    earlier={WORK.hash: WORK},
)
STRICTER = attrs.evolve(
    PRESET,
    milestones={
        **PRESET.milestones,
        "on_site": Milestone.load(
            "on_site",
            {
                "version": "2",
                "starts": "job.states['work'].category in ['open', 'scheduled']",
                "stops": "job.states['work'].category in ['active', 'performed', 'closed']",
                "pauses": [{"when": "job.terms.tier == 'bronze'", "reason": "cheap"}],
                "calendar": "business",
                "targets": [{"when": "job.terms.tier == 'gold'", "within": "3 working hours"}],
                "warnings": [{"name": "late", "share": 0.9}],
            },
            calendars=PRESET.calendars,
        ),
    },
)
CATALOGS = (PRESET, MOVED, STRICTER)
TIERS = ("gold", "silver", "bronze", None)
late_words = st.builds(
    Step,
    verb=st.sampled_from(
        ("claim", "tier", "tier_earlier", "device", "advance", "switch", "refresh", "merge", "migrate")
    ),
    values=st.sampled_from(TIERS).map(lambda tier: {"$.terms.tier": tier}),
    hours=st.integers(0, 60),
    times=st.integers(1, 30),
)
walks = st.lists(moves | forwards | forwards | words | late_words | late_words, min_size=1, max_size=20)


class LateWalk(Walk):
    """A walk on which devices and hosts also speak of what was some hours ago."""

    numbers: Any
    sources: Mapping[str, Any]

    def _switch(self, step: Step, key: str) -> None:
        """Sit down at a desk with another catalog on the same store."""
        self.desk = Desk(CATALOGS[step.times % len(CATALOGS)], self.store, **self.sources)

    def _refresh(self, step: Step, key: str) -> None:
        self.desk.refresh(now=self.now)

    def _merge(self, step: Step, key: str) -> None:
        """Let the job turn out to be a duplicate of another one."""
        other = self.desk.submit("warranty-repair", {}, by=PLANNER, at=self.now, command_key=f"{key}-o").job
        told = self.arguments(attrs.evolve(step, role="triage", reason="duplicate", facet="work"))
        who = {name: told[name] for name in ("by", "at", "reason")}
        self.desk.merge(self.id, into=other.id, command_key=key, **who)

    def _migrate(self, step: Step, key: str) -> None:
        wanted = self.desk.office.catalog.rules("warranty-repair").lifecycles["work"]
        way = Migration(from_hash=self.job.pins["work"], to_hash=wanted.hash)
        self.desk.migrate(self.id, way, by=PLANNER, at=self.now, command_key=key)

    def _claim(self, step: Step, key: str) -> None:
        """Take the first way on that is open, and claim that it was earlier."""
        chosen = next(filter(self._is_open, self._ways(step)), None)
        if chosen is not None:
            earlier = self.now - timedelta(hours=step.times)
            told = {**self.arguments(chosen), "claimed_at": earlier}
            self.desk.fire(self.id, chosen.trigger, command_key=key, **told)

    def _tier(self, step: Step, key: str) -> None:
        self.desk.amend(self.id, step.values, by=PLANNER, at=self.now, command_key=key)

    def _tier_earlier(self, step: Step, key: str) -> None:
        """Amend as a host does whose clock is behind."""
        earlier = self.now - timedelta(hours=step.times)
        self.desk.amend(self.id, step.values, by=PLANNER, at=earlier, command_key=key)

    def _device(self, step: Step, key: str) -> None:
        """Receive what a device that knew the job from the beginning had recorded on its own."""
        first, at = self.desk.history(self.id).events[0], self.now - timedelta(hours=step.times)
        change = FieldChange("$.terms.tier", None, step.values["$.terms.tier"])
        told = Event(
            id=f"{key}-d", job_id=self.id, kind="amended", actor=TECHNICIAN, occurred_at=at, recorded_at=at,
            claimed_at=at, origin="tablet", origin_seq=next(self.numbers), changes=(change,),
        )  # fmt: skip
        base = Head(self.id, first.seq, first.hash)
        self.desk.receive(self.id, (EventSet(origin="tablet", events=(told,), base=base),), at=self.now)


def late_walk(start: Start) -> LateWalk:
    """Return the beginning of a walk."""
    store, sources = MemoryStore(), counted()
    walk = LateWalk(start, Desk(PRESET, store, **sources), store)
    walk.numbers, walk.sources = count(1), sources
    return walk


def adopted(desk: Desk) -> Job:
    """Return a job that lived elsewhere for two days."""
    told = {"type": "warranty-repair", "states": {"work": "approved"}, "terms": {"tier": "gold"}}
    since = NOW - timedelta(days=2)
    return desk.adopt(told, by=PLANNER, at=NOW, since=since, evidence="ledger").job


ALL_STARTS: tuple[Start, ...] = (*STARTS, adopted)


def carried(way: LateWalk, now: datetime) -> Mapping[str, Reading]:
    """Return what the carried states of a job say, without what only a derivation tells."""
    job, catalog = way.job, way.desk.office.catalog
    return {
        name: reading(job.clocks[name], milestone, catalog.calendars, {"job": job}, now)
        for name, milestone in catalog.milestones.items()
    }


def replayed(way: LateWalk, now: datetime) -> Mapping[str, Reading]:
    """Return what the whole history says."""
    told, catalog = moments(way.desk.history(way.id).events), way.desk.office.catalog
    return {
        name: attrs.evolve(read(told, milestone, catalog.calendars, now=now), spans=(), marks=())
        for name, milestone in catalog.milestones.items()
    }


def awaited(way: LateWalk) -> tuple[set[Wakeup], set[Wakeup]]:
    """Return the wake-ups of clocks that the store holds, and those that the history asks for."""
    job, catalog = way.job, way.desk.office.catalog
    events = way.desk.history(way.id).events
    told = moments(events)
    states = {each.name: refold(told, each, catalog.calendars) for each in catalog.milestones.values()}
    after = max(way.now, *(at for at, _ in told))
    (index,) = way.store.index("", (way.id,))
    assert index is not None
    wanted = wakeups(job.id, states, catalog.milestones, catalog.calendars, {"job": job}, after)
    return {each for each in index.wakeups if each.kind == "clock"}, set(wanted)


@given(st.sampled_from(ALL_STARTS), walks)
def test_carried_clocks_are_what_the_history_says(start: Start, walk: list[Step]) -> None:
    """
    After every command, late words and claims among them, each carried clock reads as the whole history does.
    """
    way = late_walk(start)
    for step in walk:
        way.go(attrs.evolve(step, times=1) if step.verb not in LATE else step)
        job, events = way.job, way.desk.history(way.id).events
        now = max(way.now, max(event.recorded_at for event in events))

        assert not [outcome for outcome in way.outcomes if " clocks." in outcome]
        assert job == fold(events)
        assert replayed(way, now) == carried(way, now)


LATE = ("claim", "tier_earlier", "device", "switch")


@given(st.sampled_from(ALL_STARTS), walks)
def test_no_wakeup_is_lost_or_doubled(start: Start, walk: list[Step]) -> None:
    """
    After any walk the store waits, once refreshed, for exactly those instants that the history asks for.
    """
    way = late_walk(start)
    for step in walk:
        way.go(attrs.evolve(step, times=1) if step.verb not in LATE else step)
    way.desk.refresh(now=way.now, job_ids=[way.id])
    held, wanted = awaited(way)

    assert wanted == held
    assert () == way.desk.refresh(now=way.now, job_ids=[way.id]).done


@given(st.sampled_from(ALL_STARTS), walks)
def test_points_are_told_once(start: Start, walk: list[Step]) -> None:
    """
    However often time is looked at, no point of a clock is told twice, and each telling has an effect.
    """
    way = late_walk(start)
    for step in walk:
        way.go(attrs.evolve(step, times=1) if step.verb not in LATE else step)
    told = [event for event in way.desk.history(way.id).events if event.kind == "clock"]
    effects = {effect.event_id for effect in way.store.outbox("", limit=10_000)}

    assert len(told) == len({(event.name, event.occurred_at) for event in told})
    assert {event.id for event in told} <= effects


@given(st.sampled_from(STARTS), st.lists(moves | forwards, max_size=12), st.integers(1, 20))
def test_advancing_in_steps_tells_the_same_points(start: Start, walk: list[Step], days: int) -> None:
    """
    Looking at time once or six-hourly tells the same points of clocks at the same instants.
    """
    once, often = late_walk(start), late_walk(start)
    for step in walk:
        for each in (once, often):
            each.go(attrs.evolve(step, times=1))
    for each in (once, often):
        each.desk.advance(each.now)

    end = once.now + timedelta(days=days)
    while once.desk.due(end):
        once.desk.advance(end)
    for hours in range(6, days * 24 + 1, 6):
        while often.desk.due(often.now + timedelta(hours=hours)):
            often.desk.advance(often.now + timedelta(hours=hours))

    assert points(once) == points(often)


def points(way: LateWalk) -> set[tuple[str, datetime]]:
    """Return every point that was told of the job."""
    told = way.desk.history(way.id).events
    return {(event.name, event.occurred_at) for event in told if event.kind == "clock"}
