"""Routes of the policy: staff count, set and look at it; people answer on a page."""

from typing import Annotated, Literal

from chalice import Response
from pydantic import Field

from chalicelib.campaigns.count import QUEUE
from chalicelib.campaigns.question import YES, answer_of, language_of, reader_of
from chalicelib.campaigns.sunset import answer, tables
from chalicelib.campaigns.sunset.ask import PAGE
from chalicelib.campaigns.sunset.model import CHANNEL, Policy, Round, audience, next_round
from chalicelib.core import pages
from chalicelib.core.errors import Conflict, FieldError, InvalidFields, NotFound
from chalicelib.core.http import Accepted, Call, Model, Routes
from chalicelib.core.staff import ADMINS, VIEWERS
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counts
from chalicelib.delivery.progress import progress
from chalicelib.subscribers import wording
from chalicelib.subscribers.model import Person

SHOWN = 24
"""Rounds that are shown: two years of them."""

staff = Routes("sunset", tag="Sunset")
public = Routes("stay", tag="Pages")

Days = Annotated[int, Field(ge=90, le=730, description="Days without a sign of the person.")]
Messages = Annotated[int, Field(ge=5, le=200, description="Mails, at least, that they left unread since.")]


class Silence(Model):
    """Who is silent."""

    silent_days: Days = 365
    messages: Messages = 20


class SunsetPolicy(Silence):
    """The policy."""

    active: bool
    answer_days: Annotated[int, Field(ge=14, le=90, description="Days that people have to answer.")] = 30


class RoundView(Model):
    """One round."""

    state: Literal["begun", "asked", "done", "called-off"]
    asked_at: str
    due_at: str = Field(description="When newsletters end for those who did not answer.")
    silent_days: int
    messages: int
    asked: int = Field(description="Who got the question; until it is over, so far.")
    let_go: int = Field(description="Of them, for whom newsletters by mail ended.")


class SunsetView(SunsetPolicy):
    """The policy as it stands, and its latest rounds, the newest first."""

    rounds: list[RoundView]


class SilentCount(Model):
    """How many people a round would ask at this moment; no more than so many are let go afterwards."""

    job: str | None = Field(description="Where a count above 50,000 goes on: GET /v1/audiences/count/{job}.")
    state: Literal["running", "done"]
    people: int
    by_language: dict[str, int]
    skipped: dict[str, int] = Field(description="Who is silent, and would not be asked, by reason.")


@staff.staff("GET", "/v1/sunset", roles=VIEWERS, returns=SunsetView)
def show_policy(call: Call) -> SunsetView:
    """Shows the policy for those who have long been silent, and what became of whom it asked."""
    return _view(call.wiring)


@staff.staff("PUT", "/v1/sunset", roles=ADMINS, body=SunsetPolicy, returns=SunsetView, also=[Conflict])
def set_policy(call: Call) -> SunsetView:
    """Sets the policy. Switched off, the round under way is called off, and nobody is let go by it."""
    policy = Policy(**call.body.model_dump())
    _check(policy, call.wiring)
    tables.write_policy(policy, by=call.actor.staff_id, now=call.now)
    return _view(call.wiring)


@staff.staff("POST", "/v1/sunset/count", roles=ADMINS, body=Silence, returns=SilentCount, later=True)
def count_silent(call: Call) -> SilentCount | Accepted:
    """Counts whom a round would ask at this moment; nothing is set, and nobody is asked."""
    wanted = Policy(**call.body.model_dump())
    one = next_round(wanted, number=0, plan_id="", state=tables.BEGUN, now=call.now)
    request = {"audience": audience(one, tables.rounds()), "channels": [CHANNEL]}
    found = counts.count(request, queue=QUEUE, by=call.actor.staff_id, now=call.now, wiring=call.wiring)
    view = SilentCount(
        job=found.job or None,
        state="done" if found.tally.done else "running",
        people=found.tally.people,
        by_language=found.tally.languages,
        skipped=found.tally.skipped,
    )
    return Accepted(view) if found.job else view


def _check(policy: Policy, wiring: Wiring) -> None:
    if policy.silent_days > wiring.settings.retention_days:
        days = wiring.settings.retention_days
        message = f"Deliveries are kept for {days} days, so who was asked before that is not known."
        raise InvalidFields(FieldError("/silent_days", message))
    if policy.active and not wiring.settings.tracking:
        raise Conflict("What people read is not kept here, so nobody is known to be silent.", code="not-kept")


def _view(wiring: Wiring) -> SunsetView:
    rounds = [_round(one, wiring) for one in tables.rounds()[:SHOWN]]
    return SunsetView(**vars(tables.read_policy()), rounds=rounds)


def _round(one: Round, wiring: Wiring) -> RoundView:
    shown = {name: getattr(one, name) for name in RoundView.model_fields}
    if one.state != tables.DONE:
        shown["asked"] = _sent(one, wiring)
    return RoundView(**shown)


def _sent(one: Round, wiring: Wiring) -> int:
    try:
        return progress(one.plan_id, wiring=wiring).sent
    except NotFound:
        return 0


@public.page("GET", PAGE + "/{token}")
def show_whether_to_stay(call: Call, token: str) -> Response:
    """What is asked, with two buttons; changes nothing, for scanners follow links."""
    return _page(call, reader_of(call, token), "ask")


@public.page("POST", PAGE + "/{token}")
def answer_whether_to_stay(call: Call, token: str) -> Response:
    """Yes keeps what is, or brings it back; no ends it. Repeats are harmless."""
    person = reader_of(call, token)
    said = answer_of(call)
    if person is None or not answer.may_answer(person):
        return _page(call, person, "ask")
    page = _page(call, person, said)
    if said == YES:
        shown = wording.shown(answer.WORDS, language_of(call, person))
        answer.keep(person, shown=shown, now=call.now, wiring=call.wiring)
    else:
        answer.leave(person, now=call.now, wiring=call.wiring)
    return page


def _page(call: Call, person: Person | None, state: str) -> Response:
    """The question, or what came of the answer; `over` where there is nothing to answer any more."""
    language = language_of(call, person)
    return pages.render(
        "pages/stay.html",
        language,
        state=state if answer.may_answer(person) else "over",
        let_go=person is not None and answer.is_let_go(person),
        wording=wording.shown(answer.WORDS, language).text,
    )
