"""The rules of order as a page that people read: the same rules give the same page."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import starmap

from jobkit.conditions import Condition
from jobkit.documents import page_code, page_line, page_names, page_section
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
        page_section("Bands", _bands(rules), "All jobs of a band come before those of the bands below it."),
        page_section("Score", _terms(data), _score(data)),
        page_section("Promotions", _promotions(rules), "A job leaves its band in these ways only."),
        page_section("Defaults", _defaults(rules), "What a fact counts as while it is unknown."),
        page_section("Seasons", map(_season, data.seasons), f"Days begin at midnight in {data.zone}."),
        page_section("Escalations", starmap(_escalation, rules.escalations), "Whom a job is brought before."),
        page_section(
            "Equal score", [f"- `{fact}`" for fact in data.tie_break], "Smaller first, unknown last:"
        ),
    ]
    return "\n".join(section for section in sections if section)


def _head(rules: PriorityRules) -> str:
    data = rules.data
    reads = "1 is the most urgent" if data.direction == "one_highest" else "the larger the more urgent"
    title = page_line(data.title or data.id)
    return f"# {title}\n\nRules {data.id}, version {data.version}. Of all numbers, {reads}.\n"


def _bands(rules: PriorityRules) -> Iterator[str]:
    data, asked = rules.data, dict(rules.orders[None].asked)
    count = len(data.bands)
    for place, band in enumerate(data.bands):
        number = place + 1 if data.direction == "one_highest" else count - place
        label = f" ({page_line(band.label)})" if band.label else ""
        told = _asked(asked[band.id].condition, band.within, "all others")
        yield f"- **{number} {page_line(band.id)}**{label}: {told}.{_why(band.why)}"


def _asked(condition: Condition | None, within: Iterable[Within], otherwise: str) -> str:
    parts = []
    if condition is not None:
        parts.append(page_code(condition.to_text()))
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
        where = "".join(f" Only in {page_names(names)}." for names in (term.bands, term.seasons) if names)
        label = f" ({page_line(term.label)})" if term.label else ""
        head = f"- **{page_line(term.id)}**{label}, weight {term.weight}"
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
        yield f"    - {page_line(word(level))}: {points}"
    yield f"    - anything else counts as {page_line(_otherwise(scale))}"


def _otherwise(scale: Scale) -> str:
    return word(scale.levels[-1] if scale.otherwise is None else scale.otherwise)


def _grid(table: Table, direction: Direction) -> Iterator[str]:
    columns = [page_line(word(level)) for level in table.columns.levels]
    yield ""
    yield f"    | | {' | '.join(columns)} |"
    yield f"    |---|{'---|' * len(columns)}"
    for level, line in zip(table.rows.levels, cells_of(table, direction), strict=True):
        yield f"    | **{page_line(word(level))}** | {' | '.join(map(str, line))} |"
    yield ""
    otherwise = page_names((_otherwise(table.rows), _otherwise(table.columns)))
    yield f"    Anything else counts as {otherwise}."
    yield ""


def _promotions(rules: PriorityRules) -> Iterator[str]:
    ways = [way for order in rules.orders.values() for ways in order.ways.values() for way in ways]
    tests = {way.promotion.id: way.asked.condition for way in ways}
    for way in rules.data.promotions:
        only = f" Only in {page_names(way.seasons)}." if way.seasons else ""
        asked = _asked(tests[way.id], way.within, "always")
        lead = f"from {page_names(way.bands)} to {page_line(way.to)}"
        yield f"- **{page_line(way.id)}**: {lead}: {asked}.{only}{_why(way.why)}"


def _defaults(rules: PriorityRules) -> Iterator[str]:
    for rule in rules.defaults:
        default, asked = rule.default, _asked(rule.asked.condition, (), "always")
        value = page_line(word(default.value))
        counts = f"`{default.fact}` counts as {value}"
        yield f"- **{page_line(default.id)}**: {counts}: {asked}.{_why(default.why)}"


def _season(season: Season) -> str:
    weights = "".join(
        f" The weight of {page_line(term)} is {weight}." for term, weight in season.weights.items()
    )
    order = f" The bands are in the order {page_names(season.order)}." if season.order else ""
    days = f"from {season.begins} to before {season.ends}"
    return f"- **{page_line(season.id)}**: {days}.{weights}{order}{_why(season.why)}"


def _escalation(rule: Escalation, condition: Condition) -> str:
    queue = None if rule.queue is None else f"the queue {rule.queue}"
    whom = " and ".join(told for told in (rule.who, queue) if told is not None)
    only = f" Only in {page_names(rule.bands)}." if rule.bands else ""
    asked = _asked(condition, (), "")
    return f"- **{page_line(rule.id)}**: {asked} goes to {page_line(whom)}: {page_line(rule.reason)}.{only}"


def _why(text: str | None) -> str:
    return f" {page_line(text)}" if text else ""
