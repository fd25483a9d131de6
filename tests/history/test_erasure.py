"""Erasure: the value is gone from events and job, and everything else still holds."""

from jobkit.history import Event, erase, fold, head, private_values, seal, verify, write_line
from jobkit.privacy import Erased
from tests.history.building import event, opened, secret, sets

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
