"""SES: what it accepts, what it refuses, and the events that follow."""

import json
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.aws.faults import entries
from infra.aws.world import World
from tests.infra.conftest import Client

CONTENT = {"Subject": "Hi {{name}}", "Text": "Text for {{ name }}", "Html": "<p>For {{name}}</p>"}


@pytest.fixture
def mail(world: World, client: Client) -> Iterator[Any]:
    """SES with an identity and a configuration set that reports to the queue `receipts`."""
    ses, sns, sqs = client("sesv2"), client("sns"), client("sqs")
    ses.create_email_identity(EmailIdentity="city.example")
    ses.create_configuration_set(ConfigurationSetName="crier")
    topic = sns.create_topic(Name="ses-events")["TopicArn"]
    sqs.create_queue(QueueName="receipts")
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:us-east-1:123456789012:receipts")
    kinds = ["SEND", "DELIVERY", "BOUNCE", "COMPLAINT", "RENDERING_FAILURE"]
    ses.create_configuration_set_event_destination(
        ConfigurationSetName="crier",
        EventDestinationName="receipts",
        EventDestination={
            "Enabled": True,
            "MatchingEventTypes": kinds,
            "SnsDestination": {"TopicArn": topic},
        },
    )
    yield ses
    world.close()


def entry(to: str, **data: str) -> dict[str, Any]:
    return {
        "Destination": {"ToAddresses": [to]},
        "ReplacementEmailContent": {"ReplacementTemplate": {"ReplacementTemplateData": json.dumps(data)}},
        "ReplacementTags": [{"Name": "subscriber", "Value": to.split("@", maxsplit=1)[0].replace("+", "_")}],
        "ReplacementHeaders": [
            {"Name": "List-Unsubscribe", "Value": f"<https://x.example/{data.get('name')}>"}
        ],
    }


def bulk(*entries_: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "FromEmailAddress": "City <news@city.example>",
        "ConfigurationSetName": "crier",
        "DefaultContent": {"Template": {"TemplateContent": CONTENT, "TemplateData": "{}"}},
        "BulkEmailEntries": list(entries_),
        **more,
    }


def events(world: World) -> list[dict[str, Any]]:
    return [json.loads(json.loads(one.body)["Message"]) for one in world.sqs.queue("receipts").messages]


def test_each_entry_has_its_own_data_headers_and_tags(world: World, mail: Any) -> None:
    answer = mail.send_bulk_email(
        **bulk(entry("ana@x.example", name="Ana <b>"), entry("bo@x.example", name="Bo{{no}}"))
    )
    assert [one["Status"] for one in answer["BulkEmailEntryResults"]] == ["SUCCESS", "SUCCESS"]
    ana = world.outbox.last(to="ana@x.example")
    assert (ana.subject, ana.text, ana.html) == ("Hi Ana <b>", "Text for Ana <b>", "<p>For Ana <b></p>")
    assert ana.headers["List-Unsubscribe"] == "<https://x.example/Ana <b>>"
    assert ana.headers["From"] == "City <news@city.example>"
    assert ana.provider_id == answer["BulkEmailEntryResults"][0]["MessageId"]
    assert world.outbox.last(to="bo@x.example").subject == "Hi Bo{{no}}"


FATES = [
    ("ana@x.example", ["Send", "Delivery"]),
    ("bounce@simulator.amazonses.com", ["Send", "Bounce"]),
    ("bounce+label@x.example", ["Send", "Bounce"]),
    ("suppressionlist@simulator.amazonses.com", ["Send", "Bounce"]),
    ("softbounce@x.example", ["Send", "Bounce"]),
    ("complaint@simulator.amazonses.com", ["Send", "Delivery", "Complaint"]),
]


@pytest.mark.parametrize(("to", "kinds"), FATES)
def test_events_follow_with_the_tags(world: World, mail: Any, to: str, kinds: list[str]) -> None:
    answer = mail.send_bulk_email(**bulk(entry(to, name="x")))
    found = events(world)
    assert [one["eventType"] for one in found] == kinds
    for one in found:
        assert one["mail"]["messageId"] == answer["BulkEmailEntryResults"][0]["MessageId"]
        assert one["mail"]["tags"]["subscriber"] == [to.split("@", maxsplit=1)[0].replace("+", "_")]
        assert one["mail"]["tags"]["ses:configuration-set"] == ["crier"]
        assert one["mail"]["destination"] == [to]


def test_the_kinds_of_bounce(world: World, mail: Any) -> None:
    mail.send_bulk_email(**bulk(*(entry(f"{who}@x.example", name="x") for who in ("bounce", "softbounce"))))
    bounces = [one["bounce"] for one in events(world) if "bounce" in one]
    assert [one["bounceType"] for one in bounces] == ["Permanent", "Transient"]
    assert bounces[0]["bouncedRecipients"][0]["emailAddress"] == "bounce@x.example"


def test_missing_data_is_accepted_and_fails_to_render(world: World, mail: Any) -> None:
    answer = mail.send_bulk_email(**bulk(entry("ana@x.example")))
    assert answer["BulkEmailEntryResults"][0]["Status"] == "SUCCESS"
    assert len(world.outbox) == 0
    (event,) = events(world)
    assert event["eventType"] == "Rendering Failure"
    assert "name" in event["failure"]["errorMessage"]


@pytest.mark.parametrize("tag", ["{{#if name}}x{{/if}}", "{{{name}}}", "{{name"])
def test_other_tags_fail_to_render(world: World, mail: Any, tag: str) -> None:
    template = {"TemplateContent": {"Subject": "s", "Text": tag}}
    mail.send_bulk_email(**bulk(entry("ana@x.example", name="Ana"), DefaultContent={"Template": template}))
    assert [one["eventType"] for one in events(world)] == ["Rendering Failure"]


def test_a_malformed_address_fails_alone(world: World, mail: Any) -> None:
    answer = mail.send_bulk_email(**bulk(entry("no-address", name="x"), entry("ana@x.example", name="x")))
    assert [one["Status"] for one in answer["BulkEmailEntryResults"]] == ["INVALID_PARAMETER", "SUCCESS"]
    assert len(world.outbox) == 1


def headers(*pairs: tuple[str, str]) -> dict[str, Any]:
    return {
        **entry("ana@x.example", name="x"),
        "ReplacementHeaders": [{"Name": n, "Value": v} for n, v in pairs],
    }


def tags(name: str, value: str) -> dict[str, Any]:
    return {**entry("ana@x.example", name="x"), "ReplacementTags": [{"Name": name, "Value": value}]}


ONE = entry("ana@x.example", name="x")
LARGE = {"Template": {"TemplateContent": {"Subject": "s", "Text": "x" * 1_048_576}}}
REFUSED = [
    ("51 entries", bulk(*[ONE] * 51), "BadRequestException"),
    ("no entries", bulk(), "BadRequestException"),
    ("unverified sender", bulk(ONE, FromEmailAddress="me@other.example"), "MessageRejected"),
    ("unknown configuration set", bulk(ONE, ConfigurationSetName="none"), "NotFoundException"),
    ("a template over 1 MB", bulk(ONE, DefaultContent=LARGE), "BadRequestException"),
    ("16 headers", bulk(headers(*((f"X-{n}", "v") for n in range(16)))), "BadRequestException"),
    ("a long header", bulk(headers(("X-Long", "v" * 991))), "BadRequestException"),
    ("a header beyond ASCII", bulk(headers(("X-Name", "Ána"))), "BadRequestException"),
    ("a header over two lines", bulk(headers(("X-Name", "a\r\nBcc: x@x.example"))), "BadRequestException"),
    ("a header that is the service's", bulk(headers(("Subject", "x"))), "BadRequestException"),
    ("a tag with a sign", bulk(tags("plan", "PLAN#07")), "BadRequestException"),
    ("a tag that is empty", bulk(tags("plan", "")), "BadRequestException"),
    ("a long tag", bulk(tags("plan", "x" * 257)), "BadRequestException"),
    ("a stored template", bulk(ONE, DefaultContent={"Template": {"TemplateName": "t"}}), "NotFoundException"),
]


@pytest.mark.parametrize(("name", "request_", "code"), REFUSED, ids=[one[0] for one in REFUSED])
def test_refused_requests(world: World, mail: Any, name: str, request_: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        mail.send_bulk_email(**request_)
    assert refused.value.response["Error"]["Code"] == code
    assert len(world.outbox) == 0


def test_a_header_at_the_limit_is_accepted(world: World, mail: Any) -> None:
    mail.send_bulk_email(**bulk(headers(("X-Long", "v" * 990))))
    assert len(world.outbox) == 1


def test_quota_counts_down(world: World, mail: Any) -> None:
    world.ses.account.max_24h = 2
    people = [entry(f"p{n}@x.example", name="x") for n in range(3)]
    answer = mail.send_bulk_email(**bulk(*people))
    assert [one["Status"] for one in answer["BulkEmailEntryResults"]] == [
        "SUCCESS", "SUCCESS", "ACCOUNT_DAILY_QUOTA_EXCEEDED",
    ]  # fmt: skip
    quota = mail.get_account()["SendQuota"]
    assert quota == {"Max24HourSend": 2.0, "MaxSendRate": 1000.0, "SentLast24Hours": 2.0}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("sending_enabled", False, "SendingPausedException"), ("suspended", True, "AccountSuspendedException")],
)
def test_an_account_that_may_not_send(world: World, mail: Any, field: str, value: bool, code: str) -> None:
    setattr(world.ses.account, field, value)
    with pytest.raises(ClientError) as refused:
        mail.send_bulk_email(**bulk(ONE))
    assert refused.value.response["Error"]["Code"] == code


def test_entries_fail_on_purpose(world: World, mail: Any) -> None:
    world.faults.add("sesv2", "SendBulkEmail", entries({1: "TRANSIENT_FAILURE"}))
    people = [entry(f"p{n}@x.example", name="x") for n in range(3)]
    statuses = [one["Status"] for one in mail.send_bulk_email(**bulk(*people))["BulkEmailEntryResults"]]
    assert statuses == ["SUCCESS", "TRANSIENT_FAILURE", "SUCCESS"]
    again = [one["Status"] for one in mail.send_bulk_email(**bulk(*people))["BulkEmailEntryResults"]]
    assert set(again) == {"SUCCESS"}


def test_single_mails(world: World, mail: Any) -> None:
    simple = {"Subject": {"Data": "S"}, "Body": {"Text": {"Data": "T"}, "Html": {"Data": "H"}}}
    destination = {"ToAddresses": ["ana@x.example"]}
    mail.send_email(FromEmailAddress="a@city.example", Destination=destination, Content={"Simple": simple})
    letter = world.outbox.last()
    assert (letter.subject, letter.text, letter.html) == ("S", "T", "H")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@city.example", "bo@x.example", "Räw"
    message.set_content("täxt")
    message.add_alternative("<p>html</p>", subtype="html")
    mail.send_email(Content={"Raw": {"Data": bytes(message)}})
    letter = world.outbox.last()
    assert (letter.to, letter.subject, letter.text.strip(), letter.html.strip()) == (
        "bo@x.example", "Räw", "täxt", "<p>html</p>",
    )  # fmt: skip


FILE = {
    "FileName": "event.ics",
    "ContentType": "text/calendar; method=PUBLISH",
    "RawContent": b"BEGIN:VCALENDAR",
}


def attaching(*files: dict[str, Any]) -> dict[str, Any]:
    template = {"TemplateContent": CONTENT, "TemplateData": "{}", "Attachments": list(files)}
    return bulk(entry("ana@x.example", name="Ana"), DefaultContent={"Template": template})


def test_attachments_go_to_everybody(world: World, mail: Any) -> None:
    mail.send_bulk_email(**attaching(FILE))
    (attached,) = world.outbox.last(to="ana@x.example").attachments
    assert (attached.name, attached.kind, attached.content) == (
        "event.ics",
        "text/calendar; method=PUBLISH",
        b"BEGIN:VCALENDAR",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"FileName": "x" * 256},
        {"FileName": "virus.exe"},
        {"RawContent": b""},
        {"ContentDisposition": "BESIDE"},
    ],
)
def test_attachments_that_ses_does_not_take_are_refused(mail: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="BadRequestException"):
        mail.send_bulk_email(**attaching({**FILE, **wrong}))
