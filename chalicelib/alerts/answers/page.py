"""The page of an alert's link: GET shows the alert and asks, and changes nothing; POST notes an answer.

The token in the path is what lets one answer; there is no cookie that a foreign page could make use of. It is
the delivery's own token, as of the link that unsubscribes: one token in a text keeps it short, and who has
somebody's message may do no more here than there. Genuine links are never refused for coming often: a whole
city may answer through a carrier's one address. What is no link is counted by network, as on other pages.
"""

from collections.abc import Mapping
from typing import Any

from chalice import Response

from chalicelib.alerts.answers import asked, places
from chalicelib.alerts.answers.answer import answer
from chalicelib.alerts.answers.asked import Asked
from chalicelib.alerts.answers.model import Where
from chalicelib.alerts.answers.words import WORDS
from chalicelib.core import limits, pages
from chalicelib.core.errors import BadRequest, NotFound
from chalicelib.core.http import SECURITY_HEADERS, Call, Routes
from chalicelib.core.i18n import N_, translate
from chalicelib.delivery.answering import ANSWERS, HELP
from chalicelib.subscribers import people

routes = Routes("answers", tag="Pages")

SCRIPT, JAVASCRIPT = "/a/page/place.js", "text/javascript"
FRESH_S, INVALID = 3600, 422

LONGEST = {"words": 500, "place": 200}
TOO_LONG = N_("This is too long: %(most)s characters at most.")
NO_POSITION = N_("The position could not be read. Write where you are.")


@routes.page("GET", "/a/{token}")
def ask(call: Call, token: str) -> Response:
    """Shows an alert and asks how its reader is; what they answered before stands there."""
    one = _asked(call, token)
    return _page(
        call, token, one, asked.given(one.ref, wiring=call.wiring).get("answer", ""), state="ask", added=False
    )


@routes.page("POST", "/a/{token}")
def take(call: Call, token: str) -> Response:
    """Notes an answer; a later one takes its place, the same again changes nothing.

    With "I need help" may come words and a place: of what is wrong with them, the page tells.
    """
    one, said = _asked(call, token), _field(call, "answer")
    if said not in ANSWERS:
        raise BadRequest("The form has no answer.")
    given = {name: _field(call, name) for name in LONGEST} if said == HELP else dict.fromkeys(LONGEST, "")
    where = places.told(given["place"], _field(call, "position") if said == HELP else "")
    errors = _errors(given, where)
    if not errors:
        assert where is not None
        answer(one, said, words=given["words"], where=where, at=call.now, wiring=call.wiring)
    more = {"added": not errors and bool(given["words"] or given["place"] or (where and where.told))}
    return _page(call, token, one, said, state="thanks", errors=errors, given=given, **more)


@routes.page("GET", SCRIPT, media=(JAVASCRIPT,))
def script(_: Call) -> Response:
    """The script of the button that adds the device's position; the page works without it."""
    text = (pages.TEMPLATES / "static" / "place.js").read_text()
    kind = {"Content-Type": f"{JAVASCRIPT}; charset=utf-8", "Cache-Control": f"public, max-age={FRESH_S}"}
    return Response(text, status_code=200, headers={**SECURITY_HEADERS, **kind})


def _field(call: Call, name: str) -> str:
    """A field of the form, without control characters."""
    text = call.form.get(name, [""])[0].strip()
    return "".join(one if one.isprintable() else " " for one in text)


def _errors(given: Mapping[str, str], where: Where | None) -> dict[str, str]:
    """What is wrong with each field, in English."""
    found = {name: TOO_LONG for name, most in LONGEST.items() if len(given[name]) > most}
    return found if where is not None else {**found, "place": NO_POSITION}


def _asked(call: Call, token: str) -> Asked:
    """Who is asked. Raises NotFound, TokenExpired; TooManyRequests to a network that tries out links."""
    try:
        return asked.by_token(token, now=call.now, wiring=call.wiring)
    except NotFound:
        limit = call.wiring.settings.asks_per_minute
        limits.count(call.source, at_most=limit, now=call.now, wiring=call.wiring)
        raise


def _page(
    call: Call,
    token: str,
    one: Asked,
    said: str,
    *,
    errors: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
    **more: Any,
) -> Response:
    settings = call.wiring.settings
    person = people.present([one.ref.subscriber_id]).get(one.ref.subscriber_id)
    known = person.language if person else None
    language = pages.language_wanted(call.query, call.headers, known=known)
    say = translate(language).gettext
    wrong = {name: say(text) % {"most": LONGEST[name]} for name, text in (errors or {}).items()}
    return pages.render(
        "pages/answer.html",
        language,
        status=INVALID if wrong else 200,
        scripted=said == HELP,
        told=asked.told_in(one.alert, language),
        over=asked.over(one.alert, now=call.now),
        mode=one.alert.mode,
        answers=WORDS,
        answer=said,
        errors=wrong,
        given=given or {},
        longest=LONGEST,
        script=pages.link(SCRIPT),
        emergency=settings.emergency_number,
        here=pages.link(f"/a/{token}"),
        **more,
    )
