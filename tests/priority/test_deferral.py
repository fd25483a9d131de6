"""Promises of deferral: planned work is put off only by a published rule, and nobody goes in vain."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from jobkit.errors import NotFound
from jobkit.model import Deferral, Job, State, Terms
from jobkit.priority import (
    Booking,
    CapacityRules,
    Displaced,
    admission,
    deferral,
    deferral_rule,
    deferred_since,
    displace,
)
from tests.priority.boards import BLOCK, NOW, board, booking, rules, several

LATER = NOW + timedelta(days=5)
STORM = {"id": "storm", "bands": ["preventive"], "favours": ["emergency"], "most": 2, "longest": "14d"}


def published(**more: Any) -> CapacityRules:
    """Return rules with a block for preventive work and one rule by which it may be put off."""
    return rules(BLOCK, deferrals=[{**STORM, **more}])


def refused(asked: Booking, by: CapacityRules, **more: Any) -> list[str]:
    """Return the codes of what speaks against putting a booking off."""
    told: dict[str, Any] = {"rule": "storm", "until": LATER, "told": "e-1", "now": NOW, **more}
    return [finding.code for finding in deferral(asked, by, **told).findings]


PLANNED = booking("pm", "preventive")


def test_planned_work_may_be_put_off_by_rule() -> None:
    """
    With a rule, a later instant and a recorded communication nothing speaks against it.
    """
    assert [] == refused(PLANNED, published())


@pytest.mark.parametrize(
    ("asked", "more", "rule", "code"),
    [
        (booking("x", "standard"), {}, {}, "priority.deferral_band"),
        (attrs.evolve(PLANNED, deferred=(NOW, NOW)), {}, {}, "priority.deferred_too_often"),
        (PLANNED, {"until": NOW + timedelta(days=15)}, {}, "priority.deferred_too_long"),
        (PLANNED, {"until": NOW}, {}, "priority.deferred_to_past"),
        (PLANNED, {"told": None}, {}, "priority.not_told"),
        (PLANNED, {"told": "  "}, {}, "priority.not_told"),
        (PLANNED, {}, {"when": 'job.terms.tier == "tin"'}, "priority.deferral_condition"),
    ],
)
def test_what_the_rule_does_not_cover_is_refused(
    asked: Booking, more: dict[str, Any], rule: dict[str, Any], code: str
) -> None:
    """
    Another band, too often, too long, into the past, untold, or against its condition: each has its own no.
    """
    assert [code] == refused(asked, published(**rule), **more)


def test_everything_against_it_is_told_at_once() -> None:
    """
    Several reasons come together.
    """
    worn = booking("x", "standard", deferred=(NOW, NOW))

    assert 3 == len(refused(worn, published(), told=None))


def test_longest_counts_from_the_time_the_work_had() -> None:
    """
    Work that is due later may be put off for longer from now.
    """
    asked = attrs.evolve(PLANNED, until=NOW + timedelta(days=10))

    assert [] == refused(asked, published(), until=NOW + timedelta(days=24))


def test_unknown_rule_is_refused() -> None:
    """
    A rule that is not published is named, with those that are.
    """
    with pytest.raises(NotFound) as error:
        deferral_rule(published(), "mood")

    assert "Name one of the published rules: storm." == error.value.unblock


def test_emergency_is_told_which_planned_work_would_go() -> None:
    """
    Exactly what is needed leaves: what was put off least, and of that what has the most time.
    """
    worn = booking("worn", "preventive", deferred=(NOW,))
    soon = booking("soon", "preventive", until=NOW + timedelta(days=3))
    free = booking("free", "preventive", until=NOW + timedelta(days=30))
    there = board(*several(3), worn, soon, free)
    asked = booking("fire", "emergency")

    answer = displace(there, asked, published(), rule="storm", now=NOW)

    assert answer.open
    assert (free,) == answer.subject.bookings
    assert admission(there, asked, published(), now=NOW, displaced=answer.subject).open
    assert not admission(there, asked, published(), now=NOW).open


def test_nobody_goes_in_vain() -> None:
    """
    A small visit that came first in turn stays when the large one that follows makes room enough.
    """
    by = rules(deferrals=[STORM], pools=[{"id": "hours", "slots": 240, "unit": "minutes"}])
    there = board(
        booking("a", "preventive", minutes=30),
        booking("b", "preventive", minutes=180),
        booking("c", minutes=30),
    )

    answer = displace(there, booking("fire", "emergency", minutes=180), by, rule="storm", now=NOW)

    assert ["b"] == [each.job for each in answer.subject.bookings]


def test_nothing_leaves_where_there_is_room() -> None:
    """
    Where the emergency fits anyway, nothing is displaced.
    """
    answer = displace(board(PLANNED), booking("fire", "emergency"), published(), rule="storm", now=NOW)

    assert (True, ()) == (answer.open, answer.subject.bookings)


def test_only_favoured_bands_displace() -> None:
    """
    A standard job displaces nothing by a rule for emergencies.
    """
    answer = displace(board(PLANNED), booking("J-1"), published(), rule="storm", now=NOW)

    assert ["priority.not_favoured"] == [finding.code for finding in answer.findings]


def test_too_little_to_displace_is_told() -> None:
    """
    Where all that may leave is not enough, nothing is proposed.
    """
    answer = displace(board(*several(6)), booking("fire", "emergency"), published(), rule="storm", now=NOW)

    assert "priority.nothing_to_displace" == answer.findings[0].code
    assert () == answer.subject.bookings


def test_what_does_not_stand_there_makes_no_room() -> None:
    """
    Naming work that is not on the board, or not of the rule's bands, gives nobody its reserve.
    """
    by = published()
    there = board(*several(4))
    foreign = Displaced(rule=deferral_rule(by, "storm"), bookings=(PLANNED, several(1)[0]))

    assert not admission(there, booking("fire", "emergency"), by, now=NOW, displaced=foreign).open


def test_age_counts_from_the_first_deferral() -> None:
    """
    However often work is put off, it waits since the first time.
    """
    put_off = tuple(
        Deferral(id=str(days), reason="storm", until=LATER, by="paul", at=NOW - timedelta(days=days))
        for days in (1, 9, 4)
    )
    job = Job(id="J", type="pm", states={"work": State(name="open", category="open")})

    assert NOW - timedelta(days=9) == deferred_since(attrs.evolve(job, terms=Terms(deferrals=put_off)))
    assert None is deferred_since(job)
