import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ParamValidationError,
    ReadTimeoutError,
)

from chalicelib.channels.base import (
    Ambiguous,
    Envelope,
    HaltLane,
    HaltPlan,
    Letter,
    ProviderError,
    Retryable,
    State,
    Throttled,
    Unfit,
)
from chalicelib.channels.email import Email, limits_of, sender
from chalicelib.core.settings import Settings

LETTER = Letter("S", "<p>{{t}}</p>", "{{t}}", {"o": "{"}, sender_name="Roads", list_id="roads.city.example")
ENVELOPE = Envelope("a@city.example", {"t": "T"}, "https://city.example/unsubscribe/T", {"plan": "p"})


class Ses:
    """A client that answers as told and keeps what it was asked."""

    def __init__(self, answer: Callable[[dict[str, Any]], Any]) -> None:
        self.requests: list[dict[str, Any]] = []
        self._answer = answer
        self.rate_asked = 0

    def send_bulk_email(self, **request: Any) -> Any:
        self.requests.append(request)
        return self._answer(request)

    def get_account(self) -> Any:
        self.rate_asked += 1
        return {"SendQuota": {"MaxSendRate": 14.0}}


def statuses(*names: str) -> Callable[[dict[str, Any]], Any]:
    return lambda _: {"BulkEmailEntryResults": [{"Status": n, "MessageId": f"m-{n}"} for n in names]}


def refusing(error: Exception) -> Callable[[dict[str, Any]], Any]:
    def answer(_: dict[str, Any]) -> Any:
        raise error

    return answer


def client_error(code: str, status: int = 400) -> ClientError:
    return ClientError(
        {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "SendBulkEmail"
    )


def not_verified(address: str) -> ClientError:
    """As SES words it."""
    text = "Email address is not verified. The following identities failed the check in region US-EAST-1: "
    error = {"Code": "MessageRejected", "Message": text + address}
    return ClientError({"Error": error, "ResponseMetadata": {"HTTPStatusCode": 400}}, "SendBulkEmail")


def send(ses: Ses, count: int = 1) -> Any:
    email = Email(client=ses, settings=Settings())
    return email.send(LETTER, [ENVELOPE] * count, seconds_left=20)


def test_the_way_out_by_mail_stands_beside_the_link() -> None:
    ses = Ses(statuses("SUCCESS"))
    mail = "mailto:unsubscribe@in.city.example?subject=T"
    envelope = replace(ENVELOPE, unsubscribe_mail=mail)
    Email(client=ses, settings=Settings()).send(LETTER, [envelope], seconds_left=30)
    (entry,) = ses.requests[0]["BulkEmailEntries"]
    (header,) = entry["ReplacementHeaders"]
    assert header["Value"] == f"<https://city.example/unsubscribe/T>, <{mail}>"


def test_one_call_carries_all_that_differs_per_person() -> None:
    ses = Ses(statuses("SUCCESS", "SUCCESS"))
    assert [o.provider_id for o in send(ses, 2)] == ["m-SUCCESS"] * 2
    (request,) = ses.requests
    entry = request["BulkEmailEntries"][1]
    assert json.loads(entry["ReplacementEmailContent"]["ReplacementTemplate"]["ReplacementTemplateData"]) == {
        "t": "T"
    }
    assert entry["ReplacementHeaders"] == [
        {"Name": "List-Unsubscribe", "Value": "<https://city.example/unsubscribe/T>"}
    ]
    assert entry["ReplacementTags"] == [{"Name": "plan", "Value": "p"}]
    headers = {h["Name"]: h["Value"] for h in request["DefaultContent"]["Template"]["Headers"]}
    assert headers == {
        "List-Id": "<roads.city.example>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }
    assert request["FromEmailAddress"] == "Roads <news@city.example>"


ENTRIES = [
    ("accepted", "SUCCESS", State.SENT),
    ("transient", "TRANSIENT_FAILURE", State.RETRY),
    ("over the rate", "ACCOUNT_THROTTLED", State.RETRY),
    ("rejected", "MESSAGE_REJECTED", State.FAILED),
    ("bad parameter", "INVALID_PARAMETER", State.FAILED),
    ("a status that is new to us", "SOMETHING_NEW", State.FAILED),
    ("quota, beside one that went", "ACCOUNT_DAILY_QUOTA_EXCEEDED", State.RETRY),
]


@pytest.mark.parametrize(("status", "state"), [e[1:] for e in ENTRIES], ids=[e[0] for e in ENTRIES])
def test_an_entry_decides_for_its_recipient_alone(status: str, state: State) -> None:
    outcomes = send(Ses(statuses("SUCCESS", status)), 2)
    assert [o.state for o in outcomes] == [State.SENT, state]


ERRORS: list[tuple[str, Exception, type[ProviderError]]] = [
    ("throttled", client_error("TooManyRequestsException", 429), Throttled),
    ("quota used up", client_error("LimitExceededException"), HaltLane),
    ("suspended", client_error("AccountSuspendedException"), HaltLane),
    ("paused", client_error("SendingPausedException"), HaltLane),
    ("identity", client_error("MailFromDomainNotVerifiedException"), HaltPlan),
    ("configuration set", client_error("NotFoundException", 404), HaltPlan),
    ("expired credentials", client_error("ExpiredTokenException", 403), HaltLane),
    ("a clock that is off", client_error("InvalidSignatureException", 403), HaltLane),
    ("a sender not verified", not_verified("news@city.example"), HaltPlan),
    ("a recipient not verified", not_verified("ana@elsewhere.example"), Unfit),
    ("refused before it was sent", ParamValidationError(report="x"), Unfit),
    ("refused", client_error("BadRequestException"), Unfit),
    ("refused for a reason new to us", client_error("Novel"), Unfit),
    ("server error", client_error("InternalFailure", 500), Ambiguous),
    ("read time-out", ReadTimeoutError(endpoint_url="x"), Ambiguous),
    ("connection broken", ConnectionClosedError(endpoint_url="x"), Ambiguous),
    ("connect time-out", ConnectTimeoutError(endpoint_url="x"), Retryable),
    ("no connection", EndpointConnectionError(endpoint_url="x"), Retryable),
]


@pytest.mark.parametrize(("error", "kind"), [e[1:] for e in ERRORS], ids=[e[0] for e in ERRORS])
def test_a_refused_call_is_a_type(error: Exception, kind: type[ProviderError]) -> None:
    ses = Ses(refusing(error))
    with pytest.raises(kind):
        send(ses)
    assert len(ses.requests) == 1


def test_a_call_of_which_nothing_went_halts() -> None:
    with pytest.raises(HaltLane):
        send(Ses(statuses("ACCOUNT_SENDING_PAUSED")))
    with pytest.raises(HaltPlan):
        send(Ses(statuses("CONFIGURATION_SET_NOT_FOUND")))


def test_the_rate_is_asked_once_a_minute() -> None:
    ses = Ses(statuses())
    email = Email(client=ses, settings=Settings())
    assert {email.limits().chunk for _ in range(5)} == {14}
    assert ses.rate_asked == 1


QUOTAS = [
    ("half used", {"MaxSendRate": 14.0, "Max24HourSend": 200.0, "SentLast24Hours": 100.0}, 0.5),
    ("without a quota", {"MaxSendRate": 14.0, "Max24HourSend": -1.0, "SentLast24Hours": 100.0}, 0.0),
]


@pytest.mark.parametrize(("quota", "used"), [q[1:] for q in QUOTAS], ids=[q[0] for q in QUOTAS])
def test_limits_tell_how_much_of_the_quota_is_used(quota: dict[str, float], used: float) -> None:
    assert limits_of(quota).quota_used == used


def test_only_mail_with_a_link_to_unsubscribe_says_that_one_click_does_it() -> None:
    ses = Ses(statuses("SUCCESS"))
    Email(client=ses, settings=Settings()).send(
        replace(LETTER, list_id=""), [replace(ENVELOPE, unsubscribe_url="")], seconds_left=20
    )
    assert "Headers" not in ses.requests[0]["DefaultContent"]["Template"]


SENDERS = [
    ("plain", "City of Example", "City of Example <a@b.example>"),
    ("quoted", "Parks, Roads", '"Parks, Roads" <a@b.example>'),
    ("line breaks cannot leave the header", "A\r\nBcc: x@y.example", '"A Bcc: x@y.example" <a@b.example>'),
]


@pytest.mark.parametrize(("name", "expected"), [s[1:] for s in SENDERS], ids=[s[0] for s in SENDERS])
def test_sender(name: str, expected: str) -> None:
    assert sender(name, "a@b.example") == expected


def test_a_sender_beyond_ascii_is_an_encoded_word() -> None:
    text = sender("Thành phố", "a@b.example")
    assert text.isascii()
    assert text.startswith("=?utf-8?")


@pytest.mark.parametrize("method", ["PUBLISH", "CANCEL"])
def test_the_file_of_an_event_goes_with_the_mail(method: str) -> None:
    ses = Ses(statuses("SUCCESS"))
    file = f"BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nEND:VCALENDAR\r\n"
    channel = Email(client=ses, settings=Settings())
    for letter in (LETTER, replace(LETTER, calendar=file)):
        channel.send(letter, [ENVELOPE], seconds_left=30)
    without, with_file = (one["DefaultContent"]["Template"] for one in ses.requests)
    assert "Attachments" not in without
    (attached,) = with_file["Attachments"]
    assert attached["RawContent"] == file.encode()
    assert attached["ContentType"] == f"text/calendar; charset=utf-8; method={method}"
