"""One network may ask so often in a minute: then later, and later, and then not."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.errors import TooManyRequests
from chalicelib.core.limits import LONGEST_S, LimitItem, count, network_of, put_off_s
from chalicelib.core.wiring import wiring
from infra.platform.platform import Platform


@pytest.mark.parametrize(
    ("source", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_network(source: str, network: str) -> None:
    assert network_of(source) == network


@given(st.integers(1, 1000), st.integers(1, 1000))
def test_it_is_put_off_further_and_further(at_most: int, used: int) -> None:
    found = put_off_s(used, at_most=at_most)
    assert 0 <= found <= LONGEST_S
    assert found <= put_off_s(used + 1, at_most=at_most)
    assert found == 0 or used > at_most // 2


def test_half_is_free_and_the_last_waits_longest() -> None:
    assert [put_off_s(used, at_most=100) for used in (1, 50, 75, 100)] == [0, 0, 150, 300]


def test_above_the_limit_it_is_refused_until_the_next_minute(platform: Platform) -> None:
    now = platform.clock().replace(second=0)
    for _ in range(4):
        count("203.0.113.7", at_most=4, now=now, wiring=wiring())
    for moment in (now, now + timedelta(seconds=59)):
        with pytest.raises(TooManyRequests):
            count("203.0.113.7", at_most=4, now=moment, wiring=wiring())
    assert count("203.0.113.8", at_most=4, now=now, wiring=wiring()) == 0
    assert count("203.0.113.7", at_most=4, now=now + timedelta(seconds=60), wiring=wiring()) == 0


def test_addresses_of_one_household_are_one_network(platform: Platform) -> None:
    now = platform.clock()
    count("2001:db8::1", at_most=1, now=now, wiring=wiring())
    with pytest.raises(TooManyRequests):
        count("2001:db8::2", at_most=1, now=now, wiring=wiring())


def test_no_network_is_kept_in_the_clear(platform: Platform) -> None:
    count("203.0.113.7", at_most=4, now=platform.clock(), wiring=wiring())
    (item,) = LimitItem.scan()
    assert "203.0" not in str(item.serialize())
    assert item.expires_at > platform.clock().timestamp()
