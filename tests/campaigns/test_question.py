"""A question by mail, answered on a page."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib.campaigns import question
from chalicelib.core.errors import BadRequest
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.settings import settings
from chalicelib.core.tokens import TokenRefused
from chalicelib.delivery.delivery_tokens import mint
from chalicelib.delivery.render import Footer
from infra.platform.platform import Platform
from tests.delivery.engine import person, world

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def call(**more: Any) -> Any:
    return SimpleNamespace(now=NOW, wiring=world(), query={}, headers={}, form={}, **more)


def test_the_mail_says_until_when_and_leads_to_its_page(platform: Platform) -> None:
    footer = Footer.newsletter("es", settings())
    made = question.rendition(
        "Mail from %(agency)s?",
        "Until %(date)s: [yes](%(link)s)",
        page="/stay",
        until=NOW,
        footer=footer,
        language="en",
        settings=settings(),
    )
    assert made.subject == f"Mail from {settings().agency_name}?"
    assert "Until November 23, 2026" in made.text


@pytest.mark.parametrize(
    ("channel", "there"), [("email", True), ("email", False), ("sms", True)], ids=["in", "gone", "by text"]
)
def test_the_answer_is_of_whoever_the_mail_went_to(platform: Platform, channel: str, there: bool) -> None:
    reader = person(1) if there else None
    token = mint(time_ordered_id(NOW), reader.id if reader else "1" * 32, channel, ring=world().ring)
    if channel != "email":
        with pytest.raises(TokenRefused):
            question.reader_of(call(), token)
        return
    assert question.reader_of(call(), token) == reader
    assert question.language_of(call(), reader) == (reader.language if reader else "en")


@pytest.mark.parametrize("form", [{}, {"answer": ["maybe"]}, {"answer": [""]}])
def test_an_answer_is_yes_or_no(platform: Platform, form: dict[str, list[str]]) -> None:
    asked = call()
    for said in (question.YES, question.NO):
        asked.form = {"answer": [said]}
        assert question.answer_of(asked) == said
    asked.form = form
    with pytest.raises(BadRequest):
        question.answer_of(asked)
