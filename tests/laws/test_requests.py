"""Laws of requests: asking is doing, nothing told is lost, and the standing depends on the jobs alone."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any, Final

from hypothesis import given, settings
from hypothesis import strategies as st

from jobkit.catalog import Catalog
from jobkit.desk import Desk, Done, request_status
from jobkit.errors import Refused
from jobkit.history import fold, verify
from jobkit.model import Actor, Job, Links, State, Task, blank, changed
from jobkit.stores import MemoryStore
from tests.desk.building import NOW, PLANNER, TRIAGE
from tests.desk.requesting import ASKED, CUSTOMER, MACHINE

WHOLE: Final[Mapping[str, Any]] = {
    **ASKED,
    "subject": {**ASKED["subject"], "bill_to": "C-5"},
    "work": {**ASKED["work"], "symptom": "motion.drops"},
    "terms": {
        **ASKED["terms"],
        "tier": "gold",
        "requested": {
            "start": (NOW + timedelta(days=1)).isoformat(),
            "end": (NOW + timedelta(days=2)).isoformat(),
        },
    },
}
TYPES: Final = ("breakdown", "inspection", "installation", "request")
STATES: Final = (None, "submitted", "draft", "approved")
WAYS: Final = ("take_up", "ask_back", "withdraw", "answer")


@cache
def catalog(gate: bool) -> Catalog:
    """Return the after-sales service with or without its gate."""
    ready = Catalog.preset("after-sales")
    return ready if gate else ready.without_intake()


@st.composite
def requests(draw: Any) -> dict[str, Any]:
    """Draw a request of which some is not told."""
    told: dict[str, Any] = {}
    for part, values in WHOLE.items():
        names = draw(st.sets(st.sampled_from(sorted(values))))
        left = {name: value for name, value in values.items() if name in names or draw(st.booleans())}
        if left:
            told[part] = left
    return told


@settings(max_examples=60, deadline=None)
@given(
    gate=st.booleans(),
    told=st.one_of(requests(), st.just(dict(WHOLE))),
    way=st.one_of(st.none(), st.sampled_from(WAYS)),
    job_type=st.sampled_from(TYPES),
    by=st.sampled_from((TRIAGE, PLANNER, CUSTOMER, MACHINE)),
    needs=st.lists(st.sampled_from(("dispatch", "parts", "luck")), unique=True, max_size=2),
    state=st.sampled_from(STATES),
    move_tasks=st.booleans(),
    playbook=st.sampled_from((None, "commissioning")),
)
def test_asking_for_a_promotion_is_doing_it(
    gate: bool,
    told: dict[str, Any],
    way: str | None,
    job_type: str,
    by: Actor,
    **options: Any,
) -> None:
    """
    The promotion is open exactly when promoting succeeds; a refusal says what asking said and writes nothing.
    """
    desk = Desk(catalog(gate), MemoryStore())
    request = _request(desk, told, way)
    before = len(desk.feed().events)

    answer = desk.promotion(request.id, job_type, by=by, at=NOW, **options)
    assert before == len(desk.feed().events)
    done = _outcome(desk, request, job_type, by, options)

    if isinstance(done, Refused):
        assert not answer.open
        assert {each.code for each in answer.findings} == {each.code for each in done.findings}
        assert before == len(desk.feed().events)
        return
    assert answer.open
    (remembered,) = [event for event in done.events if event.kind == "promoted"]
    _is_sound(desk, request, done.jobs, set(remembered.data.get("kept", ())))


def _outcome(
    desk: Desk, request: Job, job_type: str, by: Actor, options: Mapping[str, Any]
) -> Done | Refused:
    try:
        return desk.promote(request.id, job_type, by=by, at=NOW, **options)
    except Refused as refused:
        return refused


def _request(desk: Desk, told: Mapping[str, Any], way: str | None) -> Job:
    request = desk.submit("request", told, by=CUSTOMER, at=NOW).job
    desk.add_task(request.id, Task(id="call", title="Call back"), by=TRIAGE, at=NOW)
    reasons = {"ask_back": "unclear", "withdraw": "created_by_mistake"}
    if way == "answer":
        desk.amend(request.id, {"$.outcome.notes": "Done by phone."}, by=TRIAGE, at=NOW)
    if way is not None:
        desk.fire(request.id, way, by=TRIAGE, at=NOW, reason=reasons.get(way))
    return desk.job(request.id)


def _is_sound(desk: Desk, request: Job, jobs: tuple[Job, ...], kept: set[str]) -> None:
    """Hold both sides to each other, to their histories, and to what was told."""
    job, envelope = jobs
    assert (job.id,) == envelope.links.fulfilled_by
    assert [request.id] == [link.id for link in job.links.requests]
    assert job.state.category in ("draft", "triage", "open")
    assert ["call"] == [task.id for task in (*job.tasks, *envelope.tasks) if task.id == "call"]
    for each in jobs:
        events = desk.history(each.id).events
        assert verify(events).ok
        assert each == fold(events)
    there = {path for path, _, _ in changed(blank(job.id), job)}
    told = {path for path, _, _ in changed(blank(request.id), request)}
    lost = told - there
    assert all(any(each.startswith(path) for each in kept) or path.startswith(OWN) for path in lost)


OWN: Final = ("$.states", "$.pins", "$.version", "$.head", "$.tasks", "$.triage", "$.counts")

CATEGORIES: Final = ("draft", "triage", "open", "scheduled", "active", "waiting", "performed", "closed")


@st.composite
def works(draw: Any) -> list[Job]:
    """Draw jobs in any category, some of them merged into later ones."""
    count = draw(st.integers(1, 5))
    found = []
    for number in range(count):
        category = draw(st.sampled_from(CATEGORIES))
        end = (
            draw(st.sampled_from(("closed", "failed", "cancelled", "rejected")))
            if category == "closed"
            else None
        )
        into = draw(st.integers(number + 1, count)) if number + 1 < count and draw(st.booleans()) else count
        merged = f"J{into}" if into < count else None
        state = State(
            name=category, category="closed" if merged else category, end="merged" if merged else end
        )
        links = Links(number=f"N{number}", merged_into=merged)
        found.append(Job(id=f"J{number}", type="repair", states={"work": state}, links=links))
    return found


@given(works(), st.randoms(use_true_random=False))
def test_standing_does_not_depend_on_order(jobs: list[Job], chance: Any) -> None:
    """
    In whichever order jobs were opened and are given, the request stands the same, and no number is lost.
    """
    links = Links(number="R", fulfilled_by=tuple(job.id for job in jobs))
    request = Job(id="R", type="request", states={"work": State(name="in", category="open")}, links=links)
    shuffled = list(jobs)
    chance.shuffle(shuffled)
    other = Links(number="R", fulfilled_by=tuple(job.id for job in shuffled))

    one = request_status(request, jobs)
    two = request_status(Job(id="R", type="request", states=request.states, links=other), shuffled)

    assert one.standing == two.standing
    assert set(one.numbers) == set(two.numbers) == {"R", *(f"N{number}" for number in range(len(jobs)))}
    assert not any(each.end == "merged" for each in one.jobs)
