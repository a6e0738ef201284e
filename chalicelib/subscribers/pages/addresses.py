"""The page of a person's addresses: adding one, replacing one by another, taking one away."""

from chalice import Response

from chalicelib.core import pages
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.http import Call, Routes
from chalicelib.core.i18n import N_
from chalicelib.subscribers import preferences, sign_up, wording
from chalicelib.subscribers.model import SIGN_UP_CHANNELS
from chalicelib.subscribers.pages import forms
from chalicelib.subscribers.pages.forms import Errors
from chalicelib.subscribers.pages.shared import INVALID, asked_page, check_wording, counted
from chalicelib.subscribers.preferences import Choices

FIELD_OF = {"email": "email", "sms": "phone"}
NO_NEW_ADDRESS = {
    "email": N_("Fill in the email address to add."),
    "sms": N_("Fill in the mobile number to add."),
}

routes = Routes("address_pages", tag="Pages")


@routes.page("GET", "/preferences/{token}/addresses")
def addresses(call: Call, token: str) -> Response:
    """How a person is reached, and what can be changed about that."""
    return _page(call, token, preferences.read(token, now=call.now, wiring=call.wiring))


@routes.page("POST", "/preferences/{token}/addresses")
def change_addresses(call: Call, token: str) -> Response:
    """Adds or replaces an address, once it is confirmed; or takes one away."""
    if call.form.get("remove"):
        return _remove(call, token)
    return _ask(call, token)


def _page(call: Call, token: str, known: Choices, errors: Errors | None = None) -> Response:
    language = _language(call, known)
    return pages.render(
        "pages/addresses.html",
        language,
        status=INVALID if errors else 200,
        channels=SIGN_UP_CHANNELS,
        addresses={one: known.addresses[one] for one in SIGN_UP_CHANNELS if one in known.addresses},
        typed={channel: forms.only(call.form, field) for channel, field in FIELD_OF.items()},
        errors=errors or {},
        done=call.query.get("done"),
        consent=wording.shown(wording.ADD, language),
        remove_text=wording.shown(wording.REMOVE, language).text,
        back=f"/preferences/{token}",
        forget=f"/preferences/{token}/forget",
    )


def _remove(call: Call, token: str) -> Response:
    known = preferences.read(token, now=call.now, wiring=call.wiring)
    shown = wording.shown(wording.REMOVE, _language(call, known))
    channel = forms.only(call.form, "remove")
    preferences.remove_address(token, channel, wording=shown, now=call.now, wiring=call.wiring)
    query = {"done": "removed"} | ({"lang": call.query["lang"]} if "lang" in call.query else {})
    return pages.redirect(f"/preferences/{token}/addresses", query)


def _ask(call: Call, token: str) -> Response:
    """A known person gives a new address; an old one stays until the new one is confirmed."""
    known = preferences.read(token, now=call.now, wiring=call.wiring)
    language = _language(call, known)
    shown = wording.shown(wording.ADD, language)
    channel = "sms" if "phone" in call.form else "email"
    email, phone = forms.only(call.form, "email"), forms.only(call.form, "phone")
    try:
        check_wording(forms.only(call.form, "wording"), shown)
        if not email and not phone:
            raise InvalidFields(FieldError(f"/{FIELD_OF[channel]}", NO_NEW_ADDRESS[channel]))
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
            put_off_s=counted(call),
        )
    except InvalidFields as error:
        told = forms.errors_of(error, language)
        if "wording" in told:
            told[FIELD_OF[channel]] = told.pop("wording")
        return _page(call, token, known, told)
    return asked_page(language, asked, email, phone, back=f"/preferences/{token}")


def _language(call: Call, known: Choices) -> str:
    return pages.language_wanted(call.query, call.headers, known=known.language)
