"""Laws of the history: what must hold for every chain, every fold and every merge."""

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import attrs
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from jobkit.errors import JobkitError
from jobkit.findings import Finding, Template
from jobkit.history import (
    Event,
    EventSet,
    FieldChange,
    Head,
    History,
    Merged,
    Real,
    accept,
    apply,
    canonical,
    erase,
    event_document,
    fold,
    head,
    merge,
    offered,
    private_values,
    read_event,
    read_line,
    seal,
    verify,
    write_line,
)
from jobkit.model import Job
from jobkit.privacy import Redacted
from tests.history.building import ANNA, event, minute, opened, sets, state

REFUSED = Template("laws.refused", "The judge says no.", "Ask another judge.")
EDGE = 2**53

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
names = st.text("abcdefgh_\u00e9\uffff\U0001f600", min_size=1, max_size=4)
reals = st.floats(min_value=-EDGE, max_value=EDGE, allow_nan=False).map(Real)
leaves = st.one_of(st.booleans(), st.integers(-EDGE, EDGE), texts, reals)
secrets = st.builds(Redacted, texts, salt=st.binary(min_size=16, max_size=16).map(bytes.hex))


def nested(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """
    Wire values over a kind of leaf.
    """
    return st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
        max_leaves=8,
    )


minutes = st.integers(0, 600)
paths = st.sampled_from(["$.work.symptom", "$.fields[colour]", "$.visits[v1].note", "$.outcome.notes"])
words = st.sampled_from(["leak", "noise", "heat"])
notes = st.builds(
    lambda at, path, old, new, data, note: event(
        "", at, changes=(FieldChange(path, old, new),), data=data, note=note or None
    ),
    minutes,
    paths,
    words,
    words,
    st.dictionaries(names, nested(leaves | secrets), max_size=2),
    texts,
)
moves = st.builds(
    lambda at, old, new: event("", at, "moved", **sets("$.states[work]", state(old, 0), state(new, at))),
    minutes,
    st.sampled_from(["draft", "triage", "approved"]),
    st.sampled_from(["triage", "approved", "started"]),
)


@st.composite
def chains(draw: st.DrawFn, most: int = 8) -> tuple[Event, ...]:
    """
    Sealed histories that open a job and go on.
    """
    told = draw(st.lists(notes | moves, max_size=most))
    named = [attrs.evolve(each, id=f"e{place}") for place, each in enumerate(told, start=2)]
    return seal((opened(), *named))


@st.composite
def offers(draw: st.DrawFn) -> tuple[EventSet, ...]:
    """
    What up to three devices recorded on their own, with clocks that may be wrong by 400 days.
    """
    sets = []
    for origin in draw(st.lists(st.sampled_from(["van-3", "van-5", "van-7"]), max_size=3, unique=True)):
        wrong = timedelta(days=draw(st.sampled_from([0, 0, -400, 400])))
        told = draw(st.lists(notes | moves, max_size=5))
        events = tuple(
            attrs.evolve(each, id=f"{origin}.{place}", origin_seq=place, claimed_at=each.occurred_at + wrong)
            for place, each in enumerate(told, start=1)
        )
        sets.append(EventSet(origin=origin, events=events))
    return tuple(sets)


def refuses_heat(job: Job, event: Event) -> Iterable[Finding]:
    """
    A judge with one whim.
    """
    if any(change.new == "heat" for change in event.changes):
        yield Finding.of(REFUSED)


def merged(chain: tuple[Event, ...], split: int, sets: Iterable[EventSet]) -> Merged:
    """
    The outcome of merging into a chain for which the devices had seen its first part.
    """
    base = chain[:split]
    end = head(base)
    assert end is not None
    since = chain[len(base) :]
    return merge(end, fold(base), sets, refuses_heat, recorded_at=minute(601), since=since)


def place_of_damage(lines: list[bytes], chain: tuple[Event, ...]) -> int | None:
    """
    The number of the line that cannot be read, or of the first entry that verifying names.
    """
    read = []
    for number, line in enumerate(lines):
        try:
            read.append(read_line(line))
        except JobkitError:
            return number
    named = {finding.params["event"] for finding in verify(read, head(chain)).findings}
    return next((number for number, told in enumerate(read) if told.id in named), None)


@given(nested(st.one_of(st.booleans(), st.integers(1 - EDGE, EDGE - 1), texts, reals)))
def test_canonical_bytes_are_those_of_rfc_8785(value: Any) -> None:
    """
    Whatever has no null in a mapping spells as an independent implementation spells it.
    """
    assert rfc8785.dumps(value) == canonical(value)


@given(chains())
def test_documents_round_trip(chain: tuple[Event, ...]) -> None:
    """
    Every event reads back from its document and from its line, given its private values.
    """
    for told in chain:
        private = {hidden.digest: (hidden.salt, hidden.reveal()) for hidden in private_values(told)}
        assert told == read_event({**event_document(told), "hash": told.hash}, private)
        assert told == read_line(write_line(told), private)


@given(chains())
def test_an_untouched_chain_verifies(chain: tuple[Event, ...]) -> None:
    """
    What was sealed verifies, whole and at every prefix, also after every private value is erased.
    """
    digests = [hidden.digest for told in chain for hidden in private_values(told)]

    assert verify(chain, head(chain)).ok
    assert verify(erase(chain, digests), head(chain)).ok
    assert all(verify(chain[:count], head(chain[:count])).ok for count in range(1, len(chain)))


@given(chains(), st.data())
def test_every_changed_byte_is_found_and_located(chain: tuple[Event, ...], data: st.DataObject) -> None:
    """
    One byte changed in any stored line is refused when that line is read, or found in that very entry.
    """
    lines = [write_line(told).encode() for told in chain]
    number = data.draw(st.integers(0, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[number]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != lines[number][place]))
    lines[number] = lines[number][:place] + bytes([byte]) + lines[number][place + 1 :]

    assert place_of_damage(lines, chain) == number


@given(chains().filter(lambda chain: len(chain) > 1), st.data())
def test_every_removal_is_found_and_located(chain: tuple[Event, ...], data: st.DataObject) -> None:
    """
    Any entry that is taken out is named by its number, the last one by the head.
    """
    gone = data.draw(st.integers(0, len(chain) - 1))
    left = (*chain[:gone], *chain[gone + 1 :])

    (finding,) = verify(left, head(chain)).findings

    assert (gone + 1, gone + 1) == (finding.params["seq"], finding.params["last"])


@given(chains().filter(lambda chain: len(chain) > 1), st.data())
def test_every_swap_is_found_and_located(chain: tuple[Event, ...], data: st.DataObject) -> None:
    """
    Of two entries that changed places, the later one in the list is named as moved, with all in between.
    """
    first = data.draw(st.integers(0, len(chain) - 2))
    second = data.draw(st.integers(first + 1, len(chain) - 1))
    swapped = list(chain)
    swapped[first], swapped[second] = swapped[second], swapped[first]

    findings = verify(swapped, head(chain)).findings

    assert {"history.moved"} == {finding.code for finding in findings}
    assert [told.seq for told in swapped[first + 1 : second + 1]] == [f.params["seq"] for f in findings]


@given(chains(), st.data())
def test_every_insertion_is_found_and_located(chain: tuple[Event, ...], data: st.DataObject) -> None:
    """
    A foreign entry, sealed on its own with any number, is the one that is named.
    """
    place = data.draw(st.integers(0, len(chain)))
    number = data.draw(st.integers(1, len(chain)))
    stranger = Event(
        id="stranger", job_id="j1", kind="noted", actor=ANNA, occurred_at=minute(0), recorded_at=minute(0)
    )
    prev = chain[number - 2].hash if number > 1 else ""
    (forged,) = seal((stranger,), Head("j1", number - 1, prev))

    findings = verify((*chain[:place], forged, *chain[place:]), head(chain)).findings

    assert [("history.inserted", "stranger")] == [(found.code, found.params["event"]) for found in findings]


@given(chains())
def test_fold_at_every_prefix_is_incremental(chain: tuple[Event, ...]) -> None:
    """
    Folding the first entries equals applying them one by one, and going on from there.
    """
    job: Job | None = None
    for count, told in enumerate(chain, start=1):
        job = apply(job, told)
        assert fold(chain[:count]) == job
        assert fold(chain) == fold(chain[count:], start=job)


@given(chains())
def test_the_end_of_the_timeline_is_the_fold_of_the_timeline(chain: tuple[Event, ...]) -> None:
    """
    At the last instant the job is what its events make in the order of their occurrence.
    """
    history = History(chain)
    unsealed = (attrs.evolve(told, seq=0, prev="", hash="") for told in history.timeline)

    expected = attrs.evolve(fold(unsealed), version=len(chain), head=chain[-1].hash)

    assert expected == history.at(minute(600))


@given(st.integers(0, 100), st.integers(0, 100), st.integers(-400, 400), st.integers(-600, 600))
def test_a_wrong_clock_changes_only_claim_and_flags(base: int, span: int, days: int, claim: int) -> None:
    """
    However wrong the clock, the accepted time lies between base and recording, and is the claim if that does.
    """
    claimed = minute(claim) + timedelta(days=days)

    occurred_at, flags = accept(claimed, minute(base), minute(base + span))

    assert minute(base) <= occurred_at <= minute(base + span)
    assert (occurred_at == claimed) == (flags == ())


@given(st.lists(notes, max_size=5), st.integers(-400, 400))
def test_a_wrong_clock_changes_nothing_but_time(told: list[Event], days: int) -> None:
    """
    One device whose clock is wrong by up to 400 days yields the same events, changes and job.
    """

    def outcome(wrong: timedelta) -> Merged:
        events = tuple(
            attrs.evolve(each, id=f"a{place}", origin_seq=place, claimed_at=each.occurred_at + wrong)
            for place, each in enumerate(told, start=1)
        )
        return merged(seal((opened(),)), 1, [EventSet(origin="van-7", events=events)])

    def timeless(events: Iterable[Event]) -> list[Event]:
        return [
            attrs.evolve(each, claimed_at=None, occurred_at=minute(0), flags=("conflict",)) for each in events
        ]

    right, wrong = outcome(timedelta()), outcome(timedelta(days=days))

    assert timeless(right.events) == timeless(wrong.events)
    assert right.job == wrong.job


@given(chains(4), st.integers(1, 5), offers(), st.data())
def test_merge_ignores_the_order_and_number_of_arrivals(
    chain: tuple[Event, ...], split: int, sets: tuple[EventSet, ...], data: st.DataObject
) -> None:
    """
    Sets and events in any order, whole or in pieces, once or many times, give the same outcome.
    """
    pieces = [attrs.evolve(told, events=(each,)) for told in sets for each in told.events]
    again = data.draw(st.lists(st.sampled_from(pieces), max_size=4)) if pieces else []
    shuffled = data.draw(st.permutations([*pieces, *again]))

    assert merged(chain, split, sets) == merged(chain, split, shuffled)


@given(chains(4), st.integers(1, 5), offers())
def test_merge_keeps_every_event(chain: tuple[Event, ...], split: int, sets: tuple[EventSet, ...]) -> None:
    """
    Each offered event is applied, rejected or in conflict, and its whole content is in what is recorded.
    """
    outcome = merged(chain, split, sets)

    sent = {each.id: each for told in sets for each in told.events}
    lost = [conflict.event.id for conflict in outcome.conflicting if not conflict.prevailed]
    listed = [each.id for each in outcome.applied] + [each.event.id for each in outcome.rejected] + lost
    assert sorted(sent) == sorted(listed) == sorted(each.id for each in outcome.events)
    for fact in map(offered, outcome.events):
        told = sent[fact.id]
        assert (told.changes, told.data, told.note, told.kind) == (
            fact.changes,
            fact.data,
            fact.note,
            fact.kind,
        )


@given(chains(4), st.integers(1, 5), offers())
def test_merged_events_continue_the_chain(
    chain: tuple[Event, ...], split: int, sets: tuple[EventSet, ...]
) -> None:
    """
    The outcome seals onto the chain, verifies, folds to the job it promised, and merging again adds nothing.
    """
    split = min(split, len(chain))
    outcome = merged(chain, split, sets)
    whole = (*chain, *seal(outcome.events, head(chain)))

    assert verify(whole, head(whole)).ok
    assert attrs.evolve(outcome.job, version=len(whole), head=whole[-1].hash) == fold(whole)
    assert () == merged(whole, split, sets).events


@given(chains(4), st.integers(1, 5), offers())
def test_after_a_merge_the_timeline_ends_at_the_job(
    chain: tuple[Event, ...], split: int, sets: tuple[EventSet, ...]
) -> None:
    """
    If a history tells one story both ways, it still does after a merge: no late event undoes a later one.
    """
    in_time = sorted(
        (attrs.evolve(told, seq=0, prev="", hash="") for told in chain), key=lambda e: e.occurred_at
    )
    chain = seal(in_time)
    whole = (*chain, *seal(merged(chain, split, sets).events, head(chain)))

    assert fold(whole) == History(whole).at(minute(601))


@given(chains())
def test_erasure_leaves_no_byte(chain: tuple[Event, ...]) -> None:
    """
    After erasing every private value, no document, line or representation holds one of its texts or salts.
    """
    hidden = {value.digest: value for told in chain for value in private_values(told)}

    left = erase(chain, hidden)

    shown = json.dumps([event_document(told) for told in left]) + repr(left) + repr(fold(left))
    assert () == tuple(value for told in left for value in private_values(told))
    assert not any(value.salt in shown for value in hidden.values())
