"""Events are CloudEvents: their attributes, and ids that stay in every try."""

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.channels.cloud_events import as_json, event, event_id, ping, withdrawal
from chalicelib.channels.platforms.base import Post

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SOURCE = "https://news.city.example"
POST = Post("key-1", "", "en", NOON, event={"id": "c1", "department": "roads"}, event_type="campaign.sent")


def test_the_event_of_a_message() -> None:
    assert event(POST, source=SOURCE) == {
        "specversion": "1.0",
        "id": event_id("key-1"),
        "source": SOURCE,
        "type": "crier.campaign.sent",
        "subject": "c1",
        "time": "2026-11-22T12:00:00.000Z",
        "datacontenttype": "application/json",
        "data": {"id": "c1", "department": "roads"},
    }


def test_it_is_the_same_in_every_try() -> None:
    assert as_json(event(POST, source=SOURCE)) == as_json(event(POST, source=SOURCE))


def test_each_kind_names_what_it_is_about() -> None:
    taken_back = withdrawal("c1", source=SOURCE, at="2026-11-22T12:00:00Z")
    assert (taken_back["type"], taken_back["subject"]) == ("crier.campaign.withdrawn", "c1")
    asked = ping("signs", source=SOURCE, at="2026-11-22T12:00:00Z")
    assert (asked["type"], asked["subject"], asked["data"]) == ("crier.ping", "signs", {})


@given(st.text())
def test_an_id_has_no_dot_by_which_a_signature_is_parted(key: str) -> None:
    assert re.fullmatch("msg_[0-9a-f]{32}", event_id(key))
