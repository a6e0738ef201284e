"""The standard templates: each is one, is finished, and can be sent as it is, in every language offered."""

from typing import Any

import pytest

from chalicelib.alerts.cap import profile
from chalicelib.alerts.cap import rules as cap_rules
from chalicelib.alerts.templates import rules
from chalicelib.alerts.templates.fields import asked
from chalicelib.alerts.templates.fill import fill
from chalicelib.alerts.templates.model import Template
from chalicelib.alerts.templates.standard import standard
from chalicelib.channels.sms_parts import foreign
from chalicelib.core.settings import Settings
from tests.alerts.templates.flood import FRAME, SENT

SETTINGS = Settings()
STANDARD = standard(settings=SETTINGS)


@pytest.mark.parametrize("template_id", STANDARD)
def test_a_standard_template_is_one_and_makes_an_alert(template_id: str) -> None:
    draft = STANDARD[template_id]
    assert rules.errors(draft, settings=SETTINGS) == []
    assert rules.missing(draft) == []
    texts = [text for said in draft.words.values() for text in said.every]
    fields = {name: dict.fromkeys(draft.words, "Elm Street") for name in asked(texts)}
    given: dict[str, Any] = {
        **fields,
        "time": "2026-11-22T21:00:00-05:00",
        "action": {tag: found["action"] for tag, found in draft.suggestions.items()},
    }
    made = fill(Template(id=template_id, **vars(draft)), given, FRAME, settings=SETTINGS)
    assert cap_rules.broken(made.message, now=SENT) == []
    assert profile.broken(made.message) == []
    assert set(made.words) == set(SETTINGS.languages)
    assert foreign(made.words["en"].sms) == [], "the English one goes as GSM-7"
    every = [text for words in made.words.values() for text in vars(words).values()]
    assert not any("{" in text or "[place" in text for text in every)


def test_the_hazards_that_every_agency_meets_are_there() -> None:
    assert {
        "evacuation",
        "shelter-in-place",
        "flash-flood",
        "wildfire",
        "tornado",
        "hazardous-material",
    } <= set(STANDARD)
    assert {"boil-water", "do-not-drink", "missing-person", "extreme-heat", "extreme-cold", "tsunami"} <= set(
        STANDARD
    )
    assert {"severe-storm", "active-danger", "power-outage", "road-closed", "drill"} <= set(STANDARD)


def test_only_offered_languages_are_taken_and_none_without_the_default() -> None:
    some = standard(settings=Settings(languages=("es", "fr")))
    assert {tuple(draft.words) for draft in some.values()} == {("es",)}
    assert standard(settings=Settings(languages=("fr", "en"))) == {}
