"""Promises of learning weights from records that nobody labelled."""

from typing import get_args

import pytest

from jobkit.duplicates import Against, Session, compare, starting_rules
from jobkit.duplicates._batch import cluster_all, match_all
from jobkit.duplicates._learn import learn
from jobkit.duplicates._learn_draws import numbers, pairs
from jobkit.duplicates._learn_report import session_findings
from jobkit.errors import Invalid
from tests.duplicates._people import KEYS, agencies, people, rules

BOTH = get_args(Against)


def test_learned_weights_find_the_planted_pairs() -> None:
    """
    Without one label, most people who were written down twice are found, and hardly a stranger.

    Of those left over, one record names no phone, and the names alone are those of several people.
    """
    records, same = people()
    learned = learn(rules(), records, seed=1).rules
    found = cluster_all(learned, records).pairs

    assert len(found & same) > 0.8 * len(same)
    assert len(found - same) < 0.05 * len(found)


def test_weights_say_what_is_rare_and_what_is_common() -> None:
    """
    A phone number tells more than a name, a name more than a city; and disagreement speaks against.
    """
    records, _ = people()
    found = {each.rule: each.weights for each in learn(rules(), records, seed=1).report.rules}

    assert found["phone"][0] > found["surname"][0] > found["city"][0] > 0
    assert all(weights[-1] < 0 for weights in found.values())


def test_prior_tells_how_many_pairs_are_the_same() -> None:
    """
    The number of pairs expected to be the same comes close to those that were planted.
    """
    records, same = people()
    report = learn(rules(), records, seed=1).report

    assert report.expected == pytest.approx(len(same), rel=0.1)
    assert report.prior == pytest.approx(-9.5, abs=1)


def test_same_seed_same_rules() -> None:
    """
    Learning again, from the records in any order, gives rules with the same digest.
    """
    records, _ = people(120)
    backwards = dict(reversed(records.items()))
    once, again = (learn(rules(), some, seed=7, draws=2_000) for some in (records, backwards))

    assert once.rules.digest == again.rules.digest
    assert once.report == again.report


def test_other_seed_draws_other_pairs() -> None:
    """
    The seed decides which pairs are drawn, and hardly changes what is learned.
    """
    records, _ = people(120)
    once, again = (learn(rules(), records, seed=seed, draws=5_000) for seed in (1, 2))

    assert once.rules.digest != again.rules.digest
    assert once.report.prior == pytest.approx(again.report.prior, abs=0.3)


def test_learned_rules_are_data() -> None:
    """
    What was learned is written into rules that dump and load like those made by hand.
    """
    records, _ = people(120)
    learned = learn(rules(), records, seed=1).rules

    assert learned.digest == type(learned).load(learned.to_data()).digest
    assert "surname" in learned.to_data()["frequencies"]


def test_rare_name_weighs_more() -> None:
    """
    Agreement on a name that one family has tells more than on a name that half the town has.
    """
    records, _ = people(120)
    for number in range(60):
        records[f"X{number}"] = {"surname": "Miller", "given": "Anna", "phone": None, "city": "Ulm"}
    records["R"] = {"surname": "Zwingli"}
    table = learn(rules(), records, seed=1).rules.data.frequencies["surname"]

    assert table.bits["miller"] < 0 < table.otherwise


def test_rule_that_no_key_leaves_free_keeps_its_weights() -> None:
    """
    A rule on the field of the only key cannot be learned; it stays by hand and the report says so.
    """
    records, _ = people(120)
    only = rules(keys=KEYS[:1])
    learned = learn(only, records, seed=1)
    told = [finding for finding in learned.report.findings if finding.code == "duplicates.never_free"]

    assert ["phone"] == [finding.params["rule"] for finding in told]
    assert only.data.rules[2] == learned.rules.data.rules[2]


def test_key_that_nobody_shares_is_told() -> None:
    """
    A key without pairs teaches nothing, and the report warns of it.
    """
    records, _ = people(60)
    lonely = {"name": "id", "parts": [{"field": "id"}]}
    learned = learn(rules(keys=[*KEYS, lonely]), records, seed=1)

    assert "id" in [finding.params.get("key") for finding in learned.report.findings]


def test_records_of_one_source_teach_nothing_about_each_other() -> None:
    """
    Where a source has each person once, only pairs across sources are learned from.
    """
    records, same = people()
    sourced = {id: {**record, "source": id[-1]} for id, record in records.items()}
    report = learn(rules(one_to_one="source"), sourced, seed=1).report

    assert report.compared < len(match_all(rules(), records).pairs)
    assert report.expected == pytest.approx(len(same), rel=0.1)


def test_neighbours_that_share_much_are_told_apart() -> None:
    """
    Sites of one agency share phone and half their name; learned against neighbours, their pairs weigh less.
    """
    sites = agencies()
    fields = {"site": "title", "street": "address", "phone": "phone"}
    one, other = sites["A00-0-a"], sites["A00-1-a"]
    scores = []
    for against in BOTH:
        learned = learn(starting_rules(fields), sites, seed=1, against=against).rules
        scores.append(compare(learned, one, other).score - compare(learned, one, sites["A00-0-b"]).score)

    assert scores[1] < scores[0] < 0


@pytest.mark.parametrize("against", BOTH)
def test_either_way_of_learning_finds_people(against: Against) -> None:
    """
    Against strangers or neighbours, learning finds most people and repeats itself to the last digit.
    """
    records, same = people(150)
    first, second = (learn(rules(), records, seed=1, draws=5_000, against=against) for _ in range(2))
    found = cluster_all(first.rules, records).pairs

    assert first.rules.digest == second.rules.digest
    assert len(found & same) > 0.7 * len(same)


def test_too_few_records_are_refused() -> None:
    """
    A handful of records teaches nothing, and that is said with their number.
    """
    records, _ = people(5)

    with pytest.raises(Invalid) as refused:
        learn(rules(), {id: records[id] for id in sorted(records)[:4]}, seed=1)

    assert "duplicates.few_records" == refused.value.code


def test_learning_without_any_pair_changes_no_weight() -> None:
    """
    Records that share nothing leave the weights as they were.
    """
    records = {f"P{number}": {"surname": f"N{number:04}", "phone": f"{number}" * 7} for number in range(12)}
    learned = learn(rules(), records, seed=1)

    assert [rule.levels for rule in rules().data.rules] == [rule.levels for rule in learned.rules.data.rules]
    assert {"duplicates.no_pairs", "duplicates.never_free"} <= {one.code for one in learned.report.findings}


def test_learning_that_did_not_settle_is_told() -> None:
    """
    A key whose learning ran out of rounds is named with them; one that settled is not.
    """
    told = [
        Session(key=key, pairs=500, share=0.2, rounds=500, settled=settled)
        for key, settled in (("phone", False), ("site", True))
    ]
    found = list(session_findings(told, least=10))

    assert ["duplicates.not_settled"] == [finding.code for finding in found]
    assert "phone had not settled after 500 rounds" in found[0].message


def test_report_reads_well() -> None:
    """
    The report names the records, the pairs expected, the prior, and the bits of each rule.
    """
    records, _ = people(120)
    told = learn(rules(), records, seed=1).report.explain().splitlines()

    assert f"{len(records)} records" in told[0]
    assert ["surname", "given", "phone", "city"] == [line.split(":")[0].strip() for line in told[1:5]]


def test_draws_are_even_and_repeatable() -> None:
    """
    Drawn numbers are the same for a seed, others for another, and pairs are of two different ids.
    """
    ids = [f"R{number:03}" for number in range(100)]
    drawn = list(pairs(ids, 2_000, seed=3))

    assert drawn == list(pairs(ids, 2_000, seed=3)) != list(pairs(ids, 2_000, seed=4))
    assert all(left < right for left, right in drawn)
    assert {id for pair in drawn for id in pair} == set(ids)
    assert next(numbers(1)) != next(numbers(2))


def test_few_ids_are_all_paired() -> None:
    """
    Where there are no more pairs than asked for, each comes once.
    """
    assert [("A", "B"), ("A", "C"), ("B", "C")] == list(pairs(["A", "B", "C"], 3, seed=1))
