"""Email by SES v2: fifty people a call, each with data, headers and tags of their own."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.channels.base import (
    Envelope,
    HaltLane,
    HaltPlan,
    Letter,
    Limits,
    Outcome,
    ProviderError,
    State,
    Throttled,
    Unfit,
)
from chalicelib.channels.provider import provider_call
from chalicelib.core.hotpath import to_json
from chalicelib.core.settings import Settings

BULK_MAX = 50
LIMITS_KEPT_S = 60

# What SES says of one entry (SES v2, BulkEmailEntryResult.Status). What is not named here fails that one
# recipient.
ENTRY_OUTCOMES: Mapping[str, State] = {
    "SUCCESS": State.SENT,
    "TRANSIENT_FAILURE": State.RETRY,
    "ACCOUNT_THROTTLED": State.RETRY,
}
ENTRY_HALTS_LANE = frozenset(
    {
        "ACCOUNT_DAILY_QUOTA_EXCEEDED",
        "ACCOUNT_SUSPENDED",
        "ACCOUNT_SENDING_PAUSED",
        "CONFIGURATION_SET_SENDING_PAUSED",
    }
)
ENTRY_HALTS_PLAN = frozenset(
    {
        "TEMPLATE_NOT_FOUND",
        "CONFIGURATION_SET_NOT_FOUND",
        "MAIL_FROM_DOMAIN_NOT_VERIFIED",
        "INVALID_SENDING_POOL_NAME",
    }
)

# What SES says of a whole call.
CALL_ERRORS: Mapping[str, type[ProviderError]] = {
    "TooManyRequestsException": Throttled,
    "ThrottlingException": Throttled,
    "Throttling": Throttled,
    "LimitExceededException": HaltLane,
    "AccountSuspendedException": HaltLane,
    "SendingPausedException": HaltLane,
    "MailFromDomainNotVerifiedException": HaltPlan,
    "NotFoundException": HaltPlan,
    "AccessDeniedException": HaltPlan,
    "BadRequestException": Unfit,
    "MessageRejected": Unfit,
}


class Email:
    """The email channel of one process."""

    def __init__(self, *, client: Any, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self._limits: tuple[float, Limits] | None = None

    def limits(self) -> Limits:
        """The account's rate and quota (SES `GetAccount`), asked at most once a minute.

        A chunk is never above a second's rate.
        """
        now = time.monotonic()
        if self._limits is None or now - self._limits[0] > LIMITS_KEPT_S:
            self._limits = (now, limits_of(self._client.get_account()["SendQuota"]))
        return self._limits[1]

    def send(self, letter: Letter, envelopes: Sequence[Envelope], *, seconds_left: float) -> list[Outcome]:
        """One `SendBulkEmail`, made once; the caller left time enough for its time-out."""
        del seconds_left
        request = self._request(letter, envelopes)
        try:
            answer = provider_call(self._client.send_bulk_email, CALL_ERRORS, **request)
        except Unfit as error:
            if self._sender_refused(error):
                raise HaltPlan("SENDER_NOT_VERIFIED") from error
            raise
        results = answer["BulkEmailEntryResults"]
        statuses = {result["Status"] for result in results}
        outcomes = [_outcome(result) for result in results]
        halted = statuses & (ENTRY_HALTS_LANE | ENTRY_HALTS_PLAN)
        if halted and "SUCCESS" not in statuses:
            code = min(halted)
            raise HaltLane(code) if code in ENTRY_HALTS_LANE else HaltPlan(code)
        return outcomes

    def _sender_refused(self, error: Unfit) -> bool:
        """Whether SES says that our own identity is not verified: it has no code of its own for that."""
        text = str(error.__cause__).casefold()
        return error.code == "MessageRejected" and self._settings.sender.casefold() in text

    def _request(self, letter: Letter, envelopes: Sequence[Envelope]) -> dict[str, Any]:
        template: dict[str, Any] = {
            "TemplateContent": {"Subject": letter.subject, "Html": letter.html, "Text": letter.text},
            "TemplateData": to_json(dict(letter.defaults)),
        }
        headers = {"List-Id": f"<{letter.list_id}>"} if letter.list_id else {}
        if any(envelope.unsubscribe_url for envelope in envelopes):
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
        if headers:
            template["Headers"] = [{"Name": name, "Value": value} for name, value in headers.items()]
        if letter.calendar:
            template["Attachments"] = [_calendar(letter.calendar)]
        return {
            "FromEmailAddress": sender(
                letter.sender_name or self._settings.agency_name, self._settings.sender
            ),
            "ConfigurationSetName": self._settings.configuration_set,
            "DefaultContent": {"Template": template},
            "BulkEmailEntries": [_entry(envelope) for envelope in envelopes],
        }


def _calendar(file: str) -> dict[str, Any]:
    """The file of an event, so that mail programs offer it (RFC 6047, 2.4: the method stands in both)."""
    method = "CANCEL" if "\r\nMETHOD:CANCEL\r\n" in file else "PUBLISH"
    return {
        "FileName": "event.ics",
        "ContentType": f"text/calendar; charset=utf-8; method={method}",
        "ContentDisposition": "ATTACHMENT",
        "ContentTransferEncoding": "BASE64",
        "RawContent": file.encode(),
    }


def limits_of(quota: Mapping[str, float]) -> Limits:
    """The limits that a `SendQuota` of SES's sets."""
    rate = quota["MaxSendRate"] if quota["MaxSendRate"] > 0 else 1.0
    daily = quota.get("Max24HourSend", -1)  # -1: no quota
    used = quota.get("SentLast24Hours", 0) / daily if daily > 0 else 0.0
    return Limits(chunk=max(1, min(BULK_MAX, int(rate))), per_second=rate, quota_used=used)


def _entry(envelope: Envelope) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "Destination": {"ToAddresses": [envelope.address]},
        "ReplacementEmailContent": {
            "ReplacementTemplate": {"ReplacementTemplateData": to_json(envelope.values)}
        },
    }
    if envelope.tags:
        entry["ReplacementTags"] = [{"Name": name, "Value": value} for name, value in envelope.tags.items()]
    if envelope.unsubscribe_url:
        ways = f"<{envelope.unsubscribe_url}>"
        if envelope.unsubscribe_mail:
            ways += f", <{envelope.unsubscribe_mail}>"
        entry["ReplacementHeaders"] = [{"Name": "List-Unsubscribe", "Value": ways}]
    return entry


def _outcome(result: Mapping[str, Any]) -> Outcome:
    status = result["Status"]
    halting = status in ENTRY_HALTS_LANE or status in ENTRY_HALTS_PLAN
    state = State.RETRY if halting else ENTRY_OUTCOMES.get(status, State.FAILED)
    return Outcome(
        state, provider_id=result.get("MessageId", ""), reason="" if state is State.SENT else status
    )


def sender(name: str, address: str) -> str:
    """A `From` value (RFC 5322).

    The display name quoted, or as an encoded word (RFC 2047) where it is not ASCII.
    """
    from email.header import Header
    from email.headerregistry import Address

    clean = " ".join(name.split())
    if not clean.isascii():
        return f"{Header(clean, 'utf-8', maxlinelen=10_000).encode()} <{address}>"
    return str(Address(display_name=clean, addr_spec=address))
