"""Promises of the wake-up queue: the earliest first, one per job, kind and name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobkit.errors import Invalid
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


def test_replace_lets_one_job_wait_for_these_alone() -> None:
    """
    What a job waited for before and is not named again is forgotten; other jobs keep theirs.
    """
    queue = WakeupQueue([wakeup(1, name="old"), wakeup(2, name="kept"), wakeup(3, "J-2")])
    queue.replace("J-1", [wakeup(2, name="kept"), wakeup(4, name="new")])

    left = (wakeup(2, name="kept"), wakeup(3, "J-2"), wakeup(4, name="new"))
    assert left == queue.due(START + timedelta(hours=9))


def test_replace_refuses_the_wakeup_of_another_job() -> None:
    """
    A wake-up of another job is a wrong argument, and nothing is changed by it.
    """
    queue = WakeupQueue([wakeup(1)])
    with pytest.raises(TypeError, match="J-1"):
        queue.replace("J-1", [wakeup(5), wakeup(5, "J-2")])

    assert (wakeup(1),) == queue.due(START + timedelta(hours=9))


def test_replace_with_nothing_forgets_the_job() -> None:
    """
    A job that has ended is waited for no more.
    """
    queue = WakeupQueue([wakeup(1), wakeup(2, name="other")])
    queue.replace("J-1", ())

    assert (0, None) == (len(queue), queue.next())


def test_instants_are_kept_in_utc() -> None:
    """
    A wake-up in any zone rings at its instant, and one without a zone is refused.
    """
    berlin = datetime(2026, 3, 1, 2, tzinfo=ZoneInfo("Europe/Berlin"))
    queue = WakeupQueue([Wakeup(at=berlin, job_id="J-1", kind="age", name="ageing")])

    assert (wakeup(1),) == queue.due(berlin)
    naive = datetime(2026, 3, 1, 2)
    with pytest.raises(Invalid) as refused:
        Wakeup(at=naive, job_id="J-1", kind="age", name="ageing")
    assert "instants.naive" == refused.value.code
    with pytest.raises(Invalid):
        queue.due(naive)


def test_a_thousand_postponements_take_no_room() -> None:
    """
    What was replaced is cleared away: the heap never holds more than twice what waits, and 64.
    """
    queue = WakeupQueue(wakeup(1, job) for job in "abc")
    sizes = []
    for hours in range(2, 1_000):
        queue.set(wakeup(hours, "a"))
        sizes.append(queue.size)

    assert max(sizes) <= 2 * 3 + 64
    assert 3 == len(queue)


def test_dropping_all_leaves_nothing_behind() -> None:
    """
    A queue out of which everything was dropped is small again.
    """
    queue = WakeupQueue(wakeup(1, f"J-{number}") for number in range(1_000))
    for number in range(1_000):
        queue.drop(f"J-{number}", "age", "ageing")

    assert queue.size <= 64


_AT = st.integers(0, 5)
_JOB = st.sampled_from("abc")
_NAME = st.sampled_from(["breach", "turn"])
_DEEDS = st.lists(
    st.tuples(st.sampled_from(["set", "drop", "replace", "take"]), _AT, _JOB, _NAME), max_size=60
)


class Plain:
    """The queue as a dictionary: slow, and plainly right."""

    def __init__(self) -> None:
        self.left: dict[tuple[str, str], Wakeup] = {}

    def set(self, wakeup: Wakeup) -> None:
        """Note what is waited for."""
        self.left[wakeup.job_id, wakeup.name] = wakeup

    def drop(self, job: str, name: str) -> None:
        """Forget it."""
        self.left.pop((job, name), None)

    def replace(self, job: str, wakeups: list[Wakeup]) -> None:
        """Forget all of a job and note what is given."""
        self.left = {key: each for key, each in self.left.items() if key[0] != job}
        for each in wakeups:
            self.set(each)

    def due(self, now: datetime) -> tuple[Wakeup, ...]:
        """Take what is due, in order."""
        taken = sorted(each for each in self.left.values() if each.at <= now)
        for each in taken:
            del self.left[each.job_id, each.name]
        return tuple(taken)


@given(_DEEDS)
def test_queue_equals_one_built_anew(deeds: list[tuple[str, int, str, str]]) -> None:
    """
    After any setting, dropping, replacing and taking the engine tells what one built from what is left tells.
    """
    queue, plain = WakeupQueue(), Plain()
    for deed, hours, job, name in deeds:
        if deed == "set":
            queue.set(wakeup(hours, job, name))
            plain.set(wakeup(hours, job, name))
        elif deed == "drop":
            queue.drop(job, "age", name)
            plain.drop(job, name)
        elif deed == "replace":
            queue.replace(job, [wakeup(hours, job, name)])
            plain.replace(job, [wakeup(hours, job, name)])
        else:
            now = START + timedelta(hours=hours)
            assert plain.due(now) == queue.due(now)
        assert len(plain.left) == len(queue)
        assert min(plain.left.values(), default=None) == queue.next()
        assert queue.size <= 2 * len(queue) + 64

    rebuilt = WakeupQueue(plain.left.values())
    assert rebuilt.due(START + timedelta(days=1)) == queue.due(START + timedelta(days=1))
