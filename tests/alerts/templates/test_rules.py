"""What is refused in a template, each wrong place by its pointer."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.alerts.templates import rules
from chalicelib.alerts.templates.model import Texts
from chalicelib.core.settings import Settings
from chalicelib.delivery.ladder import Rung
from tests.alerts.templates.flood import DRAFT, over, said

SETTINGS = Settings()
ALL_THREE = "[place], [time]: [action]"


def pointers(**changed: Any) -> list[str]:
    return [error.pointer for error in rules.errors(replace(DRAFT, **changed), settings=SETTINGS)]


def words(**changed: str) -> dict[str, Any]:
    return {"words": {**DRAFT.words, "es": said("es", **changed)}}


def test_a_whole_template_is_right() -> None:
    assert pointers() == []
    assert rules.missing(DRAFT) == []


@pytest.mark.parametrize("field", ["[place]", "[time]", "[action]"])
@pytest.mark.parametrize("channel", ["sms", "voice", "post"])
def test_what_is_said_on_a_channel_holds_place_time_and_action(channel: str, field: str) -> None:
    assert pointers(**words(**{channel: ALL_THREE})) == []
    assert pointers(**words(**{channel: ALL_THREE.replace(field, "x")})) == [f"/words/es/{channel}"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"headline": "Flood, [time]"}, ["/words/es/description", "/words/es/push"]),
        ({"instruction": "Then wait."}, ["/words/es/description"]),
        ({"instruction": ""}, ["/words/es/instruction", "/words/es/description"]),
        ({"sms": ""}, ["/words/es/sms"]),
        ({"push": "Now."}, ["/words/es/push"]),
    ],
)
def test_a_language_that_lacks_something_is_named(changed: dict[str, str], expected: list[str]) -> None:
    assert sorted(pointers(**words(**changed))) == sorted(expected)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"events": {"en": "Flood"}}, ["/events/es"]),
        ({"events": {**DRAFT.events, "vi": "Lũ"}}, ["/events/vi"]),
        ({"cancel": {"en": over("en", "No"), "fr": over("fr", "No")}}, ["/cancel/fr"]),
        ({"cancel": {"en": replace(over("en", "No"), sms="It was wrong.")}}, ["/cancel/en/sms"]),
        (
            {"end": {"en": Texts(headline="[place]", description="x")}},
            ["/end/en/push", "/end/en/sms", "/end/en/voice"],
        ),
        ({"ladder": (Rung("sms", 60, "acknowledged"),)}, ["/ladder"]),
        ({"ladder": (Rung("sms", 60, "acknowledged"),) * 2}, ["/ladder"]),
        (
            {"ladder": (Rung("sms", 60, "sent"), Rung("push", 60, "sent")), "channels": ("sms", "email")},
            ["/ladder/1/channel"],
        ),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], expected: list[str]) -> None:
    assert sorted(pointers(**changed)) == sorted(expected)


def test_a_language_without_a_voice_says_nothing_in_calls() -> None:
    vietnamese = {
        "words": {**DRAFT.words, "vi": said("vi", voice="")},
        "events": {**DRAFT.events, "vi": "Lũ"},
    }
    assert pointers(**vietnamese) == []
    assert pointers(**{**vietnamese, "words": {**DRAFT.words, "vi": said("vi")}}) == ["/words/vi/voice"]


def test_the_default_language_cannot_be_missing() -> None:
    only = {name: {"es": getattr(DRAFT, name)["es"]} for name in ("words", "events", "cancel", "end")}
    assert pointers(**only) == ["/words"]


def test_a_template_is_unfinished_without_its_corrections_in_every_language() -> None:
    found = rules.missing(replace(DRAFT, cancel={}, end={"en": over("en", "Over")}))
    assert [error.pointer for error in found] == ["/cancel/en", "/cancel/es", "/end/es"]
