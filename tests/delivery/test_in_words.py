"""Whatever stops a send is told in words."""

import pytest

from chalicelib.channels import email, sms
from chalicelib.channels.base import HaltLane, HaltPlan
from chalicelib.channels.provider import CALLER_REFUSED
from chalicelib.delivery.in_words import ACCOUNT_HELD, in_words
from chalicelib.delivery.plan import TOO_OLD
from chalicelib.delivery.protection import REASONS

OF_CALLS = {
    code
    for errors in (email.CALL_ERRORS, sms.CALL_ERRORS)
    for code, kind in errors.items()
    if kind in (HaltLane, HaltPlan)
}
OURS = {*REASONS, ACCOUNT_HELD, TOO_OLD, "paused", "cancelled", "SENDER_NOT_VERIFIED"}


@pytest.mark.parametrize(
    "code",
    sorted(OURS | OF_CALLS | email.ENTRY_HALTS_LANE | email.ENTRY_HALTS_PLAN | CALLER_REFUSED),
)
def test_each_reason_has_words(code: str) -> None:
    text = in_words(code)
    assert text is not None
    assert text[0].isupper()
    assert text.endswith(".")


@pytest.mark.parametrize("text", ["", "The list was mended."])
def test_what_somebody_said_is_in_words_already(text: str) -> None:
    assert in_words(text) is None
