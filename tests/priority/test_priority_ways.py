"""Promises of all that moves a job: promotions, defaults, seasons, a word over the rules; and who is told."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest

from jobkit.calendars import Calendar
from jobkit.errors import Invalid, RuleFailed
from jobkit.facts import declare
from jobkit.findings import Template
from jobkit.model import Job, State
from jobkit.priority import (
    Bench,
    Measure,
    Override,
    Place,
    Points,
    PriorityRules,
    Term,
    escalations,
    next_change,
    next_escalation,
    rank,
)
from jobkit.registry import Registry
from jobkit.versions import Version, Versions
from tests.priority.orders import DAY, HOUR, NOW, job, load, simple

WORKSHOP = Calendar(zone="Europe/Berlin", weekly={"mon-fri": "08:00-12:00 13:00-17:00"})
FRIDAY = datetime(2026, 3, 13, 15, tzinfo=UTC)
MONDAY = datetime(2026, 3, 16, 7, tzinfo=UTC)


def place(rules: PriorityRules, now: datetime = NOW, *words: Override, **facts: Any) -> Place:
    """Return the place of one job alone."""
    return rank([job("J1", **facts)], rules, now, overrides=words)[0]


def word(**parts: Any) -> Override:
    """Return an override of the job J1."""
    return Override(**{"job": "J1", "by": "lena", "reason": "The mayor called.", "at": NOW, **parts})


FORGOTTEN = {
    "id": "forgotten",
    "bands": ["deferred"],
    "to": "planned",
    "when": 'older_than(deferred, "30d")',
    "why": "Nobody is put off for ever.",
}


def test_a_job_leaves_its_band_by_a_named_promotion() -> None:
    """
    Who was promoted stands in the higher band, says by which rule, and where it would stand without.
    """
    rules = load(promotions=[FORGOTTEN])
    moved, left = (place(rules, deferred=NOW - wait) for wait in (30 * DAY, 29 * DAY))

    assert ("planned", "deferred", ("forgotten",)) == (moved.band, moved.natural, moved.promoted_by)
    assert ("deferred", ()) == (left.band, left.promoted_by)
    assert "promoted from deferred by forgotten" in moved.explain()


def test_promotions_follow_on_each_other() -> None:
    """
    A job that was promoted may be promoted again; every step is told.
    """
    again = {"id": "again", "bands": ["planned"], "to": "stopped", "when": 'tier == "gold"'}
    found = place(load(promotions=[again, FORGOTTEN]), deferred=NOW - 40 * DAY, tier="gold")

    assert ("stopped", ("forgotten", "again")) == (found.band, found.promoted_by)


def test_the_first_promotion_that_holds_is_taken() -> None:
    """
    Of two ways out of a band, that which is published first is gone.
    """
    straight = {"id": "straight", "bands": ["deferred", "planned"], "to": "repair", "when": 'tier == "gold"'}

    assert ("straight",) == place(
        load(promotions=[straight, FORGOTTEN]), tier="gold", deferred=NOW - 40 * DAY
    ).promoted_by


def test_a_promotion_may_ask_for_the_time_left() -> None:
    """
    Little time left until a due instant promotes where the rule says so.
    """
    near = {"id": "near", "bands": ["repair"], "to": "stopped", "within": [{"due": "since", "left": "1h"}]}
    rules = load(promotions=[near])

    assert ["stopped", "repair"] == [
        place(rules, kind="warranty", since=NOW + rest).band for rest in (HOUR, HOUR + timedelta(seconds=1))
    ]


def test_a_default_is_shown_as_defaulted() -> None:
    """
    What nobody recorded counts as the tier's default and says so; what was recorded stays.
    """
    defaults = [
        {
            "id": "gold",
            "fact": "urgency",
            "value": "high",
            "when": 'tier == "gold"',
            "why": "Gold is urgent.",
        },
        {"id": "other", "fact": "urgency", "value": "medium"},
    ]
    rules = load(defaults=defaults)
    gold, basic, said = (
        place(rules, tier=tier, urgency=urgency)
        for tier, urgency in (("gold", None), ("basic", None), ("gold", "low"))
    )

    assert ["Gold is urgent."] == [one.because for one in gold.defaulted]
    assert ("other", "urgency", "medium") == (
        basic.defaulted[0].id, basic.defaulted[0].fact, basic.defaulted[0].value
    )  # fmt: skip
    assert () == said.defaulted
    assert [30, 20, 10] == [found.terms[0].points for found in (gold, basic, said)]
    assert "defaulted: Gold is urgent." in gold.explain()


def test_a_default_reaches_bands_and_later_defaults() -> None:
    """
    A default counts wherever the fact is asked, in the order in which defaults stand.
    """
    defaults = [
        {"id": "kind", "fact": "kind", "value": "warranty"},
        {"id": "tier", "fact": "tier", "value": "gold", "when": 'kind == "warranty"'},
    ]
    found = place(load(defaults=defaults), kind=None, tier=None)

    assert ("repair", ["kind", "tier"]) == (found.band, [one.id for one in found.defaulted])


def test_a_default_for_a_job_is_not_recorded() -> None:
    """
    On a job as a value the default counts in a copy; the job itself stays without.
    """
    rules = PriorityRules.load(
        {
            "id": "r",
            "direction": "larger_higher",
            "tie_break": ["job.id"],
            "bands": [{"id": "all"}],
            "terms": [{"id": "tier", "scale": {"fact": "job.terms.tier", "levels": ["gold", "basic"]}}],
            "defaults": [{"id": "d", "fact": "job.terms.tier", "value": "gold"}],
        },
        declare(),
    )
    mine = Job(id="J1", type="repair", states={"work": State(name="open", category="open")})

    assert 2 == rank([mine], rules, NOW)[0].score
    assert mine.terms.tier is None
    assert 2 == rank([{"job": {"id": "J2"}}], rules, NOW)[0].score


def test_a_default_that_has_no_place_is_refused() -> None:
    """
    Facts handed over as values without such a field cannot be filled in.
    """
    rules = PriorityRules.load(
        {
            "id": "r",
            "direction": "larger_higher",
            "tie_break": ["id"],
            "bands": [{"id": "all"}],
            "defaults": [{"id": "d", "fact": "host.tier", "value": "gold"}],
        }
    )
    with pytest.raises(Invalid) as refused:
        rank([{"id": "J1", "host": 7}], rules, NOW)

    assert "priority.default_place" == refused.value.code


SEASONS = [
    {
        "id": "heating",
        "begins": "11-01",
        "ends": "03-01",
        "weights": {"age": 0, "tier": 3},
        "order": ["life_safety", "breach", "stopped", "planned", "repair", "deferred"],
    }
]


@pytest.mark.parametrize(
    ("at", "season"),
    [
        ("2026-10-31T22:59:59Z", None),
        ("2026-10-31T23:00:00Z", "heating"),
        ("2026-12-31T23:30:00Z", "heating"),
        ("2028-02-29T12:00:00Z", "heating"),
        ("2026-02-28T22:59:59Z", "heating"),
        ("2026-02-28T23:00:00Z", None),
    ],
)
def test_a_season_holds_from_midnight_to_midnight(at: str, season: str | None) -> None:
    """
    A season begins and ends at midnight of its zone, across the turn of the year and in leap years.
    """
    rules = load(seasons=SEASONS, zone="Europe/Berlin")

    assert season == place(rules, datetime.fromisoformat(at)).season


def test_a_season_changes_weights_and_the_order_of_bands() -> None:
    """
    In a season other weights count, a weight of 0 leaves the term out, and bands may change places.
    """
    rules = load(seasons=SEASONS)
    winter = datetime(2026, 12, 1, tzinfo=UTC)
    jobs = [job("repair", kind="warranty", tier="gold"), job("planned", kind="preventive")]
    cold, warm = (rank(jobs, rules, at) for at in (winter, NOW))

    assert (["planned", "repair"], ["repair", "planned"]) == tuple(
        [found.id for found in places] for places in (cold, warm)
    )
    assert [("matter", 10), ("tier", 60)] == [(mark.term, mark.points) for mark in cold[1].terms]
    assert (3, 2) == (cold[0].number, warm[1].number)


def test_terms_and_promotions_may_belong_to_a_season() -> None:
    """
    What is narrowed to a season holds in it and nowhere else.
    """
    rules = load(
        seasons=[{"id": "heating", "begins": "11-01", "ends": "03-01"}],
        terms=[
            {"id": "frost", "seasons": ["heating"], "scale": {"fact": "tier", "levels": ["gold", "basic"]}}
        ],
        promotions=[{"id": "cold", "bands": ["planned"], "to": "repair", "seasons": ["heating"]}],
    )
    warm, cold = (place(rules, at, kind="preventive") for at in (NOW, datetime(2026, 12, 1, tzinfo=UTC)))

    assert ((), ()) == (warm.terms, warm.promoted_by)
    assert (["frost"], ("cold",)) == ([mark.term for mark in cold.terms], cold.promoted_by)


def test_an_override_moves_a_job_and_says_who_and_why() -> None:
    """
    A person's word moves a job to another band, up or down, and stands in the explanation.
    """
    up = place(load(), NOW, word(band="life_safety"))
    down = place(load(), NOW, word(band="deferred"), hazard=True)

    assert ("life_safety", "deferred") == (up.band, up.natural)
    assert ("deferred", "life_safety") == (down.band, down.natural)
    assert "moved to life_safety by lena: The mayor called." in up.explain()


def test_no_promotion_leads_on_from_where_a_person_put_a_job() -> None:
    """
    A band given by a person's word stays, even where a published promotion would lead out of it.
    """
    ways = [{"id": "always", "bands": ["deferred"], "to": "life_safety", "when": "known(id)"}]
    rules = load(promotions=ways)

    assert "life_safety" == place(rules, NOW).band
    assert ("deferred", ()) == (
        place(rules, NOW, word(band="deferred")).band,
        place(rules, NOW, word(band="deferred")).promoted_by,
    )


def test_an_override_may_add_points() -> None:
    """
    Points by a person's word are a line of the score, in the declared direction.
    """
    found = place(load(), NOW, word(points=7))

    assert ("override", "lena", 7, "The mayor called.") == attrs.astuple(found.terms[-1])
    assert 10 + 7 == found.score


def test_an_override_holds_for_its_time() -> None:
    """
    A word holds from its instant to before its end; of two that hold the later given counts.
    """
    first = word(band="stopped", at=NOW - DAY, until=NOW + DAY)
    later = word(band="repair", at=NOW, until=NOW + HOUR)
    at = [NOW - 2 * DAY, NOW - HOUR, NOW, NOW + HOUR, NOW + DAY]

    assert ["deferred", "stopped", "repair", "stopped", "deferred"] == [
        place(load(), now, later, first).band for now in at
    ]


def test_an_override_without_actor_reason_or_effect_is_refused() -> None:
    """
    Who, why and what are needed, and an end after the beginning; all that is wrong is told at once.
    """
    with pytest.raises(Invalid) as refused:
        word(by=" ", reason="", until=NOW)

    assert ["override_by", "override_reason", "override_effect", "override_never"] == [
        finding.code.removeprefix("priority.") for finding in refused.value.findings
    ]


def test_a_naive_override_is_refused() -> None:
    """
    The instants of a word carry a zone.
    """
    with pytest.raises(Invalid) as refused:
        word(band="stopped", at=NOW.replace(tzinfo=None))

    assert "instants.naive" == refused.value.code


def test_overrides_that_cannot_hold_are_refused_when_ranking() -> None:
    """
    A band that there is not, and two words of one instant, are refused together.
    """
    with pytest.raises(Invalid) as refused:
        place(load(), NOW, word(band="stopped"), word(band="repair"), word(job="J 2", band="nosuch"))

    assert [
        ("priority.override_twice", "$.overrides[J1]"),
        ("priority.override_band", "$.overrides[J 2]"),
    ] == [(finding.code, finding.path) for finding in refused.value.findings]


def test_the_same_override_twice_is_one() -> None:
    """
    A word that is handed over twice is no quarrel.
    """
    assert "stopped" == place(load(), NOW, word(band="stopped"), word(band="stopped")).band


ESCALATIONS: list[dict[str, Any]] = [
    {"id": "down", "when": 'kind == "breakdown"', "reason": "breakdown", "who": "supervisor", "queue": "now"},
    {"id": "gold", "when": 'tier == "gold"', "reason": "gold", "who": "manager", "bands": ["stopped"]},
    {"id": "old", "when": 'older_than(since, "2d")', "reason": "waits", "queue": "review"},
]


def test_a_breakdown_escalates_by_rule() -> None:
    """
    A breakdown goes to whom the rule says, with its reason and what it saw, safety event or not.
    """
    (told,) = escalations(job("J1", kind="breakdown"), load(escalations=ESCALATIONS), NOW)

    assert ("supervisor", "now", "breakdown", "repair") == (told.who, told.queue, told.reason, told.band)
    assert ("kind is breakdown", "order@1") == (told.because, told.rules)


def test_an_escalation_may_be_for_some_bands() -> None:
    """
    Where a rule names bands it speaks of jobs that stand in them, by override too.
    """
    rules, mine = load(escalations=ESCALATIONS), job("J1", tier="gold")

    assert () == escalations(mine, rules, NOW)
    assert ["gold"] == [one.rule for one in escalations({**mine, "stopped": True}, rules, NOW)]
    assert ["gold"] == [one.rule for one in escalations(mine, rules, NOW, overrides=[word(band="stopped")])]


def test_the_next_escalation_is_told() -> None:
    """
    When time alone will escalate a job is known beforehand.
    """
    rules = load(escalations=ESCALATIONS, terms=[])
    at = next_escalation(job("J1", since=NOW - HOUR), rules, NOW)

    assert NOW - HOUR + 2 * DAY == at
    assert ["old"] == [one.rule for one in escalations(job("J1", since=NOW - HOUR), rules, at)]


@pytest.mark.parametrize(
    ("facts", "parts", "expected"),
    [
        ({"since": NOW - HOUR}, {}, NOW - HOUR + DAY),
        ({"since": NOW + HOUR}, {}, NOW + HOUR + DAY),
        ({"since": NOW - 14 * DAY}, {}, None),
        ({"since": None}, {}, None),
        ({"since": None, "due": NOW + DAY}, {}, NOW + 20 * HOUR),
        ({"since": None, "due": NOW + 4 * HOUR}, {}, None),
        ({"since": None, "due": NOW + DAY, "hazard": True}, {}, None),
        ({"since": None, "deferred": NOW}, {"promotions": [FORGOTTEN]}, NOW + 30 * DAY),
        ({"since": None}, {"seasons": SEASONS}, datetime(2026, 11, 1, tzinfo=UTC)),
        (
            {"since": None, "tier": None, "deferred": NOW},
            {
                "defaults": [
                    {"id": "d", "fact": "tier", "value": "gold", "when": 'older_than(deferred, "1d")'}
                ]
            },
            NOW + DAY,
        ),
    ],
)
def test_next_change_is_exact(
    facts: dict[str, Any], parts: dict[str, Any], expected: datetime | None
) -> None:
    """
    The instant is told at which age, time left, a condition, a season or a default moves the job.
    """
    assert expected == next_change(job("J1", **facts), load(**parts), NOW)


def test_next_change_knows_overrides_and_versions() -> None:
    """
    The beginning and the end of a word, and of a version of the rules, are changes too.
    """
    rules = simple()
    coming = word(points=1, at=NOW + HOUR, until=NOW + DAY)
    versions = Versions(
        [
            Version(effective_from=NOW - DAY, number="1", value=rules),
            Version(effective_from=NOW + 2 * DAY, number="2", value=rules),
        ]
    )

    assert NOW + HOUR == next_change(job("J1"), versions, NOW, overrides=[coming])
    assert NOW + DAY == next_change(job("J1"), versions, NOW + HOUR, overrides=[coming])
    assert NOW + 2 * DAY == next_change(job("J1"), versions, NOW + DAY, overrides=[coming])
    assert next_change(job("J1"), versions, NOW + 2 * DAY, overrides=[coming]) is None


def test_next_change_under_an_override_follows_its_band() -> None:
    """
    A job that stands in a band by somebody's word changes with the terms of that band.
    """
    rules = load(
        terms=[{"id": "age", "bands": ["stopped"], "age": {"since": "since", "per": "1d", "cap": 9}}]
    )

    assert next_change(job("J1"), rules, NOW) is None
    assert NOW + DAY == next_change(job("J1"), rules, NOW, overrides=[word(band="stopped")])


def test_next_change_of_a_told_time_left_is_never_late() -> None:
    """
    For a fact that tells the time left the next step is told as if the clock ran.
    """
    steps = [{"left": "2h", "points": 30}, {"left": "8h", "points": 10}]
    rules = simple({"id": "slack", "slack": {"left": "left", "steps": steps}})

    assert [NOW + HOUR, NOW + HOUR, None] == [
        next_change(job("J1", left=left), rules, NOW) for left in ("9h", "3h", "1h")
    ]


def test_age_and_slack_count_open_time() -> None:
    """
    With a calendar only its open hours make a job older or use up its time, and the next change knows it.
    """
    age = {"since": "since", "per": "1 working hour", "cap": 40, "calendar": "workshop"}
    slack = {"due": "due", "calendar": "workshop", "steps": [{"left": "2 working hours", "points": 30}]}
    rules = simple(
        {"id": "age", "age": age}, {"id": "slack", "slack": slack}, calendars={"workshop": WORKSHOP}
    )
    facts = {"since": FRIDAY, "due": MONDAY + 2 * HOUR}

    assert [0, 31, 32] == [place(rules, at, **facts).score for at in (FRIDAY, FRIDAY + HOUR, MONDAY + HOUR)]
    assert FRIDAY + HOUR == next_change(job("J1", **facts), rules, FRIDAY)
    assert MONDAY + HOUR == next_change(job("J1", **facts), rules, FRIDAY + HOUR)


def test_a_band_may_ask_for_open_time_left() -> None:
    """
    Near breach may be declared in working time, so that a night is not near.
    """
    near = {"due": "due", "left": "2 working hours", "calendar": "workshop"}
    rules = load(
        bands=[{"id": "near", "within": [near]}, {"id": "rest"}], terms=[], calendars={"workshop": WORKSHOP}
    )
    due = MONDAY + 2 * HOUR

    assert ["rest", "near", "near"] == [
        place(rules, at, due=due).band for at in (FRIDAY, FRIDAY + HOUR, due + DAY)
    ]
    assert FRIDAY + HOUR == next_change(job("J1", due=due, since=None), rules, FRIDAY)


NOTHING = Template("tests.shut", "The calendar is shut.", "Open it.")


class Shut:
    """A calendar that has no answer."""

    def elapsed(self, start: datetime, end: datetime, /) -> timedelta:
        """Refuse."""
        raise Invalid.of(NOTHING)

    def add(self, start: datetime, amount: timedelta, /) -> datetime:
        """Refuse."""
        raise Invalid.of(NOTHING)


def test_what_a_calendar_refuses_is_unknown() -> None:
    """
    One strange instant does not stop the ranking of all jobs: its time counts as unknown.
    """
    age = {"since": "since", "per": "1h", "cap": 40, "calendar": "shut"}
    rules = simple({"id": "age", "age": age}, calendars={"shut": Shut()})

    assert "since is unknown" == place(rules, since=NOW - DAY).terms[0].because
    assert next_change(job("J1"), rules, NOW) is None


def distance(term: Term, bench: Bench, path: str) -> Measure:
    """Measure by the kilometres in the option `fact`, at most 100."""
    far = bench.fact(term.options["fact"], ("integer", "any"), f"{path}.options")

    def read(facts: Mapping[str, Any], now: datetime) -> Points:
        found = far(facts)
        return Points(str(found), bench.sign * (100 - found), f"{found} km away")

    return Measure(read=read, low=0, high=100)


def plugged(kind: Any, **options: Any) -> PriorityRules:
    """Load rules with one registered term."""
    registry = Registry.of(ranking_term={"acme.far": kind})
    return simple({"id": "far", "kind": "acme.far", "weight": 2, "options": options}, registry=registry)


def test_a_registered_term_is_written_like_a_built_in_one() -> None:
    """
    A host's own term gives points with a reason, weighed and told like the others.
    """
    found = place(plugged(distance, fact="criticality"), criticality=30)

    assert ("far", "30", 140, "30 km away, times 2") == attrs.astuple(found.terms[0])


@pytest.mark.parametrize(("kilometres", "code"), [(101, "priority.points"), (None, "registry.raised")])
def test_what_a_registered_term_does_wrong_names_it(kilometres: int | None, code: str) -> None:
    """
    Points outside of the declared range, and whatever is raised, come back with the term's name.
    """
    with pytest.raises(RuleFailed) as failed:
        place(plugged(distance, fact="criticality"), criticality=kilometres)

    assert code == failed.value.code
    assert "acme.far" in failed.value.message


@pytest.mark.parametrize("points", [True, 1.5, float("nan"), "3"])
def test_points_are_whole_numbers(points: Any) -> None:
    """
    Scores are exact: a term that gives anything but whole numbers fails.
    """
    measure = Measure(read=lambda facts, now: Points("x", points, "x"), low=0, high=9)
    with pytest.raises(RuleFailed) as failed:
        place(plugged(lambda term, bench, path: measure))

    assert "priority.points" == failed.value.code


@pytest.mark.parametrize(
    "measure",
    [
        None,
        Measure(read=lambda facts, now: Points("x", 1, "x"), low=3, high=1),
        Measure(read=lambda facts, now: Points("x", 1, "x"), low=0, high=1.5),  # type: ignore[arg-type]
    ],
)
def test_a_registered_term_declares_its_range(measure: Any) -> None:
    """
    Without a whole range nothing bounds what the term does, and the rules are refused.
    """
    with pytest.raises(Invalid) as refused:
        plugged(lambda term, bench, path: measure)

    assert [("priority.measure", "$.terms[far]")] == [
        (finding.code, finding.path) for finding in refused.value.findings
    ]


def test_a_registered_term_tells_when_it_turns() -> None:
    """
    What a host's term says of its next change is asked, and kept when it lies ahead.
    """
    later = Measure(
        read=lambda facts, now: Points("x", 1, "x"), low=0, high=1, turns=lambda facts, now: NOW + HOUR
    )
    rules = plugged(lambda term, bench, path: later)

    assert NOW + HOUR == next_change(job("J1"), rules, NOW)
    assert next_change(job("J1"), rules, NOW + HOUR) is None
