"""Promises of private values: hidden from birth, sealed by a salted digest."""

import copy
import logging
import pickle

import pytest

from jobkit.privacy import PRIVATE_KEY, Erased, Redacted, sealed

SECRET = Redacted("Frieda Berg", salt="0f" * 16)


@pytest.mark.parametrize("spoken", [str(SECRET), repr(SECRET), f"{SECRET}", f"{SECRET:>20}", f"{SECRET!r}"])
def test_text_appears_nowhere(spoken: str) -> None:
    """
    No way of printing a private value shows it or its salt.
    """
    assert "Frieda" not in spoken
    assert "0f0f" not in spoken


def test_text_stays_out_of_logs(caplog: pytest.LogCaptureFixture) -> None:
    """
    Logging a structure that holds a private value does not leak it.
    """
    logging.getLogger("test").warning("%s %r", {"name": SECRET}, [SECRET])

    assert "Frieda" not in caplog.text


def test_only_reveal_shows_it() -> None:
    """
    The one way to the text is to ask for it by name.
    """
    assert "Frieda Berg" == SECRET.reveal()


def test_digest_hangs_on_text_and_salt() -> None:
    """
    The same text under another salt has another digest, so equal texts cannot be told from digests.
    """
    assert SECRET.digest != Redacted("Frieda Berg", salt="1f" * 16).digest
    assert SECRET.digest != Redacted("Frieda Bern", salt="0f" * 16).digest
    assert 64 == len(SECRET.digest)


def test_equality_needs_text_and_salt() -> None:
    """
    A private value equals its copies and nothing else, not even its own text.
    """
    assert SECRET == copy.deepcopy(SECRET) == pickle.loads(pickle.dumps(SECRET))
    assert hash(SECRET) == hash(copy.copy(SECRET))
    assert SECRET != "Frieda Berg"
    assert Redacted("Frieda Berg", salt="1f" * 16) != SECRET


def test_sealed_form_holds_the_digest_alone() -> None:
    """
    What stands in the chain is the digest, before and after erasure.
    """
    assert {PRIVATE_KEY: SECRET.digest} == sealed(SECRET) == sealed(Erased(SECRET.digest))
