"""A record in words: nothing that can happen lacks them, and each line says what changed."""

from datetime import UTC, datetime

import pytest

from chalicelib.channels.base import State
from chalicelib.core.clock import rfc3339
from chalicelib.delivery.flags import NAMES
from chalicelib.delivery.listing import WAITING
from chalicelib.delivery.person import QUIET
from chalicelib.history.in_words import EVENTS, STATUS, WHY, InWords
from chalicelib.history.timeline import Moment
from chalicelib.subscribers.model import LedgerChange, LedgerEntry, Provenance, Wording
from chalicelib.subscribers.suppressions import REASONS

MAIL, BOTH = {"channels": ["email"]}, {"channels": ["email", "sms"]}
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_whatever_can_happen_has_words() -> None:
    assert STATUS.keys() >= {str(state) for state in State if state is not State.RETRY} | {WAITING}
    assert EVENTS.keys() >= NAMES - QUIET
    assert WHY.keys() >= set(REASONS)


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (LedgerChange("topics/roads", None, BOTH), "Roads: subscribed (Email and Text message)"),
        (LedgerChange("topics/roads", MAIL, BOTH), "Roads: changed (Email and Text message)"),
        (LedgerChange("topics/gone", {"channels": ["email"]}, None), "gone: unsubscribed"),
        (LedgerChange("addresses/sms", "x", None), "Text message: address taken away"),
        (LedgerChange("addresses/sms", "x", "y"), "Text message: address replaced"),
        (LedgerChange("blocks/email:*", None, "bounce"), "Email: no more messages (a message came back)"),
        (LedgerChange("blocks/email:*", "stop", None), "Email: messages may come again"),
        (
            LedgerChange("suppression/newsletter:complaint", None, {}),
            "Phone call: no more messages (reported as unwanted)",
        ),
        (LedgerChange("places/home", None, "changed"), "Your places changed"),
        (LedgerChange("language", "en", "es"), "Your language changed"),
    ],
)  # fmt: skip
def test_a_change_of_consent_is_told(change: LedgerChange, title: str) -> None:
    provenance = Provenance("preference-page", "staff:1", NOON, Wording("I agree."))
    owner = "voice#" + "0" * 64 if change.field.startswith("suppression") else "a" * 32
    entry = LedgerEntry(owner, 2, provenance, (change,))
    words = InWords("en", "America/New_York", {"roads": "Roads"})
    line = words.line(Moment(rfc3339(NOON), "", "consent", (), entry))
    assert line.titles == (title,)
    assert line.details == ("by us (preference-page)",)
    assert line.wording == "I agree."
    assert line.at.startswith("November 22, 2026")


def test_what_everybody_begins_with_is_no_change() -> None:
    changes = (LedgerChange("language", None, "en"), LedgerChange("time_zone", None, "UTC"))
    entry = LedgerEntry("a" * 32, 1, Provenance("api", "system", NOON), changes)
    line = InWords("es", "UTC", {}).line(Moment(rfc3339(NOON), "", "consent", (), entry))
    assert line.titles == ()
    assert line.details == ("automáticamente (api)",)
