"""Promises of findings: one reason, its place, and a deed."""

import json

from jobkit.findings import Finding, Template, blocking

LATE = Template("test.late", "The part {part} comes late at {path}.", "Move the visit past {date}.")


def test_message_names_the_place() -> None:
    """
    A template may name the finding's own path, and it follows when the finding is moved.
    """
    finding = Finding.of(LATE, path="$.parts[p1]", part="4711", date="14 March")

    assert "The part 4711 comes late at $.parts[p1]." == finding.message
    assert "The part 4711 comes late at $.job.parts[p1]." == finding.at("$.job.parts[p1]").message


def test_parameters_are_not_templates() -> None:
    """
    A value that looks like a slot is shown as it is, so that data cannot reach other values.
    """
    finding = Finding.of(LATE, part="{date}", date="14 March")

    assert "The part {date} comes late at $." == finding.message


def test_unknown_slot_stays_readable() -> None:
    """
    A translation with a slot that nobody fills still renders.
    """
    words = {"test.late": Template("test.late", "Zu spät: {teil}.", "Termin verschieben.")}

    assert "Zu spät: {teil}." == Finding.of(LATE, part="4711").render(words).message


def test_rendering_changes_words_only() -> None:
    """
    A host's words leave code, path and severity alone, and other codes keep ours.
    """
    finding = Finding.of(LATE, part="4711", severity="warn")
    german = finding.render({"test.late": Template("test.late", "Zu spät.", "Verschieben.")})

    assert ("test.late", "warn", "Zu spät.") == (german.code, german.severity, german.message)
    assert finding == finding.render({"test.other": Template("test.other", "Nein.", "Doch.")})


def test_lists_are_joined_and_long_values_cut() -> None:
    """
    A sentence stays readable whatever its parameters are.
    """
    assert "The part a, b comes late at $." == Finding.of(LATE, part=["a", "b"]).message
    assert "The part none comes late at $." == Finding.of(LATE, part=[]).message
    assert len(Finding.of(LATE, part="x" * 5000).message) < 300


def test_dictionary_is_json_and_leaves_out_nothing_known() -> None:
    """
    What programs read has code, words, place and parameters; what is not known is absent.
    """
    told = Finding.of(LATE, who="planner", part=("4711", object), date=None).to_dict()

    assert told == json.loads(json.dumps(told))
    assert "planner" == told["who"]
    assert "source" not in told


def test_only_blocking_findings_block() -> None:
    """
    Warnings and remarks do not keep an answer from being open.
    """
    findings = [Finding.of(LATE, severity=severity) for severity in ("block", "warn", "info")]

    assert (findings[0],) == blocking(findings)
