"""Promises of the automatic reply: it says exactly what unblocks, in the words of the channel."""

from decimal import Decimal
from typing import Any

from jobkit.findings import Finding
from jobkit.intake import Reply, ReplyWords, inspect, reply, verdict_findings
from jobkit.model import Contact, Links, Subject, Suggestion, Triage, Work
from jobkit.privacy import Redacted
from tests.intake._world import NOW, job, rules

RULES = rules()
EMPTY = job(links=Links(number="T-12"))


def told(about: Any = EMPTY, **asked: Any) -> Reply:
    """Return the reply about a job."""
    return reply(RULES, inspect(RULES, about, now=NOW), **asked)


def test_reply_names_what_unblocks() -> None:
    """
    The reply names each field that blocks, with the deed, why it matters and a failed visit as an example.
    """
    answer = told()

    assert ["$.subject.asset", "$.work.symptom"] == [each.path for each in answer.asked]
    assert "- subject.asset is missing. Record subject.asset." in answer.lines
    assert "drove 200 km with the wrong pump" in answer.text
    assert "The crew loads parts by it." == answer.asked[1].why


def test_reply_quotes_the_number() -> None:
    """
    Customers read the number that they were given, and the id where there is none.
    """
    assert "Your request T-12" == told().subject
    assert "Your request J-7" == told(job()).subject


def test_warnings_are_not_asked_for() -> None:
    """
    What only warns does not stand in the reply.
    """
    assert "photo" not in told().text


def test_complete_request_is_acknowledged_without_a_date() -> None:
    """
    A complete request is acknowledged and nothing is promised.
    """
    done = told(job(subject=Subject(asset="press-7", customer="berg"), work=Work(symptom="LEAK.OIL")))

    assert ("Thank you, your request J-7 is complete and is being checked.",) == done.lines
    assert () == done.asked


def test_channel_has_its_own_words() -> None:
    """
    A channel's words are used over it; slots are filled, and an empty line is left out.
    """
    sms = told(channel="sms")

    assert "subject.asset?" == sms.lines[1]
    assert sms.lines[2].startswith("work.symptom? The crew loads parts by it. In May")
    assert ("sms", 3) == (sms.channel, len(sms.lines))


def test_language_has_its_own_words() -> None:
    """
    In another language the lines and the findings are in that language's words, else in the nearest.
    """
    german = told(language="de")

    assert ("de", "Zu T-12 fehlt noch:") == (german.language, german.lines[0])
    assert "- subject.asset fehlt. Bitte subject.asset angeben." == german.lines[1]
    assert "en" == told(language="fr").language


def test_host_may_replace_words() -> None:
    """
    Words that the host hands over come before those of the rules.
    """
    own = ReplyWords(
        id="own", channel="sms", subject="Ticket {job}", line="{path}!", closing="Bye {unknown}."
    )
    answer = told(channel="sms", words=[own])

    assert ("Ticket T-12", "subject.asset!", "Bye {unknown}.") == (
        answer.subject,
        answer.lines[1],
        answer.lines[-1],
    )


def test_lookup_is_never_the_customers_affair() -> None:
    """
    What only the staff can see to is said to be theirs.
    """

    def broken(job: Any, now: Any) -> Any:
        raise TimeoutError

    told_rules = rules(broken)
    about = job(subject=Subject(asset="press-7"), work=Work(symptom="NOISE"))
    answer = reply(told_rules, inspect(told_rules, about, now=NOW))

    assert [True] == [each.ours for each in answer.asked]
    assert "Thank you, your request J-7 is complete and is being checked." == answer.lines[0]
    assert 2 == len(answer.lines)
    assert answer.lines[1].startswith("- We are seeing to this ourselves: The look-up installed base")


def test_findings_of_others_stand_beside() -> None:
    """
    Verdicts that are open can be told along, as the staff's own affair.
    """
    answer = told(also=verdict_findings(RULES, EMPTY))

    assert 4 == len([each for each in answer.asked if each.ours])


def test_nothing_private_stands_in_a_reply() -> None:
    """
    Neither hidden values of the job nor suggested private values appear anywhere in the reply.
    """
    hidden = Redacted("Frieda Berg", salt="00" * 16)
    about = job(
        subject=Subject(contacts=(Contact(id="c1", name=hidden),)),
        triage=Triage(
            suggestions=(
                Suggestion(id="s1", path="$.work.access_notes", value="key 4711", source="model", at=NOW),
            )
        ),
    )
    asks = rules(packages=[
        {"id": "p", "types": ["repair"], "requirements": [
            {"id": "n", "condition": 'job.subject.contacts["c1"].name == "Otto"'},
            {"id": "a", "field": "job.work.access_notes"},
        ]},
    ], accounts=[])  # fmt: skip
    answer = reply(asks, inspect(asks, about, now=NOW))

    assert 2 == len(answer.asked)
    assert not {"Frieda", "4711"} & set(str(answer).replace(",", " ").split())
    assert "Frieda" not in repr(answer)


def test_reply_stays_on_its_lines() -> None:
    """
    Whatever a finding holds, it cannot add lines or fill slots of its own.
    """
    nasty = Suggestion(
        id="s1",
        path="$.work.symptom",
        value="A\n- pay now {job}",
        source="m\n",
        confidence=Decimal(1),
        at=NOW,
    )
    answer = told(job(triage=Triage(suggestions=(nasty,))))

    assert all("\n" not in line for line in answer.lines)
    assert any("{job}" in line for line in answer.lines)


def test_reply_is_bounded() -> None:
    """
    A reply about a job with texts of a million characters stays short.
    """
    assert len(str(told(job(work=Work(symptom="y" * 1_000_000))))) < 5_000


def test_suggestion_is_a_way_out_in_the_reply() -> None:
    """
    A suggested code is named as the way out in the reply too.
    """
    guess = Suggestion(id="s1", path="$.work.symptom", value="NOISE", source="model", at=NOW)

    assert (
        "Confirm the suggestion s1 (NOISE, from model)" in told(job(triage=Triage(suggestions=(guess,)))).text
    )


def test_finding_without_a_field_is_asked_for_all_the_same() -> None:
    """
    A finding about the whole job stands in the reply by its sentence.
    """
    whole = Finding.of(verdict_findings(RULES, EMPTY)[0].template, path="$", topic="this", job="J", why="")

    assert "$" in [each.path for each in told(also=[whole]).asked]
