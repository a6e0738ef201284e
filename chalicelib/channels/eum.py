"""AWS End User Messaging (`pinpoint-sms-voice-v2`): what its texts and its calls have in common.

Each message bears, as its `Context`, the tags by which its events find the delivery again: so, unlike with
SNS, what was in doubt after a crash is found to have been sent.
"""

import time
from collections.abc import Mapping
from typing import Any

from chalicelib.channels.base import (
    Envelope,
    HaltLane,
    HaltPlan,
    Letter,
    ProviderError,
    Throttled,
    Unfit,
)
from chalicelib.channels.provider import provider_call
from chalicelib.core.settings import Settings

TTL_LEAST_S, TTL_MOST_S = 5, 24 * 3600
"""Seconds for which a network may go on trying. AWS allows three days; nobody waits for the last two."""

CONTEXT = ("plan", "subscriber", "chunk")
"""The tags that come back. AWS takes five pairs, names of 100 characters and values of 800."""

OPTED_OUT = "DESTINATION_PHONE_NUMBER_OPTED_OUT"

CALL_ERRORS: Mapping[str, type[ProviderError]] = {
    "ThrottlingException": Throttled,
    # The account, or our role: disabled, of bad repute, not allowed; what a month may cost is spent.
    "AccessDeniedException": HaltLane,
    "ServiceQuotaExceededException": HaltLane,
    "DAILY_DESTINATION_CALL_LIMIT": Unfit,  # only this number was called too often
    # The number or the configuration set that we name: not there, or not for what we send.
    "ResourceNotFoundException": HaltPlan,
    "MESSAGE_TYPE_MISMATCH": HaltPlan,
    "NUMBER_CAPABILITIES_MISMATCH": HaltPlan,
    "REGISTRATION_NOT_COMPLETE": HaltPlan,
    "RESOURCE_NOT_ACTIVE": HaltPlan,
    "RESOURCE_NOT_ACCESSIBLE": HaltPlan,
    "CHANNEL_NOT_ENABLED": HaltPlan,
    "VOICE_CAPABILITY_NOT_AVAILABLE": HaltPlan,
    # All else is wrong with this one recipient or text: opted out, not verified (sandbox), a country that is
    # blocked or not enabled, too long.
    "ConflictException": Unfit,
    "ValidationException": Unfit,
}
"""By the reason that an error gives, or else by its code.

https://docs.aws.amazon.com/pinpoint/latest/apireference_smsvoicev2/API_SendTextMessage.html
"""

NO_NUMBER = "NO_ORIGINATION_IDENTITIES_FOUND"


def send(call: Any, letter: Letter, envelope: Envelope, *, settings: Settings, **more: Any) -> str:
    """Makes one call for one recipient; the message's id. Raises a ProviderError.

    Without a number of ours nothing is asked: AWS would choose one by the recipient's country, and a reply
    or a STOP to it would be nobody's.
    """
    if not letter.origination:
        raise HaltPlan(NO_NUMBER)
    left_s = int(letter.until - time.time()) if letter.until else TTL_MOST_S
    answer = provider_call(
        call,
        CALL_ERRORS,
        DestinationPhoneNumber=envelope.address,
        OriginationIdentity=letter.origination,
        ConfigurationSetName=settings.configuration_set,
        Context={name: value for name in CONTEXT if (value := dict(envelope.tags).get(name))},
        TimeToLive=max(TTL_LEAST_S, min(left_s, TTL_MOST_S)),
        **more,
    )
    return str(answer["MessageId"])
