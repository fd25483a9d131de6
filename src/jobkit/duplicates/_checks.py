"""What match rules promise as a whole, checked when they load."""

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import pairwise

from jobkit.duplicates._data import KeyRule, MatchRule, MatchRulesData, Window
from jobkit.duplicates._prepare import FORMS, READERS
from jobkit.findings import Finding, Template
from jobkit.paths import Item, join
from jobkit.registry import TAKEN as REGISTERED_TWICE
from jobkit.registry import Registry

UNKNOWN_KIND = Template(
    "duplicates.kind",
    "The rule {rule} compares by {kind}, which is no comparison.",
    "Use one of: {near}; or register a comparator of that name.",
)
UNKNOWN_FORM = Template(
    "duplicates.form",
    "The key {key} uses the form {form}, which there is not.",
    "Use one of: {near}.",
)
NO_FIELD = Template("duplicates.no_field", "The rule {rule} reads no field.", "Give it a field.")
TOO_MANY_FIELDS = Template(
    "duplicates.fields",
    "The rule {rule} compares {kind} and reads {count} fields.",
    "Give one field, or two for latitude and longitude.",
)
UNUSED = Template(
    "duplicates.unused",
    "The rule {rule} compares {kind}, which has no use for {option}.",
    "Leave {option} out, or compare another kind.",
)
NO_LEVELS = Template("duplicates.no_levels", "The rule {rule} has no levels.", "Give it at least one level.")
OUT_OF_RANGE = Template(
    "duplicates.out_of_range",
    "{what} at {path} is {value}, and may be from {least} to {most}.",
    "Give a number within the range.",
)
NOT_FALLING = Template(
    "duplicates.not_falling",
    "The weights of {rule} do not fall together with its similarity.",
    "Order the levels from the highest to the lowest, each with a weight that is no larger.",
)
NEEDS_REACH = Template(
    "duplicates.needs_reach",
    "The rule {rule} compares {kind} without saying where it ends.",
    "Give {option}, the difference at which the similarity is 0.",
)
BANDS_CROSS = Template(
    "duplicates.bands",
    "The band same begins at {same} bits, below the band ask at {ask}.",
    "Give same at least the bits of ask.",
)
NO_TABLE = Template(
    "duplicates.no_table",
    "There are frequencies for {rule}, which is no rule that uses them.",
    "Set frequency on the rule of that name, or leave the table out.",
)
NO_PARTS = Template("duplicates.no_parts", "The key {key} has no parts.", "Give it at least one field.")
NO_KEY = Template(
    "duplicates.no_key",
    "The key {key} stands back for {other}, which is no key before it.",
    "Name a key that stands earlier in the list.",
)
EACH_TWICE = Template(
    "duplicates.each_twice",
    "The key {key} takes each word of two parts, which would make too many keys.",
    "Take each word of one part only.",
)
SCOPE_TWICE = Template(
    "duplicates.scope_twice",
    "The value {value} stands in two groups of the scope.",
    "Keep it in one of them.",
)
TAKEN = Template(
    "duplicates.taken",
    "The name {rule} is taken: the explanation uses it for its own part.",
    "Use a name other than prior, window and scope.",
)

_MOST_BITS = 1_000.0
_RESERVED = ("prior", "window", "scope")
_BY_VALUE = ("exact", "serial", "phone", "address", "name", "code", "edit", "tokens")
_JOINED = (*_BY_VALUE, "text")


def problems_of(data: MatchRulesData, registry: Registry, path: str) -> Iterator[Finding]:
    """Yield all that is wrong with the rules."""
    if data.bands.same < data.bands.ask:
        yield Finding.of(BANDS_CROSS, path=join(path, "bands"), same=data.bands.same, ask=data.bands.ask)
    yield from _bits(join(path, "bands"), "A band", data.bands.same, data.bands.ask)
    yield from _bits(join(path, "prior"), "The prior", data.prior)
    yield from _bits(join(path, "frequency_cap"), "The cap of a frequency", data.frequency_cap, least=0.0)
    if not 1 <= data.cap <= 100_000:
        yield _outside(join(path, "cap"), "The cap of candidates", data.cap, 1, 100_000)
    for rule in data.rules:
        yield from _rule_problems(rule, registry, join(path, "rules", Item(rule.name)))
    for place, key in enumerate(data.keys):
        earlier = [one.name for one in data.keys[:place]]
        yield from _key_problems(key, earlier, join(path, "keys", Item(key.name)))
    if data.window is not None:
        yield from _window_problems(data.window, join(path, "window"))
    yield from _scope_problems(data, join(path, "scope"))
    yield from _table_problems(data, path)


def _rule_problems(rule: MatchRule, registry: Registry, path: str) -> Iterator[Finding]:
    own = tuple(registry.names("comparator"))
    if rule.kind in READERS and rule.kind in own:
        yield Finding.of(REGISTERED_TWICE, path=join(path, "kind"), kind="comparator", name=rule.kind)
    if rule.kind not in READERS and rule.kind not in own:
        names = sorted({*READERS, *own})
        near = get_close_matches(rule.kind[:60], names, n=3) or names
        yield Finding.of(
            UNKNOWN_KIND, path=join(path, "kind"), rule=rule.name, kind=rule.kind[:60], near=near
        )
    if rule.name in _RESERVED:
        yield Finding.of(TAKEN, path=path, rule=rule.name)
    yield from _field_problems(rule, path)
    yield from _reach_problems(rule, path)
    yield from _unused(rule, path)
    yield from _level_problems(rule, path)


def _field_problems(rule: MatchRule, path: str) -> Iterator[Finding]:
    count = len(rule.reads)
    if not count:
        yield Finding.of(NO_FIELD, path=path, rule=rule.name)
    most = 2 if rule.kind == "distance" else 1
    if rule.kind in READERS and rule.kind not in _JOINED and count > most:
        yield Finding.of(TOO_MANY_FIELDS, path=path, rule=rule.name, kind=rule.kind, count=count)


def _reach_problems(rule: MatchRule, path: str) -> Iterator[Finding]:
    if rule.kind in ("distance", "number") and not (rule.reach is not None and rule.reach > 0):
        yield Finding.of(NEEDS_REACH, path=path, rule=rule.name, kind=rule.kind, option="reach, above 0")
    if rule.kind == "time" and not rule.span:
        yield Finding.of(NEEDS_REACH, path=path, rule=rule.name, kind=rule.kind, option="span, above 0s")


def _unused(rule: MatchRule, path: str) -> Iterator[Finding]:
    options = (
        ("reach", rule.reach is not None, ("distance", "number")),
        ("span", rule.span is not None, ("time",)),
        ("frequency", rule.frequency, _BY_VALUE),
    )
    for option, given, kinds in options:
        if given and rule.kind not in kinds:
            yield Finding.of(UNUSED, path=path, rule=rule.name, kind=rule.kind, option=option)


def _level_problems(rule: MatchRule, path: str) -> Iterator[Finding]:
    if not rule.levels:
        yield Finding.of(NO_LEVELS, path=path, rule=rule.name)
    for level in rule.levels:
        if not 0 <= level.at <= 1:
            yield _outside(join(path, "levels"), "A similarity", level.at, 0, 1)
    weights = [level.weight for level in rule.levels]
    yield from _bits(path, "A weight", *weights, rule.otherwise, rule.missing)
    steps = [level.at for level in rule.levels]
    falls = all(high > low for high, low in pairwise(steps))
    weights.append(rule.otherwise)
    if not falls or any(high < low for high, low in pairwise(weights)):
        yield Finding.of(NOT_FALLING, path=join(path, "levels"), rule=rule.name)


def _key_problems(key: KeyRule, earlier: list[str], path: str) -> Iterator[Finding]:
    if not key.parts:
        yield Finding.of(NO_PARTS, path=path, key=key.name)
    if sum(part.each for part in key.parts) > 1:
        yield Finding.of(EACH_TWICE, path=path, key=key.name)
    for other in key.unless:
        if other not in earlier:
            yield Finding.of(NO_KEY, path=join(path, "unless"), key=key.name, other=other)
    if key.most is not None and key.most < 1:
        yield _outside(join(path, "most"), "The number of records", key.most, 1, "any")
    for part in key.parts:
        if part.form not in FORMS:
            yield Finding.of(UNKNOWN_FORM, path=path, key=key.name, form=part.form[:60], near=sorted(FORMS))
        for cut in (part.first, part.last):
            if cut is not None and cut < 1:
                yield _outside(path, "The number of characters", cut, 1, "any")


def _window_problems(window: Window, path: str) -> Iterator[Finding]:
    weights = [age.weight for age in window.ages]
    yield from _bits(path, "A weight", *weights, window.otherwise, window.missing)
    gaps = [age.within for age in window.ages]
    weights.append(window.otherwise)
    rises = all(near < far for near, far in pairwise(gaps))
    if not rises or any(high < low for high, low in pairwise(weights)):
        yield Finding.of(NOT_FALLING, path=join(path, "ages"), rule="window")


def _scope_problems(data: MatchRulesData, path: str) -> Iterator[Finding]:
    seen: set[str] = set()
    for value in (one for group in (data.scope.groups if data.scope else ()) for one in group):
        if value in seen:
            yield Finding.of(SCOPE_TWICE, path=join(path, "groups"), value=value)
        seen.add(value)


def _table_problems(data: MatchRulesData, path: str) -> Iterator[Finding]:
    using = {rule.name for rule in data.rules if rule.frequency}
    for name, table in data.frequencies.items():
        place = join(path, "frequencies", Item(name))
        if name not in using:
            yield Finding.of(NO_TABLE, path=place, rule=name)
        yield from _bits(place, "A weight", table.otherwise, *table.bits.values())
    if data.terms is not None:
        place = join(path, "terms")
        yield from _bits(place, "A weight", data.terms.otherwise, *data.terms.weights.values(), least=0.0)


def _bits(path: str, what: str, *values: float, least: float = -_MOST_BITS) -> Iterator[Finding]:
    for value in values:
        if not least <= value <= _MOST_BITS:
            yield _outside(path, what, value, least, _MOST_BITS)
            return


def _outside(path: str, what: str, value: float, least: float, most: float | str) -> Finding:
    return Finding.of(OUT_OF_RANGE, path=path, what=what, value=value, least=least, most=most)
