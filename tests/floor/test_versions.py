"""Promises of versions: exactly one is in force at any instant after the first begins."""

from datetime import UTC, datetime, timedelta

import pytest

from jobkit.errors import Invalid, NotFound
from jobkit.versions import Version, Versions

SPRING = datetime(2026, 3, 1, tzinfo=UTC)
AUTUMN = datetime(2026, 9, 1, tzinfo=UTC)
RULES = Versions([Version(AUTUMN, "2", "strict"), Version(SPRING, "1", "loose")])


@pytest.mark.parametrize(
    ("instant", "value"),
    [
        (SPRING, "loose"),
        (AUTUMN - timedelta(microseconds=1), "loose"),
        (AUTUMN, "strict"),
        (AUTUMN + timedelta(days=9999), "strict"),
    ],
)
def test_version_holds_until_the_next_begins(instant: datetime, value: str) -> None:
    """
    The new version is in force at its very first instant.
    """
    assert value == RULES.at(instant).value


def test_before_the_first_there_is_none() -> None:
    """
    An instant before the first version is refused and says when the first begins.
    """
    early = SPRING - timedelta(days=1)

    with pytest.raises(NotFound) as refused:
        RULES.at(early)
    assert "2026-03-01" in refused.value.message
    assert RULES.find(early) is None


def test_no_version_and_equal_starts_are_refused() -> None:
    """
    It is never open which version holds.
    """
    with pytest.raises(Invalid):
        Versions([])
    with pytest.raises(Invalid):
        Versions([Version(SPRING, "1", "a"), Version(SPRING, "2", "b")])


def test_naive_instants_are_refused() -> None:
    """
    Neither an effective date nor a question may be without a zone.
    """
    with pytest.raises(Invalid):
        Versions([Version(datetime(2026, 1, 1), "1", "a")])
    with pytest.raises(Invalid):
        RULES.at(datetime(2026, 4, 1))


def test_versions_are_values() -> None:
    """
    The same versions in another order are equal, hash alike, and come out oldest first.
    """
    twin = Versions([Version(SPRING, "1", "loose"), Version(AUTUMN, "2", "strict")])

    assert twin == RULES
    assert hash(twin) == hash(RULES)
    assert ["1", "2"] == [version.number for version in RULES]
    assert 2 == len(RULES)
