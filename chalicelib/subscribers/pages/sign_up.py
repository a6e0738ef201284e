"""The ways in: the front door, and the form to sign up with. `confirm` follows."""

from dataclasses import replace

from chalice import Response

from chalicelib.core import i18n, pages
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.http import Call, Routes
from chalicelib.core.settings import settings
from chalicelib.subscribers import areas, sign_up, topics, wording
from chalicelib.subscribers.model import Place
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
    offered = by_category(topics.offered(), language, now=call.now)
    return pages.render("pages/home.html", language, categories=offered)


@routes.page("GET", "/subscribe")
def sign_up_form(call: Call) -> Response:
    """The form to sign up with; a link may choose topics, categories, a place and a channel."""
    language = language_of(call)
    form = replace(forms.read_sign_up(call.form), email="", phone="", name="", language=language)
    return sign_up_page(call, language, form, {})


@routes.page("POST", "/subscribe")
def signed_up(call: Call) -> Response:
    """Takes a sign-up, and answers alike for every address."""
    return take_sign_up(call, language_of(call), source=SIGN_UP_PAGE)


def take_sign_up(call: Call, language: str, *, source: str) -> Response:
    """Asks for what a posted form says; the form again where something is wrong in it."""
    form = forms.read_sign_up(call.form)
    try:
        asked = ask(call, form, language, source=source, wording_shown=forms.only(call.form, "wording"))
    except InvalidFields as error:
        return sign_up_page(call, language, form, forms.errors_of(error, language))
    return asked_page(language, asked, form.email, form.phone)


def ask(call: Call, form: SignUpForm, language: str, *, source: str, wording_shown: str) -> sign_up.Requested:
    """Asks for a sign-up in a language. Raises TooManyRequests; InvalidFields naming all that is wrong."""
    shown = wording.shown(wording.SIGN_UP, language)
    place: list[Place | None] = []
    wrong: list[FieldError] = []
    try:
        sign_up.check(
            lambda: check_wording(wording_shown, shown),
            lambda: place.append(areas.place_of(area_id=form.area, postcode=form.postcode)),
        )
    except InvalidFields as error:
        wrong += error.errors
    return sign_up.request(
        email=form.email,
        phone=form.phone,
        topic_ids=_wanted(form),
        name=form.name,
        language=i18n.pick(form.language or language, settings().languages),
        time_zone=settings().time_zone,
        source=source,
        wording=shown,
        place=place[0] if place else None,
        now=call.now,
        wiring=call.wiring,
        put_off_s=counted(call),
        found=wrong,
    )


def _wanted(form: SignUpForm) -> list[str]:
    """The topics that were chosen, by themselves or with all of their category."""
    if not form.categories:
        return list(form.topics)
    whole = [topic.id for topic in topics.offered() if topic.category in form.categories]
    return list(dict.fromkeys((*form.topics, *whole)))


def sign_up_page(call: Call, language: str, form: SignUpForm, errors: Errors) -> Response:
    """The form to sign up with, as it was filled in."""
    return pages.render(
        "pages/subscribe.html",
        language,
        status=INVALID if errors else 200,
        categories=by_category(topics.offered(), language, now=call.now),
        areas=sorted(
            ((one.id, forms.worded(one.name, language)) for one in areas.offered()),
            key=lambda one: one[1].text.casefold(),
        ),
        postcodes=areas.has_postcodes(),
        form=form,
        errors=forms.in_order(errors, FIELDS),
        consent=wording.shown(wording.SIGN_UP, language),
        keep=forms.link_query(form),
    )
