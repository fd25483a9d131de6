"""Recording: seal drafts onto their jobs' chains, index them, and commit them all or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import attrs

from jobkit.desk import _steps
from jobkit.desk._index import index
from jobkit.desk._office import Office
from jobkit.desk._steps import Steps
from jobkit.desk._unique import must_be_free
from jobkit.documents import write_json
from jobkit.history import Event, Head, seal
from jobkit.lifecycle import Lifecycle
from jobkit.model import Job
from jobkit.ports import Change, Commit, Effect, Receipt


@attrs.frozen(kw_only=True)
class Draft:
    """One job's unsealed share of a command: the job before and after, its new events, and its effects."""

    before: Job | None
    job: Job
    events: tuple[Event, ...]
    lifecycles: Mapping[str, Lifecycle]
    effects: tuple[Effect, ...] = ()

    def then(self, more: "Draft") -> "Draft":
        """Return one draft for this deed and a later one on the same job."""
        return attrs.evolve(
            more,
            before=self.before,
            events=(*self.events, *more.events),
            effects=(*self.effects, *more.effects),
        )


@attrs.frozen(kw_only=True)
class Command:
    """The caller's key for a command and the digest of its arguments, without time and ids."""

    key: str | None = None
    digest: str = ""


NO_COMMAND = Command()


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


def record(
    office: Office,
    drafts: Sequence[Draft],
    *,
    at: datetime,
    command: Command = NO_COMMAND,
) -> Steps[Done]:
    """
    Seal *drafts*, compute their index facts and commit them in one piece.

    Every verb that writes comes through here, so what must be unique across jobs is refused on every path.
    """
    scopes = yield from must_be_free(office, [(draft.before, draft.job) for draft in drafts])
    changes = tuple(_change(office, draft, at) for draft in drafts)
    effects = tuple(effect for draft in drafts for effect in draft.effects)
    receipt = yield from _steps.commit(
        Commit(
            tenant=office.tenant,
            changes=changes,
            scopes=scopes,
            effects=effects,
            command_key=command.key,
            command_digest=command.digest,
            rules=_rule_texts(office, drafts),
        )
    )
    office.archived.update(rule.hash for draft in drafts for rule in draft.lifecycles.values())
    if receipt.repeated:
        return (yield from repeated(office, receipt))
    return Done(
        jobs=tuple(change.job for change in changes),
        events=tuple(event for change in changes for event in change.events),
        effects=effects,
        receipt=receipt,
    )


def repeated(office: Office, receipt: Receipt) -> Steps[Done]:
    """Return what a command that was done before had led to, with the jobs as they are now."""
    jobs = yield from office.jobs(tuple(receipt.versions))
    return Done(jobs=jobs, receipt=attrs.evolve(receipt, repeated=True))


def done_before(office: Office, command: Command) -> Steps[Done | None]:
    """Look a command's key up before anything else."""
    if command.key is None:
        return None
    receipt = yield from _steps.receipt(office.tenant, command.key, command.digest)
    return None if receipt is None else (yield from repeated(office, receipt))


def _change(office: Office, draft: Draft, at: datetime) -> Change:
    before = draft.before
    start = Head(before.id, before.version, before.head) if before is not None else None
    events = seal(draft.events, start)
    job = attrs.evolve(draft.job, version=events[-1].seq, head=events[-1].hash) if events else draft.job
    return Change(
        job_id=job.id,
        expected_version=0 if before is None else before.version,
        events=events,
        job=job,
        index=index(job, office.catalog, draft.lifecycles, at),
    )


def _rule_texts(office: Office, drafts: Iterable[Draft]) -> Mapping[str, str]:
    """Return the rule parts that this desk has not archived yet."""
    used = {rule.hash: rule for draft in drafts for rule in draft.lifecycles.values()}
    return {digest: write_json(used[digest].definition.to_data()) for digest in used.keys() - office.archived}
