"""Calls a Chalice application as API Gateway does."""

import json
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalice.test import Client

from chalicelib.core import staff_admin
from chalicelib.core.staff import Actor, Role, authenticate

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@dataclass
class Answer:
    """What a client would see; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Api:
    def __init__(self, app: Any, key: str = "") -> None:
        self.app = app
        self.key = key

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """`body` is sent as JSON; keyword arguments are headers, `_` standing for `-`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key:
            sent.setdefault("authorization", f"Bearer {self.key}")
        data = b"" if body is None else json.dumps(body).encode()
        if data:
            sent.setdefault("content-type", "application/json")
        got = Client(self.app).http.request(method, path, headers=sent, body=data)
        return Answer(got.status_code, {k.lower(): v for k, v in got.headers.items()}, got.body)

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, body, **headers)

    def holding(self, key: str) -> "Api":
        """The same application, called with another key."""
        return Api(self.app, key)


def first_admin() -> str:
    """Makes the first admin; answers the key."""
    _, key = staff_admin.create_first_admin(name="Ada Admin", email="ada@city.example", now=NOW)
    return key


def member(
    admin: Actor, name: str, *, roles: Collection[Role], departments: Collection[str] = (), mode: str = "live"
) -> tuple[Actor, str]:
    """Adds a person with a key; answers both."""
    person = staff_admin.create(
        name=name, email=f"{name}@city.example", roles=roles, departments=departments, by=admin, now=NOW
    )
    _, key = staff_admin.issue_key(staff_id=person.id, mode=mode, label="test", by=admin, now=NOW)
    return authenticate(f"Bearer {key}", now=NOW), key
