"""What a reader of a language is told of an alert."""

from dataclasses import replace

import pytest

from chalicelib.alerts.model import OVER, Step
from chalicelib.alerts.public.notice import OTHER, SEVERE, in_force, notice, told_in
from chalicelib.core.settings import Settings
from tests.alerts.sample import INFO, MESSAGE, alert

SETTINGS = Settings()
SPANISH = replace(INFO, language="es-US", headline="Inundación en Elm", description="El agua sube.")
TWO = alert(message=replace(MESSAGE, infos=(INFO, SPANISH)))


@pytest.mark.parametrize(
    ("language", "tongue", "title"),
    [
        ("en", "en-US", "Flash flood on Elm Street"),
        ("es", "es-US", "Inundación en Elm"),
        ("es-MX", "es-US", "Inundación en Elm"),
        ("vi", "en-US", "Flash flood on Elm Street"),
    ],
)
def test_it_is_told_in_the_readers_language_where_there_are_words(
    language: str, tongue: str, title: str
) -> None:
    told = notice(TWO, language, settings=SETTINGS)
    assert (told.tongue, told.title) == (tongue, title)


def test_info_blocks_of_one_language_are_one_sequence() -> None:
    second = replace(INFO, description="The bridge is closed.\n\nUse Oak Street.")
    told = notice(alert(message=replace(MESSAGE, infos=(INFO, second))), "en", settings=SETTINGS)
    assert told.what == ["Water is rising on Elm Street.", "The bridge is closed.", "Use Oak Street."]
    assert told.where == ["Elm Street"]


def test_a_cancel_without_info_tells_what_was_written() -> None:
    told = notice(alert(message=replace(MESSAGE, infos=())), "en", settings=SETTINGS)
    assert told.title == "Flash flood"
    assert told.what == ["Go to higher ground."]
    assert told_in(alert(message=replace(MESSAGE, infos=())), "en") == []


@pytest.mark.parametrize(
    ("severity", "level", "danger"),
    [("Severe", SEVERE, "Severe danger"), ("Minor", OTHER, "Minor danger"), ("Unknown", OTHER, "")],
)
def test_the_danger_is_called_by_its_severity(severity: str, level: str, danger: str) -> None:
    one = alert(message=replace(MESSAGE, infos=(replace(INFO, severity=severity),)))
    told = notice(one, "en", settings=SETTINGS)
    assert (told.level, told.danger) == (level, danger)


@pytest.mark.parametrize(
    ("state", "became"),
    [
        ("sending", ""),
        ("ended", "This alert is over: the danger has passed."),
        ("cancelled", "This alert was cancelled: it was wrong."),
        ("expired", "This alert is over: its time is up."),
    ],
)
def test_it_says_what_became_of_it(state: str, became: str) -> None:
    over = alert(state=state, steps={OVER: Step("x", "2026-11-22T19:00:00.000Z")})
    told = notice(over, "en", settings=SETTINGS)
    assert told.became == became
    assert told.changed is not None
    assert "2:00" in told.changed.shown
    assert "replaced" in notice(over, "en", settings=SETTINGS, newer=alert()).became
    clear = alert(message=replace(MESSAGE, message_type="Cancel"))
    assert notice(over, "en", settings=SETTINGS, newer=clear).became == became


def test_cancels_and_all_clears_are_no_dangers() -> None:
    clear = replace(INFO, response_types=("AllClear",))
    assert not in_force(alert(message=replace(MESSAGE, message_type="Cancel", infos=())))
    assert not in_force(alert(message=replace(MESSAGE, message_type="Update", infos=(clear,))))
    assert in_force(alert(message=replace(MESSAGE, message_type="Update")))


def test_only_safe_addresses_are_links() -> None:
    one = alert(message=replace(MESSAGE, infos=(replace(INFO, web="javascript:alert(1)"),)))
    assert notice(one, "en", settings=SETTINGS).web == ""
