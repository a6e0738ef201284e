"""Every public answer keeps its reader safe: policy, referrer, weight, nobody else's host; no token leaks."""

import re
from html import unescape

import pytest

import app  # noqa: F401 - registers the routes
from chalicelib.core.endpoints import ENDPOINTS
from tests.core.pictures.samples import PNG, encoded
from tests.features import acting
from tests.features.driver import Driver, Response

MAX_BYTES = 100_000
FOR_PROGRAMMERS = {"/docs"}
PAGES = [
    pytest.param(one.method, one.path, id=f"{one.method} {one.path}")
    for one in ENDPOINTS
    if one.access == "page"
]
LOADED = re.compile(
    r"""<(?:img|script|iframe|source|object|embed|audio|video)\b[^>]*?(?:src|data|href)=["']([^"']*)|<link\b[^>]*rel="(?:stylesheet|preload|icon)"[^>]*href="([^"]*)""",
    re.IGNORECASE,
)
OWN_SCRIPT = re.compile(r'<script src="(?!//)(/[\w./-]+)?/(push/page|a/page/place).js" defer></script>')
FORMS = re.compile(r'<form[^>]*action="([^"]*)"', re.IGNORECASE)
TOKEN = re.compile(r"/(?:a|t|o|confirm|preferences|unsubscribe|joins)/[A-Za-z0-9_-]{16,}")


def is_safe(answer: Response) -> None:
    """The headers of whatever is answered, and for a page what it asks for and weighs."""
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in answer.headers
    if not answer.headers["content-type"].startswith("text/html"):
        return
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy.get("script-src", "'self'") == "'self'"
    assert "unsafe" not in str(policy)
    assert "<script" not in OWN_SCRIPT.sub("", answer.text)
    assert not re.search(r"\son[a-z]+=", answer.text)
    for found in LOADED.finditer(answer.text):
        assert re.match(r"data:|(?!//)(/[\w./-]+)?/(logos|push|a/page)/", unescape(found[1] or found[2])), (
            found[0]
        )
    for action in FORMS.findall(answer.text):
        assert unescape(action).startswith(("/", "?"))


@pytest.mark.parametrize(("method", "path"), PAGES)
def test_every_page_and_every_refusal_of_one_is_safe(driver: Driver, method: str, path: str) -> None:
    form: dict[str, str] | None = {} if method == "POST" else None
    for value in ("0" * 32, "AWsMX_altered-token-that-nothing-has"):
        answer = driver.request(method, re.sub(r"{\w+}", value, path), form=form)
        assert answer.status < 500
        is_safe(answer)
        assert path in FOR_PROGRAMMERS or len(answer.body) < MAX_BYTES


def test_a_persons_pages_are_safe_and_light_with_many_topics_areas_and_a_logo(driver: Driver) -> None:
    department = acting.slug("parks")
    acting.api(driver, "PUT", f"/v1/departments/{department}", {"name": "Parks"})
    acting.api(driver, "PUT", f"/v1/departments/{department}/logo", {"png": encoded(PNG)})
    topics = [acting.topic(driver, department=department) for _ in range(3)]
    acting.area(driver)
    address = acting.sign_up(driver, topics)
    campaign = acting.send(driver, topics[:1], department=department)
    stop = acting.way_out(acting.last(driver, address))
    own = acting.own_page(driver, address)
    paths = [own, f"{own}/addresses", stop, f"/archive/{campaign}", f"/archive?topic={topics[0]}"]
    for path in [*paths, "/subscribe", "/subscribe/embed", "/", f"/logos/{department}"]:
        answer = driver.request("GET", path)
        assert answer.status == 200, path
        is_safe(answer)
        assert len(answer.body) < MAX_BYTES


def test_no_token_is_in_the_archive_a_feed_or_a_referrer(driver: Driver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads], name="Wilhelmina")
    campaign = acting.send(driver, [roads])
    mail = acting.last(driver, address)
    tokens = {found.rsplit("/", 1)[-1] for found in TOKEN.findall(mail.html + mail.text)}
    assert tokens
    for path in (
        f"/archive/{campaign}",
        f"/archive?topic={roads}",
        f"/feeds/{roads}",
        "/archive",
        "/subscribe",
    ):
        answer = driver.request("GET", path)
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert not TOKEN.search(answer.text)
        assert not any(token in answer.text for token in tokens)
    followed = acting.TRACKED.search(mail.html)
    assert followed is not None
    redirect = driver.request("GET", followed[0])
    assert redirect.status == 302
    assert redirect.headers["referrer-policy"] == "no-referrer"
    assert not any(token in redirect.headers["location"] for token in tokens)
