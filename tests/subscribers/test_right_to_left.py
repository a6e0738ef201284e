"""In a language written from the right, pages, mails and texts are whole: nothing of them stays English."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from chalicelib.core.settings import Settings, settings
from infra.platform.platform import Platform
from tests import arabic
from tests.core.calling import NOW
from tests.features.driver import SHARED

NAMES = {"en": "Street works", arabic.TAG: "شارع"}
CITY = (Settings().agency_name, Settings().postal_address)
LANGUAGES = ("English", "Español", "Tiếng Việt", "简体中文")


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    languages = ",".join((*Settings().languages, arabic.TAG))
    with arabic.written(), Platform(parameters={**SHARED, "Languages": languages}) as platform:
        from chalicelib.subscribers import topics

        for topic in ("roads", "parks"):
            topics.create(
                topics.Topic(topic, {arabic.TAG: NAMES[arabic.TAG]}, {}, "works", "الحي", topics.OPEN),
                now=NOW,
            )
        yield platform


def ask(platform: Platform, path: str, **form: str) -> Any:
    body = "&".join(f"{name}={value}" for name, value in form.items()).encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "accept": "*/*"}
    return platform.http("POST" if form else "GET", path, headers, body)


def seen(html: str) -> str:
    """What a reader of a page is shown or told."""
    body = re.sub(r"<(style|head|textarea).*?</\1>", " ", html, flags=re.DOTALL)
    told = re.findall(r'(?:alt|aria-label|title|placeholder)="([^"]*)"', body)
    return unescape(" ".join([re.sub(r"<[^>]+>", " ", body), *told]))


def test_what_stays_english_is_found() -> None:
    html = '<p>شارع <b>Sign up</b></p><img alt="A tree"><style>p {}</style>'
    assert arabic.latin(seen(html)) == ["Sign", "up", "tree"]
    turned = arabic.pseudo("Write to %(contact)s")
    assert turned.endswith(" %(contact)s")
    assert arabic.latin(turned, "%(contact)s") == []


def test_pages_are_turned_and_nothing_stays_english(platform: Platform) -> None:
    for path in ("/", "/subscribe", "/preferences", "/archive", "/confirm/altered", "/subscribe/embed"):
        html = ask(platform, f"{path}?lang=ar").body.decode()
        assert '<html lang="ar" dir="rtl">' in html
        words = seen(html)
        assert len(re.findall("[ء-ي]{2,}", words)) > 20
        assert arabic.latin(words, *CITY, *LANGUAGES) == [], path


def test_messages_are_turned_and_nothing_stays_english(platform: Platform) -> None:
    shown = ask(platform, "/subscribe?lang=ar").body.decode()
    wording = re.search(r'name="wording" value="([^"]+)"', shown)
    assert wording is not None
    given = {"topic": "roads", "email": "ana%40example.com", "phone": "%2B16175550133", "language": "ar"}
    assert ask(platform, "/subscribe?lang=ar", **given, wording=wording[1]).status == 200
    platform.settle()
    mail, text = platform.outbox.last(to="ana@example.com"), platform.outbox.last(to="+16175550133")
    assert '<html lang="ar" dir="rtl"' in mail.html
    for words in (mail.subject, mail.text, seen(mail.html), text.text):
        assert arabic.latin(words, *CITY) == []
    link = re.search(r"/confirm/[\w-]+", mail.text)
    assert link is not None
    assert ask(platform, f"{link[0]}?lang=ar", x="1").status == 200
    assert ask(platform, "/preferences?lang=ar", address="ana%40example.com").status == 200
    platform.settle()
    sent = platform.outbox.last(to="ana@example.com")
    assert arabic.latin(sent.subject + sent.text, *CITY) == []
    own = re.search(r"/preferences/[\w-]+", sent.text)
    assert own is not None


def test_dates_numbers_and_plurals_are_those_of_the_language(platform: Platform) -> None:
    from chalicelib.core import i18n
    from chalicelib.subscribers.pages import forms

    assert settings().languages[-1] == arabic.TAG
    assert "نوفمبر" in i18n.format_date(NOW, "ar", time_zone="UTC")
    assert arabic.latin(" ".join(forms.often(number, "ar") for number in (0.1, 1.0, 2.0, 5.0))) == []
