"""Routes of the question: staff have it asked, and people answer on a page."""

from typing import Annotated

from chalice import Response
from pydantic import Field

from chalicelib.campaigns.permission import ask
from chalicelib.campaigns.question import YES, answer_of, language_of, reader_of
from chalicelib.core import i18n, pages
from chalicelib.core.http import Call, Model, Routes
from chalicelib.core.i18n import N_
from chalicelib.core.staff import APPROVERS
from chalicelib.subscribers import topics, wording
from chalicelib.subscribers.imports import unclear
from chalicelib.subscribers.model import Person
from chalicelib.subscribers.pages.forms import worded

SAID_NO = "said no"
WORDS = N_(
    "By saying yes you agree that %(agency)s sends you messages about these topics by email. You can stop at "
    "any time: use the link in every email."
)

staff = Routes("permission", tag="Imports")
public = Routes("still", tag="Pages")


class Question(Model):
    """When those who did not answer are removed."""

    days: Annotated[int, Field(ge=7, le=90, description="Days that people have to answer.")] = 30


class Asked(Model):
    """The question is on its way."""

    asked_at: str
    due_at: str


@staff.staff("POST", "/v1/imports/{import_id}/ask", roles=APPROVERS, body=Question, returns=Asked)
def ask_people(call: Call, import_id: str) -> Asked:
    """Asks the people of an import whose consent is unclear, by one mail each, whether they still want it."""
    item = ask.ask(import_id, days=call.body.days, now=call.now, wiring=call.wiring)
    return Asked(asked_at=str(item.asked_at), due_at=str(item.due_at))


@public.page("GET", ask.PAGE + "/{token}")
def show_question(call: Call, token: str) -> Response:
    """What is asked, with two buttons; changes nothing, for scanners follow links."""
    return _page(call, reader_of(call, token), "ask")


@public.page("POST", ask.PAGE + "/{token}")
def answer_question(call: Call, token: str) -> Response:
    """Yes starts what was asked for; no removes. Repeats are harmless."""
    person = reader_of(call, token)
    answer = answer_of(call)
    if person is None or not unclear.lists_of(person):
        return _page(call, person, "ask")
    page = _page(call, person, answer)
    if answer == YES:
        shown = wording.shown(WORDS, language_of(call, person))
        unclear.agree(person.id, wording=shown, now=call.now, wiring=call.wiring)
    else:
        for import_id in unclear.lists_of(person):
            unclear.leave(
                person.id, import_id, by="subscriber", note=SAID_NO, now=call.now, wiring=call.wiring
            )
    return page


def _page(call: Call, person: Person | None, state: str) -> Response:
    """The question, or what came of the answer; `over` where there is nothing to answer any more."""
    language = language_of(call, person)
    wants = unclear.wants_of(person) if person else {}
    named = topics.get_all(wants)
    names = sorted((worded(named[one].name, language) for one in wants), key=lambda name: name.text)
    return pages.render(
        "pages/still.html",
        language,
        state=state if names else "over",
        topics=names,
        wording=i18n.translate(language).gettext(WORDS) % {"agency": call.wiring.settings.agency_name},
    )
