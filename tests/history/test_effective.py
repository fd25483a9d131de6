"""Histories with merges left out: what counts of them, change by change."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.errors import Invalid
from jobkit.history import (
    ABSORBED,
    MERGED,
    UNMERGED,
    Event,
    FieldChange,
    as_owned,
    effective,
    fold_effective,
    items_of,
    owned_share,
    since,
)
from jobkit.model import Actor

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
NEW = {"name": "new", "category": "open"}


def told(id: str, kind: str, *changes: tuple[str, Any, Any], after: int = 0, **data: Any) -> Event:
    """Return an event of a job some hours after the first."""
    at = NOW + timedelta(hours=after)
    return Event(
        id=id, job_id="J", kind=kind, actor=Actor(id="ada"), occurred_at=at, recorded_at=at,
        changes=tuple(FieldChange(*change) for change in changes), data=data,
    )  # fmt: skip


OPENED = told("e1", "created", ("$.type", None, "repair"), ("$.states[work]", None, NEW))
PART = {"id": "M.p1", "number": "SEAL"}


def absorbed(*changes: tuple[str, Any, Any], id: str = "e2", **data: Any) -> Event:
    """Return the taking over of a part that its owner calls p1."""
    return told(
        id, ABSORBED, ("$.parts[M.p1]", None, PART), *changes, taken={"parts": {"M.p1": "p1"}}, **data
    )


def undone(undoes: str, **data: Any) -> Event:
    """Return the event that leaves another one out."""
    return told("e9", UNMERGED, ("$.work.symptom", None, "as recorded"), after=9, undoes=undoes, **data)


def paths(events: tuple[Event, ...]) -> Mapping[str, list[str]]:
    """Return what each counting event changes."""
    return {event.id: [change.path for change in event.changes] for event in events}


def test_history_without_undone_merges_is_itself() -> None:
    """
    A history in which nothing was undone counts as it is.
    """
    events = (OPENED, absorbed())

    assert events == effective(events)


def test_survivor_keeps_what_is_its_own() -> None:
    """
    The taking over and what was done on its items do not count any more; everything else does.
    """
    mixed = told(
        "e3", "amended", ("$.parts[M.p1].hold", None, "x"), ("$.work.symptom", None, "noise"), after=3
    )
    given = told("e4", "amended", ("$.work.description", None, "theirs"), after=4)
    counting = effective((OPENED, absorbed(), mixed, given, undone("e2", owned=["e4"])))

    assert {"e1": ["$.type", "$.states[work]"], "e3": ["$.work.symptom"], "e4": [], "e9": []} == paths(
        counting
    )
    assert (
        "noise" == fold_effective((OPENED, absorbed(), mixed, given, undone("e2", owned=["e4"]))).work.symptom
    )


def test_member_goes_on_with_what_it_owns() -> None:
    """
    The end of the member does not count any more, and its share of the meantime comes at its own instants.
    """
    share = owned_share(
        told("s3", "amended", ("$.parts[M.p1].hold", None, "x")), {"parts": {"M.p1": "p1"}}, False
    )
    opened = told("e1", "created", *((each.path, each.old, each.new) for each in OPENED.changes),
                  ("$.parts[p1]", None, {"id": "p1", "number": "SEAL"}))  # fmt: skip
    ended = told(
        "e2", MERGED, ("$.states[work]", NEW, {"name": "merged", "category": "closed", "end": "merged"})
    )
    owned = [as_owned(told("s3", "amended", after=3), share)]
    events = (opened, ended, undone("e2", survivor="S", owned=owned))

    assert ["e1", "s3", "e9"] == [event.id for event in effective(events)]
    assert NOW + timedelta(hours=3) == effective(events)[1].occurred_at
    job = fold_effective(events)
    assert ("new", "x") == (job.state.name, job.parts[0].hold)


def test_list_written_whole_is_parted_item_by_item() -> None:
    """
    A list that a word wrote whole leaves each side its own items, one that is gone taken away.
    """
    own = {"id": "p2", "number": "PUMP"}
    events = (OPENED, absorbed(), told("e3", "amended", ("$.parts", [PART], [own])))
    gone = owned_share(events[2], items_of(events[1]), False)
    kept = owned_share(told("e4", "amended", ("$.parts", [], [PART, own])), items_of(events[1]), False)

    assert [("$.parts[p1]", None)] == [(each.path, each.new) for each in gone]
    assert [("$.parts[p1]", {"id": "p1", "number": "SEAL"})] == [(each.path, each.new) for each in kept]
    assert ["p2"] == [part.id for part in fold_effective((*events, undone("e2"))).parts]


def test_whole_event_is_given_with_all_its_changes() -> None:
    """
    What is declared to belong to the member brings all its changes, items under their own ids.
    """
    event = told("e3", "amended", ("$.parts[M.p1].hold", None, "x"), ("$.work.symptom", None, "y"))

    assert ["$.parts[p1].hold", "$.work.symptom"] == [
        each.path for each in owned_share(event, {"parts": {"M.p1": "p1"}}, True)
    ]


def test_later_merge_keeps_what_it_brought_too() -> None:
    """
    Of a plain list a later merge keeps what its own member had, though another one had brought it first.
    """
    first = absorbed(("$.work.skills", ["a"], ["a", "b", "c"]))
    second = told("e3", ABSORBED, ("$.work.skills", ["a", "b", "c"], ["a", "b", "c", "d"]), after=3,
                  brings={"$.work.skills": ["c", "d"]})  # fmt: skip

    assert ("a", "c", "d") == fold_effective((OPENED, first, second, undone("e2"))).work.skills


def test_since_finds_what_counts_after_an_event() -> None:
    """
    What counts after an event is told with it; one that does not count is not found.
    """
    later = told("e3", "noted", after=3)
    events = (OPENED, absorbed(), later)

    assert (events[1], (later,)) == since(events, "e2")
    assert (None, ()) == since((*events, undone("e2")), "e2")


def test_undoing_what_is_not_there_leaves_all() -> None:
    """
    An event that undoes what the history does not hold takes nothing away, and tells nothing of its own.
    """
    assert ["e1", "e2", "e9"] == [event.id for event in effective((OPENED, absorbed(), undone("nothing")))]


def test_what_does_not_fit_without_the_merge_is_refused() -> None:
    """
    A later event that needs what only the merge had brought does not fold without it.
    """
    renamed = told("e3", "amended", ("$.evidence.attachments[a1].purpose", None, "photo"))

    with pytest.raises(Invalid):
        fold_effective((OPENED, absorbed(), renamed, undone("e2")))
