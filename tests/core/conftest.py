"""core's tests run on moto with the tables made from core's own models."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
os.environ.setdefault("AWS_REGION", "us-east-1")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from moto import mock_aws

from chalicelib.core import staff_admin
from chalicelib.core.audit_tables import AuditItem
from chalicelib.core.idempotency_tables import IdempotencyItem
from chalicelib.core.staff import Actor, authenticate
from chalicelib.core.staff_tables import KeyItem, StaffItem

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def tables() -> Iterator[None]:
    """Empty tables of core."""
    with mock_aws():
        for model in (StaffItem, KeyItem, AuditItem, IdempotencyItem):
            model.create_table(billing_mode="PAY_PER_REQUEST")
        yield


@pytest.fixture
def admin(tables: None) -> Actor:
    return authenticate(f"Bearer {first_admin()}", now=NOW)


def first_admin() -> str:
    """Makes the first admin; answers the key."""
    _, key = staff_admin.create_first_admin(name="Ada Admin", email="ada@city.example", now=NOW)
    return key


@dataclass
class Answer:
    """What a client would see."""

    status: int
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Api:
    """Calls a Chalice application as API Gateway does."""

    def __init__(self, app: Any, key: str = "") -> None:
        self.app = app
        self.key = key

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **headers: str
    ) -> Answer:
        """`body` is sent as JSON, `raw` as it is; keyword arguments are headers, `_` standing for `-`."""
        from chalice.test import Client

        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.key and "authorization" not in sent:
            sent["authorization"] = f"Bearer {self.key}"
        data = json.dumps(body).encode() if raw is None and body is not None else raw or b""
        if data:
            sent.setdefault("content-type", "application/json")
        got = Client(self.app).http.request(method, path, headers=sent, body=data)
        return Answer(got.status_code, {k.lower(): v for k, v in got.headers.items()}, got.body)

    def get(self, path: str, **headers: str) -> Answer:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.call("POST", path, body, **headers)


@pytest.fixture
def api(tables: None) -> Api:
    """The application with core's routes, called with the first admin's key."""
    from chalicelib.core import routes
    from chalicelib.core.app import CrierApp

    app = CrierApp("crier")
    for blueprint in routes.BLUEPRINTS:
        app.register_blueprint(blueprint)
    return Api(app, first_admin())
