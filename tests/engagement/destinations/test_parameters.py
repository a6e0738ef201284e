"""Campaign parameters: added to our own sites only, never twice, and nothing else of an address changes."""

from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.engagement.destinations.parameters import Parameters, slug, with_query

OURS = Parameters("crier", "flu-2026", ("www.city.example", "clinic.example"))
NAMES = ("utm_source", "utm_medium", "utm_campaign", "utm_content")
PIECES = (*NAMES, "UTM_Source", "%55tm_medium", "a", "=", "&", "%", "%20", "+", ";", "?", "/")
QUERY = st.one_of(
    st.from_regex(r"[A-Za-z0-9=&%+._~/?:@!$'()*,;-]{0,30}", fullmatch=True),
    st.lists(st.sampled_from(PIECES), max_size=7).map("".join),
)
FRAGMENT = st.from_regex(r"[A-Za-z0-9=&/?#!_-]{0,12}", fullmatch=True)
PATH = st.from_regex(r"(/[A-Za-z0-9._~%-]{0,8}){0,3}", fullmatch=True)


@st.composite
def addresses(draw: st.DrawFn, host: str = "www.city.example") -> str:
    query, fragment = draw(QUERY), draw(FRAGMENT)
    return f"https://{host}{draw(PATH)}{'?' + query if query else ''}{'#' + fragment if fragment else ''}"


@given(addresses(), st.sampled_from(["email", "sms", "push"]))
def test_our_own_gets_all_four_once_and_keeps_what_it_had(url: str, medium: str) -> None:
    tagged = OURS.added(url, medium=medium, content="1")
    before, after = urlsplit(url), urlsplit(tagged)
    assert after._replace(query="") == before._replace(query="")
    assert after.query.startswith(before.query)
    had, has = (parse_qsl(one.query, keep_blank_values=True) for one in (before, after))
    assert has[: len(had)] == had
    already, names = ([name.casefold() for name, _ in one] for one in (had, has))
    for name in NAMES:
        assert names.count(name) == max(1, already.count(name))
    assert OURS.added(tagged, medium="sms", content="9") == tagged


@given(addresses("www.city.example.evil.example"))
def test_no_other_host_gets_any(url: str) -> None:
    assert OURS.added(url, medium="email", content="1") == url


@pytest.mark.parametrize(
    "url",
    [
        "https://me@www.city.example/",
        "https://www.city.example:8443/",
        "https://evil.example\\@www.city.example/",
        "mailto:help@www.city.example",
        "tel:311",
    ],
)
def test_what_is_not_plainly_ours_gets_none(url: str) -> None:
    assert OURS.added(url, medium="email", content="1") == url


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://clinic.example", "https://clinic.example?x=1"),
        ("https://clinic.example/?", "https://clinic.example/?x=1"),
        ("https://clinic.example/??", "https://clinic.example/??&x=1"),
        ("https://clinic.example/?a=b&", "https://clinic.example/?a=b&x=1"),
        ("https://clinic.example/a?a=b#top?x=1", "https://clinic.example/a?a=b&x=1#top?x=1"),
        ("https://clinic.example/#top", "https://clinic.example/?x=1#top"),
        ("https://clinic.example/?X=%20", "https://clinic.example/?X=%20"),
        ("https://clinic.example/?x", "https://clinic.example/?x"),
    ],
)
def test_where_a_parameter_stands(url: str, found: str) -> None:
    assert with_query(url, {"x": "1"}) == found


def test_a_value_is_escaped() -> None:
    given = with_query("https://clinic.example/", {"x": "a&b=c #ñ"})
    assert parse_qsl(urlsplit(given).query) == [("x", "a&b=c #ñ")]


def test_a_link_is_told_by_its_place_and_variant() -> None:
    tag = OURS.of("email", "b")
    urls = ["https://www.city.example/a", "https://other.example/", "https://www.city.example/a"]
    contents = [dict(parse_qsl(urlsplit(tag(url)).query)).get("utm_content") for url in urls]
    assert contents == ["b-1", None, "b-3"]
    assert "utm_content=1" in OURS.of("sms")(urls[0])


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Main Street: shut!", "main-street-shut"),
        ("流感 2026", "流感-2026"),
        ("!!", ""),
        ("a" * 200, "a" * 100),
    ],
)
def test_a_campaign_by_its_name(name: str, found: str) -> None:
    assert slug(name) == found
