"""Which of a state's transitions a trigger means, and whether exactly one of them is open."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from jobkit.answers import Answer
from jobkit.findings import Finding, Template, blocking
from jobkit.lifecycle._ask import objections
from jobkit.lifecycle._rule import Asked, Option, Rule

UNKNOWN_STATE = Template(
    "lifecycle.unknown_state",
    "{state} is no state of lifecycle {id}.",
    "Migrate the job to one of: {choices}.",
)
UNKNOWN_TRIGGER = Template(
    "lifecycle.unknown_trigger",
    "{trigger} is no trigger of lifecycle {id}.",
    "Use one of the triggers allowed in {state}: {allowed}.",
)
WRONG_STATE = Template(
    "lifecycle.wrong_state",
    "{trigger} does not lead out of {state}; it works from: {works_from}.",
    "Use one of the triggers allowed in {state}: {allowed}.",
)
AMBIGUOUS = Template(
    "lifecycle.ambiguous",
    "{trigger} from {state} could be any of the transitions: {transitions}.",
    "Give each of these transitions its own order, or guards that exclude each other.",
)
OUTRANKED = Template(
    "lifecycle.outranked",
    "{transition} gives way to {winner}, which is open for the same trigger and comes first by order.",
    "Fire {trigger} to take {winner}, or change what opens it.",
)
NOTHING_TO_RESUME = Template(
    "lifecycle.nothing_to_resume",
    "{trigger} cannot return: {state} does not remember where it was entered from.",
    "Use another of the triggers allowed in {state}: {allowed}.",
)
RESUME_GONE = Template(
    "lifecycle.resume_gone",
    "{trigger} cannot return to {resume}: it is no open state of lifecycle {id}.",
    "Use another of the triggers allowed in {state}: {allowed}.",
)


@attrs.frozen
class Judged:
    """One transition with everything that speaks against it."""

    rule: Rule
    findings: tuple[Finding, ...]

    @property
    def answer(self) -> Answer[Option]:
        """The findings as the answer about this transition."""
        return Answer(self.rule.open.subject, self.findings)

    def also(self, finding: Finding) -> "Judged":
        """Return the same with one more finding."""
        return Judged(self.rule, (*self.findings, finding))


@attrs.frozen
class Judge:
    """Judges questions about one lifecycle, the long way: with every reason."""

    id: str
    facet: str
    rules: Mapping[str, tuple[Rule, ...]]

    def one(self, asked: Asked) -> tuple[Answer[Option], Rule | None]:
        """Return the answer about one trigger, and the rule to follow when it is open."""
        leaving = self.rules.get(asked.state.name)
        if leaving is None:
            return Answer(Option(trigger=asked.trigger), (self.unknown_state(asked.state.name),)), None
        meant = [rule for rule in leaving if rule.open.subject.trigger == asked.trigger]
        if not meant:
            return Answer(Option(trigger=asked.trigger), (self._no_way(asked, leaving),)), None
        return self._decided([self._judged(rule, asked) for rule in meant], asked)

    def all(self, asked: Asked) -> tuple[Answer[Option], ...]:
        """Return the answer about every transition that leaves the state, as *asked* but for its trigger."""
        judged = [
            self._judged(rule, attrs.evolve(asked, trigger=rule.open.subject.trigger))
            for rule in self.rules[asked.state.name]
        ]
        return tuple(each.answer for each in self._told_apart(judged, asked))

    def unknown_state(self, state: str) -> Finding:
        """Return the finding that the lifecycle has no such state."""
        path = f"$.states[{self.facet}]"
        return Finding.of(UNKNOWN_STATE, path=path, state=state, id=self.id, choices=sorted(self.rules))

    def _no_way(self, asked: Asked, leaving: Sequence[Rule]) -> Finding:
        works_from = [
            name
            for name, rules in self.rules.items()
            if any(rule.open.subject.trigger == asked.trigger for rule in rules)
        ]
        return self._place(
            WRONG_STATE if works_from else UNKNOWN_TRIGGER, asked, leaving, works_from=works_from
        )

    def _place(self, words: Template, asked: Asked, leaving: Iterable[Rule], **more: Any) -> Finding:
        allowed = dict.fromkeys(rule.open.subject.trigger for rule in leaving)
        return Finding.of(
            words,
            path=f"$.states[{self.facet}]",
            trigger=asked.trigger,
            id=self.id,
            state=asked.state.name,
            allowed=list(allowed),
            **more,
        )

    def _judged(self, rule: Rule, asked: Asked) -> Judged:
        if rule.landings is None:
            return Judged(rule, objections(rule, asked))
        landing = rule.landings.get(asked.state.resume or "")
        if landing is not None:
            return Judged(landing, objections(landing, asked))
        others = [each for each in self.rules[asked.state.name] if each is not rule]
        words = NOTHING_TO_RESUME if asked.state.resume is None else RESUME_GONE
        lost = self._place(words, asked, others, resume=asked.state.resume)
        return Judged(rule, (lost, *objections(rule, asked)))

    def _decided(self, judged: Sequence[Judged], asked: Asked) -> tuple[Answer[Option], Rule | None]:
        able = [each for each in judged if not blocking(each.findings)]
        if not able:
            found = tuple(finding for each in judged for finding in each.findings)
            return Answer(judged[0].rule.open.subject, found), None
        winner = _first(able)
        if winner is None:
            return able[0].also(_ambiguous(able, asked)).answer, None
        return winner.answer, winner.rule

    def _told_apart(self, judged: Sequence[Judged], asked: Asked) -> list[Judged]:
        """Close what is open but is not what its trigger would do."""
        able: dict[str, list[Judged]] = {}
        for each in judged:
            if not blocking(each.findings):
                able.setdefault(each.rule.open.subject.trigger, []).append(each)
        return [_beside(each, able.get(each.rule.open.subject.trigger, []), asked) for each in judged]


def _first(able: Sequence[Judged]) -> Judged | None:
    """Return the one that its order puts first, or None when nothing decides."""
    if len(able) == 1:
        return able[0]
    orders = [each.rule.edge.transition.order for each in able]
    known = [order for order in orders if order is not None]
    if len(known) < len(orders) or known.count(min(known)) > 1:
        return None
    return able[orders.index(min(known))]


def _beside(each: Judged, able: Sequence[Judged], asked: Asked) -> Judged:
    if each not in able or len(able) == 1:
        return each
    winner = _first(able)
    if winner is each:
        return each
    return each.also(_ambiguous(able, asked) if winner is None else _outranked(each, winner))


def _ambiguous(able: Sequence[Judged], asked: Asked) -> Finding:
    return Finding.of(
        AMBIGUOUS,
        trigger=able[0].rule.open.subject.trigger,
        state=asked.state.name,
        transitions=[each.rule.edge.transition.id for each in able],
    )


def _outranked(each: Judged, winner: Judged) -> Finding:
    return Finding.of(
        OUTRANKED,
        source=each.rule.source_id,
        trigger=each.rule.open.subject.trigger,
        transition=each.rule.edge.transition.id,
        winner=winner.rule.edge.transition.id,
    )
