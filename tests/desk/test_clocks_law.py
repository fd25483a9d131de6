"""The law of the clocks on a desk: what a job carries is what its whole history says, whatever came late."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from jobkit.catalog import Catalog
from jobkit.clocks import Reading, read, reading
from jobkit.desk import Desk
from jobkit.desk._moments import moments
from jobkit.history import Event, EventSet, FieldChange, Head, fold
from jobkit.model import Job
from jobkit.stores import MemoryStore
from tests.desk.building import PLANNER, TECHNICIAN, counted
from tests.laws.test_desk import STARTS, Start, Step, Walk, forwards, moves, words

PRESET = Catalog.preset("after-sales")
TIERS = ("gold", "silver", "bronze", None)
late_words = st.builds(
    Step,
    verb=st.sampled_from(("claim", "tier", "tier_earlier", "device", "advance")),
    values=st.sampled_from(TIERS).map(lambda tier: {"$.terms.tier": tier}),
    hours=st.integers(0, 60),
    times=st.integers(1, 30),
)
walks = st.lists(moves | forwards | forwards | words | late_words | late_words, min_size=1, max_size=20)


class LateWalk(Walk):
    """A walk on which devices and hosts also speak of what was some hours ago."""

    numbers: Any

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
    store = MemoryStore()
    walk = LateWalk(start, Desk(PRESET, store, **counted()), store)
    walk.numbers = count(1)
    return walk


def carried(job: Job, now: datetime) -> Mapping[str, Reading]:
    """Return what the carried states of a job say, without what only a derivation tells."""
    facts = {"job": job}
    return {
        name: reading(job.clocks[name], milestone, PRESET.calendars, facts, now)
        for name, milestone in PRESET.milestones.items()
    }


def replayed(events: tuple[Event, ...], now: datetime) -> Mapping[str, Reading]:
    """Return what the whole history says."""
    told = moments(events)
    return {
        name: attrs.evolve(read(told, milestone, PRESET.calendars, now=now), spans=(), marks=())
        for name, milestone in PRESET.milestones.items()
    }


@given(st.sampled_from(STARTS), walks)
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
        assert replayed(events, now) == carried(job, now)


LATE = ("claim", "tier_earlier", "device")


@given(st.sampled_from(STARTS), walks)
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
