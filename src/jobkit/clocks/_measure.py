"""What a clock's state comes to in ticks: counted so far, due, and the points at which it warns."""

from jobkit.clocks._aim import earlier, working_ticks
from jobkit.clocks._edition import Edition
from jobkit.clocks._promise import WarningPoint
from jobkit.clocks._ticks import Calendars, hours_of, reached
from jobkit.model import ClockState


def used_at(state: ClockState, calendars: Calendars, at: int) -> int:
    """Return the open ticks that the clock has counted up to *at*."""
    if state.phase != "running" or state.since is None:
        return state.used
    hours = hours_of(calendars, state.calendar)
    return state.used + hours.count(at) - hours.count(state.since)


def due(state: ClockState, calendars: Calendars) -> int | None:
    """
    Return the tick at which a living clock is due; None while it is paused, and where it never will be.

    A target used up before the present run or pause began is due at its beginning.
    """
    since = state.since
    if since is None:
        return None
    if state.target is not None:
        return _reached(state, calendars, state.target)
    if state.due is None:
        return None
    if state.due <= since:
        return since
    return state.due if state.phase == "running" else None


def _reached(state: ClockState, calendars: Calendars, amount: int) -> int | None:
    """Return the tick at which a living clock will have counted *amount*; None if paused, or if never."""
    left = amount - state.used
    if state.since is None or left <= 0:
        return state.since
    if state.phase != "running":
        return None
    hours = hours_of(calendars, state.calendar)
    return reached(hours, hours.count(state.since) + left)


def breached_at(state: ClockState, calendars: Calendars, now: int) -> int | None:
    """Return the tick at which the promise was broken by *now*."""
    if state.breached is not None or not state.is_live:
        return state.breached
    limit = due(state, calendars)
    return limit if limit is not None and limit <= now else None


def if_resumed(state: ClockState, calendars: Calendars, now: int) -> int | None:
    """Return the tick at which a paused clock would be due if it resumed at *now*; broken, it lies back."""
    if state.target is None:
        return state.due
    left = state.target - state.used
    if left <= 0:
        broken = breached_at(state, calendars, now)
        return now if broken is None else broken
    hours = hours_of(calendars, state.calendar)
    return reached(hours, hours.count(now) + left)


def left_at(state: ClockState, calendars: Calendars, at: int) -> int | None:
    """Return the open ticks left at *at*, negative past the target; None without a target."""
    if state.target is not None:
        return state.target - used_at(state, calendars, at)
    if state.due is None:
        return None
    hours = hours_of(calendars, state.calendar)
    return hours.count(state.due) - hours.count(at)


def points(state: ClockState, edition: Edition, calendars: Calendars) -> tuple[int | None, ...]:
    """Return the tick of each warning: when it was or will be reached; None when nobody can tell."""
    warnings = edition.promise.warnings
    known = state.warned or (None,) * len(warnings)
    return tuple(
        old if old is not None else _point(state, warning, share, calendars)
        for old, warning, share in zip(known, warnings, edition.shares, strict=False)
    )


def _point(
    state: ClockState, warning: WarningPoint, share: tuple[int, int] | None, calendars: Calendars
) -> int | None:
    if not state.is_live or state.since is None:
        return None
    if share is not None:
        return _share_point(state, share, calendars)
    counted = working_ticks(warning.left)
    if counted is not None and state.target is not None:
        return _reached(state, calendars, state.target - counted)
    limit = due(state, calendars)
    if limit is None or warning.left is None:
        return None
    if counted is not None:
        hours = hours_of(calendars, state.calendar)
        point = reached(hours, hours.count(limit) - counted)
    else:
        point = earlier(limit, warning.left, calendars, state.calendar)
    # What would lie before all that is counted is reached at once.
    return state.since if point is None else max(point, state.since)


def _share_point(state: ClockState, share: tuple[int, int], calendars: Calendars) -> int | None:
    part, whole = share
    if state.target is not None:
        return _reached(state, calendars, state.target * part // whole)
    if state.due is None or state.started is None or state.since is None:
        return None
    hours = hours_of(calendars, state.calendar)
    begun = hours.count(state.started)
    point = reached(hours, begun + (hours.count(state.due) - begun) * part // whole)
    if point is None or point <= state.since:
        return state.since
    return point if state.phase == "running" else None
