from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import dynamo
from chalicelib.core.dynamo import Item, Unprocessed, batch_get, marshal, unmarshal

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), PLAIN, max_size=5))
def test_an_item_survives_the_way_there_and_back(item: dict[str, Any]) -> None:
    assert unmarshal(marshal(item)) == item


@pytest.mark.parametrize(
    ("value", "there"),
    [
        (1.5, {"N": "1.5"}),
        (-3, {"N": "-3"}),
        (True, {"BOOL": True}),
        ({"b", "a"}, {"SS": ["a", "b"]}),
        (("a", 1), {"L": [{"S": "a"}, {"N": "1"}]}),
    ],
    ids=["float", "int", "bool", "set", "tuple"],
)
def test_kinds_of_values(value: object, there: dict[str, Any]) -> None:
    assert marshal({"x": value}) == {"x": there}
    back = unmarshal({"x": there})["x"]
    assert back == (list(value) if isinstance(value, tuple) else value)
    assert type(back) is (list if isinstance(value, tuple) else type(value))


def test_the_form_is_awss_own() -> None:
    item = marshal({"a": {"b": [1, "x", None, True, b"\x00"]}})
    read = TypeDeserializer().deserialize
    assert read(item["a"])["b"][1:4] == ["x", None, True]


def test_what_dynamodb_cannot_hold_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        marshal({"x": object()})


class Slow:
    """A table that gets to no more than so many keys at a time, `busy` times to none."""

    def __init__(self, *, at_once: int, busy: int = 0) -> None:
        self.at_once = at_once
        self.busy = busy
        self.waited: list[float] = []

    def batch_get_item(self, **request: Item) -> Item:
        ((table, asked),) = request["RequestItems"].items()
        assert asked["ConsistentRead"]
        count = 0 if self.busy else self.at_once
        self.busy = max(0, self.busy - 1)
        done, left = asked["Keys"][:count], asked["Keys"][count:]
        return {
            "Responses": {table: done},
            "UnprocessedKeys": {table: {**asked, "Keys": left}} if left else {},
        }

    def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


KEYS = [{"id": {"S": str(n)}} for n in range(5)]


@pytest.mark.parametrize("slow", [Slow(at_once=5), Slow(at_once=2), Slow(at_once=5, busy=3)])
def test_keys_that_were_not_got_to_are_asked_for_again(slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dynamo, "time", slow)
    again = slow.busy + -(-len(KEYS) // slow.at_once) - 1
    assert list(batch_get(slow, "things", KEYS, ConsistentRead=True)) == KEYS
    assert len(slow.waited) == again


def test_a_table_that_gets_to_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(at_once=5, busy=100)
    monkeypatch.setattr(dynamo, "time", slow)
    with pytest.raises(Unprocessed):
        list(batch_get(slow, "things", KEYS, ConsistentRead=True))
    assert 3 < len(slow.waited) < 12


def test_no_keys_no_request() -> None:
    assert list(batch_get(None, "things", [])) == []
