"""Folding: recorded changes make the job, whatever the rules say today."""

from typing import Any

import attrs
import pytest

from jobkit.errors import Invalid, NotFound
from jobkit.history import Event, apply, fold, opening, seal
from jobkit.model import Contact, Job, Party, Subject
from tests.history.building import JOB, event, moved, opened, secret, sets, state, story


def test_the_opening_makes_the_job() -> None:
    """
    Folding the opening of a job alone gives that job, its place in the chain aside.
    """
    job = attrs.evolve(
        JOB,
        subject=Subject(
            asset="press-7",
            contacts=(Contact(id="c1", name=secret("Frieda")),),
            parties=(Party(id="acme", role="payer"),),
        ),
        counts={"reopened": 2},
        fields={"colour": "red"},
    )
    (first,) = seal((opened(job),))

    assert attrs.evolve(job, version=1, head=first.hash) == fold((first,))


def test_fold_applies_changes_in_recording_order() -> None:
    """
    The job stands where the last recorded changes put it, at the last entry's number and hash.
    """
    events = story()

    job = fold(events)

    assert ("approved", "leak", 5, events[-1].hash) == (
        job.state.name,
        job.work.symptom,
        job.version,
        job.head,
    )


def test_apply_and_fold_agree_at_every_prefix() -> None:
    """
    Applying entry by entry gives what folding so far gives, and folding goes on from there.
    """
    events = story()
    job: Job | None = None

    for count, entry in enumerate(events, start=1):
        job = apply(job, entry)
        assert fold(events[:count]) == job
        assert fold(events) == fold(events[count:], start=job)


def test_an_unsealed_event_leaves_the_place_as_it_is() -> None:
    """
    What is not recorded yet changes the job but neither its version nor its head.
    """
    job = fold(story())

    after = apply(job, event("e6", 50, **sets("$.work.symptom", "leak", "noise")))

    assert ("noise", job.version, job.head) == (after.work.symptom, after.version, after.head)


def test_fold_needs_no_lifecycle() -> None:
    """
    A state that no lifecycle knows folds like any other: it is what was recorded.
    """
    strange = {"name": "on the moon", "category": "waiting"}

    job = fold(seal((opened(), moved("e2", 1, state("draft", 0), {**strange}))))

    assert "on the moon" == job.state.name


def test_no_events_make_no_job() -> None:
    """
    Nothing to fold is told as not found; with a start it is the start.
    """
    with pytest.raises(NotFound, match="no event to fold"):
        fold(())

    assert JOB == fold((), start=JOB)


@pytest.mark.parametrize(
    ("events", "code"),
    [
        (story()[1:], "history.out_of_turn"),
        ((*story()[:2], story()[3]), "history.out_of_turn"),
        ((story()[0], story()[0]), "history.out_of_turn"),
        ((*story(), event("x", job_id="j2")), "history.foreign"),
        ((event("e1", **sets("$.work.symptom", None, "leak")),), "history.not_opened"),
        ((opened(), event("e2", **sets("$.version", 0, 9))), "history.own_field"),
        ((opened(), event("e2", **sets("$.work.colour", None, "red"))), "history.unfoldable"),
        ((opened(), event("e2", **sets("$.work.crew_size", None, "two"))), "history.unfoldable"),
        ((opened(), event("e2", **sets("$.visits[v9].note", None, "x"))), "history.unfoldable"),
        ((opened(), event("e2", **sets("not a path", None, "x"))), "history.unfoldable"),
    ],
)
def test_what_does_not_fold_is_refused(events: tuple[Event, ...], code: str) -> None:
    """
    Gaps, strangers and changes that do not fit are refused, each with its own code.
    """
    with pytest.raises(Invalid) as refused:
        fold(events)

    assert code == refused.value.code


def test_a_change_that_does_not_fit_names_its_event() -> None:
    """
    Out of a long history, the finding tells which event it is, and where.
    """
    wrong: dict[str, Any] = sets("$.work.crew_size", None, "two")

    with pytest.raises(Invalid, match="Event e3, entry 3 of job j1, does not fit") as refused:
        fold(seal((opened(), event("e2"), event("e3", **wrong), event("e4"))))

    assert "$.work.crew_size" == refused.value.path


def test_the_opening_tells_nothing_about_the_chain() -> None:
    """
    Number and hash of a job that has a history are not among the changes that open a new one.
    """
    assert opening(JOB) == opening(attrs.evolve(JOB, version=9, head="ff"))
