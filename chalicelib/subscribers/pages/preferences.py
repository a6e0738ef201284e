"""A person's own page: choosing, stopping, adding an address. `pages.links` leads to it."""

from chalice import Response

from chalicelib.core import i18n, pages
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.http import Call, Routes
from chalicelib.core.i18n import N_
from chalicelib.core.settings import settings
from chalicelib.subscribers import links, preferences, sign_up, wording
from chalicelib.subscribers.model import CHANNELS
from chalicelib.subscribers.pages import doors, forms
from chalicelib.subscribers.pages.forms import Errors, PreferencesForm
from chalicelib.subscribers.pages.shared import (
    FIELDS,
    INVALID,
    asked_page,
    back,
    by_category,
    check_wording,
)
from chalicelib.subscribers.preferences import Choices

NO_NEW_ADDRESS = N_("Fill in the email address or the mobile number to add.")

routes = Routes("preference_pages", tag="Pages")


@routes.page("GET", "/preferences/{token}")
def choices(call: Call, token: str) -> Response:
    """A person's own page; before it, where the link stood in a message, what that link opens."""
    if links.opens(token, now=call.now, wiring=call.wiring) != links.PAGE:
        return doors.show(call, token)
    return _preferences_page(call, preferences.read(token, now=call.now, wiring=call.wiring))


@routes.page("POST", "/preferences/{token}")
def choose(call: Call, token: str) -> Response:
    """Saves the choices, ends them all, or adds an address."""
    if links.opens(token, now=call.now, wiring=call.wiring) != links.PAGE:
        return doors.act(call, token)
    if call.form.get("stop"):
        return _stop_all(call, token)
    if call.form.get("add"):
        return _add_address(call, token)
    return _save(call, token)


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
        categories=by_category(
            found.topics, language, now=call.now, chosen={**found.chosen, **typed.channels}
        ),
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
        check_wording(forms.only(call.form, "wording"), shown)
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
    return back(call, token, "saved", same_language=after.language == before.language)


def _stop_all(call: Call, token: str) -> Response:
    before = preferences.read(token, now=call.now, wiring=call.wiring)
    language = pages.language_wanted(call.query, call.headers, known=before.language)
    shown = wording.shown(wording.STOP_ALL, language)
    preferences.unsubscribe_all(token, wording=shown, now=call.now, wiring=call.wiring)
    return back(call, token, "stopped", same_language=True)


def _add_address(call: Call, token: str) -> Response:
    """A known person gives a further address; it is confirmed as a new one is, and joins the same person."""
    known = preferences.read(token, now=call.now, wiring=call.wiring)
    language = pages.language_wanted(call.query, call.headers, known=known.language)
    shown = wording.shown(wording.ADD, language)
    email, phone = forms.only(call.form, "email"), forms.only(call.form, "phone")
    try:
        check_wording(forms.only(call.form, "wording"), shown)
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
    return asked_page(language, asked, email, phone, back=f"/preferences/{token}")
