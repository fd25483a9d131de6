"""Business time: a promise over holidays, nights on which clocks jump, two companies, an edited calendar."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import attrs

from jobkit.calendars import BusinessTime, Calendar, Edition, Editions, Holiday, OneOff, holidays_of, verify
from jobkit.errors import JobkitError
from jobkit.instants import local

BERLIN = ZoneInfo("Europe/Berlin")


def when(at: datetime, zone: str = "Europe/Berlin") -> str:
    """Tell an instant as people in a zone read it."""
    return local(at, zone).format("ddd D MMM YYYY HH:mm")


# A workshop in Bavaria: public holidays as plain dates, a half day, and a Saturday that is open for once.
workshop = Calendar(
    id="workshop",
    zone="Europe/Berlin",
    weekly={"mon-fri": "08:00-12:00 13:00-17:00"},
    holidays=[
        *holidays_of("DE", "BY", years=[2026]),
        Holiday(name="Christmas Eve", on="12-24", closed="12:00-24:00"),
    ],
    openings=[OneOff(name="Stocktaking", date=date(2026, 3, 28), hours="09:00-12:00")],
)
reported = datetime(2026, 3, 27, 15, 30, tzinfo=BERLIN)
print("Reported", when(reported))
for promise in ("1 working hour", "8 working hours", "2 working days", "40 working hours"):
    due = workshop.add(reported, promise)
    print(f"  {promise:>16} end {when(due)}, {workshop.elapsed(reported, due)} of open time")

# A night shift counts the seconds that really passed: fewer in March, more in October.
nights = Calendar(id="nights", zone="Europe/Berlin", weekly={"sat": "22:00-06:00"})
for month, day in ((3, 28), (6, 27), (10, 24)):
    saturday = datetime(2026, month, day, 12, tzinfo=BERLIN)
    print(
        "The night of", when(saturday)[:-6], "lasts", nights.elapsed(saturday, nights.next_closing(saturday))
    )

# A customer in New York can be served while both are open; the three weeks between two jumps are different.
customer = Calendar(id="customer", zone="America/New_York", weekly={"mon-fri": "09:00-17:00"})
both = customer & Calendar(id="support", zone="Europe/Berlin", weekly={"mon-fri": "08:00-18:00"})
for day in (2, 9, 30):
    opens = both.next_opening(datetime(2026, 3, day, tzinfo=BERLIN))
    closes = both.next_closing(opens)
    print("Both are open", when(opens), "to", when(closes)[-5:], "in Berlin")


def late(calendar: BusinessTime, start: datetime, end: datetime) -> timedelta:
    """Return by how much a promise of eight working hours was missed."""
    return calendar.elapsed(start, end) - timedelta(hours=8)


# In June longer hours are agreed for July. What ended in June was as late as it was, then and now.
longer = Calendar(id="longer", zone="Europe/Berlin", weekly={"mon-fri": "07:00-19:00"})
shop = Editions(id="shop", editions=[Edition(calendar=workshop)]).edited(
    longer,
    effective_from=datetime(2026, 7, 1, tzinfo=BERLIN),
    known_from=datetime(2026, 6, 15, tzinfo=BERLIN),
)
in_may = shop.known_at(datetime(2026, 5, 31, tzinfo=BERLIN))
for start in (datetime(2026, 6, 29, 8, tzinfo=BERLIN), datetime(2026, 6, 30, 8, tzinfo=BERLIN)):
    end = start.replace(hour=9) + timedelta(days=1)
    print(
        "From",
        when(start),
        "late by",
        late(shop, start, end),
        "and as known in May by",
        late(in_may, start, end),
    )

# What was compiled can be checked for ever; changed hours are found, with the instant from which they matter.
kept = workshop.compile(datetime(2026, 1, 1, tzinfo=BERLIN), datetime(2027, 1, 1, tzinfo=BERLIN))
shorter = attrs.evolve(workshop, closed=[date(2026, 12, 31)])
print("Compiled again:", "other hours" if verify(kept, workshop) else "the same hours")
for finding in verify(kept, shorter):
    print("Changed hours:", finding.code, "from", finding.params["instant"])

# What cannot be is refused with the way out.
try:
    (workshop - workshop).add(reported, "1 working hour")
except JobkitError as error:
    print(error.message)
