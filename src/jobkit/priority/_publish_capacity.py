"""Capacity rules as a page that people read: the same rules give the same page."""

from collections.abc import Iterator
from datetime import timedelta

from jobkit.documents import page_code, page_line, page_names, page_section
from jobkit.durations import write_duration
from jobkit.priority._capacity import CapacityRules
from jobkit.priority._capacity_data import (
    WEEKDAYS,
    Buffer,
    CancelCount,
    DeferralRule,
    Overbooking,
    Pool,
    Reserve,
)


def publish_capacity(rules: CapacityRules) -> str:
    """
    Return the rules as a page in Markdown: what a day has, for whom it is kept, and what may be put off.

    >>> rules = CapacityRules.load({
    ...     "id": "boards", "zone": "Europe/Berlin", "bands": ["emergency", "standard"],
    ...     "pools": [{"id": "vans", "slots": 8}],
    ... })
    >>> print(publish_capacity(rules).splitlines()[8])
    - **vans**: 8 visits a day.
    """
    data = rules.data
    every = [line for pool in data.pools for line in _pool(pool)]
    over = [*map(_overbooking, data.overbooking), *map(_cancels, data.cancels)]
    sections = [
        _head(rules),
        page_section("What a day has", every, "A visit draws on every pool that is for it."),
        page_section("Not yet confirmed", (_buffer(each, rules) for each in data.buffers), _CONFIRMED),
        page_section("Overbooking", over, "More than there is may be admitted only so:"),
        page_section("Putting off", (_deferral(each, rules) for each in data.deferrals), _PUT_OFF),
    ]
    return "\n".join(section for section in sections if section)


_CONFIRMED = "Only confirmed visits stand on a board, and beside them:"
_PUT_OFF = "Planned work is put off by these rules only, and its customer is told first."


def _head(rules: CapacityRules) -> str:
    data = rules.data
    told = f"Rules {page_line(data.id)}, version {page_line(data.version)}."
    told = f"{told} Days begin at midnight in {data.zone}."
    return f"# What a day has room for\n\n{told} The most urgent band first: {page_names(data.bands)}.\n"


def _pool(pool: Pool) -> Iterator[str]:
    what = "minutes" if pool.unit == "minutes" else "visits"
    people = ", each member of a crew counted" if pool.by_person else ""
    yield f"- **{page_line(pool.id)}**: {pool.slots} {what} a day{people}.{''.join(_limits(pool))}"
    yield from (f"    - {_reserve(reserve)}" for reserve in pool.reserves)


def _limits(pool: Pool) -> Iterator[str]:
    for word, names in (("In", pool.regions), ("For", pool.skills), ("With", pool.crews)):
        if names:
            yield f" {word} {page_names(names)}."
    if pool.weekdays != WEEKDAYS:
        yield f" On {page_names(pool.weekdays)}."
    if pool.begins is not None:
        yield f" Each year from {pool.begins} to before {pool.ends}."
    yield _dates(pool)
    if pool.replaces is not None:
        yield f" Instead of {page_line(pool.replaces)}."


def _reserve(reserve: Reserve) -> str:
    kept = "whatever they have taken" if reserve.kept == "always" else "until they have used them"
    opens = "" if reserve.released is None else f", {_ahead(reserve.released)} open to all"
    head = f"**{page_line(reserve.id)}** keeps {reserve.slots} for {page_names(reserve.bands)}"
    return f"{head}, {kept}{opens}.{f' {page_line(reserve.why)}' if reserve.why else ''}"


def _buffer(buffer: Buffer, rules: CapacityRules) -> str:
    most = f"{buffer.share} % of each pool" if buffer.slots is None else f"{buffer.slots} of each pool"
    late = "dropped" if buffer.late == "drop" else "kept and told"
    limits = f"{_regions(buffer.regions)}{_when(rules, f'buffer.{buffer.id}')}"
    told = f"{_ahead(buffer.cutoff)} what is still not confirmed is {late}"
    return f"- **{page_line(buffer.id)}**: at most {most}{limits}; {told}.{_dates(buffer)}"


def _overbooking(rule: Overbooking) -> str:
    head = f"- **{page_line(rule.id)}**{_regions(rule.regions)}"
    if rule.policy == "forbid":
        return f"{head}: never.{_dates(rule)}"
    rate = f"the region's cancel rate, counted from {rule.minimum} planned visits on"
    return f"{head}: at most {rule.percent} %, no more than {rate}.{_dates(rule)}"


def _cancels(count: CancelCount) -> str:
    told = f"{count.cancelled} of {count.planned} visits were cancelled"
    return f"- In {page_line(count.route)} {told}, counted on from {count.effective_from}."


def _deferral(rule: DeferralRule, rules: CapacityRules) -> str:
    label = f" ({page_line(rule.label)})" if rule.label else ""
    asked = _when(rules, f"deferral.{rule.id}")
    favours = f" May make room for {page_names(rule.favours)}." if rule.favours else ""
    longest = "" if rule.longest is None else f", by {write_duration(rule.longest)} at the most"
    times = "once" if rule.most == 1 else f"{rule.most} times"
    head = f"- **{page_line(rule.id)}**{label}: work of {page_names(rule.bands)}{asked}"
    return f"{head}, {times}{longest}.{favours}"


def _ahead(before: timedelta) -> str:
    return f"{write_duration(before)} before the day" if before else "when the day begins"


def _regions(regions: tuple[str, ...]) -> str:
    return f" in {page_names(regions)}" if regions else ""


def _when(rules: CapacityRules, name: str) -> str:
    condition = rules.conditions.get(name)
    return "" if condition is None else f" if {page_code(condition.to_text())}"


def _dates(rule: Pool | Buffer | Overbooking) -> str:
    begins = "" if rule.effective_from is None else f" From {rule.effective_from} on."
    return begins + ("" if rule.effective_to is None else f" Before {rule.effective_to}.")
