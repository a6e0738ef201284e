"""What the exports' bucket holds, as whoever reads it finds it."""

import gzip
import json
from pathlib import Path
from typing import Any
from unittest.mock import patch

from chalicelib.campaigns import tables
from chalicelib.campaigns.model import Campaign
from chalicelib.core.settings import settings
from chalicelib.core.tables import Page
from chalicelib.core.wiring import wiring
from tests.features import acting, pushing
from tests.features.local import LocalDriver

HOURS_S = 73 * 3600
NEWEST = 5


def exporting(driver: LocalDriver) -> None:
    """A campaign by push, of which nobody reports what arrived, and its export."""
    topic, _ = pushing.on_all_devices(driver)
    acting.send(driver, [topic], channels=["push"], content=pushing.WORDS)
    exports(driver)


def exports(driver: LocalDriver) -> None:
    """A night's exports, once the totals of all campaigns were taken."""
    driver.pass_time(HOURS_S)
    export(driver)


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


def rows(campaign: str) -> list[dict[str, Any]]:
    """The lines of a campaign's messages, in the order of their keys."""
    return [
        json.loads(line)
        for key, body in sorted(objects().items())
        if key.startswith("deliveries/") and campaign in key
        for line in gzip.decompress(body).splitlines()
    ]


def synced(folder: Path) -> None:
    """The bucket as `aws s3 sync` leaves it in a folder `exports`."""
    for key, body in objects().items():
        path = folder / "exports" / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
