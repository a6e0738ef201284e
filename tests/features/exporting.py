"""What the exports' bucket holds, as whoever reads it finds it."""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from chalicelib.campaigns import tables
from chalicelib.campaigns.model import Campaign
from chalicelib.core.settings import settings
from chalicelib.core.tables import Page
from chalicelib.core.wiring import wiring
from chalicelib.delivery.studying import HOURS
from chalicelib.engagement.study import QUEUE
from tests.features import acting, pushing
from tests.features.local import LocalDriver

NEWEST = 5


def exporting(driver: LocalDriver) -> None:
    """A campaign by push, of which nobody reports what arrived, and its export."""
    topic, _ = pushing.on_all_devices(driver)
    exports(driver, acting.send(driver, [topic], channels=["push"], content=pushing.WORDS))


def exports(driver: LocalDriver, campaign: str) -> None:
    """A night's exports, once a campaign was studied to the end."""
    study(driver, campaign, range(len(HOURS)))
    export(driver)


def study(driver: LocalDriver, campaign: str, takings: Sequence[int]) -> None:
    """Studies of a campaign, as when their hours had come: the plans of other tests are let be."""
    plan_id = acting.report(driver, campaign)["plan_id"]
    for taking in takings:
        wiring().queues.send(QUEUE, {"plan": plan_id, "taking": taking})
        driver.settle()


def export(driver: LocalDriver) -> None:
    """One run, of the newest campaigns alone: other tests leave hundreds."""
    page = tables.page

    def newest(*, limit: int, cursor: str | None) -> Page[Campaign]:
        return Page(page(limit=NEWEST, cursor=cursor).items, None)

    with patch.object(tables, "page", newest):
        driver.platform.fire("exports")


def objects() -> dict[str, bytes]:
    """All objects of the bucket, by key."""
    s3, bucket = wiring().s3, settings().exports_bucket
    return {
        one["Key"]: s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        for one in page.get("Contents", [])
    }


def rows(campaign: str, of: str = "deliveries") -> list[dict[str, Any]]:
    """The lines of a campaign's messages, or of another kind, in the order of their keys."""
    return [
        json.loads(line)
        for key, body in sorted(objects().items())
        if key.startswith(f"{of}/") and campaign in key
        for line in gzip.decompress(body).splitlines()
    ]


def synced(folder: Path) -> None:
    """The bucket as `aws s3 sync` leaves it in a folder `exports`."""
    for key, body in objects().items():
        path = folder / "exports" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
