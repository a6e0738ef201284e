"""A template, for tests: a flood, written in English and Spanish."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.alerts.cap.model import ACTUAL, Area, Circle, Point
from chalicelib.alerts.templates.fill import Frame
from chalicelib.alerts.templates.model import Draft, Template, Texts

SENT = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)
AREA = Area("Tract 12", circles=(Circle(Point(42.36, -71.06), 2.0),))
FRAME = Frame("alert-1", "alerts@city.example", ACTUAL, SENT, areas=(AREA,))
FIELDS: dict[str, Any] = {
    "place": "Elm Street",
    "time": {"en": "until 9 PM", "es": "hasta las 21"},
    "action": {"en": "Go up.", "es": "Suba."},
}


def said(language: str, **changed: str) -> Texts:
    """The texts of the alert in a language, with what is changed of them."""
    texts = Texts(
        headline=f"Flood {language}: [place], [time]",
        description=f"Water {language}.",
        instruction="[action] Then wait.",
        sms=f"[agency] {language}: flood, [place], [time]. [action]",
        push="[action]",
        voice="Flood in [place], [time]. [action]",
    )
    return replace(texts, **changed)


def over(language: str, word: str) -> Texts:
    """The texts of a correction."""
    text = f"{word} {language}: [event], [place]."
    return Texts(headline=text, description=text, sms=text, push=text, voice=text)


DRAFT = Draft(
    name="Flood",
    hazard="flood",
    events={"en": "Flood", "es": "Inundación"},
    words={language: said(language) for language in ("en", "es")},
    cancel={language: over(language, "Wrong") for language in ("en", "es")},
    end={language: over(language, "Over") for language in ("en", "es")},
    categories=("Met",),
    event_code="FFW",
    urgency="Immediate",
    severity="Severe",
    certainty="Likely",
    response_types=("Evacuate",),
    expires_minutes=120,
)


def template(**changed: Any) -> Template:
    """The template, with what is changed of it."""
    return Template(id="flood", **{**vars(DRAFT), **changed})


def body(template_id: str = "flood", **changed: Any) -> dict[str, Any]:
    """The template as a request writes it."""
    texts = {
        name: {language: vars(one) for language, one in getattr(DRAFT, name).items()}
        for name in ("words", "cancel", "end")
    }
    plain = ("name", "hazard", "events", "event_code", "urgency", "severity", "certainty", "expires_minutes")
    given = {name: getattr(DRAFT, name) for name in plain}
    lists = {name: list(getattr(DRAFT, name)) for name in ("categories", "response_types", "channels")}
    return {"id": template_id, **given, **lists, **texts, **changed}
