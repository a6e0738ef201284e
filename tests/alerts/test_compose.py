"""What staff give becomes a CAP message that keeps every rule, and words that say what it is."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given as given_
from hypothesis import settings as examined
from hypothesis import strategies as st

from chalicelib.alerts import checks
from chalicelib.alerts.areas import Known
from chalicelib.alerts.cap import rules
from chalicelib.alerts.cap.model import ACTUAL, CATEGORIES, EXERCISE, RESPONSE_TYPES, SEVERITIES, TEST
from chalicelib.alerts.compose import Setting, of_message, of_own_words, of_template
from chalicelib.alerts.templates.model import digest
from chalicelib.core.errors import FieldError, InvalidFields
from chalicelib.core.settings import Settings
from tests.alerts.released import GIVEN, SAID
from tests.alerts.sample import MESSAGE, NOW
from tests.alerts.templates import flood

SETTINGS = Settings()


def setting(mode: str = "live") -> Setting:
    return Setting("a" * 32, mode, NOW, Known(), SETTINGS)


TEXT = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cn"]), min_size=1, max_size=60).filter(
    str.strip
)
WRITTEN = st.fixed_dictionaries(
    {
        "event": TEXT.map(str.strip),
        "categories": st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3, unique=True),
        "severity": st.sampled_from(SEVERITIES),
        "response_types": st.lists(st.sampled_from(RESPONSE_TYPES), max_size=3, unique=True),
        "content": st.fixed_dictionaries(
            {
                language: st.fixed_dictionaries(dict.fromkeys(SAID, TEXT.map(str.strip)))
                for language in ("en", "es")
            }
        ),
    }
)


@examined(max_examples=30)
@given_(WRITTEN, st.sampled_from([("live", ACTUAL), ("exercise", EXERCISE), ("test", TEST)]))
def test_whatever_is_written_keeps_the_rules_of_cap(written: dict[str, Any], mode: tuple[str, str]) -> None:
    made = of_own_words({**GIVEN, **written}, setting(mode[0]))
    assert rules.broken(made.message, now=NOW) == []
    assert made.message.status == mode[1]
    assert [info.language for info in made.message.infos] == ["en", "es"]
    assert set(made.words) == set(made.correction.cancel) == set(made.correction.end) == {"en", "es"}
    for language, words in made.correction.cancel.items():
        assert words.subject, language
        assert words.sms, language


def test_a_message_of_ours_says_who_sent_it_and_until_when() -> None:
    message = of_own_words(GIVEN, setting()).message
    assert (message.sender, message.identifier) == (SETTINGS.sender, "a" * 32)
    assert message.infos[0].expires == "2026-11-22T16:00:00-05:00", "the deployment's default: three hours"
    assert message.infos[0].web == SETTINGS.url(f"/alerts/{'a' * 32}")
    assert of_own_words(GIVEN, setting("exercise")).message.infos[0].web == "", "no page shows an exercise"


def test_a_template_is_launched_by_one_as_it_was_agreed_on() -> None:
    template = flood.template()
    agreed = replace(template, digest=digest(template))
    given: dict[str, Any] = {"areas": GIVEN["areas"], "fields": flood.FIELDS, "without_place": False}
    assert of_template(given, agreed, setting()).pre_authorised
    assert not of_template(given, template, setting()).pre_authorised
    assert not of_template({**given, "approvers": []}, agreed, setting()).pre_authorised
    with pytest.raises(InvalidFields) as refused:
        of_template({**given, "severity": "Minor"}, agreed, setting())
    assert [one.pointer for one in refused.value.errors] == ["/severity"]


def test_a_foreign_message_is_told_as_it_came() -> None:
    made = of_message(MESSAGE, {"channels": ["sms"]}, setting())
    assert (made.message, made.event, made.channels) == (MESSAGE, "Flash flood", ("sms",))


@pytest.mark.parametrize(
    ("pointer", "expected"),
    [
        ("/info/1/headline", "/content/es/headline"),
        ("/info/0/area/2/polygon/0", "/areas/2/polygon/0"),
        ("/info/0/expires", "/expires"),
        ("/info/0/responseType/1", "/response_types/1"),
        ("/identifier", "/identifier"),
    ],
)
def test_what_breaks_a_rule_is_named_where_it_was_given(pointer: str, expected: str) -> None:
    made = of_own_words({**GIVEN, "content": {"en": SAID, "es": SAID}}, setting())
    assert checks.in_words(FieldError(pointer, "why"), made).pointer == expected
