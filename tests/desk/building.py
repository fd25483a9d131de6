"""A small workshop and short ways to after-sales jobs, for the tests of the desk."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final, cast

from jobkit.catalog import Catalog, Queue, TypeRules
from jobkit.conditions import Condition, Vocabulary
from jobkit.desk import AsyncDesk, Desk, Store
from jobkit.facts import declare
from jobkit.fields import FieldSpec
from jobkit.history import fold, verify
from jobkit.intake import IntakeRules
from jobkit.lifecycle import Lifecycle
from jobkit.model import Actor, Job, JobType, SignOff, Window
from jobkit.registry import Registry

NOW: Final = datetime(2026, 3, 10, 8, tzinfo=UTC)

DEALER: Final = Actor(id="dora", role="dealer")
TRIAGE: Final = Actor(id="tina", role="triage")
PLANNER: Final = Actor(id="paul", role="planner")
TECHNICIAN: Final = Actor(id="tom", role="technician")
BOSS: Final = Actor(id="sue", role="supervisor")

VISIT: Final = Window(NOW + timedelta(days=2), NOW + timedelta(days=2, hours=2))
LATER: Final = Window(NOW + timedelta(days=4), NOW + timedelta(days=4, hours=2))

REQUEST: Final[Mapping[str, Any]] = {
    "subject": {
        "customer": "C-5",
        "asset": "EX-77",
        "serial": "EX-204711",
        "site": "quarry",
        "bill_to": "C-5",
        "contacts": [{"id": "c1", "role": "site", "name": "Frieda Berg"}],
    },
    "work": {"symptom": "motion.drops", "skills": ["hydraulics"], "estimated": "2h"},
    "terms": {
        "urgency": "normal",
        "tier": "standard",
        "entitlement": {"status": "covered", "kind": "warranty"},
        "requested": {"start": "2026-03-11T06:00:00Z", "end": "2026-03-13T16:00:00Z"},
    },
    "evidence": {
        "attachments": [
            {
                "id": "a1",
                "purpose": "photo",
                "media_type": "image/jpeg",
                "hash": "9f2c",
                "ref": "s3://photos/a1",
            }
        ]
    },
}
"""A request of which nothing is missing."""

TOPICS: Final = ("ownership", "entitlement", "duplicates", "parts")


class AsyncStore:
    """A store whose look-ups and commits are awaited, around one that answers at once."""

    def __init__(self, store: Store) -> None:
        self.inner = store
        self.new_id, self.new_salt = store.new_id, store.new_salt

    def __getattr__(self, name: str) -> Callable[..., Any]:
        answer = getattr(self.inner, name)

        async def method(*args: Any, **options: Any) -> Any:
            await asyncio.sleep(0)
            return answer(*args, **options)

        return method


class Awaited:
    """An AsyncDesk that is waited for, so that one test can hold both desks to the same promise."""

    def __init__(self, desk: AsyncDesk) -> None:
        self.desk = desk

    def __getattr__(self, name: str) -> Callable[..., Any]:
        verb = getattr(self.desk, name)

        def method(*args: Any, **options: Any) -> Any:
            async def whole() -> Any:
                return await verb(*args, **options)

            return asyncio.run(whole())

        return method


def seated(catalog: Catalog, store: Store, *, awaited: bool = False, **options: Any) -> Desk:
    """Return a desk on *store*; its twin behind the same verbs when it is to be awaited."""
    if not awaited:
        return Desk(catalog, store, **options)
    return cast(Desk, Awaited(AsyncDesk(catalog, AsyncStore(store), **options)))


def trusting(catalog: Catalog) -> Catalog:
    """Return a catalog that takes what other systems approved as approved."""
    assert catalog.intake is not None
    trusted = IntakeRules.load({**catalog.intake.to_data(), "adopted": "trusted"})
    return catalog.with_intake(intake=trusted)


def counted() -> dict[str, Any]:
    """Return sources of ids and salts that count, so that two desks can tell the same story."""
    ids, salts = count(1), count(1)
    return {"new_id": lambda: f"id-{next(ids)}", "new_salt": lambda: f"{next(salts):064x}"}


def submitted(desk: Desk, **more: Any) -> Job:
    """Return a fresh warranty job."""
    return desk.submit("warranty-repair", {**REQUEST, **more}, by=DEALER, at=NOW).job


def judged(desk: Desk, job_id: str, at: datetime = NOW) -> Job:
    """Let triage find nothing against a job: it is no other one's twin, and every verdict is passed."""
    twins = [twin.id for twin in desk.job(job_id).triage.suspects if twin.decided is None]
    if twins:
        desk.decide_twin(job_id, twins, "different", by=TRIAGE, at=at, reason="another fault")
    return desk.judge(job_id, TOPICS, "passed", by=TRIAGE, at=at).job


def approved(desk: Desk, **more: Any) -> Job:
    """Return a warranty job that triage has let pass."""
    job = submitted(desk, **more)
    for trigger, by in (("submit", DEALER), ("take_up", TRIAGE)):
        desk.fire(job.id, trigger, by=by, at=NOW)
    judged(desk, job.id)
    return desk.fire(job.id, "approve", by=TRIAGE, at=NOW).job


def scheduled(desk: Desk, **more: Any) -> Job:
    """Return a warranty job whose visit v1 is planned."""
    job = approved(desk, **more)
    desk.plan_visit(job.id, VISIT, by=PLANNER, at=NOW, visit_id="v1")
    return desk.fire(job.id, "schedule", by=PLANNER, at=NOW).job


def word(window: Window = VISIT, id: str = "s1") -> SignOff:
    """Return the site's word that *window* holds."""
    return SignOff(id=id, party="site", window=window, by="Frieda", at=NOW, site="quarry")


def confirmed(desk: Desk, **more: Any) -> Job:
    """Return a warranty job whose visit the site has signed off."""
    job = scheduled(desk, **more)
    desk.sign_off((job.id,), word(), by=PLANNER, at=NOW)
    return desk.fire(job.id, "confirm", by=PLANNER, at=NOW).job


def on_site(desk: Desk, **more: Any) -> Job:
    """Return a warranty job whose technician has arrived."""
    job = confirmed(desk, **more)
    offered = desk.assign(job.id, TECHNICIAN.id, by=PLANNER, at=NOW).job.assignments[-1]
    desk.accept(job.id, offered.id, by=TECHNICIAN, at=NOW)
    return desk.fire(job.id, "arrive", by=TECHNICIAN, at=VISIT.start).job


def completed(desk: Desk, **more: Any) -> Job:
    """Return a warranty job whose work is done and ready to be closed."""
    job = on_site(desk, **more)
    desk.fire(job.id, "start", by=TECHNICIAN, at=VISIT.start)
    values = {
        "$.outcome.notes": "Valve replaced.",
        "$.outcome.cause": "wear",
        "$.outcome.accepted": True,
        "$.evidence.labour[l1]": {"id": "l1", "person": "tom", "hours": "2"},
    }
    return desk.fire(job.id, "complete", by=TECHNICIAN, at=VISIT.end, values=values).job


def closed(desk: Desk, **more: Any) -> Job:
    """Return a closed warranty job."""
    job = completed(desk, **more)
    return desk.fire(job.id, "close", by=BOSS, at=VISIT.end).job


def is_whole(desk: Desk, job_id: str) -> bool:
    """Whether a job's history verifies and folds to the job that is stored."""
    history, job = desk.history(job_id), desk.job(job_id)
    return verify(history.events, history.head).ok and job == fold(history.events)


BENCH: Final[Mapping[str, Any]] = {
    "id": "bench",
    "version": "1",
    "states": {
        "open": {"category": "open", "initial": True},
        "busy": {"category": "active"},
        "done": {"category": "closed", "end": "closed", "forbids": ["amend", "note", "task"]},
    },
    "transitions": [
        {"trigger": "begin", "from": "open", "to": "busy"},
        {"trigger": "again", "from": "done", "to": "open"},
        {
            "trigger": "finish",
            "from": ["open", "busy"],
            "to": "done",
            "effects": [{"name": "thank", "data": {"carries": ["who", "reason"]}}],
        },
        {
            "trigger": "hurry",
            "from": "open",
            "to": "busy",
            "effects": [
                {"name": "fire", "data": {"trigger": "finish"}, "outbound": False},
                {"name": "polish", "data": {"with": "wax"}, "outbound": False},
            ],
        },
        {
            "trigger": "spin",
            "from": ["open", "busy"],
            "to": "busy",
            "effects": [{"name": "fire", "data": {"trigger": "spin"}, "outbound": False}],
        },
        {
            "trigger": "trip",
            "from": "open",
            "to": "busy",
            "effects": [{"name": "fire", "data": {"trigger": "begin"}, "outbound": False}],
        },
        {
            "trigger": "stray",
            "from": "open",
            "to": "busy",
            "effects": [
                {"name": "fire", "data": {"trigger": "begin", "facet": "nowhere"}, "outbound": False}
            ],
        },
        {
            "trigger": "split",
            "from": "open",
            "to": "@same",
            "effects": [
                {"name": "spawn_job", "data": {"type": "polish", "relation": "part"}, "outbound": False}
            ],
        },
        {
            "trigger": "twin",
            "from": "open",
            "to": "@same",
            "effects": [{"name": "spawn_job", "data": {"relation": "twin"}, "outbound": False}],
        },
        {
            "trigger": "misspawn",
            "from": "open",
            "to": "@same",
            "effects": [{"name": "spawn_job", "data": {"type": "nothing"}, "outbound": False}],
        },
        {
            "trigger": "handle",
            "from": "open",
            "to": "@same",
            "effects": [{"name": "acme.stamp", "outbound": False}],
        },
        {
            "trigger": "plan",
            "from": "open",
            "to": "@same",
            "effects": [
                {"name": "create_task", "data": {"kind": "call", "owner": "dora"}, "outbound": False},
                {
                    "name": "create_tasks",
                    "data": {"from": "outcome.recommendations", "owner": "dora"},
                    "outbound": False,
                },
            ],
        },
        {
            "trigger": "plan_late",
            "from": "open",
            "to": "@same",
            "effects": [
                {"name": "create_task", "data": {"kind": "call", "due": "9 working hours"}, "outbound": False}
            ],
        },
        {
            "trigger": "plan_never",
            "from": "open",
            "to": "@same",
            "effects": [{"name": "create_task", "data": {"due": "soon"}, "outbound": False}],
        },
        {
            "trigger": "misplan",
            "from": "open",
            "to": "@same",
            "effects": [{"name": "create_task", "data": {"owner": 7}, "outbound": False}],
        },
    ],
}

FIELDS: Final = (
    FieldSpec(name="depth", type="decimal", minimum=Decimal(0), unit="mm"),
    FieldSpec(name="serial", type="text", pattern=r"[A-Z]{2}\d{3}"),
    FieldSpec(name="nurse", type="text", private=True),
)


def workshop(registry: Registry | None = None, changes: Mapping[str, Any] | None = None) -> Catalog:
    """Return a catalog of polish jobs and bench jobs; one of the latter is open per asset and symptom."""
    used = registry or Registry()
    bench = Lifecycle.load({**BENCH, **(changes or {})}, registry=used)
    words = declare() | Vocabulary.of({"job.fields.*": "any"})
    standing = Condition.load("job.states['work'].category == 'open'", words, used)
    deep = Queue(name="deep", owner="boss", when=standing, order=("job.fields.depth", "job.work.estimated"))
    return Catalog.of(
        "workshop",
        [
            TypeRules(
                type=JobType(id="bench", fields=FIELDS),
                lifecycles={"work": bench},
                unique_open=("subject.asset", "work.symptom"),
            ),
            TypeRules(type=JobType(id="polish"), lifecycles={"work": bench}),
        ],
        queues=[deep],
        registry=used,
    )


def on_bench(desk: Desk, asset: str = "A-1", symptom: str | None = "noise", **more: Any) -> Job:
    """Return an open bench job."""
    work = {} if symptom is None else {"symptom": symptom}
    request = {"subject": {"asset": asset}, "work": work, **more}
    return desk.submit("bench", request, by=DEALER, at=NOW).job
