"""The rules of order as a page that people read: the same rules give the same page."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import starmap

from jobkit.conditions import Condition
from jobkit.durations import write_duration
from jobkit.priority._rules import PriorityRules
from jobkit.priority._scales import cells_of, points_of, word
from jobkit.priority._values import (
    Age,
    Direction,
    Escalation,
    RuleSet,
    Scale,
    Season,
    Slack,
    Step,
    Table,
    Term,
    Within,
)


def publish(rules: PriorityRules) -> str:
    """
    Return the rules as a page in Markdown: bands, score, promotions, defaults, seasons, escalations.

    >>> rules = PriorityRules.load({
    ...     "id": "order", "direction": "larger_higher", "tie_break": ["id"],
    ...     "bands": [{"id": "stopped", "when": "line_stopped == true", "why": "The plant stands."},
    ...               {"id": "rest"}],
    ... })
    >>> print(publish(rules).splitlines()[8])
    - **2 stopped**: `line_stopped == true`. The plant stands.
    """
    data = rules.data
    sections = [
        _head(rules),
        _section("Bands", _bands(rules), "All jobs of a band come before those of the bands below it."),
        _section("Score", _terms(data), _score(data)),
        _section("Promotions", _promotions(rules), "A job leaves its band in these ways only."),
        _section("Defaults", _defaults(rules), "What a fact counts as while it is unknown."),
        _section("Seasons", map(_season, data.seasons), f"Days begin at midnight in {data.zone}."),
        _section("Escalations", starmap(_escalation, rules.escalations), "Whom a job is brought before."),
        _section("Equal score", [f"- `{fact}`" for fact in data.tie_break], "Smaller first, unknown last:"),
    ]
    return "\n".join(section for section in sections if section)


def _head(rules: PriorityRules) -> str:
    data = rules.data
    reads = "1 is the most urgent" if data.direction == "one_highest" else "the larger the more urgent"
    title = _line(data.title or data.id)
    return f"# {title}\n\nRules {data.id}, version {data.version}. Of all numbers, {reads}.\n"


def _section(title: str, lines: Iterable[str], before: str) -> str:
    told = list(lines)
    return "\n".join([f"## {title}", "", before, "", *told, ""]) if told else ""


def _bands(rules: PriorityRules) -> Iterator[str]:
    data, asked = rules.data, dict(rules.orders[None].asked)
    count = len(data.bands)
    for place, band in enumerate(data.bands):
        number = place + 1 if data.direction == "one_highest" else count - place
        label = f" ({_line(band.label)})" if band.label else ""
        told = _asked(asked[band.id].condition, band.within, "all others")
        yield f"- **{number} {_line(band.id)}**{label}: {told}.{_why(band.why)}"


def _asked(condition: Condition | None, within: Iterable[Within], otherwise: str) -> str:
    parts = []
    if condition is not None:
        parts.append(f"`{_code(condition.to_text())}`")
    if near := " or ".join(map(_near, within)):
        parts.append(near)
    return " and ".join(parts) or otherwise


def _near(within: Within) -> str:
    if within.left == timedelta(0):
        return f"`{within.due}` has come"
    return f"at most {write_duration(within.left)} are left until `{within.due}`{_by(within.calendar)}"


def _score(data: RuleSet) -> str:
    first = "largest" if data.direction == "larger_higher" else "smallest"
    return f"Inside a band the {first} sum comes first; every term counts with its weight."


def _terms(data: RuleSet) -> Iterator[str]:
    for term in data.terms:
        where = "".join(f" Only in {_names(names)}." for names in (term.bands, term.seasons) if names)
        label = f" ({_line(term.label)})" if term.label else ""
        head = f"- **{_line(term.id)}**{label}, weight {term.weight}"
        yield f"{head}: {_measured(term, data.direction)}.{where}{_why(term.why)}"
        if term.table is not None:
            yield from _grid(term.table, data.direction)
        if term.scale is not None:
            yield from _levels(term.scale, data.direction)
        if term.slack is not None:
            yield from (_step(step, data.direction) for step in term.slack.steps)


def _measured(term: Term, direction: Direction) -> str:
    if term.table is not None:
        return f"`{term.table.rows.fact}` (rows) and `{term.table.columns.fact}` (columns)"
    if term.scale is not None:
        return f"`{term.scale.fact}`"
    if term.age is not None:
        return _aged(term.age, direction)
    if term.slack is not None:
        return _left(term.slack)
    return f"as `{term.kind}` measures it"


def _aged(age: Age, direction: Direction) -> str:
    each = f"{_turned(age.points, direction)} for each {write_duration(age.per)} since `{age.since}`"
    return f"{each}{_by(age.calendar)}, at most {_turned(age.cap or 0, direction)}"


def _left(slack: Slack) -> str:
    return f"the time that `{slack.due or slack.left}` leaves{_by(slack.calendar)}"


def _by(calendar: str | None) -> str:
    return "" if calendar is None else f" by the calendar {calendar}"


def _step(step: Step, direction: Direction) -> str:
    left = f"{step.ratio} times the work" if step.left is None else write_duration(step.left)
    return f"    - at most {left}: {_turned(step.points, direction)}"


def _turned(points: int, direction: Direction) -> str:
    """Return points for time as they count: where 1 is highest they are taken off."""
    return str(points if direction == "larger_higher" else -points)


def _levels(scale: Scale, direction: Direction) -> Iterator[str]:
    for level, points in zip(scale.levels, points_of(scale, direction), strict=True):
        yield f"    - {_line(word(level))}: {points}"
    yield f"    - anything else counts as {_line(_otherwise(scale))}"


def _otherwise(scale: Scale) -> str:
    return word(scale.levels[-1] if scale.otherwise is None else scale.otherwise)


def _grid(table: Table, direction: Direction) -> Iterator[str]:
    columns = [_line(word(level)) for level in table.columns.levels]
    yield ""
    yield f"    | | {' | '.join(columns)} |"
    yield f"    |---|{'---|' * len(columns)}"
    for level, line in zip(table.rows.levels, cells_of(table, direction), strict=True):
        yield f"    | **{_line(word(level))}** | {' | '.join(map(str, line))} |"
    yield ""
    otherwise = _names((_otherwise(table.rows), _otherwise(table.columns)))
    yield f"    Anything else counts as {otherwise}."
    yield ""


def _promotions(rules: PriorityRules) -> Iterator[str]:
    ways = [way for order in rules.orders.values() for ways in order.ways.values() for way in ways]
    tests = {way.promotion.id: way.asked.condition for way in ways}
    for way in rules.data.promotions:
        only = f" Only in {_names(way.seasons)}." if way.seasons else ""
        asked = _asked(tests[way.id], way.within, "always")
        yield f"- **{_line(way.id)}**: from {_names(way.bands)} to {way.to}: {asked}.{only}{_why(way.why)}"


def _defaults(rules: PriorityRules) -> Iterator[str]:
    for rule in rules.defaults:
        default, asked = rule.default, _asked(rule.asked.condition, (), "always")
        value = _line(word(default.value))
        yield f"- **{_line(default.id)}**: `{default.fact}` counts as {value}: {asked}.{_why(default.why)}"


def _season(season: Season) -> str:
    weights = "".join(f" The weight of {_line(term)} is {weight}." for term, weight in season.weights.items())
    order = f" The bands are in the order {_names(season.order)}." if season.order else ""
    days = f"from {season.begins} to before {season.ends}"
    return f"- **{_line(season.id)}**: {days}.{weights}{order}{_why(season.why)}"


def _escalation(rule: Escalation, condition: Condition) -> str:
    queue = None if rule.queue is None else f"the queue {rule.queue}"
    whom = " and ".join(told for told in (rule.who, queue) if told is not None)
    only = f" Only in {_names(rule.bands)}." if rule.bands else ""
    asked = _asked(condition, (), "")
    return f"- **{_line(rule.id)}**: {asked} goes to {_line(whom)}: {_line(rule.reason)}.{only}"


def _names(names: Iterable[str]) -> str:
    return ", ".join(map(_line, names))


def _why(text: str | None) -> str:
    return f" {_line(text)}" if text else ""


def _line(text: str) -> str:
    """Return text that stays on its line and means nothing in Markdown."""
    flat = " ".join(text.split())
    return "".join(f"\\{char}" if char in r"\`*[]<>#|" else char for char in flat)


def _code(text: str) -> str:
    return " ".join(text.replace("`", "'").split())
