"""Promises of intake on the desk: verdicts, look-ups, suggestions, replies, and whose word a field is."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from jobkit.catalog import Queue
from jobkit.conditions import Condition, Vocabulary
from jobkit.desk import Desk, Store
from jobkit.errors import Invalid, NotFound, Refused, Unavailable
from jobkit.facts import declare
from jobkit.history import Event, EventSet, FieldChange
from jobkit.intake import IntakeRules
from jobkit.model import Actor, Job
from jobkit.registry import Registry
from jobkit.stores import MemoryStore
from tests.desk.building import is_whole, seated
from tests.desk.gated import CALLER, DAY, HOUR, INTAKE, NOW, SENSOR, TINA, complete, judged, service, told

OTHER: Final = Actor(id="otto", role="dealer")
CONTRACT: Final[Mapping[str, Any]] = {
    "id": "contract",
    "needs": ["job.subject.asset"],
    "facts": {"active": "bool", "symptom": "text", "recall": "text"},
    "shown": {"recall": "Open recall"},
    "topic": "entitlement",
    "passed_when": "lookup.contract.active == True",
    "refused_when": "lookup.contract.active == False",
    "offers": {"job.work.symptom": "symptom"},
}


@pytest.fixture
def desk(store: Store, awaited: bool) -> Desk:
    """Return a desk of the small service with a gate."""
    return seated(service(), store, awaited=awaited)


@pytest.fixture
def plain() -> Desk:
    """Return the same desk in memory."""
    return Desk(service(), MemoryStore())


class Contracts:
    """The contract system of another department, which may be down."""

    def __init__(self) -> None:
        self.answer: Any = {"active": True, "symptom": "leak", "recall": "valve 7"}

    def __call__(self, job: Job, now: Any) -> Any:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def asking(contracts: Contracts, **parts: Any) -> Desk:
    """Return a desk that asks the contract system."""
    names = Registry.of(lookup={"contract": contracts})
    return Desk(service({"lookups": [CONTRACT]}, names, **parts), MemoryStore())


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    """Return what was refused."""
    return refused.value.findings[0].code


def test_verdict_is_recorded_as_a_fact(desk: Desk) -> None:
    """
    A verdict says who found what, when, why and on whose authority; a later one takes its place.
    """
    told(desk)
    desk.judge("J", "ownership", "unavailable", by=TINA, at=NOW, reason="register is down")

    job = desk.judge("J", "ownership", "passed", by=TINA, at=NOW + HOUR, source="register").job

    (verdict,) = job.triage.verdicts
    assert ("ownership", "passed", "tina", NOW + HOUR, "register") == (
        verdict.id,
        verdict.status,
        verdict.by,
        verdict.at,
        verdict.source,
    )
    assert ["unavailable", "passed"] == [
        event.data["status"] for event in desk.history("J").events if event.kind == "judged"
    ]
    assert is_whole(desk, "J")


@pytest.mark.parametrize(
    ("topic", "status", "more", "expected"),
    [
        ("weather", "passed", {}, "intake.unknown_topic"),
        ("ownership", "perhaps", {}, "intake.unknown_status"),
        ("ownership", "refused", {}, "intake.no_reason"),
        ("ownership", "passed", {"by": SENSOR}, "intake.person_asked"),
    ],
)
def test_verdict_that_cannot_be_is_refused(
    plain: Desk, topic: str, status: Any, more: dict[str, Any], expected: str
) -> None:
    """
    Topic, status, reason and judge must be such as the rules ask for.
    """
    told(plain)

    with pytest.raises(Refused) as refused:
        plain.judge("J", topic, status, **{"by": TINA, "at": NOW, **more})

    assert expected == code(refused)


def test_no_twin_is_no_verdict_while_one_is_undecided() -> None:
    """
    Nobody says that there are no duplicates while a twin waits for a decision.
    """
    desk = Desk(service({"topics": [{"id": "duplicates"}]}), MemoryStore())
    told(desk, "K", subject={"asset": "EX-77"})
    told(desk, subject={"asset": "EX-77"})

    with pytest.raises(Refused) as refused:
        desk.judge("J", "duplicates", "passed", by=TINA, at=NOW)

    assert "desk.undecided_twin" == code(refused)


def test_ended_job_is_not_judged(plain: Desk) -> None:
    """
    What has ended is judged no more.
    """
    told(plain)
    plain.fire("J", "reject", by=TINA, at=NOW)

    with pytest.raises(Refused) as refused:
        plain.judge("J", "ownership", "passed", by=TINA, at=NOW)

    assert "desk.ended" == code(refused)


def test_verdict_is_recorded_once_for_its_command(plain: Desk) -> None:
    """
    The same command judges once, however often it comes.
    """
    told(plain)
    for _ in range(2):
        done = plain.judge("J", ["ownership", "entitlement"], "passed", by=TINA, at=NOW, command_key="k")

    assert done.repeated
    assert 1 == sum(event.kind == "judged" for event in plain.history("J").events)


def test_catalog_without_rules_says_so() -> None:
    """
    Where nothing is asked, nothing is judged and nothing is inspected.
    """
    desk = Desk(service().without_intake(), MemoryStore())
    told(desk)

    with pytest.raises(NotFound) as judging:
        desk.judge("J", "ownership", "passed", by=TINA, at=NOW)
    with pytest.raises(NotFound) as asking:
        desk.intake("J", at=NOW)

    assert "desk.no_intake" == judging.value.code == asking.value.code


def test_inspection_tells_what_unblocks(desk: Desk) -> None:
    """
    Intake tells score, findings and the package that was asked; it writes nothing.
    """
    told(desk, subject={"asset": "EX-77"})

    found = desk.intake("J", at=NOW)

    assert (0.5, False, "repairs") == (found.score, found.open, found.governing and found.governing.id)
    assert ["Record work.symptom."] == [finding.unblock for finding in found.findings]
    assert 1 == len(desk.history("J").events)


def test_reply_names_what_unblocks(desk: Desk) -> None:
    """
    The automatic reply names the fields that are missing, over the channel of the request.
    """
    told(desk, subject={"asset": "EX-77"}, terms={"channel": "portal"})

    reply = desk.auto_reply("J", at=NOW)

    assert "portal" == reply.channel
    assert ["$.work.symptom"] == [each.path for each in reply.asked]
    assert "work.symptom" in reply.text


def test_look_ups_are_recorded_with_their_source() -> None:
    """
    What another system says becomes a verdict with its source, and a suggestion that a person has to confirm.
    """
    desk = asking(Contracts())
    told(desk, subject={"asset": "EX-77"})

    job = desk.look_up("J", by=TINA, at=NOW).job

    (verdict,) = job.triage.verdicts
    (suggestion,) = job.triage.suggestions
    assert ("entitlement", "passed", "contract") == (verdict.id, verdict.status, verdict.source)
    assert ("$.work.symptom", "leak", True) == (suggestion.path, suggestion.value, suggestion.is_open)
    assert job.work.symptom is None
    assert {"contract": "answered"} == desk.history("J").events[-1].data["answers"]
    assert ["Open recall"] == [each.label for each in desk.intake("J", at=NOW).shown]


@pytest.mark.parametrize(
    "answer", [Unavailable.of, ConnectionError("down"), TimeoutError("slow"), ValueError("broken"), 7]
)
def test_job_waits_while_a_look_up_cannot_answer(answer: Any) -> None:
    """
    Whatever a look-up raises or answers, the request is kept, and the job waits in triage with a finding.
    """
    contracts = Contracts()
    contracts.answer = ConnectionError("gone") if callable(answer) else answer
    desk = asking(contracts)
    told(desk, subject={"asset": "EX-77"}, work={"symptom": "leak"})
    judged(desk)

    answer_ = desk.ask("J", "approve", by=TINA, at=NOW)
    contracts.answer = {"active": True}

    assert 1 == len(answer_.findings)
    assert answer_.findings[0].code.startswith("intake.lookup_")
    assert desk.ask("J", "approve", by=TINA, at=NOW).open


def test_look_up_does_not_overrule_a_person() -> None:
    """
    What a person judged stays; what the same system said before is renewed.
    """
    contracts = Contracts()
    desk = asking(contracts)
    told(desk, subject={"asset": "EX-77"})
    desk.look_up("J", by=TINA, at=NOW)
    contracts.answer = {"active": False}
    renewed = desk.look_up("J", by=TINA, at=NOW + HOUR).job.triage.verdicts[0]
    desk.judge("J", "entitlement", "passed", by=TINA, at=NOW + 2 * HOUR)

    kept = desk.look_up("J", by=TINA, at=NOW + 3 * HOUR).job.triage.verdicts[0]

    assert ("refused", "passed") == (renewed.status, kept.status)
    assert "tina" == kept.by


def test_suggestion_counts_as_missing_until_confirmed(desk: Desk) -> None:
    """
    A suggested code opens nothing; the finding names it as the way out, and confirming it sets the field.
    """
    told(desk, subject={"asset": "EX-77"})
    judged(desk)
    desk.suggest(
        "J",
        "$.work.symptom",
        "leak",
        source="symptom model",
        confidence="0.82",
        by=SENSOR,
        at=NOW,
        suggestion_id="s1",
    )

    shut = desk.ask("J", "approve", by=TINA, at=NOW)
    job = desk.confirm_suggestion("J", "s1", by=TINA, at=NOW).job

    assert ["Confirm the suggestion s1 (leak, 0.82 from symptom model) or record work.symptom."] == [
        finding.unblock for finding in shut.findings
    ]
    assert ("leak", "tina") == (job.work.symptom, job.triage.suggestions[0].confirmed_by)
    assert desk.ask("J", "approve", by=TINA, at=NOW).open
    assert is_whole(desk, "J")


def test_one_item_may_be_suggested_for_a_list(plain: Desk) -> None:
    """
    A suggested skill is added to those that are there.
    """
    told(plain, work={"skills": ["hydraulics"]})
    plain.suggest("J", "$.work.skills", "welding", source="list", by=SENSOR, at=NOW, suggestion_id="s")

    assert ("hydraulics", "welding") == plain.confirm_suggestion("J", "s", by=TINA, at=NOW).job.work.skills


def test_presumed_part_is_confirmed_by_a_person(plain: Desk) -> None:
    """
    A part that a list presumes is confirmed under its own id.
    """
    told(plain, parts=[{"id": "p1", "number": "4711", "source": "parts list"}])

    job = plain.confirm_suggestion("J", "p1", by=TINA, at=NOW).job

    assert "tina" == job.parts[0].confirmed_by


def test_suggestion_is_turned_down(plain: Desk) -> None:
    """
    A declined suggestion leaves the field as it is and is judged no more.
    """
    told(plain)
    plain.suggest("J", "$.work.symptom", "leak", source="model", by=SENSOR, at=NOW, suggestion_id="s1")

    job = plain.decline_suggestion("J", "s1", by=TINA, at=NOW, reason="it hums").job
    with pytest.raises(Refused) as refused:
        plain.confirm_suggestion("J", "s1", by=TINA, at=NOW)

    assert (None, "tina") == (job.work.symptom, job.triage.suggestions[0].declined_by)
    assert "intake.already_judged" == code(refused)


@pytest.mark.parametrize("verb", ["confirm_suggestion", "decline_suggestion"])
def test_machine_judges_no_suggestion(plain: Desk, verb: str) -> None:
    """
    What a machine suggested another machine cannot take or turn down.
    """
    told(plain)
    plain.suggest("J", "$.work.symptom", "leak", source="model", by=SENSOR, at=NOW, suggestion_id="s1")

    with pytest.raises(Refused) as refused:
        getattr(plain, verb)("J", "s1", by=SENSOR, at=NOW)

    assert "intake.no_person" == code(refused)


@pytest.mark.parametrize(
    ("path", "value", "more", "expected"),
    [
        ("$.states[work]", "x", {}, "desk.protected"),
        ("$.work.symptom", "leak", {"confidence": "1.5"}, "desk.confidence"),
        ("$.work.symptom", "leak", {"suggestion_id": "s0"}, "desk.suggested_before"),
        ("$.work.nothing", "leak", {}, "model.no_field"),
        ("$.work.symptom", {"a": 1}, {}, "documents.wrong_type"),
    ],
)
def test_suggestion_that_cannot_be_is_refused(
    plain: Desk, path: str, value: Any, more: dict[str, Any], expected: str
) -> None:
    """
    A suggestion is for a place that can be set by hand, fits it, and has an id of its own.
    """
    told(plain)
    plain.suggest("J", "$.work.symptom", "leak", source="model", by=SENSOR, at=NOW, suggestion_id="s0")

    with pytest.raises((Refused, Invalid)) as refused:
        plain.suggest("J", path, value, source="model", by=SENSOR, at=NOW, **more)

    assert expected == refused.value.findings[0].code


def test_provenance_tells_whose_word_a_field_is(desk: Desk) -> None:
    """
    Each field tells who told it last, over which channel, and what it was corrected from.
    """
    told(desk, work={"symptom": "noise"}, terms={"channel": "portal"})
    desk.amend("J", {"$.work.symptom": "leak"}, by=OTHER, at=NOW + HOUR, channel="phone")

    origin = desk.provenance("J")["$.work.symptom"]

    assert ("leak", "otto", "phone") == (origin.value, origin.by.id, origin.channel)
    assert [("noise", "cora", "portal")] == [
        (before.value, before.by.id, before.channel) for before in origin.earlier
    ]


def promoted(desk: Desk) -> Job:
    """Return a job that Tina opened for a customer's request, which somebody had corrected by phone."""
    words = {"symptom": "noise", "description": "It drips."}
    request = {"subject": {"asset": "EX-77"}, "work": words, "triage": {"needs": ["dispatch"]}}
    desk.submit("ticket", {**request, "terms": {"channel": "portal"}}, by=CALLER, at=NOW, job_id="R")
    desk.amend("R", {"$.work.symptom": "leak"}, by=OTHER, at=NOW, channel="phone")
    urgent = {"terms": {"urgency": "high"}}
    return desk.promote("R", "repair", urgent, by=TINA, at=NOW, state="triage", job_id="J").job


def test_provenance_goes_through_a_promotion(desk: Desk) -> None:
    """
    What a job took over is the word of whoever told the request; what was said beside is the promoter's.
    """
    promoted(desk)
    desk.amend("J", {"$.work.symptom": "leak.oil"}, by=TINA, at=NOW + HOUR)

    origins = desk.provenance("J")

    assert ("cora", "portal") == (origins["$.subject.asset"].by.id, origins["$.subject.asset"].channel)
    assert "tina" == origins["$.terms.urgency"].by.id
    assert [("noise", "cora"), ("leak", "otto")] == [
        (before.value, before.by.id) for before in origins["$.work.symptom"].earlier
    ]


def test_promoter_erases_nothing_that_the_customer_told(desk: Desk) -> None:
    """
    Who opens a job for a request does not thereby become the one who told it, and takes nothing away.
    """
    promoted(desk)

    with pytest.raises(Refused) as refused:
        desk.amend("J", {"$.work.description": None}, by=TINA, at=NOW)

    (finding,) = refused.value.findings
    assert ("intake.told_by_another", "cora") == (finding.code, finding.params["teller"])


def test_triage_enriches_and_never_erases(desk: Desk) -> None:
    """
    Nobody takes away what another told before approval; whoever told it may, and a correction is welcome.
    """
    told(desk, work={"symptom": "noise", "description": "It hums."})

    with pytest.raises(Refused) as refused:
        desk.amend("J", {"$.work.description": None, "$.work.crew_size": 2}, by=TINA, at=NOW)
    with pytest.raises(Refused) as moved:
        desk.fire("J", "hold", by=TINA, at=NOW, values={"$.work.description": None})
    desk.amend("J", {"$.work.symptom": "leak"}, by=TINA, at=NOW)
    own = desk.amend("J", {"$.work.description": None}, by=CALLER, at=NOW).job

    assert "intake.told_by_another" == code(refused) == code(moved)
    assert ("leak", None) == (own.work.symptom, own.work.description)


def test_list_is_not_replaced_to_lose_an_item(plain: Desk) -> None:
    """
    Writing a list anew without an item that another named takes that item away.
    """
    told(plain, subject={"contacts": [{"id": "c1", "role": "site"}]})

    with pytest.raises(Refused) as refused:
        plain.amend("J", {"$.subject.contacts": [{"id": "c2", "role": "site"}]}, by=TINA, at=NOW)
    plain.amend("J", {"$.subject.contacts[c2]": {"role": "gate"}}, by=TINA, at=NOW)

    assert "intake.told_by_another" == code(refused)
    assert ("c1", "c2") == tuple(each.id for each in plain.job("J").subject.contacts)


def test_device_takes_nothing_away(plain: Desk) -> None:
    """
    What a device would erase is kept as a fact with the reason.
    """
    told(plain, work={"description": "It hums."})
    head = plain.history("J").head
    change = FieldChange("$.work.description", "It hums.", None)
    event = Event(
        id="d1",
        job_id="J",
        kind="amended",
        actor=TINA,
        occurred_at=NOW + HOUR,
        recorded_at=NOW + HOUR,
        changes=(change,),
    )

    received = plain.receive("J", [EventSet(origin="tablet", events=(event,), base=head)], at=NOW + DAY)

    assert ["intake.told_by_another"] == [
        finding.code for each in received.rejected for finding in each.findings
    ]
    assert "It hums." == plain.job("J").work.description


def test_approved_job_is_amended_freely(plain: Desk) -> None:
    """
    Behind the gate the ordinary rules of amending hold.
    """
    complete(plain)
    plain.fire("J", "approve", by=TINA, at=NOW)

    assert plain.amend("J", {"$.work.symptom": None}, by=TINA, at=NOW).job.work.symptom is None


def standing(text: str) -> Queue:
    """Return a queue of the jobs of which a condition about intake holds."""
    words = declare() | Vocabulary.of(
        {"intake.score": "float", "intake.open": "bool", "intake.missing": "integer", "lookup.*": "any"}
    )
    return Queue(name="asked", owner="triage", when=Condition.load(text, words))


@pytest.mark.parametrize(
    "text",
    [
        "intake.score < 0.6 and intake.open == False",
        "intake.missing == 1",
        "lookup.contract.active == True",
        "lookup.contract.found == True",
    ],
)
def test_queue_may_ask_intake(text: str) -> None:
    """
    Queues may ask how complete a job is, and what look-ups answered about it.
    """
    desk = asking(Contracts(), queues=[standing(text)])
    told(desk, subject={"asset": "EX-77"})

    assert ["J"] == [job.id for job in desk.queue("asked").jobs]


def test_queue_does_not_know_what_nobody_looks_up() -> None:
    """
    A look-up that is not there makes a condition unknown, and the job stands elsewhere.
    """
    desk = Desk(service(queues=[standing("lookup.contract.active == True")]), MemoryStore())
    told(desk, subject={"asset": "EX-77"})

    assert () == desk.queue("asked").jobs


def test_account_asks_for_more() -> None:
    """
    What a customer's account adds is asked at the gate like the rest.
    """
    account = {"id": "C-5", "add": [{"id": "order", "field": "job.terms.purchase_order"}]}
    desk = Desk(service({"accounts": [account]}), MemoryStore())
    told(desk, subject={"asset": "EX-77", "customer": "C-5"}, work={"symptom": "leak"})
    judged(desk)

    answer = desk.ask("J", "approve", by=TINA, at=NOW)

    assert ["$.terms.purchase_order"] == [finding.path for finding in answer.findings]


def test_rules_load_back() -> None:
    """
    The rules of the service say the same when they are written and read again.
    """
    rules = service().intake
    assert rules is not None

    assert rules.digest == IntakeRules.load(rules.to_data()).digest
    assert INTAKE["id"] == rules.id
