import base64
import hashlib
import re
from types import SimpleNamespace
from typing import Any

import pytest
from jinja2 import UndefinedError

from chalicelib.core import errors, pages
from chalicelib.core.settings import Settings
from chalicelib.core.tokens import TokenExpired, TokenRefused


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Any:
    def choose(**values: Any) -> None:
        monkeypatch.setattr(pages, "settings", lambda: Settings(**values))

    return choose


LANGUAGES = {
    "the query": ({"lang": "vi"}, {"accept-language": "es"}, "vi"),
    "a query for an unknown one": ({"lang": "tlh"}, {"accept-language": "es"}, "en"),
    "the browser": ({}, {"accept-language": "fr, es;q=0.5"}, "es"),
    "the default": (None, {}, "en"),
}


@pytest.mark.parametrize(("query", "headers", "expected"), LANGUAGES.values(), ids=LANGUAGES.keys())
def test_the_language_of_a_page(query: Any, headers: dict[str, str], expected: str) -> None:
    assert pages.language_of(SimpleNamespace(query_params=query, headers=headers)) == expected


def test_a_persons_language_goes_before_the_browsers_but_not_before_the_links() -> None:
    assert pages.language_wanted({}, {"accept-language": "es"}, known="vi") == "vi"
    assert pages.language_wanted({"lang": "zh-Hans"}, {}, known="vi") == "zh-Hans"


def test_headers_keep_the_page_safe_and_private() -> None:
    response = pages.render("pages/confirm.html", "en")
    policy = response.headers["Content-Security-Policy"]
    style = re.search(r"<style>(.*?)</style>", response.body, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("language", Settings().languages)
def test_pages_name_their_language_and_offer_the_others(language: str) -> None:
    body = pages.render("pages/confirm.html", language).body
    assert f'<html lang="{language}" dir="ltr">' in body
    for other in Settings().languages:
        assert f'href="?lang={other}" lang="{other}" hreflang="{other}"' in body
    assert "<script" not in body
    assert not re.search(r'(src|href)="(https?:)?//', body)
    assert not re.search(r'\sstyle="', body), "the policy lets no style attribute through"


def test_a_language_written_from_the_right_turns_the_page(chosen: Any) -> None:
    chosen(languages=("ar", "en"))
    assert '<html lang="ar" dir="rtl">' in pages.render("pages/confirm.html", "ar").body


def test_what_people_wrote_is_escaped(chosen: Any) -> None:
    chosen(agency_name="<b>City</b> & {{ 7 * 7 }}")
    body = pages.render("pages/confirm.html", "es").body
    assert "&lt;b&gt;City&lt;/b&gt; &amp; {{ 7 * 7 }}" in body
    assert "<b>City" not in body


def test_a_value_that_the_page_wants_must_be_there() -> None:
    with pytest.raises(UndefinedError):
        pages.render("pages/refusal.html", "en")


BASES = {
    "host only": ("https://news.city.example", "/subscribe"),
    "a stage of API Gateway": ("https://x.execute-api.us-east-1.amazonaws.com/api", "/api/subscribe"),
    "a slash at the end": ("http://localhost:8000/", "/subscribe"),
}


@pytest.mark.parametrize(("base_url", "expected"), BASES.values(), ids=BASES.keys())
def test_links_keep_the_public_path_and_the_language(base_url: str, expected: str, chosen: Any) -> None:
    chosen(base_url=base_url)
    assert pages.link("/subscribe") == expected
    assert pages.in_language("/subscribe", "zh-Hans") == f"{expected}?lang=zh-Hans"
    response = pages.redirect("/subscribe", {"done": "saved"})
    assert (response.status_code, response.headers["Location"]) == (303, f"{expected}?done=saved")


REFUSALS = {
    "expired": (TokenExpired("x"), 410, "This link has expired"),
    "altered": (TokenRefused("x"), 404, "This link does not work"),
    "not found": (errors.NotFound("x"), 404, "Page not found"),
    "conflict": (errors.Conflict("x"), 409, "That could not be done"),
    "too large": (errors.TooLarge("x"), 413, "The form is too long"),
    "unreadable": (errors.BadRequest("x"), 400, "We could not read that"),
    "invalid": (errors.InvalidFields(errors.FieldError("/x", "y")), 422, "We could not read that"),
    "too often": (errors.TooManyRequests("x"), 429, "Please wait a moment"),
    "ours": (errors.CrierError("x"), 500, "Something went wrong on our side"),
}


@pytest.mark.parametrize(("error", "status", "title"), REFUSALS.values(), ids=REFUSALS.keys())
def test_every_refusal_says_what_to_do_next(error: errors.CrierError, status: int, title: str) -> None:
    response = pages.refusal(error, "en")
    assert response.status_code == status
    assert f"<h1>{title}</h1>" in response.body
    assert 'href="/preferences?lang=en"' in response.body
    assert 'href="/subscribe?lang=en"' in response.body


def test_the_catalogue_of_refusals_is_covered() -> None:
    def kinds(error: type[errors.CrierError]) -> set[type[errors.CrierError]]:
        return {error}.union(*(kinds(below) for below in error.__subclasses__()))

    for kind in kinds(errors.CrierError):
        error = kind.__new__(kind)
        errors.CrierError.__init__(error, "detail for programs")
        body = pages.refusal(error, "es").body
        assert "<h1>" in body
        assert "detail for programs" not in body
