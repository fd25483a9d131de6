"""What the parts of intake must have in common: names that meet, and overlays that do what they say."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from jobkit.findings import Finding
from jobkit.intake import _words as words
from jobkit.intake._form_values import FormQuestion
from jobkit.intake._governing import RANKS, asks_more
from jobkit.intake._places import place_of, place_problems
from jobkit.intake._values import Account, Hardened, IntakeData, LookUp, PackageData, Relaxed
from jobkit.paths import Item, join
from jobkit.requirements import Requirement


def problems_of(data: IntakeData, types: Collection[str], path: str) -> Iterator[Finding]:
    """Yield what is wrong between the parts of the rules."""
    yield from _types(data, types, path)
    yield from _one_package_each(data, path)
    yield from _includes(data, path)
    for account in data.accounts:
        yield from _account(account, data, join(f"{path}.accounts", Item(account.key)))
    for lookup in data.lookups:
        yield from _lookup(lookup, data, join(f"{path}.lookups", Item(lookup.id)))
    yield from _unasked(data, path)
    for topic in data.topics:
        place = f"{join(f'{path}.topics', Item(topic.id))}.about"
        yield from (found for field in topic.about for found in place_problems(field, place))
    yield from _promotion(data, f"{path}.promotion")
    yield from _form_codes(data, path)


def _types(data: IntakeData, types: Collection[str], path: str) -> Iterator[Finding]:
    named: Iterable[tuple[str, str, tuple[str, ...]]] = (
        *(("packages", each.key, each.types) for each in data.packages),
        *(("accounts", each.key, each.types) for each in data.accounts),
        *(("lookups", each.id, each.types) for each in data.lookups),
        *(("topics", each.id, each.types) for each in data.topics),
    )
    for group, key, given in named if types else ():
        for type_ in given:
            if type_ not in types:
                place = join(f"{path}.{group}", Item(key), "types")
                yield Finding.of(words.UNKNOWN_TYPE, path=place, type=type_[:60], known=sorted(types))


def _one_package_each(data: IntakeData, path: str) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for package in data.packages:
        for type_ in package.types:
            first = owners.setdefault(type_, package.id)
            if first != package.id:
                place = join(f"{path}.packages", Item(package.key), "types")
                told = {"type": type_, "first": first, "second": package.id}
                yield Finding(template=words.TWO_PACKAGES, path=place, params=told)


def _includes(data: IntakeData, path: str) -> Iterator[Finding]:
    nesting = {each.id for each in data.packages if each.includes}
    known = {each.id for each in data.packages}
    for package in data.packages:
        place = join(f"{path}.packages", Item(package.key), "includes")
        for name in package.includes:
            told = {"package": package.id, "name": name[:60], "known": sorted(known)}
            if name not in known:
                yield Finding(template=words.NO_INCLUDED, path=place, params=told)
            elif name in nesting:
                yield Finding(template=words.NESTED, path=place, params=told)


def _account(account: Account, data: IntakeData, path: str) -> Iterator[Finding]:
    known = _changed_by(account, data)
    for added in account.add:
        if owner := next((each.key for each, one in known if one.id == added.id), None):
            told = {"account": account.id, "requirement": added.id, "package": owner}
            yield Finding(template=words.ADDED_TWICE, path=f"{path}.add", params=told)
    for id in {less.id for less in account.relax} & {hard.id for hard in account.harden}:
        told = {"account": account.id, "requirement": id[:60]}
        yield Finding(template=words.BOTH_WAYS, path=f"{path}.relax", params=told)
    for group, changes in (("relax", account.relax), ("harden", account.harden)):
        for change in changes:
            place = join(f"{path}.{group}", Item(change.id))
            met = [one for _, one in known if one.id == change.id]
            yield from _change(account, change, met, {one.id for _, one in known}, place)


def _changed_by(account: Account, data: IntakeData) -> list[tuple[PackageData, Requirement]]:
    """Return the requirements that an overlay may meet, with the packages they stand in."""
    by_id: dict[str, list[PackageData]] = {}
    for package in data.packages:
        by_id.setdefault(package.id, []).append(package)
    met = [each for each in data.packages if not account.types or set(account.types) & set(each.types)]
    met += [one for each in met for name in each.includes for one in by_id.get(name, ())]
    return [(package, one) for package in met for one in package.requirements]


def _change(
    account: Account, change: Relaxed | Hardened, met: list[Requirement], known: set[str], place: str
) -> Iterator[Finding]:
    told: dict[str, Any] = {"account": account.id, "requirement": change.id[:60]}
    if isinstance(change, Relaxed) and not (change.by.strip() and change.reason.strip()):
        yield Finding(template=words.NO_AUTHORITY, path=place, params=told)
    if not met:
        near = get_close_matches(change.id[:60], known, n=3, cutoff=0.5) or sorted(known)[:5]
        yield Finding(template=words.UNKNOWN_REQUIREMENT, path=place, params={**told, "near": near})
    # Versions of a package may differ: what changes one of them is a change.
    found = [tuple(_effect(change, requirement, told, place)) for requirement in met]
    if all(found):
        yield from (finding for each in found[:1] for finding in each)


def _effect(
    change: Relaxed | Hardened, requirement: Requirement, told: Mapping[str, Any], place: str
) -> Iterator[Finding]:
    if isinstance(change, Hardened):
        if not asks_more(requirement, change):
            yield Finding(template=words.NOT_HARDENED, path=place, params=told)
    elif change.severity is not None and RANKS[change.severity] >= RANKS[requirement.severity]:
        more = {"severity": change.severity, "now": requirement.severity}
        yield Finding(template=words.NOT_RELAXED, path=place, params={**told, **more})


def _lookup(lookup: LookUp, data: IntakeData, path: str) -> Iterator[Finding]:
    told: dict[str, Any] = {"lookup": lookup.id}
    roots = {_root(name) for name in lookup.facts}
    if "found" in roots:
        yield Finding(template=words.RESERVED, path=f"{path}.facts", params=told)
    for group, names in (("shown", tuple(lookup.shown)), ("offers", tuple(lookup.offers.values()))):
        for name in names:
            if name not in lookup.facts and name not in roots:
                more = {"name": name[:60], "known": sorted(lookup.facts)}
                yield Finding(template=words.NO_FACT, path=f"{path}.{group}", params={**told, **more})
    for field in lookup.offers:
        yield from place_problems(field, f"{path}.offers")
    yield from _judged(lookup, data, told, path)


def _root(name: str) -> str:
    # What cannot be read as a name was refused where facts are declared.
    return name.split(".")[0].split("[")[0]


def _judged(lookup: LookUp, data: IntakeData, told: Mapping[str, Any], path: str) -> Iterator[Finding]:
    rules = (lookup.passed_when, lookup.refused_when)
    if (lookup.topic is None) is any(rule is not None for rule in rules):
        yield Finding(template=words.UNJUDGED, path=f"{path}.topic", params=told)
    if lookup.topic is None:
        return
    topics = {topic.id: topic for topic in data.topics}
    more = {**told, "topic": lookup.topic[:60], "known": sorted(topics)}
    if lookup.topic not in topics:
        yield Finding(template=words.NO_TOPIC, path=f"{path}.topic", params=more)
    elif topics[lookup.topic].person:
        yield Finding(template=words.BY_MACHINE, path=f"{path}.topic", params=more)


def _unasked(data: IntakeData, path: str) -> Iterator[Finding]:
    """Yield requirements of a look-up that is never asked of some jobs they are for, and so never met."""
    limits = {each.id: frozenset(each.types) for each in data.lookups if each.types}
    for group, key, types, requirements in _asking(data):
        for one in requirements:
            name = str(one.options.get("lookup"))
            if one.kind_name != "lookup" or one.applies_when is not None or name not in limits:
                continue
            if missing := sorted(types - limits[name]):
                place = join(f"{path}.{group}", Item(key), "requirements" if group == "packages" else "add")
                told = {"id": one.id, "lookup": name, "types": missing}
                yield Finding(template=words.UNASKED, path=join(place, Item(one.id)), params=told)


def _asking(data: IntakeData) -> Iterator[tuple[str, str, frozenset[str], tuple[Requirement, ...]]]:
    """Yield each group of requirements with its place and the job types that it is for."""
    for each in data.packages:
        including = (one for one in data.packages if one is each or each.id in one.includes)
        types = frozenset(name for one in including for name in one.types)
        yield "packages", each.key, types, each.requirements
    known = frozenset(name for each in data.packages for name in each.types)
    for account in data.accounts:
        yield "accounts", account.key, frozenset(account.types) or known, account.add


def _form_codes(data: IntakeData, path: str) -> Iterator[Finding]:
    """Yield the codes that forms stand for and that no version of the field's list has."""
    lists = dict(_coded(data))
    codes: dict[str, set[str]] = {}
    for each in data.lists:
        codes.setdefault(each.id, set()).update(code.id for code in each.codes)
    for form in data.forms:
        for question in form.questions:
            place = join(f"{path}.forms", Item(form.id), "questions", Item(question.id))
            for field, code in _set_by(question):
                name = None if place_problems(field, place) else lists.get(place_of(field))
                if name in codes and isinstance(code, str) and code not in codes[name]:
                    told = {"form": form.id, "field": field, "code": code[:60], "list": name}
                    near = (
                        get_close_matches(code[:60], codes[name], n=3, cutoff=0.5) or sorted(codes[name])[:5]
                    )
                    yield Finding(template=words.NO_CODE, path=place, params={**told, "near": near})


def _coded(data: IntakeData) -> Iterator[tuple[str, str]]:
    """Yield the fields that hold codes, with the lists that requirements name for them."""
    asked = [*(each.requirements for each in data.packages), *(each.add for each in data.accounts)]
    for one in (one for requirements in asked for one in requirements):
        if one.kind_name == "code" and one.field is not None and not place_problems(one.field, "$"):
            yield place_of(one.field), str(one.options.get("list"))


def _set_by(question: FormQuestion) -> Iterator[tuple[str, Any]]:
    """Yield what the answers to a question stand for, as (field, value)."""
    if question.path is not None:
        yield from ((question.path, value) for value in question.values.values())
    for choice in question.answers:
        yield from choice.sets.items()


def _promotion(data: IntakeData, path: str) -> Iterator[Finding]:
    promotion = data.promotion
    problems = [
        finding
        for source, target in promotion.fields.items()
        for field in (source, target)
        for finding in place_problems(field, f"{path}.fields")
    ]
    problems += [found for field in promotion.keep for found in place_problems(field, f"{path}.keep")]
    yield from problems
    seen: set[str] = set()
    for target in promotion.fields.values() if not problems else ():
        place = place_of(target)
        if place in seen:
            yield Finding.of(words.SAME_TARGET, path=f"{path}.fields", field=target)
        seen.add(place)
