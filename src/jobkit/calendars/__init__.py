"""Business time as half-open spans of real seconds: hours, holidays, sets, the policies that differ."""

from jobkit.calendars._base import BusinessTime
from jobkit.calendars._calendar import Calendar
from jobkit.calendars._compiled import Compiled, verify
from jobkit.calendars._countries import holidays_of
from jobkit.calendars._editions import Edition, Editions
from jobkit.calendars._holidays import Closure, Holiday, closures
from jobkit.calendars._hours import Hours
from jobkit.calendars._loading import dump_calendars, load_calendar, load_calendars
from jobkit.calendars._one_off import OneOff
from jobkit.calendars._policies import Policies
from jobkit.calendars._recurring import easter, orthodox_easter
from jobkit.calendars._sets import AllOf, AnyOf, Without
from jobkit.calendars._why import Why
from jobkit.calendars._zones import tzdata_version, zone_info

__all__ = [
    "Calendar",
    "OneOff",
    "Policies",
    "Holiday",
    "holidays_of",
    "Closure",
    "closures",
    "easter",
    "orthodox_easter",
    "BusinessTime",
    "Hours",
    "Why",
    "Compiled",
    "verify",
    "AllOf",
    "AnyOf",
    "Without",
    "Edition",
    "Editions",
    "load_calendar",
    "load_calendars",
    "dump_calendars",
    "tzdata_version",
    "zone_info",
]
