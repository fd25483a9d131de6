"""Loading milestones: data both ways, and everything that is wrong at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.clocks import (
    CalendarChoice,
    Milestone,
    Milestones,
    Pause,
    Policies,
    Promise,
    Target,
    WarningPoint,
)
from jobkit.conditions import FactSpec, Leaf, Vocabulary
from jobkit.durations import Working
from jobkit.errors import Invalid
from jobkit.registry import Registry
from tests.clocks.promises import CALENDARS, ON_SITE, WORKSHOP, milestone

BASE: dict[str, Any] = {"starts": "known(a)", "stops": "known(b)", "targets": [{"within": "8h"}]}
WORKING = [{"within": "8 working hours"}]


def refused(**changes: Any) -> set[tuple[str, str]]:
    """Return code and path of everything that is wrong with a sound milestone and *changes*."""
    with pytest.raises(Invalid) as caught:
        Milestones.load({"visit": {**BASE, **changes}}, calendars=CALENDARS)
    return {(finding.code, finding.path.removeprefix("$[visit].")) for finding in caught.value.findings}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"pauses": [{"when": "known(a)"}]}, "clocks.no_reason", "pauses[0].reason"),
        ({"pauses": [{"when": "known(a)", "reason": "  "}]}, "clocks.no_reason", "pauses[0].reason"),
        ({"targets": [{"within": "0h"}]}, "clocks.not_positive", "targets[0].within"),
        (
            {"targets": [{"within": "0 working hours"}], "calendar": "workshop"},
            "clocks.not_positive",
            "targets[0].within",
        ),
        ({"targets": [{"within": "-8h"}]}, "durations.unreadable", "targets[0].within"),
        ({"targets": [{"within": "1 month"}]}, "durations.months", "targets[0].within"),
        ({"targets": [{"within": "9999999d"}]}, "clocks.too_long", "targets[0].within"),
        ({"effective_from": "9999-01-01T00:00:00Z"}, "clocks.beyond", "effective_from"),
        ({"targets": [{}]}, "clocks.one_aim", "targets[0]"),
        ({"targets": [{"within": "8h", "by": "c"}]}, "clocks.one_aim", "targets[0]"),
        ({"targets": [{"within": "8h", "after": "1h"}]}, "clocks.no_date", "targets[0]"),
        ({"targets": [{"by": "c", "after": "1h", "before": "1h"}]}, "clocks.both_ways", "targets[0]"),
        ({"targets": [{"by": "c", "after": "0h"}]}, "clocks.not_positive", "targets[0].after"),
        ({"targets": [{"by": "c d"}]}, "paths.unreadable", "targets[0].by"),
        ({"targets": [{"by": "c", "where": "known(item.d)"}]}, "clocks.no_list", "targets[0].where"),
        (
            {"targets": [{"by": "c[].d", "where": 'older_than(item.d, "1h")'}]},
            "clocks.timed_where",
            "targets[0].where",
        ),
        ({"targets": [{"within": "8h"}, {"within": "8h"}]}, "clocks.same_name", "targets[1].name"),
        ({"targets": WORKING}, "clocks.no_last_calendar", "calendars"),
        (
            {"targets": WORKING, "calendars": [{"calendar": "workshop", "when": "known(a)"}]},
            "clocks.no_last_calendar",
            "calendars",
        ),
        ({"targets": WORKING, "calendar": "always"}, "clocks.always_working", "calendars"),
        ({"calendar": "workshp"}, "clocks.no_calendar", "calendar"),
        ({"calendars": [{"calendar": "x"}]}, "clocks.no_calendar", "calendars[0]"),
        ({"warnings": [{"name": "w", "share": 1.0}]}, "clocks.share", "warnings[0].share"),
        ({"warnings": [{"name": "w", "share": 0}]}, "clocks.share", "warnings[0].share"),
        ({"warnings": [{"name": "w", "share": -0.5}]}, "clocks.share", "warnings[0].share"),
        ({"warnings": [{"name": "w"}]}, "clocks.one_point", "warnings[0]"),
        ({"warnings": [{"name": "w", "share": 0.5, "left": "1h"}]}, "clocks.one_point", "warnings[0]"),
        ({"warnings": [{"name": "w", "left": "0s"}]}, "clocks.not_positive", "warnings[0].left"),
        (
            {"warnings": [{"name": "w", "left": "1 working hours"}], "calendar": "workshop"},
            "clocks.mixed_units",
            "warnings[0].left",
        ),
        (
            {"warnings": [{"name": "w", "share": 0.5}, {"name": "w", "share": 0.7}]},
            "clocks.same_name",
            "warnings[1].name",
        ),
        ({"warnings": [{"name": "w", "share": 0.5}], "targets": []}, "clocks.warns_of_nothing", "warnings"),
        ({"policies": {"order": ["stop"]}}, "clocks.order", "policies.order"),
        ({"policies": {"order": ["stop"] * 5}}, "clocks.order", "policies.order"),
        ({"policies": {"reopen": "maybe"}}, "documents.not_one_of", "policies.reopen"),
        ({"starts": {"call": "nobody"}}, "registry.unknown", "starts.call"),
        ({"starts": "a ="}, "conditions.text", "starts"),
        ({"begins": "known(a)"}, "documents.unknown_key", ""),
        ({"effective_from": "2026-03-10T00:00:00"}, "instants.naive", "effective_from"),
    ],
)
def test_bad_data_is_refused_with_its_place(changes: dict[str, Any], code: str, path: str) -> None:
    """
    Each mistake has its own code and stands where it was made.
    """
    told = refused(**changes)

    assert code in {one for one, _ in told}
    assert any(found == code and (place == path or not path) for found, place in told), told


def test_everything_wrong_is_told_at_once() -> None:
    """
    Several mistakes in several milestones come in one error.
    """
    bad = {**BASE, "pauses": [{"when": "known(a)"}], "targets": [{"within": "0h"}], "calendar": "x"}
    with pytest.raises(Invalid) as caught:
        Milestones.load({"one": bad, "2": BASE, "three": {"starts": "("}}, calendars=CALENDARS)

    assert {"clocks.no_reason", "clocks.not_positive", "clocks.no_calendar", "clocks.name"} < {
        finding.code for finding in caught.value.findings
    }
    assert 5 == len(caught.value.findings)


def test_condition_that_time_turns_unforeseeably_is_refused() -> None:
    """
    A predicate that does not tell when time turns it cannot hold a clock.
    """
    registry = Registry.of(predicate={"weekend": lambda facts, now: now.weekday() > 4})
    with pytest.raises(Invalid) as caught:
        Milestone.load("visit", {**BASE, "cancels": {"call": "weekend"}}, registry=registry)

    assert ("clocks.time_opaque", "$.cancels") == (caught.value.code, caught.value.path)


def test_condition_on_a_fact_that_moves_is_refused() -> None:
    """
    A fact that changes with time by itself, such as the time left, starts no clock.
    """
    words = Vocabulary.of({"left": FactSpec(kind="integer", moves=True), "a": "any", "b": "any"})
    with pytest.raises(Invalid) as caught:
        Milestone.load("visit", {**BASE, "pauses": [{"when": "left < 3", "reason": "r"}]}, vocabulary=words)

    assert ("clocks.time_opaque", "$.pauses[0].when") == (caught.value.code, caught.value.path)


@pytest.mark.parametrize(
    ("by", "code"),
    [("strt", "clocks.no_fact"), ("state", "clocks.no_instant"), ("left", "clocks.no_instant")],
)
def test_deadline_names_a_declared_instant(by: str, code: str) -> None:
    """
    With a vocabulary a misspelt date, a word and a moving instant are no deadline.
    """
    left = FactSpec(kind="instant", moves=True)
    words = Vocabulary.of({"start": "instant", "state": "text", "left": left, "a": "any", "b": "any"})
    with pytest.raises(Invalid) as caught:
        Milestone.load("visit", {**BASE, "targets": [{"by": by}]}, vocabulary=words)

    assert {(code, "$.targets[0].by")} == {(each.code, each.path) for each in caught.value.findings}


def test_items_are_chosen_by_their_declared_fields() -> None:
    """
    Within where the fields of the list's items are known, and no others.
    """
    words = Vocabulary.of({"visits[].start": "instant", "visits[].outcome": "code", "a": "any", "b": "any"})
    target = {"by": "visits[].start", "where": "not known(item.outcome)"}

    assert "visit" == Milestone.load("visit", {**BASE, "targets": [target]}, vocabulary=words).name
    target["where"] = "not known(item.outcme)"
    with pytest.raises(Invalid, match="outcme"):
        Milestone.load("visit", {**BASE, "targets": [target]}, vocabulary=words)


@pytest.mark.parametrize(
    ("versions", "code"),
    [
        ([], "clocks.no_version"),
        ([BASE, {**BASE, "version": "2"}], "clocks.same_start"),
        ([BASE, {**BASE, "effective_from": "2026-01-01T00:00:00Z"}], "clocks.same_version"),
        (
            [
                {**BASE, "version": version, "effective_from": "2026-01-01T00:00:00Z"}
                for version in ("1", "2")
            ],
            "clocks.same_start",
        ),
    ],
)
def test_versions_begin_apart_and_have_names(versions: list[Any], code: str) -> None:
    """
    Versions that cannot be told apart, by name or by date, are refused.
    """
    with pytest.raises(Invalid) as caught:
        Milestone.load("visit", versions)

    assert code == caught.value.code


@pytest.mark.parametrize("source", [[], "visit = 3", {"visit": 3}, {3: BASE}])
def test_what_is_no_milestone_is_refused(source: Any) -> None:
    """
    Other data than tables by name is one typed error.
    """
    with pytest.raises(Invalid):
        Milestones.load(source)


WHOLE = Promise(
    version="3",
    effective_from=datetime(2026, 1, 1, tzinfo=UTC),
    label="Resolution",
    starts=Leaf(field="state", operator="is", value="open"),
    stops='state == "done"',
    cancels='state == "void"',
    resets="reset",
    repeats="again",
    runs='state in ["open", "held"]',
    pauses=(Pause(when='state == "held"', reason="parts", label="Waiting for parts"),),
    calendars=(CalendarChoice(calendar="workshop"),),
    targets=(
        Target(name="gold", within=Working(8, "hour"), when='tier == "gold"'),
        Target(by="visits[].start", before=Working(1, "day"), pick="next", where="known(item.crew)"),
    ),
    warnings=(
        WarningPoint(name="half", share=0.5, data={"to": "planner"}),
        WarningPoint(name="late", left=timedelta(hours=1)),
    ),
    policies=Policies(retarget="restart", past_breach="forget", reopen="resume"),
    data={"escalate": [{"who": "owner"}]},
)


def test_milestone_loads_back_from_its_own_data() -> None:
    """
    Values built in Python and their dump are one milestone, with one hash and one seal.
    """
    built = Milestone.load("resolution", WHOLE, calendars=CALENDARS)
    again = Milestones.load(Milestones([built]).dump(), calendars=CALENDARS)["resolution"]

    assert (built, built.hash, built.promises) == (again, again.hash, again.promises)
    assert WHOLE.targets == again.promises[0].targets


def test_hash_changes_with_the_rules_and_seal_with_the_calendar_too() -> None:
    """
    Another promise has another hash; another calendar under the same name only another seal.
    """
    one, two = milestone(calendar="workshop"), milestone(calendar="workshop", label="Other")
    closed = type(WORKSHOP)(id="workshop", zone="UTC", weekly={"mon": "08:00-12:00"})
    three = Milestone.load("on_site", {**ON_SITE, "calendar": "workshop"}, calendars={"workshop": closed})

    assert one.hash != two.hash
    assert one.hash == three.hash
    assert one.seal != three.seal


def test_milestones_load_from_toml() -> None:
    """
    A file with one table for each milestone, and a list of tables for versions, is read as it stands.
    """
    text = """
    [reply]
    starts = "known(asked)"
    stops = "known(answered)"
    warnings = [{ name = "half", share = 0.5 }]
    targets = [{ within = "4h" }]

    [[visit]]
    starts = "known(a)"
    [[visit]]
    version = "2"
    effective_from = 2026-03-10T00:00:00Z
    starts = "known(b)"
    """
    loaded = Milestones.load(text)

    assert ["reply", "visit"] == list(loaded)
    assert ["1", "2"] == [promise.version for promise in loaded["visit"].promises]
    assert ("reply", "Milestones(reply, visit)") == (loaded["reply"].label, repr(loaded))
