"""Residents' pages: sign up, confirm, ask for one's link, choose, stop. No script, no cookie.

A GET shows and changes nothing; a POST acts. What was typed wrongly comes back with the form, each field with
what to do about it. The wording of consent that a form showed comes back with it, too: what the ledger keeps
is what the person read.
"""

from typing import Any

from chalice import Response

from chalicelib.core import i18n, limits, pages
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.http import Call, Routes
from chalicelib.core.i18n import N_
from chalicelib.core.settings import settings
from chalicelib.subscribers import confirm, forms, preferences, send_link, sign_up, topics, wording
from chalicelib.subscribers.forms import Errors, PreferencesForm, SignUpForm
from chalicelib.subscribers.model import CHANNELS, Wording
from chalicelib.subscribers.preferences import Choices

INVALID = 422
SIGN_UP_PAGE = "sign-up-page"
FIELDS = ("topics", "email", "phone", "name", "language", "time_zone", "wording")
NO_NEW_ADDRESS = N_("Fill in the email address or the mobile number to add.")
WORDING_CHANGED = N_("The text above the button has changed. Read it and press the button again.")

routes = Routes("pages", tag="Pages")


@routes.page("GET", "/")
def home(call: Call) -> Response:
    """The front door: what there is to sign up for, and the ways in."""
    language = _language(call)
    return pages.render("pages/home.html", language, categories=_offered(language))


@routes.page("GET", "/subscribe")
def sign_up_form(call: Call) -> Response:
    """The form to sign up with."""
    language = _language(call)
    return _sign_up_page(language, SignUpForm(language=language), {})


@routes.page("POST", "/subscribe")
def signed_up(call: Call) -> Response:
    """Takes a sign-up, and answers alike for every address."""
    return _take_sign_up(call, _language(call))


@routes.page("GET", "/confirm/{token}")
def confirmation(call: Call, token: str) -> Response:
    """Where a confirmation's link leads: a button, or a place for the code."""
    language = _language(call)
    if confirm.look(token, now=call.now, wiring=call.wiring).needs_code:
        return _code_page(language, token, {})
    return pages.render("pages/confirm.html", language)


@routes.page("POST", "/confirm/{token}")
def confirmed(call: Call, token: str) -> Response:
    """Confirms an address."""
    return _confirm(call, token, _language(call))


@routes.page("GET", "/preferences")
def link_form(call: Call) -> Response:
    """Asks for the address to send the person's link to."""
    return pages.render("pages/link.html", _language(call), address="", errors={})


@routes.page("POST", "/preferences")
def link_sent(call: Call) -> Response:
    """Has the link sent, and answers alike for every address."""
    return _send_link(call, _language(call))


@routes.page("GET", "/preferences/{token}")
def choices(call: Call, token: str) -> Response:
    """A person's own page."""
    return _preferences_page(call, preferences.read(token, now=call.now, wiring=call.wiring))


@routes.page("POST", "/preferences/{token}")
def choose(call: Call, token: str) -> Response:
    """Saves the choices, ends them all, or adds an address."""
    if call.form.get("stop"):
        return _stop_all(call, token)
    if call.form.get("add"):
        return _add_address(call, token)
    return _save(call, token)


def _take_sign_up(call: Call, language: str) -> Response:
    form = forms.read_sign_up(call.form)
    shown = wording.shown(wording.SIGN_UP, language)
    errors: Errors = {}
    if not form.topics:
        errors["topics"] = i18n.translate(language).gettext(sign_up.NO_TOPICS)
    try:
        _check_wording(call, shown)
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
            put_off_s=_counted(call),
        )
    except InvalidFields as error:
        errors |= forms.errors_of(error, language)
        return _sign_up_page(language, form, errors)
    return _asked_page(language, asked, form.email, form.phone)


def _counted(call: Call) -> int:
    """Counts what a network asks for; the seconds by which it is put off. Raises TooManyRequests."""
    return limits.count(call.source, at_most=settings().asks_per_minute, now=call.now, wiring=call.wiring)


def _check_wording(call: Call, shown: Wording) -> None:
    """Refuses a form that showed other words of consent, or none: nobody could say what was agreed to."""
    if forms.only(call.form, "wording") != shown.version:
        raise InvalidFields(FieldError("/wording", WORDING_CHANGED))


def _sign_up_page(language: str, form: SignUpForm, errors: Errors) -> Response:
    return pages.render(
        "pages/subscribe.html",
        language,
        status=INVALID if errors else 200,
        categories=_offered(language),
        form=form,
        errors=forms.in_order(errors, FIELDS),
        consent=wording.shown(wording.SIGN_UP, language),
    )


def _asked_page(language: str, asked: sign_up.Requested, email: str, phone: str, **more: Any) -> Response:
    if asked.code_token:
        action = f"/confirm/{asked.code_token}"
        more |= {"code": {"action": action, "errors": {}}, "here": pages.link(action)}
    return pages.render(
        "pages/signed_up.html", language, **{"code": None, "email": email, "phone": phone, **more}
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
    path = preferences.path_of(done.subscriber_id, expires=call.now + send_link.LIFE, wiring=call.wiring)
    return pages.render("pages/confirmed.html", language, channel=done.channel, preferences=path)


def _send_link(call: Call, language: str) -> Response:
    address = forms.only(call.form, "address")
    try:
        send_link.request(address, now=call.now, wiring=call.wiring, put_off_s=_counted(call))
    except InvalidFields as error:
        errors = forms.errors_of(error, language)
        return pages.render("pages/link.html", language, status=INVALID, address=address, errors=errors)
    return pages.render("pages/link_sent.html", language)


def _preferences_page(
    call: Call, found: Choices, *, form: PreferencesForm | None = None, errors: Errors | None = None
) -> Response:
    """The page as things stand, or, after a refused form, as it was filled in."""
    language = pages.language_wanted(call.query, call.headers, known=found.language)
    typed = form or PreferencesForm(found.chosen, found.name, found.language, found.time_zone)
    own = i18n.pick(typed.language, settings().languages)
    return pages.render(
        "pages/preferences.html",
        language,
        status=INVALID if errors else 200,
        addresses=[{"channel": channel, "masked": masked} for channel, masked in found.addresses.items()],
        missing=[channel for channel in CHANNELS if channel not in found.addresses],
        categories=_shown(found.topics, language, chosen={**found.chosen, **typed.channels}),
        form={"name": typed.name, "language": own, "time_zone": typed.time_zone},
        added={"email": forms.only(call.form, "email"), "phone": forms.only(call.form, "phone")},
        zones=forms.zones(language, current=typed.time_zone, agency=settings().time_zone),
        errors=forms.in_order(errors or {}, FIELDS),
        done=call.query.get("done"),
        subscribed=found.subscribed,
        consent=wording.shown(wording.PREFERENCES, language),
        consent_add=wording.shown(wording.ADD, language),
        stop_text=wording.shown(wording.STOP_ALL, language).text,
    )


def _save(call: Call, token: str) -> Response:
    before = preferences.read(token, now=call.now, wiring=call.wiring)
    language = pages.language_wanted(call.query, call.headers, known=before.language)
    shown = wording.shown(wording.PREFERENCES, language)
    form = forms.read_preferences(call.form)
    try:
        _check_wording(call, shown)
        after = preferences.save(
            token,
            channels=form.channels,
            name=form.name,
            language=i18n.pick(form.language or before.language, settings().languages),
            time_zone=form.time_zone or before.time_zone,
            wording=shown,
            now=call.now,
            wiring=call.wiring,
        )
    except InvalidFields as error:
        return _preferences_page(call, before, form=form, errors=forms.errors_of(error, language))
    return _back(call, token, "saved", same_language=after.language == before.language)


def _stop_all(call: Call, token: str) -> Response:
    before = preferences.read(token, now=call.now, wiring=call.wiring)
    language = pages.language_wanted(call.query, call.headers, known=before.language)
    shown = wording.shown(wording.STOP_ALL, language)
    preferences.unsubscribe_all(token, wording=shown, now=call.now, wiring=call.wiring)
    return _back(call, token, "stopped", same_language=True)


def _add_address(call: Call, token: str) -> Response:
    """A known person gives a further address; it is confirmed as a new one is, and joins the same person."""
    known = preferences.read(token, now=call.now, wiring=call.wiring)
    language = pages.language_wanted(call.query, call.headers, known=known.language)
    shown = wording.shown(wording.ADD, language)
    email, phone = forms.only(call.form, "email"), forms.only(call.form, "phone")
    try:
        _check_wording(call, shown)
        if not email and not phone:
            field = "/phone" if "email" in known.addresses else "/email"
            raise InvalidFields(FieldError(field, NO_NEW_ADDRESS))
        asked = sign_up.request(
            email=email,
            phone=phone,
            topic_ids=(),
            name=known.name,
            language=known.language,
            time_zone=known.time_zone,
            source=preferences.PAGE,
            wording=shown,
            now=call.now,
            wiring=call.wiring,
            subscriber_id=known.subscriber_id,
        )
    except InvalidFields as error:
        return _preferences_page(call, known, errors=forms.errors_of(error, language))
    return _asked_page(language, asked, email, phone, back=f"/preferences/{token}")


def _back(call: Call, token: str, done: str, *, same_language: bool) -> Response:
    """To the page again; in the language that a link chose, unless another was just chosen for everything."""
    query = {"done": done}
    if same_language and "lang" in call.query:
        query["lang"] = call.query["lang"]
    return pages.redirect(f"/preferences/{token}", query)


def _language(call: Call) -> str:
    return pages.language_wanted(call.query, call.headers)


def _offered(language: str) -> list[forms.CategoryView]:
    return _shown(topics.offered(), language)


def _shown(found: Any, language: str, chosen: Any = None) -> list[forms.CategoryView]:
    default = settings().default_language
    return forms.by_category(found, language, default_language=default, chosen=chosen)
