"""Every way in and out, in one table: what the ledger says of it, what the next send does, what is told."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any, NamedTuple

import pytest

from tests.features import acting, sunsetting
from tests.features.driver import NEWS, Driver
from tests.features.local import LocalDriver
from tests.features.test_history import id_of
from tests.features.test_permission import question_in
from tests.features.tour import CONSENT, STOP


class Somebody(NamedTuple):
    """Who goes a way: their address (email, or number where `to` is sms), the topic, and the last message."""

    driver: Driver
    address: str
    topic: str

    @property
    def to(self) -> str:
        return "email" if "@" in self.address else "sms"

    @property
    def last(self) -> Any:
        return acting.last(self.driver, self.address)

    def post(self, path: str, form: Any) -> None:
        assert self.driver.request("POST", path, form=form).status < 400

    def settle(self) -> None:
        self.driver.settle()


class Way(NamedTuple):
    """One way: who goes it, what they or others do, and what the ledger says: source, and by whom."""

    do: Callable[[Somebody], object]
    source: str
    by: str = "subscriber"
    channel: str = "email"
    blocks: bool = False
    """Whether it silences the address instead of ending the topic."""


def sign_up(one: Somebody) -> None:
    acting.sign_up(one.driver, [one.topic], to_email=one.address)


def embed(one: Somebody) -> None:
    shown = one.driver.request("GET", "/subscribe")
    form = {"topic": one.topic, "email": one.address, "wording": acting.wording_of(shown)}
    one.post("/subscribe/embed", form)
    confirm(one)


def embed_by_script(one: Somebody) -> None:
    wording = one.driver.request("GET", "/subscribe/embed.json").json()["wording"]
    body = {"topics": [one.topic], "email": one.address, "wording": wording}
    assert one.driver.request("POST", "/subscribe/embed.json", json=body).status == 202
    confirm(one)


def confirm(one: Somebody) -> None:
    one.settle()
    one.post(acting.link_in(one.last), {})


def text(words: str) -> Callable[[Somebody], None]:
    def do(one: Somebody) -> None:
        one.driver.text_in(one.address, NEWS, words.format(topic=one.topic))
        one.settle()

    return do


def start_again(one: Somebody) -> None:
    text("JOIN {topic}")(one)
    text("STOP")(one)
    text("START")(one)


def api_add(one: Somebody) -> None:
    body = {"email": one.address, "topics": [{"topic": one.topic}], "consent": CONSENT, "opt_in": "recorded"}
    acting.api(one.driver, "POST", "/v1/subscribers", body)


def bring(one: Somebody, **more: Any) -> str:
    csv = f"email,topics,consent_source\n{one.address},{one.topic},paper form\n"
    begun = acting.api(one.driver, "POST", "/v1/imports", {"csv": csv, **more})
    one.settle()
    return str(begun["id"])


def say_yes(one: Somebody) -> None:
    begun = bring(one, consent="unclear")
    acting.api(one.driver, "POST", f"/v1/imports/{begun}/ask", {"days": 7})
    one.settle()
    one.post(question_in(one.last), {"answer": "yes"})


def choose(one: Somebody, *channels: str) -> None:
    page = acting.own_page(one.driver, one.address)
    form = [("topic", one.topic), *((f"channels:{one.topic}", channel) for channel in channels)]
    form += [("wording", acting.wording_of(one.driver.request("GET", page)))]
    one.post(page, form)


def choose_anew(one: Somebody) -> None:
    acting.sign_up(one.driver, [acting.topic(one.driver)], to_email=one.address)
    choose(one, "email")


def stop_everything(one: Somebody) -> None:
    one.post(acting.own_page(one.driver, one.address), {"stop": "all"})


def sent(one: Somebody) -> Any:
    acting.send(one.driver, [one.topic])
    return one.last


def by_the_footer(one: Somebody) -> None:
    link = re.search(r"https?://\S+/preferences/[\w-]+", sent(one).text)
    assert link is not None
    one.post(unescape(link[0]), {"stop": "all"})


def one_click(one: Somebody) -> None:
    one.post(acting.way_out(sent(one)), STOP)


def mail_to(one: Somebody) -> None:
    to, subject = acting.way_out_by_mail(sent(one))
    one.driver.mail_in(one.address, to, subject=subject)
    one.settle()


def event(kind: str) -> Callable[[Somebody], None]:
    def do(one: Somebody) -> None:
        one.driver.ses_event(kind, sent(one))
        one.settle()

    return do


def api_end(one: Somebody) -> None:
    path = f"/v1/subscribers/{id_of(one.driver, one.address)}/subscriptions/{one.topic}?reason=asked"
    acting.api(one.driver, "DELETE", path)


def api_remove(one: Somebody) -> None:
    acting.api(one.driver, "DELETE", f"/v1/subscribers/{id_of(one.driver, one.address)}?reason=moved")


def api_suppress(one: Somebody) -> None:
    body = {"channel": one.to, "address": one.address, "scope": "newsletter", "reason": "by phone"}
    acting.api(one.driver, "POST", "/v1/suppressions", body)


def fall_silent(one: Somebody) -> None:
    assert isinstance(one.driver, LocalDriver)
    sunsetting.clear()
    sunsetting.let_go(one.driver, one.address)


def forget_oneself(one: Somebody) -> None:
    one.post(f"{acting.own_page(one.driver, one.address).partition('?')[0]}/forget", {})


def api_forget(one: Somebody) -> None:
    path = f"/v1/subscribers/{id_of(one.driver, one.address)}/forget"
    acting.api(one.driver, "POST", path, {"reason": "asked"})


IN = {
    "page": Way(sign_up, "sign-up-page"),
    "embed": Way(embed, "embedded-form"),
    "embed, by script": Way(embed_by_script, "embedded-form"),
    "keyword JOIN": Way(text("JOIN {topic}"), "keyword", channel="sms"),
    "keyword START": Way(start_again, "keyword", channel="sms", blocks=True),
    "import": Way(bring, "import", by="staff"),
    "import, asked again": Way(say_yes, "re-permission"),
    "API": Way(api_add, "api", by="staff"),
    "preference page": Way(choose_anew, "preference-page"),
}
OUT = {
    "preference page": Way(choose, "preference-page"),
    "preference page, everything": Way(stop_everything, "preference-page"),
    "footer's link": Way(by_the_footer, "footer-link"),
    "one-click": Way(one_click, "one-click"),
    "mailto": Way(mail_to, "mailto"),
    "keyword STOP": Way(text("STOP"), "keyword", channel="sms", blocks=True),
    "keyword LEAVE": Way(text("LEAVE {topic}"), "keyword", channel="sms"),
    "bounce": Way(event("Bounce"), "bounce", by="system", blocks=True),
    "complaint": Way(event("Complaint"), "complaint", by="system", blocks=True),
    "long silent": Way(fall_silent, "sunset", by="system", blocks=True),
    "API, one topic": Way(api_end, "api", by="staff"),
    "API, the person": Way(api_remove, "api", by="staff"),
    "API, suppressed": Way(api_suppress, "api", by="staff", blocks=True),
    "erase, by oneself": Way(forget_oneself, "preference-page"),
    "erase, by staff": Way(api_forget, "api", by="staff"),
}


@pytest.mark.parametrize("way", IN.values(), ids=IN.keys())
def test_a_way_in(driver: LocalDriver, way: Way) -> None:
    one = Somebody(driver, acting.email() if way.channel == "email" else acting.phone(), acting.topic(driver))
    assert planned(one) == 0
    way.do(one)
    assert planned(one) == 1
    subscriber = id_of(driver, one.address)
    changed = told(driver, subscriber, way, one.topic)
    if way.blocks:
        assert (changed["field"], changed["after"]) == ("blocks/sms:newsletter", None)
    else:
        assert changed["after"]["channels"] == [way.channel]
    assert f"topics/{one.topic}" in state(driver, subscriber)


@pytest.mark.parametrize("way", OUT.values(), ids=OUT.keys())
def test_a_way_out(driver: LocalDriver, way: Way) -> None:
    topic = acting.topic(driver)
    join = acting.sign_up if way.channel == "email" else acting.sign_up_by_text
    one = Somebody(driver, join(driver, [topic]), topic)
    subscriber = id_of(driver, one.address)
    way.do(one)
    assert planned(one) == 0
    changed = told(driver, subscriber, way, topic)
    if way.blocks:
        assert changed["field"].startswith(f"blocks/{way.channel}:")
        assert changed["before"] is None
        assert changed["field"] in state(driver, subscriber)
    else:
        assert changed["after"] is None
        assert f"topics/{topic}" not in state(driver, subscriber)


def planned(one: Somebody) -> int:
    """How many messages the next send on the topic has."""
    return int(acting.report(one.driver, acting.send(one.driver, [one.topic]))["planned"])


def told(driver: Driver, subscriber: str, way: Way, topic: str) -> Any:
    """What the newest of the history tells of a change of consent: the change that the way is about."""
    found = acting.api(driver, "GET", f"/v1/subscribers/{subscriber}/history?kind=consent")["items"]
    entry = max((one["consent"] for one in found), key=lambda one: one["version"])
    assert (entry["source"], entry["by"].partition(":")[0]) == (way.source, way.by)
    kind = "blocks/" if way.blocks else f"topics/{topic}"
    return next(one for one in entry["changes"] if one["field"].startswith(kind))


def state(driver: Driver, subscriber: str) -> Any:
    """What the ledger alone says of now."""
    return acting.api(driver, "GET", f"/v1/subscribers/{subscriber}/consent")["facts"]
