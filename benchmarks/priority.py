"""Ranking: a thousand, ten thousand and a hundred thousand jobs, beside two hand-written floors."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from benchmarks._measure import Line, interleaved, seconds, table
from jobkit.conditions import Vocabulary
from jobkit.facts import declare
from jobkit.model import Job, State, Subject, Terms
from jobkit.priority import PriorityRules, next_change, overtaking_bound, publish, rank

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_SIZES = (1_000, 10_000, 100_000)
_TIERS = {"gold": 30, "silver": 20, "basic": 0}
_GRADES = {"high": 3, "medium": 2, "low": 1}
WORDS = Vocabulary.of(
    {"id": "text", "impact": "code", "urgency": "code", "tier": "code", "kind": "code", "hazard": "bool"}
    | {"since": "instant", "due": "instant"}
)
RULES: dict[str, Any] = {
    "id": "bench",
    "direction": "larger_higher",
    "tie_break": ["since", "id"],
    "bands": [
        {"id": "safety", "when": "hazard == true"},
        {"id": "stopped", "when": 'kind == "stop"'},
        {"id": "near", "within": [{"due": "due", "left": "4h"}]},
        {"id": "repair", "when": 'kind in ["warranty", "contract", "breakdown"]'},
        {"id": "planned"},
    ],
    "terms": [
        {
            "id": "matter",
            "weight": 10,
            "table": {
                "rows": {"fact": "impact", "levels": list(_GRADES)},
                "columns": {"fact": "urgency", "levels": list(_GRADES)},
            },
        },
        {"id": "tier", "scale": {"fact": "tier", "levels": list(_TIERS), "points": list(_TIERS.values())}},
        {"id": "age", "age": {"since": "since", "per": "1d", "cap": 30}},
        {
            "id": "slack",
            "slack": {
                "due": "due",
                "steps": [{"left": "1d", "points": 20}, {"left": "3d", "points": 10}],
            },
        },
    ],
}


def _jobs(count: int) -> list[dict[str, Any]]:
    chance = Random(7)
    kinds = ("stop", *["warranty", "contract", "breakdown", "preventive"] * 5)
    return [
        {
            "id": f"J{place:06}",
            "impact": chance.choice(list(_GRADES)),
            "urgency": chance.choice(list(_GRADES)),
            "tier": chance.choice(list(_TIERS)),
            "kind": chance.choice(kinds),
            "hazard": chance.random() < 0.01,
            "since": NOW - chance.randrange(60 * 24 * 60) * _HOUR / 60,
            "due": NOW + chance.randrange(-100, 400) * _HOUR,
        }
        for place in range(count)
    ]


def _key(job: dict[str, Any]) -> tuple[Any, ...]:
    """Score one job by hand: the same rules without any explanation."""
    left = job["due"] - NOW
    if job["hazard"]:
        band = 0
    elif job["kind"] == "stop":
        band = 1
    elif left <= 4 * _HOUR:
        band = 2
    else:
        band = 3 if job["kind"] in ("warranty", "contract", "breakdown") else 4
    score = 10 * (_GRADES[job["impact"]] + _GRADES[job["urgency"]] - 1) + _TIERS[job["tier"]]
    score += min(30, (NOW - job["since"]) // _DAY) + (20 if left <= _DAY else 10 if left <= 3 * _DAY else 0)
    return band, -score, job["since"], job["id"]


def _growth() -> list[Line]:
    rules = PriorityRules.load(RULES, WORDS)
    lines = []
    for count in _SIZES:
        jobs = _jobs(count)
        keys = [_key(job) for job in jobs]
        ranked, by_hand, sorting = interleaved(
            [
                (lambda jobs=jobs: rank(jobs, rules, NOW), count),  # type: ignore[misc]
                (lambda jobs=jobs: sorted(map(_key, jobs)), count),  # type: ignore[misc]
                (lambda keys=keys: sorted(keys), count),  # type: ignore[misc]
            ],
            3,
        )
        _agree(rules, jobs)
        lines += [
            Line(what=f"{count:,} jobs: sorting ready keys", figure=f"{1e6 * sorting:.2f} µs a job"),
            Line(what=f"{count:,} jobs: scored by hand and sorted", figure=f"{1e6 * by_hand:.2f} µs a job"),
            Line(
                what=f"{count:,} jobs: ranked and explained",
                figure=f"{1e6 * ranked:.2f} µs a job, {ranked * count:.2f} s",
                ratio=ranked / by_hand,
            ),
        ]
    return lines


def _agree(rules: PriorityRules, jobs: list[dict[str, Any]]) -> None:
    """Stop if the floor does not do the same work."""
    if [place.id for place in rank(jobs, rules, NOW)] != [key[-1] for key in sorted(map(_key, jobs))]:
        raise SystemExit("The floor orders the jobs otherwise.")


def _values(count: int) -> list[Line]:
    rules = PriorityRules.load(
        {
            "id": "bench",
            "direction": "one_highest",
            "tie_break": ["job.id"],
            "bands": [{"id": "stop", "when": 'job.work.symptom == "STOP"'}, {"id": "rest"}],
            "terms": [{"id": "tier", "scale": {"fact": "job.terms.tier", "levels": list(_TIERS)}}],
        },
        declare(),
    )
    state = {"work": State(name="open", category="open", since=NOW)}
    jobs = [
        Job(id=f"J{place}", type="repair", states=state, subject=Subject(asset="A"), terms=Terms(tier="gold"))
        for place in range(count)
    ]
    took = seconds(lambda: rank(jobs, rules, NOW), 3)
    return [
        Line(
            what=f"{count:,} jobs as values, two bands, one term", figure=f"{1e6 * took / count:.2f} µs a job"
        )
    ]


def _single() -> list[Line]:
    rules = PriorityRules.load(RULES, WORDS)
    jobs = _jobs(1_000)
    place = rank(jobs[:1], rules, NOW)[0]
    loaded, page, changes, told, bound = interleaved(
        [
            (lambda: PriorityRules.load(RULES, WORDS), 1),
            (lambda: publish(rules), 1),
            (lambda: [next_change(job, rules, NOW) for job in jobs], len(jobs)),
            (place.explain, 1),
            (
                lambda: overtaking_bound(rules, "repair", arrivals=5, per=_DAY, within=30 * _DAY, now=NOW),
                1,
            ),
        ],
        3,
    )
    return [
        Line(what="loading and checking the rules", figure=f"{1e3 * loaded:.2f} ms"),
        Line(what="publishing them as a page", figure=f"{1e6 * page:.0f} µs"),
        Line(what="next change of one job", figure=f"{1e6 * changes:.1f} µs"),
        Line(what="one place in words", figure=f"{1e6 * told:.1f} µs"),
        Line(what="the bound on overtaking", figure=f"{1e6 * bound:.0f} µs"),
    ]


def run() -> None:
    """Print the figures and how they grow."""
    table("ranking", [*_growth(), *_values(10_000), *_single()])
