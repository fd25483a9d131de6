"""
Rules to begin with: say what each column holds, and learn the rest.

The levels and keys of each sort were settled on made-up people (FEBRL) and on the issues of one project
(SeaMonkey), and are the same for every data set; which column is of which sort is for the host to say.
"""

from collections.abc import Iterator, Mapping
from itertools import permutations
from math import log2
from typing import Any, Final

import attrs

from jobkit.duplicates._rules import MatchRules
from jobkit.errors import Invalid
from jobkit.findings import Template
from jobkit.mappings import FrozenMap

UNKNOWN_SORT = Template(
    "duplicates.sort",
    "The field {field} is said to be a {sort}, which is none of the sorts that rules can begin with.",
    "Use one of: {sorts}.",
)

SAME: Final = 10.0
"""From a thousand to one on, two records are the same."""
ASK: Final = 0.0
"""From even odds on, a person is asked."""
_CAP: Final = 500
_TEXT_SAME: Final = 30.0
_TEXT_ASK: Final = 15.0
_TEXT_CAP: Final = 150
_BODY: Final = 20.0
_TITLE: Final = 10.0
_SPELLING: Final = 30.0
_SAME_ASSET: Final = 8.0
_OTHER_ASSET: Final = -20.0
_AGES: Final = (1, 3, 7, 14, 30, 60, 120, 240, 480, 960)
_WEEK: Final = 7


@attrs.frozen(kw_only=True)
class Sort:
    """How a sort of column is compared, and the keys that one column of it gives alone."""

    kind: str
    levels: tuple[float, ...]
    frequency: bool = False
    form: str = "exact"
    keys: tuple[Mapping[str, Any], ...] = ()
    most: int | None = None


SORTS: Final[Mapping[str, Sort]] = FrozenMap(
    {
        "name": Sort(kind="name", levels=(1.0, 0.9, 0.8), frequency=True, form="name"),
        "title": Sort(
            kind="text", levels=(0.99, 0.75, 0.5, 0.25), form="text", keys=({"each": True},), most=20
        ),
        "address": Sort(
            kind="address", levels=(1.0, 0.85, 0.6), frequency=True, form="address", keys=({"first": 8},)
        ),
        "phone": Sort(
            kind="phone", levels=(1.0, 0.95, 0.8), frequency=True, form="phone", keys=({"last": 7},)
        ),
        "number": Sort(
            kind="serial", levels=(1.0, 0.85, 0.7), form="serial", keys=({}, {"first": 4}, {"last": 4})
        ),
        "date": Sort(kind="edit", levels=(1.0, 0.87, 0.74), frequency=True, keys=({},)),
        "code": Sort(kind="edit", levels=(1.0, 0.74), frequency=True),
        "choice": Sort(kind="exact", levels=(1.0,)),
    }
)
"""What a column can hold: a name of a person, a title of several words, an address, a number of a thing, …"""


def starting_rules(
    fields: Mapping[str, str], *, id: str = "learned", one_to_one: str | None = None
) -> MatchRules:
    """
    Return rules for records whose *fields* are each of a sort (field → sort), their weights to be learned.

    Every rule weighs nothing until `learn` was asked. Records meet when they share a number or half of one, a
    phone, a date, the beginning of an address, a rare word of a title, or two names, or a name and a code. An
    unknown sort is refused with its field.

    >>> rules = starting_rules({"site": "title", "street": "address", "phone": "phone"})
    >>> [key.name for key in rules.data.keys]
    ['site', 'street first 8', 'phone last 7']
    """
    for field, sort in fields.items():
        if sort not in SORTS:
            raise Invalid.of(UNKNOWN_SORT, path=f"$.{field}", field=field, sort=sort[:60], sorts=list(SORTS))
    rules = [_rule(field, SORTS[sort]) for field, sort in fields.items()]
    keys = [*_keys_alone(fields), *_keys_together(fields)]
    bands = {"same": SAME, "ask": ASK}
    return MatchRules.load(
        {"id": id, "bands": bands, "cap": _CAP, "rules": rules, "keys": keys, "one_to_one": one_to_one}
    )


def text_rules(
    *, title: str, body: str, opened: str, asset: str | None = None, id: str = "texts"
) -> MatchRules:
    """
    Return rules for requests told in words: a short *title*, a long *body*, and when each was *opened*.

    The title counts by its spelling and its words, the body by its words. Each doubling of the time between
    two requests, beyond a week, takes a bit away, and none is ever cut off. Words weigh alike until
    `with_terms` has counted them. Where requests may name an *asset*, they meet on it, and on words only
    where it is not known.

    >>> rules = text_rules(title="summary", body="description", opened="created")
    >>> rules.fields()
    ('summary', 'description', 'created')
    """
    ages = [{"within": f"{days}d", "weight": -round(log2(1 + days / _WEEK), 3)} for days in _AGES]
    rules = [_words("title", title, _TITLE), _words("body", body, _BODY), _spelling(title)]
    keys = [_key(field, "text", {"each": True}) for field in (title, body)]
    if asset is not None:
        rules = [_asset(asset), *rules]
        keys = [_key(asset, "serial", {}), *({**key, "unless": [asset]} for key in keys)]
    return MatchRules.load(
        {
            "id": id,
            "bands": {"same": _TEXT_SAME, "ask": _TEXT_ASK},
            "cap": _TEXT_CAP,
            "rules": rules,
            "keys": keys,
            "window": {"field": opened, "ages": ages, "otherwise": ages[-1]["weight"], "smooth": True},
        }
    )


def _asset(field: str) -> dict[str, Any]:
    levels = [{"at": 1.0, "weight": _SAME_ASSET}, {"at": 0.85, "weight": 0.0}]
    return {"name": "asset", "field": field, "kind": "serial", "levels": levels, "otherwise": _OTHER_ASSET}


def _spelling(field: str) -> dict[str, Any]:
    levels = [{"at": 1.0, "weight": _SPELLING}, {"at": 0.4, "weight": 0.0}]
    return {"name": "spelling", "field": field, "kind": "phrase", "levels": levels, "smooth": True}


def _words(name: str, field: str, weight: float) -> dict[str, Any]:
    levels = [{"at": 1.0, "weight": weight}]
    return {"name": name, "field": field, "kind": "text", "levels": levels, "smooth": True}


def _rule(field: str, sort: Sort) -> dict[str, Any]:
    levels = [{"at": at, "weight": 0.0} for at in sort.levels]
    return {"name": field, "field": field, "kind": sort.kind, "levels": levels, "frequency": sort.frequency}


def _keys_alone(fields: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    for field, name in fields.items():
        sort = SORTS[name]
        for shape in sort.keys:
            told = "".join(f" {how} {size}" for how, size in shape.items() if how != "each")
            key = _key(field, sort.form, shape, name=f"{field}{told}")
            yield key if sort.most is None else {**key, "most": sort.most}


def _keys_together(fields: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Yield keys of two names, and of a name and a code: neither of both tells enough alone."""
    names = [field for field, sort in fields.items() if sort == "name"]
    codes = [field for field, sort in fields.items() if sort == "code"]
    for one, other in permutations(names, 2):
        parts = [{"field": one, "form": "name"}, {"field": other, "form": "name", "first": 1}]
        yield {"name": f"{one} and {other}", "parts": parts}
    for name in names:
        for code in codes:
            parts = [{"field": name, "form": "name", "first": 3}, {"field": code, "form": "exact"}]
            yield {"name": f"{name} and {code}", "parts": parts}


def _key(field: str, form: str, shape: Mapping[str, Any], name: str | None = None) -> dict[str, Any]:
    return {"name": name or field, "parts": [{"field": field, "form": form, **shape}]}
