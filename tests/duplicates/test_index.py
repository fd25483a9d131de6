"""Promises of the index: it finds what shares a key, compares as comparing does, and tells its cap."""

from typing import Any

import pytest

from jobkit.duplicates import Found, Index, MatchRules, compare
from jobkit.errors import Invalid, RuleFailed
from jobkit.registry import Registry
from tests.duplicates.policies import ASSET, DAY, HOUR, KEYS, NOW, TEXT, WINDOW, load, request


def filled(rules: MatchRules, *requests: Any) -> Index:
    """Return an index of requests numbered from J-0 on."""
    index = Index(rules)
    for number, one in enumerate(requests):
        index.add(f"J-{number}", one)
    return index


def ids(found: Found) -> list[str]:
    """Return the ids of what was found, in order."""
    return [one.id for one in found.matches]


def codes(found: Found) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in found.findings]


def test_twin_is_found_with_its_explanation() -> None:
    """
    A job on the same asset is found and compared as the two alone are.
    """
    index = filled(load(), request(), request("PC-9", "no oil"))
    asked = request("ex 12", "start: won't!")

    found = index.find(asked)

    assert ["J-0"] == ids(found)
    assert compare(load(), asked, request()) == found.matches[0].match
    assert 1 == found.considered


@pytest.mark.parametrize(
    "asked",
    [
        request("EX12", "other words"),
        request(None, "cannot be said", phone="+49 151 2345678"),
        request(None, "START it"),
    ],
)
def test_keys_are_joined_by_or(asked: Any) -> None:
    """
    Asset, phone or a word alone makes a candidate.
    """
    index = filled(load(), request(phone="0151 2345678"))

    assert 1 == index.find(asked, different=True).considered


def test_key_stands_back_where_another_found_something() -> None:
    """
    Words are asked only when the asset leads to nobody; a mistyped asset leads to nobody.
    """
    index = filled(load(), request("A1", "smoke"), request("B2", "smoke"))

    assert 1 == index.find(request("A1", "smoke"), different=True).considered
    assert 2 == index.find(request("A7", "smoke"), different=True).considered


def test_key_does_not_stand_back_for_what_is_left_out() -> None:
    """
    A key that leads only to excluded records, or to none inside the window, counts as leading to nobody.
    """
    rules = load(window={**WINDOW, "cut": "30d"})
    index = filled(
        rules, request("A1", "smoke", opened=NOW - 60 * DAY), request("A1", "smoke"), request("B2", "smoke")
    )

    assert ["J-2"] == ids(index.find(request("A1", "smoke"), exclude=["J-1"], different=True))


def test_best_match_comes_first() -> None:
    """
    Matches go by score, of equal ones the newest first, then by id.
    """
    index = filled(
        load(),
        request(text="squeaks", opened=NOW - 2 * HOUR),
        request(opened=NOW - 2 * HOUR),
        request(opened=NOW - HOUR),
        request(opened=NOW - HOUR),
    )

    found = index.find(request())

    assert ["J-2", "J-3", "J-1", "J-0"] == ids(found)
    assert ["J-2", "J-3"] == ids(index.find(request(), limit=2))
    assert 4 == index.find(request(), limit=2).considered


def test_what_differs_is_told_on_request_only() -> None:
    """
    Candidates of the band different are compared, and listed only where they are asked for.
    """
    index = filled(load(), request(None, "start me", opened=NOW - 100 * DAY))
    asked = request(None, "start it now, please do", opened=NOW)

    assert [] == ids(index.find(asked))
    assert ["J-0"] == ids(index.find(asked, different=True))


def test_record_does_not_match_itself() -> None:
    """
    A record that is in the index itself is left out by its id.
    """
    index = filled(load(), request(), request())

    assert ["J-1"] == ids(index.find(request(), exclude=["J-0"]))
    assert 0 == index.find(request(), exclude={"J-0", "J-1"}).considered


def test_adding_again_replaces() -> None:
    """
    A record that changed is taken in anew: its old keys lead to it no more.
    """
    index = filled(load(), request("A1", "smoke"))

    index.add("J-0", request("B2", "water"))

    assert 1 == len(index)
    assert 0 == index.find(request("A1", "smoke"), different=True).considered
    assert 1 == index.find(request("B2"), different=True).considered


def test_removing_what_is_not_there_does_nothing() -> None:
    """
    Forgetting an unknown id is no error, and a removed record is gone.
    """
    index = filled(load(), request())
    index.remove("J-9")
    index.remove("J-0")
    index.remove("J-0")

    assert "J-0" not in index
    assert 0 == len(index)
    assert 0 == index.find(request(), different=True).considered


def test_refused_record_leaves_the_index_as_it_was() -> None:
    """
    A record with a value of a wrong kind is refused, and what stood under its id stays.
    """
    index = filled(load(), request())

    with pytest.raises(Invalid, match="asset"):
        index.add("J-0", {"asset": 1.5})

    assert ["J-0"] == ids(index.find(request()))


def test_closed_record_stays_a_candidate() -> None:
    """
    The index asks nobody for a state: a closed or merged job whose thread was heard of lately is found.
    """
    index = filled(load(), request(opened=NOW - 60 * DAY, latest=NOW - HOUR, state="closed"))

    assert "same" == index.find(request()).matches[0].match.band


def test_cap_tells_when_it_bites() -> None:
    """
    Of more records than the cap the newest are compared, and a finding says that some were not.
    """
    index = filled(load(cap=3), *(request(opened=NOW - place * HOUR) for place in range(5)))

    found = index.find(request())

    assert ["J-0", "J-1", "J-2"] == ids(found)
    assert 3 == found.considered
    assert ["duplicates.capped"] == codes(found)
    assert "cap of 3" in found.findings[0].message
    assert [] == codes(index.find(request(), exclude=["J-0", "J-1"]))


def test_cap_prefers_rarer_and_more_keys() -> None:
    """
    Where the cap bites, a record that shares a rare word comes before newer ones that share a common one.
    """
    requests = [request(None, "the pump", opened=NOW - place * HOUR) for place in range(8)]
    rare = request(None, "the gearbox", opened=NOW - 20 * DAY)
    index = filled(load(cap=2), *requests, rare)

    found = index.find(request(None, "the gearbox"), different=True)

    assert {"J-8", "J-0"} == set(ids(found))
    assert ["duplicates.capped"] == codes(found)


def test_one_rare_key_outweighs_two_common_ones() -> None:
    """
    What a key tells counts by how few records share it.
    """
    common = [request(None, "the pump", opened=NOW - place * HOUR) for place in range(30)]
    index = filled(load(cap=2), *common, request(None, "gearbox", opened=NOW - 20 * DAY))

    assert "J-30" in ids(index.find(request(None, "the pump gearbox"), different=True))


def test_word_that_misleads_leaves_room_for_the_others() -> None:
    """
    A rare word that many others happen to share does not crowd out the twin that shares the rest.
    """
    odd = [request(None, "zzz", opened=NOW - place * HOUR) for place in range(12)]
    common = [request(None, "pump leaks", opened=NOW - (place + 1) * HOUR) for place in range(14)]
    index = filled(load(cap=2), *odd, request(None, "pump leaks oil"), *common)

    found = index.find(request(None, "zzz pump leaks"), different=True)

    assert "J-12" in ids(found)


def test_all_that_share_many_words_are_compared_without_alarm() -> None:
    """
    The cap counts records, not the words that they share.
    """
    text = "a long text of very many words that two people wrote about one pump"
    index = filled(load(cap=2), request(None, text), request(None, text, opened=NOW - HOUR))

    found = index.find(request(None, text))

    assert (2, []) == (found.considered, codes(found))


def test_excluded_records_do_not_crowd_out_others() -> None:
    """
    However many of the newest are excluded, the older ones are compared, and a cap that bites is told.
    """
    index = filled(load(cap=2), *(request(opened=NOW - place * HOUR) for place in range(30)))

    found = index.find(request(), exclude=[f"J-{place}" for place in range(20)])

    assert ["J-20", "J-21"] == ids(found)
    assert ["duplicates.capped"] == codes(found)


def test_work_is_bounded_for_words_that_everybody_uses() -> None:
    """
    However many records share the words, only so many entries are looked at as the cap allows.
    """
    index = filled(
        load(cap=2), *(request(None, "pump leaks", opened=NOW - place * HOUR) for place in range(90))
    )

    found = index.find(request(None, "pump leaks"), different=True)

    assert (2, ["duplicates.capped"]) == (found.considered, codes(found))
    assert ["J-0", "J-1"] == ids(found)


def test_most_limits_a_key_and_tells() -> None:
    """
    Of a value that more than most records share, such as a call centre's phone, the newest count.
    """
    keys = [{**KEYS[1], "most": 2}]
    rules = load(keys=keys)
    index = filled(rules, *(request(phone="0151 2345678", opened=NOW - place * DAY) for place in range(4)))

    found = index.find(request(phone="0151 2345678"))

    assert ["J-0", "J-1"] == ids(found)
    assert ["duplicates.trimmed"] == codes(found)
    assert "phone" in found.findings[0].message


def test_record_without_keys_is_told() -> None:
    """
    What cannot be looked up is compared with nothing, and a finding says what is needed.
    """
    found = filled(load(), request()).find({"opened": NOW})

    assert ((), 0, ["duplicates.no_keys"]) == (found.matches, found.considered, codes(found))
    assert "asset, phone, words" in found.findings[0].message


def test_long_text_is_told() -> None:
    """
    What of a text of a million characters was not read is said with the match.
    """
    index = filled(load(), request("EX12", "won't start " * 100_000))

    match = index.find(request()).matches[0].match

    assert ["duplicates.cut"] == [finding.code for finding in match.findings]
    assert "text" in match.findings[0].message


def test_fields_that_are_long_together_are_told() -> None:
    """
    Texts of several fields that are joined beyond what is read are told as cut.
    """
    joined = {**TEXT, "field": None, "fields": ["title", "text"]}
    record = {"title": "a", "text": "start " * 333}

    found = [compare(load(rules=[joined]), {**record, "title": title}, record) for title in ("a", "a" * 99)]

    assert [0, 1] == [len(match.findings) for match in found]


def test_cut_leaves_out_what_is_older_and_keeps_what_has_no_date() -> None:
    """
    With a cut, nothing before the window is looked at; a record without a date stays a candidate.
    """
    rules = load(window={**WINDOW, "cut": "30d"})
    index = filled(
        rules,
        request(opened=NOW - 31 * DAY),
        request(opened=NOW - 30 * DAY),
        request(opened=None),
        request(opened=NOW + 31 * DAY),
    )

    found = index.find(request(), different=True)

    assert {"J-1", "J-2", "J-3"} == set(ids(found))
    assert {"J-1", "J-2"} == set(ids(index.find(request())))


def test_cut_counts_from_the_beginning_of_a_thread() -> None:
    """
    A request whose thread began long ago reaches as far back as the window from its beginning.
    """
    rules = load(window={**WINDOW, "cut": "30d"})
    index = filled(rules, request(opened=NOW - 60 * DAY))

    assert 1 == index.find(request(opened=NOW - 40 * DAY, latest=NOW)).considered


def test_cap_counts_what_has_no_date() -> None:
    """
    Records without a date are under the cap like all others.
    """
    rules = load(window={**WINDOW, "cut": "30d"}, cap=2)
    undated = [request(opened=None)] * 3
    index = filled(rules, request(opened=NOW - 31 * DAY), request(), *undated)

    found = index.find(request(), different=True)

    assert (2, ["duplicates.capped"]) == (found.considered, codes(found))


def test_within_asks_for_what_is_recent() -> None:
    """
    A request may ask for what was reported a short while before it; scores are those of asking for all.
    """
    instants = (NOW - 9 * DAY, NOW - DAY, None)
    index = filled(load(), *(request(opened=opened) for opened in instants))
    everything = {one.id: one.match for one in index.find(request(), different=True).matches}
    found = index.find(request(), different=True, within=2 * DAY)

    assert {"J-0", "J-1", "J-2"} == set(everything)
    assert {"J-1", "J-2"} == set(ids(found))
    assert all(one.match == everything[one.id] for one in found.matches)


def test_within_never_reaches_beyond_the_cut() -> None:
    """
    Of the window's cut and what a request asks for, the nearer end holds.
    """
    index = filled(load(window={**WINDOW, "cut": "5d"}), request(opened=NOW - 9 * DAY))

    assert () == index.find(request(), different=True, within=30 * DAY).matches


def test_cut_does_not_hold_for_a_request_without_a_date() -> None:
    """
    A request of which nobody knows the time is compared with all.
    """
    rules = load(window={**WINDOW, "cut": "30d"})

    assert 1 == filled(rules, request(opened=NOW - 300 * DAY)).find(request(opened=None)).considered


def test_several_values_of_one_field_are_keys_each() -> None:
    """
    A field with several texts, such as phones, makes a key of each; parts of a key all count.
    """
    keys = [
        {
            "name": "phones",
            "parts": [{"field": "phones", "form": "phone", "each": True}, {"field": "zip", "first": 3}],
        }
    ]
    index = Index(load(rules=[ASSET, TEXT], keys=keys))
    index.add("J-1", {"phones": ["0151 1", "0152 2"], "zip": "60601"})

    def considered(phones: Any, zip_code: str | None) -> int:
        return index.find({"phones": phones, "zip": zip_code}, different=True).considered

    assert [1, 1, 0, 0, 0] == [
        considered(["152-2"], "60699"),
        considered("(0151) 1", "60601"),
        considered(["152-2"], "70601"),
        considered(["152-2"], None),
        considered(["9"], "60601"),
    ]


def test_host_comparator_that_raises_is_named() -> None:
    """
    What a comparator raises during a search comes back typed, with its name.
    """

    def fails(left: object, right: object) -> float:
        raise KeyError(left)

    rules = load(Registry.of(comparator={"acme.fails": fails}), rules=[{**ASSET, "kind": "acme.fails"}])

    with pytest.raises(RuleFailed, match=r"acme\.fails"):
        filled(rules, request()).find(request())
