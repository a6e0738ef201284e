from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.core.dynamo import transact
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.delivery_tokens import DeliveryRef
from chalicelib.delivery.flags import flag
from chalicelib.delivery.plan import Wave, chunk_counts
from chalicelib.delivery.plans import plans
from chalicelib.engagement.report import NO_RECEIPTS, ReportView, report
from tests.delivery.returns import HEAD, NOW, PLAN, World, world

ANA = DeliveryRef(PLAN, "0" * 32, "email")
BEN = DeliveryRef(PLAN, "9" * 32, "email")
CY = DeliveryRef(PLAN, "f" * 32, "sms")


@pytest.fixture(scope="module")
def stage() -> Iterator[World]:
    with world() as made:
        head = made.plan()
        made.planned(head, Wave(0, "email", planned=10, skipped={"no_channel": 2, "digest": 1}, done=True))
        made.planned(head, Wave(1, "sms", planned=4, done=True))
        counts = {"email|sent": 5, "email|failed": 1, "email|unknown": 1, "email|cancelled": 1, "sms|sent": 4}
        for slot in (0, 5):
            add = plans(made.wiring).add(
                PLAN, chunk_counts(slot), counts if slot else {"email|sent": 1}, expires_at=1
            )
            transact(made.wiring.dynamodb, [add])
        for ref in (ANA, BEN, CY):
            made.deliver(ref)
        tell(made, ANA, "delivered")
        tell(made, BEN, "bounced")
        for minute in range(3):
            tell(made, ANA, "opened", minute)
        tell(made, ANA, "clicked", 61, 0)
        tell(made, ANA, "clicked", 62, 0)
        tell(made, CY, "clicked", 63, 0)
        yield made


def tell(stage: World, ref: DeliveryRef, name: str, minute: int = 0, link: int | None = None) -> None:
    event_id = f"{name}-{minute}"
    flag(ref, name, at=NOW + timedelta(minutes=minute), wiring=stage.wiring, event_id=event_id, link=link)


@pytest.fixture(scope="module")
def view(stage: World) -> ReportView:
    return report(PLAN, wiring=stage.wiring)


def test_outcomes_add_up(view: ReportView) -> None:
    assert (view.planned, view.sent, view.failed, view.unknown) == (14, 10, 1, 1)
    assert (view.cancelled, view.expired, view.waiting) == (1, 0, 1)
    settled = view.sent + view.failed + view.unknown + view.cancelled + view.expired
    assert view.planned == settled + view.waiting
    assert view.skipped == {"no_channel": 2, "digest": 1}


def test_people_and_events_are_told_apart(view: ReportView) -> None:
    assert (view.delivered, view.bounced, view.complained) == (1, 1, 0)
    assert (view.opened, view.opens) == (1, 3)
    assert (view.clicked, view.clicks) == (2, 3)


def test_each_channel_is_told(view: ReportView) -> None:
    email, sms = view.channels
    assert (email.channel, email.planned, email.sent, email.clicked, email.note) == ("email", 10, 6, 1, None)
    assert (sms.channel, sms.planned, sms.sent, sms.clicked) == ("sms", 4, 4, 1)
    assert (sms.delivered, sms.bounced, sms.opened, sms.note) == (None, None, None, NO_RECEIPTS["sms"])


def test_texts_are_told_of_where_their_provider_reports(stage: World) -> None:
    settings = replace(stage.wiring.settings, sms_service="end-user-messaging")
    reporting = Wiring(settings=settings, clock=stage.wiring.clock)
    reporting.dynamodb = stage.wiring.dynamodb
    sms = report(PLAN, wiring=reporting).channels[1]
    assert (sms.delivered, sms.bounced, sms.complained, sms.opened, sms.note) == (0, 0, None, None, None)


def test_each_link_is_told(view: ReportView) -> None:
    assert [(one.number, one.url, one.people, one.events) for one in view.links] == [
        (0, HEAD.links[0], 2, 3),
        (1, HEAD.links[1], 0, 0),
        (2, HEAD.links[2], 0, 0),
    ]


def test_hours_are_told_in_order(view: ReportView) -> None:
    assert [(one.hour, one.opens, one.clicks) for one in view.hours] == [
        ("2026-11-22T06:00:00Z", 3, 0),
        ("2026-11-22T07:00:00Z", 0, 3),
    ]


def test_a_plan_without_responses_reports_zeroes(stage: World) -> None:
    head = stage.plan(plan_id=PLAN[:-4] + "0000", number=9, channels=["sms"], links=[])
    stage.planned(head, Wave(0, "sms", planned=2))
    view = report(head.plan_id, wiring=stage.wiring)
    assert (view.waiting, view.delivered, view.opened, view.clicked, view.hours) == (2, None, None, 0, [])


def test_an_unknown_plan_is_refused(stage: World) -> None:
    with pytest.raises(NotFound):
        report("0" * 32, wiring=stage.wiring)
