"""A stay in a state never ends before it began, whoever says so and by whichever way."""

from datetime import timedelta
from typing import Any

import pytest

from jobkit.catalog import Catalog, TypeRules
from jobkit.desk import Desk, Store
from jobkit.errors import Refused
from jobkit.lifecycle import Lifecycle, Migration
from jobkit.model import JobType
from tests.desk.building import (
    BENCH,
    BOSS,
    NOW,
    TECHNICIAN,
    VISIT,
    is_whole,
    on_bench,
    on_site,
    seated,
    workshop,
)
from tests.desk.test_devices import codes, into, sent, told

EARLIER = NOW - timedelta(seconds=1)


def test_move_before_the_entry_is_refused_and_asked_alike(bench: Desk) -> None:
    """
    A move dated before its state was entered is refused with what asking about it tells; that instant is not.
    """
    job = on_bench(bench)

    answer = bench.ask(job.id, "begin", by=BOSS, at=EARLIER)
    many = bench.ask_many([job.id], "begin", by=BOSS, at=EARLIER)[job.id]
    with pytest.raises(Refused) as refused:
        bench.fire(job.id, "begin", by=BOSS, at=EARLIER)

    assert ["desk.before_entry"] == [finding.code for finding in answer.findings]
    assert answer.findings == many.findings == refused.value.findings
    assert "$.states[work]" == refused.value.path
    assert "busy" == bench.fire(job.id, "begin", by=BOSS, at=NOW).job.state.name


def test_migration_before_the_entry_is_refused(store: Store, awaited: bool) -> None:
    """
    Moving a job to other rules is dated no earlier than the state that it maps was entered.
    """
    old = seated(workshop(), store, awaited=awaited)
    job = on_bench(old)
    states = {**BENCH["states"], "idle": BENCH["states"]["open"]}
    rules = workshop(changes={"version": "2", "states": states})
    new = seated(rules, store, awaited=awaited)
    hashes = {"from_hash": job.pins["work"], "to_hash": rules.rules("bench").lifecycles["work"].hash}
    migration = Migration(**hashes, mapping={"open": "idle"}, reason="new")

    with pytest.raises(Refused) as refused:
        new.migrate(job.id, migration, by=BOSS, at=EARLIER)

    assert "desk.before_entry" == refused.value.code


def test_late_move_of_a_device_ends_no_stay_before_it_began(desk: Desk) -> None:
    """
    A device's move as of a time before the state was entered gives way to the entry, and is kept as a fact.
    """
    job = on_site(desk)
    early = VISIT.start - timedelta(hours=1)
    move = told(job, "moved", name="start", at=early, changes=(into(job, "in_progress", at=early),))

    received = sent(desk, job, move, at=early)

    assert ([], [False]) == (codes(received), [each.prevailed for each in received.conflicting])
    assert "on_site" == desk.job(job.id).state.name


def test_claims_are_believed_back_to_the_entry(desk: Desk) -> None:
    """
    What a device claims to have been before the state was entered counts from the entry, with a flag.
    """
    job = on_site(desk)
    claimed = VISIT.start - timedelta(days=1)

    done = desk.fire(job.id, "start", by=TECHNICIAN, at=VISIT.start + timedelta(hours=1), claimed_at=claimed)

    assert (VISIT.start, ("clock_behind",)) == (done.events[0].occurred_at, done.events[0].flags)


PAINT: dict[str, Any] = {
    "id": "paint",
    "version": "1",
    "facet": "paint",
    "states": {
        "wet": {"category": "open", "initial": True},
        "dry": {"category": "closed", "end": "closed"},
    },
    "transitions": [
        {
            "trigger": "dry",
            "from": "wet",
            "to": "dry",
            "after": "1d",
            "effects": [{"name": "fire", "data": {"trigger": "finish"}, "outbound": False}],
        }
    ],
}


def test_late_cause_moves_another_facet_when_that_is_possible(store: Store, awaited: bool) -> None:
    """
    A timer looked at late sets off a move in another facet no earlier than its state was entered.
    """
    lifecycles = {"work": Lifecycle.load(dict(BENCH)), "paint": Lifecycle.load(PAINT)}
    catalog = Catalog.of("shop", [TypeRules(type=JobType(id="bench"), lifecycles=lifecycles)])
    desk = seated(catalog, store, awaited=awaited)
    job = on_bench(desk)
    busy = NOW + timedelta(days=2)
    desk.fire(job.id, "begin", by=BOSS, at=busy)

    (done,) = desk.advance(NOW + timedelta(days=3)).done

    assert (NOW + timedelta(days=1), busy) == (
        done.job.states["paint"].since,
        done.job.states["work"].since,
    )
    assert "done" == done.job.state.name
    assert is_whole(desk, job.id)
