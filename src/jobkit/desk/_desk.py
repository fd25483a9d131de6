"""Desk and AsyncDesk: two small drivers over verbs that are written once."""

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

from jobkit.catalog import Catalog
from jobkit.desk import (
    _alarms,
    _alarms_decided,
    _board,
    _clock_views,
    _conversation,
    _devices,
    _intake,
    _merge,
    _migrations,
    _moves,
    _opening,
    _people,
    _playbooks,
    _playbooks_rules,
    _playbooks_views,
    _ranking,
    _redirects,
    _refresh,
    _replay,
    _requests,
    _requests_tasks,
    _requests_views,
    _routing,
    _suggestions,
    _tasks,
    _time,
    _twins,
    _unmerge,
    _verdicts,
    _views,
    _visits,
    _words,
)
from jobkit.desk._office import Office, no_trace
from jobkit.desk._steps import Trace, async_verb, verb
from jobkit.ports import JobStore, RuleArchive


class Store(JobStore, RuleArchive, Protocol):
    """What a desk works on: a host's persistence, with the archive of its rules."""


class _Sources(Protocol):
    def new_id(self) -> str: ...

    def new_salt(self) -> str: ...


S = TypeVar("S", bound=_Sources)


class _Seated(Generic[S]):
    """What both desks are made of: the wiring and the store."""

    __slots__ = ("office", "store")

    def __init__(
        self,
        catalog: Catalog,
        store: S,
        *,
        tenant: str = "",
        new_id: Callable[[], str] | None = None,
        new_salt: Callable[[], str] | None = None,
        trace: Trace = no_trace,
    ) -> None:
        """
        Seat a desk on *store*, a `JobStore` (its async twin for an `AsyncDesk`).

        Ids and salts come from the store's own sources unless the host gives others; *trace* opens a context
        around every verb, which sees it start and end, and what it raises.
        """
        self.store = store
        self.office = Office(
            catalog=catalog,
            tenant=tenant,
            new_id=new_id or store.new_id,
            new_salt=new_salt or store.new_salt,
            trace=trace,
        )


class Desk(_Seated[Store]):
    """
    Every verb on jobs, on a store that answers at once. As thread-safe as its store.

    Verbs that write take `by`, `at` and an optional `command_key`, and return `Done`; repeating a command
    with its key does nothing twice. What a verb refuses, `ask` tells beforehand.
    """

    __slots__ = ()

    submit = verb(_opening.submit)
    look_up = verb(_intake.look_up)
    judge = verb(_verdicts.judge)
    suggest = verb(_suggestions.suggest)
    confirm_suggestion = verb(_suggestions.confirm_suggestion)
    decline_suggestion = verb(_suggestions.decline_suggestion)
    adopt = verb(_opening.adopt)
    replay = verb(_replay.replay)
    start = verb(_playbooks.start)
    adopt_playbook = verb(_playbooks.adopt_playbook)
    playbook_of = verb(_playbooks_rules.playbook_of)
    playbook_gains = verb(_playbooks_views.playbook_gains)
    promotion = verb(_requests.promotion)
    promote = verb(_requests.promote)
    request_status = verb(_requests_views.request_status)
    amend = verb(_words.amend)
    note = verb(_words.note)
    erase = verb(_words.erase)
    twins = verb(_twins.twins)
    look_for_twins = verb(_twins.look_for_twins)
    decide_twin = verb(_twins.decide_twin)
    alarm = verb(_alarms.alarm)
    planned_visits = verb(_alarms_decided.planned_visits)
    decide_alarm = verb(_alarms_decided.decide_alarm)
    plan_visit = verb(_visits.plan_visit)
    record_visit = verb(_visits.record_visit)
    sign_off = verb(_visits.sign_off)
    assign = verb(_people.assign)
    accept = verb(_people.accept)
    decline = verb(_people.decline)
    reassign = verb(_people.reassign)
    add_task = verb(_tasks.add_task)
    activate_task = verb(_tasks.activate_task)
    complete_task = verb(_tasks.complete_task)
    drop_task = verb(_tasks.drop_task)
    open_task = verb(_requests_tasks.open_task)
    tasks_of = verb(_requests_views.tasks_of)
    ask = verb(_moves.ask)
    ask_many = verb(_moves.ask_many)
    fire = verb(_moves.fire)
    merge = verb(_merge.merge)
    unmerge = verb(_unmerge.unmerge)
    resolve = verb(_redirects.resolve)
    conversation = verb(_conversation.conversation)
    receive = verb(_devices.receive)
    migrate = verb(_migrations.migrate)
    pending = verb(_views.pending)
    readiness = verb(_views.readiness)
    flags = verb(_views.flags)
    due = verb(_views.due)
    advance = verb(_time.advance)
    refresh = verb(_refresh.refresh)
    clock = verb(_clock_views.clock)
    clocks = verb(_clock_views.clocks)
    clock_columns = verb(_clock_views.clock_columns)
    at_risk = verb(_clock_views.at_risk)
    job = verb(_views.job)
    find = verb(_views.find)
    on_asset = verb(_views.on_asset)
    history = verb(_views.history)
    intake = verb(_intake.intake)
    auto_reply = verb(_intake.auto_reply)
    provenance = verb(_intake.provenance)
    queue = verb(_views.queue)
    feed = verb(_views.feed)
    outbox = verb(_views.outbox)
    delivered = verb(_views.delivered)
    rank = verb(_ranking.rank)
    override_priority = verb(_ranking.override_priority)
    route = verb(_routing.route)
    board = verb(_board.board)
    overbooked = verb(_board.overbooked)
    admission = verb(_board.admission)
    admit = verb(_board.admit)
    withdraw = verb(_board.withdraw)
    displaceable = verb(_board.displaceable)
    defer = verb(_board.defer)


class AsyncDesk(_Seated[Any]):
    """
    The same verbs, awaited, on a store whose methods are coroutines; `new_id` and `new_salt` answer at once.
    """

    __slots__ = ()

    submit = async_verb(_opening.submit)
    look_up = async_verb(_intake.look_up)
    judge = async_verb(_verdicts.judge)
    suggest = async_verb(_suggestions.suggest)
    confirm_suggestion = async_verb(_suggestions.confirm_suggestion)
    decline_suggestion = async_verb(_suggestions.decline_suggestion)
    adopt = async_verb(_opening.adopt)
    replay = async_verb(_replay.replay)
    start = async_verb(_playbooks.start)
    adopt_playbook = async_verb(_playbooks.adopt_playbook)
    playbook_of = async_verb(_playbooks_rules.playbook_of)
    playbook_gains = async_verb(_playbooks_views.playbook_gains)
    promotion = async_verb(_requests.promotion)
    promote = async_verb(_requests.promote)
    request_status = async_verb(_requests_views.request_status)
    amend = async_verb(_words.amend)
    note = async_verb(_words.note)
    erase = async_verb(_words.erase)
    twins = async_verb(_twins.twins)
    look_for_twins = async_verb(_twins.look_for_twins)
    decide_twin = async_verb(_twins.decide_twin)
    alarm = async_verb(_alarms.alarm)
    planned_visits = async_verb(_alarms_decided.planned_visits)
    decide_alarm = async_verb(_alarms_decided.decide_alarm)
    plan_visit = async_verb(_visits.plan_visit)
    record_visit = async_verb(_visits.record_visit)
    sign_off = async_verb(_visits.sign_off)
    assign = async_verb(_people.assign)
    accept = async_verb(_people.accept)
    decline = async_verb(_people.decline)
    reassign = async_verb(_people.reassign)
    add_task = async_verb(_tasks.add_task)
    activate_task = async_verb(_tasks.activate_task)
    complete_task = async_verb(_tasks.complete_task)
    drop_task = async_verb(_tasks.drop_task)
    open_task = async_verb(_requests_tasks.open_task)
    tasks_of = async_verb(_requests_views.tasks_of)
    ask = async_verb(_moves.ask)
    ask_many = async_verb(_moves.ask_many)
    fire = async_verb(_moves.fire)
    merge = async_verb(_merge.merge)
    unmerge = async_verb(_unmerge.unmerge)
    resolve = async_verb(_redirects.resolve)
    conversation = async_verb(_conversation.conversation)
    receive = async_verb(_devices.receive)
    migrate = async_verb(_migrations.migrate)
    pending = async_verb(_views.pending)
    readiness = async_verb(_views.readiness)
    flags = async_verb(_views.flags)
    due = async_verb(_views.due)
    advance = async_verb(_time.advance)
    refresh = async_verb(_refresh.refresh)
    clock = async_verb(_clock_views.clock)
    clocks = async_verb(_clock_views.clocks)
    clock_columns = async_verb(_clock_views.clock_columns)
    at_risk = async_verb(_clock_views.at_risk)
    job = async_verb(_views.job)
    find = async_verb(_views.find)
    on_asset = async_verb(_views.on_asset)
    history = async_verb(_views.history)
    intake = async_verb(_intake.intake)
    auto_reply = async_verb(_intake.auto_reply)
    provenance = async_verb(_intake.provenance)
    queue = async_verb(_views.queue)
    feed = async_verb(_views.feed)
    outbox = async_verb(_views.outbox)
    delivered = async_verb(_views.delivered)
    rank = async_verb(_ranking.rank)
    override_priority = async_verb(_ranking.override_priority)
    route = async_verb(_routing.route)
    board = async_verb(_board.board)
    overbooked = async_verb(_board.overbooked)
    admission = async_verb(_board.admission)
    admit = async_verb(_board.admit)
    withdraw = async_verb(_board.withdraw)
    displaceable = async_verb(_board.displaceable)
    defer = async_verb(_board.defer)
