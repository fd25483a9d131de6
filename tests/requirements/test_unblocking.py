"""Promises of the unblocking set: it opens the way, and nothing in it is idle."""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from jobkit.requirements import Package, review

NOW = datetime(2026, 3, 10, 8, tzinfo=UTC)


def ask(facts: Mapping[str, Any], *conditions: str, **more: Any) -> Any:
    """Return the way out for requirements with these conditions."""
    data = [{"id": f"r{place}", "condition": text, **more} for place, text in enumerate(conditions)]
    return review(Package.load({"id": "p", "requirements": data}), facts, NOW).unblocking


def test_one_deed_may_serve_several() -> None:
    """
    Of two ways the one that satisfies more is taken.
    """
    told = ask({}, "known(a) or known(b)", "known(b) or known(c)")

    assert [("known(b)", ("r0", "r1"))] == [(deed.text, deed.serves) for deed in told.deeds]
    assert told.proven_smallest


def test_open_package_needs_nothing() -> None:
    """
    Where nothing blocks, nothing is to be done.
    """
    assert () == ask({"a": 1}, "known(a)").deeds
    assert () == ask({}, "known(a)", severity="warn").deeds


def test_negation_asks_for_the_opposite() -> None:
    """
    A condition under not is met by making it false.
    """
    (deed,) = ask({"n": 5}, "not (n >= 3)").deeds

    assert "See to it that n is less than 3." == deed.unblock


def test_contradiction_is_told() -> None:
    """
    Requirements that cannot hold together have no way out, and that is said instead of a wrong advice.
    """
    told = ask({}, 's == "x"', 's == "y"')

    assert (False, ()) == (told.possible, told.deeds)


def test_deed_that_breaks_another_rule_is_not_advised() -> None:
    """
    A value that would satisfy one rule and break another is left for a way that keeps both.
    """
    told = ask({"s": "x"}, 's == "x"', 's == "y" or known(z)')

    assert ["known(z)"] == [deed.text for deed in told.deeds]


def test_rule_that_a_deed_brings_into_play_is_seen() -> None:
    """
    When doing one thing makes a further rule apply, what that rule needs is in the set too.
    """
    package = Package.load(
        {
            "id": "p",
            "requirements": [
                {"id": "tier", "condition": 'tier == "gold"'},
                {"id": "photo", "applies_when": 'tier == "gold"', "field": "photo"},
            ],
        }
    )
    told = review(package, {"tier": "basic"}, NOW).unblocking

    assert {'tier == "gold"', "known(photo)"} == {deed.text for deed in told.deeds}


def test_many_candidates_stay_irreducible() -> None:
    """
    Beyond sixteen candidates with a choice the set is not proven smallest, and says so.
    """
    told = ask({}, *(f"known(x{place}) or known(y{place % 5})" for place in range(30)))

    assert (False, True) == (told.proven_smallest, told.possible)
    assert 5 <= len(told.deeds) <= 30


def test_what_is_forced_needs_no_search() -> None:
    """
    Any number of plain fields is proven smallest at once.
    """
    start = time.process_time()
    told = ask({}, *(f"known(x{place})" for place in range(200)))

    assert (True, 200) == (told.proven_smallest, len(told.deeds))
    assert time.process_time() - start < 2
