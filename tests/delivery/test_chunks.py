import pytest

from chalicelib.delivery.chunks import again_of, half_of, look_at, root_of, tries_of

KEYS = [
    ("put off once", again_of("00000012"), "00000012.r1", 1),
    ("put off again", again_of("00000012.r1"), "00000012.r2", 2),
    ("a half", half_of("00000012", 1), "00000012.1", 0),
    ("a half of those put off", half_of("00000012.r9", 0), "00000012.r9.0", 0),
    ("a half put off", again_of("00000012.r9.0"), "00000012.r9.0.r1", 1),
]


@pytest.mark.parametrize(("key", "expected", "tries"), [k[1:] for k in KEYS], ids=[k[0] for k in KEYS])
def test_a_childs_key_tells_where_it_comes_from(key: str, expected: str, tries: int) -> None:
    assert key == expected
    assert tries_of(key) == tries
    assert root_of(key) == 12


def test_keys_stay_short_however_often_people_are_put_off() -> None:
    key = "00000012"
    for _ in range(6):
        key = half_of(key, 1)
        for _ in range(1000):
            key = again_of(key)
    assert len(key) < 64


def test_the_sweep_looks_three_minutes_after_a_chunk_was_due() -> None:
    assert look_at(1000.9) == 1180
