"""Attributes of models that hold plain values: text, numbers, lists and maps of them."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pynamodb.attributes import Attribute, JSONAttribute

from chalicelib.core import dynamo


class Json(JSONAttribute):
    """JSON as short as it can be: an item holds 400 kB, and escapes double most scripts."""

    def serialize(self, value: Any) -> str | None:
        """DynamoDB's form."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class PlainMap(Attribute[Mapping[str, Any]]):
    """A map of plain values (text, numbers, lists, maps) as DynamoDB's own map."""

    attr_type = "M"

    def serialize(self, value: Mapping[str, Any]) -> Any:
        """DynamoDB's form."""
        return dynamo.marshal(value)

    def deserialize(self, value: Any) -> Mapping[str, Any]:
        """The plain form."""
        return dynamo.unmarshal(value)


class PlainList(Attribute[Sequence[Any]]):
    """A list of plain values as DynamoDB's own list."""

    attr_type = "L"

    def serialize(self, value: Sequence[Any]) -> Any:
        """DynamoDB's form."""
        return dynamo.marshal({"list": list(value)})["list"]["L"]

    def deserialize(self, value: Any) -> Sequence[Any]:
        """The plain form."""
        return list(dynamo.unmarshal({"list": {"L": value}})["list"])
