"""The least that unblocks: a set of deeds that opens a package, none of which can be left out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import combinations, product
from typing import Any, Final

import attrs

from jobkit.conditions import Condition, Verdict
from jobkit.requirements._formula import ALWAYS, Atom, Formula, Literal, Truth, Truths, Turn
from jobkit.requirements._package import Rule

MOST_CANDIDATES: Final = 16
"""Up to so many candidates with a choice the smallest set is proven; beyond, it is irreducible only."""

_MOST_LOOSE: Final = 4


@attrs.frozen(kw_only=True)
class Deed:
    """One thing to bring about, and the requirements that it serves."""

    text: str
    unblock: str
    field: str | None = None
    serves: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Unblocking:
    """
    Deeds that together open the package; dropping any one leaves it closed.

    `proven_smallest` says that no smaller set does. `possible` is False when no set was found, because
    requirements contradict each other.
    """

    deeds: tuple[Deed, ...] = ()
    proven_smallest: bool = True
    possible: bool = True


@attrs.frozen
class Search:
    """Looks for deeds among the comparisons of the rules that must hold."""

    rules: tuple[Rule, ...]
    truths: Truths
    atoms: tuple[Atom, ...]

    def opens(self, chosen: Iterable[Literal]) -> bool:
        """Whether every rule would hold or not apply, in whatever way the literals were brought about."""
        settled, loose = self._settled(tuple(chosen))
        if not loose or len(loose) > _MOST_LOOSE:
            return self._hold(settled)
        return all(self._hold({**settled, **case}) for case in _cases(loose))

    def _hold(self, truths: Truths) -> bool:
        return all(
            rule.met.under(truths) is True or rule.applicable.under(truths) is False for rule in self.rules
        )

    def _settled(self, chosen: Sequence[Literal]) -> tuple[Truths, list[Atom]]:
        """Return what each atom is after the deeds, and those that will be known but may be either."""
        made = {literal.atom.text: literal.wanted for literal in chosen}
        turns: dict[Atom, set[Turn]] = {}
        for literal in chosen:
            for atom, turn in self._touched[literal]:
                if atom.text not in made:
                    turns.setdefault(atom, set()).add(turn)
        settled = {atom.text: _settled_by(kinds) for atom, kinds in turns.items()}
        loose = [atom for atom, kinds in turns.items() if kinds == {"either"}]
        return {**self.truths, **settled, **made}, loose

    @cached_property
    def _touched(self) -> dict[Literal, list[tuple[Atom, Turn]]]:
        wanted = {literal for rule in self.rules for literal in rule.met.literals()}
        beside: dict[str | None, list[Atom]] = {}
        for atom in self.atoms:
            beside.setdefault(atom.field, []).append(atom)
        return {
            literal: [
                (atom, literal.turns(atom))
                for atom in beside.get(literal.atom.field, ())
                if literal.touches(atom)
            ]
            for literal in wanted
        }

    def candidates(self) -> tuple[Literal, ...]:
        """
        Return what could be brought about: every comparison that is not yet as some rule wants it.

        With it goes what may have to be kept: a comparison that is as wanted, about a fact that would change.
        """
        wanted = dict.fromkeys(literal for rule in self.rules for literal in rule.met.literals())
        open_ = [literal for literal in wanted if not self._is_so(literal)]
        return tuple(
            literal
            for literal in wanted
            if not self._is_so(literal) or any(other.touches(literal.atom) for other in open_)
        )

    def _is_so(self, literal: Literal) -> bool:
        return self.truths[literal.atom.text] is literal.wanted

    def smallest(self, candidates: Sequence[Literal]) -> tuple[Literal, ...] | None:
        """Return a smallest set that opens, trying every set in order of size."""
        forced = self.forced(candidates)
        free = [literal for literal in candidates if literal not in forced]
        for size in range(len(free) + 1):
            for more in combinations(free, size):
                chosen = (*forced, *more)
                if _agree(chosen) and self.opens(chosen):
                    return chosen
        return None

    def forced(self, candidates: Sequence[Literal]) -> tuple[Literal, ...]:
        """Return the candidates without which nothing opens, as every way to meet some rule has them."""
        needed = {
            literal for rule in self.rules if rule.applicable == ALWAYS for literal in _in_every_way(rule.met)
        }
        return tuple(one for one in candidates if one in needed and self._stands_alone(one, candidates))

    def _stands_alone(self, literal: Literal, candidates: Iterable[Literal]) -> bool:
        """Whether nothing else that could be done would turn the literal's atom as well."""
        others = (other for other in candidates if other != literal)
        return not self._is_so(literal) and not any(other.touches(literal.atom) for other in others)

    def irreducible(self, candidates: Sequence[Literal]) -> tuple[Literal, ...] | None:
        """Return a set that opens and from which nothing can be dropped, without trying every set."""
        chosen: dict[Literal, None] = {}
        for _ in self.rules:
            told, _ = self._settled(tuple(chosen))
            left = [
                rule
                for rule in self.rules
                if rule.applicable.under(told) is not False and rule.met.under(told) is not True
            ]
            if not left:
                break
            chosen |= dict.fromkeys(_cheapest(left[0].met, told))
        if not _agree(tuple(chosen)) or not self.opens(chosen):
            return None
        return self._reduced(tuple(chosen))

    def _reduced(self, chosen: tuple[Literal, ...]) -> tuple[Literal, ...]:
        place = 0
        while place < len(chosen):
            fewer = (*chosen[:place], *chosen[place + 1 :])
            if self.opens(fewer):
                chosen, place = fewer, 0
            else:
                place += 1
        return chosen


def _settled_by(turns: set[Turn]) -> Truth:
    return True if "true" in turns else False if "false" in turns else None


def _cases(loose: Sequence[Atom]) -> Iterator[Truths]:
    """Yield every way in which the atoms may come out together."""
    for case in product((True, False), repeat=len(loose)):
        so = [atom for atom, truth in zip(loose, case, strict=True) if truth]
        if not any(one.excludes(two) for one, two in combinations(so, 2)):
            yield {atom.text: truth for atom, truth in zip(loose, case, strict=True)}


def _in_every_way(formula: Formula) -> frozenset[Literal]:
    if isinstance(formula, Literal):
        return frozenset((formula,))
    ways = [_in_every_way(part) for part in formula.parts]
    if not ways:
        return frozenset()
    return frozenset.union(*ways) if formula.every else frozenset.intersection(*ways)


def _agree(chosen: Sequence[Literal]) -> bool:
    """Whether the literals can be brought about together."""
    if len({literal.atom.text for literal in chosen}) < len(chosen):
        return False
    pairs = combinations((literal for literal in chosen if literal.wanted), 2)
    return not any(one.atom.excludes(two.atom) for one, two in pairs)


def _cheapest(formula: Formula, told: Truths) -> tuple[Literal, ...]:
    """Return the fewest literals that would make *formula* true, judged part by part."""
    if isinstance(formula, Literal):
        return () if formula.under(told) is True else (formula,)
    costs = [_cheapest(part, told) for part in formula.parts]
    if formula.every or not costs:
        return tuple(dict.fromkeys(literal for cost in costs for literal in cost))
    return min(costs, key=len)


def unblocking(
    rules: Iterable[Rule],
    atoms: Iterable[Atom],
    truths: Truths,
    verdict: Callable[[Condition], Verdict],
) -> Unblocking:
    """
    Return deeds that open every one of *rules*, given what each atom is now.

    Up to sixteen candidates, not counting those that cannot be done without, the smallest set is found by
    trying; beyond that, one from which nothing can be dropped. Deeds are judged by the comparisons as they
    stand now: a value that is newly recorded may turn others, and the next review tells that.
    """
    search = Search(tuple(rules), truths, tuple(atoms))
    candidates = search.candidates()
    proven = len(candidates) - len(search.forced(candidates)) <= MOST_CANDIDATES
    chosen = search.smallest(candidates) if proven else search.irreducible(candidates)
    if chosen is None:
        return Unblocking(possible=False, proven_smallest=proven)
    deeds = tuple(_deed(literal, search.rules, verdict) for literal in chosen)
    return Unblocking(deeds=deeds, proven_smallest=proven)


def _deed(literal: Literal, rules: Iterable[Rule], verdict: Callable[[Condition], Verdict]) -> Deed:
    served = [rule.requirement for rule in rules if literal in set(rule.met.literals())]
    serves = tuple(requirement.id for requirement in served)
    question: Any = literal.atom.ask if literal.wanted else literal.atom.opposite
    leaves = verdict(question).leaves if isinstance(question, Condition) else ()
    text = literal.atom.text if literal.wanted else f"not {literal.atom.text}"
    if len(leaves) == 1 and leaves[0].operator != "call":
        deed = f"See to it that {told(leaves[0])}."
        return Deed(text=text, unblock=deed, field=leaves[0].field, serves=serves)
    # A question that cannot be taken apart belongs to the one requirement that asks it.
    field = served[0].field if len(served) == 1 and literal.atom.leaf is None else None
    return Deed(text=text, unblock=f"See to it that this holds: {text}.", field=field, serves=serves)


def told(leaf: Any) -> str:
    """Return what a comparison wants, in words."""
    if leaf.operator == "known":
        return f"{leaf.field} is {'left open' if leaf.negated else 'recorded'}"
    return f"{leaf.field} is {leaf.wanted}"
