"""The desk: every verb on a job, from asking to committing, on any store."""

from jobkit.desk._desk import AsyncDesk, Desk
from jobkit.desk._office import SYSTEM, Office
from jobkit.desk._record import Done
from jobkit.desk._replay import Logged, LoggedCase, RefusedMove, Replayed
from jobkit.desk._views import QueuePage

__all__ = ["SYSTEM", "AsyncDesk", "Desk", "Done", "Logged", "LoggedCase", "Office", "QueuePage", "RefusedMove", "Replayed"]
