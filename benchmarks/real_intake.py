"""What intake and match rules say of real requests: taken in, sent back by which finding, flagged, merged."""

from collections import Counter
from collections.abc import Sequence

from benchmarks._measure import Line, table
from tests import _city, _excavators

MOST_ORDERS = 2_000
"""Five machines have hundreds of orders each, which are compared over and over: these take minutes."""


def run() -> None:
    """Print the tables; a log that is not here is said to be missing."""
    if _city.LOG.exists():
        _requests()
    else:
        print("\nThe requests to the City of Los Angeles are not here.")
    if _excavators.LOG.exists():
        _orders()
    else:
        print("\nThe work orders of the excavators are not here.")


def _requests() -> None:
    rows = _city.rows()
    desk = _city.desk()
    taken = list(_city.take_in(desk, rows))
    table(f"Los Angeles, {len(rows):,} requests in arrival order", _intake_lines(taken))
    table("  flagged as possibly the same as an earlier one", _flag_lines(taken))
    merged = _city.merged_by_machine(desk, taken)
    opted = _city.desk(auto_merge=True)
    again = list(_city.take_in(opted, rows))
    by_machine = _city.merged_by_machine(opted, again)
    drivers = [each for each in by_machine if each.row.by_driver]
    lines = [
        _count("merged by a machine, as the rules are", merged),
        _count("merged by a machine, opted in", by_machine),
        _count("  of them drivers' own reports", drivers),
    ]
    table("  a machine tries to merge every flagged one", lines)


def _intake_lines(taken: Sequence[_city.Taken]) -> list[Line]:
    sent_back = [each for each in taken if set(each.kept_back_by) - {"desk.undecided_twin"}]
    waiting = [each for each in taken if each.kept_back_by and each not in sent_back]
    named = Counter(name for each in sent_back for name in each.kept_back_by if name != "desk.undecided_twin")
    return [
        _count("taken in", [each for each in taken if not each.kept_back_by]),
        _count("waiting for a person's word on a twin", waiting),
        _count("sent back", sent_back),
        *(Line(what=f"  for {name}", figure=f"{count:,}") for name, count in named.most_common()),
    ]


def _flag_lines(taken: Sequence[_city.Taken]) -> list[Line]:
    lines = []
    for who, drove in (("citizens and staff", False), ("drivers' own reports", True)):
        own = [each for each in taken if each.row.by_driver is drove]
        repeats = [each for each in own if each.repeats]
        lines += [
            _count(f"{who}: all", own),
            _count("  same kind and address as an earlier one", repeats),
            _count("  of these flagged", [each for each in repeats if each.bands]),
            _count("  flagged in all, band same", [each for each in own if "same" in each.bands]),
            _count("  flagged in all, band ask only", [each for each in own if set(each.bands) == {"ask"}]),
        ]
    return lines


def _orders() -> None:
    orders = _excavators.orders(MOST_ORDERS)
    for name, own in (("the mine's own match rules", True), ("the ready rules of after-sales", False)):
        desk = _excavators.desk(own=own)
        taken = list(_excavators.take_in(desk, orders))
        repeats = [each for each in taken if each.repeats]
        lines = [
            _count("same place of the machine within 14 days", repeats),
            _count("  of these flagged", [each for each in repeats if each.bands]),
            _count("flagged for review", [each for each in taken if each.bands]),
            _count("  of these with the band same", [each for each in taken if "same" in each.bands]),
            _count(
                "let through without a person's word",
                [each for each in taken if each.bands and not each.kept_back],
            ),
            _count("merged by a machine that tried", [each for each in taken if each.merged]),
        ]
        table(f"Excavators, the first {len(orders):,} work orders, {name}", lines)


def _count(what: str, found: Sequence[object]) -> Line:
    return Line(what=what, figure=f"{len(found):,}")
