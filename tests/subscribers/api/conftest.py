"""The routes, called over the platform's HTTP by staff of several roles and departments."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from chalicelib.core import staff_admin
from chalicelib.core.staff import Mode, Role, authenticate
from infra.platform.platform import Platform
from tests.subscribers.conftest import NOW


@dataclass
class Reply:
    """An answer of the API."""

    status: int
    body: Any


@dataclass
class Staff:
    """Calls the API with one key."""

    platform: Platform
    key: str

    def __call__(self, method: str, path: str, body: Any = None) -> Reply:
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.platform.http(method, path, headers, sent)
        return Reply(answer.status, json.loads(answer.body) if answer.body else None)


Hire = Callable[..., Staff]


@pytest.fixture
def hire(platform: Platform) -> Hire:
    """Makes a person of the staff, by role and departments; the first one hired is not the admin."""
    _, key = staff_admin.create_first_admin(name="Ada", email="ada@city.example", now=NOW)
    admin = authenticate(f"Bearer {key}", now=NOW)

    def hired(role: Role = Role.COMMUNICATOR, *departments: str, mode: Mode = Mode.LIVE) -> Staff:
        one = staff_admin.create(
            name="Bo",
            email=f"{role}-{'-'.join(departments)}-{mode}@city.example",
            roles={role},
            departments=set(departments),
            by=admin,
            now=NOW,
        )
        _, own = staff_admin.issue_key(staff_id=one.id, mode=mode, label="test", by=admin, now=NOW)
        return Staff(platform, own)

    return hired
