"""Laws of the gate, on random walks of everything that may be done to jobs before and behind it."""

from contextlib import suppress
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from jobkit.desk import Desk
from jobkit.errors import JobkitError, Refused
from jobkit.history import fold
from jobkit.model import Actor, Job
from jobkit.stores import MemoryStore
from tests.desk.gated import CALLER, HOUR, NOW, OPEN, SENSOR, TINA, WORK, inside, service, sneaked, told

ABOUT = {"about": ["subject.asset"]}
CATALOG = service(
    {
        "topics": [
            {"id": "ownership", "person": True, **ABOUT},
            {"id": "entitlement", "final": True, "queue": "exceptions", **ABOUT},
        ]
    }
)
TRIGGERS = sorted({str(each["trigger"]) for each in WORK["transitions"]})
FIELDS: tuple[tuple[str, Any], ...] = (
    ("$.subject.asset", "EX-77"),
    ("$.subject.asset", "EX-78"),
    ("$.subject.asset", None),
    ("$.work.symptom", "leak"),
    ("$.work.symptom", None),
    ("$.terms.entitlement.status", "refused"),
    ("$.terms.entitlement.status", "covered"),
)
IDS = ("J", "K")


@attrs.frozen
class Deed:
    """One thing that somebody does to one of two jobs."""

    verb: str
    job: str
    by: Actor
    what: Any = None


def deeds(verb: str, what: st.SearchStrategy[Any]) -> st.SearchStrategy[Deed]:
    """Return deeds of one verb."""
    people = st.sampled_from((TINA, TINA, TINA, CALLER, SENSOR))
    return st.builds(Deed, st.just(verb), st.sampled_from(IDS), people, what)


verdicts = st.tuples(
    st.sampled_from(("ownership", "entitlement")),
    st.sampled_from(("passed", "passed", "passed", "refused", "unavailable")),
)
walks = st.lists(
    deeds("fire", st.sampled_from(("approve", "take_up", *TRIGGERS)))
    | deeds("amend", st.sampled_from(FIELDS))
    | deeds("judge", verdicts)
    | deeds("decide", st.sampled_from(("same", "different", "different")))
    | deeds("merge", st.none())
    | deeds("unmerge", st.none())
    | deeds("advance", st.integers(1, 100)),
    min_size=5,
    max_size=40,
)


class Walk:
    """A desk with two jobs in triage, and the hour."""

    def __init__(self) -> None:
        self.desk = Desk(CATALOG, MemoryStore())
        self.now = NOW
        for job_id in IDS:
            told(self.desk, job_id, subject={"asset": "EX-77"})

    def do(self, deed: Deed) -> None:
        """Do one deed; what is refused changes nothing."""
        self.now += HOUR
        with suppress(JobkitError):
            getattr(self, deed.verb)(deed)

    def fire(self, deed: Deed) -> None:
        """Ask, then do: both say the same."""
        answer = self.desk.ask(deed.job, deed.what, by=deed.by, at=self.now)
        done: tuple[str, ...] = ()
        try:
            self.desk.fire(deed.job, deed.what, by=deed.by, at=self.now)
        except Refused as refused:
            done = tuple(finding.code for finding in refused.findings)

        asked = () if answer.open else tuple(finding.code for finding in answer.findings)
        assert asked == done

    def amend(self, deed: Deed) -> None:
        """Set a field, or take it away."""
        self.desk.amend(deed.job, dict([deed.what]), by=deed.by, at=self.now)

    def judge(self, deed: Deed) -> None:
        """Give a verdict."""
        topic, status = deed.what
        self.desk.judge(deed.job, topic, status, by=deed.by, at=self.now, reason="so it is")

    def decide(self, deed: Deed) -> None:
        """Say whether the two are one."""
        other = next(each for each in IDS if each != deed.job)
        self.desk.decide_twin(deed.job, other, deed.what, by=deed.by, at=self.now, reason="looked")

    def merge(self, deed: Deed) -> None:
        """Merge the two."""
        other = next(each for each in IDS if each != deed.job)
        self.desk.merge(deed.job, into=other, by=deed.by, at=self.now, reason="one")

    def unmerge(self, deed: Deed) -> None:
        """Take them apart."""
        self.desk.unmerge(deed.job, by=deed.by, at=self.now, reason="two")

    def advance(self, deed: Deed) -> None:
        """Let time pass."""
        self.now += deed.what * HOUR
        self.desk.advance(self.now)


def was_complete(job: Job) -> bool:
    """Whether everything was there that the rules of the service ask for."""
    passed = {verdict.id for verdict in job.triage.verdicts if verdict.status == "passed"}
    decided = all(twin.decided is not None for twin in job.triage.suspects)
    return None not in (job.subject.asset, job.work.symptom) and len(passed) == 2 and decided


@settings(deadline=None, max_examples=60)
@given(walks)
def test_nothing_passes_incomplete(walk: list[Deed]) -> None:
    """
    Behind the gate stand only jobs that passed it, and whoever passed had everything when it did.
    """
    walker = Walk()
    for deed in walk:
        walker.do(deed)
        assert not sneaked(walker.desk)

    for job_id in IDS:
        events = walker.desk.history(job_id).events
        for number, event in enumerate(events, 1):
            if (event.kind, event.name) == ("triaged", "passed"):
                assert was_complete(fold(events[:number]))


@settings(deadline=None, max_examples=60)
@given(walks)
def test_verdicts_are_about_what_passes(walk: list[Deed]) -> None:
    """
    Whoever passes was judged about the asset with which it passes, or before any asset was told.
    """
    walker = Walk()
    for deed in walk:
        walker.do(deed)

    for job_id in IDS:
        judged: dict[str, str | None] = {}
        events = walker.desk.history(job_id).events
        for number, event in enumerate(events, 1):
            asset = fold(events[:number]).subject.asset
            if event.kind == "judged" and event.data.get("status") == "passed":
                judged |= dict.fromkeys(event.data["topics"], asset)
            if (event.kind, event.name) == ("triaged", "passed"):
                assert {*judged.values()} <= {None, asset}


@settings(deadline=None, max_examples=60)
@given(walks)
def test_refused_is_never_scheduled(walk: list[Deed]) -> None:
    """
    No event leads a job whose entitlement is refused or not to be had into work that is scheduled or active.
    """
    walker = Walk()
    for deed in walk:
        walker.do(deed)

    for job_id in IDS:
        events = walker.desk.history(job_id).events
        for number in range(1, len(events)):
            before, after = fold(events[:number]), fold(events[: number + 1])
            if before.state.name != after.state.name and after.state.category in ("scheduled", "active"):
                assert after.terms.entitlement.status not in ("refused", "unavailable")


@settings(deadline=None, max_examples=40)
@given(walks)
def test_one_notice_for_each_passage(walk: list[Deed]) -> None:
    """
    The customer is told exactly as often as a job passed.
    """
    walker = Walk()
    for deed in walk:
        walker.do(deed)

    passages = [
        event
        for job_id in IDS
        for event in walker.desk.history(job_id).events
        if (event.kind, event.name) == ("triaged", "passed")
    ]
    notices = [each for each in walker.desk.outbox(limit=1000) if each.data.get("about") == "triage_complete"]

    assert len(passages) == len(notices)
    assert {job.state.category for job in inside(walker.desk)} <= set(OPEN)
