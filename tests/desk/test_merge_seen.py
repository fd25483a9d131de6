"""What organisations see of merged jobs: each what it would see if they had never been merged."""

import pytest

from jobkit.desk import Desk
from jobkit.model import Actor, Job, Task
from tests.desk.merging import AGENT, DEALER, dispatch, hour, repair

SOUTH = Actor(id="sara", role="dealer", org="south")
SECRETS = ("C-SOUTH", "Leaks at the neck.", "SEAL-9", "W-SOUTH", "Call Sara", "VAN-7")


@pytest.fixture(params=["at once", "awaited"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """Return a desk of the office, or its twin behind the same verbs."""
    return dispatch(awaited=request.param == "awaited")


def joined(desk: Desk) -> tuple[Job, Job]:
    """Return a job of the north and one of the south that is merged into it, worked on since."""
    one = repair(desk, "N-1", by=DEALER)
    other = repair(
        desk,
        "N-2",
        after=1,
        by=SOUTH,
        subject={"customer": "C-SOUTH"},
        work={"description": "Leaks at the neck."},
        parts=[{"id": "p1", "number": "SEAL-9"}],
        links={"watchers": [{"id": "W-SOUTH"}]},
    )
    desk.add_task(other.id, Task(id="t1", title="Call Sara"), by=AGENT, at=hour(2))
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))
    told = {"$.parts[p1].location": "VAN-7", "$.work.symptom": "noise"}
    desk.amend(one.id, told, by=AGENT, at=hour(4))
    desk.complete_task(one.id, "t1", by=AGENT, at=hour(4))
    return one, other


def kinds(desk: Desk, job: Job, org: str) -> set[tuple[str, str]]:
    """Return on which jobs an organisation sees events, and of what kinds."""
    return {(line.job_id, line.event.kind) for line in desk.conversation(job.id, org=org).lines}


def test_survivor_tells_its_owner_nothing_of_the_member(desk: Desk) -> None:
    """
    Whose job takes over another one's sees nothing of what was taken over, while merged and once parted.
    """
    one, other = joined(desk)
    told = repr(desk.conversation(one.id, org="north"))
    assert [] == [secret for secret in SECRETS if secret in told]
    assert {(one.id, "created"), (one.id, "amended")} == kinds(desk, one, "north")

    desk.unmerge(other.id, by=AGENT, at=hour(5), reason="two machines")
    told = repr(desk.conversation(one.id, org="north"))
    assert [] == [secret for secret in SECRETS if secret in told]


def test_member_sees_what_becomes_of_its_items(desk: Desk) -> None:
    """
    Whose job was taken over sees what is done on its items since, and nothing else of the other job.
    """
    one, other = joined(desk)
    lines = desk.conversation(other.id, org="south").lines
    changed = [change.path for line in lines if line.job_id == one.id for change in line.event.changes]

    assert "$.parts[p1].location" in changed
    assert "$.tasks[t1].status" in changed
    assert all(path.startswith(("$.parts[p1]", "$.tasks[t1]")) for path in changed)


def test_parted_member_sees_its_share(desk: Desk) -> None:
    """
    Once parted, each side sees its own share of an event that concerned both.
    """
    one, other = joined(desk)
    desk.unmerge(other.id, by=AGENT, at=hour(5), reason="two machines")

    for job, org, paths in ((other, "south", {"$.parts[p1].location"}), (one, "north", {"$.work.symptom"})):
        lines = desk.conversation(job.id, org=org).lines
        amended = [line.event for line in lines if line.event.kind == "amended"]
        assert paths == {change.path for event in amended for change in event.changes}
    assert () == desk.conversation(other.id, org="east").lines


def test_owner_of_all_sees_the_merge(desk: Desk) -> None:
    """
    To whom all jobs belong the merge is shown as it was recorded.
    """
    one, other = repair(desk, "N-1", by=DEALER), repair(desk, "N-2", after=1, by=DEALER)
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(3))

    assert (one.id, "absorbed") in kinds(desk, one, "north")


def test_whoever_merged_sees_the_merge(desk: Desk) -> None:
    """
    What its own people did an organisation sees as it was recorded, on whoever's jobs.
    """
    one, _ = joined(desk)

    assert (one.id, "absorbed") in kinds(desk, one, "maker")


def test_member_of_a_member_of_others(desk: Desk) -> None:
    """
    What came from a third organisation by way of one's own job is not one's own on the job that answers.
    """
    one, other = repair(desk, "N-1"), repair(desk, "N-2", after=1, by=SOUTH)
    third = repair(desk, "N-3", after=2, by=DEALER, parts=[{"id": "p3", "number": "SEAL-9"}])
    desk.merge(third.id, into=other.id, by=AGENT, at=hour(3))
    desk.merge(other.id, into=one.id, by=AGENT, at=hour(4))
    desk.amend(one.id, {"$.parts[p3].location": "VAN-7"}, by=AGENT, at=hour(5))

    told = repr(desk.conversation(one.id, org="south"))
    assert [] == [secret for secret in SECRETS if secret in told]
