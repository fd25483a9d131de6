"""What moves change on visits: each helper gives the changes and what effects carry, and refuses the rest."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.errors import Invalid, JobkitError, NotFound
from jobkit.lifecycle import (
    Deed,
    confirm_changes,
    covers,
    current_visit,
    no_access_changes,
    reopen_changes,
    reschedule_changes,
    shared_sign_off,
    sign_off_changes,
    visit_changes,
    withdraw_changes,
)
from jobkit.model import Job, Outcome, SignOff, State, Subject, Visit, Window, put_all

DAY = datetime(2026, 3, 10, 8, tzinfo=UTC)


def window(day: int, hours: int = 2) -> Window:
    """Return a window that begins at eight, *day* days later."""
    return Window(DAY + timedelta(days=day), DAY + timedelta(days=day, hours=hours))


def sign_off(id: str = "s1", party: str = "owner", day: int = 1, hours: int = 10) -> SignOff:
    """Return a party's word for a day at the site."""
    return SignOff(id=id, party=party, window=window(day, hours), by="sue", at=DAY, site="S1")


def job(**facts: Any) -> Job:
    """Return a job with one visit that is planned, confirmed and signed off."""
    visit = Visit(id="v1", planned=window(1), confirmed=window(1), sign_offs=(sign_off(),))
    states = {"work": State(name="confirmed", category="scheduled")}
    bare = Job(id="J1", type="repair", states=states, subject=Subject(site="S1"), visits=(visit,))
    return attrs.evolve(bare, **facts)


def done(live: Job, deed: Deed) -> Job:
    """Return the job with the deed's changes."""
    return put_all(live, ((change.path, change.new) for change in deed.changes))


def test_reschedule() -> None:
    """
    The new window is planned, nothing is confirmed, old sign-offs are void, and both windows are told.
    """
    deed = reschedule_changes(job(), "v1", window(3), "weather")
    visit = done(job(), deed).visits[0]

    assert (window(3), None, 1) == (visit.planned, visit.confirmed, visit.reschedules)
    assert "weather" == visit.sign_offs[0].voided
    assert {
        "visit": "v1",
        "reason": "weather",
        "voided": ["s1"],
        "old_window": {"start": "2026-03-11T08:00:00.000000Z", "end": "2026-03-11T10:00:00.000000Z"},
        "new_window": {"start": "2026-03-13T08:00:00.000000Z", "end": "2026-03-13T10:00:00.000000Z"},
    } == deed.data


def test_first_reason_for_a_void_sign_off_stays() -> None:
    """
    A sign-off that is void already keeps the reason for which it was voided first.
    """
    once = done(job(), reschedule_changes(job(), "v1", window(3), "weather"))
    deed = reschedule_changes(once, "v1", window(4), "parts_delay")

    assert "weather" == done(once, deed).visits[0].sign_offs[0].voided
    assert [] == deed.data["voided"]


def test_withdraw() -> None:
    """
    A withdrawn visit has no window any more, and what was signed off for it is void.
    """
    deed = withdraw_changes(job(), "v1", "customer_deferral")
    visit = done(job(), deed).visits[0]

    assert (None, None, "customer_deferral") == (visit.planned, visit.confirmed, visit.sign_offs[0].voided)
    assert "new_window" not in deed.data


def test_confirm() -> None:
    """
    Confirming takes the planned window as confirmed.
    """
    live = job(visits=(Visit(id="v1", planned=window(2)),))

    assert window(2) == done(live, confirm_changes(live, "v1")).visits[0].confirmed


def test_no_access() -> None:
    """
    A visit without access ends with its reason, and only the visit ends.
    """
    live = done(job(), no_access_changes(job(), "v1", "nobody_on_site", actual=window(1, 1)))

    assert ("no_access", "nobody_on_site") == (live.visits[0].outcome, live.visits[0].outcome_reason)
    assert window(1, 1) == live.visits[0].actual
    assert live.is_open


def test_sign_off_of_the_same_id_is_replaced() -> None:
    """
    A party that signs off again replaces its earlier word.
    """
    later = sign_off(day=2)

    assert (later,) == done(job(), sign_off_changes(job(), "v1", later)).visits[0].sign_offs


def test_one_sign_off_serves_several_jobs() -> None:
    """
    A sign-off for a site is recorded on each job there whose visit lies in its window, and on no other.
    """
    fits = attrs.evolve(job(), id="fits")
    later = attrs.evolve(job(), id="later", visits=(Visit(id="v1", planned=window(5)),))
    elsewhere = attrs.evolve(job(), id="elsewhere", subject=Subject(site="S2"))
    idle = attrs.evolve(job(), id="idle", visits=())
    deeds = shared_sign_off([fits, later, elsewhere, idle], sign_off("s9", "operator"))

    assert {"fits"} == set(deeds)
    assert "s9" in {given.id for given in done(fits, deeds["fits"]).visits[0].sign_offs}


def test_reopen() -> None:
    """
    A reopening is counted, names the closure it undoes, and takes the customer's acceptance back.
    """
    live = job(outcome=Outcome(accepted=True), counts={"reopened": 1})
    deed = reopen_changes(live, "e7")

    assert {"undoes": "e7"} == deed.data
    assert (2, None) == (done(live, deed).counts["reopened"], done(live, deed).outcome.accepted)


def test_current_visit() -> None:
    """
    The current visit is the earliest without an outcome; a job whose visits have all ended has none.
    """
    visits = (
        Visit(id="past", planned=window(0), outcome="no_access"),
        Visit(id="later", planned=window(4)),
        Visit(id="next", planned=window(2)),
    )
    found = current_visit(job(visits=visits))

    assert found is not None
    assert "next" == found.id
    assert current_visit(job(visits=visits[:1])) is None


@pytest.mark.parametrize(
    ("inner", "held"),
    [(window(1), True), (window(1, 10), True), (window(1, 11), False), (window(0, 30), False), (None, False)],
)
def test_covers(inner: Window | None, held: bool) -> None:
    """
    A window holds another only when no part of it sticks out; an unknown window is not held.
    """
    assert held == covers(window(1, 10), inner)


ENDED = (Visit(id="v1", planned=window(1), outcome="done"),)
REFUSALS = [
    ("lifecycle.unknown_visit", NotFound, lambda: confirm_changes(job(), "v9")),
    (
        "lifecycle.visit_ended",
        Invalid,
        lambda: reschedule_changes(job(visits=ENDED), "v1", window(2), "weather"),
    ),
    ("lifecycle.visit_ended", Invalid, lambda: visit_changes(job(visits=ENDED), "v1", "done")),
    ("lifecycle.visit_unplanned", Invalid, lambda: confirm_changes(job(visits=(Visit(id="v1"),)), "v1")),
    (
        "lifecycle.sign_off_site",
        Invalid,
        lambda: sign_off_changes(job(subject=Subject(site="S2")), "v1", sign_off()),
    ),
    ("lifecycle.undoes_missing", Invalid, lambda: reopen_changes(job(), "")),
]


@pytest.mark.parametrize(("code", "kind", "deed"), REFUSALS, ids=[str(n) for n in range(len(REFUSALS))])
def test_refusals(code: str, kind: type[JobkitError], deed: Callable[[], object]) -> None:
    """
    A visit that is not there or has ended, a sign-off for another site, a nameless closure are refused.
    """
    with pytest.raises(kind) as refused:
        deed()

    assert code == refused.value.code
