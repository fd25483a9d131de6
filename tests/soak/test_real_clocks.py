"""The clocks of the whole incident log, at each of its 65,533 prefixes."""

import pytest

from tests.clocks._volvo import LOG, Bench, cases, unequal

pytestmark = pytest.mark.soak


def test_carried_state_equals_full_replay_at_every_prefix() -> None:
    """
    At each prefix of each case the state carried from event to event is that of a full replay.
    """
    if not LOG.exists():
        pytest.skip("the incident log of the BPI Challenge 2013 is not here")
    bench, log = Bench(), cases()

    assert 65_533 == sum(len(moments) for _, moments in log)
    assert 0 == sum(unequal(moments, bench) for _, moments in log)
