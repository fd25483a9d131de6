"""jobkit: the domain kernel of service work, embedded in your application."""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from jobkit.answers import Answer
    from jobkit.calendars import Calendar
    from jobkit.catalog import Catalog, Queue, TypeRules
    from jobkit.conditions import Condition
    from jobkit.desk import AsyncDesk, Desk, Done
    from jobkit.errors import Conflict, Invalid, JobkitError, Refused
    from jobkit.findings import Finding
    from jobkit.history import History
    from jobkit.lifecycle import Lifecycle
    from jobkit.model import Actor, Job, JobType, Window

    __version__: str

__all__ = [
    "Catalog",
    "Desk",
    "AsyncDesk",
    "Done",
    "Answer",
    "Finding",
    "Refused",
    "Conflict",
    "Invalid",
    "JobkitError",
    "Job",
    "JobType",
    "Actor",
    "Window",
    "Lifecycle",
    "TypeRules",
    "Queue",
    "Condition",
    "Calendar",
    "History",
]

_ROOMS: Final = {
    "Catalog": "catalog",
    "Desk": "desk",
    "AsyncDesk": "desk",
    "Done": "desk",
    "Answer": "answers",
    "Finding": "findings",
    "Refused": "errors",
    "Conflict": "errors",
    "Invalid": "errors",
    "JobkitError": "errors",
    "Job": "model",
    "JobType": "model",
    "Actor": "model",
    "Window": "model",
    "Lifecycle": "lifecycle",
    "TypeRules": "catalog",
    "Queue": "catalog",
    "Condition": "conditions",
    "Calendar": "calendars",
    "History": "history",
}


def __getattr__(name: str) -> Any:
    """Load a name from its room when it is first asked for, so that importing jobkit costs nothing."""
    if name == "__version__":
        found: Any = import_module("importlib.metadata").version("jobkit")
    elif name in _ROOMS:
        found = getattr(import_module(f"jobkit.{_ROOMS[name]}"), name)
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted((*globals(), *__all__, "__version__"))
