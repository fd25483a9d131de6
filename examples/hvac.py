"""Three days of a heating contractor, told twice: confirm asks nothing, and confirm asks the site."""

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from jobkit import Actor, Catalog, Desk, Window, documents, presets
from jobkit.lifecycle import Changes, Lifecycle, derive
from jobkit.model import Job, SignOff
from jobkit.priority import Booking
from jobkit.stores.sqlite import SQLiteStore

OWN = documents.read_toml(documents.read_file(Path(__file__).with_suffix(".toml")))
CHICAGO = ZoneInfo("America/Chicago")
thursday = datetime(2026, 3, 12, 9, tzinfo=CHICAGO)
mornings = [datetime(2026, 3, day, 8, tzinfo=CHICAGO) for day in (16, 17, 18)]
triage, planner, technician = (Actor(id=role, role=role) for role in ("triage", "planner", "technician"))

# The jobs, and by what their sites are like: the reason code of a visit in vain, and what the gate does.
JOBS = [line.split() for line in OWN.pop("world").strip().splitlines()]
SITES = {job[0]: job[5] for job in JOBS}
WHY = {
    "hatch": ("unsafe_to_enter", "roof hatch locked", "the call that rooftop work needs found the key"),
    "unaware": ("nobody_on_site", "nobody was asked", "no confirm without the site's word"),
    "shut": ("site_closed", "closed that day", "asked, the site named the next day"),
    "forgets": ("nobody_on_site", "agreed and forgot", "the reminder 48 h before found who had agreed"),
    "silent": ("contact_unreachable", "never answers", "not confirmed, so nobody drove; N-35 took the slot"),
    "gone": ("nobody_on_site", "agreed, not there", "a word is no key: the job is to be scheduled again"),
}
BY_PHONE = 'job.work.service_type != "rooftop_unit" or call("after_sales.verified_by", channel="phone")'


def catalog(*, gated: bool) -> Catalog:
    """Return the after-sales catalog with the contractor's rules; without the gate, confirm has no guards."""
    rules = dict(presets.after_sales())
    work = rules["work"].definition
    (confirm,) = (way for way in work.to_data()["transitions"] if way["trigger"] == "confirm")
    guards = [*confirm["guards"], {"id": "by_phone", "when": BY_PHONE}] if gated else []
    override = {"transitions": {"confirm": {"guards": guards}}}
    own = derive(work, Changes(id="after-sales", version="hvac", base="after-sales@1", override=override))
    rules["work"] = Lifecycle.from_definition(own, registry=presets.registry())
    tables = ("after_sales_catalog", "milestones", "milestones_calendars")
    data, clocks, hours = (documents.read_toml(presets.text(table)) for table in tables)
    placed = {name: {"zone": CHICAGO.key, **table} for name, table in hours.items()}
    return Catalog.load(
        {**data, **OWN, "milestones": clocks, "calendars": placed},
        lifecycles=[*rules.values(), presets.after_sales_request()],
        registry=presets.registry(),
    )


def _shown(booking: Booking) -> str:
    return booking.job if booking.confirmed else f"{booking.job} (unconfirmed)"


class Week:
    """One telling. The office does the same in both: what the rules ask for, and no more."""

    def __init__(self, *, gated: bool) -> None:
        self.store = SQLiteStore(":memory:")
        self.desk = Desk(catalog(gated=gated), self.store)
        self.waiting, self.said, self.reminded = list[str](), list[str](), set[str]()

    def take_in(self, job: list[str], at: datetime) -> None:
        """Bring a job from the customer's word to a visit that is planned, confirmed, and on its board."""
        id, code, day, kind, unit, _ = job
        request = {
            "subject": {"customer": "C-1", "asset": f"unit-{id}", "site": f"site-{id}", "postal_code": code},
            "work": {"service_type": unit, "skills": ["hvac"], "estimated": "2h"},
            "terms": {"entitlement": {"status": "covered"}},
        }
        self.desk.submit(kind, request, by=triage, at=at, state="submitted", job_id=id)
        self.desk.fire(id, "take_up", by=triage, at=at)
        self.desk.fire(id, "approve", by=triage, at=at)
        start = mornings[int(day)] + timedelta(hours=1)
        self.desk.plan_visit(id, Window(start, start + timedelta(hours=2)), by=planner, at=at, visit_id="v1")
        self.desk.fire(id, "schedule", by=planner, at=at)
        self.confirm(id, at)
        self.waiting.append(id)
        findings = self.desk.admission(id, by=planner, at=at).findings
        self.said += [f"{id}: {each.message}\n  {each.unblock}" for each in findings]
        self.fill(at)

    def confirm(self, id: str, at: datetime) -> None:
        """Confirm the visit, doing before what the findings ask for; a site may never answer."""
        while not (answer := self.desk.ask(id, "confirm", by=planner, at=at)).open:
            asked = {finding.code for finding in answer.findings}
            self.said += [f"{id}: {answer}"] if id == "N-11" else []
            if not self.hears_from(id, "phone" if "after_sales.not_verified" in asked else "email", at):
                return
        self.desk.fire(id, "confirm", by=planner, at=at)

    def hears_from(self, id: str, channel: str, at: datetime) -> bool:
        """Ask the site about the window and record its word, or move the visit; tell whether it answered."""
        visit = self.desk.job(id).visits[0]
        if SITES[id] == "silent" or visit.planned is None:
            return False
        if SITES[id] == "shut" and not visit.reschedules:
            start, end = (each + timedelta(days=1) for each in (visit.planned.start, visit.planned.end))
            told = {"new_window": Window(start, end)}
            self.desk.fire(id, "reschedule", by=planner, at=at, reason="customer_deferral", data=told)
        else:
            word = SignOff(id="s1", party="site", window=visit.planned, by="contact", at=at, channel=channel)
            self.desk.sign_off([id], word, by=planner, at=at)
        return True

    def fill(self, at: datetime) -> None:
        """Put on the boards whatever waits and has room."""
        for id in tuple(self.waiting):
            if self.desk.admission(id, by=planner, at=at).open:
                self.desk.admit(id, by=planner, at=at)
                self.waiting.remove(id)

    def until(self, at: datetime) -> None:
        """Let time pass: reminders come due, and visits that nobody confirmed leave their boards."""
        self.desk.advance(at)
        effects = self.desk.outbox(limit=1000)
        self.reminded |= {each.data["job"] for each in effects if each.data.get("point") == "reminder"}
        self.desk.delivered([(each.event_id, each.number) for each in effects])
        self.fill(at)

    def drive(self, morning: datetime) -> None:
        """Drive to every confirmed visit on the boards of a day."""
        for region in ("north", "south"):
            for booking in self.desk.board(region, morning.date(), now=morning).board.bookings:
                if booking.confirmed:
                    self.visit(self.desk.job(booking.job), morning + timedelta(hours=1))

    def shown(self, day: datetime, now: datetime) -> str:
        """Return the boards of a day as they stand."""
        boards = {region: self.desk.board(region, day.date(), now=now).board for region in ("north", "south")}
        told = (f"{region}: {', '.join(map(_shown, each.bookings))}" for region, each in boards.items())
        return f"{day:%A} as of {now:%A %H:%M}, {'; '.join(told)}"

    def visit(self, job: Job, at: datetime) -> None:
        """Do the work where the door opens."""
        early = at - timedelta(hours=1)
        offer = self.desk.assign(job.id, "tom", by=planner, at=early, visit="v1").job.assignments[0]
        self.desk.accept(job.id, offer.id, by=technician, at=early)
        self.desk.fire(job.id, "arrive", by=technician, at=at)
        if not self.opens(job):
            self.desk.fire(job.id, "no_access", by=technician, at=at, reason=WHY[SITES[job.id]][0])
            return
        self.desk.fire(job.id, "start", by=technician, at=at)
        notes = {"$.outcome.notes": "Runs again."}
        self.desk.fire(job.id, "complete", by=technician, at=at + timedelta(hours=2), values=notes)

    def opens(self, job: Job) -> bool:
        """Tell whether the door opens, by what the record says was asked, moved and reminded."""
        asked = {word.channel for word in job.visits[0].sign_offs if word.voided is None}
        moved, reminded = job.visits[0].reschedules > 0, bool(asked) and job.id in self.reminded
        doors = {"here": True, "hatch": "phone" in asked, "unaware": bool(asked), "shut": moved}
        return doors.get(SITES[job.id], SITES[job.id] == "forgets" and reminded)


def told(*, gated: bool) -> Week:
    """Live through it all: the planning, the hours before each day, its emergencies, its visits."""
    week, urgent = Week(gated=gated), [job for job in JOBS if job[3] == "breakdown"]
    for job in (job for job in JOBS if job not in urgent):
        week.take_in(job, thursday)
    week.said.append(week.shown(mornings[2], thursday))
    for day, morning in enumerate(mornings):
        week.until(morning - timedelta(hours=20))
        week.until(morning)
        for job in (job for job in urgent if job[2] == str(day)):
            week.take_in(job, morning)
        week.said.append(week.shown(morning, morning))
        week.drive(morning)
    return week


off, on = told(gated=False), told(gated=True)
print("What the rules said with the gate:", *on.said, sep="\n")
visits = [{id: week.desk.job(id).visits[0] for id in SITES} for week in (off, on)]


def row(label: str, site: str | None, *outcomes: str | None) -> str:
    """Return one line of the table: how many visits had one of the outcomes, in both tellings."""
    ids = [id for id in SITES if site in (None, SITES[id])]
    counts = [sum(week[id].outcome in outcomes for id in ids) for week in visits]
    return f"{label:26}{counts[0]:8}{counts[1]:8}"


print("\n                          gate off gate on")
for label, *outcomes in (("driven to", "done", "no_access"), ("done", "done"), ("no access", "no_access")):
    print(row(label, None, *outcomes))
for site, (_, label, why) in WHY.items():
    print(f"{row(f'  {label}', site, 'no_access')}    {why}")
for name, week in (("off", off), ("on", on)):
    print(f"gate {name}, to be scheduled again:", *(job.id for job in week.desk.queue("to_schedule").jobs))
    week.store.close()
