"""The after-sales lifecycles: sound, walked from end to end, every guard unblocked by what it asks for."""

from datetime import timedelta
from typing import Any

import attrs
import pytest

from jobkit.errors import NotFound, Refused
from jobkit.lifecycle import Coverage, Lifecycle, Path, Transition, ask, check, paths
from jobkit.model import Actor, Job, put, take
from jobkit.presets import AFTER_SALES, PREDICATES, after_sales, registry, text
from tests.presets._jobs import ALL_DAY, NOW, actor, asked, fired, ready, rules, transition

FACETS = ("work", "parts", "billing")
LATE = {"start": "2026-03-20T08:00:00.000000Z", "end": "2026-03-20T10:00:00.000000Z"}


def every_transition() -> list[tuple[str, Transition]]:
    """Return every transition of the preset with its facet."""
    return [(facet, way) for facet in FACETS for way in rules()[facet].definition.transitions]


def named(case: Any) -> str | None:
    """Return a short name for a parameter of a test."""
    return case.id if isinstance(case, Transition) else case if isinstance(case, str) else None


@pytest.mark.parametrize("facet", FACETS)
def test_sound(facet: str) -> None:
    """
    The analysis finds nothing that blocks and nothing to warn of.
    """
    assert {"info"} >= {finding.severity for finding in check(rules()[facet])}


@pytest.mark.parametrize("facet", FACETS)
def test_every_state_can_be_left_or_ends_and_ages(facet: str) -> None:
    """
    No state without an end may hold a job for ever, and each has somebody responsible.
    """
    open_states = [rule for rule in rules()[facet].states.values() if rule.end is None]

    assert [] == [rule.name for rule in open_states if rule.limit is None or rule.owner is None]


@pytest.mark.parametrize("facet", FACETS)
def test_loads_back_from_its_own_data(facet: str) -> None:
    """
    Dumped and loaded again, the lifecycle is the same rules with the same hash.
    """
    again = Lifecycle.load(rules()[facet].definition.to_data(), registry=registry())

    assert rules()[facet].hash == again.hash


def walk(path: Path, facet: str) -> list[tuple[str, str, str]]:
    """Fire a path's transitions on a job that lacks nothing, and return what was fired."""
    job = ready(facet, path.start)
    legs = []
    for leg in path.legs:
        way = transition(facet, leg.transition)
        job = attrs.evolve(job, safety=attrs.evolve(job.safety, signal=None))
        if way.trigger == "report_signal":
            job = put(job, "$.safety.signal", "near_miss")
        if way.trigger == "need_none":
            job = attrs.evolve(job, parts=())
        elif facet == "parts":
            job = attrs.evolve(job, parts=ready().parts)
        at = (job.states[facet].since or NOW) + (way.after or timedelta(minutes=1))  # type: ignore[operator]
        legs.append((job.states[facet].name, way.id, leg.target))
        job = fired(job, facet, way, at).job
        assert leg.target == job.states[facet].name
    return legs


@pytest.mark.parametrize("facet", FACETS)
def test_every_transition_is_walked(facet: str) -> None:
    """
    The generated paths can all be fired on real jobs, and together they leave no transition out.
    """
    found = paths(rules()[facet])
    coverage = Coverage(rules()[facet])
    for path in found.paths:
        for leg in walk(path, facet):
            coverage.fired(*leg)

    assert ((), ()) == (found.findings, coverage.uncovered())


def source(way: Transition, facet: str) -> str:
    """Return a state from which the transition leaves."""
    lifecycle = rules()[facet]
    return next(
        name
        for name in lifecycle.states
        if any(edge.transition.id == way.id for edge in lifecycle.edges(name))
    )


@pytest.mark.parametrize(("facet", "way"), every_transition(), ids=named)
def test_roles_and_reasons(facet: str, way: Transition) -> None:
    """
    A transition is closed to a stranger and without its reason, and says who may and which reasons there are.
    """
    job = ready(facet, source(way, facet))
    stranger = asked(job, facet, way, by=Actor(id="eve", role="stranger"))
    speechless = asked(job, facet, way, reason=None)

    assert "lifecycle.role" in {finding.code for finding in stranger.findings}
    assert (way.reason is not None) == (
        "lifecycle.reason_missing" in {finding.code for finding in speechless.findings}
    )


NEEDS = [(facet, way, need) for facet, way in every_transition() for need in way.needs]


@pytest.mark.parametrize(("facet", "way", "need"), NEEDS, ids=named)
def test_needed_fields(facet: str, way: Transition, need: str) -> None:
    """
    A transition without a field that it needs names the field, and recording it takes the finding away.
    """
    path = need.replace("job.", "$.", 1)
    whole = put(ready(facet, source(way, facet)), "$.safety.signal", "near_miss")
    (finding,) = [
        each
        for each in asked(put(whole, path, None), facet, way).findings
        if each.code == "lifecycle.missing_field"
    ]

    assert path == finding.path
    assert "lifecycle.missing_field" not in {each.code for each in asked(whole, facet, way).findings}


@attrs.frozen
class Lack:
    """One thing missing: where, what stands there instead, what is told, and what else must be so."""

    way: str
    guard: str
    path: str
    wire: Any
    code: str
    given: tuple[tuple[str, Any], ...] = ()
    facet: str = "work"


def part(**facts: Any) -> dict[str, Any]:
    """Return a part line that is not there yet."""
    return {"id": "l1", "number": "4711", **facts}


def window(begin: str, end: str) -> dict[str, str]:
    """Return a window on one day of March."""
    return {"start": f"2026-03-{begin}:00:00.000000Z", "end": f"2026-03-{end}:00:00.000000Z"}


FALSE, UNKNOWN = "lifecycle.condition_false", "lifecycle.condition_unknown"
PREVENTIVE = (("$.work.work_type", "preventive"),)
SIGNAL = "$.safety.signal"
STATUS = "$.terms.entitlement.status"

LACKS = [
    Lack("approve", "described", "$.work.symptom", None, FALSE),
    Lack("approve", "entitled", STATUS, "refused", FALSE),
    Lack("approve", "entitled", STATUS, "unavailable", FALSE),
    Lack("approve", "entitled", STATUS, None, UNKNOWN),
    Lack("approve", "nothing_promised", "$.visits[v1].promised", LATE, "after_sales.promised_early"),
    Lack("merge", "into_another", "$.links.merged_into", "J1", FALSE),
    Lack(
        "defer",
        "customer_told",
        "$.terms.deferrals[d1].told",
        None,
        "after_sales.deferral_untold",
        PREVENTIVE,
    ),
    Lack("schedule", "skills", "$.work.skills", [], FALSE),
    Lack("schedule", "duration", "$.work.estimated", None, FALSE),
    Lack("schedule", "window", "$.visits[v1].planned", None, "after_sales.no_window"),
    Lack("schedule", "window", "$.visits[v1]", None, "after_sales.no_window"),
    Lack("schedule", "entitled", STATUS, "refused", FALSE),
    Lack("schedule", "no_credit_hold", "$.terms.credit_hold", True, FALSE),
    Lack("confirm", "signed_off", "$.visits[v1].sign_offs[s2]", None, "after_sales.not_signed"),
    Lack("confirm", "signed_off", "$.visits[v1].sign_offs[s2].voided", "weather", "after_sales.not_signed"),
    Lack("confirm", "signed_off", "$.visits[v1].sign_offs[s2].window", LATE, "after_sales.not_signed"),
    Lack("confirm", "entitled", STATUS, "refused", FALSE),
    Lack("confirm", "permits", "$.visits[v1].permits[h1].granted", False, "after_sales.permit"),
    Lack("confirm", "parts", "$.parts[l1]", part(availability="ordered"), "after_sales.part_undated"),
    Lack(
        "confirm",
        "parts",
        "$.parts[l1]",
        part(availability="ordered", expected="2026-03-12T08:00:00.000001Z"),
        "after_sales.part_late",
    ),
    Lack("confirm", "parts", "$.parts[l1]", part(availability="depot"), "after_sales.part_not_staged"),
    Lack("confirm", "parts", "$.parts[l1]", part(), "after_sales.part_not_staged"),
    Lack(
        "confirm", "parts", "$.parts[l1]", part(availability="on_van", hold="recall"), "after_sales.part_held"
    ),
    Lack("depart", "crew", "$.assignments[a1].status", "declined", "after_sales.no_crew"),
    Lack("depart", "crew", "$.assignments[a1]", None, "after_sales.no_crew"),
    Lack("arrive", "crew", "$.assignments[a1]", None, "after_sales.no_crew"),
    Lack(
        "start",
        "prerequisites",
        "$.safety.acknowledgements[k1]",
        None,
        "after_sales.not_acknowledged",
    ),
    Lack(
        "start",
        "prerequisites",
        "$.safety.acknowledgements[k1].version",
        "2",
        "after_sales.acknowledgement_outdated",
    ),
    Lack(
        "start",
        "prerequisites",
        "$.safety.acknowledgements[k1].hash",
        "bb",
        "after_sales.acknowledgement_other_text",
    ),
    Lack("start", "no_signal", SIGNAL, "injury", FALSE),
    Lack(
        "complete_partly",
        "next_steps",
        "$.outcome.recommendations[r1].target",
        None,
        "after_sales.no_next_step",
    ),
    Lack("complete_partly", "hazards", "$.safety.hazards_left", ["open pit"], FALSE),
    Lack("complete", "tasks", "$.tasks[t1].status", "open", "after_sales.task_open"),
    Lack("resume", "signal_cleared", SIGNAL, "near_miss", FALSE),
    Lack("replan", "signal_cleared", SIGNAL, "near_miss", FALSE),
    Lack("replan", "entitled", STATUS, "refused", FALSE),
    Lack("close", "accepted", "$.outcome.accepted", False, FALSE),
    Lack("close", "accepted", "$.outcome.accepted", None, UNKNOWN),
    Lack("close", "labour", "$.evidence.labour[h1]", None, FALSE),
    Lack("close", "cause", "$.outcome.cause", None, FALSE),
    Lack("close", "parts_accounted", "$.parts[l1].installed", False, "after_sales.part_unaccounted"),
    Lack("need_parts", "listed", "$.parts[l1]", None, FALSE, facet="parts"),
    Lack("need_none", "none_listed", "$.parts[l1]", part(), FALSE, (("$.parts[l1]", None),), facet="parts"),
    Lack(
        "stage",
        "all_staged",
        "$.parts[l1]",
        part(availability="ordered"),
        "after_sales.line_not_staged",
        facet="parts",
    ),
    Lack(
        "consume",
        "accounted",
        "$.parts[l1].installed",
        False,
        "after_sales.part_unaccounted",
        facet="parts",
    ),
    Lack(
        "propose",
        "work_ended",
        "$.states[work]",
        {"name": "in_progress", "category": "active"},
        FALSE,
        facet="billing",
    ),
    Lack("release", "credit", "$.terms.credit_hold", True, FALSE, facet="billing"),
]


def base(lack: Lack) -> Job:
    """Return the job on which nothing is missing, in a state from which the transition leaves."""
    way = transition(lack.facet, lack.way)
    job = ready(lack.facet, source(way, lack.facet))
    if way.target == "@resume":
        resumed = attrs.evolve(job.states[lack.facet], resume=rules()[lack.facet].initial[0])
        job = attrs.evolve(job, states={**job.states, lack.facet: resumed})
    for path, wire in lack.given:
        job = put(job, path, wire)
    return job


@pytest.mark.parametrize("lack", LACKS, ids=[f"{lack.way}-{lack.guard}-{lack.code}" for lack in LACKS])
def test_guard_is_unblocked_by_what_it_asks_for(lack: Lack) -> None:
    """
    Each guard refuses with one finding that says where and who, and recording that opens the transition.
    """
    whole, way = base(lack), transition(lack.facet, lack.way)
    broken = put(whole, lack.path, lack.wire)
    answer = asked(broken, lack.facet, way)
    (finding,) = answer.findings
    mended = put(broken, lack.path, take(whole, lack.path))

    assert (lack.code, True) == (finding.code, bool(finding.who))
    assert lack.path.split("[")[0].split(".")[1] in f"{finding.path} {finding.unblock}"
    assert "{" not in finding.message + finding.unblock
    assert asked(mended, lack.facet, way).open


def test_every_guard_is_tested() -> None:
    """
    No guard of the preset is left out of the table above.
    """
    written = {(facet, way.id, guard.id) for facet, way in every_transition() for guard in way.guards}

    assert written == {(lack.facet, lack.way, lack.guard) for lack in LACKS}


def test_every_party_that_must_coordinate_is_named() -> None:
    """
    Confirming tells of each party that has not signed off, with visit, party and window, all at once.
    """
    job = put(
        put(ready("work", "scheduled"), "$.visits[v1].sign_offs[s1]", None),
        "$.visits[v1].sign_offs[s2]",
        None,
    )
    findings = asked(job, "work", transition("work", "confirm")).findings

    assert [("owner", "v1"), ("operator", "v1")] == [
        (finding.params["party"], finding.params["visit"]) for finding in findings
    ]


def test_somebody_signs_off_where_nobody_must() -> None:
    """
    A job that names no party to coordinate with is still not confirmed without anybody's word.
    """
    job = put(ready("work", "scheduled"), "$.subject.parties", [])
    silent = put(job, "$.visits[v1].sign_offs", [])

    assert asked(job, "work", transition("work", "confirm")).open
    assert ["after_sales.nobody_signed"] == [
        finding.code for finding in asked(silent, "work", transition("work", "confirm")).findings
    ]


def test_part_expected_as_the_visit_begins() -> None:
    """
    A part that is expected by the very begin of the visit is in time.
    """
    line = part(availability="ordered", expected="2026-03-12T08:00:00.000000Z")
    job = put(ready("work", "scheduled"), "$.parts[l1]", line)

    assert asked(job, "work", transition("work", "confirm")).open


def test_refused_entitlement_never_reaches_scheduled() -> None:
    """
    No transition into scheduled from outside it is open on a job whose entitlement is refused.
    """
    lifecycle = rules()["work"]
    entering = [
        (state, edge.transition)
        for state in lifecycle.states
        for edge in lifecycle.edges(state)
        if "scheduled" in edge.targets and state not in ("scheduled", "confirmed", "on_hold")
    ]

    assert entering
    for state, way in entering:
        job = put(ready("work", state), STATUS, "refused")
        assert not asked(job, "work", way).open


def test_type_of_work_may_ask_for_more() -> None:
    """
    A job type that needs the site's word by phone adds a guard, and the guard says what it wants.
    """
    data = rules()["work"].definition.to_data()
    (confirm,) = [way for way in data["transitions"] if way["id"] == "confirm"]
    call = {"call": "after_sales.verified_by", "with": {"channel": "phone"}}
    confirm["guards"].append({"id": "by_phone", "when": call, "who": "dispatcher"})
    rooftop = {"work": Lifecycle.load({**data, "id": "rooftop"}, registry=registry())}
    job = ready("work", "scheduled")
    mailed = put(
        put(job, "$.visits[v1].sign_offs[s1].channel", "mail"), "$.visits[v1].sign_offs[s2].channel", "mail"
    )
    by = actor(transition("work", "confirm"))

    assert ask(job, rooftop, "confirm", by=by, at=NOW).open
    assert ["after_sales.not_verified"] == [
        finding.code for finding in ask(mailed, rooftop, "confirm", by=by, at=NOW).findings
    ]


def test_earlier_deferral_does_not_count() -> None:
    """
    That the customer was told of an earlier deferral says nothing about the next one.
    """
    job = put(ready("work", "approved"), "$.work.work_type", "preventive")
    earlier = put(job, "$.terms.deferrals[d1].at", "2026-03-10T06:59:59.999999Z")

    assert asked(job, "work", transition("work", "defer")).open
    assert ["after_sales.deferral_untold"] == [
        finding.code for finding in asked(earlier, "work", transition("work", "defer")).findings
    ]


def test_abandoned_draft_expires_by_itself() -> None:
    """
    Nobody can expire a draft before its time, and time does.
    """
    way = transition("work", "expire")
    system = Actor(id="clock", role="system")

    assert not asked(ready(), "work", way, by=system, at=NOW).open
    assert asked(ready(), "work", way, by=system, at=NOW + timedelta(days=31)).open


def test_predicates_answer_unknown_without_a_job() -> None:
    """
    Asked about facts that hold no job, a predicate says that it does not know, and explains nothing.
    """
    given = {"after_sales.verified_by": {"channel": "phone"}}

    for name, predicate in PREDICATES.items():
        assert predicate({}, NOW, **given.get(name, {})) is None
        assert () == predicate.explain({}, NOW, **given.get(name, {}))


def test_sign_off_for_the_day_holds_the_visit() -> None:
    """
    A sign-off for a longer window than the visit's is good for the visit.
    """
    job = ready("work", "scheduled")

    assert ALL_DAY == job.visits[0].sign_offs[0].window
    assert asked(job, "work", transition("work", "confirm")).open


def test_documents_are_shipped() -> None:
    """
    Each document can be read as text, and a name that is none is refused with those that are.
    """
    assert all(text(name).startswith("#") for name in AFTER_SALES)
    assert set(FACETS) == set(after_sales())
    with pytest.raises(NotFound, match="after_sales_parts"):
        text("before_sales")


def test_refusal_carries_the_findings_of_asking() -> None:
    """
    Doing what is not open is refused with exactly the findings that asking told.
    """
    job = put(ready("work", "approved"), "$.work.skills", [])
    way = transition("work", "schedule")
    with pytest.raises(Refused) as refused:
        fired(job, "work", way)

    assert asked(job, "work", way).findings == refused.value.findings
