"""Promoting a customer's request: when a job is opened for it, and what goes along."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from jobkit.catalog import Catalog, TypeRules
from jobkit.desk import Desk, Store
from jobkit.errors import Conflict, Invalid, NotFound, Refused
from jobkit.lifecycle import Lifecycle
from jobkit.model import JobType, RequestLink, Task, Window, blank, changed
from jobkit.ports import Commit, Receipt
from jobkit.stores import MemoryStore
from tests.desk.building import BENCH, BOSS, DEALER, NOW, TRIAGE, VISIT, is_whole, seated
from tests.desk.requesting import ASKED, CUSTOMER, MACHINE, asked, opened, service


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk that takes requests."""
    return service(store, awaited=awaited)


def test_promotion_opens_a_job_that_knows_its_request(desk: Desk) -> None:
    """
    One commit opens the job and lets both sides name each other; both histories verify.
    """
    request = asked(desk)

    done = desk.promote(request.id, "breakdown", by=TRIAGE, at=NOW, state="submitted")
    job, envelope = done.jobs

    assert (RequestLink(id=request.id, channel="portal"),) == job.links.requests
    assert (job.id,) == envelope.links.fulfilled_by
    assert ("submitted", "promoted") == (job.state.name, envelope.state.name)
    assert is_whole(desk, job.id)
    assert is_whole(desk, request.id)


def test_promoted_job_tells_what_the_request_told(desk: Desk) -> None:
    """
    The customer's words, codes, terms, attachments and the contact on site stand on the job.
    """
    job = opened(desk, asked(desk), "J-1")

    assert ASKED["work"]["description"] == job.work.description
    assert ("EX-77", "quarry", "C-5") == (job.subject.asset, job.subject.site, job.subject.customer)
    assert ("portal", "high", "covered") == (
        job.terms.channel,
        job.terms.urgency,
        job.terms.entitlement.status,
    )
    assert ["a1"] == [attachment.id for attachment in job.evidence.attachments]
    assert ("J-1", "mail-7") == (job.links.number, job.links.conversation)


def test_promotion_adds_what_the_caller_tells(desk: Desk) -> None:
    """
    What is told with the promotion is joined to what the request told, item by item.
    """
    request = asked(desk)
    told = {
        "subject": {"contacts": [{"id": "c1", "role": "safety"}, {"id": "c2", "role": "site"}]},
        "work": {"skills": ["hydraulics"], "symptom": "BUCKET.DROPS"},
    }

    job = desk.promote(request.id, "breakdown", told, by=TRIAGE, at=NOW, state="submitted").job
    first, second = job.subject.contacts

    assert ("c1", "safety", "c2") == (first.id, first.role, second.id)
    assert first.name is not None
    assert ("BUCKET.DROPS", ("hydraulics",)) == (job.work.symptom, job.work.skills)


def test_private_values_are_hidden_anew(desk: Desk) -> None:
    """
    The same name has another digest on the job, and erasing it on one record leaves the other alone.
    """
    request = asked(desk)
    job = opened(desk, request, "J-1")
    there, here = request.subject.contacts[0].name, job.subject.contacts[0].name
    assert there is not None
    assert here is not None

    erased = desk.erase(request.id, by=BOSS, at=NOW, reason="asked_for")
    kept = desk.job(job.id).subject.contacts[0].name

    assert there.digest != here.digest
    assert [job.id] == list(erased.events[0].data["copies"])
    assert erased.job.subject.contacts[0].name != there
    assert here == kept
    assert [request.id] == list(
        desk.erase(job.id, by=BOSS, at=NOW, reason="asked_for").events[0].data["copies"]
    )


def test_what_was_erased_is_not_promoted(desk: Desk) -> None:
    """
    A job opened after an erasure gets the contact without the name that was erased.
    """
    request = asked(desk)
    desk.erase(request.id, by=BOSS, at=NOW, reason="asked_for")

    (contact,) = opened(desk, request, "J-1").subject.contacts

    assert ("c1", "site", None, None) == (contact.id, contact.role, contact.name, contact.phone)


def test_several_jobs_are_opened_for_one_request(desk: Desk) -> None:
    """
    A request that was promoted can be promoted again, and remembers its jobs in order.
    """
    request = asked(desk)

    first, second = opened(desk, request, "J-1"), opened(desk, request, "J-2")

    assert (first.id, second.id) == desk.job(request.id).links.fulfilled_by


def test_repeated_promotion_opens_nothing(desk: Desk) -> None:
    """
    The same command key opens one job, which is told first again; another command with it is a conflict.
    """
    request = asked(desk)
    told: dict[str, Any] = {"by": TRIAGE, "at": NOW, "command_key": "k-1"}

    first = desk.promote(request.id, "breakdown", **told)
    again = desk.promote(request.id, "breakdown", **{**told, "at": NOW + timedelta(hours=1)})

    assert again.repeated
    assert first.job.id == again.job.id
    assert (first.job.id,) == desk.job(request.id).links.fulfilled_by
    with pytest.raises(Conflict):
        desk.promote(request.id, "inspection", **told)


def test_told_links_to_other_jobs_are_refused(desk: Desk) -> None:
    """
    What merging and promoting say of a job is not told along with it.
    """
    request = asked(desk)

    answer = desk.promotion(request.id, "breakdown", {"links": {"members": []}}, by=TRIAGE, at=NOW)

    assert ["$.links.members"] == [finding.path for finding in answer.findings]


def test_nothing_that_was_told_is_lost(desk: Desk) -> None:
    """
    Every place of the request is on the job or listed as kept with the event that remembers the job.
    """
    request = asked(desk, outcome={"notes": "Called back."})
    done = desk.promote(request.id, "breakdown", by=TRIAGE, at=NOW)
    (told,) = [event for event in done.events if event.kind == "promoted"]
    empty = blank(request.id)

    there = {path for path, _, _ in changed(empty, done.job)}
    here = {path for path, _, _ in changed(empty, request)}

    kept = set(told.data["kept"])
    assert {"$.links.number", "$.outcome.notes"} <= kept
    assert [] == [
        path
        for path in here - there
        if not any(each.startswith(path) for each in kept) and path.split(".")[1] not in OWN
    ]


OWN = ("version", "head", "states[work]", "states", "pins[work]", "pins", "clocks")


def test_request_without_a_need_stays_a_request(desk: Desk) -> None:
    """
    What takes neither dispatch nor parts nor billable labour is answered, and no job is opened for it.
    """
    request = asked(desk, triage={}, outcome={"notes": "The price list is attached."})

    with pytest.raises(Refused) as refused:
        desk.promote(request.id, "breakdown", by=TRIAGE, at=NOW)
    answered = desk.fire(request.id, "answer", by=TRIAGE, at=NOW).job

    assert "intake.no_need" == refused.value.code
    assert "closed" == answered.state.end


def test_need_named_with_the_promotion_is_recorded(desk: Desk) -> None:
    """
    What triage finds the work to take stands on both records afterwards.
    """
    request = asked(desk, triage={})

    job, envelope = desk.promote(request.id, "breakdown", by=TRIAGE, at=NOW, needs=["parts", "dispatch"]).jobs

    assert ("parts", "dispatch") == job.triage.needs == envelope.triage.needs


Try = Callable[[Desk], Any]

REFUSALS: dict[str, Try] = {
    "desk.no_request": lambda desk: desk.promote(
        desk.submit("breakdown", {}, by=DEALER, at=NOW).job.id, "breakdown", by=TRIAGE, at=NOW
    ),
    "intake.request_ended": lambda desk: desk.promote(
        desk.fire(asked(desk).id, "withdraw", by=CUSTOMER, at=NOW, reason="solved_by_customer").job.id,
        "breakdown",
        by=TRIAGE,
        at=NOW,
    ),
    "desk.promote_into_request": lambda desk: desk.promote(asked(desk).id, "request", by=TRIAGE, at=NOW),
    "desk.promoted_by_machine": lambda desk: desk.promote(asked(desk).id, "breakdown", by=MACHINE, at=NOW),
    "desk.unknown_need": lambda desk: desk.promote(
        asked(desk).id, "breakdown", by=TRIAGE, at=NOW, needs=["luck"]
    ),
    "catalog.unknown_type": lambda desk: desk.promote(asked(desk).id, "haircut", by=TRIAGE, at=NOW),
    "playbooks.unknown": lambda desk: desk.promote(
        asked(desk).id, "breakdown", by=TRIAGE, at=NOW, playbook="haircut"
    ),
    "playbooks.other_type": lambda desk: desk.promote(
        asked(desk).id, "breakdown", by=TRIAGE, at=NOW, playbook="commissioning"
    ),
    "lifecycle.role": lambda desk: desk.promote(asked(desk).id, "breakdown", by=CUSTOMER, at=NOW),
    "desk.not_given": lambda desk: desk.promote(
        asked(desk).id, "breakdown", {"visits": [], "links": {"members": []}}, by=TRIAGE, at=NOW
    ),
}


@pytest.mark.parametrize("code", sorted(REFUSALS))
def test_promotion_is_refused(code: str) -> None:
    """
    What is no request, over, not work, asked by a machine or not allowed opens no job and links nothing.
    """
    desk = service(MemoryStore())

    with pytest.raises((Refused, NotFound, Invalid)) as refused:
        REFUSALS[code](desk)

    assert code in {finding.code for finding in refused.value.findings}
    assert [] == [event for event in desk.feed().events if event.kind == "promoted"]


def test_everything_is_told_at_once(desk: Desk) -> None:
    """
    Asking tells all that speaks against a promotion, and doing raises the same.
    """
    request = asked(desk, triage={})

    answer = desk.promotion(request.id, "request", by=MACHINE, at=NOW, needs=["luck"])
    with pytest.raises(Refused) as refused:
        desk.promote(request.id, "request", by=MACHINE, at=NOW, needs=["luck"])

    told = {finding.code for finding in answer.findings}
    assert told == {finding.code for finding in refused.value.findings}
    assert 4 == len(told)
    assert f"promotion of request {request.id} to request is not open" in str(answer)


def test_asking_opens_nothing(desk: Desk) -> None:
    """
    An open answer promises that promoting succeeds, and leaves no trace.
    """
    request = asked(desk)

    answer = desk.promotion(request.id, "breakdown", by=TRIAGE, at=NOW)

    assert answer.open
    assert request == desk.job(request.id)
    assert desk.promote(request.id, "breakdown", by=TRIAGE, at=NOW).job.links.requests


def test_open_tasks_move_when_that_is_said(desk: Desk) -> None:
    """
    Open tasks go over with their order, those that are over stay, and none is on both records.
    """
    request = asked(desk)
    for task in (
        Task(id="call", title="Call back", owner="tina"),
        Task(id="look", title="Look the asset up", owner="tina"),
        Task(id="quote", title="Quote", owner="tina", after=("call", "look")),
    ):
        desk.add_task(request.id, task, by=TRIAGE, at=NOW)
    desk.complete_task(request.id, "call", by=TRIAGE, at=NOW)

    job, envelope = desk.promote(request.id, "breakdown", by=TRIAGE, at=NOW, move_tasks=True).jobs

    assert [("look", ()), ("quote", ("look",))] == [(task.id, task.after) for task in job.tasks]
    assert {("request", request.id)} == {(task.subject_kind, task.subject_id) for task in job.tasks}
    assert ["call"] == [task.id for task in envelope.tasks]
    assert is_whole(desk, request.id)


def test_open_tasks_stay_otherwise(desk: Desk) -> None:
    """
    Without a word about them, the request keeps its tasks and the job begins without.
    """
    request = asked(desk)
    desk.add_task(request.id, Task(id="call", title="Call back"), by=TRIAGE, at=NOW)

    job, envelope = desk.promote(request.id, "breakdown", by=TRIAGE, at=NOW).jobs

    assert ((), ("call",)) == (job.tasks, tuple(task.id for task in envelope.tasks))


def test_request_is_promoted_with_a_playbook(desk: Desk) -> None:
    """
    A playbook fills what the request leaves open, and the job remembers its version.
    """
    request = asked(desk)

    job = desk.promote(
        request.id, "installation", by=TRIAGE, at=NOW, playbook="commissioning", version="1"
    ).job

    assert ("commissioning", "1") == (
        None if job.links.playbook is None else (job.links.playbook.id, job.links.playbook.version)
    )
    assert "bucket drops" == job.work.symptom
    assert 2 == job.work.crew_size
    assert is_whole(desk, job.id)


def test_minimum_is_asked_before_a_job_is_opened(after_sales: Catalog) -> None:
    """
    With rules of intake a request is promoted only with what they ask, and the job passes the gate later.
    """
    desk = seated(after_sales, MemoryStore())
    request = asked(desk, triage={})
    wanted = {"start": VISIT.start.isoformat(), "end": VISIT.end.isoformat()}
    told = {
        "subject": {"bill_to": "C-5"},
        "work": {"symptom": "motion.drops"},
        "terms": {"tier": "gold", "requested": wanted},
    }

    bare = desk.promotion(request.id, "breakdown", by=TRIAGE, at=NOW)
    job = desk.promote(
        request.id, "breakdown", told, by=TRIAGE, at=NOW, needs=["dispatch"], state="submitted"
    ).job
    desk.fire(job.id, "take_up", by=TRIAGE, at=NOW)

    paths = {finding.path for finding in bare.findings if finding.blocks}
    assert {"$.triage.needs", "$.terms.tier", "$.subject.bill_to", "$.terms.requested"} <= paths
    assert not desk.ask(job.id, "approve", by=TRIAGE, at=NOW).open
    assert job.triage.passed is None


def test_suggestions_go_along_and_still_count_as_missing(desk: Desk) -> None:
    """
    What was suggested for the request and nobody judged stands as open on the job, with its source.
    """
    request = asked(desk)
    told: dict[str, Any] = {"source": "symptom model", "by": TRIAGE, "at": NOW}
    desk.suggest(request.id, "work.service_type", "hydraulics", **told)

    job = opened(desk, request, "J-1")

    assert ["symptom model"] == [each.source for each in job.triage.suggestions if each.is_open]
    assert job.work.service_type is None


def test_promote_cannot_be_fired_without_a_job(desk: Desk) -> None:
    """
    The request's own move says no as long as no job was opened for it.
    """
    request = asked(desk)

    answer = desk.ask(request.id, "promote", by=TRIAGE, at=NOW)

    assert ["No job was opened for the request."] == [finding.message for finding in answer.findings]


@pytest.mark.parametrize("path", ["$.links.fulfilled_by", "$.links"])
def test_jobs_of_a_request_are_not_set_by_hand(desk: Desk, path: str) -> None:
    """
    Which jobs fulfil a request follows from promoting it, and from nothing else.
    """
    request = asked(desk)
    value: Any = ["J-9"] if path.endswith("by") else {"fulfilled_by": ["J-9"]}

    with pytest.raises(Refused):
        desk.amend(request.id, {path: value}, by=TRIAGE, at=NOW)


def test_request_is_never_dispatched(desk: Desk) -> None:
    """
    No verb gives a request a visit or sends somebody: not planning, assigning, adopting or receiving.
    """
    request = asked(desk)
    visits = [{"id": "v1", "planned": {"start": NOW.isoformat(), "end": VISIT.start.isoformat()}}]
    assigned = [{"id": "x1", "person": "tom"}]
    told: dict[str, Any] = {"by": BOSS, "at": NOW, "since": NOW, "evidence": "the old system"}

    attempts: tuple[Callable[[], Any], ...] = (
        lambda: desk.plan_visit(request.id, VISIT, by=BOSS, at=NOW),
        lambda: desk.assign(request.id, "tom", by=BOSS, at=NOW),
        lambda: desk.adopt({"type": "request", "visits": visits}, **told),
        lambda: desk.adopt({"type": "request", "assignments": assigned}, **told),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code in ("desk.request_dispatched", "lifecycle.state_forbids")


def test_host_lifecycle_that_permits_visits_does_not_dispatch_requests() -> None:
    """
    A request gets no visit even where its lifecycle forgot to forbid it.
    """
    open_house = {"states": {"in": {"category": "triage", "initial": True}, "out": END}, "transitions": WAY}
    desk = seated(_requests_with(open_house), MemoryStore())
    request = desk.submit("ticket", {}, by=CUSTOMER, at=NOW).job

    attempts: tuple[Callable[[], Any], ...] = (
        lambda: desk.plan_visit(request.id, Window(NOW, VISIT.start), by=BOSS, at=NOW),
        lambda: desk.assign(request.id, "tom", by=BOSS, at=NOW),
    )
    for attempt in attempts:
        with pytest.raises(Refused) as refused:
            attempt()
        assert "desk.request_dispatched" == refused.value.code


END = {"category": "closed", "end": "closed"}
WAY = [{"trigger": "end", "from": "in", "to": "out"}]


def _requests_with(changes: Mapping[str, Any]) -> Catalog:
    own = Lifecycle.load({"id": "ticket", "version": "1", **changes})
    work = Lifecycle.load(BENCH)
    return Catalog.of(
        "tickets",
        [
            TypeRules(type=JobType(id="ticket", category="request"), lifecycles={"work": own}),
            TypeRules(type=JobType(id="bench"), lifecycles={"work": work}),
        ],
    )


def test_lifecycle_of_requests_has_no_field_work() -> None:
    """
    A catalog refuses a request type whose lifecycle has states of scheduled or active work.
    """
    with pytest.raises(Invalid) as refused:
        _requests_with(BENCH)

    (finding,) = refused.value.findings
    assert ("catalog.request_dispatched", "$.types[ticket].lifecycles") == (finding.code, finding.path)


def test_lifecycle_without_a_promotion_lets_the_request_stand() -> None:
    """
    Where a host's lifecycle has no move for it, a promotion links both sides and moves nothing.
    """
    plain = {"states": {"in": {"category": "triage", "initial": True}, "out": END}, "transitions": WAY}
    desk = seated(_requests_with(plain), MemoryStore())
    request = desk.submit("ticket", {"triage": {"needs": ["parts"]}}, by=CUSTOMER, at=NOW).job

    job, envelope = desk.promote(request.id, "bench", by=TRIAGE, at=NOW).jobs

    assert "in" == envelope.state.name
    assert (job.id,) == envelope.links.fulfilled_by


class Interrupting(MemoryStore):
    """A store in which somebody else is quicker, once, before the next commit."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Callable[[], Any]] = []

    def commit(self, commit: Commit, /) -> Receipt:
        """Let the other one go first."""
        while self.before:
            self.before.pop()()
        return super().commit(commit)


def test_two_promotions_at_one_moment_open_one_job_each_or_none() -> None:
    """
    Who promotes a request that was promoted a moment ago is told so, and leaves no job behind.
    """
    store = Interrupting()
    desk = service(store)
    request = asked(desk)
    store.before.append(lambda: opened(service(store), request, "J-1"))

    with pytest.raises(Conflict):
        opened(desk, request, "J-2")

    assert 1 == len(desk.job(request.id).links.fulfilled_by)
    assert 1 == len([event for event in desk.feed().events if event.name == "promoted"])
