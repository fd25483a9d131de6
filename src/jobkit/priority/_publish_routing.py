"""Routing rules as a page that people read: the same rules give the same page."""

from collections.abc import Iterator

from jobkit.documents import page_code, page_line, page_names, page_section
from jobkit.instants import write_instant
from jobkit.priority._routing import RoutingRules
from jobkit.priority._routing_data import Loaded, RoutingData, RoutingRule


def publish_routing(rules: RoutingRules) -> str:
    """
    Return the rules as a page in Markdown: which places lead to which queue and region, and the rest.

    >>> rules = RoutingRules.load({
    ...     "id": "regions", "unmatched": "dispatch", "country": "DE",
    ...     "rules": [{"id": "munich", "queue": "south", "region": "south", "prefixes": ["80"]}],
    ... })
    >>> print(publish_routing(rules).splitlines()[8])
    - **munich**: postal codes that begin with 80 in DE: queue south, region south.
    """
    data = rules.data
    told = f"Rules {page_line(data.id)}, version {page_line(data.version)}. {_codes(data)}"
    lines = (_rule(told, data) for told in rules.loaded)
    left = f"- Work that no rule fits goes to the queue {page_line(data.unmatched)}, and a finding says so."
    batch = f"- Work with the same {' and '.join(data.batch)} belongs together."
    return "\n".join(
        [
            f"# Where work goes\n\n{told}\n",
            page_section("Routes", lines, _match(data)),
            page_section("The rest", [left, *([batch] if data.batch else [])], "For all work:"),
        ]
    )


def _codes(data: RoutingData) -> str:
    if data.country is None:
        return "Postal codes are read with the country that stands in them."
    return f"Postal codes without a country are of {page_line(data.country)}."


def _match(data: RoutingData) -> str:
    if data.match == "longest":
        return "The narrowest postal code wins; a territory decides where no code does."
    return "The first rule that fits decides."


def _rule(told: Loaded, data: RoutingData) -> str:
    rule = told.rule
    parts = [*_where(rule, data), *([f"if {page_code(told.when.to_text())}"] if told.when else [])]
    zone = "" if rule.zone is None else f", zone {page_line(rule.zone)}"
    to = f"queue {page_line(rule.queue)}, region {page_line(rule.region)}{zone}"
    return f"- **{page_line(rule.id)}**: {', '.join(parts) or 'all work'}: {to}.{_dates(rule)}"


def _where(rule: RoutingRule, data: RoutingData) -> Iterator[str]:
    codes = [
        *([f"that begin with {page_names(rule.prefixes)}"] if rule.prefixes else []),
        *([f"from {page_names(rule.ranges)}"] if rule.ranges else []),
        *([f"like {', '.join(map(page_code, rule.patterns))}"] if rule.patterns else []),
    ]
    country = rule.country or data.country
    place = "" if country is None else f" in {page_line(country)}"
    if codes:
        yield f"postal codes {' or '.join(codes)}{place}"
    elif rule.country is not None:
        yield f"places in {page_line(rule.country)}"
    if rule.territories:
        yield f"territory {page_names(rule.territories)}"


def _dates(rule: RoutingRule) -> str:
    begins = "" if rule.effective_from is None else f" From {write_instant(rule.effective_from)} on."
    return begins + ("" if rule.effective_to is None else f" Before {write_instant(rule.effective_to)}.")
