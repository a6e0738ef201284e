"""What a stranger learns, what a GET changes, what a damaged link does."""

import re

import pytest

from tests.features import acting
from tests.features.driver import Driver, Response
from tests.features.local import LocalDriver

ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
    "{{ self._TemplateReference__context }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].environ }}",
    "{{ 7*7 }} ${7*7} #{7*7} <%= 7*7 %>",
    "{0.__class__} %(x)s %s {settings}",
]


def shown(page: Response, address: str) -> str:
    """A page without what is particular to one request: the address typed, and tokens."""
    return re.sub(r"/confirm/[\w-]+", "/confirm/T", page.text).replace(address, "ADDRESS")


def test_sign_up_answers_alike_for_known_and_unknown_addresses(driver: Driver) -> None:
    roads = acting.topic(driver)
    known, unknown = acting.sign_up(driver, [roads]), acting.email()
    pages = [acting.ask_to_sign_up(driver, [roads], to_email=one) for one in (known, unknown)]
    assert pages[0].status == pages[1].status == 200
    assert shown(pages[0], known) == shown(pages[1], unknown)
    number, other = acting.sign_up_by_text(driver, [roads]), acting.phone()
    texted = [acting.ask_to_sign_up(driver, [roads], to_phone=one) for one in (number, other)]
    assert shown(texted[0], number) == shown(texted[1], other)


def test_asking_for_ones_link_answers_alike(driver: LocalDriver) -> None:
    known, unknown = acting.sign_up(driver, [acting.topic(driver)]), acting.email()
    pages = [driver.request("POST", "/preferences", form={"address": one}) for one in (known, unknown)]
    assert pages[0].status == pages[1].status == 200
    assert shown(pages[0], known) == shown(pages[1], unknown)
    driver.settle()
    assert not acting.messages(driver, unknown)


def test_no_get_changes_anything(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address = acting.email()
    acting.ask_to_sign_up(driver, [roads], to_email=address)
    driver.settle()
    confirm = acting.link_in(acting.last(driver, address))
    for _ in range(3):
        assert driver.request("GET", confirm).status == 200
    assert acting.report(driver, acting.send(driver, [roads]))["planned"] == 0
    assert driver.request("POST", confirm, form={}).status == 200
    asked_for = acting.link_to_own_page(driver, address)
    for _ in range(3):
        assert driver.request("GET", asked_for).status == 200
    own = driver.request("POST", asked_for, form={}).headers["location"]
    acting.send(driver, [roads])
    stop = acting.way_out(acting.last(driver, address))
    for link in (own, stop, f"{own}?stop=all", f"{stop}?List-Unsubscribe=One-Click"):
        driver.request("GET", link)
        driver.request("HEAD", link)
    assert acting.report(driver, acting.send(driver, [roads]))["sent"] == 1


@pytest.mark.parametrize("kind", ["confirm", "preferences", "unsubscribe"])
def test_a_link_altered_in_any_character_is_refused_and_says_what_to_do(
    driver: LocalDriver, kind: str
) -> None:
    roads = acting.topic(driver)
    address = acting.email()
    acting.ask_to_sign_up(driver, [roads], to_email=address)
    driver.settle()
    links = {"confirm": acting.link_in(acting.last(driver, address))}
    driver.request("POST", links["confirm"], form={})
    links["preferences"] = acting.own_page(driver, address)
    acting.send(driver, [roads])
    links["unsubscribe"] = acting.way_out(acting.last(driver, address))
    stem, token = links[kind].rsplit("/", 1)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        altered = f"{stem}/{token[:place]}{other}{token[place + 1 :]}"
        for method in ("GET", "POST"):
            answer = driver.request(method, altered, form={} if method == "POST" else None)
            assert answer.status in (404, 410), (place, method, answer.status)
            assert "/preferences" in answer.text
    for other in links:
        if other != kind:
            crossed = f"{links[other].rsplit('/', 1)[0]}/{token}"
            assert driver.request("POST", crossed, form={}).status in (404, 410)
    assert acting.report(driver, acting.send(driver, [roads]))["sent"] == 1


def test_a_redirect_leads_only_where_the_campaign_does(driver: Driver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    acting.send(driver, [roads])
    link = acting.TRACKED.search(acting.last(driver, address).text)
    assert link is not None
    stem = link[0].rsplit("/", 1)[0]
    for number in ("99", "x", "-1", "0%2e", "https:%2f%2fevil.example"):
        assert driver.request("GET", f"{stem}/{number}").status == 404
    followed = driver.request("GET", f"{link[0]}?url=https://evil.example&to=//evil.example")
    assert followed.headers["location"] == "https://city.example/detour?a=1&b=2"


@pytest.mark.parametrize("escape", ESCAPES)
def test_staff_text_never_reaches_python(driver: LocalDriver, escape: str) -> None:
    roads = acting.topic(driver, name=f"T {escape}"[:60])
    address = acting.sign_up(driver, [roads])
    words = {"subject": f"S {escape}", "preheader": escape, "body": f"B {escape}", "sms": f"M {escape}"}
    acting.send(driver, [roads], channels=["email"], content={"en": words})
    mail = acting.last(driver, address)
    assert mail.subject == f"S {escape}"
    assert "subclass" not in mail.html.replace("__subclasses__", "")
    assert "49" not in mail.subject
    assert "uid=" not in mail.html


def test_markdown_comes_out_clean(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads])
    body = (
        "<script>alert(1)</script> <img src=x onerror=alert(1)> a < b\n\n"
        '[x](https://city.example/"onmouseover=alert(1)) <iframe src=//evil.example></iframe>'
    )
    words = {"subject": "s < t", "body": body}
    acting.send(driver, [roads], channels=["email"], content={"en": words})
    mail = acting.last(driver, address)
    assert mail.subject == "s < t"
    html = mail.html.lower()
    assert "<script" not in html
    assert "<iframe" not in html
    assert not re.search(r"<[^>]+\son\w+=", html)
    assert "a &lt; b" in html
