"""An alert of a template: its CAP message, its words, and both of its corrections."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.alerts.cap.model import Named
from chalicelib.alerts.templates.fill import Filled, fill
from chalicelib.core.errors import Conflict, InvalidFields
from chalicelib.core.settings import Settings
from tests.alerts.templates.flood import AREA, FIELDS, FRAME, SENT, said, template

SETTINGS = Settings()


def filled(fields: dict[str, Any] = FIELDS, **frame: Any) -> Filled:
    return fill(template(), fields, replace(FRAME, **frame), settings=SETTINGS)


def test_the_message_says_all_of_it_in_each_language() -> None:
    message = filled(web="https://city.example/alerts/1").message
    assert (message.identifier, message.status, message.sent) == (
        "alert-1",
        "Actual",
        "2026-11-22T13:00:00-05:00",
    )
    english, spanish = message.infos
    assert (english.language, spanish.language) == ("en", "es")
    assert english.headline == "Flood en: Elm Street, until 9 PM"
    assert spanish.instruction == "Suba. Then wait."
    assert english.event_codes == (Named("SAME", "FFW"),)
    assert english.expires == "2026-11-22T15:00:00-05:00"
    assert (english.web, english.contact) == ("https://city.example/alerts/1", SETTINGS.contact)
    assert english.areas == (replace(AREA, description="Elm Street"),)


def test_several_areas_keep_their_names() -> None:
    areas = (AREA, replace(AREA, description="Tract 13"))
    assert filled(areas=areas).message.infos[0].areas == areas


def test_each_channel_says_what_the_template_does() -> None:
    words = filled().words
    assert words["en"].sms == "City of Example en: flood, Elm Street, until 9 PM. Go up."
    assert words["es"].push == "Suba."
    assert words["en"].voice == "Flood in Elm Street, until 9 PM. Go up."
    assert words["es"].subject == "Flood es: Elm Street, hasta las 21"


def test_a_moment_given_as_time_is_when_it_expires() -> None:
    moment = "2026-11-22T20:30:00-05:00"
    made = filled({**FIELDS, "time": moment})
    assert made.message.infos[0].expires == moment
    assert "until 8:30 PM" in made.words["en"].sms
    later = filled({**FIELDS, "time": moment}, expires=SENT + timedelta(hours=1))
    assert later.message.infos[0].expires == "2026-11-22T14:00:00-05:00"


def test_a_moment_that_has_passed_is_refused() -> None:
    with pytest.raises(InvalidFields) as refused:
        filled({**FIELDS, "time": "2026-11-22T12:00:00-05:00"})
    assert [error.pointer for error in refused.value.errors] == ["/fields/time"]


def test_what_phones_get_stands_in_the_message_where_it_fits() -> None:
    parameters = dict(filled().message.infos[0].parameters)
    assert parameters == {name: filled().words["en"].sms for name in ("CMAMtext", "CMAMlongtext")}
    assert fill(template(event_code=""), FIELDS, FRAME, settings=SETTINGS).message.codes == ()


def test_its_corrections_are_ready_with_it() -> None:
    correction = filled().correction
    assert correction.cancel["en"].sms == "Wrong en: Flood, Elm Street."
    assert correction.end["es"].subject == "Over es: Inundación, Elm Street."
    assert correction.cancel.keys() == correction.end.keys() == {"en", "es"}
    assert "until" not in correction.cancel["en"].body, "what was wrong does not end"


def test_a_draft_may_leave_languages_out_but_no_field() -> None:
    assert filled(languages=("en",)).words.keys() == {"en"}
    english = {"place": "Elm", "time": {"en": "now"}, "action": {"en": "Go."}}
    assert filled(english, languages=("en",)).words.keys() == {"en"}
    with pytest.raises(InvalidFields) as refused:
        filled(english)
    assert [error.pointer for error in refused.value.errors] == ["/fields/action/es", "/fields/time/es"]
    with pytest.raises(InvalidFields) as unknown:
        filled(languages=("en", "vi"))
    assert [error.pointer for error in unknown.value.errors] == ["/languages/1"]


def test_an_unfinished_template_makes_no_alert() -> None:
    with pytest.raises(Conflict) as refused:
        fill(template(end={}), FIELDS, FRAME, settings=SETTINGS)
    assert refused.value.code == "template-unfinished"
    assert [error.pointer for error in refused.value.errors] == ["/end/en", "/end/es"]


def test_no_alert_is_personal() -> None:
    personal = template(
        words={"en": said("en", sms="((first_name)) [place] [time] [action]"), "es": said("es")}
    )
    made = fill(personal, {**FIELDS, "place": "((first_name))"}, FRAME, settings=SETTINGS)
    assert all("((" not in text for text in vars(made.words["en"]).values())
