"""Accepting claims: a device is believed as far as its word is possible."""

from datetime import datetime

import pytest

from jobkit.errors import Invalid
from jobkit.history import CLOCK_AHEAD, CLOCK_BEHIND, accept
from tests.history.building import minute


@pytest.mark.parametrize(
    ("claimed", "occurred", "flags"),
    [
        (15, 15, ()),
        (10, 10, ()),
        (20, 20, ()),
        (9, 10, (CLOCK_BEHIND,)),
        (-600_000, 10, (CLOCK_BEHIND,)),
        (21, 20, (CLOCK_AHEAD,)),
        (600_000, 20, (CLOCK_AHEAD,)),
    ],
)
def test_a_claim_is_clamped_and_flagged(claimed: float, occurred: float, flags: tuple[str, ...]) -> None:
    """
    Between base and recording the claim holds; outside, the nearer end does, and the clock is flagged.
    """
    assert (minute(occurred), flags) == accept(minute(claimed), minute(10), minute(20))


def test_without_a_claim_it_occurred_when_recorded() -> None:
    """
    An event that claims no time occurred when it was recorded.
    """
    assert (minute(20), ()) == accept(None, minute(10), minute(20))


def test_a_base_after_the_recording_leaves_only_the_recording() -> None:
    """
    When the server's own clock went back, an event occurs neither after its recording nor unflagged.
    """
    assert (minute(20), (CLOCK_BEHIND,)) == accept(minute(15), minute(30), minute(20))


def test_a_naive_claim_is_refused() -> None:
    """
    A claim without a zone is refused by its name.
    """
    with pytest.raises(Invalid) as refused:
        accept(datetime(2026, 1, 5), minute(10), minute(20))

    assert "$.claimed_at" == refused.value.path
