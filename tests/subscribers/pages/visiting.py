"""A visitor of the residents' pages, and a person with a page of their own."""

import re
from typing import Any
from urllib.parse import urlencode

from chalicelib.core.wiring import wiring
from chalicelib.subscribers import people, preferences
from chalicelib.subscribers.model import Address, Person, Subscription
from infra.answers import HttpAnswer
from infra.platform.platform import Platform

AT = "2026-11-01T00:00:00.000Z"
BROWSER = {"accept": "text/html", "content-type": "application/x-www-form-urlencoded"}


class Visitor:
    """Reads pages and sends their forms back, the wording that they showed included."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform

    def get(self, path: str, **headers: str) -> HttpAnswer:
        return self.platform.http("GET", path, {**BROWSER, **headers})

    def post(self, path: str, *fields: tuple[str, str], wording: str | None = "") -> HttpAnswer:
        if wording == "":
            shown = re.search(rb'name="wording" value="(\w+)"', self.get(path).body)
            wording = shown[1].decode() if shown else None
        sent = [*fields, *([("wording", wording)] if wording else [])]
        return self.platform.http("POST", path, BROWSER, urlencode(sent).encode())


def write(**more: Any) -> Person:
    subscribed = Subscription(("email",), "immediate", "test", AT)
    values: dict[str, Any] = {
        "id": "b" * 32,
        "name": "Ana",
        "language": "en",
        "time_zone": "America/New_York",
        "addresses": {"email": Address("ana@example.com", AT)},
        "topics": {"roads": subscribed, "old": subscribed},
        "blocks": {},
        "version": 0,
        "created_at": AT,
    }
    world = wiring()
    person = Person(**{**values, **more})
    return people.create(person, source="test", wording=None, by="system", now=world.clock(), wiring=world)


def own_path(person: Person) -> str:
    return preferences.path_of(person.id, expires=None, wiring=wiring())
