"""When is a promise due? Business time over a weekend, a closed day and the night the clocks jump."""

from datetime import UTC, date, datetime

from jobkit.calendars import Calendar
from jobkit.durations import Working
from jobkit.instants import local

workshop = Calendar(
    zone="Europe/Berlin",
    weekly={"mon-fri": "08:00-12:00 13:00-17:00"},
    closed={date(2026, 4, 3), date(2026, 4, 6)},
)
reported = datetime(2026, 3, 27, 14, 30, tzinfo=UTC)

for promise in (Working(1, "hour"), Working(8, "hour"), Working(2, "day"), Working(40, "hour")):
    due = workshop.add(reported, promise)
    shown = local(due, workshop.zone).format("ddd D MMMM HH:mm")
    print(f"{promise!s:>16}: {shown}, {workshop.elapsed(reported, due)} of open time")
