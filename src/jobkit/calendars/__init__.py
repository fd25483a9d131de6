"""Business time as half-open segments of real seconds."""

from jobkit.calendars._calendar import Calendar

__all__ = ["Calendar"]
