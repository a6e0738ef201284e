"""Why something stands still, in words for staff. Pure."""

from collections.abc import Mapping

from chalicelib.delivery.plan import TOO_OLD
from chalicelib.delivery.protection import BOUNCES, COMPLAINTS

ACCOUNT_HELD = "account-held"
WORDS: Mapping[str, str] = {
    BOUNCES: "Too many of its addresses do not exist: it was halted before the provider would step in. "
    "Look where the list comes from.",
    COMPLAINTS: "Too many people marked it as spam: it was halted before the provider would step in. "
    "Look whether they had asked for it.",
    ACCOUNT_HELD: "All campaigns are held, because too much of the account's mail came back: "
    "an admin may let them go on.",
    "paused": "Somebody of the staff paused it.",
    "cancelled": "Somebody of the staff cancelled it.",
    TOO_OLD: "It expired; nobody is written to any more.",
    "SENDER_NOT_VERIFIED": "The provider does not know the address that it is sent from: verify it in SES.",
    "MailFromDomainNotVerifiedException": "The domain that it is sent from is not verified in SES.",
    "ACCOUNT_DAILY_QUOTA_EXCEEDED": "The provider's quota of 24 hours is used up; it goes on by itself.",
    "ACCOUNT_SUSPENDED": "The provider suspended the account: look into the SES console.",
    "AccountSuspendedException": "The provider suspended the account: look into the SES console.",
    "SendingPausedException": "The provider paused the account: look into the SES console.",
}


def in_words(reason: str) -> str | None:
    """A reason's code in words; None where there are none for it."""
    return WORDS.get(reason)
