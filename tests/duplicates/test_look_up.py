"""Promises of look-ups: a host's own database brings candidates, and the rules stay the same."""

from collections.abc import Iterable, Iterator, Sequence

import pytest

from jobkit.duplicates import Candidates, Index, Key, Record, keys_of, look_up
from jobkit.errors import Invalid, RuleFailed, Unavailable
from tests.duplicates.policies import DAY, NOW, load, request


class Table:
    """A host's table of requests, asked by asset."""

    def __init__(self, *rows: tuple[str, Record]) -> None:
        self.rows = rows
        self.asked: list[Sequence[Key]] = []

    def candidates(self, record: Record, keys: Sequence[Key]) -> Iterable[tuple[str, Record]]:
        """Return every row, whatever the keys."""
        self.asked.append(keys)
        return iter(self.rows)


def test_look_up_finds_what_the_index_finds() -> None:
    """
    The same records bring the same matches, scores and order from a database and from the index.
    """
    rows = [(f"J-{place}", request(opened=NOW - place * DAY)) for place in range(4)]
    index = Index(load())
    for id, row in rows:
        index.add(id, row)

    assert index.find(request()) == look_up(load(), request(), Table(*rows))


def test_host_is_asked_with_every_key() -> None:
    """
    The source learns each key of the record by its name and normal form.
    """
    table = Table()

    look_up(load(), request("EX-0012", "won't start", phone="0151 2345678"), table)

    told = [(key.name, key.value) for key in table.asked[0]]
    words = [("words", "start"), ("words", "t"), ("words", "won")]
    assert [("asset", "EX12"), ("phone", "2345678"), *words] == told


def test_keys_of_a_record() -> None:
    """
    A part that is missing makes no key, and parts of one key are joined.
    """
    rules = load(keys=[{"name": "both", "parts": [{"field": "asset", "form": "serial"}, {"field": "zip"}]}])

    assert () == keys_of(rules, request())
    assert (Key(name="both", value="EX12|0601"),) == keys_of(rules, request(zip="0601"))


def test_cap_bounds_what_is_taken() -> None:
    """
    An endless source is read up to the cap, and a finding says that there was more.
    """

    class Endless:
        def candidates(self, record: Record, keys: Sequence[Key]) -> Iterator[tuple[str, Record]]:
            place = 0
            while True:
                place += 1
                yield f"J-{place}", request()

    found = look_up(load(cap=7), request(), Endless(), exclude=["J-1"], limit=3)

    assert (7, 3) == (found.considered, len(found.matches))
    assert ["duplicates.capped"] == [finding.code for finding in found.findings]


def test_record_does_not_match_itself() -> None:
    """
    What is excluded is left out, and a row that comes twice counts once.
    """
    found = look_up(
        load(), request(), Table(("J-1", request()), ("J-2", request()), ("J-2", request())), exclude=["J-1"]
    )

    assert ["J-2"] == [one.id for one in found.matches]
    assert 1 == found.considered


def test_record_without_keys_asks_nobody() -> None:
    """
    Without any key the source is not asked, and a finding says what is needed.
    """
    table = Table()

    found = look_up(load(), {}, table)

    assert [] == table.asked
    assert ["duplicates.no_keys"] == [finding.code for finding in found.findings]


def test_rules_without_keys_leave_the_choice_to_the_host() -> None:
    """
    Rules that name no keys compare with whatever the source brings.
    """
    assert 1 == look_up(load(keys=[]), {}, Table(("J-1", {}))).considered


@pytest.mark.parametrize(
    ("error", "kind"), [(ValueError("SECRET"), RuleFailed), (ConnectionError("SECRET"), Unavailable)]
)
@pytest.mark.parametrize("late", [False, True])
def test_source_that_raises_is_named(error: Exception, kind: type[Exception], late: bool) -> None:
    """
    What a source raises, at once or while it is read, comes back typed, without its words.
    """

    class Broken:
        def candidates(self, record: Record, keys: Sequence[Key]) -> Iterable[tuple[str, Record]]:
            if not late:
                raise error
            return self._later()

        def _later(self) -> Iterator[tuple[str, Record]]:
            yield "J-1", request()
            raise error

    source: Candidates = Broken()
    with pytest.raises(kind, match="Broken") as found:
        look_up(load(), request(), source)

    assert "SECRET" not in str(found.value)


@pytest.mark.parametrize("rows", [[1], [("J-1",)], [("J-1", "text")], ["J-1"], None, [(1, {})]])
def test_source_must_bring_ids_and_records(rows: object) -> None:
    """
    Anything but pairs of an id and a record comes back typed, with the name of the source.
    """

    class Odd:
        def candidates(self, record: Record, keys: Sequence[Key]) -> Iterable[tuple[str, Record]]:
            return rows  # type: ignore[return-value]

    with pytest.raises(RuleFailed, match="Odd"):
        look_up(load(), request(), Odd())


def test_candidate_with_a_wrong_value_is_named() -> None:
    """
    A record of the source that cannot be compared is told by its id and field.
    """
    with pytest.raises(Invalid) as found:
        look_up(load(), request(), Table(("J-1", request()), ("J-2", {"asset": 1.5})))

    assert "$[J-2].asset" == found.value.path
