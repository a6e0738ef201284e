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
from chalicelib.subscribers.sign_up import CONFIRMED

FIELD_OF = {"email": "email", "sms": "phone", "voice": "voice"}
NO_NEW_ADDRESS = {
    "email": N_("Fill in the email address to add."),
    "sms": N_("Fill in the mobile number to add."),
    "voice": N_("Fill in the number to call."),
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
    channels = [one for one in CONFIRMED if one in known.addresses or _offered(one, call)]
    return pages.render(
        "pages/addresses.html",
        language,
        status=INVALID if errors else 200,
        channels=channels,
        addresses={one: known.addresses[one] for one in channels if one in known.addresses},
        removable=[one for one in channels if set(SIGN_UP_CHANNELS) & known.addresses.keys() - {one}],
        typed={channel: forms.only(call.form, field) for channel, field in FIELD_OF.items()},
        errors=errors or {},
        done=call.query.get("done"),
        consent=wording.shown(wording.ADD, language),
        remove_text=wording.shown(wording.REMOVE, language).text,
        back=f"/preferences/{token}",
        forget=f"/preferences/{token}/forget",
    )


def _offered(channel: str, call: Call) -> bool:
    """Whether an address of a channel can be given: calls need a number that they come from."""
    return channel in SIGN_UP_CHANNELS or bool(call.wiring.settings.voice_numbers)


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
    channel = next((one for one, field in FIELD_OF.items() if field in call.form), "email")
    typed = {one: forms.only(call.form, FIELD_OF[one]) for one in FIELD_OF if _offered(one, call)}
    try:
        check_wording(forms.only(call.form, "wording"), shown)
        if not any(typed.values()):
            raise InvalidFields(FieldError(f"/{FIELD_OF[channel]}", NO_NEW_ADDRESS[channel]))
        asked = sign_up.request(
            email=typed["email"],
            phone=typed["sms"],
            voice=typed.get("voice", ""),
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
    number = typed["sms"] or typed.get("voice", "")
    return asked_page(language, asked, typed["email"], number, back=f"/preferences/{token}")


def _language(call: Call, known: Choices) -> str:
    return pages.language_wanted(call.query, call.headers, known=known.language)
