"""A week of warranty requests at a maker of compressors, told twice: without the triage gate and with it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jobkit import Actor, Catalog, Desk, Window, documents, presets
from jobkit.findings import Finding
from jobkit.intake import IntakeRules
from jobkit.model import Job, SignOff
from jobkit.registry import Registry
from jobkit.stores import MemoryStore

OWN = documents.read_toml(documents.read_file(Path(__file__).with_suffix(".toml")))
BERLIN = ZoneInfo("Europe/Berlin")
monday = datetime(2026, 3, 9, 9, tzinfo=BERLIN)
dealer, triage, planner, technician = (
    Actor(id=role, role=role) for role in ("dealer", "triage", "planner", "technician")
)

# What there really is on site, by the job, and what the dealer's first word is like.
WORLD = {line.split()[0]: line.split()[1:] for line in OWN["world"].strip().splitlines()}
TRUTH = {
    id: {"asset": asset, "serial": serial, "symptom": code} for id, (asset, serial, code, _) in WORLD.items()
}
KIND = {id: kind for id, (*_, kind) in WORLD.items()}
KITS, LAPSED = OWN["kits"], {TRUTH[id]["asset"] for id in WORLD if KIND[id] == "lapsed"}
SERIALS = {truth["asset"]: truth["serial"] for truth in TRUTH.values()}
WHY = {
    "words": ("does not work, and no symptom", "the code sends the right person with the right tool"),
    "letter": ("a letter O for a zero in the serial", "the form of a serial is checked when it comes in"),
    "model": ("the serial of another machine", "the register knows which serial the machine has"),
    "nameplate": ("no photo of the nameplate", "the picture shows which hose it takes"),
    "kit": ("the kit was not on the van", "the list suggests the kit, and a person confirms it"),
    "twice": ("dealer and plant both called", "the second is flagged, a person says same, and it is merged"),
    "lapsed": ("the warranty had ended", "the register refuses, and nobody drives for nothing"),
    "silent": ("never answers what is asked", "not approved, so nobody drives; the request waits"),
    "hidden": ("the fault lay elsewhere", "no rule helps: everything was told as it seemed"),
}


def known_of_machine(job: Job, now: datetime) -> Mapping[str, Any] | None:
    """Answer from the register of machines."""
    return {"serial": SERIALS[str(job.subject.asset)], "history": ["2025-11-04 filter changed"]}


def known_of_warranty(job: Job, now: datetime) -> Mapping[str, Any] | None:
    """Answer from the register of warranties."""
    return {"running": job.subject.asset not in LAPSED}


def known_of_kits(job: Job, now: datetime) -> Mapping[str, Any] | None:
    """Answer from the list of kits."""
    kit = KITS.get(str(job.work.symptom))
    return None if kit is None else {"kit": {"id": "p1", "number": kit}}


def catalog(*, gated: bool) -> Catalog:
    """Return the after-sales catalog with the maker's own intake; without the gate, with none."""
    ready = documents.read_toml(presets.text("intake"))
    own = {package["id"]: package for package in OWN["packages"]}
    packages = [own.get(package["id"], package) for package in ready["packages"]]
    asked = Registry.of(
        lookup={"machine": known_of_machine, "warranty": known_of_warranty, "kits": known_of_kits}
    )
    rules = IntakeRules.load({**ready, "packages": packages, "lookups": OWN["lookups"]}, registry=asked)
    whole = Catalog.preset("after-sales")
    return whole.with_intake(intake=rules) if gated else whole.without_intake()


def first_word(id: str) -> dict[str, Any]:
    """Return what the dealer sends at first."""
    truth, kind = TRUTH[id], KIND[id]
    serial = {"letter": truth["serial"].replace("0", "O", 1), "model": "KX-20411"}.get(kind, truth["serial"])
    work = {"description": "Does not work.", "service_type": "compressor", "skills": ["compressor"]}
    told = {} if kind in ("words", "silent") else {"symptom": truth["symptom"]}
    plant = {
        "customer": "K-1",
        "bill_to": "K-1",
        "asset": truth["asset"],
        "site": f"hall of {truth['asset']}",
    }
    return {
        "subject": {**plant, "serial": serial, "contacts": [{"id": "gate", "role": "gatekeeper"}]},
        "work": {**work, **told, "estimated": "2h"},
        "terms": {
            "channel": "portal",
            "urgency": "normal",
            "tier": "standard",
            "requested": {"start": "2026-03-10T08:00:00+01:00", "end": "2026-03-13T17:00:00+01:00"},
            "entitlement": {"status": "covered", "kind": "warranty"},
        },
        "evidence": {"attachments": [] if kind == "nameplate" else [photo(id)]},
    }


def photo(id: str) -> dict[str, str]:
    """Return the reference to a picture of the nameplate."""
    return {
        "id": "f1",
        "purpose": "photo",
        "media_type": "image/jpeg",
        "hash": f"hash of {id}",
        "ref": f"{id}.jpg",
    }


def found_out(id: str) -> dict[str, Any]:
    """Return what the dealer answers when asked, and the technician finds on site."""
    symptom = TRUTH[id]["symptom"]
    parts = [{"id": "p1", "number": KITS[symptom], "staged": True}] if symptom in KITS else []
    return {
        "$.work.symptom": symptom,
        "$.subject.serial": TRUTH[id]["serial"],
        "$.evidence.attachments": [photo(id)],
        "$.parts": parts,
    }


class Week:
    """One telling. The office does the same in both: what the rules ask for, and no more."""

    def __init__(self, *, gated: bool) -> None:
        self.desk = Desk(catalog(gated=gated), MemoryStore())
        self.gated, self.said = gated, list[str]()

    def take_in(self, id: str, at: datetime) -> None:
        """Take a request in and see to what its approval asks, until it is approved or cannot be."""
        self.desk.submit("warranty-repair", first_word(id), by=dealer, at=at, state="submitted", job_id=id)
        self.desk.fire(id, "take_up", by=triage, at=at)
        while self.desk.job(id).state.name == "triage":
            if self.gated:
                self.desk.look_up(id, by=triage, at=at)
            answer = self.desk.ask(id, "approve", by=triage, at=at)
            if answer.open:
                self.desk.fire(id, "approve", by=triage, at=at)
            else:
                self.see_to(id, answer.findings, at)

    def see_to(self, id: str, findings: tuple[Finding, ...], at: datetime) -> None:
        """Do the next thing that the findings ask for."""
        job, codes = self.desk.job(id), {each.code for each in findings}
        asked = [each for each in findings if each.who == "dealer"]
        if asked or codes != {"intake.no_verdict"}:
            open_ = (each for each in findings if each.code != "intake.no_verdict")
            self.said += [f"{id}: {each.message} {each.unblock}" for each in open_]
        if "intake.verdict_refused" in codes:
            self.desk.fire(id, "reject", by=triage, at=at, reason="no_entitlement")
        elif asked and KIND[id] == "silent":
            self.desk.fire(id, "send_back", by=triage, at=at, reason="symptom_missing")
        elif asked:
            told = {path: value for path, value in found_out(id).items() if path != "$.parts"}
            self.desk.amend(id, told, by=dealer, at=at, channel="portal")
        elif "desk.undecided_twin" in codes:
            self.merge(job, at)
        elif job.triage.suggestions and job.triage.suggestions[0].is_open:
            self.desk.confirm_suggestion(id, job.triage.suggestions[0].id, by=triage, at=at)
            self.desk.amend(id, {"$.parts[p1].staged": True}, by=triage, at=at)
        else:
            topics = [str(each.params["topic"]) for each in findings if each.code == "intake.no_verdict"]
            self.desk.judge(id, topics, "passed", by=triage, at=at)

    def merge(self, job: Job, at: datetime) -> None:
        """Let a person say that two requests are one, and merge the later into the earlier."""
        other = job.triage.suspects[0].id
        self.desk.decide_twin(job.id, other, "same", by=triage, at=at, reason="dealer and plant")
        self.desk.merge(job.id, into=other, by=triage, at=at)

    def drive(self, id: str, at: datetime) -> str:
        """Plan a visit, drive to it, and return how it ended."""
        start, visit = at + timedelta(hours=1), f"v{len(self.desk.job(id).visits) + 1}"
        window = Window(start, start + timedelta(hours=2))
        self.desk.plan_visit(id, window, by=planner, at=at, visit_id=visit)
        self.desk.fire(id, "schedule", by=planner, at=at)
        word = SignOff(id="s1", party="site", window=window, by="gate", at=at, channel="phone")
        self.desk.sign_off([id], word, by=planner, at=at)
        self.desk.fire(id, "confirm", by=planner, at=at)
        offer = self.desk.assign(id, "tom", by=planner, at=at, visit=visit).job.assignments[-1]
        self.desk.accept(id, offer.id, by=technician, at=at)
        self.desk.fire(id, "arrive", by=technician, at=start)
        reason = self.in_vain(self.desk.job(id))
        if reason is not None:
            self.desk.fire(id, "abort", by=technician, at=start, reason=reason)
            seen = {**found_out(id), "$.work.site_notes": "Seen on site."}
            self.desk.amend(id, seen, by=technician, at=start)
            return "in vain"
        self.desk.fire(id, "start", by=technician, at=start)
        notes = {"$.outcome.notes": "Runs again."}
        self.desk.fire(id, "complete", by=technician, at=start + timedelta(hours=1), values=notes)
        return "nothing left to do" if self.ran_before(id) else "done"

    def in_vain(self, job: Job) -> str | None:
        """Return why the visit comes to nothing: what the van was loaded and the person chosen by."""
        truth, first = TRUTH[job.id], len(job.visits) == 1
        if job.work.symptom != truth["symptom"]:
            return "wrong_tool"
        kit, pictures = KITS.get(truth["symptom"]), job.evidence.attachments
        wrong = job.subject.serial != truth["serial"] or not pictures or (kit is not None and not job.parts)
        return "wrong_part" if wrong or (first and KIND[job.id] == "hidden") else None

    def ran_before(self, id: str) -> bool:
        """Whether somebody was at this machine before for the same fault."""
        mates = [other for other in WORLD if other < id and TRUTH[other] == TRUTH[id]]
        return any(self.desk.job(other).state.name == "completed" for other in mates)


def told(*, gated: bool) -> tuple[Week, dict[str, list[str]]]:
    """Live through the week: requests on Monday, and each day a visit to whatever is approved."""
    week = Week(gated=gated)
    for minutes, id in enumerate(WORLD):
        week.take_in(id, monday + timedelta(minutes=minutes))
    visits: dict[str, list[str]] = {id: [] for id in WORLD}
    for day in range(1, 4):
        for id in (id for id in WORLD if week.desk.job(id).state.name == "approved"):
            visits[id].append(week.drive(id, monday + timedelta(days=day)))
    return week, visits


def row(label: str, *figures: int, why: str = "") -> str:
    """Return one line of the table."""
    return f"{label:38}{figures[0]:8}{figures[1]:8}{f'    {why}' if why else ''}"


(off, off_visits), (on, on_visits) = told(gated=False), told(gated=True)
tellings = (off_visits, on_visits)
print("What the gate said beside the verdicts that it waits for:", *on.said, sep="\n")
print("\nThe reply that the dealer of C-12 got:", on.desk.auto_reply("C-12", at=monday), sep="\n")

print(f"\n{'':38}gate off gate on")
print(row("requests", *(len(WORLD) for _ in tellings)))
print(row("visits driven", *(sum(map(len, each.values())) for each in tellings)))
print(row("faults put right", *(sum("done" in ends for ends in each.values()) for each in tellings)))


def repeats(visits: Mapping[str, list[str]], *kinds: str) -> int:
    """Return how many visits were driven again or for nothing, for requests of these kinds."""
    ends = [end for id, each in visits.items() if KIND[id] in kinds for end in each]
    unpaid = [
        end for id, each in visits.items() if KIND[id] == "lapsed" and "lapsed" in kinds for end in each
    ]
    return len([end for end in ends if end != "done"]) + len(unpaid)


print(row("driven again or for nothing", *(repeats(each, *WHY) for each in tellings)))
for kind, (label, why) in WHY.items():
    print(row(f"  {label}", *(repeats(each, kind) for each in tellings), why=why))
for name, week in (("off", off), ("on", on)):
    ends = {id: week.desk.job(id).state.name for id in WORLD}
    print(f"gate {name}, not completed:", *(f"{id} {end}" for id, end in ends.items() if end != "completed"))
