"""Promises of code lists: agreed words in levels, with labels, successors and versions."""

from datetime import UTC, datetime

import pytest

from jobkit.codes import Code, CodeList, check_code
from jobkit.documents import structure, unstructure
from jobkit.errors import Invalid
from jobkit.versions import Version, Versions

SYMPTOMS = CodeList(
    id="symptom",
    version="2026",
    leaves_only=True,
    codes=(
        Code(id="LEAK", labels={"en": "Leak", "de": "Leck"}),
        Code(id="LEAK.OIL", labels={"de": "Ölleck"}),
        Code(id="LEAK.AIR"),
        Code(id="HUM", retired=True, instead="NOISE"),
        Code(id="NOISE"),
    ),
)


@pytest.mark.parametrize(
    ("code", "finding", "near"),
    [
        ("LEAK.OLI", "codes.unknown", "LEAK.OIL"),
        ("noise", "codes.unknown", "NOISE"),
        ("HUM", "codes.retired", "NOISE"),
        ("LEAK", "codes.too_coarse", "LEAK.OIL, LEAK.AIR"),
        ("?" * 5000, "codes.unknown", "LEAK"),
    ],
)
def test_wrong_code_tells_the_right_one(code: str, finding: str, near: str) -> None:
    """
    An unknown, retired or too coarse code is answered with codes that can be used.
    """
    (found,) = SYMPTOMS.check(code, "$.work.symptom")

    assert (finding, "$.work.symptom") == (found.code, found.path)
    assert near in found.unblock


def test_usable_codes_pass() -> None:
    """
    A code at the end of its branch has nothing against it.
    """
    assert () == SYMPTOMS.check("LEAK.OIL") == SYMPTOMS.check("NOISE")


def test_children_are_one_level_down() -> None:
    """
    The levels of a list can be walked from the top.
    """
    assert ("LEAK", "HUM", "NOISE") == SYMPTOMS.children()
    assert ("LEAK.OIL", "LEAK.AIR") == SYMPTOMS.children("LEAK")
    assert () == SYMPTOMS.children("NOISE") == SYMPTOMS.children("GONE")


def test_labels_fall_back() -> None:
    """
    A label is in the language asked for, else in any, else the code itself.
    """
    assert ["Leck", "Ölleck", "LEAK.AIR", "GONE"] == [
        SYMPTOMS.label("LEAK", "de"),
        SYMPTOMS.label("LEAK.OIL", "en"),
        SYMPTOMS.label("LEAK.AIR"),
        SYMPTOMS.label("GONE"),
    ]


def test_double_and_orphaned_codes_are_refused() -> None:
    """
    A list names every code once, and none below a group that it does not have.
    """
    with pytest.raises(Invalid) as refused:
        CodeList(id="bad", codes=(Code(id="A"), Code(id="A"), Code(id="B.1")))
    assert ["codes.twice", "codes.no_parent"] == [finding.code for finding in refused.value.findings]


def test_version_in_force_judges() -> None:
    """
    A code is judged by the list that was in force when it was given.
    """
    old = CodeList(id="symptom", codes=(Code(id="HUM"),))
    lists = Versions(
        [
            Version(datetime(2025, 1, 1, tzinfo=UTC), "2025", old),
            Version(datetime(2026, 1, 1, tzinfo=UTC), "2026", SYMPTOMS),
        ]
    )

    assert () == check_code(lists, "HUM", datetime(2025, 6, 1, tzinfo=UTC))
    assert "codes.retired" == check_code(lists, "HUM", datetime(2026, 6, 1, tzinfo=UTC))[0].code
    assert "codes.not_yet" == check_code(lists, "HUM", datetime(2024, 6, 1, tzinfo=UTC))[0].code


def test_list_is_data() -> None:
    """
    A code list survives its plain form.
    """
    assert SYMPTOMS == structure(CodeList, unstructure(SYMPTOMS))
