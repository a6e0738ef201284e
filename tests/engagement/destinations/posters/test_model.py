"""What a poster is: codes that can be typed, and sizes that can be read."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core import qr
from chalicelib.engagement.destinations.posters.follow import CODE
from chalicelib.engagement.destinations.posters.model import new_code, side_mm, smallest_mm

MODULES = st.integers(21, 177).map(lambda own: own + 2 * qr.QUIET_ZONE)


def test_codes_can_be_typed_and_do_not_come_twice() -> None:
    codes = {new_code() for _ in range(1000)}
    assert len(codes) == 1000
    assert all(CODE.fullmatch(code) and not set(code) & set("01ilou") for code in codes)


@given(MODULES, st.integers(1, 2000))
def test_a_code_is_as_large_as_its_modules_and_its_distance_ask(modules: int, distance: int) -> None:
    side = side_mm(modules, distance)
    assert side >= smallest_mm(modules) >= modules * 0.4
    assert side_mm(modules, distance + 10) >= side
    assert side_mm(modules + 4, distance) >= side


def test_the_usual_code_at_the_usual_distance() -> None:
    assert (smallest_mm(33), side_mm(33, 30), side_mm(33, 100)) == (14, 40, 132)
