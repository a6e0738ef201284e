"""The city's readers: the same each time, and as many machines among them as every list meets."""

from collections import Counter
from datetime import UTC, datetime

from infra.city import residents
from infra.city.readers import APPLE, SCANNED, SCANNER, Read, read, reader

SENT_AT = datetime(2026, 11, 20, 13, tzinfo=UTC)
HTML = """<a style="display:none" href="https://city.example/t/TOKEN/control">.</a>
<a href="https://city.example/t/TOKEN/0">Read</a> <a class="b" href="https://city.example/t/TOKEN/1">Speak</a>
<a href="https://city.example/unsubscribe/TOKEN">Stop</a><img src="https://city.example/o/TOKEN">"""


def mailed() -> list[Read]:
    addresses = [one.addresses["email"] for one in residents() if "email" in one.addresses]
    return [read({"to": one, "html": HTML, "provider_id": "1"}, sent_at=SENT_AT) for one in addresses]


def test_the_same_letter_meets_the_same_again() -> None:
    assert mailed() == mailed()
    assert reader("ana@mail.example") == reader("ana@mail.example")


def test_machines_open_and_click_far_more_than_people() -> None:
    found = mailed()
    opened = sum(one.opened for one in found)
    loaded = sum(any(visit.path == "/o/TOKEN" for visit in one.visits) for one in found)
    clicked = sum(one.clicked for one in found)
    followed = sum(any(visit.path.startswith("/t/") for visit in one.visits) for one in found)
    assert loaded > 1.5 * opened
    assert followed > 1.5 * clicked
    assert 0 < clicked < opened


def test_a_scanner_follows_every_link_and_a_person_those_that_are_seen() -> None:
    paths: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for one in mailed():
        for visit in one.visits:
            if visit.path.startswith("/t/"):
                paths[visit.agent == SCANNER][visit.path] += 1
    assert len(set(paths[True].values())) == 1
    assert set(paths[True]) == {f"/t/TOKEN/{name}" for name in ("control", "0", "1")}
    assert set(paths[False]) == {"/t/TOKEN/0", "/t/TOKEN/1"}


def test_shares_are_as_stated() -> None:
    people = [reader(f"{n}@mail.example") for n in range(4000)]
    assert abs(sum(one.scanned for one in people) / 4000 - SCANNED) < 0.02
    assert abs(sum(one.proxy == APPLE for one in people) / 4000 - 0.5) < 0.03
