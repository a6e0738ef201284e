"""What AWS hands over is read, with and without SNS's envelope; all else is refused, never guessed at."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.conversations.events import LONGEST_TEXT, MailIn, Malformed, TextIn, read
from infra.inbound import mail_event

AT = datetime(2026, 11, 22, 6, 0, 1, 500_000, tzinfo=UTC)
TEXT = {  # as the user guide of End User Messaging shows it
    "originationNumber": "+14255550182",
    "destinationNumber": "+12125550101",
    "messageKeyword": "JOIN",
    "messageBody": "EXAMPLE",
    "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
    "previousPublishedMessageId": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}
READ = TextIn("cae173d2-66b9-564c-8309-21f858e9fb84", AT, "+14255550182", "+12125550101", "EXAMPLE")


def enveloped(event: Any, **more: Any) -> dict[str, Any]:
    message = event if isinstance(event, str) else json.dumps(event)
    return {
        "Type": "Notification",
        "MessageId": "2ea6d0d6-a41e-57c4-8e9c-8a3d8c9a1b0f",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:crier-inbound",
        "Message": message,
        "Timestamp": "2026-11-22T06:00:01.500Z",
        "SignatureVersion": "1",
        **more,
    }


def mail(sender: str = "Ana <ana@city.example>", to: str = "hello@in.city.example", **more: Any) -> MailIn:
    given = {"bucket": "b", "message_id": "m", "at": AT, "subject": "Elm", **more}
    found = read(enveloped(mail_event(sender, to, **given)))
    assert isinstance(found, MailIn)
    return found


def test_a_text_in_its_envelope_and_bare() -> None:
    assert read(enveloped(TEXT)) == READ
    assert read(TEXT) == TextIn(READ.id, None, READ.sender, READ.agency, READ.body)
    without = {k: v for k, v in TEXT.items() if k not in ("messageKeyword", "previousPublishedMessageId")}
    assert read(enveloped(without)) == READ


def test_a_long_text_is_cut() -> None:
    found = read({**TEXT, "messageBody": "x" * 10_000})
    assert isinstance(found, TextIn)
    assert len(found.body) == LONGEST_TEXT


def test_half_an_emoji_is_no_reason_to_lose_a_text() -> None:
    cut = json.loads(json.dumps(enveloped({**TEXT, "messageBody": "STOP \ud83d"})))
    found = read(cut)
    assert isinstance(found, TextIn)
    assert found.body.encode() == b"STOP ?"


def test_a_mail() -> None:
    assert mail() == MailIn(
        *("m", AT, "ana@city.example", "hello@in.city.example", "Elm", "b", "mail/m"),
        automatic=False,
        authentic=True,
        infected=False,
    )


def test_of_several_recipients_the_way_out_counts() -> None:
    event = mail_event("a@x.example", "hello@in.example", bucket="b", message_id="m", at=AT, subject="")
    event["receipt"]["recipients"] = ["hello@in.example", "Unsubscribe@in.example"]
    found = read(enveloped(event))
    assert isinstance(found, MailIn)
    assert found.agency == "Unsubscribe@in.example"


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("=?utf-8?q?Stra=C3=9Fe?=", "Straße"),
        ("=?utf-8?b?6YGT6Lev?=", "道路"),
        ("=?no-such-charset?q?x?=", "=?no-such-charset?q?x?="),
        ("x" * 1000, "x" * 300),
        ("", ""),
    ],
)
def test_a_subject_is_decoded_and_cut(subject: str, shown: str) -> None:
    assert mail(subject=subject).subject == shown


def test_ses_trying_the_topic_is_no_event() -> None:
    assert read(enveloped("Successfully validated SNS topic for Amazon SES event publishing.")) is None


@pytest.mark.parametrize(
    "message",
    [
        *([], "STOP", None, 5, {}, {"Type": "Notification"}, enveloped("STOP"), enveloped([TEXT])),
        enveloped(TEXT, Timestamp="yesterday"),
        *(
            {**TEXT, name: wrong}
            for name in ("inboundMessageId", "originationNumber")
            for wrong in ("", 5, None)
        ),
        {**TEXT, "messageBody": None},
        *({"notificationType": kind} for kind in ("Received", "Bounce", 5)),
        {"notificationType": "Received", "mail": {}, "receipt": {"action": []}},
    ],
)
def test_what_is_neither_is_malformed(message: Any) -> None:
    with pytest.raises(Malformed) as refused:
        read(message)
    assert "+14255550182" not in str(refused.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@given(JSON | st.dictionaries(st.sampled_from([*TEXT, "Type", "Message", "notificationType"]), JSON))
def test_any_json_is_read_or_malformed(message: Any) -> None:
    for one in (message, enveloped(message)):
        try:
            read(one)
        except Malformed:
            continue


@pytest.mark.parametrize("headers", [True, 7, "From", {"name": "From"}, None, ["From"]])
def test_headers_of_no_known_shape_are_none(headers: Any) -> None:
    event = mail_event("a@x.example", "b@x.example", bucket="b", message_id="m", at=AT, subject="s")
    event["mail"]["headers"] = headers
    found = read(event)
    assert isinstance(found, MailIn)
    assert (found.sender, found.subject) == ("", "")


@given(st.dictionaries(st.sampled_from(["mail", "receipt"]), JSON), st.data())
def test_any_mail_is_read_or_malformed(parts: dict[str, Any], data: st.DataObject) -> None:
    event = mail_event("a@x.example", "b@x.example", bucket="b", message_id="m", at=AT, subject="s")
    where, name = data.draw(st.sampled_from([(p, n) for p in ("mail", "receipt") for n in event[p]]))
    event[where][name] = data.draw(JSON)
    for one in (event, {**event, **parts}):
        try:
            read(enveloped(one))
        except Malformed:
            continue
