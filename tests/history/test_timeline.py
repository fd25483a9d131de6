"""The timeline: what was so at an instant, as is known now and as was known then."""

from datetime import datetime

import pytest

from jobkit.errors import Invalid, NotFound
from jobkit.history import Event, History, Stay, fold, seal, timeline
from tests.history.building import event, minute, moved, opened, sets, state


def late() -> History:
    """
    A visit's outcome occurred at minute 20 and arrived at minute 50, after a note of minute 30.
    """
    return History(
        seal(
            (
                opened(),
                moved("e2", 10, state("draft", 0), state("triage", 10)),
                event("e3", 30, **sets("$.work.symptom", None, "leak")),
                event(
                    "e4",
                    20,
                    recorded_at=minute(50),
                    origin="van-7",
                    origin_seq=1,
                    **sets("$.visits[v1].outcome", None, "no_access"),
                ),
                moved("e5", 60, state("triage", 10), state("approved", 60)),
            )
        )
    )


def ids(events: tuple[Event, ...]) -> list[str]:
    """
    The ids of events, in order.
    """
    return [entry.id for entry in events]


def test_the_timeline_is_in_the_order_of_occurrence() -> None:
    """
    A late event stands where it occurred, not where it was recorded.
    """
    assert ["j1-opened", "e2", "e4", "e3", "e5"] == ids(late().timeline)


def test_ties_go_by_origin_and_its_number() -> None:
    """
    Events of one instant stand in the order of their origins, and of their numbers there.
    """
    told = (
        event("a", 5, origin="van-7", origin_seq=2),
        event("b", 5, origin="van-7", origin_seq=1),
        event("c", 5, origin="van-3", origin_seq=9),
        event("d", 5),
    )

    assert ["d", "c", "b", "a"] == ids(timeline(told))


def test_at_tells_what_is_known_now() -> None:
    """
    Asked today, the outcome that occurred at minute 20 was there at minute 25.
    """
    job = late().at(minute(25))

    assert ("no_access", None, "triage") == (job.visits[0].outcome, job.work.symptom, job.state.name)


def test_at_tells_what_was_known_then() -> None:
    """
    Asked with what was known at minute 40, the outcome of minute 20 had not arrived yet.
    """
    job = late().at(minute(35), known_at=minute(40))

    assert (None, "leak", 3) == (job.visits[0].outcome, job.work.symptom, job.version)


def test_at_the_end_is_the_job() -> None:
    """
    At the last event's instant, the job is the one that the whole history folds to.
    """
    history = late()

    assert history.job == history.at(minute(60)) == fold(history.events)


@pytest.mark.parametrize(("instant", "known_at"), [(minute(-1), None), (minute(30), minute(-1))])
def test_before_the_opening_there_is_no_job(instant: datetime, known_at: datetime | None) -> None:
    """
    An instant before the first event, or before it was recorded, is told as not found.
    """
    with pytest.raises(NotFound, match="Nothing of job j1 was known"):
        late().at(instant, known_at)


def test_a_naive_instant_is_refused() -> None:
    """
    An instant without a zone is refused with its name.
    """
    with pytest.raises(Invalid, match=r"at \$.instant has no time zone"):
        late().at(datetime(2026, 1, 5, 9))


def test_states_are_spans_without_gaps() -> None:
    """
    Each stay ends where the next begins, and the last one lasts.
    """
    assert (
        Stay("draft", minute(0), minute(10)),
        Stay("triage", minute(10), minute(60)),
        Stay("approved", minute(60)),
    ) == late().states()


def test_a_facet_that_was_taken_away_ends_its_stay() -> None:
    """
    A facet is nowhere once it is gone, and an unknown one never was anywhere.
    """
    billing = {"name": "unbilled", "category": "open"}
    events = seal(
        (
            opened(),
            event("e2", 5, **sets("$.states[billing]", None, billing)),
            event("e3", 9, **sets("$.states[billing]", billing, None)),
        )
    )

    assert (Stay("unbilled", minute(5), minute(9)),) == History(events).states("billing")
    assert () == History(events).states("parts")


def test_the_head_is_the_end_of_the_chain() -> None:
    """
    A history exports the number and hash of its last entry, and when the job last saw an event.
    """
    history = late()

    assert (5, history.events[-1].hash, minute(60)) == (history.head.seq, history.head.hash, history.head.at)


def test_an_empty_history_is_refused() -> None:
    """
    There is no history without an event.
    """
    with pytest.raises(NotFound):
        History(())
