"""DynamoDB's JSON for the engine's hot path, where PynamoDB's models would cost more than the work (ADR 3)."""

from collections.abc import Mapping
from typing import Any

Item = dict[str, Any]


def marshal(item: Mapping[str, Any]) -> Item:
    """A plain dict as DynamoDB attribute values: text, numbers, booleans, None, lists, maps and sets of text."""
    return {name: _value(value) for name, value in item.items()}


def unmarshal(item: Mapping[str, Any]) -> Item:
    """The plain dict of DynamoDB attribute values; numbers become int where whole, else float."""
    return {name: _plain(value) for name, value in item.items()}


def _value(value: Any) -> dict[str, Any]:
    match value:
        case None:
            return {"NULL": True}
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int() | float():
            return {"N": str(value)}
        case bytes():
            return {"B": value}
        case dict():
            return {"M": marshal(value)}
        case set() | frozenset():
            return {"SS": sorted(value)}
        case list() | tuple():
            return {"L": [_value(one) for one in value]}
    raise TypeError(f"no DynamoDB type for {type(value).__name__}")


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, inner),) = value.items()
    match kind:
        case "S" | "BOOL" | "B":
            return inner
        case "N":
            return int(inner) if inner.lstrip("-").isdigit() else float(inner)
        case "M":
            return unmarshal(inner)
        case "L":
            return [_plain(one) for one in inner]
        case "SS":
            return set(inner)
        case "NULL":
            return None
    raise TypeError(f"no plain value for DynamoDB type {kind}")
