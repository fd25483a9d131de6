"""Promises of the wake-up queue: the earliest first, one per job, kind and name."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jobkit.wakeups import Wakeup, WakeupQueue

START = datetime(2026, 3, 1, tzinfo=UTC)


def wakeup(hours: int, job: str = "J-1", name: str = "ageing") -> Wakeup:
    """Build a wake-up so many hours after the start."""
    return Wakeup(at=START + timedelta(hours=hours), job_id=job, kind="age", name=name)


def test_due_takes_what_is_due_and_leaves_the_rest() -> None:
    """
    The instant itself is due; what comes later waits.
    """
    queue = WakeupQueue([wakeup(3, "c"), wakeup(1, "a"), wakeup(2, "b")])

    assert (wakeup(1, "a"), wakeup(2, "b")) == queue.due(START + timedelta(hours=2))
    assert wakeup(3, "c") == queue.next()
    assert 1 == len(queue)


def test_setting_again_replaces() -> None:
    """
    A job that moved has one wake-up, at its new time, whether that is later or earlier.
    """
    queue = WakeupQueue([wakeup(1)])
    queue.set(wakeup(5))

    assert () == queue.due(START + timedelta(hours=4))
    queue.set(wakeup(2))
    assert (wakeup(2),) == queue.due(START + timedelta(hours=9))
    assert 0 == len(queue)


def test_the_same_wakeup_twice_rings_once() -> None:
    """
    Setting an equal wake-up again changes nothing.
    """
    queue = WakeupQueue([wakeup(1), wakeup(1)])

    assert (wakeup(1),) == queue.due(START + timedelta(hours=1))
    assert queue.next() is None


def test_dropped_is_gone() -> None:
    """
    A dropped wake-up never rings, and dropping one that is not there is no error.
    """
    queue = WakeupQueue([wakeup(1)])
    queue.drop("J-1", "age", "ageing")
    queue.drop("J-9", "age", "ageing")

    assert queue.next() is None


deeds = st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.sampled_from("abc")), max_size=40)


@given(deeds)
def test_queue_equals_one_built_anew(deeds: list[tuple[bool, int, str]]) -> None:
    """
    After any setting and dropping the engine tells what one built from the values that are left tells.
    """
    queue = WakeupQueue()
    left: dict[str, Wakeup] = {}
    for keep, hours, job in deeds:
        if keep:
            queue.set(wakeup(hours, job))
            left[job] = wakeup(hours, job)
        else:
            queue.drop(job, "age", "ageing")
            left.pop(job, None)

    assert WakeupQueue(left.values()).due(START + timedelta(days=1)) == queue.due(START + timedelta(days=1))
