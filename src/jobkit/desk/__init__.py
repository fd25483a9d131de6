"""The desk: every verb on a job, from asking to committing, on any store."""

from jobkit.desk._alarms_decided import PlannedVisit
from jobkit.desk._board import DayBoard, PutOff
from jobkit.desk._clock_views import AtRisk, ClockColumns, ClockRow
from jobkit.desk._conversation import Conversation, Line
from jobkit.desk._desk import AsyncDesk, Desk, Store
from jobkit.desk._devices import Received
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._playbooks_views import GainsPage, JobGains
from jobkit.desk._ranking import Ranking
from jobkit.desk._record import Done
from jobkit.desk._refresh import Refreshed
from jobkit.desk._replay import Logged, LoggedCase, RefusedMove, Replayed
from jobkit.desk._requests_drafts import Promotion
from jobkit.desk._requests_status import JobStanding, RequestStatus, Standing, request_status
from jobkit.desk._requests_views import OpenTask
from jobkit.desk._steps import Trace
from jobkit.desk._time import Advanced
from jobkit.desk._twins import Twin, Twins
from jobkit.desk._views import QueuePage

__all__ = [
    "Desk",
    "AsyncDesk",
    "Store",
    "Done",
    "Advanced",
    "Received",
    "Refreshed",
    "QueuePage",
    "AtRisk",
    "ClockColumns",
    "ClockRow",
    "Conversation",
    "Line",
    "Trace",
    "SYSTEM",
    "Office",
    "Logged",
    "LoggedCase",
    "RefusedMove",
    "Replayed",
    "Ranking",
    "DayBoard",
    "PutOff",
    "Promotion",
    "RequestStatus",
    "JobStanding",
    "Standing",
    "request_status",
    "OpenTask",
    "GainsPage",
    "JobGains",
    "Twin",
    "Twins",
    "PlannedVisit",
]
