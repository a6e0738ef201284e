import pytest

from infra.aws.speech import NotSpoken, spoken


def test_what_would_be_heard() -> None:
    ssml = (
        "<speak><p><s>Main St. is closed.</s><s>Call <say-as interpret-as='digits'>311</say-as>.</s></p>"
        "<break time='1s'/><p><s>Fish &amp; chips.</s></p></speak>"
    )
    assert spoken(ssml) == "Main St. is closed. Call 3 1 1.\nFish & chips."
    assert spoken("<speak>Hello</speak>") == "Hello"


@pytest.mark.parametrize(
    "ssml",
    ["Hello", "<p>x</p>", "<speak><b>x</b></speak>", "<speak><say-as interpret-as='x'>1</say-as></speak>"],
)
def test_what_is_refused(ssml: str) -> None:
    with pytest.raises(NotSpoken):
        spoken(ssml)
