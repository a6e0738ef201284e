"""Attribute values as they stand on the wire: order, equality, size, and what the service refuses."""

import base64
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from infra.aws.errors import validation

Value = dict[str, Any]
Item = dict[str, Value]

MAX_ITEM_BYTES = 400 * 1024
MAX_DIGITS = 38
EXACT = Context(prec=500)
"""Python's own context would round at 28 digits."""


def kind_of(value: Value) -> str:
    """The type of a value: `S`, `N`, `B`, `BOOL`, `NULL`, `M`, `L`, `SS`, `NS` or `BS`."""
    return next(iter(value))


def sortable(value: Value) -> Any:
    """A Python value that sorts as the service does: text by code point, numbers by value, binary by byte."""
    kind, inner = next(iter(value.items()))
    if kind == "S":
        return inner
    if kind == "N":
        return Decimal(inner)
    if kind == "B":
        return base64.b64decode(inner)
    raise validation(f"Invalid operand type: {kind}")


def equal(left: Value, right: Value) -> bool:
    """Whether two values are the same: numbers by value, sets without order."""
    if left == right:
        return True
    kind = kind_of(left)
    if kind != kind_of(right):
        return False
    a, b = left[kind], right[kind]
    if kind == "N":
        return Decimal(a) == Decimal(b)
    if kind in ("SS", "BS"):
        return set(a) == set(b)
    if kind == "NS":
        return {Decimal(one) for one in a} == {Decimal(one) for one in b}
    if kind == "L":
        return len(a) == len(b) and all(map(equal, a, b))
    if kind == "M":
        return a.keys() == b.keys() and all(equal(a[name], b[name]) for name in a)
    return False


def number_text(number: Decimal) -> str:
    """A number as the service writes it: no exponent where it can be avoided, no trailing zeros."""
    if number == 0:
        return "0"
    text = format(number.normalize(EXACT), "f")
    return text if len(text.lstrip("-").replace(".", "")) <= MAX_DIGITS else str(number.normalize(EXACT))


def normal(value: Value) -> Value:
    """The value as the service stores it.

    Raises the service's ValidationException for one that it refuses.
    """
    if len(value) != 1:
        raise validation("Supplied AttributeValue has more than one datatypes set, must contain exactly one")
    kind, inner = next(iter(value.items()))
    if kind in ("S", "B", "BOOL"):
        return value
    if kind == "N":
        return {"N": _normal_number(inner)}
    if kind == "M":
        return {"M": {name: normal(one) for name, one in inner.items()}}
    if kind == "L":
        return {"L": [normal(one) for one in inner]}
    if kind in ("SS", "NS", "BS"):
        return {kind: _normal_set(kind, inner)}
    if kind == "NULL" and inner is True:
        return value
    raise validation("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")


def _normal_set(kind: str, members: list[str]) -> list[str]:
    if not members:
        name = {"SS": "string", "NS": "number", "BS": "binary"}[kind]
        raise validation(f"One or more parameter values were invalid: An {name} set  may not be empty")
    unique = [_normal_number(one) for one in members] if kind == "NS" else list(members)
    if len(set(unique)) != len(unique):
        raise validation(
            f"One or more parameter values were invalid: Input collection {members} contains duplicates."
        )
    return unique


def _normal_number(text: Any) -> str:
    if not isinstance(text, str):
        raise validation("NUMBER_VALUE cannot be converted to String")
    if text.isdigit() and text.isascii() and len(text) <= MAX_DIGITS and (text[0] != "0" or len(text) == 1):
        return text
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise validation(f"The parameter cannot be converted to a numeric value: {text}") from None
    if not number.is_finite():
        raise validation(f"The parameter cannot be converted to a numeric value: {text}")
    if len(number.normalize(EXACT).as_tuple().digits) > MAX_DIGITS:
        raise validation("Attempting to store more than 38 significant digits in a Number")
    if number and not -130 <= number.adjusted() <= 125:
        word = "overflow" if number.adjusted() > 0 else "underflow"
        raise validation(
            f"Number {word}. Attempting to store a number with magnitude outside the supported range"
        )
    return number_text(number)


def size_of(item: Item) -> int:
    """Bytes of an item as the service counts them: names and values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Value) -> int:
    kind, inner = next(iter(value.items()))
    if kind == "S":
        return len(inner) if inner.isascii() else len(inner.encode())
    if kind == "N":
        return len(inner.lstrip("-").replace(".", "")) // 2 + 2
    if kind == "B":
        return len(inner) * 3 // 4
    if kind in ("BOOL", "NULL"):
        return 1
    if kind == "M":
        return 3 + sum(len(name.encode()) + _value_size(one) + 1 for name, one in inner.items())
    if kind == "L":
        return 3 + sum(_value_size(one) + 1 for one in inner)
    return sum(len(one) for one in inner)


def length(value: Value) -> int | None:
    """What the expression function `size` answers; None for types without a size."""
    kind, inner = next(iter(value.items()))
    if kind == "S":
        return len(inner.encode())
    if kind == "B":
        return len(base64.b64decode(inner))
    return len(inner) if kind in ("M", "L", "SS", "NS", "BS") else None
