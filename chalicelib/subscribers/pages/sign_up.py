"""The ways in: the front door, the form to sign up with, and the confirmation that makes a subscriber."""

from chalice import Response

from chalicelib.core import i18n, pages
from chalicelib.core.errors import InvalidFields
from chalicelib.core.http import Call, Routes
from chalicelib.core.settings import settings
from chalicelib.subscribers import confirm, links, preferences, sign_up, topics, wording
from chalicelib.subscribers.pages import forms
from chalicelib.subscribers.pages.forms import Errors, SignUpForm
from chalicelib.subscribers.pages.shared import (
    FIELDS,
    INVALID,
    asked_page,
    by_category,
    check_wording,
    counted,
    language_of,
)

SIGN_UP_PAGE = "sign-up-page"

routes = Routes("sign_up_pages", tag="Pages")


@routes.page("GET", "/")
def home(call: Call) -> Response:
    """The front door: what there is to sign up for, and the ways in."""
    language = language_of(call)
    return pages.render("pages/home.html", language, categories=by_category(topics.offered(), language))


@routes.page("GET", "/subscribe")
def sign_up_form(call: Call) -> Response:
    """The form to sign up with."""
    language = language_of(call)
    return _sign_up_page(language, SignUpForm(language=language), {})


@routes.page("POST", "/subscribe")
def signed_up(call: Call) -> Response:
    """Takes a sign-up, and answers alike for every address."""
    return _take_sign_up(call, language_of(call))


@routes.page("GET", "/confirm/{token}")
def confirmation(call: Call, token: str) -> Response:
    """Where a confirmation's link leads: a button, or a place for the code."""
    language = language_of(call)
    if confirm.look(token, now=call.now, wiring=call.wiring).needs_code:
        return _code_page(language, token, {})
    return pages.render("pages/confirm.html", language)


@routes.page("POST", "/confirm/{token}")
def confirmed(call: Call, token: str) -> Response:
    """Confirms an address."""
    return _confirm(call, token, language_of(call))


def _take_sign_up(call: Call, language: str) -> Response:
    form = forms.read_sign_up(call.form)
    shown = wording.shown(wording.SIGN_UP, language)
    errors: Errors = {}
    if not form.topics:
        errors["topics"] = i18n.translate(language).gettext(sign_up.NO_TOPICS)
    try:
        check_wording(call, shown)
        asked = sign_up.request(
            email=form.email,
            phone=form.phone,
            topic_ids=form.topics,
            name=form.name,
            language=i18n.pick(form.language or language, settings().languages),
            time_zone=settings().time_zone,
            source=SIGN_UP_PAGE,
            wording=shown,
            now=call.now,
            wiring=call.wiring,
            put_off_s=counted(call),
        )
    except InvalidFields as error:
        errors |= forms.errors_of(error, language)
        return _sign_up_page(language, form, errors)
    return asked_page(language, asked, form.email, form.phone)


def _sign_up_page(language: str, form: SignUpForm, errors: Errors) -> Response:
    return pages.render(
        "pages/subscribe.html",
        language,
        status=INVALID if errors else 200,
        categories=by_category(topics.offered(), language),
        form=form,
        errors=forms.in_order(errors, FIELDS),
        consent=wording.shown(wording.SIGN_UP, language),
    )


def _code_page(language: str, token: str, errors: Errors) -> Response:
    code = {"action": f"/confirm/{token}", "errors": errors}
    status = INVALID if errors else 200
    return pages.render("pages/signed_up.html", language, status=status, email="", phone="", code=code)


def _confirm(call: Call, token: str, language: str) -> Response:
    try:
        done = confirm.confirm(token, code=forms.only(call.form, "code"), now=call.now, wiring=call.wiring)
    except InvalidFields as error:
        return _code_page(language, token, forms.errors_of(error, language))
    path = preferences.path_of(done.subscriber_id, expires=call.now + links.PAGE_LIFE, wiring=call.wiring)
    return pages.render("pages/confirmed.html", language, channel=done.channel, preferences=path)
