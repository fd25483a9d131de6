"""Ids and salts are long, random and plain."""

import re

from jobkit.privacy import Redacted
from jobkit.stores.ids import random_id, random_salt


def test_ids_do_not_repeat() -> None:
    """
    A thousand ids are a thousand different words of 32 hex digits.
    """
    ids = {random_id() for _ in range(1_000)}

    assert 1_000 == len(ids)
    assert all(re.fullmatch("[0-9a-f]{32}", id) for id in ids)


def test_salts_hide_equal_values() -> None:
    """
    The same private text has another digest every time, so that equal values do not show.
    """
    digests = {Redacted("Frieda Berg", salt=random_salt()).digest for _ in range(100)}

    assert 100 == len(digests)
    assert 64 == len(random_salt())
