"""Plans that are studied, for the tour: of readers with leave and without, and of one who takes it back."""

import pytest

from chalicelib.delivery.studying import HOURS
from chalicelib.engagement import collect, folding, study
from tests.features import acting
from tests.features.local import LocalDriver
from tests.features.tour import snapshot, step


def studied(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """All of it; steps are as small as can be, and the rules have changed once."""
    roads = acting.topic(driver)
    gives, takes_back, gives_none = (acting.sign_up(driver, [roads]) for _ in range(3))
    wishes(driver, gives_none, "no")
    driver.settle()
    campaign = acting.send(driver, [roads])
    everyone = (gives, takes_back, gives_none)
    for address in everyone:
        acting.follow(driver, acting.last(driver, address))
    driver.settle()
    found = acting.report(driver, campaign)
    snapshot(driver, unread(driver))
    wishes(driver, takes_back, "no")
    driver.settle()
    by_other_rules(driver, patch)
    for hours in HOURS[:-1]:
        driver.pass_time(hours * 3600)
        driver.tick()
        driver.settle()
    acting.follow(driver, acting.last(driver, gives_none))
    step(driver, "Events")
    driver.pass_time(HOURS[-1] * 3600)
    driver.tick()
    step(driver, "Study")
    driver.settle()
    acting.follow(driver, acting.last(driver, gives_none))
    driver.settle()
    with patch.context() as too_late:
        too_late.setattr(collect, "totals_taken", lambda *_, **__: False)
        acting.follow(driver, acting.last(driver, gives_none))
        step(driver, "Events")
    driver.settle()
    acting.api(driver, "POST", f"/v1/campaigns/{campaign}/recount")
    driver.settle()
    later = acting.report(driver, campaign)
    assert (later["clicked"], later["clicks"]) == (found["clicked"], found["clicks"] + 3)


def by_other_rules(driver: LocalDriver, patch: pytest.MonkeyPatch) -> None:
    """The first taking, handed over from one message to the next, with rules that changed since."""
    with patch.context() as small:
        small.setattr(folding, "RULES", 0)
        driver.pass_time(HOURS[0] * 3600)
        driver.tick()
        (queue,) = [one for one in driver.platform.pumps.queues if one.function == "Study"]
        with patch.context() as hurried:
            hurried.setattr(study, "HAND_OVER_S", 10_000)
            for _ in range(20):  # among other tests' plans may be some that reached nobody
                driver.platform.pumps.step(queue)
        step(driver, "Study")


def unread(driver: LocalDriver) -> str:
    """A segment over what people did that takes whoever did nothing; its id."""
    rule = {"not": {"engaged": {"by": "click", "within_days": 1}}}
    body = {"id": acting.slug("segment"), "name": "Unread", "department": "works", "rule": rule}
    return str(acting.api(driver, "POST", "/v1/segments", body)["id"])


def wishes(driver: LocalDriver, address: str, tracking: str) -> None:
    """Somebody chooses on their own page whether we may keep what they do."""
    page = acting.own_page(driver, address)
    form = {"tracking": tracking, "wording": acting.wording_of(driver.request("GET", page))}
    assert driver.request("POST", page, form=form).status == 303
