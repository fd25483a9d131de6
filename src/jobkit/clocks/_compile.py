"""From data to a milestone: every condition loaded, every amount checked, all that is wrong told at once."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from fractions import Fraction
from typing import Any

import attrs

from jobkit.clocks import _words as words
from jobkit.clocks._aim import Aim, name_of
from jobkit.clocks._edition import Edition, Test
from jobkit.clocks._promise import CalendarChoice, Policies, Promise, Target, WarningPoint
from jobkit.clocks._ticks import ALWAYS, tick_within
from jobkit.conditions import Call, Condition, Node, Vocabulary
from jobkit.documents import freeze, structure, unstructure
from jobkit.durations import Duration, Working
from jobkit.errors import Invalid
from jobkit.findings import Finding, Template
from jobkit.instants import EPOCH, write_instant
from jobkit.mappings import FrozenMap
from jobkit.paths import Item, parse
from jobkit.registry import Registry

_CONDITIONS = {
    "starts": "start", "stops": "stop", "cancels": "cancel",
    "resets": "reset", "repeats": "repeat", "runs": "runs",
}  # fmt: skip
_ORDER = frozenset(Policies().order)
_LONGEST = timedelta(days=36_525)
_TIMED = frozenset({"older_than", "younger_than", "within"})


@attrs.define(kw_only=True)
class Loader:
    """What conditions may name, which calendars there are, and the problems found so far."""

    vocabulary: Vocabulary | None
    registry: Registry
    calendars: Mapping[str, Any] | None
    problems: list[Finding] = attrs.field(factory=list)

    def add(self, template: Template, path: str, **params: Any) -> None:
        """Remember one problem."""
        self.problems.append(Finding.of(template, path=path, **params))

    def condition(self, rule: Any, path: str) -> Condition | None:
        """Load one condition; one that time may turn at an instant that nobody can tell is a problem."""
        try:
            condition = Condition.load(rule, self.vocabulary, self.registry, path)
        except Invalid as error:
            self.problems += error.findings
            return None
        if condition.time_opaque:
            self.add(words.TIME_OPAQUE, path)
        return condition


def promise_of(data: Any, path: str) -> Promise:
    """Return one version from plain data or a value; conditions built in Python become data."""
    if isinstance(data, Promise):
        return structure(Promise, unstructure(_as_data(data)), path)
    return structure(Promise, data, path)


def _as_data(promise: Promise) -> Promise:
    return attrs.evolve(
        promise,
        **{name: _plain(getattr(promise, name)) for name in _CONDITIONS},
        data=freeze(promise.data),
        warnings=tuple(attrs.evolve(each, data=freeze(each.data)) for each in promise.warnings),
        pauses=tuple(attrs.evolve(each, when=_plain(each.when)) for each in promise.pauses),
        calendars=tuple(attrs.evolve(each, when=_plain(each.when)) for each in promise.calendars),
        targets=tuple(
            attrs.evolve(each, when=_plain(each.when), where=_plain(each.where)) for each in promise.targets
        ),
    )


def _plain(rule: Any) -> Any:
    if isinstance(rule, Condition):
        return rule.to_data()
    return Condition.load(rule).to_data() if attrs.has(type(rule)) else freeze(rule)


def editions_of(name: str, promises: tuple[Promise, ...], path: str, loader: Loader) -> tuple[Edition, ...]:
    """Return the versions compiled, by effective date; the loader remembers what is wrong with them."""
    ordered = _ordered(name, promises, path, loader)
    return tuple(edition_of(promise, _place(path, promise, ordered), loader) for promise in ordered)


def _place(path: str, promise: Promise, ordered: tuple[Promise, ...]) -> str:
    return path if len(ordered) == 1 else f"{path}[{promise.version}]"


def _ordered(name: str, promises: tuple[Promise, ...], path: str, loader: Loader) -> tuple[Promise, ...]:
    """Return the versions by effective date; two that begin together are a problem."""
    if not promises:
        loader.add(words.NO_VERSION, path, milestone=name)
    begins = [promise.effective_from for promise in promises]
    for at in sorted({at for at in begins if at is not None and begins.count(at) > 1}):
        loader.add(words.SAME_START, path, milestone=name, instant=write_instant(at))
    if begins.count(None) > 1:
        loader.add(words.SAME_START, path, milestone=name, instant="the beginning of time")
    versions = [promise.version for promise in promises]
    for version in sorted({version for version in versions if versions.count(version) > 1}):
        loader.add(words.SAME_VERSION, path, milestone=name, version=version)
    return tuple(
        sorted(promises, key=lambda each: each.effective_from.timestamp() if each.effective_from else -1e18)
    )


def edition_of(promise: Promise, path: str, loader: Loader) -> Edition:
    """Return one version compiled; what is wrong with it is remembered by the loader."""
    if promise.effective_from is not None and tick_within(max(promise.effective_from, EPOCH)) is None:
        loader.add(words.BEYOND, f"{path}.effective_from", version=promise.version)
    conditions = dict(_conditions(promise, path, loader))
    aims = tuple(_aims(promise, path, loader, conditions))
    _check_pauses(promise, path, loader)
    _check_calendars(promise, path, loader)
    _check_warnings(promise, path, loader)
    _check_order(promise, path, loader)
    return Edition(
        promise=promise,
        tests=FrozenMap({word: one.compile() for word, one in conditions.items() if word in _WORDS}),
        pauses=tuple(_pauses(promise, conditions)),
        calendars=tuple(
            (_test(conditions.get(f"calendars[{at}]")), choice.calendar)
            for at, choice in enumerate(choices(promise))
        ),
        aims=aims,
        shares=tuple(_share(warning) for warning in promise.warnings),
        timed=tuple(one for one in conditions.values() if _is_timed(one.node)),
        conditions=FrozenMap(conditions),
    )


_WORDS = frozenset(_CONDITIONS.values()) - {"runs"}


def choices(promise: Promise) -> tuple[CalendarChoice, ...]:
    """Return the calendars in the order in which they are tried; `calendar` alone comes last."""
    last = () if promise.calendar is None else (CalendarChoice(calendar=promise.calendar),)
    return (*promise.calendars, *last)


def _share(warning: WarningPoint) -> tuple[int, int] | None:
    """Return a share as two whole numbers, as exact as it is written."""
    return None if warning.share is None else Fraction(str(warning.share)).as_integer_ratio()


def _test(condition: Condition | None) -> Test | None:
    return None if condition is None else condition.compile()


def _pauses(promise: Promise, conditions: Mapping[str, Condition]) -> Iterator[tuple[Test, str]]:
    for at, pause in enumerate(promise.pauses):
        condition = conditions.get(f"pauses[{at}]")
        if condition is not None:
            yield condition.compile(), pause.reason


def _conditions(promise: Promise, path: str, loader: Loader) -> Iterator[tuple[str, Condition]]:
    """Yield every condition of the promise by its word, or by its list and place."""
    rules = {word: (getattr(promise, name), f"{path}.{name}") for name, word in _CONDITIONS.items()}
    for name in ("pauses", "calendars", "targets"):
        for at, part in enumerate(getattr(promise, name)):
            rules[f"{name}[{at}]"] = (part.when, f"{path}.{name}[{at}].when")
    for word, (rule, place) in rules.items():
        condition = None if rule is None else loader.condition(rule, place)
        if condition is not None:
            yield word, condition


def _is_timed(node: Node) -> bool:
    """Whether time alone may turn the condition: it compares an instant with now, or asks a predicate."""
    if isinstance(node, Call):
        return True
    parts = getattr(node, "parts", None) or (getattr(node, "part", None),)
    return getattr(node, "operator", None) in _TIMED or any(_is_timed(part) for part in parts if part)


def _aims(promise: Promise, path: str, loader: Loader, conditions: Mapping[str, Condition]) -> Iterator[Aim]:
    named: set[str] = set()
    for at, rule in enumerate(promise.targets):
        place = f"{path}.targets[{at}]"
        name = rule.name or _default_name(rule)
        if name in named:
            loader.add(words.SAME_NAME, f"{place}.name", kind="targets", name=name)
        named.add(name)
        _check_target(rule, place, loader)
        yield Aim(
            name=name,
            rule=rule,
            when=conditions.get(f"targets[{at}]"),
            where=_where(rule, place, loader),
            steps=_steps(rule, place, loader),
        )


def _default_name(rule: Target) -> str:
    try:
        return name_of(rule)
    except Invalid:
        return "target"


def _steps(rule: Target, path: str, loader: Loader) -> tuple[Any, ...]:
    if rule.by is None:
        return ()
    try:
        steps = parse(rule.by)
    except Invalid as error:
        loader.problems += [finding.at(f"{path}.by") for finding in error.findings]
        return ()
    spec = None if loader.vocabulary is None else loader.vocabulary.look_up(steps)
    if loader.vocabulary is not None and spec is None:
        loader.add(words.NO_FACT, f"{path}.by", fact=rule.by, near=loader.vocabulary.near(rule.by))
    elif spec is not None and (spec.kind not in ("instant", "any") or spec.moves):
        loader.add(words.NO_INSTANT, f"{path}.by", fact=rule.by, kind=spec.kind)
    return steps


def _where(rule: Target, path: str, loader: Loader) -> Condition | None:
    """Load what is asked of each item; it names the item's fields below `item`."""
    if rule.where is None:
        return None
    place = f"{path}.where"
    steps = () if rule.by is None else parse(rule.by)
    if Item(None) not in steps:
        loader.add(words.NO_LIST, place, fact=rule.by or "nothing")
        return None
    words_of_items = None if loader.vocabulary is None else _item_words(loader.vocabulary, str(rule.by))
    bench = attrs.evolve(loader, vocabulary=words_of_items, problems=[])
    condition = bench.condition(rule.where, place)
    loader.problems += bench.problems
    if condition is not None and _is_timed(condition.node):
        loader.add(words.TIMED_WHERE, place)
    return condition


def _item_words(vocabulary: Vocabulary, by: str) -> Vocabulary:
    """Return the facts of the items of the last list in the path, below `item`."""
    head = f"{by.removeprefix('$.').rpartition('[]')[0]}[]"
    below = {f"item{path[len(head) :]}": spec for path, spec in vocabulary.items() if path.startswith(head)}
    return Vocabulary(below)


def _check_target(rule: Target, path: str, loader: Loader) -> None:
    if (rule.within is None) is (rule.by is None):
        loader.add(words.ONE_AIM, path)
    if rule.by is None and (rule.before is not None or rule.after is not None):
        loader.add(words.NO_DATE, path)
    if rule.before is not None and rule.after is not None:
        loader.add(words.BOTH_WAYS, path)
    if isinstance(rule.within, timedelta) and rule.within > _LONGEST:
        loader.add(words.TOO_LONG, f"{path}.within")
    for name in ("within", "before", "after"):
        amount = getattr(rule, name)
        if amount is not None and not _is_positive(amount):
            loader.add(words.NOT_POSITIVE, f"{path}.{name}", amount=_told(amount))


def _is_positive(amount: Duration) -> bool:
    return amount.amount > 0 if isinstance(amount, Working) else amount > timedelta(0)


def _told(amount: Duration) -> str:
    return str(amount) if amount else "0s"


def _check_pauses(promise: Promise, path: str, loader: Loader) -> None:
    for at, pause in enumerate(promise.pauses):
        if not pause.reason.strip():
            loader.add(words.NO_REASON, f"{path}.pauses[{at}].reason")


def _check_calendars(promise: Promise, path: str, loader: Loader) -> None:
    tried = choices(promise)
    for at, choice in enumerate(tried):
        place = f"{path}.calendars[{at}]" if at < len(promise.calendars) else f"{path}.calendar"
        known = loader.calendars
        if known is not None and choice.calendar != ALWAYS and choice.calendar not in known:
            loader.add(words.NO_CALENDAR, place, calendar=choice.calendar, known=sorted(known))
    amounts = [getattr(rule, name) for rule in promise.targets for name in ("within", "before", "after")] + [
        warning.left for warning in promise.warnings
    ]
    works = any(isinstance(amount, Working) for amount in amounts)
    if works and (not tried or tried[-1].when is not None):
        loader.add(words.NO_LAST_CALENDAR, f"{path}.calendars")
    if works and any(choice.calendar == ALWAYS for choice in tried):
        loader.add(words.ALWAYS_WORKING, f"{path}.calendars")


def _check_warnings(promise: Promise, path: str, loader: Loader) -> None:
    named: set[str] = set()
    for at, warning in enumerate(promise.warnings):
        place = f"{path}.warnings[{at}]"
        if warning.name in named:
            loader.add(words.SAME_NAME, f"{place}.name", kind="warnings", name=warning.name)
        named.add(warning.name)
        _check_warning(promise, warning, place, loader)
    if promise.warnings and not promise.targets:
        loader.add(words.WARNS_OF_NOTHING, f"{path}.warnings")


def _check_warning(promise: Promise, warning: WarningPoint, path: str, loader: Loader) -> None:
    if (warning.share is None) is (warning.left is None):
        loader.add(words.ONE_POINT, path)
    if warning.share is not None and not 0 < warning.share < 1:
        loader.add(words.SHARE, f"{path}.share", share=str(warning.share))
    if warning.left is not None and not _is_positive(warning.left):
        loader.add(words.NOT_POSITIVE, f"{path}.left", amount=_told(warning.left))
    if isinstance(warning.left, Working) and any(not _works(rule) for rule in promise.targets):
        loader.add(words.MIXED_UNITS, f"{path}.left", amount=str(warning.left))


def _works(rule: Target) -> bool:
    return any(isinstance(part, Working) for part in (rule.within, rule.before, rule.after))


def _check_order(promise: Promise, path: str, loader: Loader) -> None:
    order = promise.policies.order
    if len(order) != len(set(order)) or frozenset(order) - {"retarget"} != _ORDER:
        loader.add(words.ORDER, f"{path}.policies.order", wanted=list(Policies().order))
