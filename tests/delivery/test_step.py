"""One step of a wave: whom it reads, whom it reads again, and what stands against it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.chunk import Recipient, key_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.content import Words
from chalicelib.delivery.control import cancel, extend, pause, resume
from chalicelib.delivery.expand import expand
from chalicelib.delivery.halts import halts
from chalicelib.delivery.launch import launch
from chalicelib.delivery.plan import CHANNEL_CHUNKS, Pass, Wave
from chalicelib.delivery.plans import plans
from chalicelib.delivery.pulses import pulses
from chalicelib.delivery.render import compile_sms
from chalicelib.subscribers import people
from chalicelib.subscribers.model import Place
from chalicelib.subscribers.unsubscribe import unsubscribe
from infra.platform.platform import Platform
from tests.delivery.engine import addressed, outcome, person, plan, run, spec, world

LANGUAGES = ("en", "es", "zh-Hans", "vi")


def step(plan_id: str) -> None:
    """One step of the first wave, by its present beat."""
    pulse = pulses(world()).current(plan_id, 0)
    assert pulse is not None
    expand(pulse.message(), wiring=world())


def waiting(plan_id: str) -> list[str]:
    """The ids of those whose chunk is not full."""
    partial = plans(world()).wave(plan_id, 0).partial
    return [one[0] for people in partial.values() for one in people]


def under_way(platform: Platform, people: int = 90) -> str:
    """A plan in four languages after its first step: four a second, forty a horizon."""
    platform.account.max_send_rate = 4
    for number in range(people):
        person(number, language=LANGUAGES[number % 4], subscriber_id=f"{2 * number:02x}{number:030x}")
    plan_id = plan(languages=LANGUAGES)
    step(plan_id)
    return plan_id


def leave(subscriber_id: str) -> None:
    unsubscribe(
        subscriber_id, "email", None, source="page", wording=None, now=world().clock(), wiring=world()
    )


def test_who_waits_for_a_full_chunk_is_read_again_by_the_next_step(platform: Platform) -> None:
    plan_id = under_way(platform)
    planned = outcome(plan_id).planned
    leaving, *staying = waiting(plan_id)
    assert 40 <= planned <= 44
    assert staying
    leave(leaving)
    platform.clock.advance(12)
    step(plan_id)
    assert leaving not in waiting(plan_id)
    following = chunks(world()).read(plan_id, f"{planned // 4:08d}")
    assert following is not None
    assert following.read_at == pytest.approx(world().clock().timestamp(), abs=2)
    run(platform)
    found = outcome(plan_id)
    assert (found.planned, found.sent, found.cancelled) == (89, 89, 0)
    assert set(addressed(platform).values()) == {1}


def test_who_waits_longer_than_a_step_is_read_again_before_the_claim(platform: Platform) -> None:
    platform.account.max_send_rate = 4
    rare = person(0, language="vi", subscriber_id=f"{0:032x}")
    for number in range(1, 100):
        person(number, subscriber_id=f"{2 * number:02x}{number:030x}")
    plan_id = plan(languages=LANGUAGES)
    for _ in range(2):
        step(plan_id)
        platform.clock.advance(12)
    assert waiting(plan_id)[0] == rare.id
    leave(rare.id)
    run(platform)
    found = outcome(plan_id)
    assert (found.planned, found.sent, found.cancelled) == (100, 99, 1)
    assert rare.addresses["email"].address not in addressed(platform)


def _pause(plan_id: str) -> None:
    pause(plan_id, wiring=world())


def _halt(_plan_id: str) -> None:
    halts(world()).halt("bulk", "email", reason="quota")


@pytest.mark.parametrize("stop", [_pause, _halt], ids=["paused", "lane halted"])
def test_a_step_of_what_was_stopped_writes_nothing(platform: Platform, stop: Callable[[str], None]) -> None:
    plan_id = under_way(platform)
    planned = outcome(plan_id).planned
    stop(plan_id)
    platform.clock.advance(12)
    step(plan_id)
    assert outcome(plan_id).planned == planned
    resume(plan_id, wiring=world())
    platform.clock.advance(1000)
    platform.fire("sweep")
    run(platform)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == ("sent", 90)


def test_a_cancelled_plan_closes_with_its_next_step(platform: Platform) -> None:
    plan_id = under_way(platform)
    cancel(plan_id, wiring=world())
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.sent, found.waiting) == ("cancelled", 0, 0)
    assert found.closed_at


def test_a_doubled_step_writes_nothing(platform: Platform) -> None:
    plan_id = under_way(platform)
    pulse = pulses(world()).current(plan_id, 0)
    assert pulse is not None
    platform.clock.advance(12)
    pulses(world()).take(pulse, walking=True, until=0)
    planned = outcome(plan_id).planned
    expand(pulse.message(), wiring=world())
    assert outcome(plan_id).planned == planned


NEAR = {"latitude": 42.0, "longitude": -71.0}
BANDS = [
    {"near": {**NEAR, "from_km": 0, "to_km": 10}},
    {"near": {**NEAR, "from_km": 10, "to_km": 20}},
    {"near": {**NEAR, "from_km": 20}},
]


def at_distance(number: int) -> Place | None:
    """Some within 4 km, some 16 to 19 km away, some without a place."""
    return (Place(42.0, -71.0 + number / 2000), Place(42.0, -71.2 - number / 2000), None)[number % 3]


def in_bands(people_: int = 60) -> str:
    for number in range(people_):
        person(number, channels=("email", "sms"), language=LANGUAGES[number % 4], place=at_distance(number))
    made = replace(spec(languages=LANGUAGES, sms=True), bands={"sms": BANDS})
    now = world().clock()
    return launch(made, plan_id=time_ordered_id(now), now=now, wiring=world())


def test_those_of_the_first_band_are_written_to_before_those_of_the_second(platform: Platform) -> None:
    plan_id = in_bands()
    run(platform)
    found = outcome(plan_id)
    assert (found.status, found.planned, found.sent, found.expected) == ("sent", 120, 120, 120)
    waves, _ = plans(world()).waves_and_counts(plan_id)
    keys = [key_of(CHANNEL_CHUNKS + n) for n in range(waves[1].next_chunk)]
    made = [chunk for key in keys if (chunk := chunks(world()).read(plan_id, key))]
    bands = [[int(one.address[-4:]) % 3 for one in chunk.recipients] for chunk in made]
    assert [set(band) for band in bands] == [{0}] * 4 + [{1}] * 4 + [{2}] * 4  # one for each language
    times = [letter.at for letter in platform.outbox.letters() if letter.channel == "sms"]
    assert times == sorted(times)
    by_time = [int(x.to[-4:]) % 3 for x in platform.outbox.letters() if x.channel == "sms"]
    assert by_time == sorted(by_time)


def test_how_far_a_wave_in_bands_is() -> None:
    assert Wave(0, "sms", band=1, bands=4, shard=32).walked == 0.375
    assert not Wave(0, "sms", band=1, bands=4, passes=[Pass(0, 1, 1, 1, {})]).resting


def test_who_moves_into_a_later_band_meanwhile_gets_one_message(platform: Platform) -> None:
    plan_id = in_bands(3)
    pulse = pulses(world()).current(plan_id, 1)
    assert pulse is not None
    expand(pulse.message(), wiring=world())
    assert plans(world()).wave(plan_id, 1).band == 1
    near = next(one.subscriber_id for one in recipients(plan_id))
    people.change(
        near,
        lambda one: replace(one, places={}),
        source="test",
        wording=None,
        by="system",
        now=platform.clock(),
        wiring=world(),
    )
    run(platform)
    found = outcome(plan_id)
    assert found.closed_at
    assert (found.by_channel["sms"].sent, found.by_channel["sms"].cancelled) == (3, 1)
    assert set(addressed(platform).values()) == {1}


def recipients(plan_id: str) -> Sequence[Recipient]:
    chunk = chunks(world()).read(plan_id, key_of(CHANNEL_CHUNKS))
    assert chunk is not None
    return chunk.recipients


def test_an_extension_walks_in_bands_too(platform: Platform) -> None:
    plan_id = in_bands(6)
    run(platform)
    for number in range(6, 12):
        person(number, channels=("sms",), place=at_distance(number))
    assert extend(plan_id, now=world().clock(), wiring=world())
    run(platform)
    assert (outcome(plan_id).status, outcome(plan_id).sent) == ("sent", 18)
    assert set(addressed(platform).values()) == {1}


def test_a_text_of_three_parts_takes_three_parts_of_the_rate(platform: Platform) -> None:
    for number in range(150):
        person(number, channels=("sms",))
    made = spec(sms=True)
    long = [replace(one, text="x" * 400) if one.channel == "sms" else one for one in made.renditions]
    now = world().clock()
    plan_id = launch(
        replace(made, renditions=tuple(long)), plan_id=time_ordered_id(now), now=now, wiring=world()
    )
    pulse = pulses(world()).current(plan_id, 1)
    assert pulse is not None
    expand(pulse.message(), wiring=world())
    wave = plans(world()).wave(plan_id, 1)
    assert wave.planned == 80, "the first chunks to reach 200 parts, ten seconds of 20"
    assert wave.paced_until - now.timestamp() == pytest.approx(80 * 3 / 16, abs=2)


def test_a_name_in_other_letters_takes_more_of_the_rate(platform: Platform) -> None:
    for number in range(40):
        people.change(
            person(number, channels=("sms",)).id,
            lambda one: replace(one, name="Đặng"),
            source="test",
            wording=None,
            by="system",
            now=platform.clock(),
            wiring=world(),
        )
    words = Words(sms="((first_name)), " + "x" * 90)
    text = compile_sms(words, language="en", links=None, settings=world().settings)
    now = world().clock()
    made = replace(spec(), renditions=(text,), links=())
    plan_id = launch(made, plan_id=time_ordered_id(now), now=now, wiring=world())
    pulse = pulses(world()).current(plan_id, 0)
    assert pulse is not None
    expand(pulse.message(), wiring=world())
    wave = plans(world()).wave(plan_id, 0)
    assert wave.paced_until - now.timestamp() == pytest.approx(40 * 2 / 16, abs=0.5)
