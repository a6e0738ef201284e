"""What the residents' pages have in common."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from chalice import Response

from chalicelib.core import limits, pages
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.http import Call
from chalicelib.core.i18n import N_
from chalicelib.core.settings import settings
from chalicelib.subscribers import reasons, sign_up
from chalicelib.subscribers.model import Wording
from chalicelib.subscribers.pages import forms
from chalicelib.subscribers.topics import Topic

INVALID = 422
FIELDS = ("topics", "area", "postcode", "email", "phone", "voice", "name", "language", "time_zone", "wording")
"""The fields of the forms, in the order in which pages have them."""

WORDING_CHANGED = N_("The text above the button has changed. Read it and press the button again.")


def language_of(call: Call) -> str:
    """The language of a page that belongs to nobody yet."""
    return pages.language_wanted(call.query, call.headers)


def counted(call: Call) -> int:
    """Counts what a network asks for; the seconds by which it is put off. Raises TooManyRequests."""
    return limits.count(call.source, at_most=settings().asks_per_minute, now=call.now, wiring=call.wiring)


def check_wording(version: str, shown: Wording) -> None:
    """Refuses a form that showed other words of consent, or none: nobody could say what was agreed to."""
    if version != shown.version:
        raise InvalidFields(FieldError("/wording", WORDING_CHANGED))


def by_category(
    found: Iterable[Topic],
    language: str,
    *,
    now: datetime,
    chosen: Mapping[str, Collection[str]] | None = None,
) -> list[forms.CategoryView]:
    """Topics as pages show them."""
    default = settings().default_language
    return forms.by_category(found, language, default_language=default, now=now, chosen=chosen)


def asked_page(language: str, asked: sign_up.Requested, email: str, phone: str, **more: Any) -> Response:
    """What to do next, once an address was given: follow the link in the mail, type the code of the text."""
    if asked.code_token:
        action = f"/confirm/{asked.code_token}"
        called = "voice" in asked.addresses
        more |= {"code": {"action": action, "errors": {}, "called": called}, "here": pages.link(action)}
    return pages.render(
        "pages/signed_up.html", language, **{"code": None, "email": email, "phone": phone, **more}
    )


def back(call: Call, token: str, done: str, *, same_language: bool = True) -> Response:
    """To the page again; in the language that a link chose, unless another was just chosen for everything."""
    query = {"done": done}
    if same_language and "lang" in call.query:
        query["lang"] = call.query["lang"]
    return pages.redirect(f"/preferences/{token}", query)


def tell_why(call: Call, subscriber_id: str) -> None:
    """Notes why a person unsubscribed, as their form says."""
    version = forms.only(call.form, "version")
    reasons.tell(
        subscriber_id,
        forms.only(call.form, "reason"),
        version=int(version) if version.isascii() and version.isdigit() else 0,
        now=call.now,
        wiring=call.wiring,
    )
