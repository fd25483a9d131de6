"""Promises of changing by path: one new value, items by id, and nothing that leads nowhere."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from jobkit.errors import Invalid
from jobkit.model import (
    Contact,
    ExternalId,
    Job,
    Links,
    Part,
    State,
    Subject,
    Visit,
    Window,
    blank,
    changed,
    hide,
    put,
    put_all,
    take,
)
from jobkit.privacy import Redacted

START = datetime(2026, 3, 10, 8, tzinfo=UTC)
WINDOW = Window(START, START + timedelta(hours=2))
WINDOW_DATA = {"start": "2026-03-10T08:00:00.000000Z", "end": "2026-03-10T10:00:00.000000Z"}
JOB = Job(
    id="J-1",
    type="repair",
    states={"work": State(name="draft", category="draft")},
    subject=Subject(contacts=(Contact(id="c1", role="site"),)),
    visits=(Visit(id="v1", planned=WINDOW), Visit(id="v2")),
    parts=(Part(id="p1", number="4711"),),
    links=Links(external_ids=(ExternalId(system="erp", id="7"), ExternalId(system="crm", id="7"))),
    counts={"reopened": 1},
    fields={"depth": "2.5"},
)


@pytest.mark.parametrize(
    ("path", "wire"),
    [
        ("$.states[work]", {"name": "triage", "category": "triage"}),
        ("$.states[parts]", {"name": "needed", "category": "open"}),
        ("$.visits[v1].outcome", "no_access"),
        ("$.visits[v1].planned", WINDOW_DATA),
        ("$.visits[v3]", {"id": "v3", "crew": ["t-9"]}),
        ("$.visits[v2]", None),
        ("$.parts[p1].quantity", "2"),
        ("$.work.scope.included", ["pump"]),
        ("$.work.estimated", "3h"),
        ("$.links.external_ids[crm:7].owns", ["billing"]),
        ("$.counts[reopened]", 2),
        ("$.counts[reopened]", None),
        ("$.fields[depth]", [1, {"a": 2}]),
        ("$.flags", ["follow-up"]),
    ],
)
def test_what_was_put_stands_there(path: str, wire: object) -> None:
    """
    After a change its place holds the plain data that was put there, and the old job is as it was.
    """
    before = take(JOB, path)
    after = put(JOB, path, wire)

    assert wire == take(after, path)
    assert before == take(JOB, path)
    assert JOB == put(after, path, before)


def test_none_gives_the_default_back() -> None:
    """
    Taking away what has a default gives the default back.
    """
    job = put_all(JOB, [("$.parts[p1].quantity", "7"), ("$.parts[p1].quantity", None), ("$.visits", None)])

    assert (Decimal(1), ()) == (job.parts[0].quantity, job.visits)


def test_order_of_items_is_kept() -> None:
    """
    A changed item stays in its place, a new one comes last.
    """
    job = put_all(JOB, [("$.visits[v1].note", "x"), ("$.visits[v0]", {})])

    assert ["v1", "v2", "v0"] == [visit.id for visit in job.visits]


@pytest.mark.parametrize(
    ("path", "wire", "code"),
    [
        ("$.nope", 1, "model.no_field"),
        ("$.visits[v9].outcome", "done", "model.no_item"),
        ("$.states[billing].name", "x", "model.no_item"),
        ("$.visits[v2].planned.start", "2026-03-10T08:00:00Z", "model.not_there"),
        ("$.id.x", 1, "model.no_way"),
        ("$.fields[depth].x", 1, "model.no_way"),
        ("$.visits.v1", {}, "model.by_id"),
        ("$.visits[]", {}, "model.by_id"),
        ("$.visits[v1].id", "v2", "model.other_id"),
        ("$.visits[v3]", {"id": "v4"}, "model.other_id"),
        ("$.type", None, "model.mandatory"),
        ("$.visits[v1].outcome", "gone", "documents.not_one_of"),
        (
            "$.visits[v1].planned",
            {"start": WINDOW_DATA["end"], "end": WINDOW_DATA["start"]},
            "model.empty_window",
        ),
        ("$.version", "7", "documents.wrong_type"),
        ("$.subject.contacts[c1].name", "Frieda", "documents.open_text"),
        ("$.fields[depth]", float("nan"), "documents.not_finite"),
        ("$.visits", [{"id": "a"}, {"id": "a"}], "documents.duplicate_id"),
        ("$", {}, "documents.missing_key"),
        ("..", 1, "paths.unreadable"),
    ],
)
def test_what_leads_nowhere_is_refused(path: str, wire: object, code: str) -> None:
    """
    A path without a place, or data of another type, is refused where it stands.
    """
    with pytest.raises(Invalid) as refused:
        put(JOB, path, wire)
    assert code == refused.value.code
    assert all(finding.path.startswith(path) for finding in refused.value.findings) or path == ".."


def test_several_changes_make_one_job() -> None:
    """
    Changes are made in order, together with fields that are set as they are.
    """
    job = put_all(JOB, [("$.counts[reopened]", 2), ("$.counts[reopened]", 3)], version=9, head="ab")

    assert (3, 9, "ab") == (job.counts["reopened"], job.version, job.head)


def test_small_changes_are_told_small() -> None:
    """
    What changed is told per field; windows, map entries and new or removed items as a whole.
    """
    later = Window(WINDOW.start, WINDOW.end + timedelta(hours=1))
    new = put_all(JOB, [("$.visits[v2]", None), ("$.visits[v3]", {}), ("$.visits[v1].outcome", "done")])
    new = put(new, "$.visits[v1].planned.end", "2026-03-10T11:00:00Z")

    assert later == new.visits[0].planned
    assert (
        ("$.visits[v1].planned", WINDOW_DATA, {**WINDOW_DATA, "end": "2026-03-10T11:00:00.000000Z"}),
        ("$.visits[v1].outcome", None, "done"),
        ("$.visits[v2]", {"id": "v2"}, None),
        ("$.visits[v3]", None, {"id": "v3"}),
    ) == changed(JOB, new)


def test_new_order_is_told_as_a_whole() -> None:
    """
    Items in another order are one change of the whole list.
    """
    turned = put(JOB, "$.visits", [{"id": "v2"}, {"id": "v1", "planned": WINDOW_DATA}])

    assert ["$.visits"] == [path for path, _, _ in changed(JOB, turned)]


def test_one_true_and_one_point_zero_are_three_values() -> None:
    """
    A change of type alone is a change.
    """
    jobs = [put(JOB, "$.fields[x]", value) for value in (1, True, 1.0)]

    assert [1, 1, 1] == [len(changed(one, two)) for one, two in zip(jobs, jobs[1:] + jobs[:1], strict=True)]


def test_blank_job_holds_its_id_only() -> None:
    """
    What a history is folded onto has no type and no state yet.
    """
    assert ("J-1", "", {}, 0) == (blank("J-1").id, blank("J-1").type, blank("J-1").states, 0)


def salt() -> str:
    """Stand in for a source of randomness."""
    return "ab" * 16


def test_private_text_is_hidden_at_the_door() -> None:
    """
    Text that a caller gives at a private place is private from then on, wherever the data begins.
    """
    secret = Redacted("Frieda", salt=salt())
    contact = {"id": "c1", "name": "Frieda", "role": "site"}

    for path, data, hidden in (
        (
            "$",
            {"id": "J", "subject": {"contacts": [contact]}},
            {"id": "J", "subject": {"contacts": [{**contact, "name": secret}]}},
        ),
        ("$.subject.contacts[c1]", contact, {**contact, "name": secret}),
        ("$.subject.contacts[c1].name", "Frieda", secret),
        ("$.subject.contacts[c1].role", "site", "site"),
        ("$.fields[pin]", "Frieda", secret),
        ("$.fields[depth]", "2", "2"),
        ("$.fields", {"pin": "Frieda", "depth": "2"}, {"pin": secret, "depth": "2"}),
        ("$", {"fields": {"pin": "Frieda"}}, {"fields": {"pin": secret}}),
    ):
        assert hidden == hide(data, salt, path=path, private={"pin"})


@pytest.mark.parametrize("data", [None, 7, [], {"contacts": 1}, {"contacts": [1, None, {"name": 3}]}, {1: 2}])
def test_hiding_leaves_malformed_data_to_the_reader(data: Any) -> None:
    """
    Data of the wrong shape passes as it is, to be refused with everything else that is wrong.
    """
    assert data == hide(data, salt, path="$.subject")


@pytest.mark.parametrize(
    ("path", "wire"),
    [
        ("$.fields[kit]", {"size": [1, {"b": None}], "b": None}),
        ("$.fields", {"kit": {"size": [1, {}], "b": None}}),
    ],
)
def test_none_is_absent_however_deep(path: str, wire: Any) -> None:
    """
    None in an entry of a type's own field is as good as absent, so that no history keeps another value.
    """
    job = put(blank("J-1"), path, wire)

    assert {"kit": {"size": (1, {})}} == job.fields
    assert job == put_all(blank("J-1"), [(at, new) for at, _, new in changed(blank("J-1"), job)])
