"""The expression language's grammar: text in, small trees out.

`conditions` and `updates` give the trees meaning.

Trees are tuples whose first member names the node:
`("path", parts)`, `("value", ":v")`, `("size", path)`; `("and"|"or", a, b)`, `("not", a)`,
`("cmp", sign, a, b)`,
`("between", a, low, high)`, `("in", a, [b…])`, `("call", name, arguments)`; in updates `("+"|"-", a, b)` too.
A path's parts are names (`#n` not yet replaced) and whole numbers.

"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

from infra.aws.errors import validation

Node = tuple[Any, ...]
TOKEN = re.compile(r"\s*(?:(<>|<=|>=|[=<>(),.\[\]+-])|([:#]?[A-Za-z0-9_]+))")
USED = re.compile(r"[:#][A-Za-z0-9_]+")
COMPARATORS = frozenset({"=", "<>", "<", "<=", ">", ">="})
FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}
CLAUSES = ("SET", "REMOVE", "ADD", "DELETE")


class Reader:
    """Reads one expression. `kind` names it in the service's messages (`ConditionExpression`)."""

    def __init__(self, text: str, kind: str) -> None:
        self.kind = kind
        self.tokens = self._tokens(text)
        self.at = 0
        if not self.tokens:
            raise validation(f"Invalid {kind}: The expression can not be empty;")

    def _tokens(self, text: str) -> list[str]:
        tokens, at, end = [], 0, len(text.rstrip())
        while at < end:
            found = TOKEN.match(text, at)
            if found is None:
                raise validation(
                    f'Invalid {self.kind}: Syntax error; token: "{text[at]}", near: "{text[at : at + 10]}"'
                )
            tokens.append(found.group(1) or found.group(2))
            at = found.end()
        return tokens

    def peek(self) -> str:
        """The next token, or nothing at the end."""
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self) -> str:
        """The next token, consumed."""
        token = self.peek()
        if not token:
            raise self.wrong()
        self.at += 1
        return token

    def take_if(self, *tokens: str) -> bool:
        """Consumes the next token if it is one of these."""
        if self.peek() and self.peek().upper() in tokens:
            self.at += 1
            return True
        return False

    def expect(self, token: str) -> None:
        """Consumes a token that must come."""
        if not self.take_if(token):
            raise self.wrong()

    def wrong(self) -> Exception:
        """The refusal of what comes next."""
        near = " ".join(self.tokens[max(0, self.at - 1) : self.at + 2])
        return validation(
            f'Invalid {self.kind}: Syntax error; token: "{self.peek() or "<EOF>"}", near: "{near}"'
        )

    def end(self) -> None:
        """Refuses what is left."""
        if self.at < len(self.tokens):
            raise self.wrong()

    def separated(self, read: Callable[[], Node]) -> list[Node]:
        """One or more nodes with commas between."""
        nodes = [read()]
        while self.take_if(","):
            nodes.append(read())
        return nodes

    def name(self) -> str:
        """One name of a path."""
        token = self.take()
        if token[0] in ":=<>(),.[]+-" or token[0].isdigit():
            self.at -= 1
            raise self.wrong()
        if token.upper() in ReservedKeywords.get_reserved_keywords():
            raise validation(
                f"Invalid {self.kind}: Attribute name is a reserved keyword; reserved keyword: {token}"
            )
        return token

    def path(self) -> Node:
        """`name.name[0]`."""
        parts: list[str | int] = [self.name()]
        while self.peek() in (".", "["):
            if self.take() == ".":
                parts.append(self.name())
                continue
            number = self.take()
            if not number.isdigit():
                raise self.wrong()
            parts.append(int(number))
            self.expect("]")
        return ("path", tuple(parts))

    def operand(self) -> Node:
        """A path, a value or a size."""
        if self.peek().startswith(":"):
            return ("value", self.take())
        if self.peek() == "size" and self.at + 1 < len(self.tokens) and self.tokens[self.at + 1] == "(":
            self.take()
            self.expect("(")
            inner = self.path()
            self.expect(")")
            return ("size", inner)
        return self.path()


class ConditionReader(Reader):
    """Conditions, filters and key conditions."""

    def condition(self) -> Node:
        """The whole expression."""
        node = self._either()
        self.end()
        return node

    def _either(self) -> Node:
        node = self._both()
        while self.take_if("OR"):
            node = ("or", node, self._both())
        return node

    def _both(self) -> Node:
        node = self._negated()
        while self.take_if("AND"):
            node = ("and", node, self._negated())
        return node

    def _negated(self) -> Node:
        if self.take_if("NOT"):
            return ("not", self._negated())
        if self.peek() == "(":
            self.take()
            node = self._either()
            self.expect(")")
            return node
        if self.peek() in FUNCTIONS:
            return self._call()
        return self._comparison()

    def _call(self) -> Node:
        name = self.take()
        self.expect("(")
        arguments = self.separated(self.operand)
        self.expect(")")
        if len(arguments) != FUNCTIONS[name]:
            raise validation(
                f"Invalid {self.kind}: Incorrect number of operands for operator or function; "
                f"operator or function: {name}, number of operands: {len(arguments)}"
            )
        return ("call", name, arguments)

    def _comparison(self) -> Node:
        left = self.operand()
        if self.take_if("BETWEEN"):
            low = self.operand()
            self.expect("AND")
            return ("between", left, low, self.operand())
        if self.take_if("IN"):
            self.expect("(")
            choices = self.separated(self.operand)
            self.expect(")")
            return ("in", left, choices)
        sign = self.take()
        if sign not in COMPARATORS:
            self.at -= 1
            raise self.wrong()
        return ("cmp", sign, left, self.operand())


class UpdateReader(Reader):
    """Update expressions: clauses of (path, operand) pairs."""

    def clauses(self) -> dict[str, list[tuple[Node, Node | None]]]:
        """Each clause once, as pairs of path and what to do with it (None for REMOVE)."""
        found: dict[str, list[tuple[Node, Node | None]]] = {}
        while self.peek():
            clause = self.take().upper()
            if clause not in CLAUSES:
                self.at -= 1
                raise self.wrong()
            if clause in found:
                raise validation(
                    f'Invalid {self.kind}: The "{clause}" section can only be used once in an '
                    "update expression;"
                )
            found[clause] = self._actions(clause)
        return found

    def _actions(self, clause: str) -> list[tuple[Node, Node | None]]:
        actions = [self._action(clause)]
        while self.take_if(","):
            actions.append(self._action(clause))
        return actions

    def _action(self, clause: str) -> tuple[Node, Node | None]:
        path = self.path()
        if clause == "REMOVE":
            return path, None
        if clause == "SET":
            self.expect("=")
            return path, self._sum()
        return path, self.operand()

    def _sum(self) -> Node:
        left = self._term()
        if self.peek() in ("+", "-"):
            return (self.take(), left, self._term())
        return left

    def _term(self) -> Node:
        if self.take_if("("):
            inner = self._sum()
            self.expect(")")
            return inner
        if self.peek() in ("if_not_exists", "list_append"):
            name = self.take()
            self.expect("(")
            first = self._term()
            self.expect(",")
            second = self._term()
            self.expect(")")
            return ("call", name, [first, second])
        return self.operand()


def read_projection(text: str) -> list[Node]:
    """The paths of a projection expression."""
    reader = Reader(text, "ProjectionExpression")
    paths = reader.separated(reader.path)
    reader.end()
    return paths


@lru_cache(maxsize=1024)
def names_and_values(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The `#names` and `:values` that an expression uses."""
    found = USED.findall(text)
    return frozenset(one for one in found if one[0] == "#"), frozenset(one for one in found if one[0] == ":")
