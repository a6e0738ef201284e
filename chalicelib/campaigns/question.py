"""A question by mail that its reader answers on a page, with yes or no: its mail, and whose answer it is."""

from datetime import datetime

from chalicelib.core import i18n, pages
from chalicelib.core.errors import BadRequest
from chalicelib.core.http import Call
from chalicelib.core.settings import Settings
from chalicelib.core.tokens import TokenRefused
from chalicelib.delivery.content import Words
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.render import Footer, Links, Rendition, compile_email
from chalicelib.engagement.links import read_token
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Person

CHANNEL = "email"
YES, NO = "yes", "no"


def rendition(
    subject: str,
    body: str,
    *,
    page: str,
    until: datetime,
    footer: Footer,
    language: str,
    settings: Settings,
) -> Rendition:
    """The mail in a language, with a link to the `page` (its path) where it is answered until a day.

    `subject` and `body` are texts of the catalogue with `%(agency)s`, `%(link)s` and `%(date)s`.
    """
    say, url = i18n.translate(language).gettext, settings.url(page)
    known = {
        "agency": settings.agency_name,
        "link": url,
        "date": i18n.format_date(until, language, time_zone=settings.time_zone),
    }
    words = Words(subject=say(subject) % known, preheader="", body=say(body) % known, sms="")
    links = Links(own={url: page})
    return compile_email(words, language=language, links=links, footer=footer, settings=settings)


def reader_of(call: Call, token: str) -> Person | None:
    """Whose mail the link stood in; None for who is gone. Raises TokenRefused, TokenExpired."""
    ref = read_token(token, now=call.now, wiring=call.wiring)
    if not isinstance(ref, DeliveryRef) or ref.channel != CHANNEL:
        raise TokenRefused("This link is not of a mail that asks.")
    return people.present([ref.subscriber_id]).get(ref.subscriber_id)


def language_of(call: Call, reader: Person | None) -> str:
    """The language in which the page speaks to a reader."""
    return pages.language_wanted(call.query, call.headers, known=reader.language if reader else None)


def answer_of(call: Call) -> str:
    """`yes` or `no`, as the form says. Raises BadRequest for anything else."""
    answer: str = call.form.get("answer", [""])[0]
    if answer not in {YES, NO}:
        raise BadRequest("Answer yes or no.")
    return answer
