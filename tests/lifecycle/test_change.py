"""A changed lifecycle: what it means for live jobs, said state by state, rehearsed, then recorded."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.errors import Invalid, Refused
from jobkit.history import FieldChange
from jobkit.lifecycle import Diff, Lifecycle, Migration, diff, migrate, rehearse
from jobkit.model import Actor, Job, State

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
SINCE = NOW - timedelta(days=3)
ADMIN = Actor(id="ada", role="admin")

DATA: dict[str, Any] = {
    "id": "order",
    "version": "1",
    "roles": ["clerk"],
    "states": {
        "draft": {"category": "draft", "initial": True, "owner": "clerk"},
        "open": {"category": "open", "limit": {"after": "5d"}},
        "wait": {"category": "waiting", "limit": {"after": "5d"}},
        "done": {"category": "closed", "end": "closed"},
    },
    "transitions": [
        {"trigger": "send", "from": "draft", "to": "open"},
        {"trigger": "hold", "from": "open", "to": "wait"},
        {"trigger": "resume", "from": "wait", "to": "@resume"},
        {"trigger": "finish", "from": "open", "to": "done", "roles": ["clerk"]},
    ],
}


def old() -> Lifecycle:
    """Return the lifecycle that live jobs follow."""
    return Lifecycle.load(DATA)


def new(**changes: Any) -> Lifecycle:
    """Return version 2: states replaced by name (None takes one out), transitions replaced as a whole."""
    states = {**DATA["states"], **changes.pop("states", {})}
    kept = {name: rule for name, rule in states.items() if rule is not None}
    return Lifecycle.load({**DATA, "version": "2", "states": kept, **changes})


def without(trigger: str) -> list[Any]:
    """Return the transitions but those of *trigger*."""
    return [way for way in DATA["transitions"] if way["trigger"] != trigger]


def renamed() -> Lifecycle:
    """Return version 2 in which open is called ready."""
    ways = [
        {**way, "from": way["from"].replace("open", "ready"), "to": way["to"].replace("open", "ready")}
        for way in DATA["transitions"]
    ]
    return new(states={"open": None, "ready": {"category": "open"}}, transitions=ways)


def migration(to: Lifecycle, **mapping: str) -> Migration:
    """Return a migration from version 1."""
    return Migration(from_hash=old().hash, to_hash=to.hash, mapping=mapping, reason="new rules")


def job(name: str = "open", **facts: Any) -> Job:
    """Return a live job in one state of version 1."""
    rule = old().states[name]
    state = State(
        name=name, category=rule.category, end=rule.end, since=SINCE, resume=facts.pop("resume", None)
    )
    return Job(id="J1", type="order", states={"work": state}, pins={"work": old().hash}, **facts)


def codes(compared: Diff, state: str) -> list[str]:
    """Return the codes of the findings about one state."""
    return [finding.code.removeprefix("lifecycle.") for finding in compared.of(state).findings]


def test_nothing_changed() -> None:
    """
    Two lifecycles of the same rules leave every state safe, without a finding.
    """
    compared = diff(old(), new())

    assert {"safe"} == {state.fate for state in compared.states}
    assert () == compared.findings


def test_state_gone() -> None:
    """
    Jobs in a state that is gone need a mapping, and the finding lists where they may go.
    """
    compared = diff(old(), renamed())

    assert "needs_mapping" == compared.of("open").fate
    assert "ready" in compared.of("open").findings[0].params["choices"]
    assert ("safe", ["state_new"]) == (compared.of("ready").fate, codes(compared, "ready"))


def test_state_that_becomes_a_superstate_is_gone() -> None:
    """
    A job cannot stand in a superstate, so a state that gets children needs a mapping.
    """
    states = {"inner": {"category": "waiting", "parent": "wait"}}
    ways = [*without("hold"), {"trigger": "hold", "from": "open", "to": "inner"}]
    compared = diff(old(), new(states=states, transitions=ways))

    assert ("needs_mapping", ["state_gone"]) == (compared.of("wait").fate, codes(compared, "wait"))


def test_category_changed() -> None:
    """
    A state of another category needs a word that its jobs are meant to go along.
    """
    compared = diff(old(), new(states={"open": {"category": "active", "limit": {"after": "5d"}}}))

    assert ("needs_mapping", ["category_changed"]) == (compared.of("open").fate, codes(compared, "open"))


@pytest.mark.parametrize(
    ("name", "rule"),
    [("done", {"category": "closed", "end": "cancelled"}), ("wait", {"category": "closed", "end": "failed"})],
)
def test_end_changed(name: str, rule: dict[str, Any]) -> None:
    """
    No change of rules ends a job, reopens it, or lets it end otherwise.
    """
    compared = diff(old(), new(states={name: rule}, transitions=without("resume")))

    assert ("refused", "end_changed") == (compared.of(name).fate, codes(compared, name)[0])


def test_no_way_out_any_more() -> None:
    """
    A state whose last way out is gone would strand its jobs.
    """
    compared = diff(old(), new(transitions=without("resume")))

    assert "refused" == compared.of("wait").fate
    assert ["no_longer_left", "way_gone"] == codes(compared, "wait")


def test_harmless_changes_are_told() -> None:
    """
    Limits, owners, flags, operations and transitions may change; each is told and leaves the state safe.
    """
    states = {
        "open": {
            "category": "open",
            "limit": {"after": "2d"},
            "owner": "clerk",
            "fields": {"job.subject.asset": "required"},
            "forbids": ["note"],
        }
    }
    ways = [*without("finish"), {"trigger": "finish", "from": "open", "to": "done"}]
    ways += [{"trigger": "drop", "from": "open", "to": "done"}]
    compared = diff(old(), new(states=states, transitions=ways))
    expected = ["limit_changed", "owner_changed", "field_flags_changed", "operations_changed"]

    assert ("safe", [*expected, "way_changed", "way_new"]) == (
        compared.of("open").fate,
        codes(compared, "open"),
    )
    assert all("{" not in finding.message + finding.unblock for finding in compared.findings)


def test_other_facets_are_not_compared() -> None:
    """
    A lifecycle of another facet is no version of this one.
    """
    with pytest.raises(Invalid, match="facet"):
        diff(old(), new(facet="parts"))


def test_migrate() -> None:
    """
    A migrated job is in the mapped state, as old as before, pinned anew, and its event says both.
    """
    target = renamed()
    moved = migrate(job(), old(), target, migration(target, open="ready"), event_id="e1", by=ADMIN, at=NOW)

    assert State(name="ready", category="open", since=SINCE) == moved.job.state
    assert {"work": target.hash} == moved.job.pins
    assert ("migrated", "new rules") == (moved.event.kind, moved.event.reason)
    assert FieldChange("$.pins[work]", old().hash, target.hash) in moved.event.changes
    assert ["$.states[work]", "$.pins[work]"] == [change.path for change in moved.event.changes]


def test_migrate_without_mapping_where_none_is_needed() -> None:
    """
    A job in a safe state changes nothing but its pin.
    """
    target = new()
    moved = migrate(job(), old(), target, migration(target), event_id="e1", by=ADMIN, at=NOW)

    assert job().states == moved.job.states
    assert ["$.pins[work]"] == [change.path for change in moved.event.changes]


def test_migrate_takes_the_resume_state_along() -> None:
    """
    A job on hold returns to the mapped state after its migration.
    """
    target = renamed()
    held = job("wait", resume="open")
    moved = migrate(held, old(), target, migration(target, open="ready"), event_id="e1", by=ADMIN, at=NOW)

    assert "ready" == moved.job.state.resume
    assert "ready" == target.do(moved.job.state, "resume").state.name


REFUSED = [
    (job(), {}, "state_gone"),
    (job(), {"open": "nowhere"}, "mapping_unknown"),
    (job(), {"open": "done"}, "mapping_ends"),
    (job("wait", resume="open"), {}, "resume_lost"),
    (attrs.evolve(job("draft"), pins={"work": "other"}), {"open": "ready"}, "other_pin"),
    (attrs.evolve(job("draft"), states={}), {"open": "ready"}, "no_state"),
    (
        attrs.evolve(job(), states={"work": State(name="lost", category="open")}),
        {"open": "ready"},
        "migrant_state",
    ),
]


@pytest.mark.parametrize(("live", "mapping", "code"), REFUSED, ids=[case[2] for case in REFUSED])
def test_migration_refused(live: Job, mapping: dict[str, str], code: str) -> None:
    """
    A job that cannot be taken over is refused with a sentence for it, and rehearsing says the same.
    """
    target = renamed()
    plan = migration(target, **mapping)
    with pytest.raises(Refused) as refused:
        migrate(live, old(), target, plan, event_id="e1", by=ADMIN, at=NOW)
    rehearsal = rehearse([live], old(), target, plan)

    assert f"lifecycle.{code}" in {finding.code for finding in refused.value.findings}
    assert refused.value.findings == rehearsal.refused["J1"]
    assert not rehearsal.ok


def test_migration_for_other_versions_is_refused() -> None:
    """
    A migration is carried out only between the two versions that it names.
    """
    target = new()
    plan = attrs.evolve(migration(target), to_hash="another")
    with pytest.raises(Refused) as refused:
        migrate(job(), old(), target, plan, event_id="e1", by=ADMIN, at=NOW)

    assert "lifecycle.migration_hash" == refused.value.code


def test_state_may_be_mapped_to_itself() -> None:
    """
    Mapping a state to itself is the word that its jobs go along with a changed category.
    """
    target = new(states={"open": {"category": "active", "limit": {"after": "5d"}}})
    moved = migrate(job(), old(), target, migration(target, open="open"), event_id="e1", by=ADMIN, at=NOW)

    assert "active" == moved.job.state.category


def test_rehearsal_counts_a_population() -> None:
    """
    A rehearsal says how many jobs go from where to where and leaves every job as it is.
    """
    target = renamed()
    jobs = [attrs.evolve(job(name), id=f"{name}{n}") for name in ("draft", "open") for n in range(3)]
    rehearsal = rehearse(jobs, old(), target, migration(target, open="ready"))

    assert {("draft", "draft"): 3, ("open", "ready"): 3} == rehearsal.moved
    assert rehearsal.ok
