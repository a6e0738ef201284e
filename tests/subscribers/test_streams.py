"""What the engine reads in bulk is what the person says."""

from dataclasses import replace

from chalicelib.core.ids import shard_of
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Place, Wishes
from chalicelib.subscribers.streams import EVERYONE, read_page, row_of, rows_of
from tests.channels.test_push_address import BROWSER
from tests.subscribers.conftest import person, write

HOME = {"home": Place(42.36012, -71.05891), "work": Place(-0.5, 0.0)}
WISHES = Wishes(paused_until="2027-01-31", hours=(20, 2), digest_hour=0, tracking=False)


def test_rows_read_back_are_the_projection(wiring: Wiring) -> None:
    told = person(
        email="a@city.example", sms="+12025550123", push=BROWSER, voice="+12025550123", roads=("email",)
    )
    one = write(replace(told, places=HOME, wishes=WISHES, life_safety=True), wiring)
    two = write(person(email="b@city.example", id="b" * 32), wiring)
    assert people.get(one.id) == one
    for topic in ("roads", EVERYONE):
        rows, _ = read_page(wiring.dynamodb, topic, shard_of(one.id), after=None, limit=5)
        assert rows == [row_of(one, topic)]
    assert rows_of(wiring.dynamodb, EVERYONE, [one.id, two.id, "c" * 32]) == {
        one.id: row_of(one, EVERYONE),
        two.id: row_of(two, EVERYONE),
    }
    assert rows_of(wiring.dynamodb, "roads", [two.id]) == {}
    assert rows_of(wiring.dynamodb, "roads", []) == {}
