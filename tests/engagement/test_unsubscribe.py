import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

import pytest

from chalicelib.core.ids import random_id
from chalicelib.delivery.chunk import Recipient, key_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.delivery_tokens import mint, mint_short
from chalicelib.engagement import track
from chalicelib.subscribers import people, topics
from chalicelib.subscribers.model import Address, Person, Subscription
from chalicelib.subscribers.tables import LedgerItem, PersonItem, SubscriptionItem, SuppressionItem, TopicItem
from infra.answers import HttpAnswer
from tests.delivery.returns import HEAD, NOW, PLAN, RING, World, world
from tests.engagement.web import ask

FORM = "application/x-www-form-urlencoded"
ONE_CLICK = b"List-Unsubscribe=One-Click"
SINCE = "2026-01-01T00:00:00.000Z"
NAMES = {
    "roads": {"en": "Road closures", "es": "Cierres de calles"},
    "snow": {"en": "Snow", "es": "Nieve"},
    "parks": {"en": "Parks", "es": "Parques"},
}


@pytest.fixture(scope="module")
def made() -> Iterator[World]:
    with world() as one:
        for model in (PersonItem, SubscriptionItem, LedgerItem, SuppressionItem, TopicItem):
            model.create_table(billing_mode="PAY_PER_REQUEST")
        one.plan(audience={"except": [{"any": [{"topic": "roads"}, {"topic": "snow"}]}, {"topic": "parks"}]})
        for key, name in NAMES.items():
            topics.create(topics.Topic(key, name, {}, "works", "city", "open"), now=NOW)
        yield one


def subscription(*channels: str) -> Subscription:
    return Subscription(channels, "immediate", "preference-page", SINCE)


class Stage(NamedTuple):
    world: World
    person: Person

    @property
    def path(self) -> str:
        return f"/unsubscribe/{mint(PLAN, self.person.id, 'email', ring=RING)}"

    def kept(self) -> dict[str, tuple[str, ...]]:
        return {topic: held.channels for topic, held in people.get(self.person.id).topics.items()}


@pytest.fixture
def stage(made: World, monkeypatch: pytest.MonkeyPatch) -> Stage:
    monkeypatch.setattr(track, "wiring", lambda: made.wiring)
    address = f"{random_id()[:8]}@city.example"
    person = replace(
        people.blank(language="es", time_zone="America/New_York", now=NOW),
        addresses={"email": Address(address, SINCE), "sms": Address(f"+1617555{address[:4]}", SINCE)},
        topics={"roads": subscription("email", "sms"), "parks": subscription("email")},
    )
    return Stage(
        made,
        people.create(person, source="sign-up", wording=None, by="subscriber", now=NOW, wiring=made.wiring),
    )


def post(stage: Stage, body: bytes = ONE_CLICK, content_type: str = FORM, path: str = "") -> HttpAnswer:
    return ask("POST", path or stage.path, {"content-type": content_type}, body=body)


def test_looking_changes_nothing(stage: Stage) -> None:
    answer = ask("GET", stage.path)
    assert answer.status == 200
    assert "Cierres de calles" in answer.text
    assert "Parques" not in answer.text
    assert "Nieve" not in answer.text
    assert 'name="List-Unsubscribe" value="One-Click"' in answer.text
    assert stage.kept() == {"roads": ("email", "sms"), "parks": ("email",)}
    assert people.get(stage.person.id).version == stage.person.version


def test_one_click_ends_what_the_message_matched_on_its_channel_and_says_so(stage: Stage) -> None:
    answer = post(stage)
    assert (answer.status, "Location" in answer.headers) == (200, False)
    assert "Cierres de calles" in answer.text
    assert "Parques" not in answer.text
    assert stage.kept() == {"roads": ("sms",), "parks": ("email",)}
    entry = people.ledger(stage.person.id)[-1]
    assert entry.provenance.source == "one-click"


def test_repeats_are_harmless(stage: Stage) -> None:
    post(stage)
    version = people.get(stage.person.id).version
    assert post(stage).status == 200
    assert people.get(stage.person.id).version == version


MULTIPART = (
    b'--limit\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--limit--\r\n'
)


def test_a_mail_program_may_send_multipart(stage: Stage) -> None:
    assert post(stage, MULTIPART, "multipart/form-data; boundary=limit").status == 200
    assert stage.kept()["roads"] == ("sms",)


class Wrong(NamedTuple):
    name: str
    body: bytes
    content_type: str
    status: int


WRONG = [
    Wrong("nothing", b"", FORM, 400),
    Wrong("another value", b"List-Unsubscribe=No", FORM, 400),
    Wrong("no multipart", b"\xff\x00", "multipart/form-data; boundary=limit", 400),
    Wrong("multipart without limit", MULTIPART, "multipart/form-data", 400),
    Wrong("too much", b"x" * 20_000, FORM, 413),
    Wrong("JSON", b"{}", "application/json", 415),
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.name)
def test_a_post_of_anything_else_is_refused(stage: Stage, case: Wrong) -> None:
    assert post(stage, case.body, case.content_type).status == case.status
    assert stage.kept()["roads"] == ("email", "sms")


def test_who_is_gone_gets_the_same_answer(stage: Stage) -> None:
    people.remove(stage.person.id, source="test", by="staff", now=NOW, wiring=stage.world.wiring)
    assert ask("GET", stage.path).status == 200
    assert post(stage).status == 200


def test_an_altered_token_shows_a_page(stage: Stage) -> None:
    answer = post(stage, path=stage.path[:-3] + "AAA")
    assert (answer.status, "text/html" in answer.headers["Content-Type"]) == (404, True)
    assert stage.kept()["roads"] == ("email", "sms")


def test_the_browser_may_ask_for_another_language(stage: Stage) -> None:
    assert "Road closures" in ask("GET", stage.path, query="lang=en").text


def test_a_message_to_a_list_ends_the_list(stage: Stage) -> None:
    plan = stage.world.plan(plan_id=PLAN[:-4] + "abcd", number=8, audience={"list": "panel"}, topics=[])
    change: Any = lambda person: replace(  # noqa: E731
        person, topics={**person.topics, "list:panel": subscription("email")}
    )
    people.change(
        stage.person.id, change, source="x", wording=None, by="staff", now=NOW, wiring=stage.world.wiring
    )
    path = f"/unsubscribe/{mint(plan.plan_id, stage.person.id, 'email', ring=RING)}"
    assert post(stage, path=path).status == 200
    assert stage.kept() == {"roads": ("email", "sms"), "parks": ("email",)}


def test_a_text_message_names_its_reader_by_the_place_in_its_chunk(stage: Stage) -> None:
    made = chunks(stage.world.wiring).making(
        plan_id=HEAD.plan_id,
        key=key_of(3),
        rendition="rendition#sms#en#",
        lane="bulk",
        recipients=[Recipient(random_id(), "+1", "", 0), Recipient(stage.person.id, "+1", "", 1)],
        read_at=0,
        due_at=0,
        expires_at=2_000_000_000,
    )
    stage.world.wiring.dynamodb.transact_write_items(TransactItems=made)
    short = mint_short(HEAD.number, 3, 1, ring=RING)
    assert post(stage, path=f"/unsubscribe/{short}").status == 200
    assert stage.kept()["roads"] == ("email",)
    nobody = mint_short(HEAD.number, 3, 2, ring=RING)
    assert post(stage, path=f"/unsubscribe/{nobody}").status == 404


HERE = {"area": {"circle": {"latitude": 42, "longitude": -71, "radius_km": 5}}}
BY_EVERYONE = [
    ("an area alone ends whatever they read", HERE, {"roads": ("sms",)}),
    (
        "beside a topic that they never had, too",
        {"any": [{"topic": "snow"}, HERE]},
        {"roads": ("sms",)},
    ),
    (
        "beside a topic that they have, it ends that one",
        {"any": [{"topic": "roads"}, HERE]},
        {"roads": ("sms",), "parks": ("email",)},
    ),
    (
        "within a topic it is that topic's",
        {"all": [{"topic": "parks"}, HERE]},
        {"roads": ("email", "sms")},
    ),
]


@pytest.mark.parametrize(
    ("number", "audience", "left"),
    [(n, *case[1:]) for n, case in enumerate(BY_EVERYONE, 1)],
    ids=[case[0] for case in BY_EVERYONE],
)
def test_a_message_that_came_by_an_area_can_be_ended_too(
    stage: Stage, number: int, audience: dict[str, Any], left: dict[str, Any]
) -> None:
    """Twice, for mail programs repeat themselves: the second time ends nothing more."""
    plan_id = f"{number}" * 32
    stage.world.plan(plan_id=plan_id, number=1000 + number, audience=audience)
    path = f"/unsubscribe/{mint(plan_id, stage.person.id, 'email', ring=RING)}"
    for _ in range(2):
        assert post(stage, path=path).status == 200
        assert stage.kept() == left


def told(stage: Stage, path: str = "", **given: str) -> HttpAnswer:
    return post(stage, urlencode(given).encode(), path=path)


def test_who_unsubscribed_is_asked_why_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[dict[str, Any]] = []
    monkeypatch.setattr(stage.world.wiring.queues, "send", lambda queue, body: queued.append({queue: body}))
    page = post(stage).text
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    for _ in range(2):
        answer = told(stage, reason="too-many", words=" Every\n day! ", version=version[1])
        assert answer.status == 200
        assert 'name="reason"' not in answer.text
    entry = people.ledger(stage.person.id)[-1]
    assert (entry.provenance.note, entry.changes) == ("too-many", ())
    assert "Every" not in str(entry), "what somebody writes may tell who they are: it goes with the delivery"
    (message,) = queued
    assert (message["events"]["reason"], message["events"]["words"]) == ("too-many", "Every day!")


@pytest.mark.parametrize(
    "given", [{"reason": "nonsense", "version": "2"}, {"reason": "other", "version": "x"}]
)
def test_an_answer_to_no_question_changes_nothing(stage: Stage, given: dict[str, str]) -> None:
    assert told(stage, **given).status == 200
    assert len(people.ledger(stage.person.id)) == 1
