"""Clocks of every sort on random timelines, for the laws of columns and of wake-ups."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from hypothesis import strategies as st

from jobkit.calendars import Calendar, Policies
from jobkit.clocks import ClockState, Milestones, refold

START: Final = datetime(2026, 3, 23, tzinfo=UTC)
"""A Monday; the clocks of Berlin jump on the Sunday after."""

SPLIT = {"mon-fri": "08:00-12:00 13:00-17:00"}
CALENDARS: Final = {
    "berlin": Calendar(id="berlin", zone="Europe/Berlin", weekly=SPLIT),
    "night": Calendar(id="night", zone="Asia/Tokyo", weekly={"mon-sat": "22:00-06:00"}),
    "late": Calendar(
        id="late", zone="Europe/Berlin", weekly=SPLIT, policies=Policies(at_closing="next_opening")
    ),
    "wall": Calendar(
        id="wall",
        zone="Europe/Berlin",
        weekly={"sat": "20:00-24:00", "sun": "00:00-08:00"},
        policies=Policies(day_length="wall"),
    ),
}
COMMON: Final = {
    "starts": "stage == 'open'",
    "stops": "stage == 'done'",
    "cancels": "stage == 'void'",
    "pauses": [{"when": "stage == 'wait'", "reason": "waiting"}],
}
PLACES: Final = [{"calendar": name, "when": f"place == '{name}'"} for name in CALENDARS if name != "berlin"]
MILESTONES: Final = Milestones.load(
    {
        "elapsed": {
            **COMMON,
            "targets": [{"when": "tier == 'gold'", "within": "8h"}, {"within": "30h"}],
            "policies": {"reopen": "resume"},
        },
        "working": {
            **COMMON,
            "calendars": PLACES,
            "calendar": "berlin",
            "targets": [
                {"when": "tier == 'gold'", "within": "4 working hours"},
                {"within": "2 working days"},
            ],
            "warnings": [{"name": "half", "share": 0.5}],
            "policies": {"reopen": "restart"},
        },
        "date": {
            **COMMON,
            "targets": [{"by": "due", "before": "4h"}],
            "policies": {"past_breach": "forget", "reopen": "resume"},
        },
        "workday_date": {
            **COMMON,
            "calendars": PLACES,
            "calendar": "berlin",
            "targets": [{"by": "due", "after": "4 working hours"}],
            "policies": {"retarget": "restart"},
        },
        "bare": COMMON,
        "timed": {
            **COMMON,
            "starts": "older_than(opened, '3h') and stage != 'done'",
            "pauses": [{"when": "within(due, '5h')", "reason": "near"}],
            "targets": [{"within": "8h"}],
        },
    },
    calendars=CALENDARS,
)

hours = st.integers(0, 400).map(lambda number: timedelta(hours=number / 2))
facts = st.fixed_dictionaries(
    {
        "stage": st.sampled_from(["new", "open", "wait", "done", "void"]),
        "place": st.sampled_from([*CALENDARS]),
    },
    optional={
        "tier": st.sampled_from(["gold", "iron"]),
        "due": hours.map(lambda after: START + after),
        "opened": hours.map(lambda after: START + after),
    },
)
timelines = st.lists(st.tuples(hours, facts), min_size=1, max_size=6)
clocks = st.tuples(st.sampled_from([*MILESTONES]), timelines)
rows = st.lists(st.none() | clocks, max_size=6)

Clock = tuple[str, list[tuple[timedelta, Mapping[str, Any]]]]


def folded(clock: Clock | None) -> ClockState | None:
    """Return the clock's state after its timeline, or None where there is no clock."""
    if clock is None:
        return None
    name, timeline = clock
    moments = sorted(((START + after, facts) for after, facts in timeline), key=lambda moment: moment[0])
    return refold(moments, MILESTONES[name], CALENDARS)


def last(clock: Clock) -> tuple[timedelta, Mapping[str, Any]]:
    """Return when the last moment of a clock is, and the facts that hold from then on."""
    return sorted(clock[1], key=lambda moment: moment[0])[-1]
