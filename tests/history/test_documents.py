"""Events as documents: what is written, what reads back, and what is refused with its place."""

import json
from typing import Any

import attrs
import pytest

from jobkit.errors import Invalid, Unsupported
from jobkit.history import Real, event_document, fold, head, read_event, read_line, seal, verify, write_line
from jobkit.privacy import Erased, Redacted
from tests.history.building import event, opened, secret, sets, story

DOCUMENT = event_document(story()[1])


def test_a_document_leaves_out_what_is_absent() -> None:
    """
    An ordinary event writes only what it has; private values stand in it as digests.
    """
    note = event_document(story()[2])

    assert {
        "id",
        "job_id",
        "kind",
        "actor",
        "recorded_at",
        "occurred_at",
        "format",
        "seq",
        "prev",
        "data",
    } == set(note)
    assert {"$private": secret("call Frieda after four").digest} == note["data"]["words"]


def test_documents_read_back() -> None:
    """
    An event with its private values at hand reads back to itself, from its document and from its line.
    """
    words = secret("call Frieda after four")
    private = {words.digest: (words.salt, words.reveal())}

    for told in story():
        assert told == read_event({**event_document(told), "hash": told.hash}, private)
        assert told == read_line(write_line(told), private)


def test_private_values_without_a_text_are_erased() -> None:
    """
    A digest whose value is not at hand reads as erased, and the chain still verifies.
    """
    read = tuple(read_line(write_line(told)) for told in story())

    assert isinstance(read[2].data["words"], Erased)
    assert verify(read).ok


def test_declared_floats_read_back_as_declared() -> None:
    """
    A float that was sealed is written again with the same bytes.
    """
    (sealed,) = seal((event("e1", **sets("$.fields[ratio]", None, Real(0.25))),))

    assert write_line(sealed) == write_line(read_line(write_line(sealed)))


def test_a_recorded_float_may_be_replaced() -> None:
    """
    A declared float folds into the job, and what stood there needs no second declaration to be replaced.
    """
    begun = seal((opened(), event("e2", **sets("$.fields[ratio]", None, Real(0.25)))))
    standing = fold(begun).fields["ratio"]

    (sealed,) = seal((event("e3", **sets("$.fields[ratio]", float(standing), Real(0.5))),), head(begun))

    assert (0.25, 0.5) == (standing, fold((*begun, sealed)).fields["ratio"])


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"id": None}, {("history.missing", "$.id")}),
        ({"id": ""}, {("history.wrong_type", "$.id")}),
        ({"seq": -1}, {("history.wrong_type", "$.seq")}),
        ({"seq": True}, {("history.wrong_type", "$.seq")}),
        ({"actor": "anna"}, {("history.wrong_type", "$.actor")}),
        ({"actor": {"role": 7}}, {("history.wrong_type", "$.actor.role"), ("history.missing", "$.actor.id")}),
        ({"changes": [{"path": "$.x", "was": 1}]}, {("history.wrong_type", "$.changes[0]")}),
        ({"changes": "none"}, {("history.wrong_type", "$.changes")}),
        ({"rules": {"lifecycle": 7}}, {("history.wrong_type", "$.rules")}),
        ({"flags": ["late", 1]}, {("history.wrong_type", "$.flags")}),
        (
            {"weather": "fine", "kind": 7},
            {("history.unknown_key", "$.weather"), ("history.wrong_type", "$.kind")},
        ),
        ({"occurred_at": "soon"}, {("instants.unreadable", "$.occurred_at")}),
        ({"occurred_at": "2026-01-05T08:00:00"}, {("instants.naive", "$.occurred_at")}),
        ({"data": {"n": 2**60}}, {("documents.too_big", "$.data.n")}),
        ({"data": {"n": 1e300}}, {("history.no_value", "$")}),
        ({"data": {"n": {1, 2}}}, {("documents.not_plain", "$.data.n")}),
        ({"data": {"n": {"$private": 7}}}, {("history.no_value", "$")}),
        ({"format": "1"}, {("history.wrong_type", "$.format")}),
        ({"format": None}, {("history.missing", "$.format")}),
    ],
)
def test_a_document_out_of_shape_is_refused(change: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    """
    Everything that is wrong with a document is told at once, each with its path.
    """
    with pytest.raises(Invalid) as refused:
        read_event({**DOCUMENT, **change})

    assert expected == {(finding.code, finding.path) for finding in refused.value.findings}


@pytest.mark.parametrize("document", [None, 7, "event", [DOCUMENT]])
def test_what_is_no_object_is_refused(document: Any) -> None:
    """
    A document is an object; anything else is refused and not looked into.
    """
    with pytest.raises(Invalid, match="is not an object"):
        read_event(document)


def test_deep_data_is_refused() -> None:
    """
    Data that nests ten thousand levels deep is refused like any other, without a RecursionError.
    """
    deep: Any = {}
    for _ in range(10_000):
        deep = {"a": deep}

    with pytest.raises(Invalid):
        read_event({**DOCUMENT, "data": deep})


def test_a_newer_format_is_unsupported() -> None:
    """
    An event of a later release is refused by its number, before its shape is looked at.
    """
    with pytest.raises(Unsupported, match="is in format 99, and this release reads formats up to 1"):
        read_event({"format": 99})


@pytest.mark.parametrize(
    "spoil",
    [
        lambda line: line.replace('"seq":2', '"seq": 2'),
        lambda line: line.replace('"kind":"moved",', "").replace("{", '{"kind":"moved",', 1),
        lambda line: line.replace("approve", "\\u0061pprove"),
        lambda line: line.replace("{", '{"note":null,', 1),
        lambda line: line.replace('_at":"2026-01-05T', '_at":"2026-01-05z'),
    ],
)
def test_another_spelling_of_a_line_is_refused(spoil: Any) -> None:
    """
    A line that says the same in other bytes is not the line that was written.
    """
    line = write_line(attrs.evolve(story()[1], name="approve"))
    assert line != spoil(line)
    assert read_event(json.loads(line)) == read_event(json.loads(spoil(line)))

    with pytest.raises(Invalid, match="is not in the one spelling"):
        read_line(spoil(line))


def test_lines_hold_no_private_text() -> None:
    """
    What is written for stores and exports carries neither the private text nor its salt.
    """
    words = story()[2].data["words"]
    assert isinstance(words, Redacted)

    lines = "".join(map(write_line, story()))

    assert words.reveal() not in lines
    assert words.salt not in lines
