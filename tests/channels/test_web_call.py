"""What a web call's answer, or the lack of one, means for a post."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
from requests.structures import CaseInsensitiveDict

from chalicelib.channels.base import Ambiguous, ProviderError, Retryable, Throttled
from chalicelib.channels.platforms.base import Denied, Gone, Refused
from chalicelib.channels.web_call import WebCalls, wait_told
from chalicelib.core.web import Answer, Forbidden, Lost, TooLarge, TooManyRedirects, Unreachable, Web

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
URL = "https://social.example/api/v1/statuses?token=hush"


class Told(Web):
    """The web, of which a test says the answer."""

    def __init__(self, answer: Answer | Exception) -> None:
        super().__init__()
        self._answer = answer

    def request(self, method: str, url: str, **request: Any) -> Answer:
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


def answered(status: int, body: bytes = b"{}", headers: Mapping[str, str] = {}) -> Answer:
    return Answer(status, CaseInsensitiveDict(headers), body, URL)


def raised(told: Answer | Exception, *, method: str = "POST", **more: Any) -> ProviderError:
    harmless = more.pop("harmless", False)
    calls = WebCalls(Told(told), lambda: NOW, **more)
    with pytest.raises(ProviderError) as caught:
        calls(method, URL, harmless=harmless)
    return caught.value


class Example(NamedTuple):
    name: str
    told: Answer | Exception
    writing: type[ProviderError]
    reading: type[ProviderError]
    code: str


EXAMPLES = [
    Example("no connection", Unreachable("x"), Retryable, Retryable, "Unreachable"),
    Example("not public", Forbidden("x"), Denied, Denied, "Forbidden"),
    Example("no answer", Lost("x"), Ambiguous, Retryable, "Lost"),
    Example("too long an answer", TooLarge("x"), Ambiguous, Retryable, "TooLarge"),
    Example("redirects", TooManyRedirects("x"), Ambiguous, Retryable, "TooManyRedirects"),
    Example("moved", answered(301), Denied, Denied, "301"),
    Example("bad request", answered(400), Refused, Refused, "400"),
    Example("token", answered(401), Denied, Denied, "401"),
    Example("right", answered(403), Denied, Denied, "403"),
    Example("not found", answered(404), Gone, Gone, "404"),
    Example("took too long to send", answered(408), Retryable, Retryable, "408"),
    Example("gone", answered(410), Gone, Gone, "410"),
    Example("unprocessable", answered(422), Refused, Refused, "422"),
    Example("too many", answered(429), Throttled, Throttled, "429"),
    Example("server error", answered(500), Ambiguous, Retryable, "500"),
    Example("gateway", answered(502), Ambiguous, Retryable, "502"),
    Example("unavailable", answered(503), Ambiguous, Retryable, "503"),
    Example("back soon", answered(503, headers={"Retry-After": "9"}), Throttled, Throttled, "503"),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_meanings(example: Example) -> None:
    writing = raised(example.told)
    assert (type(writing), writing.code) == (example.writing, example.code)
    for reading in (raised(example.told, method="GET"), raised(example.told, harmless=True)):
        assert (type(reading), reading.code) == (example.reading, example.code)


def test_success_is_the_answer() -> None:
    answer = answered(202)
    assert WebCalls(Told(answer), lambda: NOW)("POST", URL) is answer


def test_a_platform_has_codes_of_its_own() -> None:
    def code(answer: Answer) -> str:
        return str(answer.json()["error"])

    meanings = {"ExpiredToken": Denied, "403": Refused}
    expired = raised(answered(400, b'{"error": "ExpiredToken"}'), code=code, meanings=meanings)
    assert (type(expired), expired.code) == (Denied, "ExpiredToken")
    repeated = raised(answered(403, b'{"error": "Twice"}'), code=code, meanings=meanings)
    assert (type(repeated), repeated.code) == (Refused, "Twice")


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'"x"',
        b'{"error": "The token hush, of Ada, is bad"}',
        b'{"error": "tok3n-hush"}',
    ],
)
def test_what_is_no_code_is_not_repeated(body: bytes) -> None:
    assert raised(answered(422, body), code=lambda answer: str(answer.json()["error"])).code == "422"


class Wait(NamedTuple):
    name: str
    headers: Mapping[str, str]
    seconds: float


OF_X = {
    "x-rate-limit-reset": str(int(NOW.timestamp()) + 900),
    "x-user-limit-24hour-reset": str(int(NOW.timestamp()) + 7_200),
}
WAITS = [
    Wait("nothing told", {}, 0),
    Wait("seconds", {"Retry-After": "17"}, 17),
    Wait("parts of a second", {"Retry-After": "0.65"}, 0.65),
    Wait("a date", {"Retry-After": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
    Wait("a date that was", {"Retry-After": "Sun, 22 Nov 2026 11:00:30 GMT"}, 0),
    Wait("RFC 3339", {"X-RateLimit-Reset": "2026-11-22T12:05:00.000000Z"}, 300),
    Wait("a Unix time", {"RateLimit-Reset": str(int(NOW.timestamp()) + 60)}, 60),
    Wait("a Unix time of X", {"x-rate-limit-reset": str(int(NOW.timestamp()) + 900)}, 900),
    Wait("a day of X, used up", {**OF_X, "x-user-limit-24hour-remaining": "0"}, 7_200),
    Wait("a day of X, not used up", {**OF_X, "x-user-limit-24hour-remaining": "3"}, 900),
    Wait("seconds from now", {"RateLimit-Reset": "45"}, 45),
    Wait("the header made for it first", {"Retry-After": "5", "RateLimit-Reset": "45"}, 5),
    Wait("nonsense, then sense", {"Retry-After": "soon", "RateLimit-Reset": "45"}, 45),
    Wait("nonsense", {"Retry-After": "-1e999"}, 0),
    Wait("for ever", {"Retry-After": "999999999"}, 86_400),
]


@pytest.mark.parametrize("wait", WAITS, ids=lambda w: w.name)
def test_how_long_to_wait(wait: Wait) -> None:
    assert wait_told(CaseInsensitiveDict(wait.headers), now=NOW) == pytest.approx(wait.seconds)
    throttled = raised(answered(429, headers=wait.headers))
    assert isinstance(throttled, Throttled)
    assert throttled.retry_after_s == pytest.approx(wait.seconds)
