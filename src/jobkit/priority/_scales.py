"""Terms that read facts off a scale: one scale, or two in a table."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Any

import attrs

from jobkit.conditions import FactReader
from jobkit.findings import Template
from jobkit.priority._bench import SCALE_KINDS, Bench
from jobkit.priority._measure import Facts, Measure, Points
from jobkit.priority._values import Direction, Scale, Table, Term

NO_LEVELS = Template(
    "priority.no_levels", "The scale of {fact} at {path} has no level.", "List its values, most urgent first."
)
LEVEL_KIND = Template(
    "priority.level_kind",
    "A level of {fact} at {path} is neither text nor a whole number nor true or false.",
    "List values that the fact can have.",
)
LEVEL_TWICE = Template(
    "priority.level_twice", "The scale of {fact} at {path} has {level} twice.", "Keep one of the two."
)
LENGTH = Template(
    "priority.length",
    "There are {found} numbers at {path} for {wanted} levels.",
    "Give one number for each level, most urgent first.",
)
NOT_MONOTONE = Template(
    "priority.not_monotone",
    "At {path} {lower} counts for more than {upper}, which stands before it.",
    "List the levels from the most urgent to the least in the declared direction.",
)
NO_SUCH_LEVEL = Template(
    "priority.no_such_level",
    "{level} at {path} is no level of the scale of {fact}.",
    "Use one of: {levels}.",
)


@attrs.frozen(kw_only=True)
class Levels:
    """A scale that was checked: its reader, its values, their numbers, and the level of last resort."""

    fact: str
    read: FactReader
    values: tuple[Any, ...]
    points: tuple[int, ...]
    otherwise: int
    texts: Mapping[str, tuple[int, bool]]
    others: Mapping[tuple[bool, Any], tuple[int, bool]]

    def place(self, facts: Facts) -> tuple[int, bool]:
        """Return which level the facts are at, and whether they say so themselves."""
        value = self.read(facts)
        if isinstance(value, str):
            return self.texts.get(value, (self.otherwise, False))
        if isinstance(value, int):
            return self.others.get(_key(value), (self.otherwise, False))
        return self.otherwise, False

    def told(self, place: int, known: bool) -> str:
        """Return one clause: what the fact is, or what it counts as."""
        level = word(self.values[place])
        return (
            f"{self.fact} is {level}" if known else f"{self.fact} is not on the scale and counts as {level}"
        )


def scale_term(term: Term, bench: Bench, path: str) -> Measure:
    """Read the points of one scale."""
    levels = read_levels(term.scale or Scale(fact="", levels=()), bench, f"{path}.scale")
    _check_order(levels.values, levels.points, bench, f"{path}.scale")
    found = {
        (place, known): Points(word(value), points, levels.told(place, known))
        for place, (value, points) in enumerate(zip(levels.values, levels.points, strict=False))
        for known in (True, False)
    }

    def read(facts: Facts, now: datetime) -> Points:
        return found[levels.place(facts)]

    return Measure(read=read, low=min(levels.points, default=0), high=max(levels.points, default=0))


def table_term(term: Term, bench: Bench, path: str) -> Measure:
    """Read the points of a pair of scales, such as impact and urgency."""
    table = term.table or Table(rows=Scale(fact="", levels=()), columns=Scale(fact="", levels=()))
    rows = read_levels(table.rows, bench, f"{path}.table.rows")
    columns = read_levels(table.columns, bench, f"{path}.table.columns")
    _check_cells(table, bench, f"{path}.table.cells")
    cells = cells_of(table, bench.direction)
    for row, line in enumerate(cells):
        _check_order(columns.values, line, bench, f"{path}.table.cells[{row}]")
    for column, line in enumerate(zip(*cells, strict=False)):
        _check_order(rows.values, line, bench, f"{path}.table.cells[][{column}]")
    found: dict[Any, Points] = {}

    def read(facts: Facts, now: datetime) -> Points:
        at = rows.place(facts), columns.place(facts)
        if at not in found:
            found[at] = _cell(rows, columns, cells, *at)
        return found[at]

    every = [points for line in cells for points in line]
    return Measure(read=read, low=min(every, default=0), high=max(every, default=0))


def _cell(
    rows: Levels,
    columns: Levels,
    cells: tuple[tuple[int, ...], ...],
    row: tuple[int, bool],
    column: tuple[int, bool],
) -> Points:
    value = f"{word(rows.values[row[0]])} / {word(columns.values[column[0]])}"
    return Points(value, cells[row[0]][column[0]], f"{rows.told(*row)} and {columns.told(*column)}")


def _check_cells(table: Table, bench: Bench, path: str) -> None:
    if not table.cells:
        return
    if len(table.cells) != len(table.rows.levels):
        bench.refuse(LENGTH, path, found=len(table.cells), wanted=len(table.rows.levels))
    for place, line in enumerate(table.cells):
        if len(line) != len(table.columns.levels):
            bench.refuse(LENGTH, f"{path}[{place}]", found=len(line), wanted=len(table.columns.levels))


def cells_of(table: Table, direction: Direction) -> tuple[tuple[int, ...], ...]:
    """Return the points of every pair, a row for each level of the rows."""
    if table.cells:
        return table.cells
    join = _itil if table.rule == "itil" else _product
    columns = points_of(table.columns, direction)
    return tuple(tuple(join(row, column) for column in columns) for row in points_of(table.rows, direction))


def points_of(scale: Scale, direction: Direction) -> tuple[int, ...]:
    """Return the points of every level: those given, or numbers in the declared direction."""
    numbers = range(1, len(scale.levels) + 1)
    return scale.points or tuple(numbers if direction == "one_highest" else reversed(numbers))


def _itil(row: int, column: int) -> int:
    return row + column - 1


def _product(row: int, column: int) -> int:
    return row * column


def read_levels(scale: Scale, bench: Bench, path: str) -> Levels:
    """Return the scale, checked: its fact, that its levels are there once, and a number for each."""
    before = len(bench.problems)
    read = bench.fact(scale.fact, SCALE_KINDS, f"{path}.fact")
    places = _places(scale, bench, path, known=len(bench.problems) == before)
    count = len(scale.levels)
    points = points_of(scale, bench.direction)
    if len(points) != count:
        bench.refuse(LENGTH, f"{path}.points", found=len(points), wanted=count)
    last = count - 1 if scale.otherwise is None else places.get(_key(scale.otherwise))
    if last is None:
        levels = [word(level) for level in scale.levels]
        told = {"level": word(scale.otherwise), "fact": scale.fact, "levels": levels}
        bench.refuse(NO_SUCH_LEVEL, f"{path}.otherwise", **told)
    return Levels(
        fact=scale.fact,
        read=read,
        values=scale.levels,
        points=points,
        otherwise=last or 0,
        texts={level: (place, True) for (_, level), place in places.items() if isinstance(level, str)},
        others={key: (place, True) for key, place in places.items() if not isinstance(key[1], str)},
    )


def _places(scale: Scale, bench: Bench, path: str, *, known: bool) -> dict[tuple[bool, Any], int]:
    places: dict[tuple[bool, Any], int] = {}
    if not scale.levels:
        bench.refuse(NO_LEVELS, f"{path}.levels", fact=scale.fact)
    for place, level in enumerate(scale.levels):
        at = f"{path}.levels[{place}]"
        if not isinstance(level, (str, int)):
            bench.refuse(LEVEL_KIND, at, fact=scale.fact)
        elif _key(level) in places:
            bench.refuse(LEVEL_TWICE, at, fact=scale.fact, level=word(level))
        else:
            if known:
                bench.value(scale.fact, level, at)
            places[_key(level)] = place
    return places


def _key(level: object) -> tuple[bool, Any]:
    # True equals 1 as a key of a dict, but is another level.
    return isinstance(level, bool), level if isinstance(level, (str, int)) else None


def _check_order(values: Iterable[Any], points: Iterable[int], bench: Bench, path: str) -> None:
    """Refuse numbers by which a later, less urgent level counts for more than an earlier one."""
    pairs = pairwise(zip(values, points, strict=False))
    for (upper, more), (lower, less) in pairs:
        if bench.sign * less > bench.sign * more:
            bench.refuse(NOT_MONOTONE, path, upper=word(upper), lower=word(lower))


def word(level: object) -> str:
    """Return a level as it is written in a page or a clause."""
    return str(level).lower() if isinstance(level, bool) else str(level)
