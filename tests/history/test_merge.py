"""Merging: what devices recorded on their own is applied, or kept with the reason why not."""

from collections.abc import Iterable

import attrs
import pytest

from jobkit.errors import Invalid, NotFound, Refused, RuleFailed
from jobkit.findings import Finding, Template
from jobkit.history import (
    CONFLICT,
    REJECTED,
    Event,
    EventSet,
    Head,
    Merged,
    canonical,
    fold,
    head,
    merge,
    offered,
    read_line,
    rejoin,
    seal,
    verify,
    write_line,
)
from jobkit.model import Job
from tests.history.building import event, minute, moved, opened, secret, sets, state

NOT_TODAY = Template("tests.not_today", "The judge says no.", "Ask another judge.")
BASE = seal((opened(),))
NOON = minute(240)


def lenient(job: Job, event: Event) -> Iterable[Finding]:
    """
    A judge who finds nothing.
    """
    return ()


def strict(job: Job, event: Event) -> Iterable[Finding]:
    """
    A judge who lets a job move only from the state that it is in.
    """
    for change in event.changes:
        if event.kind == "moved" and change.old["name"] != job.state.name:
            yield Finding.of(NOT_TODAY, path=change.path)


def device(origin: str, *events: Event, base: Head | None = None) -> EventSet:
    """
    A set of events, numbered from 1 where they have no number of their own.
    """
    numbered = [
        attrs.evolve(told, origin_seq=told.origin_seq or place) for place, told in enumerate(events, start=1)
    ]
    return EventSet(origin=origin, events=tuple(numbered), base=base)


def merged(*sets: EventSet, since: tuple[Event, ...] = (), judge: object = lenient) -> Merged:
    """
    The outcome at noon of sets that build on the opening.
    """
    end = head(BASE)
    assert end is not None
    return merge(end, fold(BASE), sets, judge, recorded_at=NOON, since=since)  # type: ignore[arg-type]


def ids(events: Iterable[Event]) -> list[str]:
    """
    The ids of events, in order.
    """
    return [told.id for told in events]


def symptom(id: str, at: float, new: str, old: str | None = None) -> Event:
    """
    The event that sets the symptom of the job.
    """
    return event(id, at, **sets("$.work.symptom", old, new))


def test_events_of_several_devices_interleave() -> None:
    """
    What devices did apart is applied in the order in which it occurred, and continues the chain.
    """
    outcome = merged(
        device(
            "van-7", symptom("a1", 10, "leak"), event("a2", 30, **sets("$.visits[v1].outcome", None, "done"))
        ),
        device("van-3", event("b1", 20, **sets("$.outcome.notes", None, "valve replaced"))),
    )

    assert ["a1", "b1", "a2"] == ids(outcome.events) == ids(outcome.applied)
    chain = (*BASE, *seal(outcome.events, head(BASE)))
    assert verify(chain).ok
    assert ("leak", "done", "valve replaced") == (
        fold(chain).work.symptom,
        outcome.job.visits[0].outcome,
        outcome.job.outcome.notes,
    )


def test_merged_events_carry_claim_and_acceptance() -> None:
    """
    The device's word is kept as claimed, and a clock far ahead is flagged and clamped to the recording.
    """
    (told,) = merged(device("van-7", symptom("a1", 600_000, "leak"))).events

    assert (minute(600_000), NOON, NOON, ("clock_ahead",)) == (
        told.claimed_at,
        told.occurred_at,
        told.recorded_at,
        told.flags,
    )


def test_a_device_keeps_its_own_order() -> None:
    """
    A clock that jumps back between two events does not turn them round.
    """
    outcome = merged(device("van-7", symptom("a1", 30, "leak"), symptom("a2", -900, "noise", "leak")))

    assert ["a1", "a2"] == ids(outcome.applied)
    assert ("noise", ("clock_behind",)) == (outcome.job.work.symptom, outcome.events[1].flags)


def test_the_later_of_two_values_prevails_and_both_are_listed() -> None:
    """
    Two devices set one path from the same value: the later applies, flagged, and the clash names both.
    """
    outcome = merged(device("van-7", symptom("a1", 10, "leak")), device("van-3", symptom("b1", 20, "noise")))

    (conflict,) = outcome.conflicting
    (clash,) = conflict.clashes
    assert "noise" == outcome.job.work.symptom
    assert ("b1", "noise", "leak", "a1", True) == (
        conflict.event.id,
        clash.offered,
        clash.standing,
        clash.standing_event,
        conflict.prevailed,
    )
    assert (CONFLICT,) == outcome.events[1].flags


def test_a_value_that_was_overtaken_is_kept_as_a_conflict() -> None:
    """
    A late event against a later recorded value is not applied; the fact recorded in its place gives it back.
    """
    since = seal((symptom("s2", 60, "noise"),), head(BASE))

    outcome = merged(device("van-7", symptom("a1", 10, "leak")), since=since)

    (fact,) = outcome.events
    assert ("noise", (), CONFLICT, ()) == (outcome.job.work.symptom, outcome.applied, fact.kind, fact.changes)
    assert sets("$.work.symptom", None, "leak")["changes"] == offered(fact).changes
    assert 'Event a1 would make $.work.symptom "leak", but event s2 had made it "noise".' == (
        outcome.conflicting[0].findings[0].message
    )


def test_the_same_value_twice_is_no_conflict() -> None:
    """
    Devices that agree do not clash, and neither does one that knew the value that stands.
    """
    outcome = merged(
        device("van-7", symptom("a1", 10, "leak")),
        device("van-3", symptom("b1", 20, "leak")),
        device("van-5", symptom("c1", 30, "noise", "leak")),
    )

    assert ((), "noise") == (outcome.conflicting, outcome.job.work.symptom)


def test_a_value_told_with_its_defaults_is_the_same_value() -> None:
    """
    A device that spells a default out has not seen another value.
    """
    old, new = {"id": "v1", "reschedules": 0, "crew": []}, {"id": "v1", "note": "gate is open"}

    assert () == merged(device("van-7", event("a1", 10, **sets("$.visits[v1]", old, new)))).conflicting


def test_a_change_inside_a_replaced_item_is_a_conflict() -> None:
    """
    Replacing a whole visit does not silently undo what another device recorded inside it.
    """
    outcome = merged(
        device("van-7", event("a1", 10, **sets("$.visits[v1].outcome", None, "no_access"))),
        device("van-3", event("b1", 20, **sets("$.visits[v1]", {"id": "v1"}, {"id": "v1", "note": "x"}))),
    )

    assert [("b1", "a1")] == [
        (conflict.event.id, conflict.clashes[0].standing_event) for conflict in outcome.conflicting
    ]


def test_a_later_value_stands_even_if_it_was_known() -> None:
    """
    An event dated before the value that it builds on does not undo it on the timeline; it is a conflict.
    """
    since = seal((symptom("s2", 60, "noise"),), head(BASE))

    outcome = merged(device("van-7", symptom("a1", 10, "leak", "noise")), since=since)

    assert ((), "noise", True) == (
        outcome.applied,
        outcome.job.work.symptom,
        outcome.conflicting[0].clashes[0].overtaken,
    )


def test_several_changes_of_one_event_build_on_each_other() -> None:
    """
    An event that adds a visit and then records its outcome does not clash with itself.
    """
    changes = (
        *sets("$.visits[v2]", None, {"id": "v2"})["changes"],
        *sets("$.visits[v2].outcome", None, "done")["changes"],
    )

    outcome = merged(device("van-7", event("a1", 10, changes=changes)))

    assert (["a1"], ()) == (ids(outcome.applied), outcome.conflicting)


def test_the_judge_rejects_with_reasons() -> None:
    """
    A move that the judge refuses becomes a rejected fact that names the reason and gives the move back.
    """
    start = moved("a1", 10, state("approved", 0), state("started", 10), data={"words": secret()})

    outcome = merged(device("van-7", start), judge=strict)

    (fact,) = outcome.events
    assert (REJECTED, "moved", ()) == (fact.kind, fact.name, fact.changes)
    assert "tests.not_today" == outcome.rejected[0].findings[0].code == fact.data["findings"][0]["code"]
    assert start.changes == offered(fact).changes
    assert {"words": secret()} == offered(fact).data


def test_warnings_do_not_reject() -> None:
    """
    Only a blocking finding keeps an event from being applied.
    """

    def warns(job: Job, event: Event) -> Iterable[Finding]:
        yield Finding.of(NOT_TODAY, severity="warn")

    assert 1 == len(merged(device("van-7", symptom("a1", 10, "leak")), judge=warns).applied)


def test_a_change_that_leads_nowhere_is_rejected() -> None:
    """
    An event whose change does not fit the job is kept as rejected, and the merge goes on.
    """
    outcome = merged(
        device(
            "van-7",
            event("a1", 10, **sets("$.visits[v9].outcome", None, "done")),
            event("a2", 11, **sets("$.version", 1, 7)),
            symptom("a3", 12, "leak"),
        )
    )

    assert (["a1", "a2"], ["a3"]) == ([each.event.id for each in outcome.rejected], ids(outcome.applied))


def test_doubled_events_are_dropped() -> None:
    """
    What is in the history already, or told again under another id, is not recorded twice.
    """
    first = merged(device("van-7", symptom("a1", 10, "leak")), device("van-3", symptom("b1", 20, "noise")))
    since = seal(first.events, head(BASE))
    again = device("van-7", symptom("a1", 10, "leak"))
    renamed = device("van-3", symptom("b9", 20, "noise"))

    outcome = merged(again, again, renamed, since=since)

    assert ((), ["a1", "b9"]) == (outcome.events, sorted(ids(outcome.doubled)))


def test_facts_are_not_recorded_twice_either() -> None:
    """
    A rejected or conflicting event that its device sends again is known by the fact that keeps it.
    """
    since = seal((symptom("s2", 60, "noise"),), head(BASE))
    sent = device(
        "van-7", symptom("a1", 10, "leak"), moved("a2", 20, state("started", 0), state("triage", 20))
    )
    first = merged(sent, since=since, judge=strict)
    assert [CONFLICT, REJECTED] == [fact.kind for fact in first.events]

    again = merged(sent, since=(*since, *seal(first.events, head(since))), judge=strict)

    assert ((), ["a1", "a2"]) == (again.events, ids(again.doubled))


def test_one_id_with_two_meanings_is_a_conflict() -> None:
    """
    The same id or number with other content is kept under an id of its own, and sent again it is known.
    """
    sent = device("van-7", symptom("a1", 10, "leak")), device("van-7", symptom("a1", 10, "noise"))

    outcome = merged(*sent)

    (conflict,) = outcome.conflicting
    assert ("history.same_id", False, 2) == (
        conflict.findings[0].code,
        conflict.prevailed,
        len(outcome.events),
    )
    assert 2 == len({fact.id for fact in outcome.events})
    assert () == merged(*sent, since=seal(outcome.events, head(BASE))).events


def test_events_on_an_unknown_base_are_rejected() -> None:
    """
    A device that builds on an entry that is not in the history is told so; the event is kept.
    """
    elsewhere = Head("j1", 4, "0" * 64)

    outcome = merged(device("van-7", symptom("a1", 10, "leak"), base=elsewhere))

    assert ["history.unknown_base"] == [finding.code for finding in outcome.rejected[0].findings]


def test_a_base_inside_the_history_is_where_claims_begin() -> None:
    """
    A device that has seen a later entry cannot have acted before it.
    """
    since = seal((symptom("s2", 60, "noise"),), head(BASE))

    outcome = merged(device("van-7", symptom("a1", 10, "leak", "noise"), base=head(since)), since=since)

    assert (minute(60), ("clock_behind",)) == (outcome.events[0].occurred_at, outcome.events[0].flags)


def test_events_of_another_job_are_rejected() -> None:
    """
    An event that was sent to the wrong job is rejected with that job's id; it is recorded under its own.
    """
    stray = event("x", 10, job_id="j2", **sets("$.work.symptom", None, "leak"))

    outcome = merged(device("van-7", stray))

    assert ["history.offered_elsewhere"] == [finding.code for finding in outcome.rejected[0].findings]
    assert verify((*BASE, *seal(outcome.events, head(BASE)))).ok


def test_rejoining_knows_the_whole_history() -> None:
    """
    With the whole history at hand, an event recorded long ago is known as doubled, and a new one goes on.
    """
    sent = device("van-7", symptom("a1", 10, "leak"))
    first = rejoin(BASE, (sent,), lenient, recorded_at=NOON)
    whole = (*BASE, *seal(first.events, head(BASE)))
    more = device("van-7", symptom("a1", 10, "leak"), symptom("a2", 20, "noise", "leak"))

    outcome = rejoin(whole, (more,), lenient, recorded_at=NOON)

    assert (["a1"], ["a2"], "noise") == (ids(outcome.doubled), ids(outcome.applied), outcome.job.work.symptom)


def test_nothing_rejoins_without_a_history() -> None:
    """
    A job must have begun before devices can add to it.
    """
    with pytest.raises(NotFound):
        rejoin((), (), lenient, recorded_at=NOON)


def test_a_judge_that_raises_is_named() -> None:
    """
    A broken judge ends the merge with its name and the event; its own refusals pass as they are.
    """

    def broken(job: Job, event: Event) -> Iterable[Finding]:
        raise KeyError(event.id)

    def refusing(job: Job, event: Event) -> Iterable[Finding]:
        raise Refused.of(NOT_TODAY)

    with pytest.raises(RuleFailed, match="broken raised KeyError on event a1") as failed:
        merged(device("van-7", symptom("a1", 10, "leak")), judge=broken)
    assert isinstance(failed.value.__cause__, KeyError)

    with pytest.raises(Refused):
        merged(device("van-7", symptom("a1", 10, "leak")), judge=refusing)


def test_a_value_without_a_spelling_is_refused() -> None:
    """
    What could not be recorded as a fact either is refused at the door.
    """
    with pytest.raises(Invalid):
        merged(device("van-7", event("a1", 10, **sets("$.fields[x]", None, 0.5))))


def test_facts_read_back_and_give_the_offer_back() -> None:
    """
    A fact that was stored and read again still holds the whole event that was offered.
    """
    start = moved("a1", 10, state("approved", 0), state("started", 10))
    outcome = merged(device("van-7", start), judge=strict)

    (fact,) = (read_line(write_line(told)) for told in seal(outcome.events, head(BASE)))

    assert start.changes == offered(fact).changes
    assert ("a1", "moved", "to started") == (offered(fact).id, offered(fact).kind, offered(fact).name)


@pytest.mark.parametrize(
    "data", [{}, {"offer": 7}, {"offer": {"id": "x"}}, {"offer": {"id": "x", "kind": "k", "changes": [7]}}]
)
def test_a_fact_without_a_whole_offer_is_itself(data: dict[str, object]) -> None:
    """
    A rejected fact of another make gives back itself, and nothing is raised.
    """
    told = event("x", kind=REJECTED, data=data)

    assert told is offered(told)


def test_private_values_stay_private_in_findings() -> None:
    """
    A clash over a private value shows digests, never the text.
    """
    path = "$.work.access_notes"
    outcome = merged(
        device("van-7", event("a1", 10, **sets(path, None, secret("key under the mat")))),
        device("van-3", event("b1", 20, **sets(path, None, secret("ring twice", salt="01" * 16)))),
    )

    said = canonical([finding.to_dict()["message"] for finding in outcome.conflicting[0].findings]).decode()
    assert "mat" not in said
    assert "twice" not in said
