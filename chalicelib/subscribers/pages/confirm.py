"""Confirming an address; and where it has a record of its own, joining the two, which can be undone."""

from chalice import Response

from chalicelib.core import pages
from chalicelib.core.errors import InvalidFields
from chalicelib.core.http import Call, Routes
from chalicelib.subscribers import confirm, joins, links, preferences, wording
from chalicelib.subscribers.confirm import Awaiting, Confirmed
from chalicelib.subscribers.pages import forms
from chalicelib.subscribers.pages.doors import LINK_FORM
from chalicelib.subscribers.pages.forms import Errors
from chalicelib.subscribers.pages.shared import INVALID, check_wording, language_of

routes = Routes("confirm_pages", tag="Pages")


@routes.page("GET", "/confirm/{token}")
def confirmation(call: Call, token: str) -> Response:
    """Where a confirmation's link leads: a button, or a place for the code."""
    language = language_of(call)
    awaiting = confirm.look(token, now=call.now, wiring=call.wiring)
    if awaiting.needs_code:
        return _code_page(language, token, awaiting, {})
    return pages.render("pages/confirm.html", language)


@routes.page("POST", "/confirm/{token}")
def confirmed(call: Call, token: str) -> Response:
    """Confirms an address; or joins the record that it has with the one that it was to be used with."""
    language, code = language_of(call), forms.only(call.form, "code")
    try:
        if call.form.get("join"):
            return _join(call, token, code)
        done = confirm.confirm(token, code=code, now=call.now, wiring=call.wiring)
    except InvalidFields as error:
        awaiting = confirm.look(token, now=call.now, wiring=call.wiring)
        return _code_page(language, token, awaiting, forms.errors_of(error, language))
    if done.apart:
        return _apart_page(call, token, done, code, {})
    return _done_page(call, done)


@routes.page("GET", "/joins/{token}")
def joined(call: Call, token: str) -> Response:
    """Where the notice of a join leads: a button that undoes it."""
    language, other_id = language_of(call), joins.read_token(token, now=call.now, wiring=call.wiring)
    if not joins.can_undo(other_id, now=call.now):
        raise joins.JoinOver("This can no longer be undone.")
    shown = wording.shown(wording.UNDO_JOIN, language)
    return pages.render("pages/joined.html", language, state="ask", consent=shown)


@routes.page("POST", "/joins/{token}")
def parted(call: Call, token: str) -> Response:
    """Undoes a join."""
    language, other_id = language_of(call), joins.read_token(token, now=call.now, wiring=call.wiring)
    shown = wording.shown(wording.UNDO_JOIN, language)
    joins.undo(other_id, wording=shown, now=call.now, wiring=call.wiring)
    return pages.render("pages/joined.html", language, state="parted", consent=shown)


def _join(call: Call, token: str, code: str) -> Response:
    shown = wording.shown(wording.JOIN, language_of(call))
    try:
        check_wording(forms.only(call.form, "wording"), shown)
    except InvalidFields as error:
        done = confirm.confirm(token, code=code, now=call.now, wiring=call.wiring)
        return _apart_page(call, token, done, code, forms.errors_of(error, language_of(call)))
    done = confirm.join(token, code=code, wording=shown, now=call.now, wiring=call.wiring)
    return _done_page(call, done)


def _done_page(call: Call, done: Confirmed) -> Response:
    """The address is confirmed. The link that did it opens the person's page this once, and not again."""
    path = LINK_FORM
    if done.fresh:
        expires = call.now + links.PAGE_LIFE
        path = preferences.path_of(done.subscriber_id, expires=expires, wiring=call.wiring)
    return pages.render("pages/confirmed.html", language_of(call), channel=done.channel, preferences=path)


def _apart_page(call: Call, token: str, done: Confirmed, code: str, errors: Errors) -> Response:
    language = language_of(call)
    return pages.render(
        "pages/apart.html",
        language,
        status=INVALID if errors else 200,
        channel=done.channel,
        masked=done.apart,
        joinable=done.joinable,
        action=f"/confirm/{token}",
        code=code,
        errors=errors,
        consent=wording.shown(wording.JOIN, language),
    )


def _code_page(language: str, token: str, awaiting: Awaiting, errors: Errors) -> Response:
    code = {"action": f"/confirm/{token}", "errors": errors, "called": awaiting.channel == "voice"}
    status = INVALID if errors else 200
    return pages.render("pages/signed_up.html", language, status=status, email="", phone="", code=code)
