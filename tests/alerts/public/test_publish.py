"""What lies in S3: whole, only what is live, written again by the watch, and never in an alert's way."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.alerts import tables, watch
from chalicelib.alerts.cap.read import read
from chalicelib.alerts.model import OVER, Alert, Step
from chalicelib.alerts.public import publish
from chalicelib.alerts.states import State
from chalicelib.core.clock import rfc3339
from chalicelib.core.ids import random_id
from chalicelib.core.wiring import wiring
from infra.aws.faults import refuse
from infra.platform.platform import Platform
from tests.alerts.sample import MESSAGE, alert


@pytest.fixture(autouse=True)
def nothing_public(platform: Platform) -> Iterator[None]:
    yield
    for one in tables.active():
        tables.unlist(one)
    tables.note_publishing("")


def lies(name: str) -> str | None:
    """A file of the bucket, or None."""
    world = wiring()
    found = world.s3.list_objects_v2(Bucket=world.settings.alerts_bucket, Prefix=name)
    if name not in [one["Key"] for one in found.get("Contents", [])]:
        return None
    return str(world.s3.get_object(Bucket=world.settings.alerts_bucket, Key=name)["Body"].read().decode())


def launched(**changed: Any) -> Alert:
    made = alert(state=State.SENDING, **changed)
    tables.add(made, wiring=wiring())
    publish.show(made, now=wiring().clock(), wiring=wiring())
    return made


def test_a_launched_alert_can_be_read_with_no_function_in_the_way() -> None:
    made = launched()
    index, page, cap = lies("index.html"), lies(f"{made.id}.es.html"), lies(f"{made.id}.cap")
    assert index is not None
    assert page is not None
    assert cap is not None
    assert "Flash flood on Elm Street" in index
    assert f'href="{made.id}.html"' in index
    assert f'href="{wiring().settings.base_url}/subscribe?lang=en"' in index
    assert 'href="index.es.html"' in index
    assert 'lang="en-US"' in page
    assert read(cap.encode()) == made.message
    assert made.id in (lies("alerts.atom") or "")
    assert made.id in (lies("banner.json") or "")
    assert "currentScript" in (lies("banner.js") or "")


@pytest.mark.parametrize("mode", ["exercise", "test"])
def test_what_is_not_live_is_nowhere(mode: str) -> None:
    made = launched(mode=mode)
    publish.keep_published(wiring=wiring())
    assert lies(f"{made.id}.html") is None
    assert made.id not in (lies("index.html") or "")


def test_what_is_over_leaves_the_page_and_says_so_on_its_own() -> None:
    made = launched()
    over = replace(made, state=State.CANCELLED, version=2)
    tables.replace(over, was=made, wiring=wiring())
    newer = launched(message=replace(MESSAGE, identifier=random_id(), message_type="Update"))
    publish.withdraw(over, by=newer.id, now=wiring().clock(), wiring=wiring())
    assert f'aria-labelledby="alert-{made.id}' not in (lies("index.html") or "")
    page = lies(f"{made.id}.html") or ""
    assert "This alert was replaced by a newer one." in page
    assert f'href="{newer.id}.html"' in page


def test_an_alert_that_was_never_public_does_not_become_so_by_its_end() -> None:
    draft = alert(state=State.CANCELLED)
    tables.add(draft, wiring=wiring())
    publish.withdraw(draft, now=wiring().clock(), wiring=wiring())
    assert draft.id not in [one.id for one in tables.past(limit=50).items]


def test_the_copies_never_stand_in_an_alerts_way_and_the_watch_makes_them(platform: Platform) -> None:
    platform.faults.add("s3", "PutObject", refuse("AccessDenied", status=403))
    made = launched()
    assert platform.faults.left == 0
    assert made.id in [one.id for one in tables.active()]
    assert lies(f"{made.id}.html") is None
    watch.watch(wiring=wiring())
    assert lies(f"{made.id}.html") is not None


def test_for_a_while_after_the_last_change_all_is_written_again() -> None:
    made = launched()
    now = wiring().clock()
    over = replace(made, state=State.EXPIRED, version=2, steps={OVER: Step("system", rfc3339(now))})
    tables.replace(over, was=made, wiring=wiring())
    tables.unlist(over)
    publish.keep_published(wiring=wiring())
    assert "its time is up" in (lies(f"{made.id}.html") or "")
    calls: list[str] = []
    publish.keep_published(wiring=replace_s3(calls, now + timedelta(minutes=11)))
    assert calls == []


def replace_s3(calls: list[str], now: datetime) -> Any:
    """The wiring with an S3 that only notes what is written."""

    class Noting:
        def put_object(self, *, Key: str, **_: Any) -> None:  # noqa: N803 - botocore's name
            calls.append(Key)

    class World:
        s3 = Noting()
        settings = wiring().settings

        def clock(self) -> datetime:
            return now

    return World()
