"""Erasure: the value is gone from events and job, and everything else still holds."""

from typing import Any

import pytest

from jobkit.findings import Finding, Template
from jobkit.history import (
    REJECTED,
    Event,
    EventSet,
    FieldChange,
    erase,
    fold,
    head,
    merge,
    private_digests,
    private_values,
    seal,
    verify,
    write_line,
)
from jobkit.privacy import Erased
from tests.history.building import event, minute, opened, secret, sets

NAME = secret("Frieda Berg", salt="01" * 16)
PHONE = secret("+49 30 1234", salt="02" * 16)
CONTACT = {"id": "c1", "name": NAME, "phone": PHONE}
PATH = "$.subject.contacts[c1]"


def history() -> tuple[Event, ...]:
    """
    A sealed history in which a contact was recorded, and later called and changed.
    """
    return seal(
        (
            opened(),
            event("e2", 1, **sets(PATH, None, CONTACT)),
            event("e3", 2, **sets(f"{PATH}.role", None, "caretaker"), data={"called": [PHONE]}),
        )
    )


def test_private_values_are_listed_once() -> None:
    """
    Each private value that an event carries is listed, wherever it stands, and no other event's is.
    """
    _, second, third = history()

    assert (NAME, PHONE) == private_values(second)
    assert (PHONE,) == private_values(third)
    assert () == private_values(opened())


def test_erased_values_leave_every_event() -> None:
    """
    After erasure no event carries the text or the salt, and other private values stay.
    """
    _, second, third = erase(history(), [PHONE.digest])

    assert (NAME,) == private_values(second)
    assert () == private_values(third)
    assert not any(
        hidden in f"{told!r}{write_line(told)}" for told in (second, third) for hidden in ("1234", "0202")
    )


def test_the_chain_holds_after_erasure() -> None:
    """
    Seals are over digests: an erased history verifies against the head exported before.
    """
    assert verify(erase(history(), [PHONE.digest, NAME.digest]), head(history())).ok


def test_an_erased_value_folds_to_erased() -> None:
    """
    The job holds only what is left of the value, and everything else as before.
    """
    (contact,) = fold(erase(history(), [PHONE.digest])).subject.contacts

    assert (Erased(PHONE.digest), NAME, "caretaker") == (contact.phone, contact.name, contact.role)


def test_an_unknown_digest_erases_nothing() -> None:
    """
    Erasing what is not there leaves the very same events.
    """
    events = history()

    assert all(before is after for before, after in zip(events, erase(events, ["00"]), strict=True))


@pytest.mark.parametrize(
    ("path", "wire", "under"),
    [
        (f"{PATH}.phone", PHONE, f"{PATH}.phone"),
        (f"{PATH}.phone", PHONE, "$.subject"),
        (PATH, {"id": "c1", "phone": PHONE}, f"{PATH}.phone"),
        ("$.subject.contacts", [{"id": "c1", "phone": PHONE}], f"{PATH}.phone"),
        ("$.subject.contacts", [{"id": "c1", "phone": PHONE}], "$.subject.contacts[].phone"),
        (f"{PATH}.phone", PHONE, "$.subject.contacts[].phone"),
        ("$.fields", {"phone": PHONE}, "$.fields[phone]"),
        ("$.fields", {"phone": PHONE}, "$.fields.phone"),
        ("$.fields[phone]", PHONE, "$.fields.phone"),
        ("$.fields[phone]", PHONE, "$"),
    ],
)
def test_private_values_are_found_under_a_path(path: str, wire: Any, under: str) -> None:
    """
    However a change spells its place, and however the question does, the value below it is found.
    """
    told = event("e1", changes=(FieldChange(path, wire, None), FieldChange(path, None, wire)))

    assert (PHONE.digest,) == private_digests([told], under)


@pytest.mark.parametrize(
    "under", [f"{PATH}.name", "$.subject.contacts[c2]", "$.fields", f"{PATH}.phone.digits"]
)
def test_private_values_elsewhere_are_not_found(under: str) -> None:
    """
    What stands beside the path is not erased with it.
    """
    told = event("e1", **sets(PATH, None, {"id": "c1", "phone": PHONE}), data={"called": [NAME]})

    assert () == private_digests([told], under)


def test_private_values_of_a_rejected_offer_are_found() -> None:
    """
    What a device offered and the rules refused is kept, so erasing below a path reaches it as well.
    """
    base = seal((opened(),))
    end = head(base)
    assert end is not None
    offer = EventSet(origin="van-7", events=(event("a1", 5, **sets(PATH, None, CONTACT)),))
    never = Template("tests.never", "The judge says no.", "Ask another judge.")
    outcome = merge(end, fold(base), (offer,), lambda job, told: [Finding.of(never)], recorded_at=minute(9))
    assert [REJECTED] == [fact.kind for fact in outcome.events]

    assert (PHONE.digest,) == private_digests(outcome.events, f"{PATH}.phone")


def test_the_root_includes_what_notes_carry() -> None:
    """
    Erasing everything reaches the data of events, which stands at no path of the job.
    """
    assert (NAME.digest, PHONE.digest) == private_digests(history())
