"""Recording: seal drafts onto their jobs' chains, index them, and commit them all or nothing."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import attrs

from jobkit.answers import Answer
from jobkit.desk import _steps
from jobkit.desk._board_entries import settled
from jobkit.desk._board_rules import on_boards
from jobkit.desk._clockwork import clocked
from jobkit.desk._commands import NO_COMMAND, Command
from jobkit.desk._draft import Draft
from jobkit.desk._gate import guarded
from jobkit.desk._index import index
from jobkit.desk._intake_words import lost_by_hand
from jobkit.desk._merged import closed_to, read_only, told_to_members
from jobkit.desk._office import Office
from jobkit.desk._playbooks_rules import texts
from jobkit.desk._ranking_band import unspoken, with_band
from jobkit.desk._sound import check_readable, unsound
from jobkit.desk._steps import Steps
from jobkit.desk._suspects import suspected
from jobkit.desk._unique import held
from jobkit.errors import Refused
from jobkit.findings import Finding, blocking
from jobkit.history import Event, Head, seal
from jobkit.instants import utc
from jobkit.lifecycle import Lifecycles
from jobkit.mappings import EMPTY
from jobkit.model import Job
from jobkit.ports import Change, Commit, Effect, Receipt


@attrs.frozen(kw_only=True)
class Done:
    """
    What a verb did: the jobs as they are now, the events recorded, what is to be done outside.

    `repeated` says that the same command had been done before and nothing was written now.
    """

    jobs: tuple[Job, ...]
    events: tuple[Event, ...] = ()
    effects: tuple[Effect, ...] = ()
    receipt: Receipt | None = None

    @property
    def job(self) -> Job:
        """The job the verb was about; others that it created or moved come after it."""
        return self.jobs[0]

    @property
    def repeated(self) -> bool:
        """Whether this command had already been done."""
        return self.receipt is not None and self.receipt.repeated


@attrs.frozen(kw_only=True)
class Ready:
    """
    Everything that a commit takes but the command: sealed, indexed, and found to be unique.

    `findings` are what is worth knowing and does not block.
    """

    changes: tuple[Change, ...] = ()
    scopes: Mapping[str, int] = EMPTY
    effects: tuple[Effect, ...] = ()
    rules: Mapping[str, str] = EMPTY
    findings: tuple[Finding, ...] = ()


Drafted = Callable[[Job, Lifecycles], Draft]
"""Drafts what a verb does to one job as it stands; what speaks against it is raised."""


def on_job(office: Office, job_id: str, asked: Command, at: datetime, drafted: Drafted) -> Steps[Done]:
    """Do a command on one job: look its key up, draft it on the job as it stands, and record it."""
    return (yield from on_jobs(office, (job_id,), asked, at, drafted))


def on_jobs(
    office: Office, job_ids: tuple[str, ...], asked: Command, at: datetime, drafted: Drafted
) -> Steps[Done]:
    """Do a command on several jobs at once, all or nothing."""
    before = yield from done_before(office, asked)
    if before is not None:
        return before
    drafts = []
    for job in (yield from office.jobs(job_ids)):
        Answer(job, (yield from closed_to(office, job))).must()
        lifecycles = yield from office.lifecycles(job)
        drafts.append(drafted(job, lifecycles))
    return (yield from record(office, drafts, at=at, command=asked))


def record(
    office: Office, drafts: Sequence[Draft], *, at: datetime, command: Command = NO_COMMAND
) -> Steps[Done]:
    """Make *drafts* ready and commit them; what other jobs hold and what is unsound is refused."""
    ready = yield from made_ready(office, drafts, at)
    return (yield from committed(office, ready, command))


def made_ready(office: Office, drafts: Sequence[Draft], at: datetime) -> Steps[Ready]:
    """
    Move the clocks of *drafts* on, seal them and compute their index facts, as of *at*; nothing is written.

    Every verb that writes comes through here, so what must hold of each job, and what must be unique across
    jobs, is refused on every path.
    """
    now = utc(at, "$.at")
    drafts, twins = yield from suspected(office, drafts, now)
    gated = guarded(office, drafts)
    drafts = [settled(office, with_band(office, draft, now), now) for draft in gated.drafts]
    drafts = yield from _clocked(office, told_to_members(drafts), now)
    scopes, findings = yield from held(office, drafts)
    boards, refusals = yield from on_boards(office, drafts, now)
    closed = (*(yield from read_only(office, drafts)), *(yield from lost_by_hand(office, drafts)))
    findings = (*gated.findings, *findings, *refusals, *closed, *unspoken(drafts))
    findings = (*findings, *(finding for draft in drafts for finding in unsound(office, draft)))
    if blocking(findings):
        raise Refused(findings)
    return Ready(
        changes=tuple(_change(office, draft, now) for draft in drafts),
        scopes={**scopes, **twins, **boards},
        findings=findings,
        effects=tuple(effect for draft in drafts for effect in draft.effects),
        rules={**_newly_pinned(drafts), **texts(office, drafts), **gated.rules},
    )


def _clocked(office: Office, drafts: Sequence[Draft], now: datetime) -> Steps[tuple[Draft, ...]]:
    done = []
    for draft in drafts:
        done.append((yield from clocked(office, draft, now)))
    return tuple(done)


def committed(office: Office, ready: Ready, command: Command) -> Steps[Done]:
    """Commit what is ready in one piece; a command that was quicker by another way is told as done before."""
    receipt = yield from _steps.commit(
        Commit(
            tenant=office.tenant,
            changes=ready.changes,
            scopes=ready.scopes,
            effects=ready.effects,
            command_key=command.key,
            command_digest=command.digest,
            rules=ready.rules,
        )
    )
    if receipt.repeated:
        return (yield from _repeated(office, receipt, command))
    return Done(
        jobs=tuple(change.job for change in ready.changes),
        events=tuple(event for change in ready.changes for event in change.events),
        effects=ready.effects,
        receipt=receipt,
    )


def done_before(office: Office, command: Command) -> Steps[Done | None]:
    """Look a command's key up before anything else."""
    if command.key is None:
        return None
    receipt = yield from _steps.receipt(office.tenant, command.key, command.digest)
    return None if receipt is None else (yield from _repeated(office, receipt, command))


def _repeated(office: Office, receipt: Receipt, command: Command) -> Steps[Done]:
    """Return the jobs of a command that was done before as they are now, those it was about first."""
    ids = tuple(dict.fromkeys((*(id for id in command.jobs if id in receipt.versions), *receipt.versions)))
    jobs = yield from office.jobs(ids)
    return Done(jobs=jobs, receipt=attrs.evolve(receipt, repeated=True))


def _change(office: Office, draft: Draft, now: datetime) -> Change:
    before = draft.before
    start = None if before is None else Head(before.id, before.version, before.head)
    events = seal(draft.events, start)
    check_readable(events)
    job = attrs.evolve(draft.job, version=events[-1].seq, head=events[-1].hash)
    return Change(
        job_id=job.id,
        expected_version=0 if before is None else before.version,
        events=events,
        job=job,
        index=index(office, attrs.evolve(draft, job=job), now),
    )


def _newly_pinned(drafts: Iterable[Draft]) -> Mapping[str, str]:
    """
    Return the text of every rule part that a job is pinned to by this commit.

    It goes with the pin itself, so that a host that rolls its transaction back loses both or neither.
    """
    pinned = [draft for draft in drafts if draft.before is None or draft.before.pins != draft.job.pins]
    used = {rule.hash: rule for draft in pinned for rule in draft.lifecycles.values()}
    return {digest: rule.text for digest, rule in used.items()}
