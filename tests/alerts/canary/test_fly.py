"""The canary: a flight through the whole platform, and one with each of its parts broken."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import pytest
import yaml
from werkzeug.wrappers import Request, Response

from chalicelib.alerts import preview
from chalicelib.alerts import tables as alerts
from chalicelib.alerts.canary import judge, person, tables
from chalicelib.alerts.canary.fly import fly
from chalicelib.alerts.canary.model import CANARY, EVERY, KEPT, Run
from chalicelib.alerts.templates import tables as templates
from chalicelib.core.clock import epoch, parse_rfc3339
from chalicelib.core.wiring import Wiring, wiring
from chalicelib.subscribers import people
from infra.aws.faults import FunctionCrashed, crash, refuse
from infra.platform.platform import Platform
from infra.stand_ins.transport import StandIn, answers, unreachable
from tests.delivery import engine

AT_ONCE = ["drafted", "previewed", "launched"]
LATER = ["handed-over", "delivered", "answerable", "hidden"]
ADDRESS = "success@simulator.amazonses.com"


def work(platform: Platform, *functions: str) -> None:
    """Lets only these functions work, until none of them can."""
    sources = [one for one in platform.pumps.queues if one.function in functions]
    while sum(platform.pumps.step(one) for one in sources):
        pass


def last() -> Run:
    found = tables.last()
    assert found is not None
    return found


def judged(platform: Platform) -> Run:
    """The last run, judged by the next."""
    before = last()
    platform.clock.advance(EVERY.total_seconds())
    platform.fire(CANARY)
    return next(run for run in tables.page(limit=10, cursor=None).items if run.id == before.id)


def states(run: Run) -> dict[str, str]:
    return {part.name: part.state for part in run.parts if not part.sound}


RESOURCES = yaml.safe_load((Path(__file__).parents[3] / "infra/resources.yaml").read_text())["Resources"]


def alarms(caplog: pytest.LogCaptureFixture, name: str) -> int:
    """How many lines of the log an alarm's filter finds, as the stack has it."""
    words = RESOURCES[name]["Properties"]["FilterPattern"].replace("?", "").replace('"', "").split()
    return sum(any(word in one.getMessage() for word in words) for one in caplog.records)


def test_a_canary_flies_the_whole_way_and_is_judged_by_the_next(
    platform: Platform, caplog: pytest.LogCaptureFixture
) -> None:
    platform.fire(CANARY)
    platform.settle()
    (letter,) = platform.outbox.letters()
    assert letter.to == ADDRESS
    assert "EXERCISE" in letter.subject
    assert not last().judged_at
    run = judged(platform)
    assert {part.name: part.state for part in run.parts} == dict.fromkeys([*AT_ONCE, *LATER], "in-time")
    assert run.sound
    assert alarms(caplog, "SoundCanaries") == 1
    assert alarms(caplog, "FailedCanaries") == 0
    assert "@" not in caplog.text


class Broken(NamedTuple):
    name: str
    go_wrong: Callable[[Platform], None]
    failed: dict[str, str]


def without(*functions: str) -> Callable[[Platform], None]:
    """Only these functions work off their queues after the launch."""

    def flight(platform: Platform) -> None:
        platform.fire(CANARY)
        work(platform, *functions)

    return flight


def slow_queue(platform: Platform) -> None:
    platform.fire(CANARY)
    platform.clock.advance(90)
    platform.settle()


def provider_down(platform: Platform) -> None:
    platform.faults.add("sesv2", "SendBulkEmail", refuse("InternalServerError", status=500), times=1000)
    platform.fire(CANARY)
    engine.settle(platform, within_s=300)


def killed(platform: Platform) -> None:
    platform.faults.add("dynamodb", "TransactWriteItems", crash(), skip=3)
    with suppress(FunctionCrashed):
        platform.fire(CANARY)
    platform.settle()


def template_changed(platform: Platform) -> None:
    platform.fire(CANARY)
    found = templates.read(CANARY)
    templates.replace(replace(found, updated_by="staff", urgency="Immediate"), was=found.version)
    platform.clock.advance(EVERY.total_seconds())
    platform.fire(CANARY)
    platform.settle()


NOT_SENT = dict.fromkeys(["handed-over", "delivered"], "missing")
NOT_LAUNCHED = {"launched": "missing", **NOT_SENT, "answerable": "missing"}
BROKEN = [
    Broken("nobody expands", without(), NOT_SENT),
    Broken("nobody delivers", without("ExpandUrgent"), NOT_SENT),
    Broken("receipts lie", without("ExpandUrgent", "DeliverUrgent"), {"delivered": "missing"}),
    Broken("a slow queue", slow_queue, {"handed-over": "late"}),
    Broken("the provider down", provider_down, NOT_SENT),
    Broken("a template changed", template_changed, NOT_LAUNCHED),
    Broken("the function killed", killed, {**dict.fromkeys(AT_ONCE, "missing"), **NOT_LAUNCHED}),
]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda one: one.name)
def test_whatever_part_is_slow_or_dead_raises_the_alarm_by_its_name(
    platform: Platform, caplog: pytest.LogCaptureFixture, broken: Broken
) -> None:
    broken.go_wrong(platform)
    caplog.clear()
    run = judged(platform)
    assert states(run) == broken.failed
    assert not run.sound
    assert alarms(caplog, "FailedCanaries") >= len(broken.failed)
    assert alarms(caplog, "SoundCanaries") == 0


def test_the_alarm_goes_off_too_where_no_canary_flies_at_all() -> None:
    alarm = RESOURCES["NoCanaryAlarm"]["Properties"]
    (told,) = RESOURCES["SoundCanaries"]["Properties"]["MetricTransformations"]
    assert (alarm["MetricName"], alarm["Namespace"]) == (told["MetricName"], told["MetricNamespace"])
    assert alarm["TreatMissingData"] == "breaching"
    assert alarm["ComparisonOperator"] == "LessThanThreshold"
    assert alarm["Period"] == EVERY.total_seconds()


def test_a_slow_step_is_late(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = preview.preview

    def slow(*of: Any, **how: Any) -> Any:
        platform.clock.advance(11)
        return fast(*of, **how)

    monkeypatch.setattr(preview, "preview", slow)
    platform.fire(CANARY)
    platform.settle()
    assert states(judged(platform)) == {"previewed": "late"}


class Site(StandIn):
    """The deployment's own site, as strangers reach it."""

    hosts: ClassVar[tuple[str, ...]] = ("alerts.city.example",)

    def __init__(self, platform: Platform) -> None:
        super().__init__(platform.clock)
        self.platform = platform
        self.shown = ""

    def answer(self, request: Request) -> Response:
        found = self.platform.http("GET", request.path)
        return Response(found.body + self.shown.encode(), found.status)


def of_site(platform: Platform, site: Site) -> dict[str, str]:
    """How a canary is judged whose deployment has this site."""
    platform.fire(CANARY)
    platform.settle()
    world = wiring()
    settings = replace(world.settings, base_url="https://alerts.city.example")
    here = Wiring(settings=settings, clock=world.clock)
    found = judge.look(last(), now=world.clock(), wiring=here)
    return {part.name: part.state for part in judge.judged(last(), found) if not part.sound}


def test_the_site_is_asked_as_strangers_ask_it(platform: Platform) -> None:
    site = platform.web.add(Site(platform))
    assert of_site(platform, site) == {}
    assert [one.path[:3] for one in site.requests] == ["/a/", "/al"]


def test_a_site_that_does_not_come_is_missing_and_one_that_tells_of_the_exercise_is_wrong(
    platform: Platform,
) -> None:
    site = platform.web.add(Site(platform))
    site.faults.add(answers(502))
    assert of_site(platform, site) == {"answerable": "missing"}
    site.faults.add(unreachable(), times=2)
    platform.clock.advance(EVERY.total_seconds())
    assert of_site(platform, site) == {"answerable": "missing", "hidden": "missing"}
    platform.clock.advance(EVERY.total_seconds())
    platform.fire(CANARY)
    site.shown = last().alert_id
    assert of_site(platform, site) == {"hidden": "wrong"}


def test_an_exercise_that_stands_in_public_is_wrong(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform.fire(CANARY)
    platform.settle()
    monkeypatch.setattr(alerts, "active", lambda: [alerts.read(last().alert_id)])
    assert states(judged(platform)) == {"hidden": "wrong"}


def test_however_often_it_is_called_for_it_flies_every_quarter_of_an_hour(platform: Platform) -> None:
    for _ in range(10):
        platform.fire(CANARY)
        platform.settle()
        platform.clock.advance(180)
    assert len(platform.outbox.letters()) == 2


def test_it_flies_to_a_number_too_and_not_at_all_without_addresses(platform: Platform) -> None:
    both = Wiring(settings=replace(wiring().settings, canary_phone="+14254147755"), clock=wiring().clock)
    fly(wiring=both)
    platform.settle()
    assert sorted(one.channel for one in platform.outbox.letters()) == ["email", "sms"]
    none = Wiring(settings=replace(wiring().settings, canary_email=""), clock=wiring().clock)
    platform.clock.advance(EVERY.total_seconds())
    assert fly(wiring=none) is None


def test_its_person_is_made_once_and_reached_by_no_campaign(platform: Platform) -> None:
    known = set()
    for _ in range(3):
        platform.fire(CANARY)
        platform.settle()
        platform.clock.advance(EVERY.total_seconds())
        known.add(len(people.ledger(person.ID)))
    assert len(known) == 1
    sent = len(platform.outbox.letters())
    everyone = {"segment": {"id": "all", "rule": {"channel": ["email"]}}}
    plan = engine.plan(audience=everyone)
    platform.settle()
    assert engine.outcome(plan).planned == 0
    assert len(platform.outbox.letters()) == sent


def test_its_alerts_stand_in_a_list_of_their_own_and_expire(platform: Platform) -> None:
    platform.fire(CANARY)
    run = last()
    assert alerts.page(limit=10, cursor=None).items == []
    item = alerts.AlertItem.get(run.alert_id)
    assert item.expires_at == epoch(parse_rfc3339(run.begun_at) + KEPT)
    assert tables.RunItem.get(f"{CANARY}#{run.id}").expires_at == item.expires_at
