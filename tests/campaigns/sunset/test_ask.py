"""The mail that asks, in every language: each person's own link, the last day, and a way out."""

from datetime import UTC, datetime

import pytest

from chalicelib.campaigns.sunset import ask
from chalicelib.core.settings import settings

UNTIL = datetime(2026, 12, 22, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "day"),
    [
        ("en", "December 22, 2026"),
        ("es", "22 de diciembre de 2026"),
        ("vi", "22 tháng 12, 2026"),
        ("zh-Hans", "2026年12月22日"),
    ],
)
def test_the_mail(language: str, day: str) -> None:
    mail = ask.rendition(language, until=UNTIL, settings=settings())
    for text in (mail.html, mail.text):
        assert settings().url("/stay/{{t}}") in text
        assert settings().url("/unsubscribe/{{t}}") in text
        assert day in text
    assert settings().agency_name in mail.subject
    assert settings().url("/t/") not in mail.text
