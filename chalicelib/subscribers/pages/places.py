"""The page of a person's places: home, work and school, by a named area or a postcode."""

from chalice import Response

from chalicelib.core import i18n, pages
from chalicelib.core.errors import InvalidFields
from chalicelib.core.http import Call, Routes
from chalicelib.core.i18n import N_
from chalicelib.subscribers import areas, preferences, wording
from chalicelib.subscribers.model import Place
from chalicelib.subscribers.pages import forms
from chalicelib.subscribers.pages.forms import Errors, Worded
from chalicelib.subscribers.pages.shared import INVALID, check_wording
from chalicelib.subscribers.preferences import Choices

NAMES = {"home": N_("Home"), "work": N_("Work"), "school": N_("School")}

routes = Routes("place_pages", tag="Pages")


@routes.page("GET", "/preferences/{token}/places")
def places(call: Call, token: str) -> Response:
    """For which places a person is kept up to date."""
    return _page(call, token, preferences.read(token, now=call.now, wiring=call.wiring), {})


@routes.page("POST", "/preferences/{token}/places")
def move(call: Call, token: str) -> Response:
    """Sets the places that were typed or picked, and takes those away that were ticked."""
    known = preferences.read(token, now=call.now, wiring=call.wiring)
    language = _language(call, known)
    shown = wording.shown(wording.PLACES, language)
    wanted, errors = _read(call, known, language)
    try:
        check_wording(forms.only(call.form, "wording"), shown)
        if errors:
            return _page(call, token, known, errors)
        preferences.move(token, wanted, wording=shown, now=call.now, wiring=call.wiring)
    except InvalidFields as error:
        return _page(call, token, known, errors | forms.errors_of(error, language))
    query = {"done": "saved"} | ({"lang": call.query["lang"]} if "lang" in call.query else {})
    return pages.redirect(f"/preferences/{token}/places", query)


def offered() -> bool:
    """Whether there is anything to pick or type."""
    return areas.has_postcodes() or bool(areas.offered())


def _read(call: Call, known: Choices, language: str) -> tuple[dict[str, Place | None], Errors]:
    """The places that the form sets or takes away, and what is wrong, by field."""
    wanted: dict[str, Place | None] = {}
    errors: Errors = {}
    for name in _names(known):
        try:
            place = areas.place_of(
                area_id=forms.only(call.form, f"area-{name}"),
                postcode=forms.only(call.form, f"postcode-{name}"),
            )
        except InvalidFields as error:
            told = forms.errors_of(error, language)
            errors |= {f"{field}-{name}": message for field, message in told.items()}
            continue
        if place or forms.only(call.form, f"away-{name}"):
            wanted[name] = place
    return wanted, errors


def _page(call: Call, token: str, known: Choices, errors: Errors) -> Response:
    language = _language(call, known)
    gettext = i18n.translate(language).gettext
    return pages.render(
        "pages/places.html",
        language,
        status=INVALID if errors else 200,
        places=[
            {
                "id": name,
                "name": Worded(gettext(NAMES[name])) if name in NAMES else Worded(name),
                "known": name in known.places,
                "area": forms.only(call.form, f"area-{name}"),
                "postcode": forms.only(call.form, f"postcode-{name}"),
            }
            for name in _names(known)
        ],
        areas=sorted(
            ((one.id, forms.worded(one.name, language)) for one in areas.offered()),
            key=lambda named: named[1].text.casefold(),
        ),
        postcodes=areas.has_postcodes(),
        errors=errors,
        done=call.query.get("done"),
        consent=wording.shown(wording.PLACES, language),
        back=f"/preferences/{token}",
    )


def _names(known: Choices) -> list[str]:
    """The usual places, and those that the person has besides."""
    return list(dict.fromkeys((*NAMES, *sorted(known.places))))


def _language(call: Call, known: Choices) -> str:
    return pages.language_wanted(call.query, call.headers, known=known.language)
