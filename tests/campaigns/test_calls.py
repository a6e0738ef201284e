from chalicelib.campaigns.calls import call_errors
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words


def wrong(language: str, voice: str, *, twice: bool = True) -> list[str]:
    settings = Settings(voice_twice=twice)
    found = list(call_errors({language: Words(voice=voice)}, settings=settings))
    assert {one.pointer for one in found} <= {f"/content/{language}/voice"}
    return [one.message for one in found]


def test_what_can_be_said() -> None:
    assert wrong("en", "Main Street is closed, ((first_name)).") == []
    assert wrong("vi", "") == []


def test_a_language_that_no_voice_speaks_is_named() -> None:
    assert "No voice" in wrong("vi", "Đường Main đóng cửa.")[0]


def test_a_web_address_is_refused() -> None:
    assert "by ear" in wrong("en", "See https://city.example/roads now")[0]


def test_a_call_holds_half_as_much_said_twice() -> None:
    text = "Main Street is closed. " * 150
    assert wrong("en", text, twice=False) == []
    assert "said twice; this takes" in wrong("en", text)[0]
