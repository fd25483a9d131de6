"""The stage of the demo: every deed is done on the desk and told on the screen."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import attrs

from jobkit.cli._screen import Screen
from jobkit.cli._telling import short, spoken_value, tell_answer
from jobkit.desk import Desk, Done
from jobkit.instants import write_instant
from jobkit.model import Actor, Job, SignOff, Window
from jobkit.ports import Effect

JOB: Final = "J-1001"
_PAUSE: Final = timedelta(minutes=10)
_PLUMBING: Final = ("job", "about", "carries")


@attrs.define
class Stage:
    """A desk, a screen, and what the clock on the wall says."""

    desk: Desk
    out: Screen
    now: datetime = datetime(2026, 3, 2, tzinfo=UTC)
    scenes: int = 0

    def scene(self, title: str, day: int, hour: int) -> None:
        """Begin a scene on a day of March at a full hour."""
        self.scenes += 1
        self.now = self.now.replace(day=day, hour=hour, minute=0)
        self.out.heading(f"{self.scenes}. {title} ({day} March, {hour:02}:00 UTC)")

    @property
    def job(self) -> Job:
        """The job as the database holds it now."""
        return self.desk.job(JOB)

    def tell(self, text: str) -> None:
        """Say what the audience should notice."""
        self.out.say(text, "quiet")

    def submit(self, by: Actor, request: Mapping[str, Any]) -> None:
        """Open the job."""
        done = self._submitted(by, request)
        self._told(by, f"submits a warranty repair, which is now job {done.job.id}")
        again = self._submitted(by, request)
        if again.repeated and again.job == done.job:
            self.tell("Her portal sends it twice; by its command key the second one changes nothing.")

    def ask(self, by: Actor, trigger: str, **told: Any) -> None:
        """Ask about a move and tell everything that speaks against it."""
        answer = self.desk.ask(JOB, trigger, by=by, at=self.now, **told)
        tell_answer(self.out, f"{self._who(by)} asks: may I {trigger}{_with(told)}?", answer)

    def fire(self, by: Actor, trigger: str, **told: Any) -> None:
        """Make a move, and tell where it led and what it set off."""
        before = self.job
        done = self.desk.fire(JOB, trigger, by=by, at=self.now, **told)
        self._told(by, f"{trigger}{_with(told)}", f": {before.state.name} -> {done.job.state.name}")
        self._tell_aftermath(before, done)

    def move_parts(self, by: Actor, trigger: str) -> None:
        """Make a move in the facet of the parts, beside the work."""
        before = self.job.states["parts"].name
        done = self.desk.fire(JOB, trigger, by=by, at=self.now, facet="parts")
        self._told(by, trigger, f": the parts are {before} -> {done.job.states['parts'].name}")

    def amend(self, by: Actor, values: Mapping[str, Any], what: str) -> None:
        """Record fields of the job."""
        self.desk.amend(JOB, values, by=by, at=self.now)
        self._told(by, f"records {what}")

    def judge(self, by: Actor, topics: tuple[str, ...]) -> None:
        """Record that triage found nothing against the job on any topic."""
        self.desk.judge(JOB, topics, "passed", by=by, at=self.now)
        self._told(by, f"judges {', '.join(topics)}: passed")

    def plan(self, by: Actor, visit: str, window: Window) -> None:
        """Plan a visit."""
        self.desk.plan_visit(JOB, window, by=by, at=self.now, visit_id=visit)
        self._told(by, f"plans visit {visit} for {_window(window)}")

    def sign_off(self, by: Actor, visit: str, window: Window, number: int) -> None:
        """Record the site's word that a window holds."""
        given = SignOff(
            id=f"S-{number}", party="site", window=window, by="gate office", at=self.now, channel="phone"
        )
        self.desk.sign_off([JOB], given, by=by, at=self.now)
        self._told(by, f"records that the site signs off visit {visit} for {_window(window)}")

    def crew(self, by: Actor, person: Actor, visit: str) -> None:
        """Offer a visit to a person, who accepts it."""
        offered = self.desk.assign(JOB, person.id, by=by, at=self.now, visit=visit).job.assignments[-1]
        self.desk.accept(JOB, offered.id, by=person, at=self.now)
        self._told(by, f"offers visit {visit} to {person.id}, who accepts")

    def let_pass(self, hours: int) -> None:
        """Let time pass."""
        self.now += timedelta(hours=hours)

    def tell_readiness(self, person: Actor, visit: str) -> None:
        """Tell whether the technician has all that the visit takes."""
        answer = self.desk.readiness(JOB, self.now)
        tell_answer(self.out, f"Has {person.id} everything for visit {visit}?", answer)

    def tell_queues(self) -> None:
        """Tell in which queues the job stands, asking the store for each."""
        names = sorted(self.desk.office.catalog.queue_names())
        found = [page for page in map(self.desk.queue, names) if JOB in (job.id for job in page.jobs)]
        told = ", ".join(f"{page.name} ({page.owner})" for page in found) or "none"
        self.out.say(f"It stands in the queues: {told}.")

    def tell_clock(self, name: str) -> None:
        """Tell what a clock of the job says, and the target it counts towards."""
        headline, *rest = str(self.desk.clock(JOB, name, self.now)).splitlines()
        self.tell(headline + ":" if rest else headline)
        for line in rest[:2]:
            self.out.say(line.strip(), indent=1)

    def tell_flags(self) -> None:
        """Tell which computed flags are up, and why."""
        for flag in self.desk.flags(JOB, self.now):
            self.out.say(str(flag), indent=1)

    def _submitted(self, by: Actor, request: Mapping[str, Any]) -> Done:
        return self.desk.submit(
            "warranty-repair", request, by=by, at=self.now, state="submitted", job_id=JOB, command_key="web-1"
        )

    def _told(self, by: Actor, deed: str, end: str = "") -> None:
        self.out.say(f"{self._who(by)} {deed}{end}.", "good")
        self.now += _PAUSE

    def _who(self, by: Actor) -> str:
        return f"{self.now:%H:%M} {by.id} ({by.role})"

    def _tell_aftermath(self, before: Job, done: Done) -> None:
        known = {task.id for task in before.tasks}
        for task in done.job.tasks:
            if task.id not in known:
                self.out.say(f"task for {task.owner}: {task.title}", indent=1)
        for effect in done.effects:
            self.out.say(f"outbox: {spoken_effect(effect)}", indent=1)


def spoken_effect(effect: Effect) -> str:
    """Return what an effect asks of the outside world, as people read it."""
    data = dict(effect.data)
    if "clock" in data:
        return f"{effect.name} ({data['label']}: {data['point']} since {short(str(data['at']))})"
    whom = data.pop("audience", data.pop("to", ""))
    head = " ".join(word for word in (effect.name, str(whom)) if word)
    about = f" about {data['about']}" if "about" in data else ""
    rest = ", ".join(
        f"{name} {spoken_value(value)}" for name, value in data.items() if name not in _PLUMBING and value
    )
    return f"{head}{about}{f' ({rest})' if rest else ''}"


def _with(told: Mapping[str, Any]) -> str:
    reason = told.get("reason")
    return f" because of {reason}" if reason else ""


def _window(window: Window) -> str:
    return spoken_value(wire_window(window))


def wire_window(window: Window) -> dict[str, str]:
    """Return a window as plain data, as a reschedule takes it."""
    return {"start": write_instant(window.start), "end": write_instant(window.end)}
