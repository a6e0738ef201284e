from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.dynamo import marshal, unmarshal

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
