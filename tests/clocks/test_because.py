"""The derivation says by which rule of its calendar a clock stood still: a holiday, a break, an edition."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from jobkit.calendars import Calendar, Edition, Editions, Holiday, OneOff
from jobkit.clocks import Reading, Span, read
from tests.clocks.promises import WORKSHOP, at, milestone, walk

RULES: dict[str, Any] = {"calendar": "workshop", "targets": [{"within": "80 working hours"}]}
FAIR = Calendar(
    id="fair",
    zone="UTC",
    weekly={"mon-fri": "08:00-12:00 13:00-17:00"},
    holidays=[Holiday(name="Founders' Day", on="03-10")],
    openings=[OneOff(date=date(2026, 3, 14), hours="10:00-12:00", name="Stocktaking")],
    closures=[OneOff(date=date(2026, 3, 11), hours="15:00-17:00", name="Fire drill")],
)


def counted_by(calendar: Any, until: datetime) -> Reading:
    """Return the reading of a clock that counts by a calendar from Monday morning on."""
    return read(walk((at(9, 8), "approved")), milestone(**RULES), {"workshop": calendar}, now=until)


def told(spans: Sequence[Span]) -> list[tuple[datetime, str, str | None]]:
    """Return when each span begins that is closed, with the rule, or open by an exception."""
    return [(each.start, each.because, each.rule) for each in spans if each.because not in (None, "hours")]


def test_holiday_is_named() -> None:
    """
    A holiday stands in the derivation by its name, apart from the nights around it, and is printed so.
    """
    reading = counted_by(FAIR, at(11, 8))

    assert (at(10, 8), "holiday", "Founders' Day") in told(reading.spans)
    assert "closed by workshop: Founders' Day" in str(reading)
    assert "Founders' Day" in [span.get("rule") for span in reading.to_dict()["spans"]]


def test_single_closures_and_openings_are_named() -> None:
    """
    A closure of some hours and an opening on a day off are told by their names; ordinary hours need none.
    """
    spans = counted_by(FAIR, at(14, 13)).spans

    assert (at(11, 15), "closure", "Fire drill") in told(spans)
    assert (at(14, 10), "opening", "Stocktaking") in told(spans)
    assert {None} == {span.because for span in spans if span.why == "open" and span.start < at(14, 0)}


def test_edition_in_force_is_told() -> None:
    """
    Where a later edition closes a day, the span says when that edition came into force.
    """
    edited = Editions(
        id="edited", editions=(Edition(calendar=WORKSHOP), Edition(calendar=FAIR, effective_from=at(10, 0)))
    )
    (holiday,) = [span for span in counted_by(edited, at(10, 10)).spans if span.because == "holiday"]

    assert at(10, 0) == holiday.edition


def test_calendar_that_cannot_explain_itself_is_told_as_open_and_closed() -> None:
    """
    A host's own calendar needs hours and sums only; its spans are open or closed without a rule.
    """

    class Plain:
        """No more than clocks need."""

        hours = FAIR.hours
        add = FAIR.add
        subtract = FAIR.subtract

    plain, full = counted_by(Plain(), at(12, 8)), counted_by(FAIR, at(12, 8))

    assert [] == [span.because for span in plain.spans if span.because is not None]
    assert (plain.elapsed, plain.due_at) == (full.elapsed, full.due_at)
