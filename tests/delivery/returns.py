"""A small world for what comes back: its tables on the local AWS, a wiring with a fixed clock and keys."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.core.dynamo import marshal, unmarshal
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.settings import Settings
from chalicelib.core.tokens import KeyRing
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.deliveries import key
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.plan import PlanHead, Wave, wave_item
from infra.aws.world import World as Account

NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
RING = KeyRing(current=1, keys={1: b"signing key of the tests"})
PLAN = time_ordered_id(NOW)
TABLES = {
    "deliveries": ("plan_shard", "subscriber_channel"),
    "events": ("plan_shard", "id"),
    "counters": ("plan_slot", "counter"),
    "plans": ("plan_id", "part"),
    "chunks": ("plan_slot", "seq"),
    "posts": ("plan_id", "part"),
    "growth": ("month_slot", "day"),
    "reports": ("kind", "of"),
}

HEAD = PlanHead(
    plan_id=PLAN,
    kind="campaign",
    reference="c1",
    mode="live",
    lane="bulk",
    scope="newsletter",
    audience={"topic": "roads"},
    channels=["email", "sms"],
    languages={"email": ["en"], "sms": ["en"]},
    default_language="en",
    links=[
        "https://city.example/roads?a=1&b=%20x",
        "http://city.example/caf%C3%A9#map",
        "javascript:alert(1)",
    ],
    topics=["roads"],
    sender_name="City",
    list_id="roads.city.example",
    tracked=True,
    rereads=False,
    number=7,
    created_at="2026-11-22T06:00:00.000Z",
    expires_at=2_000_000_000,
)


class World:
    """What a test may ask: the wiring, and what stands in the tables."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring

    def make_tables(self) -> None:
        for name, (first, second) in TABLES.items():
            self.wiring.dynamodb.create_table(
                TableName=self.wiring.settings.table(name),
                KeySchema=[
                    {"AttributeName": first, "KeyType": "HASH"},
                    {"AttributeName": second, "KeyType": "RANGE"},
                ],
                AttributeDefinitions=[
                    {"AttributeName": one, "AttributeType": "S"} for one in (first, second)
                ],
                BillingMode="PAY_PER_REQUEST",
            )

    def clear(self) -> None:
        for name, keys in TABLES.items():
            for item in self.items(name):
                self.wiring.dynamodb.delete_item(
                    TableName=self.wiring.settings.table(name), Key=marshal({one: item[one] for one in keys})
                )

    def deliver(self, ref: DeliveryRef, **more: Any) -> None:
        """A delivery as a claim leaves it."""
        item = {
            **key(ref.plan_id, ref.subscriber_id, ref.channel),
            "subscriber_id": ref.subscriber_id,
            "plan_id": ref.plan_id,
            "chunk": "00000000",
            "expires_at": 2_000_000_000,
        }
        self.wiring.dynamodb.put_item(
            TableName=self.wiring.settings.table("deliveries"), Item=marshal({**item, **more})
        )

    def plan(self, **changes: Any) -> PlanHead:
        """A plan's head, and what finds it by its number."""
        head = replace(HEAD, **changes)
        item = {**asdict(head), "audience": json.dumps(head.audience), "bands": json.dumps(head.bands)}
        for one in (
            {**item, "part": "head"},
            {"plan_id": f"number#{head.number}", "part": "head", "names": head.plan_id},
            {"plan_id": head.plan_id, "part": "state", "status": "sending"},
        ):
            self.wiring.dynamodb.put_item(TableName=self.wiring.settings.table("plans"), Item=marshal(one))
        return head

    def planned(self, head: PlanHead, wave: Wave) -> None:
        """A wave of a plan, as the engine leaves it."""
        item = wave_item(head.plan_id, wave, expires_at=head.expires_at)
        self.wiring.dynamodb.put_item(TableName=self.wiring.settings.table("plans"), Item=item)

    def counts(self, plan_id: str) -> dict[str, int]:
        """A plan's counts over all their slots; those that are 0 are left out."""
        total: Counter[str] = Counter()
        for item in self.items("plans"):
            if item["plan_id"] == plan_id and item["part"].startswith("counts#"):
                total.update({name: value for name, value in item.items() if "|" in name})
        return {name: value for name, value in total.items() if value}

    def items(self, table: str) -> list[dict[str, Any]]:
        answer = self.wiring.dynamodb.scan(TableName=self.wiring.settings.table(table))
        return [unmarshal(item) for item in answer["Items"]]

    def delivery(self, ref: DeliveryRef) -> dict[str, Any]:
        wanted = key(ref.plan_id, ref.subscriber_id, ref.channel)
        return next(item for item in self.items("deliveries") if wanted.items() <= item.items())


@contextmanager
def world() -> Iterator[World]:
    account = Account()
    account.open()
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        wiring = Wiring(settings=Settings(), clock=lambda: NOW)
        wiring.__dict__ |= {"ring": RING, "address_key": b"address key of the tests"}
        made = World(wiring)
        made.make_tables()
        yield made
    account.close()
