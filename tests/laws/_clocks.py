"""Random milestones and timelines, and a plain reference that walks time in half hours."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from hypothesis import strategies as st

from jobkit.calendars import Calendar
from jobkit.clocks import Milestone
from jobkit.conditions import Condition
from jobkit.durations import Working, read_duration

START: Final = datetime(2026, 3, 28, 0, tzinfo=UTC)
STEP: Final = timedelta(minutes=30)
STEPS: Final = 60
CALENDARS: Final = {
    "berlin": Calendar(zone="Europe/Berlin", weekly={"mon-sun": "08:00-12:00 13:00-17:00"}),
    "night": Calendar(zone="America/New_York", weekly={"mon-fri": "22:00-06:00", "sat": "10:00-14:00"}),
}

TESTS: Final = (
    'state == "a"', 'state == "b"', 'state == "c"', 'state in ["a", "b"]', 'state != "a"', "flag", "not flag",
    'older_than(seen, "3h")', 'state == "b" and older_than(seen, "90min")', 'within(date, "4h")',
    "known(date)", "date < seen", 'tier == "gold"',
)  # fmt: skip
LENGTHS: Final = (
    "1h", "2h", "5h", "12h", "1 working hours", "2 working hours", "6 working hours",
    "1 working days", "2 working days",
)  # fmt: skip

WORDS: Final = ("cancel", "stop", "reset", "start", "pause")

tests = st.sampled_from(TESTS)
some_tests = st.one_of(st.none(), tests)


@st.composite
def targets(draw: Any) -> list[dict[str, Any]]:
    """Draw targets: lengths and deadlines, the last one sometimes for everybody."""
    found = []
    for number in range(draw(st.integers(0, 3))):
        rule: dict[str, Any] = {"name": f"t{number}", "when": draw(some_tests)}
        if draw(st.integers(0, 3)):
            rule["within"] = draw(st.sampled_from(LENGTHS))
        else:
            rule |= {
                "by": "date",
                draw(st.sampled_from(("before", "after"))): draw(st.sampled_from(("1h", "30h"))),
            }
        found.append({name: value for name, value in rule.items() if value is not None})
    return found


@st.composite
def rules(draw: Any) -> dict[str, Any]:
    """Draw one version of a milestone as data."""
    words = ("stops", "cancels", "resets", "repeats")
    begin = draw(st.one_of(st.just("known(state)"), st.just('state in ["a", "b", "c"]'), tests))
    drawn = {"starts": begin, **{word: draw(some_tests) for word in words if draw(st.booleans())}}
    aims, paused = draw(targets()), draw(st.lists(tests, max_size=2))
    return {name: value for name, value in drawn.items() if value is not None} | {
        "pauses": [{"when": when, "reason": f"r{number}"} for number, when in enumerate(paused)],
        "calendars": [{"calendar": "night", "when": draw(tests)}] if draw(st.booleans()) else [],
        "calendar": "berlin",
        "targets": aims,
        "warnings": [{"name": "half", "share": 0.5}, {"name": "soon", "left": "1h"}] if aims else [],
        "policies": {
            "retarget": draw(st.sampled_from(("keep", "keep", "restart", "clear"))),
            "past_breach": draw(st.sampled_from(("keep", "forget"))),
            "reopen": draw(st.sampled_from(("stay", "resume", "restart"))),
            "order": draw(st.permutations(WORDS) | st.permutations((*WORDS, "retarget"))),
        },
    }


instants = st.integers(0, STEPS).map(lambda number: START + number * STEP)
facts = st.fixed_dictionaries(
    {"state": st.sampled_from("abc"), "flag": st.sampled_from((True, False, None))},
    optional={"tier": st.sampled_from(("gold", "basic")), "seen": instants, "date": instants},
)


@st.composite
def timelines(draw: Any) -> list[tuple[datetime, dict[str, Any]]]:
    """Draw moments in order, several of them at one instant now and then."""
    places = sorted(draw(st.lists(st.integers(0, STEPS), min_size=1, max_size=10)))
    return [(START + place * STEP, draw(facts)) for place in places]


milestones = rules().map(lambda data: Milestone.load("clock", data, calendars=CALENDARS))


loaded = cache(Condition.load)


class Reference:
    """The clock, walked half hour by half hour, every rule asked at every step: slow and plain."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.policies = data["policies"]
        self.state, self.reason, self.cycle = "not_started", None, 0
        self.goal: Any = None
        self.used, self.begun = timedelta(0), START
        self.exhausted: datetime | None = None
        self.breached: datetime | None = None
        self.seen: dict[str, bool] = {}

    def says(self, rule: Any, known: Mapping[str, Any], at: datetime) -> bool:
        """Whether a rule is given and true."""
        return rule is not None and loaded(rule)(known, at) is True

    def calendar(self, known: Mapping[str, Any], at: datetime) -> str:
        """Return the calendar that the facts choose."""
        fits = [one["calendar"] for one in self.data["calendars"] if self.says(one["when"], known, at)]
        return str((*fits, "berlin")[0])

    def aim(self, known: Mapping[str, Any], at: datetime) -> tuple[Any, ...]:
        """Return name, target, deadline and counting calendar that the facts choose."""
        name = self.calendar(known, at)
        for rule in self.data["targets"]:
            if "when" in rule and not self.says(rule["when"], known, at):
                continue
            if "within" in rule:
                return rule["name"], *self.length(read_duration(rule["within"]), name)
            moved = timedelta(hours=int(rule.get("after", rule.get("before"))[:-1]))
            date = known.get("date")
            due = None if date is None else date + moved if "after" in rule else date - moved
            return rule["name"], None, due, "always"
        return None, None, None, name

    def length(self, within: Any, name: str) -> tuple[Any, ...]:
        """Return a length as open time, no deadline, and the calendar that counts it."""
        if isinstance(within, timedelta):
            return within, None, "always"
        calendar = CALENDARS[name]
        if isinstance(within, Working) and within.unit == "day":
            return calendar.elapsed(self.begun, calendar.add(self.begun, within)), None, name
        return timedelta(hours=within.amount), None, name

    def counts(self, at: datetime) -> bool:
        """Whether the half hour from *at* on is open time."""
        return self.goal[3] == "always" or CALENDARS[self.goal[3]].is_open(at)

    @property
    def live(self) -> bool:
        return self.state in ("running", "paused")

    def tick(self, at: datetime) -> None:
        """Let the half hour before *at* pass."""
        if self.state != "running":
            return
        self.used += STEP if self.counts(at - STEP) else timedelta(0)
        _, target, due, _ = self.goal
        over = (target is not None and self.used >= target) or (due is not None and due <= at)
        self.exhausted = self.exhausted or (at if over else None)

    def exhaust(self, at: datetime) -> None:
        """Note that the target is used up already where it is aimed at anew."""
        _, target, due, _ = self.goal
        over = (target is not None and self.used >= target) or (due is not None and due <= at)
        if self.live and over and self.exhausted is None:
            self.exhausted = at

    def exceed(self, at: datetime) -> None:
        """Note that a clock that stops stands past what it is aimed at since this very instant."""
        _, target, due, _ = self.goal
        over = (target is not None and self.used > target) or (due is not None and due < at)
        if self.exhausted == at and over:
            self.breached = self.breached or at

    def moment(self, known: Mapping[str, Any], at: datetime) -> None:
        """Hear the words of one moment."""
        if self.live and self.exhausted is not None and self.exhausted < at:
            self.breached = self.breached or self.exhausted
        heard = {
            word: self.says(self.data.get(f"{word}s"), known, at) for word in ("cancel", "stop", "start")
        }
        heard |= {"reset": self.says(self.data.get("resets"), known, at)}
        heard |= {"repeat": self.says(self.data.get("repeats"), known, at)}
        heard["again"] = heard["start"] and not heard["stop"] and not heard["cancel"]
        reason = next(
            (one["reason"] for one in self.data["pauses"] if self.says(one["when"], known, at)), None
        )
        self.fresh, blocked = False, False
        for word in self.policies["order"]:
            if word == "pause":
                blocked |= reason is not None
            elif word in ("cancel", "stop") and heard[word]:
                blocked = True
                self.end("cancelled" if word == "cancel" else "met", heard, at)
            elif word == "retarget":
                self.retarget(known, at, heard)
            elif word == "reset" and self.live and self.rises("reset", heard, blocked):
                self.begin(known, at, heard)
            elif word == "start" and not self.live:
                self.start(known, at, heard, blocked)
        self.retarget(known, at, heard)
        if self.live:
            self.state, self.reason = ("paused", reason) if reason else ("running", None)
        if self.state == "running":
            self.exhaust(at)

    def rises(self, word: str, heard: Mapping[str, bool], blocked: bool) -> bool:
        """Whether a word is true and was not before; a blocked one still may come."""
        rising = heard[word] and not self.seen.get(word) and not blocked
        self.seen[word] = heard[word] and (self.seen.get(word, False) or rising)
        return rising

    def start(self, known: Any, at: datetime, heard: Any, blocked: bool) -> None:
        """Start for the first time, or again as the policies say."""
        if self.state == "not_started":
            if heard["start"] and not blocked:
                self.begin(known, at, heard)
        elif self.rises("repeat", heard, blocked):
            self.begin(known, at, heard)
        elif self.policies["reopen"] != "stay" and self.rises("again", heard, blocked):
            if self.policies["reopen"] == "restart":
                self.begin(known, at, heard)
            else:
                self.state = "running"
                self.seen["reset"] = heard["reset"]
                self.exhausted = None
                self.exhaust(at)

    def begin(self, known: Any, at: datetime, heard: Any, breached: datetime | None = None) -> None:
        """Begin a cycle."""
        self.state, self.cycle, self.used, self.begun, self.fresh = (
            "running",
            self.cycle + 1,
            timedelta(0),
            at,
            True,
        )
        self.exhausted, self.breached = None, breached
        self.goal = self.aim(known, at)
        self.seen["reset"] = heard["reset"]
        self.exhaust(at)

    def end(self, state: str, heard: Any, at: datetime) -> None:
        """End a living clock."""
        if self.live:
            if state == "met":
                self.exceed(at)
            late = state == "met" and self.breached is not None
            self.state = "met_late" if late else state
            self.seen["repeat"], self.seen["again"] = heard["repeat"], heard["again"]

    def retarget(self, known: Any, at: datetime, heard: Any) -> None:
        """Aim anew where the facts choose another target, calendar or date."""
        goal = self.aim(known, at) if self.live and not self.fresh else self.goal
        if goal == self.goal:
            return
        moved = (goal[0], goal[3]) == (self.goal[0], self.goal[3])
        if moved or self.policies["retarget"] == "keep":
            self.goal, self.exhausted = goal, None
            self.exhaust(at)
            if self.policies["past_breach"] == "forget" and self.exhausted is None:
                self.breached = None
        elif self.policies["retarget"] == "clear":
            self.end("cancelled", heard, at)
        else:
            self.begin(known, at, heard, self.breached if self.policies["past_breach"] == "keep" else None)

    def told(self, now: datetime) -> tuple[Any, ...]:
        """Return state, reason, elapsed and breach at *now*."""
        breached = self.breached
        if breached is None and self.live and self.exhausted is not None and self.exhausted <= now:
            breached = self.exhausted
        state = "breached" if self.live and breached is not None else self.state
        return state, self.reason if self.state == "paused" else None, self.used, breached


def walked(data: Mapping[str, Any], timeline: Any, now: datetime) -> tuple[Any, ...]:
    """Return what the reference says at *now*."""
    clock, known = Reference(data), dict[str, Any]()
    at, left = START, list(timeline)
    while at <= now:
        clock.tick(at)
        if left and left[0][0] == at:
            while left and left[0][0] == at:
                known = left.pop(0)[1]
                clock.moment(known, at)
        elif known:
            clock.moment(known, at)
        at += STEP
    return clock.told(now)
