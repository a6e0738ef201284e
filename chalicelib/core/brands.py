"""Brands: name, colours, logo and addresses under which a department, or the whole deployment, appears. Pure.

The deployment's own brand is a matter of its settings, so that every page, a refusal too, shows it without
asking a table; a department's stands in its item, and what it leaves out is the deployment's.

Colours come in the pairs in which they are seen: `header` under `header_text`, and `link` on the page (also
the ground of buttons with white text). A pair that people with low vision could not read is refused (WCAG
2.2, 1.4.3: 4.5 to 1).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.core.errors import FieldError
from chalicelib.core.settings import Settings

LEAST_CONTRAST = 4.5
COLOUR = re.compile(r"#[0-9a-f]{6}")
GROUND = "#e8f0fa"
"""The darkest ground that links stand on; white, which mails have, is lighter."""

TEXTS = ("agency", "sender_name", "postal_address", "contact")
COLOURS = ("header", "header_text", "link")


@dataclass(frozen=True)
class Brand:
    """How somebody appears. `logo` is the path of a picture of ours, or empty; colours are `#rrggbb`."""

    agency: str
    sender_name: str
    postal_address: str
    contact: str
    header: str
    header_text: str
    link: str
    logo: str = ""
    logo_alt: str = ""


def own(settings: Settings) -> Brand:
    """The deployment's own brand."""
    header, header_text, link = settings.colours
    return Brand(
        agency=settings.agency_name,
        sender_name=settings.agency_name,
        postal_address=settings.postal_address,
        contact=settings.contact,
        header=header,
        header_text=header_text,
        link=link,
        logo=logo_path(settings.logo) if settings.logo else "",
    )


def branded(given: Mapping[str, Any], settings: Settings) -> Brand:
    """A department's brand: what it was given (`departments.brand_of`), and for the rest the deployment's.

    A department with a name of its own signs with it, unless it has another name to sign with.
    """
    base = own(settings)
    values = {name: given[name] for name in (*TEXTS, "logo", "logo_alt") if given.get(name)}
    values.setdefault("sender_name", given.get("agency") or base.sender_name)
    return Brand(**{**vars(base), **values, **(given.get("colours") or {})})


def logo_path(department: str) -> str:
    """Where the logo of a department is."""
    return f"/logos/{department}"


def colour_errors(colours: Mapping[str, str], *, pointer: str) -> list[FieldError]:
    """Which of the three colours cannot be read on their ground, each by its pointer."""
    pairs = (
        ("header_text", colours["header"], "the header"),
        ("link", GROUND, f"the page ({GROUND})"),
    )
    return [
        FieldError(f"{pointer}/{name}", _unreadable(colours[name], ground, where))
        for name, ground, where in pairs
        if contrast(colours[name], ground) < LEAST_CONTRAST
    ]


def settings_errors(colours: tuple[str, ...]) -> list[str]:
    """What is wrong with a deployment's colours, as `Settings.colours` has them."""
    if len(colours) != len(COLOURS) or not all(COLOUR.fullmatch(one) for one in colours):
        return [f"Give {', '.join(COLOURS)}, each as #rrggbb in lower case, with commas between them."]
    found = colour_errors(dict(zip(COLOURS, colours, strict=True)), pointer="")
    return [f"{error.pointer.strip('/')}: {error.message}" for error in found]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _unreadable(colour: str, ground: str, where: str) -> str:
    ratio = int(contrast(colour, ground) * 100) / 100
    return (
        f"{colour} cannot be read on {where}: their contrast is {ratio:g} to 1, and {LEAST_CONTRAST:g} to 1 "
        "is the least (WCAG 2.2, 1.4.3). Choose a darker or a lighter one."
    )
