"""Handing over a plan: once, however often it is told; and what is refused."""

from dataclasses import replace

import pytest

from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.control import cancel
from chalicelib.delivery.launch import Addressee, launch, send_to
from chalicelib.delivery.plans import plans
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, renditions, run, spec, world

PLAN = "0" * 31 + "1"
ANA = Addressee("a" * 32, "email", "ana@city.example", "Ana", "en")
BEN = Addressee("b" * 32, "email", "ben@city.example", "Ben", "es")
CY = Addressee("c" * 32, "sms", "+12025550003", "Cy", "vi")


def send(*people: Addressee) -> None:
    made = replace(spec(languages=("en", "es"), sms=True), lane="service", scope="service")
    send_to(people, made, plan_id=PLAN, now=world().clock(), wiring=world())


def test_known_people_get_it_in_their_language_once_however_often_it_is_told(platform: Platform) -> None:
    for _ in range(2):
        send(ANA, BEN, CY)
    run(platform)
    send(ANA, BEN, CY)
    run(platform)
    found = outcome(PLAN)
    assert (found.status, found.planned, found.sent) == ("sent", 3, 3)
    letters = {letter.to: (letter.subject or letter.text)[1:3] for letter in platform.outbox.letters()}
    assert letters == {ANA.address: "en", BEN.address: "es", CY.address: "en"}
    assert set(addressed(platform).values()) == {1}


def test_a_lost_message_to_a_known_person_is_sent_by_the_sweep(platform: Platform) -> None:
    send(ANA)
    platform.world.sqs.clear()
    run(platform, sweeps=2)
    assert (outcome(PLAN).status, outcome(PLAN).sent) == ("sent", 1)


def test_a_second_launch_changes_nothing(platform: Platform) -> None:
    person(1)
    for _ in range(3):
        launch(spec(), plan_id=PLAN, now=world().clock(), wiring=world())
    launch(replace(spec(), audience={"topic": "parks"}), plan_id=PLAN, now=world().clock(), wiring=world())
    run(platform)
    assert outcome(PLAN).planned == outcome(PLAN).sent == 1
    assert not cancel(PLAN, wiring=world())


def test_only_tracked_texts_need_a_short_number(platform: Platform) -> None:
    numbers = []
    for place, made in enumerate(
        [spec(sms=True), spec(), replace(spec(sms=True), tracked=False), spec(sms=True)]
    ):
        plan_id = f"{place:032x}"
        launch(made, plan_id=plan_id, now=world().clock(), wiring=world())
        numbers.append(plans(world()).head(plan_id).number)
    assert numbers == [1, 0, 0, 2]
    assert plans(world()).named(2) == f"{3:032x}"


@pytest.mark.parametrize(
    "languages", [(), ("es",)], ids=["no rendition at all", "none in the default language"]
)
def test_a_plan_that_could_not_be_sent_is_refused(platform: Platform, languages: tuple[str, ...]) -> None:
    made = replace(spec(), renditions=renditions(languages=languages)[0])
    with pytest.raises(ValueError, match="renditions"):
        launch(made, plan_id=PLAN, now=world().clock(), wiring=world())
    assert plans(world()).known(PLAN) is None
    assert chunks(world()).read(PLAN, "00000000") is None


def test_what_only_accounts_post_has_nothing_to_send_and_closes_at_once(platform: Platform) -> None:
    only_posts = replace(spec(), renditions=(), audience={})
    for _ in range(2):
        launch(only_posts, plan_id=PLAN, now=world().clock(), wiring=world())
        run(platform)
    found = outcome(PLAN)
    assert (found.status, found.planned, bool(found.closed_at)) == ("sent", 0, True)
    assert len(platform.outbox) == 0
