"""What the parts of published rules say of each other: names that exist, bands that are reached, ways up."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from jobkit.conditions import Any_, Node
from jobkit.findings import Template
from jobkit.priority._asked import ALWAYS, Asked
from jobkit.priority._bench import Bench
from jobkit.priority._implies import implies
from jobkit.priority._values import Promotion, RuleSet, Season

NO_BANDS = Template("priority.no_bands", "The rules {rules} have no band.", "Publish at least one band.")
NO_CATCH_ALL = Template(
    "priority.no_catch_all",
    "The last band {band} does not take every job, so that some belong to none.",
    "Let the last band have neither when nor within.",
)
UNREACHABLE = Template(
    "priority.unreachable",
    "No job reaches the band {band}, as {why}.",
    "Move {band} up, narrow what stands before it, or take it out.",
)
UNKNOWN_NAME = Template(
    "priority.unknown_name",
    "There is no {kind} {name} in the rules, which {path} names.",
    "Use one of: {names}.",
)
DOWNWARDS = Template(
    "priority.downwards",
    "The promotion {promotion} leads from {band} to {to}, which does not stand above it{season}.",
    "Promote to a band that stands above {band}.",
)
CIRCLE = Template(
    "priority.circle",
    "Promotions lead in a circle: {bands}.",
    "Take out one of the promotions on the way.",
)
NO_SOURCE = Template(
    "priority.no_source",
    "The promotion {promotion} names no band to leave.",
    "Name the bands it leads out of.",
)
SEASON_ORDER = Template(
    "priority.season_order",
    "The order of season {season} does not name every band once, with the one that takes the rest last.",
    "Name each of: {names}.",
)
TIE_BREAK = Template(
    "priority.tie_break",
    "The tie-break at {path} does not end in the job's id, so that two jobs could stand at one place.",
    "End it with the fact that holds the id, such as job.id.",
)
ESCALATION = Template(
    "priority.escalation",
    "The escalation {escalation} does not say whom the job is brought before, or why.",
    "Give a queue, who, or both, and a reason.",
)
IDLE_DEFAULT = Template(
    "priority.idle_default",
    "The default {default} never applies, as {other} gives {fact} a value before it.",
    "Take it out, or move it before {other}.",
)


def check_rules(rules: RuleSet, asked: Mapping[str, Asked], bench: Bench) -> None:
    """Gather what is wrong between the parts of *rules*; *asked* holds the test of each band."""
    _check_bands(rules, asked, bench)
    _check_names(rules, bench)
    _check_promotions(rules, bench)
    for season in rules.seasons:
        _check_order(season, rules, bench)
    if not rules.tie_break or rules.tie_break[-1].rpartition(".")[2] != "id":
        bench.refuse(TIE_BREAK, f"{bench.path}.tie_break")
    for escalation in rules.escalations:
        if (escalation.queue is None and escalation.who is None) or not escalation.reason.strip():
            bench.refuse(ESCALATION, bench.at("escalations", escalation.id), escalation=escalation.id)
    _check_defaults(rules, bench)


def _check_bands(rules: RuleSet, asked: Mapping[str, Asked], bench: Bench) -> None:
    if not rules.bands:
        bench.refuse(NO_BANDS, f"{bench.path}.bands", rules=rules.id)
        return
    last = rules.bands[-1].id
    if not asked[last].always:
        bench.refuse(NO_CATCH_ALL, bench.at("bands", last), band=last)
    for season, order in _orders(rules):
        known = [band for band in order if band in asked]
        for place, band in enumerate(known):
            why = _shadow(band, known[:place], asked)
            if why is not None:
                when = "" if season is None else f" in the season {season}"
                bench.refuse(UNREACHABLE, bench.at("bands", band), band=band, why=f"{why}{when}")


def _shadow(band: str, before: Sequence[str], asked: Mapping[str, Asked]) -> str | None:
    """Return why no job reaches *band* after those *before* it, None if its form does not show that."""
    mine = asked[band]
    if _node(mine) == Any_(()):
        return "its condition is never true"
    for other in before:
        test = asked[other]
        wider = not test.within or (mine.within != () and set(mine.within) <= set(test.within))
        if wider and implies(_node(mine), _node(test)):
            return f"the band {other} before it takes all of them"
    return None


def _node(asked: Asked) -> Node:
    return ALWAYS if asked.condition is None else asked.condition.node


def _check_names(rules: RuleSet, bench: Bench) -> None:
    bands = [band.id for band in rules.bands]
    seasons = [season.id for season in rules.seasons]
    terms = [term.id for term in rules.terms]
    for term in rules.terms:
        at = bench.at("terms", term.id)
        _known("band", term.bands, bands, bench, f"{at}.bands")
        _known("season", term.seasons, seasons, bench, f"{at}.seasons")
    for way in rules.promotions:
        at = bench.at("promotions", way.id)
        _known("band", (*way.bands, way.to), bands, bench, at)
        _known("season", way.seasons, seasons, bench, f"{at}.seasons")
        if not way.bands:
            bench.refuse(NO_SOURCE, at, promotion=way.id)
    for season in rules.seasons:
        _known("term", season.weights, terms, bench, bench.at("seasons", season.id, "weights"))
    for escalation in rules.escalations:
        _known("band", escalation.bands, bands, bench, bench.at("escalations", escalation.id, "bands"))


def _known(kind: str, named: Iterable[str], there: Sequence[str], bench: Bench, path: str) -> None:
    for name in named:
        if name not in there:
            bench.refuse(UNKNOWN_NAME, path, kind=kind, name=name, names=list(there))


def _check_promotions(rules: RuleSet, bench: Bench) -> None:
    for season, order in _orders(rules):
        for way in rules.promotions:
            if season is None or not way.seasons or season in way.seasons:
                _check_way(way, order, season, bench)
    circle = _circle(
        {band: [way.to for way in rules.promotions if band in way.bands] for band in _sources(rules)}
    )
    if circle:
        bench.refuse(CIRCLE, f"{bench.path}.promotions", bands=" → ".join(circle))


def _check_way(way: Promotion, order: Sequence[str], season: str | None, bench: Bench) -> None:
    for band in way.bands:
        if band in order and way.to in order and order.index(way.to) >= order.index(band):
            told = {"promotion": way.id, "band": band, "to": way.to}
            when = "" if season is None else f" in the season {season}"
            bench.refuse(DOWNWARDS, bench.at("promotions", way.id), season=when, **told)


def _orders(rules: RuleSet) -> Iterator[tuple[str | None, Sequence[str]]]:
    yield None, [band.id for band in rules.bands]
    yield from ((season.id, season.order) for season in rules.seasons if season.order)


def _sources(rules: RuleSet) -> list[str]:
    return list(dict.fromkeys(band for way in rules.promotions for band in way.bands))


def _circle(ways: dict[str, list[str]]) -> list[str]:
    """Return the bands of one circle of promotions, begun and ended by the same band; empty if none is."""
    for start in ways:
        trails = [[start]]
        seen = {start}
        while trails:
            trail = trails.pop()
            for to in ways.get(trail[-1], ()):
                if to == start:
                    return [*trail, to]
                if to not in seen:
                    seen.add(to)
                    trails.append([*trail, to])
    return []


def _check_order(season: Season, rules: RuleSet, bench: Bench) -> None:
    bands = [band.id for band in rules.bands]
    if season.order and (sorted(season.order) != sorted(bands) or season.order[-1] != bands[-1]):
        at = bench.at("seasons", season.id, "order")
        bench.refuse(SEASON_ORDER, at, season=season.id, names=bands)


def _check_defaults(rules: RuleSet, bench: Bench) -> None:
    taken: dict[str, str] = {}
    for default in rules.defaults:
        if default.fact in taken:
            told = {"default": default.id, "other": taken[default.fact], "fact": default.fact}
            bench.refuse(IDLE_DEFAULT, bench.at("defaults", default.id), **told)
        elif default.when is None:
            taken[default.fact] = default.id
