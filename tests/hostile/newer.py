"""The table of cases at the doors of intake, duplicates and triage."""

from collections.abc import Iterator, Mapping
from itertools import cycle

from tests.hostile import arrivals, matching, matter, nonsense, orders, triage, turns, twins
from tests.hostile.cases import Case, Fits, crossed, is_instant, is_table, is_text, is_whole
from tests.hostile.matter import Make
from tests.hostile.slots import Enter

_STEP = 4


def spread(
    doors: Mapping[str, Enter], things: Mapping[str, Make], fits: Fits | None = None, may_pass: bool = False
) -> Iterator[Case]:
    """Yield a share of all things at each door: they go by one reader, so each kind of thing meets many."""
    fitting = [what for what, make in things.items() if fits is None or fits(make())]
    for start, (door, enter) in zip(cycle(range(_STEP)), doors.items(), strict=False):
        chosen = {what: things[what] for what in fitting[start::_STEP]}
        yield from crossed({door: enter}, chosen, may_pass=may_pass)


def single(named: Mapping[str, tuple[Enter, Make]], door: str, may_pass: bool = False) -> Iterator[Case]:
    """Yield cases that are one of a kind."""
    for what, (enter, make) in named.items():
        yield Case(door, what, enter, make, may_pass)


def newer_cases() -> tuple[Case, ...]:
    """Return the whole table."""
    values, kinds, floods = matter.VALUES, matter.KINDS, matter.FLOODS
    long = {what: make for what, make in floods.items() if what == "ten million letters"}
    every = {**values, **kinds}
    slots = {**matching.SLOTS, **arrivals.SLOTS}
    loose = {**matching.LOOSE, **arrivals.LOOSE, **arrivals.VALUES}
    return (
        *spread(slots, values),
        *spread(slots, kinds, may_pass=True),
        *crossed({**matching.WHOLE, **arrivals.WHOLE}, {**values, **floods}, is_table),
        *crossed(loose, every, may_pass=True),
        *spread(matching.RECORDS, every, may_pass=True),
        *crossed(arrivals.TABLES, {**every, **floods}, may_pass=True),
        *crossed(arrivals.PATHS, every, is_text, may_pass=True),
        *crossed(triage.DATA, {**every, **long}, may_pass=True),
        *crossed(triage.TABLES, {**every, **long}, is_table, may_pass=True),
        *crossed({**triage.TEXTS, **triage.SEARCHES}, {**every, **long}, is_text, may_pass=True),
        *crossed(triage.INSTANTS, values, is_instant),
        *crossed(triage.INSTANTS, orders.EDGES, may_pass=True),
        *crossed(triage.NUMBERS, every, is_whole, may_pass=True),
        *spread(turns.DEVICES, every, may_pass=True),
        *spread(turns.HOSTS, {**every, **turns.RAISED, **turns.ENDLESS}, may_pass=True),
        *single(turns.CIRCLES, "circles of merges"),
        *single(nonsense.REFUSED, "deeds without sense"),
        *single(nonsense.TAKEN, "deeds of sense", may_pass=True),
        *single(twins.REFUSED, "matching refuses"),
        *single(twins.TAKEN, "matching takes", may_pass=True),
    )
