"""`/inbox`, which only the local platform has: a text or a mail to the agency, written by hand.

It comes in as the provider would bring it: on the topic `inbound`, a mail's raw text in the bucket.
"""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from infra.answers import HttpAnswer
from infra.outbox import page

if TYPE_CHECKING:
    from infra.platform.platform import Platform

FIELDS = ("from", "to", "subject", "text")


def answer(platform: "Platform", method: str, target: str, body: bytes) -> HttpAnswer:
    """GET shows the two forms, filled in from the query; POST hands over what one of them holds."""
    if method == "POST":
        return _hand_over(platform, _fields(body.decode("utf-8", "replace")))
    if method not in ("GET", "HEAD"):
        return HttpAnswer(405, {"content-type": "text/plain", "allow": "GET, HEAD, POST"}, b"GET or POST\n")
    numbers = [one.partition("=") for one in platform.template.parameters["SmsNumbers"].split(",")]
    return page(
        "inbox.html",
        numbers=[(number, scope) for number, _, scope in numbers],
        domain=platform.template.parameters["InboundDomain"],
        given=_fields(urlsplit(target).query),
    )


def _hand_over(platform: "Platform", form: dict[str, str]) -> HttpAnswer:
    if "@" in form["to"]:
        platform.mail_in(form["from"], form["to"], subject=form["subject"], text=form["text"])
    else:
        platform.text_in(form["from"], form["to"], form["text"])
    return HttpAnswer(303, {"location": "/outbox?" + urlencode({"to": form["from"]})}, b"")


def _fields(text: str) -> dict[str, str]:
    given = parse_qs(text, keep_blank_values=True)
    return {name: given.get(name, [""])[0] for name in FIELDS}
