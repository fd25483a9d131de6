"""Promises of provenance: each value has its teller, and nobody takes away what another told."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from jobkit.history import Event, FieldChange, erase, opening, private_digests, seal
from jobkit.intake import erasures, provenance
from jobkit.model import Actor, Contact, Job, Part, Subject, Terms, Visit, Window, Work
from jobkit.privacy import Erased, Redacted
from tests.intake._world import NOW, job

DEALER = Actor(id="dealer-7", role="dealer")
TRIAGE = Actor(id="petra", role="triage")


def event(id: str, by: Actor, changes: Sequence[FieldChange], minutes: int = 0, **data: Any) -> Event:
    """Return an event that changes fields."""
    at = NOW + timedelta(minutes=minutes)
    return Event(
        id=id,
        job_id="J-7",
        kind="amended",
        actor=by,
        occurred_at=at,
        recorded_at=at,
        changes=tuple(changes),
        data=data,
    )


def birth(told: Job) -> Event:
    """Return the first event of a job, told by the dealer."""
    return event("e1", DEALER, opening(told))


FIRST = birth(job(subject=Subject(asset="press-7"), work=Work(symptom="LEAK"), terms=Terms(channel="portal")))


def test_first_word_has_its_teller() -> None:
    """
    Each field tells who gave it, over which channel and when.
    """
    origin = provenance([FIRST])["$.subject.asset"]

    assert ("press-7", "dealer-7", "portal", NOW) == (origin.value, origin.by.id, origin.channel, origin.at)
    assert not origin.corrected


def test_correction_keeps_what_was_before() -> None:
    """
    A corrected field names the last teller and every value before, the oldest first.
    """
    second = event("e2", TRIAGE, [FieldChange("$.work.symptom", "LEAK", "LEAK.OIL")], 5, channel="phone")
    third = event("e3", DEALER, [FieldChange("$.work.symptom", "LEAK.OIL", "NOISE")], 9)
    origin = provenance([FIRST, second, third])["$.work.symptom"]

    assert ("NOISE", "dealer-7", "portal") == (origin.value, origin.by.id, origin.channel)
    assert [("LEAK", "dealer-7", "portal"), ("LEAK.OIL", "petra", "phone")] == [
        (told.value, told.by.id, told.channel) for told in origin.earlier
    ]
    assert str(origin).startswith("work.symptom: NOISE by dealer-7 over portal on 2026-03-10T08:09")
    assert "before that LEAK.OIL by petra over phone" in str(origin)


def test_channel_is_that_of_the_time() -> None:
    """
    Without a channel of its own, an event counts to the channel by which the job came as known then.
    """
    moved = event("e2", TRIAGE, [FieldChange("$.terms.channel", "portal", "dealer")])
    later = event("e3", TRIAGE, [FieldChange("$.work.symptom", "LEAK", "NOISE")])
    told = provenance([FIRST, moved, later])

    assert ("portal", "dealer") == (told["$.subject.asset"].channel, told["$.work.symptom"].channel)


def test_fields_of_items_are_told_one_by_one() -> None:
    """
    An item that was added whole and then changed in one field has a teller for each.
    """
    begun = birth(job(parts=(Part(id="p1", number="4711"),)))
    changed = event("e2", TRIAGE, [FieldChange("$.parts[p1].staged", False, True)])
    told = provenance([begun, changed])

    assert ("dealer-7", "petra") == (told["$.parts[p1].number"].by.id, told["$.parts[p1].staged"].by.id)


def test_whole_list_is_told_by_items() -> None:
    """
    A list that is put in another order as a whole still tells of each item's fields.
    """
    begun = birth(job(parts=(Part(id="p1", number="1"), Part(id="p2", number="2"))))
    turned = [{"id": "p2", "number": "2"}, {"id": "p1", "number": "9"}]
    told = provenance([begun, event("e2", TRIAGE, [FieldChange("$.parts", None, turned)])])

    assert ("9", "1") == (told["$.parts[p1].number"].value, told["$.parts[p1].number"].earlier[0].value)
    assert {"$.parts[p1].number", "$.parts[p2].number"} <= set(told)


def test_part_of_a_whole_is_told_anew() -> None:
    """
    When a part of a value is told anew, the other parts keep their tellers.
    """
    window = Window(start=NOW, end=NOW + timedelta(hours=1))
    begun = birth(job(visits=(Visit(id="v1", requested=window),)))
    later = event(
        "e2", TRIAGE, [FieldChange("$.visits[v1].requested.end", None, "2026-03-10T12:00:00.000000Z")]
    )
    told = provenance([begun, later])

    assert "dealer-7" == told["$.visits[v1].requested.start"].by.id
    assert "petra" == told["$.visits[v1].requested.end"].by.id
    assert "$.visits[v1].requested" not in told


def test_item_taken_away_is_told() -> None:
    """
    Taking an item away is a word on each of its fields.
    """
    begun = birth(job(parts=(Part(id="p1", number="4711"),)))
    origin = provenance([begun, event("e2", TRIAGE, [FieldChange("$.parts[p1]", {}, None)])])[
        "$.parts[p1].number"
    ]

    assert (None, "petra", "4711") == (origin.value, origin.by.id, origin.earlier[0].value)
    assert str(origin).startswith("parts[p1].number: taken away by petra")


def test_what_jobkit_sets_has_no_teller() -> None:
    """
    Type, states and counts are no words of anybody.
    """
    assert not [path for path in provenance([FIRST]) if path.startswith(("$.type", "$.states"))]


def test_private_values_stay_hidden_and_erased() -> None:
    """
    A personal value is hidden in its provenance, and after its erasure it is gone there as well.
    """
    name = Redacted("Frieda Berg", salt="00" * 16)
    sealed = seal([birth(job(subject=Subject(contacts=(Contact(id="c1", name=name),))))], None)
    path = "$.subject.contacts[c1].name"
    before = provenance(sealed)[path]
    after = provenance(erase(sealed, private_digests(sealed)))[path]

    assert "Frieda" not in str(before) + repr(before)
    assert isinstance(after.value, Erased)


# Triage enriches, never erases


def taken(path: str, new: Any, by: Actor = TRIAGE, *before: Event) -> list[str]:
    """Return the fields that a change would take away from somebody."""
    return [each.path for each in erasures([FIRST, *before], [FieldChange(path, None, new)], by)]


def test_another_may_not_take_away() -> None:
    """
    A value that somebody told is not taken away by another, by nothing, an empty text or an empty list.
    """
    assert ["$.work.symptom"] == taken("$.work.symptom", None) == taken("$.work.symptom", "")
    assert [] == taken("$.work.symptom", None, DEALER)


def test_correction_is_no_erasure() -> None:
    """
    Another value in its place is a correction, whoever gives it.
    """
    assert [] == taken("$.work.symptom", "NOISE")


def test_finding_names_the_teller() -> None:
    """
    The finding says who told the value and how to go on.
    """
    (finding,) = erasures([FIRST], [FieldChange("$.subject.asset", "press-7", None)], TRIAGE)

    assert "subject.asset was told by dealer-7 on 2026-03-10T08:00:00.000000Z" in finding.message
    assert finding.unblock.startswith("Record what subject.asset is instead")


def test_corrected_value_belongs_to_the_corrector() -> None:
    """
    Who corrected a value may take that back, and who told it first may not any more.
    """
    corrected = event("e2", TRIAGE, [FieldChange("$.work.symptom", "LEAK", "NOISE")])

    assert [] == taken("$.work.symptom", None, TRIAGE, corrected)
    assert ["$.work.symptom"] == taken("$.work.symptom", None, DEALER, corrected)


def test_whole_items_count_field_by_field() -> None:
    """
    Taking a whole item or group away is told for each field that others gave.
    """
    parts = event("e2", DEALER, [FieldChange("$.parts[p1]", None, {"id": "p1", "number": "4711"})])

    assert ["$.parts[p1].id", "$.parts[p1].number"] == taken("$.parts[p1]", None, TRIAGE, parts)
    assert ["$.parts[p1].number"] == taken("$.parts[p1]", {"id": "p1"}, TRIAGE, parts)


def test_what_triage_does_itself_may_go() -> None:
    """
    Visits, assignments and verdicts are no words of the customer and may be taken away.
    """
    visit = event("e2", DEALER, [FieldChange("$.visits[v1]", None, {"id": "v1"})])

    assert [] == taken("$.visits[v1]", None, TRIAGE, visit)
    assert [] == taken("$", {"work": {}}, TRIAGE)
