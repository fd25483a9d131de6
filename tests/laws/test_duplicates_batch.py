"""Laws of a batch: it finds and scores what an index finds, and the order of the records does not matter."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from jobkit.duplicates import Index, MatchRules, cluster_all, match_all

RULES = MatchRules.load(
    {
        "id": "law",
        "bands": {"same": 6, "ask": 2},
        "prior": -1,
        "rules": [
            {
                "name": "asset",
                "field": "asset",
                "kind": "serial",
                "levels": [{"at": 1, "weight": 5.5}],
                "otherwise": -3,
            },
            {
                "name": "text",
                "field": "text",
                "kind": "text",
                "levels": [{"at": 1, "weight": 7}],
                "smooth": True,
            },
        ],
        "keys": [
            {"name": "asset", "parts": [{"field": "asset", "form": "serial"}]},
            {"name": "words", "parts": [{"field": "text", "form": "text", "each": True}]},
        ],
        "scope": {"field": "type", "across": "ask"},
    }
)
RECORDS = st.dictionaries(
    st.sampled_from([f"J{number}" for number in range(8)]),
    st.fixed_dictionaries(
        {
            "asset": st.sampled_from([None, "EX-1", "ex 01", "EX-2", "", "E?"]),
            "text": st.sampled_from([None, "pump leaks", "the pump leaking", "belt", "Ökopumpe", "..."]),
            "type": st.sampled_from([None, "breakdown", "planned"]),
        }
    ),
)


@given(RECORDS)
def test_batch_finds_what_an_index_finds(records: dict[str, dict[str, Any]]) -> None:
    """
    The pairs of a batch, their scores and bands, are those that looking up each record in an index gives.
    """
    index = Index(RULES)
    for id, record in records.items():
        index.add(id, record)
    found = {
        (id, each.id): (each.match.score, each.match.band)
        for id, record in records.items()
        for each in index.find(record, exclude=[id], limit=100, different=True).matches
        if id < each.id
    }

    assert found == {(one.left, one.right): (one.score, one.band) for one in match_all(RULES, records).pairs}


@given(RECORDS, st.randoms(use_true_random=False))
def test_order_of_records_does_not_matter(records: dict[str, dict[str, Any]], shuffle: Any) -> None:
    """
    Records in any order give the same pairs and the same clusters.
    """
    mixed = list(records.items())
    shuffle.shuffle(mixed)

    assert match_all(RULES, records) == match_all(RULES, dict(mixed))
    assert cluster_all(RULES, records) == cluster_all(RULES, dict(mixed))


@given(RECORDS)
def test_scope_is_never_crossed(records: dict[str, dict[str, Any]]) -> None:
    """
    No cluster holds records of two kinds, whatever brings them together.
    """
    for group in cluster_all(RULES, records).groups:
        assert 1 == len({records[id]["type"] for id in group})
