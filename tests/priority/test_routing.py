"""Promises of routing: one rule decides, it is named, and rules that quarrel are found at load."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.conditions import Vocabulary
from jobkit.errors import Invalid
from jobkit.facts import declare
from jobkit.model import Job, State, Subject, Work
from jobkit.priority import Route, RoutingRules, Where, next_route_change, route
from jobkit.registry import Registry

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
MOODY = Registry.of(predicate={"moody": lambda facts, now: True})


def rule(id: str, **more: Any) -> dict[str, Any]:
    """Return a rule that sends to the region of its own name."""
    return {"id": id, "queue": f"dispatch-{id}", "region": id, **more}


def loaded(*rules: dict[str, Any], **more: Any) -> RoutingRules:
    """Load rules for Germany."""
    data = {"id": "regions", "version": "2", "unmatched": "dispatch", "country": "DE", **more}
    return RoutingRules.load({**data, "rules": list(rules)}, declare())


def codes(error: pytest.ExceptionInfo[Invalid]) -> list[str]:
    """Return the codes of an error's findings."""
    return [finding.code for finding in error.value.findings]


def at(postal_code: str | None, rules: RoutingRules, **more: Any) -> Route:
    """Route one postal code."""
    return route(Where(postal_code=postal_code, **more), rules, now=NOW)


def test_narrowest_code_decides() -> None:
    """
    A prefix inside a wider one wins, wherever it stands, and the route names rule and reason.
    """
    rules = loaded(rule("bavaria", ranges=["80000-87999"]), rule("munich", prefixes=["803"]))

    inside = at("80331", rules)

    assert ("dispatch-munich", "munich", "munich") == (inside.queue, inside.region, inside.rule)
    assert "Rule munich: postal code 80331 lies in 803." == inside.because
    assert "bavaria" == at("87999", rules).rule
    assert () == inside.findings


def test_range_includes_both_ends() -> None:
    """
    A range holds its first and its last code and whatever is written below them, and no other.
    """
    rules = loaded(rule("south", ranges=["80000-81999"]))

    assert ["south", "south", None, None] == [
        at(code, rules).rule for code in ("80000", "81999", "82000", "79999")
    ]


@pytest.mark.parametrize("code", ["DE-80331", "de-80331", "80331", " 803 31"])
def test_code_is_read_as_people_write_it(code: str) -> None:
    """
    Country, blanks and case in a postal code change nothing.
    """
    assert "munich" == at(code, loaded(rule("munich", prefixes=["803"]))).rule


def test_country_keeps_codes_apart() -> None:
    """
    The same digits abroad are another place.
    """
    rules = loaded(rule("munich", prefixes=["80"]), rule("france", country="fr", prefixes=["80"]))

    assert ["munich", "france", "france", None] == [
        each.rule
        for each in (
            at("80331", rules),
            at("FR-80100", rules),
            at("80100", rules, country="FR"),
            at("PL-80100", rules),
        )
    ]


def test_territory_decides_between_equal_codes() -> None:
    """
    Of two rules with the same codes the one that also asks for the territory is tried first.
    """
    rules = loaded(
        rule("all", prefixes=["80"]), rule("hydraulic", prefixes=["80"], territories=["hydraulics"])
    )

    assert "hydraulic" == at("80331", rules, territory="hydraulics").rule
    assert "all" == at("80331", rules, territory="electrics").rule


def test_territory_alone_routes_without_a_code() -> None:
    """
    A job without a postal code is routed by its territory; one with a fitting code by that.
    """
    rules = loaded(rule("rest"), rule("north", territories=["north"]), rule("munich", prefixes=["80"]))

    found = at(None, rules, territory="north")

    assert "Rule north: no postal code is asked for and territory is north." == found.because
    assert ["north", "rest", "munich"] == [
        found.rule,
        at("99999", rules).rule,
        at("80331", rules, territory="north").rule,
    ]


def test_unmatched_goes_to_its_queue_with_a_finding() -> None:
    """
    What no rule fits stands in a named queue, and the finding says what to mend.
    """
    found = at("10115", loaded(rule("munich", prefixes=["80"])))

    (finding,) = found.findings
    assert ("dispatch", None, None, None) == (found.queue, found.region, found.rule, found.batch)
    assert ("priority.unmatched", "warn", "regions@2") == (finding.code, finding.severity, finding.source)
    assert "No routing rule fits postal code 10115, country DE and territory unknown." == finding.message


def test_batch_key_tells_places_apart() -> None:
    """
    Jobs of one zone and site share a key; a slash in a name does not make two places one.
    """
    rules = loaded(rule("munich", prefixes=["80"], zone="M"))

    keys = [at("80331", rules, site=site).batch for site in ("depot", "a/b", "-", None)]

    assert ["M/depot", "M/a%2Fb", "M/%2D", "M/-"] == keys


def test_condition_and_dates_are_asked() -> None:
    """
    A rule that does not hold now lets the next one decide, and says when it will hold.
    """
    begin = NOW + timedelta(days=1)
    rules = loaded(
        rule("all", prefixes=["80"]),
        rule("soon", prefixes=["80"], territories=["x"], effective_from=begin.isoformat()),
        rule("gold", prefixes=["803"], when='job.terms.tier == "gold"'),
    )
    where = Where(postal_code="80331", territory="x")

    def decided(now: datetime, tier: str) -> str | None:
        return route(where, rules, now=now, facts={"job": {"terms": {"tier": tier}}}).rule

    assert ["gold", "all", "soon"] == [
        decided(NOW, "gold"),
        decided(NOW, "basic"),
        decided(begin, "basic"),
    ]
    assert begin == next_route_change(where, rules, now=NOW, facts={"job": {}})
    assert None is next_route_change(where, rules, now=begin, facts={"job": {}})


def test_condition_about_time_tells_when_it_turns() -> None:
    """
    A condition that time alone turns gives the instant at which the route may change.
    """
    rules = loaded(rule("due", prefixes=["80"], when={"field": "job.terms.due.start", "older_than": "1h"}))
    facts = {"job": {"terms": {"due": {"start": NOW + timedelta(hours=3)}}}}

    turn = next_route_change(Where(postal_code="80331"), rules, now=NOW, facts=facts)

    assert NOW + timedelta(hours=4) == turn


def test_place_of_a_job_is_read() -> None:
    """
    A job is routed by its subject's postal code and site and its work's territory.
    """
    job = Job(
        id="J-1",
        type="repair",
        states={"work": State(name="open", category="open")},
        subject=Subject(postal_code="80331", site="depot"),
        work=Work(territory="south"),
    )

    assert Where(postal_code="80331", site="depot", territory="south") == Where.of(job)


def test_first_match_follows_the_order() -> None:
    """
    With match = first the rule that stands first decides, and what it shares is told.
    """
    rules = loaded(rule("munich", prefixes=["803"]), rule("bavaria", prefixes=["80"]), match="first")

    assert ["munich", "bavaria"] == [at(code, rules).rule for code in ("80331", "80995")]
    assert [("priority.routing_overlap", "info")] == [
        (finding.code, finding.severity) for finding in rules.findings
    ]


def test_hidden_rule_is_refused() -> None:
    """
    With match = first a rule that an earlier one takes everything from is refused.
    """
    with pytest.raises(Invalid) as error:
        loaded(rule("bavaria", prefixes=["80"]), rule("munich", prefixes=["803"]), match="first")

    assert ["priority.routing_hidden"] == codes(error)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"prefixes": ["80"]}, {"prefixes": ["80"]}),
        ({"ranges": ["80000-82000"]}, {"ranges": ["81000-83000"]}),
        ({"ranges": ["80-80"]}, {"prefixes": ["80"]}),
    ],
)
def test_rules_that_claim_the_same_are_refused(one: dict[str, Any], other: dict[str, Any]) -> None:
    """
    Two rules that claim the same codes, neither more narrowly, are refused by both names.
    """
    with pytest.raises(Invalid) as error:
        loaded(rule("a", **one), rule("b", **other))

    assert ["priority.routing_ambiguous"] == codes(error)
    assert {"a", "b"} <= {error.value.first.params["first"], error.value.first.params["second"]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"territories": ["x"]}, {"territories": ["y"]}),
        ({"effective_to": "2026-04-01T00:00:00Z"}, {"effective_from": "2026-04-01T00:00:00Z"}),
        ({"country": "DE"}, {"country": "AT"}),
    ],
)
def test_rules_that_never_meet_do_not_quarrel(one: dict[str, Any], other: dict[str, Any]) -> None:
    """
    Territories, dates and countries that have nothing in common keep equal codes apart.
    """
    assert () == loaded(rule("a", prefixes=["80"], **one), rule("b", prefixes=["80"], **other)).findings


def test_two_conditions_on_equal_codes_are_told() -> None:
    """
    Whether two conditions exclude each other is not known, so it is a warning.
    """
    gold, tin = (f'job.terms.tier == "{tier}"' for tier in ("gold", "tin"))
    rules = loaded(rule("a", prefixes=["80"], when=gold), rule("b", prefixes=["80"], when=tin))

    assert ["warn"] == [finding.severity for finding in rules.findings]


def test_pattern_must_prove_itself() -> None:
    """
    A pattern comes with examples, and an example that another rule takes is refused.
    """
    assert (
        "london"
        == at(
            "SW1A 1AA",
            loaded(
                rule("london", country="GB", patterns=["[A-Z]{1,2}[0-9].*"], examples=["SW1A 1AA"]),
                country="GB",
            ),
        ).rule
    )

    with pytest.raises(Invalid) as unproven:
        loaded(rule("london", patterns=["SW.*"]))
    with pytest.raises(Invalid) as taken:
        loaded(rule("london", patterns=["SW.*"], examples=["SW1"]), rule("sw", prefixes=["SW1"]))

    assert ["priority.routing_unproven"] == codes(unproven)
    assert ["priority.misrouted"] == codes(taken)
    assert "sw" == taken.value.first.params["found"]


def test_everything_wrong_is_told_at_once() -> None:
    """
    Unreadable codes, patterns and conditions are refused together, each with its place.
    """
    with pytest.raises(Invalid) as error:
        loaded(
            rule("a", prefixes=["--"], ranges=["80000-7999", "9-1"], patterns=["(?=x)"]),
            rule("b", when="job.nothing == 1"),
        )

    paths = [finding.path for finding in error.value.findings]
    assert ["$.rules[a].prefixes", "$.rules[a].ranges", "$.rules[a].ranges"] == paths[:3]
    assert "$.rules[a].patterns" == paths[3]
    assert paths[4].startswith("$.rules[b].when")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (
            {"effective_from": "2026-04-01T00:00:00Z", "effective_to": "2026-03-01T00:00:00Z"},
            "priority.routing_never",
        ),
        ({"when": {"call": "moody"}}, "priority.routing_opaque"),
    ],
)
def test_rule_that_cannot_be_relied_on_is_refused(more: dict[str, Any], code: str) -> None:
    """
    A rule that never holds, and one that turns at no instant anybody could tell, are refused.
    """
    data = {"id": "r", "unmatched": "d", "rules": [rule("a", prefixes=["80"], **more)]}

    with pytest.raises(Invalid) as error:
        RoutingRules.load(data, Vocabulary.open(), MOODY)

    assert [code] == codes(error)


def test_crowd_of_rules_on_one_code_is_refused() -> None:
    """
    Comparing rules stays cheap, since no code may have more than some dozens of them.
    """
    crowd = [rule(f"r{number}", prefixes=["80"], territories=[f"t{number}"]) for number in range(70)]

    with pytest.raises(Invalid) as error:
        loaded(*crowd)

    assert ["priority.routing_crowded"] == codes(error)


def test_rules_load_back() -> None:
    """
    Dumped rules load back to the same rules with the same hash.
    """
    rules = loaded(rule("munich", prefixes=["80"], zone="M", when='job.terms.tier == "gold"'))

    again = RoutingRules.load(rules.dump(), declare())

    assert (rules.data, rules.hash) == (again.data, again.hash)
    assert (("munich",), ("dispatch", "dispatch-munich")) == (again.regions, again.queues)


def test_naive_now_is_refused() -> None:
    """
    Routing at an instant without a zone is refused.
    """
    with pytest.raises(Invalid) as error:
        route(Where(), loaded(), now=datetime(2026, 3, 10))

    assert "instants.naive" == error.value.code
