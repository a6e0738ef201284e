"""A small city on the local platform: three departments, their topics, staff with keys, a few residents."""

import itertools
import json
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.core import staff_admin
from chalicelib.core.clock import rfc3339
from chalicelib.core.staff import Actor, authenticate
from chalicelib.core.wiring import Wiring, wiring
from chalicelib.subscribers import people, suppressions, topics
from chalicelib.subscribers.model import Address, Person, Subscription
from chalicelib.subscribers.topics import Topic
from infra.platform.platform import Platform

WORDS = {
    "en": {
        "subject": "Elm Street closes, ((first_name|neighbor))",
        "preheader": "From Monday",
        "body": "# Elm Street\n\nDear ((first_name|neighbor)), see [the plan](https://city.example/elm).",
        "sms": "Elm Street closes Monday: https://city.example/elm",
    },
    "es": {
        "subject": "Elm Street cierra",
        "body": "Estimado/a ((first_name|vecino)), vea el plan.",
        "sms": "",
    },
}


NUMBERS = itertools.count()


@dataclass
class Answer:
    """What a client sees."""

    status: int
    headers: dict[str, str]
    text: str = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def code(self) -> str:
        return str(self.json["code"])

    @property
    def pointers(self) -> list[str]:
        return [error["pointer"] for error in self.json.get("errors", [])]


@dataclass
class City:
    """The platform with someone to call it."""

    platform: Platform
    admin: Actor
    keys: dict[str, str] = field(default_factory=dict)
    staff: dict[str, str] = field(default_factory=dict)

    @property
    def wiring(self) -> Wiring:
        return wiring()

    def call(
        self, method: str, path: str, body: Any = None, *, key: str | None = "roads", raw: bytes = b""
    ) -> Answer:
        """A request by the named member of the staff (None: nobody); `raw` goes out in place of JSON."""
        headers = {"authorization": f"Bearer {self.keys.get(key, key)}"} if key else {}
        data = raw or (json.dumps(body).encode() if body is not None else b"")
        if data:
            headers["content-type"] = "application/json"
        got = self.platform.http(method, path, headers, data)
        return Answer(
            got.status, {name.lower(): value for name, value in dict(got.headers).items()}, got.body.decode()
        )

    def post(self, path: str, body: Any = None, *, key: str | None = "roads") -> Answer:
        return self.call("POST", path, body, key=key)

    def get(self, path: str, *, key: str | None = "roads") -> Answer:
        return self.call("GET", path, key=key)

    def hire(self, name: str, *, roles: set[str], departments: set[str], mode: str = "live") -> str:
        """A person of the staff with a key; answers the staff id."""
        now = self.wiring.clock()
        person = staff_admin.create(
            name=name.title(),
            email=f"{name}@city.example",
            roles=roles,
            departments=departments,
            by=self.admin,
            now=now,
        )
        self.staff[name] = person.id
        self.give_key(name, name, mode=mode)
        return str(person.id)

    def give_key(self, name: str, key: str, *, mode: str) -> str:
        """Another key for a person, kept under the name `key`; answers the key's id."""
        now = self.wiring.clock()
        item, text = staff_admin.issue_key(
            staff_id=self.staff[name], mode=mode, label=key, by=self.admin, now=now
        )
        self.keys[key] = text
        return str(item.id)

    def draft(self, *, key: str = "roads", **fields: Any) -> dict[str, Any]:
        """A complete draft, but for what is given otherwise."""
        body = {
            "name": "Elm Street",
            "department": "roads",
            "channels": ["email", "sms"],
            "content": WORDS,
            "audience": {"any": [{"topic": "roads"}]},
            **fields,
        }
        answer = self.post("/v1/campaigns", body, key=key)
        assert answer.status == 201, answer.text
        document: dict[str, Any] = answer.json
        return document

    def resident(
        self,
        name: str,
        *,
        language: str = "en",
        subscribed: dict[str, tuple[str, ...]],
        blocks: tuple[str, ...] = (),
    ) -> Person:
        """A confirmed resident with both addresses, subscribed to topics on channels."""
        now = self.wiring.clock()
        at = rfc3339(now)
        number = next(NUMBERS) % 9000 + 1000
        person = replace(
            people.blank(language=language, time_zone="America/New_York", now=now, name=name),
            addresses={
                "email": Address(f"resident{number}@home.example", at),
                "sms": Address(f"+1617555{number}", at),
            },
            topics={
                topic: Subscription(channels, "immediate", "test", at)
                for topic, channels in subscribed.items()
            },
        )
        people.create(person, source="test", wording=None, by="system", now=now, wiring=self.wiring)
        for block in blocks:
            channel, _, scope = block.partition(":")
            suppressions.suppress(
                channel,
                person.addresses[channel].address,
                reason="manual",
                scope=scope,
                source="test",
                by="system",
                now=now,
                wiring=self.wiring,
            )
        return person


def topic(topic_id: str, department: str, *, status: str = "open", **names: str) -> Topic:
    return Topic(topic_id, names or {"en": topic_id.title()}, {}, department, "City", status)


def build(platform: Platform) -> City:
    """The city on an empty platform."""
    now = wiring().clock()
    _, key = staff_admin.create_first_admin(name="Ada", email="ada@city.example", now=now)
    found = City(platform, authenticate(f"Bearer {key}", now=now), keys={"admin": key})
    found.hire("roads", roles={"communicator"}, departments={"roads"})
    found.hire("water", roles={"communicator"}, departments={"water"})
    found.hire("viewer", roles={"viewer"}, departments={"roads"})
    found.give_key("roads", "test", mode="test")
    found.give_key("roads", "exercise", mode="exercise")
    revoked = found.give_key("roads", "revoked", mode="live")
    staff_admin.revoke_key(revoked, by=found.admin, now=now)
    for one in (
        topic("roads", "roads", en="Road closures", es="Cortes de calles"),
        topic("bridges", "roads"),
        topic("water", "water"),
        topic("old", "roads", status="ended"),
        topic("list:press", "roads"),
        topic("list:exercise", "roads"),
    ):
        topics.create(one, now=now)
    return found
