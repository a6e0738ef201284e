import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.child_keys import again_of, half_of, resend_of, resends_of, tries_of
from chalicelib.delivery.chunk import root_of

KEYS = [
    ("put off once", again_of("00000012"), "00000012.r1", 1, 0),
    ("put off again", again_of("00000012.r1"), "00000012.r2", 2, 0),
    ("a half", half_of("00000012", 1), "00000012.1", 0, 0),
    ("a half of those put off", half_of("00000012.r9", 0), "00000012.r9.0", 0, 0),
    ("a half put off", again_of("00000012.r9.0"), "00000012.r9.0.r1", 1, 0),
    ("in doubt", resend_of("00000012"), "00000012.s1", 0, 1),
    ("in doubt again", resend_of("00000012.s1"), "00000012.s2", 0, 2),
    ("put off after a doubt", again_of("00000012.s1"), "00000012.s1.r1", 1, 1),
    ("in doubt after that", resend_of("00000012.s1.r1"), "00000012.s1.r1.s2", 0, 2),
    ("a half in doubt", resend_of("00000012.s1.0"), "00000012.s1.0.s2", 0, 2),
]
STEPS = {
    "0": lambda key: half_of(key, 0),
    "1": lambda key: half_of(key, 1),
    "r": again_of,
    "s": resend_of,
}


@pytest.mark.parametrize(
    ("key", "expected", "tries", "resends"), [k[1:] for k in KEYS], ids=[k[0] for k in KEYS]
)
def test_a_childs_key_tells_where_it_comes_from(key: str, expected: str, tries: int, resends: int) -> None:
    assert key == expected
    assert (tries_of(key), resends_of(key), root_of(key)) == (tries, resends, 12)


ways = st.lists(st.sampled_from("01rs"), max_size=8)


@given(ways, ways)
def test_no_two_descendants_have_one_key(one: list[str], other: list[str]) -> None:
    assert (_descendant(one) == _descendant(other)) == (one == other)
    assert resends_of(_descendant(one)) == one.count("s")


def _descendant(way: list[str]) -> str:
    key = "00000012"
    for step in way:
        key = STEPS[step](key)
    return key


def test_keys_stay_short_however_often_people_are_put_off() -> None:
    key = "00000012"
    for doubts in range(3):
        key = resend_of(key)
        for _ in range(2):
            key = half_of(key, 1)
            for _ in range(1000):
                key = again_of(key)
        assert resends_of(key) == doubts + 1
    assert len(key) < 80
