"""Why something stands still, in words for staff. Pure."""

from collections.abc import Mapping

from chalicelib.channels.provider import CALLER_REFUSED
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
    "exercise": "An exercise posts nothing: accounts are for everybody.",
    "withdrawn": "It was withdrawn before it was posted.",
    "too-long": "The text is longer than the platform's longest thread.",
    "ambiguous": "It may have been posted: a crash left no record. Look on the platform.",
    "account-denied": "The platform does not let the account in: give it new secrets; then it is posted.",
    "account-suspended": "The account is suspended: let it post again; then it is posted.",
    "account-deleted": "The account was deleted.",
    "waited-too-long": "The account could not post for a week.",
    "cannot-withdraw": "The platform takes no post back; do it there by hand, if it can be done.",
    "throttled": "The account posts as often as its platform lets it; it is posted later.",
    TOO_OLD: "It expired; nobody is written to any more.",
    **dict.fromkeys(
        ("SENDER_NOT_VERIFIED", "MAIL_FROM_DOMAIN_NOT_VERIFIED", "MailFromDomainNotVerifiedException"),
        "The provider does not know the address or domain that it is sent from: verify it in SES.",
    ),
    **dict.fromkeys(
        (
            "TEMPLATE_NOT_FOUND",
            "CONFIGURATION_SET_NOT_FOUND",
            "INVALID_SENDING_POOL_NAME",
            "NotFoundException",
        ),
        "Something that it is sent with is missing in SES: deploy the stack again.",
    ),
    **dict.fromkeys(
        ("AccessDeniedException", "AuthorizationError", *CALLER_REFUSED),
        "The provider does not let the function send: deploy the stack again.",
    ),
    **dict.fromkeys(
        ("ACCOUNT_DAILY_QUOTA_EXCEEDED", "LimitExceededException"),
        "The provider's quota of 24 hours is used up.",
    ),
    **dict.fromkeys(
        ("MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT", "MONTHLY_SPEND_LIMIT_REACHED_FOR_VOICE"),
        "What End User Messaging may cost in a month is spent: ask AWS for a higher limit.",
    ),
    **dict.fromkeys(
        ("NO_ORIGINATION_IDENTITIES_FOUND", "ResourceNotFoundException", "RESOURCE_NOT_ACTIVE"),
        "The agency has no number for this in End User Messaging: look at the settings of numbers.",
    ),
    **dict.fromkeys(
        ("MESSAGE_TYPE_MISMATCH", "NUMBER_CAPABILITIES_MISMATCH", "VOICE_CAPABILITY_NOT_AVAILABLE"),
        "The agency's number is not registered for such messages: look into End User Messaging.",
    ),
    "no-voice": "No voice of the service speaks one of its languages: take out those words.",
    **dict.fromkeys(
        (
            *("ACCOUNT_SUSPENDED", "AccountSuspendedException", "ACCOUNT_SENDING_PAUSED"),
            *("SendingPausedException", "CONFIGURATION_SET_SENDING_PAUSED"),
        ),
        "The provider does not take anything from the account for now: look into the SES console.",
    ),
}


def in_words(reason: str) -> str | None:
    """A reason's code in words; None where there are none for it."""
    return WORDS.get(reason)
