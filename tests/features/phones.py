"""Texts and calls by End User Messaging, on every lane, and numbers that opted out there."""

from dataclasses import replace

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.core.settings import END_USER_MESSAGING
from chalicelib.core.wiring import wiring
from chalicelib.delivery.content import Words
from chalicelib.delivery.launch import launch
from chalicelib.delivery.render import compile_voice
from chalicelib.delivery.ways_out import channel_of
from tests.delivery import engine
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.urgent import handed_over


def phones(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """All of it; `patch` chooses the service, as a setting of the deployment does."""
    with patch.context() as chosen:
        chosen.setattr(wiring(), "settings", replace(wiring().settings, sms_service=END_USER_MESSAGING))
        channel_of.cache_clear()
        texts(driver)
        calls(driver)
    channel_of.cache_clear()


def texts(driver: LocalDriver) -> None:
    """Codes, campaigns and alerts by text; on each lane one goes to a number that opted out."""
    roads = acting.topic(driver)
    number = acting.sign_up_by_text(driver, [roads])
    acting.sign_up_by_text(driver, [roads])
    campaign = acting.send(driver, [roads], channels=["sms"])
    assert acting.report(driver, campaign)["sent"] == 2
    handed_over({"topic": roads})
    driver.settle()
    opted_out = driver.platform.phones.opted_out
    opted_out.add(number)
    handed_over({"topic": roads})
    driver.settle()
    opted_out.add(acting.sign_up_by_text(driver, [roads]))
    campaign = acting.send(driver, [roads], channels=["sms"])
    found = acting.report(driver, campaign)
    assert (found["sent"], found["failed"]) == (1, 1)
    asked = acting.phone()
    opted_out.add(asked)
    acting.ask_to_sign_up(driver, [roads], to_phone=asked)
    driver.settle()


def calls(driver: LocalDriver) -> None:
    """A campaign and an alert by phone, to somebody whom staff entered."""
    roads = acting.topic(driver)
    consent = {"source": "paper form", "wording": "I agree."}
    topics = [{"topic": roads, "channels": ["voice"]}]
    number = acting.phone()
    body = {"voice": number, "topics": topics, "consent": consent, "opt_in": "recorded"}
    acting.api(driver, "POST", "/v1/subscribers", body)
    content = {"en": {"voice": "Main Street is closed."}}
    campaign = acting.send(driver, [roads], channels=["voice"], content=content)
    assert acting.report(driver, campaign)["sent"] == 1
    called({"topic": roads})
    driver.settle()
    assert [one.channel for one in acting.messages(driver, number)] == ["voice", "voice"]


def called(audience: dict[str, str]) -> None:
    """An urgent plan of calls, handed over."""
    now, words = wiring().clock(), Words(voice="Leave now.")
    call = compile_voice(words, language="en", settings=wiring().settings)
    made = replace(engine.spec(audience=audience, lane="urgent"), renditions=(call,), links=())
    launch(made, plan_id=time_ordered_id(now), now=now, wiring=wiring())
