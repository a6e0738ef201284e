"""The outbox pages: what a reader sees, and what a program reads."""

from datetime import UTC, datetime

import pytest

from infra.aws.outbox import Letter, Outbox
from infra.outbox import answer

AT = datetime(2026, 11, 22, 6, 0, 1, tzinfo=UTC)
BODY = '<body>Hola "Ana"<img src="/o/t"><script>alert(1)</script></body>'
HTML = f"<html><head><title>x</title></head>{BODY}</html>"


@pytest.fixture
def outbox() -> Outbox:
    outbox = Outbox()
    headers = {"From": "news@city.example", "List-Unsubscribe": "<https://x.example/u>"}
    outbox.add(Letter("email", "Ana@x.example", "Elm St. <closed>", HTML, "Elm St.", "mail-1", AT, headers))
    outbox.add(
        Letter("sms", "+16175550100", "", "", "Elm St. closed. 道路 http://localhost/t/x", "sms-1", AT)
    )
    return outbox


def test_for_programs(outbox: Outbox) -> None:
    newest, oldest = answer(outbox, "GET", "/outbox.json").json()
    assert list(newest) == [
        "channel",
        "to",
        "subject",
        "html",
        "text",
        "headers",
        "attachments",
        "provider_id",
        "at",
    ]
    assert (newest["channel"], oldest["channel"]) == ("sms", "email")
    assert oldest["at"] == "2026-11-22T06:00:01.000Z"
    assert oldest["headers"]["List-Unsubscribe"] == "<https://x.example/u>"


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["sms-1", "mail-1"]),
        ("?to=ana%40x.example", ["mail-1"]),
        ("?to=%2B16175550100", ["sms-1"]),
        ("?channel=sms", ["sms-1"]),
        ("?to=nobody", []),
        ("?since=2026-11-22T06:00:01.000Z", ["sms-1", "mail-1"]),
        ("?since=2026-11-22T06:00:01.001Z", []),
    ],
)
def test_filters(outbox: Outbox, query: str, ids: list[str]) -> None:
    assert [one["provider_id"] for one in answer(outbox, "GET", "/outbox.json" + query).json()] == ids
    page = answer(outbox, "GET", "/outbox" + query).text
    assert [one for one in ("sms-1", "mail-1") if f"/outbox/{one}" in page] == ids


def test_a_notification_is_shown_as_on_a_device(outbox: Outbox) -> None:
    told = {"Leads to": "https://x.example/t/a/0", "Unsubscribe at": "https://x.example/u", "Language": "es"}
    outbox.add(Letter("push", "https://p.example/1#a.b", "Calles", "", "Cierra Main.", "push-1", AT, told))
    page = answer(outbox, "GET", "/outbox/push-1").text
    assert (
        '<div class="panel bubble" lang="es" dir="auto"><strong>Calles</strong><br>Cierra Main.</div>' in page
    )
    assert 'href="https://x.example/t/a/0"' in page
    assert 'href="https://x.example/u"' in page
    assert "/outbox/push-1" in answer(outbox, "GET", "/outbox?channel=push").text


def test_a_mail_is_framed_without_rights(outbox: Outbox) -> None:
    page = answer(outbox, "GET", "/outbox/mail-1").text
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "img-src data:&#34;" in page
    assert "Elm St. &lt;closed&gt;" in page
    assert "List-Unsubscribe" in page
    assert "img-src data: http: https:" in answer(outbox, "GET", "/outbox/mail-1?pictures=1").text


def test_a_text_message_shows_its_parts(outbox: Outbox) -> None:
    page = answer(outbox, "GET", "/outbox/sms-1").text
    assert "1 part:" in page
    assert "UCS-2" in page
    assert '<a href="http://localhost/t/x"' in page


def test_a_call_shows_what_is_heard(outbox: Outbox) -> None:
    said = {"Voice": "JOANNA", "SSML": "<speak>Elm St.</speak>"}
    outbox.add(Letter("voice", "+16175550100", "", "", "Elm St. is closed.", "call-1", AT, said))
    page = answer(outbox, "GET", "/outbox/call-1").text
    assert "<h1>Phone call</h1>" in page
    assert "What is heard" in page
    assert "Elm St. is closed." in page
    assert "&lt;speak&gt;" in page
    assert "/outbox/call-1" in answer(outbox, "GET", "/outbox?channel=voice").text


def test_pages_of_a_full_outbox() -> None:
    outbox = Outbox()
    for n in range(250):
        outbox.add(Letter("sms", "+16175550100", "", "", f"text {n}", f"id-{n}", AT))
    first, last = (answer(outbox, "GET", f"/outbox?page={n}").text for n in (1, 3))
    assert "text 249" in first
    assert 'rel="next"' in first
    assert "text 0<" in last
    assert 'rel="next"' not in last


@pytest.mark.parametrize(
    ("method", "target", "status"),
    [
        ("GET", "/outbox/none", 404),
        ("POST", "/outbox", 405),
        ("HEAD", "/outbox", 200),
        ("GET", "/outbox?page=x", 200),
    ],
)
def test_statuses(outbox: Outbox, method: str, target: str, status: int) -> None:
    assert answer(outbox, method, target).status == status
