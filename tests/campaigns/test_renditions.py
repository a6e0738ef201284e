"""What is checked of a campaign's words as a whole, and what its footer names."""

import pytest

from chalicelib.campaigns.renditions import MAX_CONTENT_BYTES, content_errors, topic_names
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words
from chalicelib.subscribers.topics import Topic

SETTINGS = Settings()


def test_all_languages_together_fit_into_one_item() -> None:
    content = {language: Words(body="水" * 30_000) for language in ("en", "es", "vi", "zh-Hans")}
    assert [error.pointer for error in content_errors(content, settings=SETTINGS)] == ["/content"]
    del content["en"]
    assert sum(len(words.body.encode()) for words in content.values()) < MAX_CONTENT_BYTES
    assert content_errors(content, settings=SETTINGS) == []


def test_wrong_words_are_named_for_each_language() -> None:
    content = {"en": Words(subject="((x))"), "es": Words(sms="((y))")}
    pointers = [error.pointer for error in content_errors(content, settings=SETTINGS)]
    assert pointers == ["/content/en/subject", "/content/es/sms"]


TOPICS = {
    "roads": Topic("roads", {"en": "Roads", "es": "Calles"}, {}, "roads", "City", "open"),
    "water": Topic("water", {"en": "Water"}, {}, "water", "City", "open"),
    "list:press": Topic("list:press", {"en": "Press"}, {}, "roads", "City", "open"),
    **{f"t{n}": Topic(f"t{n}", {"en": f"T{n}"}, {}, "roads", "City", "open") for n in range(6)},
}


@pytest.mark.parametrize(
    ("sources", "language", "expected"),
    [
        (["roads", "water"], "es", ["Calles", "Water"]),
        (["roads"], "es-MX", ["Calles"]),
        (["roads", "list:press"], "en", ["Roads"]),
        (["list:press"], "en", []),
        (["gone"], "en", []),
        ([f"t{n}" for n in range(6)], "en", []),
    ],
)
def test_the_topics_that_a_footer_names(sources: list[str], language: str, expected: list[str]) -> None:
    assert topic_names(sources, TOPICS, language) == expected
