"""What a delivery is to count for, by what stands on it."""

from typing import Any

import pytest

from chalicelib.engagement.classify import RULES
from chalicelib.engagement.counted import message_of
from chalicelib.engagement.judged import change_of, verdicts_of
from chalicelib.engagement.model import Why
from chalicelib.engagement.raw import events_of
from tests.delivery.returns import NOW, PLAN
from tests.features.driver import BROWSER, MAIL_PROGRAM

START = NOW.timestamp()
OPEN = {"kind": "open", "at": START + 400, "agent": MAIL_PROGRAM}
CLICK = {"kind": "click", "at": START + 500, "link": 3, "agent": BROWSER}
ITEM = {
    "plan_id": PLAN,
    "subscriber_channel": f"{'0' * 32}#email",
    "rendition": "rendition#email#es#b",
    "taken_at": START,
    "event#a": OPEN,
    "event#b": CLICK,
}
FLAGS = {
    "opened_at": "2026-11-22T06:06:40.000000Z",
    "clicked_at": "2026-11-22T06:08:20.000000Z",
    "clicked_3_at": "2026-11-22T06:08:20.000000Z",
}


def test_it_counts_for_its_events_and_its_person_by_todays_rules() -> None:
    change = change_of(ITEM)
    assert change.counted.items() >= {"email#opens#human": 1, "email#clicked#human": 1}.items()
    assert (change.flags, change.rules, change.item) == (FLAGS, RULES, ITEM)


def test_what_is_too_young_waits() -> None:
    change = change_of(ITEM, until=START + 450)
    assert not [name for name in change.counted if "click" in name]
    assert change.flags == {"opened_at": FLAGS["opened_at"]}


@pytest.mark.parametrize("leave", [True, False])
def test_without_leave_it_bears_no_flags_and_counts_alike(*, leave: bool) -> None:
    change = change_of(ITEM, leave=leave)
    assert change.flags == (FLAGS if leave else {})
    assert change.counted == change_of(ITEM).counted


def test_without_its_person_it_counts_for_events_only() -> None:
    found = change_of(ITEM, people=False).counted
    assert found.items() >= {"email#opens#human": 1, "email#clicks#human": 1}.items()
    assert not {"email#opened#raw", "email#clicked#raw", "email#read#human"} & found.keys()


@pytest.mark.parametrize(("channel", "why"), [("email", Why.UNREAD), ("sms", Why.READER)])
def test_only_mails_have_the_picture_by_which_a_click_may_come_unread(channel: str, why: Why) -> None:
    item: dict[str, Any] = {
        **ITEM,
        "subscriber_channel": f"{'0' * 32}#{channel}",
        "event#b": {**CLICK, "at": START + 60},
    }
    assert verdicts_of(events_of(item), message_of(item))["b"].why is why
