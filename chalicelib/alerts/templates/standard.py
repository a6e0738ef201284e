"""The standard templates: one file for each hazard, and one that makes texts of what they say."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.alerts.templates.model import Draft, Texts
from chalicelib.core.settings import Settings
from chalicelib.delivery.ladder import ACKNOWLEDGED, Rung

HAZARDS = Path(__file__).parent / "hazards"
FORMS = "forms"
CODES = ("urgency", "severity", "certainty", "expires_minutes", "event_code")
LADDER = (Rung("push", 600, ACKNOWLEDGED), Rung("sms", 900, ACKNOWLEDGED), Rung("voice", 600, ACKNOWLEDGED))
"""Push first; a text to those who did not answer in ten minutes, a call after fifteen more. Mail at once."""

Document = Mapping[str, Any]


def standard(*, settings: Settings) -> dict[str, Draft]:
    """The drafts by id, in those of the languages offered that they are written in.

    Empty where the deployment's default language is none of them: a template must have that.
    """
    forms = _read(HAZARDS / f"{FORMS}.toml")
    languages = [language for language in settings.languages if language in forms]
    if settings.default_language not in languages:
        return {}
    return {
        path.stem: _draft(_read(path), forms, languages)
        for path in sorted(HAZARDS.glob("*.toml"))
        if path.stem != FORMS
    }


def _draft(hazard: Document, forms: Document, languages: list[str]) -> Draft:
    def said(part: str) -> dict[str, Texts]:
        return {
            language: _texts(forms[language][part] if part else forms[language], hazard[language])
            for language in languages
        }

    return Draft(
        name=hazard["name"],
        hazard=hazard["hazard"],
        events={language: hazard[language]["event"] for language in languages},
        words=said(""),
        cancel=said("cancel"),
        end=said("end"),
        suggestions={language: {"action": hazard[language]["action"]} for language in languages},
        categories=tuple(hazard["categories"]),
        response_types=tuple(hazard["response_types"]),
        ladder=LADDER,
        **{name: hazard[name] for name in CODES},
    )


def _texts(form: Document, said: Mapping[str, str]) -> Texts:
    """A form's texts with what a hazard says in them; the alert itself has the headline of the hazard."""
    own = {"headline": "{headline}", **{name: text for name, text in form.items() if isinstance(text, str)}}
    return Texts(**{name: text.format(**said).strip() for name, text in own.items()})


def _read(path: Path) -> Document:
    return tomllib.loads(path.read_text(encoding="utf-8"))
