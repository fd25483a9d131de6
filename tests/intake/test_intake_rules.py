"""Promises of the rules as they are loaded: everything wrong at once, each part with its place."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobkit.codes import Code, CodeList
from jobkit.errors import Invalid
from jobkit.intake import TOPICS, IntakeData, IntakeRules, PackageData
from jobkit.registry import Registry
from jobkit.requirements import Requirement
from jobkit.versions import Version, Versions
from tests.intake._world import NOW, RULES, job, registry, rules

ASSET = {"id": "asset", "field": "job.subject.asset"}


def refused(**tables: Any) -> dict[str, str]:
    """Return the codes of what is refused in rules with these tables, by place."""
    with pytest.raises(Invalid) as caught:
        IntakeRules.load({"id": "intake", **tables})
    return {finding.path: finding.code for finding in caught.value.findings}


def test_rules_load_dump_and_load_again() -> None:
    """
    Rules dump to plain data that loads back to equal rules with the same hash.
    """
    first = rules()
    again = IntakeRules.load(first.to_data(), registry=registry())

    assert (first.data, first.digest) == (again.data, again.digest)
    assert ("intake", "4") == (first.id, first.version)


def test_hash_tells_rules_apart() -> None:
    """
    Rules that ask for anything else have another hash.
    """
    assert rules().digest != rules(version="5").digest


def test_rules_of_values_are_those_of_data() -> None:
    """
    Rules that are built in Python equal those that are loaded from data.
    """
    built = IntakeData(
        id="intake",
        packages=(
            PackageData(
                id="p", types=("repair",), requirements=(Requirement(id="asset", field="job.subject.asset"),)
            ),
        ),
    )
    told = {"id": "intake", "packages": [{"id": "p", "types": ["repair"], "requirements": [ASSET]}]}

    assert IntakeRules.load(told).data == IntakeRules.load(built).data


def test_triage_has_four_topics_unless_told_otherwise() -> None:
    """
    Ownership, entitlement, duplicates and parts are verified by default; an empty list leaves none.
    """
    assert ("ownership", "entitlement", "duplicates", "parts") == tuple(topic.id for topic in TOPICS)
    assert TOPICS == IntakeRules.load({"id": "intake"}).topics("repair")
    assert () == IntakeRules.load({"id": "intake", "topics": []}).topics("repair")


def test_topics_may_be_of_some_types() -> None:
    """
    A topic that names job types is verified of those only.
    """
    told = IntakeRules.load({"id": "intake", "topics": [{"id": "warranty", "types": ["warranty"]}]})

    assert ["warranty"] == [topic.id for topic in told.topics("warranty")]
    assert () == told.topics("repair")


def test_every_problem_comes_at_once() -> None:
    """
    What is wrong in several tables is told together, each with its place.
    """
    found = refused(
        lists=[{"id": "l", "codes": [{"id": "A.1"}]}],
        packages=[
            {"id": "a", "types": ["r"], "requirements": [{"id": "x", "field": "job.nowhere"}]},
            {"id": "b", "types": ["r"], "includes": ["none"]},
        ],
        promotion={"fields": {"work.symptom": "nowhere"}, "when": "job.nope"},
    )

    assert {
        "$.lists[l@1].codes[A.1]": "codes.no_parent",
        "$.packages[a@1].requirements[x].field.field": "conditions.unknown_fact",
        "$.packages[b@1].types": "intake.two_packages",
        "$.packages[b@1].includes": "intake.no_included",
        "$.promotion.fields": "intake.no_place",
    }.items() <= found.items()
    assert any(path.startswith("$.promotion.when") for path in found)


def test_unknown_keys_are_refused() -> None:
    """
    A misspelt key is refused with the nearest one.
    """
    with pytest.raises(Invalid, match="packages"):
        IntakeRules.load({"id": "intake", "pakages": []})


@pytest.mark.parametrize(
    ("tables", "place", "code"),
    [
        (
            {"packages": [{"id": "a", "includes": ["b"]}, {"id": "b", "includes": ["c"]}, {"id": "c"}]},
            "$.packages[a@1].includes",
            "intake.nested",
        ),
        (
            {
                "packages": [
                    {
                        "id": "a",
                        "requirements": [
                            {
                                "id": "x",
                                "kind": "code",
                                "field": "job.work.symptom",
                                "options": {"list": "none"},
                            }
                        ],
                    }
                ]
            },
            "$.packages[a@1].requirements[x].options.list",
            "requirements.no_list",
        ),
        (
            {
                "packages": [
                    {
                        "id": "a",
                        "requirements": [{"id": "x", "kind": "lookup", "options": {"lookup": "none"}}],
                    }
                ]
            },
            "$.packages[a@1].requirements[x].options.lookup",
            "intake.no_lookup",
        ),
        (
            {
                "packages": [
                    {"id": "a", "requirements": [{"id": "x", "kind": "format", "field": "job.work.symptom"}]}
                ]
            },
            "$.packages[a@1].requirements[x].options",
            "requirements.no_option",
        ),
        ({"lookups": [{"id": "k"}]}, "$.lookups[k].call", "registry.unknown"),
        ({"lookups": [{"id": "k", "facts": {"found": "bool"}}]}, "$.lookups[k].facts", "intake.reserved"),
        (
            {"lookups": [{"id": "k", "facts": {"a": "text"}, "shown": {"b": "B"}}]},
            "$.lookups[k].shown",
            "intake.no_fact",
        ),
        ({"lookups": [{"id": "k", "topic": "parts"}]}, "$.lookups[k].topic", "intake.unjudged"),
        (
            {"lookups": [{"id": "k", "topic": "none", "passed_when": "lookup.k.found"}]},
            "$.lookups[k].topic",
            "intake.no_topic",
        ),
        (
            {
                "topics": [{"id": "t", "person": True}],
                "lookups": [{"id": "k", "topic": "t", "passed_when": "lookup.k.found"}],
            },
            "$.lookups[k].topic",
            "intake.by_machine",
        ),
        ({"topics": [{"id": "t", "about": ["work.nope"]}]}, "$.topics[t].about", "intake.no_place"),
        ({"lookups": [{"id": "k", "facts": {"a": "colour"}}]}, "$.lookups[k].facts", "facts.kind"),
        (
            {"promotion": {"fields": {"fields.a": "work.symptom", "fields.b": "job.work.symptom"}}},
            "$.promotion.fields",
            "intake.same_target",
        ),
        ({"forms": [{"id": "f"}, {"id": "g"}]}, "$.forms[g]", "intake.same_form"),
        ({"forms": [{"id": "f", "questions": [{"id": "q"}]}]}, "$.forms[f].questions[q]", "intake.question"),
        (
            {
                "forms": [
                    {"id": "f", "questions": [{"id": "q", "values": {"1": "a"}, "answers": [{"id": "a"}]}]}
                ]
            },
            "$.forms[f].questions[q]",
            "intake.question",
        ),
        (
            {"forms": [{"id": "f", "questions": [{"id": "q", "path": "work.nope"}]}]},
            "$.forms[f].questions[q].path",
            "intake.no_place",
        ),
        (
            {
                "forms": [
                    {
                        "id": "f",
                        "questions": [{"id": "q", "path": "work"}, {"id": "s", "path": "work.symptom"}],
                    }
                ]
            },
            "$.forms[f].questions[q]",
            "intake.question",
        ),
        ({"forms": [{"id": "f", "unmapped": "work.symptom"}]}, "$.forms[f].unmapped", "intake.no_place"),
    ],
)
def test_what_cannot_work_is_refused(tables: dict[str, Any], place: str, code: str) -> None:
    """
    Each contradiction inside the rules is refused with its place before any job meets it.
    """
    assert code == refused(**tables).get(place)


@pytest.mark.parametrize(
    ("change", "place", "code"),
    [
        ({"relax": [{"id": "asset", "by": " ", "reason": "so"}]}, "relax[asset]", "intake.no_authority"),
        (
            {"relax": [{"id": "asset", "by": "boss", "reason": "so", "severity": "block"}]},
            "relax[asset]",
            "intake.not_relaxed",
        ),
        ({"harden": [{"id": "asset"}]}, "harden[asset]", "intake.not_hardened"),
        ({"harden": [{"id": "asset", "severity": "warn"}]}, "harden[asset]", "intake.not_hardened"),
        ({"harden": [{"id": "asset", "always": True}]}, "harden[asset]", "intake.not_hardened"),
        ({"harden": [{"id": "aset", "weight": 2}]}, "harden[aset]", "intake.unknown_requirement"),
        ({"add": [ASSET]}, "add", "intake.added_twice"),
    ],
)
def test_overlay_must_do_what_it_says(change: dict[str, Any], place: str, code: str) -> None:
    """
    An account that relaxes without authority, or changes nothing or nobody's requirement, is refused.
    """
    packages = [{"id": "p", "types": ["repair"], "requirements": [ASSET]}]

    assert {f"$.accounts[acme@1].{place}": code} == refused(
        packages=packages, accounts=[{"id": "acme", **change}]
    )


def test_account_cannot_do_both() -> None:
    """
    To relax and to harden one requirement at once is refused.
    """
    packages = [{"id": "p", "types": ["repair"], "requirements": [ASSET]}]
    account = {
        "id": "acme",
        "relax": [{"id": "asset", "by": "boss", "reason": "so"}],
        "harden": [{"id": "asset", "weight": 2}],
    }

    assert {"$.accounts[acme@1].relax": "intake.both_ways"} == refused(packages=packages, accounts=[account])


COVER = {"id": "cover", "kind": "lookup", "options": {"lookup": "cover"}}


@pytest.mark.parametrize(
    ("tables", "place"),
    [
        (
            {"packages": [{"id": "p", "types": ["a", "b"], "requirements": [COVER]}]},
            "packages[p@1].requirements",
        ),
        (
            {
                "packages": [
                    {"id": "core", "requirements": [COVER]},
                    {"id": "p", "types": ["b"], "includes": ["core"]},
                ]
            },
            "packages[core@1].requirements",
        ),
        (
            {"packages": [{"id": "p", "types": ["a", "b"]}], "accounts": [{"id": "acme", "add": [COVER]}]},
            "accounts[acme@1].add",
        ),
    ],
    ids=["own", "included", "account"],
)
def test_required_look_up_must_be_asked(tables: dict[str, Any], place: str) -> None:
    """
    A look-up that is required of jobs for which it is never asked is refused, unless it is said for whom.
    """
    lookups = [{"id": "cover", "types": ["a"]}]
    names = Registry.of(lookup={"cover": lambda job, now: None})
    with pytest.raises(Invalid) as caught:
        IntakeRules.load({"id": "i", "lookups": lookups, **tables}, registry=names)
    limited = {**COVER, "applies_when": "job.type == 'a'"}
    said = IntakeRules.load(
        {"id": "i", "lookups": lookups, "packages": [{"id": "p", "types": ["b"], "requirements": [limited]}]},
        registry=names,
    )

    assert {f"$.{place}[cover]": "intake.unasked"} == {each.path: each.code for each in caught.value.findings}
    assert ["b"] == caught.value.findings[0].params["types"]
    assert "i" == said.id


def test_overlay_never_turns_round() -> None:
    """
    In a version that asks less already, relaxing does not raise it, nor does hardening lower what is more.
    """
    versions = [
        {"id": "p", "version": "1", "types": ["repair"], "requirements": [{**ASSET, "severity": "block"}]},
        {
            "id": "p", "version": "2", "types": ["repair"], "effective_from": "2026-06-01T00:00:00Z",
            "requirements": [{**ASSET, "severity": "info", "weight": 9}],
        },
    ]  # fmt: skip
    mild = {"id": "mild", "relax": [{"id": "asset", "by": "boss", "reason": "so", "severity": "warn"}]}
    hard = {"id": "hard", "harden": [{"id": "asset", "weight": 5}]}
    told = IntakeRules.load({"id": "i", "packages": versions, "accounts": [mild, hard]})

    def asked(account: str, at: datetime) -> tuple[str, int]:
        governing = told.governing("repair", account, at)
        assert governing is not None
        (one,) = governing.package.data.requirements
        return one.severity, one.weight

    later = datetime(2026, 7, 1, tzinfo=UTC)
    assert [("warn", 1), ("info", 9)] == [asked("mild", at) for at in (NOW, later)]
    assert [("block", 5), ("info", 9)] == [asked("hard", at) for at in (NOW, later)]


@pytest.mark.parametrize(
    "question",
    [
        {"id": "q", "answers": [{"id": "a", "sets": {"work.symptom": "LEEK"}}]},
        {"id": "q", "path": "work.symptom", "values": {"42": "LEEK"}},
    ],
)
def test_forms_stand_for_codes_that_there_are(question: dict[str, Any]) -> None:
    """
    An answer that stands for a code which no version of the list has is refused, with the nearest code.
    """
    asked = {"id": "s", "kind": "code", "field": "job.work.symptom", "options": {"list": "symptom"}}
    found = refused(
        lists=[{"id": "symptom", "codes": [{"id": "LEAK"}]}],
        packages=[{"id": "p", "requirements": [asked]}],
        forms=[{"id": "f", "questions": [question]}],
    )

    assert {"$.forms[f].questions[q]": "intake.form_code"} == found


def test_types_are_checked_where_they_are_known() -> None:
    """
    Given the job types that there are, a package for another one is refused.
    """
    with pytest.raises(Invalid) as caught:
        IntakeRules.load({"id": "i", "packages": [{"id": "p", "types": ["repiar"]}]}, types=["repair"])

    assert "$.packages[p@1].types" == caught.value.path


def test_lists_may_come_from_elsewhere_once() -> None:
    """
    A code list that the host gives along can be asked for, and clashes with one of the same name.
    """
    given = {"cause": Versions([Version(NOW, "1", CodeList(id="cause", codes=(Code(id="WEAR"),)))])}
    asked = {"id": "c", "kind": "code", "field": "job.outcome.cause", "options": {"list": "cause"}}
    told = IntakeRules.load({"id": "i", "packages": [{"id": "p", "requirements": [asked]}]}, codes=given)

    assert ["cause"] == list(told.lists)
    with pytest.raises(Invalid) as caught:
        IntakeRules.load({"id": "i", "lists": [{"id": "cause"}]}, codes=given)
    assert "intake.list_twice" == caught.value.code


def test_package_of_the_day_governs() -> None:
    """
    From its effective date on, the next version governs, and before the first one none does.
    """
    begins = datetime(2026, 6, 1, tzinfo=UTC)
    told = IntakeRules.load(
        {
            "id": "i",
            "packages": [
                {"id": "p", "version": "1", "types": ["repair"], "effective_from": "2026-01-01T00:00:00Z"},
                {"id": "p", "version": "2", "types": ["repair"], "effective_from": "2026-06-01T00:00:00Z"},
            ],
        }
    )
    versions = [
        None if (found := told.governing("repair", None, at)) is None else found.version
        for at in (datetime(2025, 12, 31, tzinfo=UTC), begins - timedelta(seconds=1), begins)
    ]

    assert [None, "1", "2"] == versions


def test_version_may_leave_a_type_out() -> None:
    """
    A type that the version of the day does not name any more has no package.
    """
    told = IntakeRules.load(
        {
            "id": "i",
            "packages": [
                {"id": "p", "version": "1", "types": ["repair", "cleaning"]},
                {"id": "p", "version": "2", "types": ["repair"], "effective_from": "2026-06-01T00:00:00Z"},
            ],
        }
    )

    assert told.governing("cleaning", None, NOW) is not None
    assert None is told.governing("cleaning", None, datetime(2026, 7, 1, tzinfo=UTC))


def test_two_versions_of_one_day_are_refused() -> None:
    """
    Versions that begin at the same instant leave open which one governs.
    """
    packages = [{"id": "p", "version": "1"}, {"id": "p", "version": "2"}]

    assert {"$.packages": "versions.same_start"} == refused(packages=packages)


def test_account_changes_what_is_asked_of_it() -> None:
    """
    The package of an account has what it adds, lacks what it relaxes, and weighs what it hardens more.
    """
    told = rules()
    plain, theirs = told.governing("repair", "berg", NOW), told.governing("repair", "acme", NOW)
    assert plain is not None
    assert theirs is not None
    weights = {one.id: one.weight for one in theirs.package.data.requirements}

    assert {"asset": 3, "symptom": 5, "serial": 1, "order": 1} == weights
    assert ((), ("acme@1",)) == (plain.accounts, theirs.accounts)
    assert plain.hash != theirs.hash


def test_account_ends() -> None:
    """
    An overlay counts from its first instant until, and not at, its last, and for its types only.
    """
    account = {
        "id": "acme", "types": ["repair"], "effective_from": "2026-03-10T08:00:00Z",
        "effective_to": "2026-03-11T08:00:00Z", "add": [{"id": "order", "field": "job.terms.purchase_order"}],
    }  # fmt: skip
    told = rules(accounts=[account])
    days = (NOW - timedelta(seconds=1), NOW, NOW + timedelta(days=1))
    governed = [told.governing(type_, "acme", at) for type_ in ("repair", "warranty") for at in days]

    assert [(), ("acme@1",), (), (), (), ()] == [each.accounts for each in governed if each is not None]


def test_governing_package_is_made_once() -> None:
    """
    Asked twice, the same package answers, so that nothing is read again for each job.
    """
    told = rules()
    one, two = told.governing("repair", "acme", NOW), told.governing("warranty", "acme", NOW)
    assert one is not None
    assert two is not None

    assert one.package is two.package


def test_naive_instant_is_refused() -> None:
    """
    Which package governs cannot be said without a time zone.
    """
    with pytest.raises(Invalid, match="time zone"):
        rules().governing("repair", None, datetime(2026, 3, 10))


def test_world_is_read_from_toml() -> None:
    """
    Rules in TOML text load as they stand.
    """
    assert IntakeRules.load(RULES, registry=registry()).governing(job().type, None, NOW) is not None
