"""Words that must say something: a blank reason is none."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from jobkit.desk import Desk
from jobkit.errors import Refused
from jobkit.privacy import Redacted
from tests.desk.building import BOSS, NOW, submitted

Deed = Callable[[Desk, str], object]
ADOPTED = {"type": "breakdown", "states": {"work": "approved"}}


@pytest.mark.parametrize(
    ("deed", "path"),
    [
        (lambda desk, job: desk.erase(job, by=BOSS, at=NOW, reason=""), "$.reason"),
        (lambda desk, job: desk.reassign("ann", "bob", by=BOSS, at=NOW, reason=" "), "$.reason"),
        (lambda desk, job: desk.reassign("ann", "", by=BOSS, at=NOW, reason="left"), "$.to"),
        (lambda desk, job: desk.assign(job, "  ", by=BOSS, at=NOW), "$.person"),
        (
            lambda desk, job: desk.adopt(
                ADOPTED, by=BOSS, at=NOW, since=NOW - timedelta(days=1), evidence="\t"
            ),
            "$.evidence",
        ),
    ],
    ids=["erase", "reassign without reason", "reassign to nobody", "assign", "adopt"],
)
def test_blank_words_are_refused(desk: Desk, deed: Deed, path: str) -> None:
    """
    What a verb must be told may not be empty or nothing but blanks.
    """
    job = submitted(desk)

    with pytest.raises(Refused) as refused:
        deed(desk, job.id)

    assert ("desk.blank", path) == (refused.value.code, refused.value.path)


def test_a_spawned_job_has_no_copy_of_personal_values(desk: Desk) -> None:
    """
    What is erased at a job does not live on in the jobs that it set off.
    """
    adopted = {**ADOPTED, "states": {"work": "closed"}, "subject": _SUBJECT}
    closed = desk.adopt(adopted, by=BOSS, at=NOW, since=NOW - timedelta(days=1), evidence="old system").job

    spawned = desk.fire(closed.id, "call_back", by=BOSS, at=NOW, reason="fault_returned").jobs[1]

    assert isinstance(closed.subject.contacts[0].name, Redacted)
    assert ("C-1", (), None) == (spawned.subject.customer, spawned.subject.contacts, spawned.subject.address)


_SUBJECT = {"customer": "C-1", "address": "Mill Lane 1", "contacts": [{"id": "c1", "name": "Frieda Berg"}]}
