"""`/later`: the local platform's clock is moved ahead, and never back."""

from datetime import datetime, timedelta

import pytest

from infra.platform.platform import Platform


@pytest.mark.parametrize(
    ("form", "moved"),
    [
        (b"hours=2", timedelta(hours=2)),
        (b"seconds=90", timedelta(seconds=90)),
        (b"hours=0.5&seconds=1", timedelta(seconds=1801)),
    ],
)
def test_the_clock_is_moved_ahead(platform: Platform, form: bytes, moved: timedelta) -> None:
    before = platform.clock()
    answer = platform.http("POST", "/later", {}, form)
    assert (answer.status, answer.headers["location"]) == (303, "/later")
    assert moved <= platform.clock() - before < moved + timedelta(minutes=1)
    assert f"{platform.clock():%B %Y}" in platform.http("GET", "/later").text
    now = datetime.fromisoformat(platform.http("GET", "/later.json").json()["now"])
    assert abs(platform.clock() - now) < timedelta(minutes=1)


@pytest.mark.parametrize("form", [b"hours=-1", b"seconds=x", b"hours=nan", b"hours=inf", b"hours=745"])
def test_nothing_else_moves_it(platform: Platform, form: bytes) -> None:
    before = platform.clock()
    assert platform.http("POST", "/later", {}, form).status == 400
    assert platform.clock() - before < timedelta(minutes=1)
    assert platform.http("DELETE", "/later").status == 405
