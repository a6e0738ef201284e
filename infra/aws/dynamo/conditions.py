"""What conditions, filters and projections mean for an item."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from infra.aws.dynamo.grammar import ConditionReader, Node, names_and_values, read_projection
from infra.aws.dynamo.values import Item, Value, equal, kind_of, length, sortable
from infra.aws.errors import validation

Names = Mapping[str, str]
Values = Mapping[str, Value]
Test = Callable[[Item, Names, Values], bool]
Read = Callable[[Item, Names, Values], Value | None]

ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


class Scope:
    """The names and values of one request; knows which were used, for the service refuses the unused."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.names: Names = request.get("ExpressionAttributeNames") or {}
        self.values: Values = request.get("ExpressionAttributeValues") or {}
        self._given = "ExpressionAttributeNames" in request, "ExpressionAttributeValues" in request
        self._used: set[str] = set()

    def use(self, text: str, kind: str) -> None:
        """Notes what an expression uses; refuses what is not defined."""
        names, values = names_and_values(text)
        for name in sorted(names - self.names.keys()):
            raise validation(
                f"Invalid {kind}: An expression attribute name used in the document path is not defined; "
                f"attribute name: {name}"
            )
        for value in sorted(values - self.values.keys()):
            raise validation(
                f"Invalid {kind}: An expression attribute value used in expression is not defined; "
                f"attribute value: {value}"
            )
        self._used |= names | values

    def close(self) -> None:
        """Refuses names and values that no expression used."""
        for given, word, members in (
            (self._given[0], "Names", self.names),
            (self._given[1], "Values", self.values),
        ):
            if given and not members:
                raise validation(f"ExpressionAttribute{word} must not be empty")
            unused = [one for one in members if one not in self._used]
            if unused:
                raise validation(
                    f"Value provided in ExpressionAttribute{word} unused in expressions: "
                    f"keys: {{{', '.join(unused)}}}"
                )


def look_up(item: Item, parts: tuple[str | int, ...], names: Names) -> Value | None:
    """The value at a path, or None."""
    first = parts[0]
    value: Value | None = item.get(names[first] if str(first)[0] == "#" else first)  # type: ignore[index, arg-type]
    for part in parts[1:]:
        if value is None:
            return None
        if isinstance(part, int):
            members = value.get("L", ())
            value = members[part] if part < len(members) else None
        else:
            value = value.get("M", {}).get(names[part] if part[0] == "#" else part)
    return value


def reader(node: Node) -> Read:
    """A function that reads an operand from an item."""
    if node[0] == "value":
        name = node[1]
        return lambda _item, _names, values: values[name]
    if node[0] == "size":
        inner = reader(node[1])
        return lambda item, names, values: _size(inner(item, names, values))
    parts = node[1]
    return lambda item, names, _values: look_up(item, parts, names)


def _size(value: Value | None) -> Value | None:
    count = length(value) if value is not None else None
    return {"N": str(count)} if count is not None else None


def _compare(sign: str, left: Value | None, right: Value | None) -> bool:
    if sign == "<>":
        return left is None or right is None or not equal(left, right)
    if left is None or right is None:
        return False
    if sign == "=":
        return equal(left, right)
    kind = kind_of(left)
    if kind != kind_of(right) or kind not in ("S", "N", "B"):
        return False
    return ORDER[sign](sortable(left), sortable(right))


def _contains(whole: Value | None, part: Value | None) -> bool:
    if whole is None or part is None:
        return False
    kind, inner = next(iter(whole.items()))
    wanted = part[kind_of(part)]
    if kind == "S":
        return kind_of(part) == "S" and wanted in inner
    if kind == "L":
        return any(equal(one, part) for one in inner)
    return kind in ("SS", "NS", "BS") and kind[0] == kind_of(part) and wanted in inner


def _begins_with(value: Value | None, start: Value | None) -> bool:
    if value is None or start is None or kind_of(value) != kind_of(start) or kind_of(value) not in ("S", "B"):
        return False
    return bool(sortable(value).startswith(sortable(start)))


CALLS: dict[str, Callable[..., bool]] = {
    "attribute_exists": lambda value: value is not None,
    "attribute_not_exists": lambda value: value is None,
    "attribute_type": lambda value, kind: value is not None and kind_of(value) == kind["S"],
    "begins_with": _begins_with,
    "contains": _contains,
}


def tester(node: Node) -> Test:
    """A function that holds an item against a condition."""
    return _TESTERS[node[0]](*node[1:])


def _both(left: Node, right: Node) -> Test:
    a, b = tester(left), tester(right)
    return lambda item, names, values: a(item, names, values) and b(item, names, values)


def _either(left: Node, right: Node) -> Test:
    a, b = tester(left), tester(right)
    return lambda item, names, values: a(item, names, values) or b(item, names, values)


def _negated(inner: Node) -> Test:
    a = tester(inner)
    return lambda item, names, values: not a(item, names, values)


def _comparison(sign: str, left: Node, right: Node) -> Test:
    a, b = reader(left), reader(right)
    return lambda item, names, values: _compare(sign, a(item, names, values), b(item, names, values))


def _between(value: Node, low: Node, high: Node) -> Test:
    a, b = _comparison(">=", value, low), _comparison("<=", value, high)
    return lambda item, names, values: a(item, names, values) and b(item, names, values)


def _within(value: Node, choices: list[Node]) -> Test:
    tests = [_comparison("=", value, choice) for choice in choices]
    return lambda item, names, values: any(test(item, names, values) for test in tests)


def _call(name: str, arguments: list[Node]) -> Test:
    call, reads = CALLS[name], [reader(one) for one in arguments]
    return lambda item, names, values: call(*(read(item, names, values) for read in reads))


_TESTERS: dict[str, Callable[..., Test]] = {
    "and": _both,
    "or": _either,
    "not": _negated,
    "cmp": _comparison,
    "between": _between,
    "in": _within,
    "call": _call,
}


@lru_cache(maxsize=1024)
def compiled(text: str, kind: str) -> tuple[Node, Test]:
    """The tree and the test of a condition's text, kept: programs use few texts and many values."""
    tree = ConditionReader(text, kind).condition()
    return tree, tester(tree)


def condition(text: str | None, scope: Scope, *, kind: str = "ConditionExpression") -> Callable[[Item], bool]:
    """A test of items for one request; without a text, everything passes."""
    if text is None:
        return lambda _item: True
    _, test = compiled(text, kind)
    scope.use(text, kind)
    return lambda item: test(item, scope.names, scope.values)


@lru_cache(maxsize=256)
def _projected(text: str) -> list[Node]:
    return read_projection(text)


def projection(text: str | None, scope: Scope) -> Callable[[Item], Item]:
    """A function that keeps the named paths of an item; without a text, the whole item."""
    if text is None:
        return lambda item: item
    paths = _projected(text)
    scope.use(text, "ProjectionExpression")
    names = scope.names
    plain = [names[parts[0]] if parts[0][0] == "#" else parts[0] for _, parts in paths if len(parts) == 1]
    if len(plain) == len(paths):
        return lambda item: {name: item[name] for name in plain if name in item}
    return lambda item: _kept(item, [parts for _, parts in paths], names)


def _kept(item: Item, paths: list[tuple[str | int, ...]], names: Names) -> Item:
    kept: Item = {}
    for parts in paths:
        value = look_up(item, parts, names)
        if value is not None:
            _place(kept, [names[p] if isinstance(p, str) and p[0] == "#" else p for p in parts], value)
    return kept


def _place(into: dict[str, Any], parts: list[str | int], value: Value) -> None:
    name = str(parts[0])
    if len(parts) == 1:
        into[name] = value
    elif isinstance(parts[1], int):
        members = into.setdefault(name, {"L": []})["L"]
        if len(parts) == 2:
            members.append(value)
        else:
            inner: dict[str, Any] = {}
            _place(inner, parts[2:], value)
            members.append({"M": inner})
    else:
        _place(into.setdefault(name, {"M": {}})["M"], parts[1:], value)
