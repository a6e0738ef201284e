"""The timeline: in the order of time, complete over its pages, whatever comes at the same moment."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import BadRequest
from chalicelib.delivery.person import Event, Message
from chalicelib.history.record import Record
from chalicelib.history.timeline import channels_of, moments, page
from chalicelib.subscribers.model import LedgerChange, LedgerEntry, Provenance

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
SUBSCRIBER = "a" * 32
times = st.integers(0, 5).map(lambda seconds: NOON + timedelta(seconds=seconds))
events = st.builds(
    Event, at=times.map(rfc3339), name=st.just("opened"), link=st.just(""), details=st.just({})
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    changes = (LedgerChange("topics/roads", None, {"channels": ["email"]}),)
    consent = [
        LedgerEntry(SUBSCRIBER, n, Provenance("test", "system", at), changes)
        for n, at in enumerate(sorted(draw(st.lists(times, max_size=6))))
    ]
    messages = [
        Message(
            plan_id=f"{n:032x}",
            kind="campaign",
            reference="",
            channel=draw(st.sampled_from(["email", "sms"])),
            language="en",
            subject="",
            at=rfc3339(at),
            status="sent",
            reason="",
            reports={},
            events=tuple(draw(st.lists(events, max_size=2))),
        )
        for n, at in enumerate(draw(st.lists(times, max_size=6)))
    ]
    return Record(SUBSCRIBER, None, consent, messages, [])


@given(records(), st.integers(1, 4), st.sampled_from([None, "message"]), st.sampled_from([None, "sms"]))
def test_the_pages_together_are_the_whole_newest_first(
    record: Record, limit: int, kind: str | None, channel: str | None
) -> None:
    found, cursor = [], None
    while True:
        one = page(record, kind=kind, channel=channel, limit=limit, cursor=cursor)
        found += one.items
        if one.next is None:
            break
        cursor = one.next
    whole = [
        one
        for one in reversed(moments(record))
        if kind in (None, one.kind) and (channel is None or channel in one.channels)
    ]
    assert found == whole
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


def test_a_cursor_of_another_person_is_refused() -> None:
    entries = [
        LedgerEntry(
            SUBSCRIBER, n, Provenance("test", "system", NOON), (LedgerChange("language", None, "en"),)
        )
        for n in range(2)
    ]
    cursor = page(
        Record(SUBSCRIBER, None, entries, [], []), kind=None, channel=None, limit=1, cursor=None
    ).next
    assert cursor
    with pytest.raises(BadRequest):
        page(Record("b" * 32, None, entries, [], []), kind=None, channel=None, limit=1, cursor=cursor)


@pytest.mark.parametrize(
    ("change", "channels"),
    [
        pytest.param(LedgerChange("language", "en", "es"), (), id="profile"),
        pytest.param(LedgerChange("addresses/sms", None, "x"), ("sms",), id="address"),
        pytest.param(LedgerChange("blocks/email:*", None, "bounce"), ("email",), id="block"),
        pytest.param(
            LedgerChange("topics/roads", {"channels": ["email"]}, {"channels": ["email", "sms"]}),
            ("sms",),
            id="one channel more",
        ),
        pytest.param(LedgerChange("topics/roads", {"channels": ["email"]}, None), ("email",), id="ended"),
    ],
)
def test_a_change_is_about_the_channels_that_it_touches(
    change: LedgerChange, channels: tuple[str, ...]
) -> None:
    assert channels_of([change]) == channels
