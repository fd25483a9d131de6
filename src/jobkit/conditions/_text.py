"""The text form of a condition: one readable line, parsed by `ast` and never evaluated."""

import ast
from typing import Any, Final, NoReturn

from jobkit.conditions import _words as words
from jobkit.conditions._operators import COUNTS, OPERATORS
from jobkit.conditions._scan import scan, wrong
from jobkit.conditions._vocabulary import is_plain_name
from jobkit.documents import Limits
from jobkit.paths import Item, Step, write

_SIGNS: Final = {
    ast.Eq: "is", ast.Is: "is", ast.NotEq: "is_not", ast.IsNot: "is_not",
    ast.Lt: "less", ast.LtE: "at_most", ast.Gt: "more", ast.GtE: "at_least",
}  # fmt: skip
_FLIPPED_IN: Final = {ast.In: "in", ast.NotIn: "not_in"}
_WORDS: Final = {"true": True, "false": False, "none": None}
FUNCTIONS: Final = tuple(
    name for name, one in OPERATORS.items() if one.symbol is None and name not in ("count", "contains")
)


def read_text(text: str, path: str, limits: Limits = words.LIMITS) -> Any:
    """
    Read one line into the data form; a line that is too long, too deep or not a condition is refused.

    >>> read_text('tier == "gold" and not known(parts[...].hold)', "$")["all"][1]
    {'not': {'field': '$.parts[].hold', 'known': True}}
    """
    scan(text, path, limits)
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        at = getattr(error, "offset", None) or 0
        raise wrong(path, at, "it is not complete, or its parts do not fit together") from error
    return _Reader(path).node(tree.body)


class _Reader:
    """Turns the tree of one expression into data, form by form; every other form is refused."""

    def __init__(self, path: str) -> None:
        self.path = path

    def node(self, tree: ast.expr) -> Any:
        """Read what can be true or false."""
        if isinstance(tree, ast.BoolOp):
            form = "all" if isinstance(tree.op, ast.And) else "any"
            return {form: [self.node(part) for part in tree.values]}
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.Not):
            return {"not": self.node(tree.operand)}
        if isinstance(tree, ast.Compare):
            return self.comparison(tree)
        if isinstance(tree, ast.Call):
            return self.function(tree)
        return self.bare(tree)

    def bare(self, tree: ast.expr) -> Any:
        """Read a fact or a truth that stands alone."""
        value = self._constant(tree)
        if isinstance(value, bool):
            return {"all" if value else "any": []}
        if not isinstance(tree, (ast.Name, ast.Attribute, ast.Subscript)):
            self.refuse(tree, "a comparison is expected")
        return {"field": self.field(tree), "is": True}

    def comparison(self, tree: ast.Compare) -> Any:
        """Read `fact sign value`, `value in fact` and `count(fact) sign number`."""
        if len(tree.ops) != 1:
            self.refuse(tree, "write a < b < c as a < b and b < c")
        left, sign, right = tree.left, type(tree.ops[0]), tree.comparators[0]
        if sign in _FLIPPED_IN:
            return self.membership(left, sign, right)
        if isinstance(left, ast.Call):
            return self.counted(left, sign, right)
        return {"field": self.field(left), _SIGNS[sign]: self.value(right)}

    def membership(self, left: ast.expr, sign: type[ast.cmpop], right: ast.expr) -> Any:
        """Read `fact in [values]` and `value in list`."""
        if isinstance(right, (ast.List, ast.Tuple)):
            return {"field": self.field(left), _FLIPPED_IN[sign]: self.value(right)}
        contains = {"field": self.field(right), "contains": self.value(left)}
        return contains if sign is ast.In else {"not": contains}

    def counted(self, left: ast.Call, sign: type[ast.cmpop], right: ast.expr) -> Any:
        """Read the size of a list against a number."""
        name, arguments = self._parts(left, 1)
        if name != "count" or _SIGNS[sign] not in COUNTS:
            self.refuse(left, "only count(list) can be compared with ==, <, <=, > or >=")
        return {"field": self.field(arguments[0]), "count": {_SIGNS[sign]: self.value(right)}}

    def function(self, tree: ast.Call) -> Any:
        """Read the functions: known, matches, before, every, some, call and so on."""
        name = tree.func.id if isinstance(tree.func, ast.Name) else ""
        if name == "call":
            return self.call(tree)
        if name in ("every", "some"):
            return self.quantified(tree, name)
        if name in ("known", "unknown"):
            return {"field": self.field(self._parts(tree, 1)[1][0]), "known": name == "known"}
        if name not in FUNCTIONS:
            self.refuse(tree, f"there is no function {words.shown(name)}")
        field, value = self._parts(tree, 2)[1]
        return {"field": self.field(field), name: self.value(value)}

    def quantified(self, tree: ast.Call, name: str) -> Any:
        """Read `some(comparison)` and `some(list, condition on item)`."""
        if len(tree.args) == 2:
            field, part = self._parts(tree, 2)[1]
            return {name: self.field(field), "that": self.node(part)}
        leaf = self.node(self._parts(tree, 1)[1][0])
        if "field" not in leaf or "some" in leaf:
            self.refuse(tree, f"{name} takes one comparison, or a list and a condition on item")
        return {**leaf, "some": True} if name == "some" else leaf

    def call(self, tree: ast.Call) -> Any:
        """Read `call("name", argument=value)`."""
        name = self._constant(tree.args[0]) if len(tree.args) == 1 else None
        if not isinstance(name, str):
            self.refuse(tree, 'a call reads call("name", argument=value)')
        given = [(self._keyword(one), self.argument(one.value)) for one in tree.keywords]
        return {"call": name, "with": self._once(given, tree)}

    def _once(self, given: list[tuple[str, Any]], tree: ast.expr) -> dict[str, Any]:
        named = dict(given)
        if len(named) < len(given):
            self.refuse(tree, "a name is given twice")
        return named

    def _keyword(self, keyword: ast.keyword) -> str:
        if keyword.arg is None:
            self.refuse(keyword.value, "arguments are handed over by name")
        return keyword.arg

    def argument(self, tree: ast.expr) -> Any:
        """Read an argument of a predicate: a plain value, or lists and tables of them."""
        if isinstance(tree, (ast.List, ast.Tuple)):
            return [self.argument(one) for one in tree.elts]
        if isinstance(tree, ast.Dict):
            keys = [self._key(key, tree) for key in tree.keys]
            values = [self.argument(one) for one in tree.values]
            return self._once(list(zip(keys, values, strict=True)), tree)
        return self.literal(tree)

    def _key(self, key: ast.expr | None, tree: ast.Dict) -> str:
        name = None if key is None else self._constant(key)
        if not isinstance(name, str):
            self.refuse(tree, "the keys of a table are texts")
        return name

    def value(self, tree: ast.expr) -> Any:
        """Read the right side of a comparison: a value, a list of values, or another fact."""
        if isinstance(tree, (ast.List, ast.Tuple)):
            return [self.literal(one) for one in tree.elts]
        if isinstance(tree, ast.Name) and tree.id in _WORDS:
            return _WORDS[tree.id]
        if isinstance(tree, (ast.Name, ast.Attribute, ast.Subscript)):
            return {"field": self.field(tree)}
        return self.literal(tree)

    def literal(self, tree: ast.expr) -> Any:
        """Read one plain value."""
        if isinstance(tree, ast.Constant) and isinstance(tree.value, (str, int, float)):
            return tree.value
        if isinstance(tree, ast.Constant) and tree.value is None:
            return None
        if isinstance(tree, ast.Name) and tree.id in _WORDS:
            return _WORDS[tree.id]
        if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub):
            number = self._constant(tree.operand)
            if isinstance(number, (int, float)) and not isinstance(number, bool):
                return -number
        return self.refuse(tree, "a plain value is expected")

    def field(self, tree: ast.expr) -> str:
        """Read the path of a fact: names, [...] for every item, ["id"] for one."""
        steps: list[Step] = []
        while not isinstance(tree, ast.Name):
            if isinstance(tree, ast.Attribute):
                steps.append(tree.attr)
                tree = tree.value
            elif isinstance(tree, ast.Subscript):
                steps.append(self._item(tree.slice))
                tree = tree.value
            else:
                self.refuse(tree, "the name of a fact is expected")
        if not is_plain_name(tree.id) or tree.id in _WORDS:
            self.refuse(tree, f"{tree.id} is not the name of a fact")
        return write((tree.id, *reversed(steps)))

    def _item(self, tree: ast.expr) -> Item:
        value = self._constant(tree)
        if value is ...:
            return Item(None)
        if not isinstance(value, str):
            self.refuse(tree, 'items are named by ["id"], or by [...] for every item')
        return Item(value)

    def _parts(self, tree: ast.Call, count: int) -> tuple[str, list[ast.expr]]:
        name = tree.func.id if isinstance(tree.func, ast.Name) else ""
        if len(tree.args) != count or tree.keywords:
            self.refuse(tree, f"{words.shown(name)} takes {count} argument{'' if count == 1 else 's'}")
        return name, tree.args

    def _constant(self, tree: ast.expr) -> Any:
        if isinstance(tree, ast.Name):
            return _WORDS.get(tree.id)
        return tree.value if isinstance(tree, ast.Constant) else None

    def refuse(self, tree: ast.expr, why: str) -> NoReturn:
        """Raise the error for a form that conditions do not have."""
        raise wrong(self.path, tree.col_offset, why)
