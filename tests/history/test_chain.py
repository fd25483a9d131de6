"""The chain: sealing gives each entry its place, and verifying finds what was done to it afterwards."""

from collections.abc import Callable

import attrs
import pytest

from jobkit.errors import Invalid, Tampered
from jobkit.history import Event, Head, check, event_hash, head, seal, verify
from tests.history.building import event, opened, secret, story

Deed = Callable[[tuple[Event, ...]], tuple[Event, ...]]


def found(events: tuple[Event, ...], end: Head | None = None) -> set[tuple[str, int, str]]:
    """
    What verifying finds: code, entry and event of each finding.
    """
    return {
        (finding.code.removeprefix("history."), finding.params["seq"], finding.params["event"])
        for finding in verify(events, end).findings
    }


def resealed(changed: Event) -> Event:
    """
    The event with a hash that fits it, as one who knows the format would forge it.
    """
    return attrs.evolve(changed, hash=event_hash(changed))


def test_seal_numbers_and_links() -> None:
    """
    Each sealed event has the next number, the hash of the one before, and a hash of its own.
    """
    events = story()

    assert [1, 2, 3, 4, 5] == [entry.seq for entry in events]
    assert ["", *(entry.hash for entry in events[:-1])] == [entry.prev for entry in events]
    assert 5 == len({entry.hash for entry in events})


def test_seal_goes_on_from_a_head() -> None:
    """
    Sealing in two steps gives the chain that sealing at once gives.
    """
    unsealed = opened(), event("e2", 1), event("e3", 2)
    first = seal(unsealed[:1])

    assert seal(unsealed) == (*first, *seal(unsealed[1:], head(first)))


def test_no_events_have_no_head() -> None:
    """
    Only a chain with an entry has an end to export.
    """
    assert head(()) is None


def test_sealed_events_are_not_sealed_again() -> None:
    """
    An event that has its place is refused, and the finding names that place.
    """
    with pytest.raises(Invalid, match="Event e2 of job j1 is already sealed as entry 2"):
        seal(story()[1:2])


def test_events_of_another_job_are_not_sealed() -> None:
    """
    A chain belongs to one job.
    """
    with pytest.raises(Invalid, match="Event x belongs to job j2"):
        seal((event("x", job_id="j2"),), head(story()))


def test_a_value_without_a_spelling_is_not_sealed() -> None:
    """
    A half character in a note is refused with its path, whichever way the event is written.
    """
    with pytest.raises(Invalid) as refused:
        seal((event("e1", note="\ud800"),))

    assert "$.note" == refused.value.path


def test_an_honest_chain_verifies() -> None:
    """
    Nothing is found in what was sealed and left alone.
    """
    events = story()

    assert verify(events, head(events)).ok
    assert 5 == verify(events).count


@pytest.mark.parametrize(
    ("deed", "expected"),
    [
        (lambda e: (*e[:3], attrs.evolve(e[3], note="stop"), e[4]), {("changed", 4, "e4")}),
        (lambda e: (*e[:3], attrs.evolve(e[3], hash="0" * 64), e[4]), {("changed", 4, "e4")}),
        (lambda e: (*e[:3], attrs.evolve(e[3], id="e9"), e[4]), {("changed", 4, "e9")}),
        (lambda e: (*e[:3], resealed(attrs.evolve(e[3], note="stop")), e[4]), {("replaced", 4, "e4")}),
        (lambda e: (*e[:4], resealed(attrs.evolve(e[4], note="stop"))), {("rewritten", 5, "e5")}),
        (lambda e: (e[0], *e[2:]), {("removed", 2, "e3")}),
        (lambda e: (e[0], *e[3:]), {("removed", 2, "e4")}),
        (lambda e: e[1:], {("removed", 1, "e2")}),
        (lambda e: e[:3], {("truncated", 4, "e3")}),
        (lambda e: (), {("truncated", 1, "none")}),
        (lambda e: (e[0], e[2], e[1], *e[3:]), {("moved", 2, "e2")}),
        (lambda e: (*e, e[1]), {("inserted", 2, "e2")}),
        (lambda e: (*e[:2], resealed(attrs.evolve(e[2], id="x")), *e[2:]), {("inserted", 3, "x")}),
        (lambda e: (*e, resealed(event("x", job_id="j2", seq=6))), {("inserted", 6, "x")}),
        (lambda e: (event("x"), *e), {("changed", 0, "x")}),
    ],
)
def test_tampering_is_found_and_located(deed: Deed, expected: set[tuple[str, int, str]]) -> None:
    """
    What was done, and to which entry, is exactly what verifying says.
    """
    events = story()

    assert expected == found(deed(events), head(events))


def test_a_rewritten_end_is_found_only_by_the_head() -> None:
    """
    A chain that was cut, or resealed to its end, verifies without the exported head and not with it.
    """
    events = story()

    assert verify(events[:3]).ok
    assert not verify(events[:3], head(events)).ok


def test_entries_after_the_head_are_no_finding() -> None:
    """
    A chain that went on after its head was exported verifies against that head.
    """
    events = story()

    assert verify(events, head(events[:3])).ok


def test_the_rest_of_a_chain_verifies_after_its_head() -> None:
    """
    What follows a verified head is verified alone, and a false beginning is found.
    """
    events = story()

    assert verify(events[3:], after=head(events[:3])).ok
    assert not verify(events[3:], after=Head("j1", 3, "0" * 64)).ok


def test_check_raises_with_every_finding() -> None:
    """
    Tampered carries each entry that is not as it was sealed.
    """
    first, second, *rest = story()

    with pytest.raises(Tampered) as tampered:
        check((attrs.evolve(first, note="x"), attrs.evolve(second, note="y"), *rest))

    assert [1, 2] == [finding.params["seq"] for finding in tampered.value.findings]


def test_a_false_private_value_is_found() -> None:
    """
    A private value that is swapped for another after sealing no longer has its digest.
    """
    events = story()
    swapped = attrs.evolve(events[2], data={**events[2].data, "words": secret("never call")})

    assert {("changed", 3, "e3")} == found((*events[:2], swapped, *events[3:]))
