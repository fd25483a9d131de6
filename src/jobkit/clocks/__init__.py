"""Clocks of promises: started, paused, stopped and aimed by rules, read at any instant, and explained."""

from jobkit.clocks._batch import NONE, STATES, Cell, Columns, Row, columns
from jobkit.clocks._batch_numpy import ArrayColumns, Arrays
from jobkit.clocks._carried import CARRIED, Carried, Start
from jobkit.clocks._check import JOB_STATE, Place, check
from jobkit.clocks._fields import fields_read
from jobkit.clocks._glance import Glance, glance
from jobkit.clocks._milestone import Milestone
from jobkit.clocks._milestones import Milestones
from jobkit.clocks._promise import CalendarChoice, Pause, Policies, Promise, Target, WarningPoint
from jobkit.clocks._publish import publish
from jobkit.clocks._read import Moment, advance, next_change, read, reading, refold
from jobkit.clocks._reading import Mark, Reading, Span, Warned
from jobkit.clocks._wakeups import wakeups
from jobkit.model import ClockState

__all__ = [
    "Milestone",
    "Milestones",
    "Promise",
    "Pause",
    "CalendarChoice",
    "Target",
    "WarningPoint",
    "Policies",
    "Moment",
    "read",
    "refold",
    "Reading",
    "Span",
    "Mark",
    "Warned",
    "ClockState",
    "advance",
    "reading",
    "CARRIED",
    "Carried",
    "Start",
    "next_change",
    "glance",
    "Glance",
    "fields_read",
    "check",
    "Place",
    "JOB_STATE",
    "wakeups",
    "publish",
    "columns",
    "Columns",
    "Row",
    "Cell",
    "STATES",
    "NONE",
    "Arrays",
    "ArrayColumns",
]
