"""Promises of ranking on the desk: queues in the published order, bands recorded, a person's word kept."""

from datetime import timedelta
from typing import Any

import pytest

from jobkit.desk import Desk, Store
from jobkit.errors import Invalid, NotFound, Refused
from jobkit.registry import Registry
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole, seated
from tests.desk.dispatch import NOW, ORDER, PAUL, opened, service


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small regional service."""
    return seated(service(), store, awaited=awaited)


@pytest.fixture
def plain() -> Desk:
    """Return a desk of the service in memory."""
    return Desk(service(), MemoryStore())


def ids(desk: Desk, **more: Any) -> list[str]:
    """Return the jobs of everybody's queue in their order."""
    return [place.id for place in desk.rank("everybody", **{"now": NOW, **more}).places]


def test_queue_is_ranked_and_explained(desk: Desk) -> None:
    """
    Bands come first, then the score, then the id; each place says why, with what was defaulted.
    """
    opened(desk, "a", "preventive", terms={"tier": "gold"})
    opened(desk, "b", "repair")
    opened(desk, "c", "repair", terms={"tier": "gold"})
    opened(desk, "d", "breakdown")

    found = desk.rank("everybody", now=NOW)

    assert ["d", "c", "b", "a"] == [place.id for place in found.places]
    assert ["d", "c", "b", "a"] == [job.id for job in found.jobs]
    assert ("everybody", "order@2") == (found.queue, found.rules)
    assert "defaulted: job.terms.tier is unknown and counts as basic" in found.places[2].explain()


def test_all_pages_of_a_queue_are_ranked() -> None:
    """
    However long the queue is, its last job may be the first to be done; beyond the limit it is refused.
    """
    desk = Desk(service(routing=None, capacity=None), MemoryStore())
    for number in range(501):
        opened(desk, f"J-{number:03}", "preventive")
    opened(desk, "Z", "breakdown")

    assert "Z" == ids(desk)[0]
    assert 502 == len(ids(desk, limit=502))
    with pytest.raises(Invalid) as error:
        ids(desk, limit=501)
    assert "desk.too_many_to_rank" == error.value.code


def test_band_is_recorded_when_a_job_comes_in_and_is_let_pass(desk: Desk) -> None:
    """
    The event says band, rules and what was defaulted; it is recorded again only when the band is another.
    """
    work = {"work_type": "repair"}
    job = desk.submit("visit", {"work": work}, by=PAUL, at=NOW, state="new", job_id="J").job
    desk.amend("J", {"work.work_type": "breakdown"}, by=PAUL, at=NOW)
    approved = desk.fire("J", "approve", by=PAUL, at=NOW).job

    told = [event for event in desk.history("J").events if event.kind == "prioritised"]
    assert (2, 1) == (job.terms.band, approved.terms.band)
    assert ["standard", "emergency"] == [event.name for event in told]
    assert ["jobkit", "order@2"] == [told[0].actor.id, told[0].data["rules"]]
    assert [{"fact": "job.terms.tier", "value": "basic"}] == list(map(dict, told[0].data["defaulted"]))
    assert is_whole(desk, "J")


def test_band_that_somebody_brings_along_is_judged(plain: Desk) -> None:
    """
    Nobody submits himself into a higher band: the rules decide, and the change stands in the history.
    """
    job = opened(plain, "J", "preventive", terms={"band": 1})

    assert 3 == job.terms.band
    assert [(1, 3)] == [(change.old, change.new) for change in plain.history("J").events[-1].changes]


def test_word_of_a_person_outranks_the_rules(desk: Desk) -> None:
    """
    An override needs a reason, is recorded with who gave it, holds as long as it says, and is explained.
    """
    opened(desk, "a", "repair")
    opened(desk, "b", "preventive")
    until = NOW + timedelta(days=1)

    job = desk.override_priority(
        "b", band="emergency", reason="minister visits", by=PAUL, at=NOW, until=until
    ).job

    (given,) = job.terms.overrides
    assert ("paul", "minister visits", "emergency", until) == (
        given.by,
        given.reason,
        given.band,
        given.until,
    )
    assert "paul" == desk.history("b").events[-1].actor.id
    assert (["b", "a"], ["a", "b"]) == (ids(desk), ids(desk, now=until))
    assert (
        "moved to emergency by paul: minister visits" in desk.rank("everybody", now=NOW).places[0].explain()
    )


def test_points_move_inside_the_band(plain: Desk) -> None:
    """
    Points given by hand count in the job's own band.
    """
    for id in ("a", "b"):
        opened(plain, id, "repair")

    plain.override_priority("b", points=5, reason="crane is there", by=PAUL, at=NOW)

    assert ["b", "a"] == ids(plain)


def test_last_of_two_words_at_one_instant_counts(plain: Desk) -> None:
    """
    Two words given at the same instant do not keep the queue from being ranked: the later record holds.
    """
    for id in ("a", "b"):
        opened(plain, id, "repair")

    for band in ("emergency", "preventive"):
        plain.override_priority("b", band=band, reason="x", by=PAUL, at=NOW)

    assert ["a", "b"] == ids(plain)
    assert "preventive" == plain.rank("everybody", now=NOW).places[1].band


def test_word_about_a_band_that_is_gone_does_not_count(store: Store) -> None:
    """
    When rules change, a word that names a band they no longer have is told, and the rest is ranked.
    """
    desk = Desk(service(capacity=None), store)
    for id in ("a", "b"):
        opened(desk, id, "repair")
    desk.override_priority("b", band="emergency", reason="x", by=PAUL, at=NOW)
    changed = Desk(service(capacity=None, priority={**ORDER, "bands": ORDER["bands"][1:]}), store)

    found = changed.rank("everybody", now=NOW)

    assert ["a", "b"] == [place.id for place in found.places]
    assert [("desk.override_band", "warn")] == [(each.code, each.severity) for each in found.findings]
    assert changed.note("b", "Called.", by=PAUL, at=NOW).job.id == "b"


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ({"band": "emergency", "reason": ""}, "desk.blank"),
        ({"band": "gold", "reason": "x"}, "desk.override_band"),
        ({"reason": "x"}, "priority.override_effect"),
        ({"points": 1, "reason": "x", "until": NOW}, "priority.override_never"),
    ],
)
def test_word_that_says_nothing_is_refused(plain: Desk, word: dict[str, Any], code: str) -> None:
    """
    Without a reason, with an unknown band, without effect or without a time in which it holds: refused.
    """
    opened(plain, "a")

    with pytest.raises((Refused, Invalid)) as error:
        plain.override_priority("a", by=PAUL, at=NOW, **word)

    assert code == error.value.code


@pytest.mark.parametrize("path", ["terms.overrides[o1]", "terms"])
def test_override_is_not_amended_onto_a_job(plain: Desk, path: str) -> None:
    """
    Nobody's word is written onto a job by hand, alone or with all the terms.
    """
    opened(plain, "a")
    word = {"id": "o1", "by": "boss", "reason": "x", "at": NOW.isoformat(), "band": "emergency"}
    value = word if path != "terms" else {"overrides": [word]}

    with pytest.raises(Refused) as refused:
        plain.amend("a", {path: value}, by=PAUL, at=NOW)

    assert "desk.override_unspoken" == refused.value.code


def test_override_is_not_submitted_along(plain: Desk) -> None:
    """
    A request cannot bring its own override.
    """
    word = {"id": "o1", "by": "paul", "reason": "x", "at": NOW.isoformat(), "points": 9}

    with pytest.raises(Refused) as refused:
        opened(plain, "a", terms={"overrides": [word]})

    assert "desk.override_unspoken" == refused.value.code


def test_ended_job_takes_no_override(plain: Desk) -> None:
    """
    A job that is over is not prioritised any more.
    """
    opened(plain, "a")
    plain.fire("a", "cancel", by=PAUL, at=NOW)

    with pytest.raises(Refused) as refused:
        plain.override_priority("a", points=1, reason="x", by=PAUL, at=NOW)

    assert "desk.ended" == refused.value.code


def test_catalog_without_rules_ranks_nothing() -> None:
    """
    Ranking and overriding are refused where no order is published.
    """
    desk = Desk(service(priority=None), MemoryStore())
    job = opened(desk, "a", terms={"band": 2})

    for verb in (
        lambda: desk.rank("everybody", now=NOW),
        lambda: desk.override_priority("a", points=1, reason="x", by=PAUL, at=NOW),
    ):
        with pytest.raises(NotFound) as error:
            verb()
        assert "desk.no_priority" == error.value.code
    assert 2 == job.terms.band


def test_rules_may_ask_what_the_host_knows() -> None:
    """
    A namespace that the host registered as facts is open to the rules of priority, and told at every ranking.
    """
    registry = Registry.of(facts={"plant": lambda job: {"stopped": job.id == "b"}})
    bands = [{"id": "emergency", "when": "plant.stopped == true"}, *ORDER["bands"][1:]]
    desk = Desk(service(registry=registry, priority={**ORDER, "bands": bands}), MemoryStore())
    for id in ("a", "b"):
        opened(desk, id)

    assert ["b", "a"] == ids(desk)


def test_unknown_queue_is_refused(plain: Desk) -> None:
    """
    Only queues of the catalog are ranked.
    """
    with pytest.raises(NotFound) as error:
        plain.rank("nowhere", now=NOW)

    assert "catalog.unknown_queue" == error.value.code


def test_bands_of_capacity_and_priority_are_the_same() -> None:
    """
    A catalog whose boards know other bands than its order of work is refused.
    """
    bands = [*ORDER["bands"][:1], {"id": "rest"}]

    with pytest.raises(Invalid) as error:
        service(priority={**ORDER, "bands": bands})

    assert "catalog.capacity_bands" == error.value.code
