"""People as several offices wrote them down: planted truth for learning, made from a seed."""

from collections.abc import Iterator
from random import Random
from typing import Any, Final

from jobkit.duplicates import MatchRules

SURNAMES: Final = (
    "Miller",
    "Smith",
    "Garcia",
    "Novak",
    "Okafor",
    "Tanaka",
    "Rossi",
    "Dubois",
    "Larsen",
    "Kaya",
)
GIVEN: Final = (
    "Anna",
    "Bela",
    "Chen",
    "Dora",
    "Emil",
    "Fatma",
    "Goran",
    "Hana",
    "Ivo",
    "Jana",
    "Karl",
    "Lena",
)
EVEN: Final = [{"at": 1, "weight": 0}, {"at": 0.9, "weight": 0}]
KEYS: Final = (
    {"name": "phone", "parts": [{"field": "phone", "form": "phone"}]},
    {
        "name": "names",
        "parts": [
            {"field": "surname", "form": "name", "first": 4},
            {"field": "given", "form": "name", "first": 2},
        ],
    },
)
RULES: Final[dict[str, Any]] = {
    "id": "people",
    "bands": {"same": 0, "ask": -4},
    "rules": [
        {"name": "surname", "field": "surname", "kind": "name", "levels": EVEN, "frequency": True},
        {"name": "given", "field": "given", "kind": "name", "levels": EVEN},
        {"name": "phone", "field": "phone", "kind": "phone", "levels": EVEN},
        {"name": "city", "field": "city", "kind": "exact", "levels": EVEN[:1]},
    ],
    "keys": list(KEYS),
}


def rules(**changes: Any) -> MatchRules:
    """Return the rules for people, with changes."""
    return MatchRules.load({**RULES, **changes})


def people(count: int = 300, seed: int = 1) -> tuple[dict[str, dict[str, Any]], set[tuple[str, str]]]:
    """Return records of *count* people, two in five written down twice, and the pairs that are one person."""
    draw = Random(seed)
    records: dict[str, dict[str, Any]] = {}
    same = set()
    for number in range(count):
        records[f"P{number:04}-a"] = person = {
            "surname": draw.choice(SURNAMES),
            "given": draw.choice(GIVEN),
            "phone": f"0{draw.randrange(10**8, 10**9)}",
            "city": draw.choice(("Ulm", "Bonn", "Kiel")),
        }
        if draw.random() < 0.4:
            records[f"P{number:04}-b"] = dict(_again(person, draw))
            same.add((f"P{number:04}-a", f"P{number:04}-b"))
    return records, same


def _again(person: dict[str, Any], draw: Random) -> Iterator[tuple[str, Any]]:
    """Yield the fields of a person as somebody else writes them: slips, and things left out."""
    for field, value in person.items():
        chance = draw.random()
        if chance < 0.1:
            place = draw.randrange(1, len(value))
            yield field, value[:place] + value[place + 1 :]
        else:
            yield field, None if chance < 0.15 else value


def agencies(count: int = 30, seed: int = 1) -> dict[str, dict[str, Any]]:
    """Return sites of *count* agencies, three of each with one phone, every site told by two sources."""
    draw = Random(seed)
    records: dict[str, dict[str, Any]] = {}
    for number in range(count):
        agency = f"{draw.choice(SURNAMES)} {draw.choice(GIVEN)} {number}"
        phone = f"555{number:04}"
        for place in range(3):
            street = f"{draw.randrange(1, 999)} {draw.choice(SURNAMES)} St"
            site = f"{agency} {draw.choice(GIVEN)}"
            records[f"A{number:02}-{place}-a"] = {"site": site, "street": street, "phone": phone}
            other = None if draw.random() < 0.2 else phone
            records[f"A{number:02}-{place}-b"] = {"site": site, "street": f"{street} Ulm", "phone": other}
    return records
