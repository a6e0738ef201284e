"""Being forgotten: nothing is left of the person anywhere, but for keyed digests and the ledger's facts."""

import json
from random import random
from typing import Any

import pytest

from chalicelib.core.wiring import wiring
from chalicelib.subscribers.settle import digester
from infra.aws.faults import Fault, crash
from infra.platform.memory import forget_what_was_kept
from tests.alerts.answers.scene import launched as launched_alert
from tests.delivery.harness import Made, watched
from tests.features import acting
from tests.features.answering import duty, path_of
from tests.features.driver import DOMAIN, NEWS
from tests.features.local import LocalDriver
from tests.features.test_history import id_of
from tests.features.tour import CONSENT, STOP, launched, step, tracked
from tests.features.traces import among, everything, traces

REASON = "asked at the counter"


class Somebody:
    """One who did whatever leaves a trace."""

    def __init__(self, driver: LocalDriver) -> None:
        self.driver = driver
        self.name = acting.slug("Zelda")
        self.home = {"latitude": round(42 + random(), 5), "longitude": -round(71 + random(), 5)}
        self.email, self.old_email, self.phone = acting.email(), acting.email(), acting.phone()
        self.roads = acting.topic(driver)
        acting.sign_up(driver, [self.roads], to_email=self.old_email, name=self.name)
        self.id = id_of(driver, self.old_email)
        driver.text_in(self.phone, NEWS, "HELP")
        driver.settle()
        given = {"email": self.email, "phone": self.phone, "places": {"home": self.home}, "consent": CONSENT}
        acting.api(driver, "PATCH", f"/v1/subscribers/{self.id}", given)
        on = {"channels": ["email", "sms"], "consent": CONSENT}
        acting.api(driver, "PUT", f"/v1/subscribers/{self.id}/subscriptions/{self.roads}", on)
        self.others = [acting.sign_up(driver, [self.roads], name="Bo") for _ in range(2)]

    def read(self) -> str:
        """Gets a campaign on both channels, opens, clicks and bounces; the campaign."""
        campaign = acting.send(self.driver, [self.roads])
        mail, text = acting.last(self.driver, self.email), acting.last(self.driver, self.phone)
        for link in (tracked(mail), tracked(mail), tracked(text)):
            self.driver.request("GET", link, headers={"user-agent": f"{self.name}'s own browser"})
        for kind in ("Send", "Delivery"):
            self.driver.ses_event(kind, mail)
        self.driver.settle()
        return campaign

    def ask(self) -> None:
        """Asks for a link, signs up once more and does not confirm; is looked up and added again by staff."""
        acting.own_page(self.driver, self.email)
        acting.ask_to_sign_up(self.driver, [self.roads], to_email=self.email, name=self.name)
        acting.ask_to_sign_up(self.driver, [self.roads], to_email=self.old_email, name=self.name)
        self.driver.settle()
        headers = {"Idempotency-Key": acting.slug("key")}
        body: dict[str, Any] = {"channel": "email", "address": self.email}
        found = self.driver.request(
            "POST", "/v1/subscribers/lookup", key=self.driver.admin_key, json=body, headers=headers
        )
        assert found.status == 200
        csv = f"email,name,topics,consent_source\n{self.email},{self.name},{self.roads},form\n"
        acting.api(self.driver, "POST", "/v1/imports", {"csv": csv})
        self.driver.text_in(self.phone, NEWS, f"Who ploughs my street? {self.name}")
        self.driver.text_in(self.phone, NEWS, "LIST")
        self.driver.mail_in(self.email, f"help@{DOMAIN}", subject=self.name, text=f"Yours, {self.name}")
        self.driver.settle()

    def call(self) -> None:
        """Needs help in an alert, and says where."""
        duty(self.driver)
        launched_alert({"topic": self.roads})
        self.driver.settle()
        form = {
            "answer": "help",
            "words": f"I am {self.name}",
            "position": ",".join(map(str, self.home.values())),
        }
        assert self.driver.request("POST", path_of(self.driver, self.phone), form=form).status == 200
        self.driver.settle()

    @property
    def needles(self) -> list[str]:
        """What tells of them; the id apart."""
        home = [str(one) for one in self.home.values()]
        return [self.email, self.old_email, self.phone, self.phone[1:], self.name, *home]

    def tokens(self) -> set[str]:
        """The tokens of the links that they got."""
        mine = {self.email, self.old_email, self.phone}
        texts = [m.text + m.html for m in self.driver.outbox() if m.to in mine]
        return {link.rsplit("/", 1)[1] for text in texts for link in acting.LINK.findall(text)}

    def forget(self) -> None:
        """Staff forget them, and all comes to rest."""
        acting.api(self.driver, "POST", f"/v1/subscribers/{self.id}/forget", {"reason": REASON})
        self.driver.settle()
        self.driver.pass_time(86_400)
        self.driver.sweep()
        self.driver.settle()

    def gone(self) -> None:
        """Nothing is left of them but the lawful minimum."""
        pieces = list(everything(self.driver))
        assert among(pieces, [*self.needles, *self.tokens()]) == []
        assert {place for place, _, _ in among(pieces, [self.id])} == {"table ledger", "table audit"}
        assert [text for place, text in pieces if place == "table ledger" and self.id in text]
        digest = digester(wiring())
        kept = [digest("email", self.email), digest("sms", self.phone)]
        suppressed = [text for place, text in pieces if place == "table suppressions"]
        for one in kept:
            (item,) = [text for text in suppressed if one in text]
            assert json.loads(item)["hint"] == {"S": ""}


@pytest.fixture
def somebody(driver: LocalDriver) -> Somebody:
    return Somebody(driver)


def test_nothing_is_left_of_one_who_is_forgotten(driver: LocalDriver, somebody: Somebody) -> None:
    campaign = somebody.read()
    somebody.ask()
    somebody.call()
    before = acting.report(driver, campaign)
    places = {place for place, _, _ in traces(driver, [*somebody.needles, somebody.id])}
    assert {
        "table subscribers",
        "table subscriptions",
        "table chunks",
        "table deliveries",
        "table help",
    } <= places
    somebody.forget()
    somebody.gone()
    assert acting.report(driver, campaign) == before, "what was counted stays"
    listed = acting.api(driver, "GET", f"/v1/campaigns/{campaign}/deliveries")["items"]
    assert len(listed) == 4
    assert somebody.id not in str(listed)
    history = acting.api(driver, "GET", f"/v1/subscribers/{somebody.id}/history")["items"]
    assert {one["kind"] for one in history} == {"consent"}
    assert history[0]["consent"]["note"] == REASON


def test_what_comes_late_brings_nothing_back(driver: LocalDriver, somebody: Somebody) -> None:
    somebody.read()
    mail, text = acting.last(driver, somebody.email), acting.last(driver, somebody.phone)
    somebody.forget()
    for kind in ("Delivery", "Bounce", "Complaint", "RenderingFailure"):
        driver.ses_event(kind, mail)
    for link in (tracked(mail), tracked(text)):
        assert driver.request("GET", link).status == 302
    assert driver.request("POST", acting.way_out(mail), form=STOP).status == 200
    driver.request("POST", "/preferences", form={"address": somebody.email})
    driver.settle()
    somebody.gone()


def test_the_address_stays_suppressed_until_its_holder_comes_back(
    driver: LocalDriver, somebody: Somebody
) -> None:
    somebody.forget()
    csv = f"email,name,topics,consent_source\n{somebody.email},{somebody.name},{somebody.roads},form\n"
    begun = acting.api(driver, "POST", "/v1/imports", {"csv": csv})["id"]
    driver.settle()
    report = acting.api(driver, "GET", f"/v1/imports/{begun}")
    assert (report["created"], report["suppressed"]) == (0, 1)
    assert "erased" in report["rows"][0]["reason"]
    body = {"email": somebody.email, "topics": [{"topic": somebody.roads}], "consent": CONSENT}
    refused = driver.request(
        "POST", "/v1/subscribers", key=driver.admin_key, json={**body, "opt_in": "recorded"}
    )
    assert (refused.status, refused.json()["code"]) == (409, "address-erased")
    somebody.gone()
    acting.sign_up(driver, [somebody.roads], to_email=somebody.email)
    assert id_of(driver, somebody.email) != somebody.id
    acting.send(driver, [somebody.roads])
    assert "Main Street" in acting.last(driver, somebody.email).subject
    driver.text_in(somebody.phone, NEWS, f"JOIN {somebody.roads}")
    driver.settle()
    assert id_of(driver, somebody.phone) != somebody.id
    acting.send(driver, [somebody.roads], channels=["sms"])
    assert "Main Street" in acting.last(driver, somebody.phone).text


def test_what_is_under_way_ends_first(driver: LocalDriver, somebody: Somebody) -> None:
    paused = launched(driver, {"topic": somebody.roads})
    step(driver, "ExpandBulk")
    acting.api(driver, "POST", f"/v1/campaigns/{paused}/pause")
    acting.api(driver, "POST", f"/v1/subscribers/{somebody.id}/forget", {"reason": REASON})
    assert driver.request("GET", f"/v1/subscribers/{somebody.id}", key=driver.admin_key).status == 404
    for _ in range(4):
        driver.pass_time(1_000)
        step(driver, "Erasures")
    assert "table chunks" in {place for place, _, _ in traces(driver, [somebody.id])}
    acting.api(driver, "POST", f"/v1/campaigns/{paused}/resume")
    driver.settle()
    driver.pass_time(86_400)
    driver.settle()
    somebody.gone()
    found = acting.report(driver, paused)
    assert (found["sent"], found["cancelled"]) == (2, 2)
    assert not [m for m in acting.messages(driver, somebody.phone) if "Main Street" in m.text]


def test_who_acts_for_another_department_forgets_nobody(driver: LocalDriver, somebody: Somebody) -> None:
    theirs, _, _ = acting.staff_key(driver, departments=["parks"])
    path = f"/v1/subscribers/{somebody.id}/forget"
    assert driver.request("POST", path, key=theirs, json={"reason": REASON}).status == 403
    assert driver.request("POST", path, key=driver.admin_key, json={}).status == 422
    nobody = f"/v1/subscribers/{'0' * 32}/forget"
    assert driver.request("POST", nobody, key=driver.admin_key, json={"reason": REASON}).status == 404
    assert acting.api(driver, "GET", f"/v1/subscribers/{somebody.id}")["name"] == somebody.name


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.soak)])
def test_it_ends_wherever_the_worker_dies(driver: LocalDriver, somebody: Somebody, every: int) -> None:
    somebody.read()
    somebody.ask()
    platform = driver.platform
    tables = platform.world.dynamodb.kept()

    def run(dies_at: int) -> int:
        """Forgets them with a worker that dies right after one of its calls; how many calls it made."""
        platform.world.sqs.clear()
        platform.world.dynamodb.put_back(tables)
        forget_what_was_kept(constants=False)
        calls = 0

        def on_call(made: Made) -> Fault | None:
            nonlocal calls
            if made.function != "Erasures" or not made.writes:
                return None
            calls += 1
            return crash(done=True) if calls == dies_at else None

        with watched(platform, on_call):
            acting.api(driver, "POST", f"/v1/subscribers/{somebody.id}/forget", {"reason": REASON})
            driver.settle()
        somebody.gone()
        return calls

    whole = run(0)
    assert whole > 15
    for n in range(1, whole + 1, every):
        run(n)
