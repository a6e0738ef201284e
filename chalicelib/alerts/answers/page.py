"""The page of an alert's link: GET shows the alert and asks, and changes nothing; POST notes an answer.

The token in the path is what lets one answer; there is no cookie that a foreign page could make use of. It is
the delivery's own token, as of the link that unsubscribes: one token in a text keeps it short, and who has
somebody's message may do no more here than there. Genuine links are never refused for coming often: a whole
city may answer through a carrier's one address. What is no link is counted by network, as on other pages.
"""

from typing import Any

from chalice import Response

from chalicelib.alerts.answers import asked
from chalicelib.alerts.answers.asked import Asked
from chalicelib.core import limits, pages
from chalicelib.core.errors import BadRequest, NotFound
from chalicelib.core.http import Call, Routes
from chalicelib.core.i18n import N_
from chalicelib.delivery.answering import ANSWERS, HELP, NOT_HERE, SAFE, answered
from chalicelib.subscribers import people

routes = Routes("answers", tag="Pages")

WORDS = {SAFE: N_("I am safe"), HELP: N_("I need help"), NOT_HERE: N_("I am not here")}


@routes.page("GET", "/a/{token}")
def ask(call: Call, token: str) -> Response:
    """Shows an alert and asks how its reader is; what they answered before stands there."""
    one = _asked(call, token)
    return _page(call, token, one, asked.given(one.ref, wiring=call.wiring).get("answer", ""), state="ask")


@routes.page("POST", "/a/{token}")
def take(call: Call, token: str) -> Response:
    """Notes an answer; a later one takes its place, the same again changes nothing."""
    one, answer = _asked(call, token), call.form.get("answer", [""])[0]
    if answer not in ANSWERS:
        raise BadRequest("The form has no answer.")
    noted = answered(one.ref, answer, at=call.now, wiring=call.wiring)
    if not noted.delivery:
        raise NotFound("This message is not known any more.")
    return _page(call, token, one, answer, state="thanks")


def _asked(call: Call, token: str) -> Asked:
    """Who is asked. Raises NotFound, TokenExpired; TooManyRequests to a network that tries out links."""
    try:
        return asked.by_token(token, now=call.now, wiring=call.wiring)
    except NotFound:
        limit = call.wiring.settings.asks_per_minute
        limits.count(call.source, at_most=limit, now=call.now, wiring=call.wiring)
        raise


def _page(call: Call, token: str, one: Asked, answer: str, **more: Any) -> Response:
    settings = call.wiring.settings
    person = people.present([one.ref.subscriber_id]).get(one.ref.subscriber_id)
    known = person.language if person else None
    language = pages.language_wanted(call.query, call.headers, known=known)
    return pages.render(
        "pages/answer.html",
        language,
        told=asked.told_in(one.alert, language),
        over=asked.over(one.alert, now=call.now),
        mode=one.alert.mode,
        answers=WORDS,
        answer=answer,
        emergency=settings.emergency_number,
        here=pages.link(f"/a/{token}"),
        **more,
    )
