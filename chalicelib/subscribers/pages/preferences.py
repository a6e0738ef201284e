"""A person's own page: choosing, stopping, asking to be alerted. `doors` leads to it."""

from typing import Any

from chalice import Response

from chalicelib.core import i18n, pages
from chalicelib.core.errors import InvalidFields
from chalicelib.core.http import Call, Routes
from chalicelib.core.settings import settings
from chalicelib.subscribers import links, preferences, reasons, wording
from chalicelib.subscribers.model import Wording
from chalicelib.subscribers.pages import choice_form, doors, forms, places, push
from chalicelib.subscribers.pages.choice_form import YES, Standing, Typed
from chalicelib.subscribers.pages.forms import Errors
from chalicelib.subscribers.pages.shared import (
    INVALID,
    back,
    by_category,
    check_wording,
    tell_why,
)
from chalicelib.subscribers.preferences import Choices

routes = Routes("preference_pages", tag="Pages")


@routes.page("GET", "/preferences/{token}")
def choices(call: Call, token: str) -> Response:
    """A person's own page; before it, where the link stood in a message, what that link opens."""
    if links.opens(token, now=call.now, wiring=call.wiring) != links.PAGE:
        return doors.show(call, token)
    return _preferences_page(call, token, preferences.read(token, now=call.now, wiring=call.wiring))


@routes.page("POST", "/preferences/{token}")
def choose(call: Call, token: str) -> Response:
    """Saves the choices, ends them all, ends silence after STOP, or begins and ends alerts."""
    if links.opens(token, now=call.now, wiring=call.wiring) != links.PAGE:
        return doors.act(call, token)
    if call.form.get("stop"):
        return _stop_all(call, token)
    if call.form.get("again"):
        return _ask_again(call, token)
    if call.form.get("reason"):
        return _why(call, token)
    if call.form.get("life_safety"):
        return _ask_for_alerts(call, token)
    return _save(call, token)


def _preferences_page(
    call: Call, token: str, found: Choices, *, typed: Typed | None = None, errors: Errors | None = None
) -> Response:
    """The page as things stand, or, after a refused form, as it was filled in."""
    language = pages.language_wanted(call.query, call.headers, known=found.language)
    form = typed or choice_form.filled(_standing(found))
    own = i18n.pick(form.language, settings().languages)
    return pages.render(
        "pages/preferences.html",
        language,
        status=INVALID if errors else 200,
        scripted=True,
        addresses=[{"channel": channel, "masked": masked} for channel, masked in found.addresses.items()],
        stopped=found.stopped,
        asleep=found.asleep,
        consent_again=wording.shown(wording.AGAIN, language),
        address_page=f"/preferences/{token}/addresses",
        push=_push(token, found, language),
        consent_push=wording.shown(wording.NOTIFY, language),
        remove_text=wording.shown(wording.REMOVE, language).text,
        record_page=f"/preferences/{token}/record",
        place_page=f"/preferences/{token}/places" if found.places or places.offered() else None,
        reasons=reasons.REASONS,
        version=found.version,
        categories=by_category(
            found.topics, language, now=call.now, chosen={**found.chosen, **form.channels}
        ),
        cadences={**found.cadences, **form.cadences},
        form=vars(form) | {"language": own},
        hours=_hours(language),
        zones=forms.zones(language, current=form.time_zone, agency=settings().time_zone),
        errors=forms.in_order(errors or {}, choice_form.FIELDS),
        done=call.query.get("done"),
        subscribed=found.subscribed,
        life_safety=found.life_safety,
        consent=wording.shown(wording.PREFERENCES, language),
        consent_alerts=_alerts_wording(found, language),
        stop_text=wording.shown(wording.STOP_ALL, language).text,
    )


def _push(token: str, found: Choices, language: str) -> dict[str, str]:
    """Where the page's script finds what it needs, and by what it knows its own browser."""
    return {
        "script": pages.link(push.SCRIPT),
        "worker": pages.link(push.WORKER),
        "scope": pages.link("/"),
        "at": pages.in_language(f"/preferences/{token}/push", language),
        "done": pages.in_language(f"/preferences/{token}", language, done="saved"),
        "held": found.device,
    }


def _standing(found: Choices) -> Standing:
    return Standing(
        channels=found.chosen,
        cadences=found.cadences,
        name=found.name,
        language=found.language,
        time_zone=found.time_zone,
        wishes=found.wishes,
        tracking=settings().tracking,
    )


def _hours(language: str) -> dict[str, Any]:
    """The hours to choose from, and what holds for who chooses none."""
    start, end = choice_form.hours(language), choice_form.hours(language, until=True)
    return {
        "start": start,
        "end": end,
        "daylight": {
            "start": start[settings().daylight_from % 24].name,
            "end": end[(settings().daylight_to - 1) % 24].name,
        },
        "digest": start[settings().digest_hour % 24].name,
    }


def _alerts_wording(found: Choices, language: str) -> Wording:
    return wording.shown(wording.NO_LIFE_SAFETY if found.life_safety else wording.LIFE_SAFETY, language)


def _save(call: Call, token: str) -> Response:
    before = preferences.read(token, now=call.now, wiring=call.wiring)
    language = pages.language_wanted(call.query, call.headers, known=before.language)
    shown = wording.shown(wording.PREFERENCES, language)
    typed = choice_form.read(call.form, _standing(before))
    try:
        check_wording(forms.only(call.form, "wording"), shown)
        after = preferences.save(
            token,
            channels=typed.channels,
            cadences={topic: choice_form.cadence(chosen) for topic, chosen in typed.cadences.items()},
            name=typed.name,
            language=i18n.pick(typed.language or before.language, settings().languages),
            time_zone=typed.time_zone or before.time_zone,
            wishes=choice_form.meant(typed, _standing(before), now=call.now),
            wording=shown,
            now=call.now,
            wiring=call.wiring,
        )
    except InvalidFields as error:
        return _preferences_page(call, token, before, typed=typed, errors=forms.errors_of(error, language))
    return back(call, token, "saved", same_language=after.language == before.language)


def _why(call: Call, token: str) -> Response:
    known = preferences.read(token, now=call.now, wiring=call.wiring)
    tell_why(call, known.subscriber_id)
    return back(call, token, "thanked")


def _ask_for_alerts(call: Call, token: str) -> Response:
    before = preferences.read(token, now=call.now, wiring=call.wiring)
    language = pages.language_wanted(call.query, call.headers, known=before.language)
    shown, wanted = _alerts_wording(before, language), forms.only(call.form, "life_safety") == YES
    if wanted == before.life_safety:
        return back(call, token, "saved")
    try:
        check_wording(forms.only(call.form, "wording"), shown)
    except InvalidFields as error:
        return _preferences_page(
            call, token, before, errors={"life_safety": forms.errors_of(error, language)["wording"]}
        )
    preferences.ask_for_alerts(token, wanted=wanted, wording=shown, now=call.now, wiring=call.wiring)
    return back(call, token, "saved")


def _ask_again(call: Call, token: str) -> Response:
    before = preferences.read(token, now=call.now, wiring=call.wiring)
    language = pages.language_wanted(call.query, call.headers, known=before.language)
    shown = wording.shown(wording.AGAIN, language)
    try:
        check_wording(forms.only(call.form, "wording"), shown)
    except InvalidFields as error:
        errors = {"again": forms.errors_of(error, language)["wording"]}
        return _preferences_page(call, token, before, errors=errors)
    channel = forms.only(call.form, "again")
    preferences.ask_again(token, channel, wording=shown, now=call.now, wiring=call.wiring)
    return back(call, token, "saved")


def _stop_all(call: Call, token: str) -> Response:
    before = preferences.read(token, now=call.now, wiring=call.wiring)
    language = pages.language_wanted(call.query, call.headers, known=before.language)
    shown = wording.shown(wording.STOP_ALL, language)
    preferences.unsubscribe_all(token, wording=shown, now=call.now, wiring=call.wiring)
    return back(call, token, "stopped", same_language=True)
