"""What engines of business time decide differently, each as a named setting with a stated default."""

from typing import Final, Literal

import attrs

from jobkit.calendars._ticks import MINUTE, SECOND
from jobkit.errors import Invalid
from jobkit.findings import Template

POLICIES_CLASH = Template(
    "calendars.policies_clash",
    "Wall-length days cannot be counted when times in a gap are moved to {gap}.",
    "Keep gap = jump where day_length = wall.",
)


@attrs.frozen(kw_only=True)
class Policies:
    """
    The settings of one calendar; the first choice of each is the default.

    `at_closing`: an amount that is used up exactly at a closing ends at that `closing`, or at the
    `next_opening`; then no result of adding lies in closed time.
    `closing_instant`: `is_open` at the closing instant says `closed`, or `open`. Nothing else changes.
    `gap`: hours that begin or end at a local time that does not exist do so at the `jump` of the clocks, or
    as much `later` after the jump as the time lies in the gap, or as much `earlier` before the jump as the
    time lies before the gap's end.
    `fold`: hours that begin or end at a local time that comes twice do `both`: they begin at the first and
    end at the second; or they take the `first`, or the `second`, for both ends. Hours that close just as a
    gap or a fold begins have reached their closing before the jump, and end there whatever the setting.
    `day_length`: a shift counts its `real` seconds, or the `wall`: then a gap counts its length at the
    instant of its jump, and time that the wall shows for the second time counts nothing. A shift that lies
    within a gap altogether has no instant and counts nothing.
    `overnight`: a closed date takes away the shifts whose `opening_date` it is, whole, also what of them
    lies on the next date; or exactly its own `civil_day`, from local midnight to midnight.
    `reversed`: the time elapsed from a later to an earlier instant is `negative`, `zero`, or `refused`.
    `rounding`: `none`, or to whole `second`s or `minute`s, of what `elapsed` returns and of the instants that
    `add` and `subtract` return, `down`, `up` (away from zero; later) or to the `nearest` by
    `rounding_direction`, halves up. Counting in ticks is never rounded.
    `working_day`: adding working days keeps the `same_time` of day, moved into the hours of the date it
    reaches (to the next opening of that date, or its last closing when that has passed); or it ends at the
    last `closing` of that date.

    Wall-length days together with a moved gap are refused.
    """

    at_closing: Literal["closing", "next_opening"] = "closing"
    closing_instant: Literal["closed", "open"] = "closed"
    gap: Literal["jump", "later", "earlier"] = "jump"
    fold: Literal["both", "first", "second"] = "both"
    day_length: Literal["real", "wall"] = "real"
    overnight: Literal["opening_date", "civil_day"] = "opening_date"
    reversed: Literal["negative", "zero", "refused"] = "negative"
    rounding: Literal["none", "second", "minute"] = "none"
    rounding_direction: Literal["down", "up", "nearest"] = "down"
    working_day: Literal["same_time", "closing"] = "same_time"

    def __attrs_post_init__(self) -> None:
        if self.day_length == "wall" and self.gap != "jump":
            raise Invalid.of(POLICIES_CLASH, path="$.gap", gap=self.gap)

    def rounded(self, ticks: int, *, toward_zero: bool = False) -> int:
        """Return ticks rounded as the settings say; down is earlier, or *toward_zero* for an amount."""
        if toward_zero and ticks < 0:
            return -self.rounded(-ticks)
        size = _SIZES[self.rounding]
        more = {"down": 0, "up": size - 1, "nearest": size // 2}[self.rounding_direction]
        return (ticks + more) // size * size


_SIZES: Final = {"none": 1, "second": SECOND, "minute": MINUTE}
ORDINARY: Final = Policies()
"""Every default."""
