"""The table of alerts: written and read again, each CAP message once, what is public."""

from dataclasses import replace

import pytest

from chalicelib.alerts import tables
from chalicelib.alerts.cap.model import Reference
from chalicelib.alerts.model import APPROVED, Correction, Preview, Step
from chalicelib.core.errors import Conflict, NotFound
from chalicelib.core.ids import random_id
from chalicelib.core.wiring import wiring
from chalicelib.delivery.content import Words
from chalicelib.delivery.ladder import Rung
from infra.platform.platform import Platform
from tests.alerts.sample import MESSAGE, alert

pytestmark = pytest.mark.usefixtures("platform")


def test_an_alert_is_read_as_it_was_written() -> None:
    whole = alert(
        correction=Correction(cancel={"en": Words(sms="There is no flood.")}),
        origin=(42.3, -71.1),
        ladder=(Rung("sms", 300, "acknowledged"), Rung("voice", 300, "acknowledged")),
        preview=Preview("2026-11-22T18:00:00Z", "x", {"area": {"circle": {}}}, 3, {"sms": {"en": 3}}, 0, "d"),
        steps={APPROVED: Step("y", "2026-11-22T18:01:00Z")},
        due_at="2026-11-22T18:02:00Z",
    )
    tables.add(whole, wiring=wiring())
    assert tables.read(whole.id) == whole
    assert whole in tables.page(limit=5, cursor=None).items


@pytest.mark.parametrize("unknown", ["x", "0" * 32])
def test_an_unknown_alert_is_not_found(unknown: str) -> None:
    with pytest.raises(NotFound):
        tables.read(unknown)


def test_a_cap_message_becomes_one_alert() -> None:
    message = replace(MESSAGE, identifier=random_id())
    first = alert(message=message)
    tables.add(first, wiring=wiring())
    with pytest.raises(Conflict) as refused:
        tables.add(alert(message=message), wiring=wiring())
    assert refused.value.code == "message-known"
    assert tables.named(message.reference) == first.id
    assert tables.named(Reference("a", "b", "c")) is None


def test_a_change_must_follow_what_was_read() -> None:
    first = alert()
    tables.add(first, wiring=wiring())
    second = replace(first, version=2, event="Flood")
    tables.replace(second, was=first, wiring=wiring())
    assert tables.read(first.id) == second
    with pytest.raises(Conflict) as refused:
        tables.replace(second, was=first, wiring=wiring())
    assert refused.value.code == tables.OVERTAKEN
    with pytest.raises(Conflict):
        tables.remove(first, wiring=wiring())
    tables.remove(second, wiring=wiring())
    with pytest.raises(NotFound):
        tables.read(first.id)
    assert tables.named(first.message.reference) is None


def test_only_what_is_live_is_public() -> None:
    live, drill = alert(), alert(mode="exercise")
    for one in (live, drill):
        tables.add(one, wiring=wiring())
    tables.list_active(live)
    with pytest.raises(ValueError, match="live"):
        tables.list_active(drill)
    assert live in tables.active()
    assert drill not in tables.active()
    tables.unlist(live)
    assert live not in tables.active()


def test_what_is_due_is_found(platform: Platform) -> None:
    waiting = alert(due_at="2020-01-01T00:00:00Z")
    tables.add(waiting, wiring=wiring())
    assert waiting.id in tables.due("2020-01-01T00:00:00Z", limit=5)
    assert waiting.id not in tables.due("2019-12-31T23:59:59Z", limit=5)
    tables.replace(replace(waiting, version=2, due_at=""), was=waiting, wiring=wiring())
    assert waiting.id not in tables.due("2020-01-01T00:00:00Z", limit=5)
