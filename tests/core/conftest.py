"""core's tests run on moto, with the tables made from core's own models."""

import os
from collections.abc import Iterator

import pytest

os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")
os.environ.setdefault("AWS_REGION", "us-east-1")
os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")

from moto import mock_aws

from chalicelib.core.audit_tables import AuditItem
from chalicelib.core.departments import Department
from chalicelib.core.idempotency_tables import IdempotencyItem
from chalicelib.core.staff import Actor, authenticate
from chalicelib.core.staff_tables import KeyItem, StaffItem
from tests.core.calling import NOW, Api, first_admin


@pytest.fixture
def tables() -> Iterator[None]:
    """Empty tables of core."""
    with mock_aws():
        for model in (StaffItem, KeyItem, AuditItem, IdempotencyItem, Department):
            model.create_table(billing_mode="PAY_PER_REQUEST")
        yield


@pytest.fixture
def admin_key(tables: None) -> str:
    return first_admin()


@pytest.fixture
def admin(admin_key: str) -> Actor:
    return authenticate(f"Bearer {admin_key}", now=NOW)


@pytest.fixture
def api(admin_key: str) -> Api:
    """The application, called with the first admin's key: the whole one, for a blueprint serves only one."""
    from app import app

    return Api(app, admin_key)
