"""What update expressions do: a new item from the old one, which stays as it was."""

import copy
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from infra.aws.dynamo.conditions import Scope, look_up, reader
from infra.aws.dynamo.grammar import Node, UpdateReader
from infra.aws.dynamo.values import EXACT, Item, Value, kind_of, normal, number_text
from infra.aws.errors import validation

KIND = "UpdateExpression"
Clauses = dict[str, list[tuple[Node, Node | None]]]
Path = tuple[str | int, ...]


@lru_cache(maxsize=512)
def _clauses(text: str) -> Clauses:
    return UpdateReader(text, KIND).clauses()


def update(text: str | None, scope: Scope) -> Callable[[Item], tuple[Item, set[str]]]:
    """A function from an item to the updated one and the names of the attributes touched.

    All reads see the old item, as the service's do. Raises ValidationException where the service does:
    overlapping paths, an operand that is absent or of the wrong type, a parent that does not exist.
    """
    clauses = _clauses(text) if text is not None else {}
    scope.use(text or "", KIND)
    actions = [
        (clause, _real(path, scope), operand) for clause, pairs in clauses.items() for path, operand in pairs
    ]
    _refuse_overlap([path for _, path, _ in actions])

    def apply(old: Item) -> tuple[Item, set[str]]:
        new = dict(old)
        for name in {str(path[0]) for _, path, _ in actions if len(path) > 1} & new.keys():
            new[name] = copy.deepcopy(new[name])
        removals = [path for clause, path, _ in actions if clause == "REMOVE"]
        for clause, path, operand in actions:
            if clause != "REMOVE":
                _apply(clause, path, _operand(operand, old, scope), old, new, removals)
        # From the back, so that a list's earlier places keep their numbers.
        for path in sorted(removals, key=lambda one: [str(part).zfill(6) for part in one], reverse=True):
            _remove(new, path)
        return new, {str(path[0]) for _, path, _ in actions}

    return apply


def _apply(clause: str, path: Path, given: Value, old: Item, new: Item, removals: list[Path]) -> None:
    if clause == "SET":
        _write(new, path, normal(given))
    elif clause == "ADD":
        _write(new, path, _added(look_up(old, path, {}), given))
    else:
        _delete_from(new, path, look_up(old, path, {}), given, removals)


def _real(path: Node, scope: Scope) -> Path:
    return tuple(scope.names[p] if isinstance(p, str) and p[0] == "#" else p for p in path[1])


def _refuse_overlap(paths: list[Path]) -> None:
    for n, one in enumerate(paths):
        for other in paths[n + 1 :]:
            short = min(len(one), len(other))
            if one[:short] == other[:short]:
                raise validation(
                    f"Invalid {KIND}: Two document paths overlap with each other; must remove or rewrite "
                    f"one of these paths; path one: {list(one)}, path two: {list(other)}"
                )


def _operand(node: Node | None, item: Item, scope: Scope) -> Value:
    assert node is not None
    if node[0] in ("+", "-"):
        return _sum(node[0], _operand(node[1], item, scope), _operand(node[2], item, scope))
    if node[0] == "call" and node[1] == "if_not_exists":
        present = reader(node[2][0])(item, scope.names, scope.values)
        return present if present is not None else _operand(node[2][1], item, scope)
    if node[0] == "call":
        first, second = (_operand(one, item, scope) for one in node[2])
        if kind_of(first) != "L" or kind_of(second) != "L":
            raise validation(
                f"Invalid {KIND}: Incorrect operand type for operator or function; operator: list_append"
            )
        return {"L": [*first["L"], *second["L"]]}
    value = reader(node)(item, scope.names, scope.values)
    if value is None:
        raise validation("The provided expression refers to an attribute that does not exist in the item")
    return value


def _sum(sign: str, left: Value, right: Value) -> Value:
    if kind_of(left) != "N" or kind_of(right) != "N":
        raise validation("An operand in the update expression has an incorrect data type")
    a, b = Decimal(left["N"]), Decimal(right["N"])
    return normal({"N": number_text(EXACT.add(a, b) if sign == "+" else EXACT.subtract(a, b))})


def _added(old: Value | None, amount: Value) -> Value:
    kind = kind_of(amount)
    if kind not in ("N", "SS", "NS", "BS"):
        raise validation(f"Invalid {KIND}: Incorrect operand type for operator or function; operator: ADD")
    if old is None:
        return normal(amount)
    if kind_of(old) != kind:
        raise validation("An operand in the update expression has an incorrect data type")
    if kind == "N":
        return _sum("+", old, amount)
    return {kind: [*old[kind], *(one for one in normal(amount)[kind] if one not in old[kind])]}


def _delete_from(new: Item, path: Path, old: Value | None, gone: Value, removals: list[Path]) -> None:
    if old is None:
        return
    kind = kind_of(gone)
    if kind not in ("SS", "NS", "BS") or kind_of(old) != kind:
        raise validation("An operand in the update expression has an incorrect data type")
    left = [one for one in old[kind] if one not in normal(gone)[kind]]
    if left:
        _write(new, path, {kind: left})
    else:
        removals.append(path)


def _parent(item: Item, path: Path) -> Any:
    """The dict or list that holds the last part of a path."""
    if len(path) == 1:
        return item
    holder = look_up(item, path[:-1], {})
    inner = None if holder is None else holder.get("L" if isinstance(path[-1], int) else "M")
    if inner is None:
        raise validation("The document path provided in the update expression is invalid for update")
    return inner


def _write(item: Item, path: Path, value: Value) -> None:
    parent, last = _parent(item, path), path[-1]
    if isinstance(last, int) and last >= len(parent):
        parent.append(value)
    else:
        parent[last] = value


def _remove(item: Item, path: Path) -> None:
    parent, last = _parent(item, path), path[-1]
    if isinstance(last, int):
        if last < len(parent):
            del parent[last]
    else:
        parent.pop(last, None)
