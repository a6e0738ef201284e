"""Forgetting a person in the engine: in waves, in chunks, in as many parts as there is time for."""

from dataclasses import asdict

from chalicelib.core.dynamo import transact
from chalicelib.core.ids import random_id
from chalicelib.delivery.chunk import key_of
from chalicelib.delivery.chunks import chunks
from chalicelib.delivery.control import cancel
from chalicelib.delivery.erase import AT_ONCE, Place, erase_person
from chalicelib.delivery.plans import plans
from infra.platform.platform import Platform
from tests.delivery.engine import outcome, person, plan, run, settle, world


def test_who_waits_in_a_wave_is_taken_out_and_looked_for_again_until_the_plan_is_closed(
    platform: Platform,
) -> None:
    somebody, other = person(0), person(1)
    plan_id = plan()
    wave = plans(world()).wave(plan_id, 0)
    for part, people in (("rendition#email#en#", [somebody, other]), ("rendition#email#es#", [somebody])):
        wave.partial[part] = [[one.id, one.addresses["email"].address, one.name] for one in people]
        wave.since[part] = 1.0
    head = plans(world()).head(plan_id)
    transact(world().dynamodb, [plans(world()).replace(plan_id, wave, expires_at=head.expires_at)])

    place = erase_person([somebody.id], Place(), left=lambda: 600, wiring=world())
    assert (place.table, place.waits) == ("", True)
    found = plans(world()).wave(plan_id, 0)
    assert {part: [one[0] for one in people] for part, people in found.partial.items()} == {
        "rendition#email#en#": [other.id]
    }
    assert found.since == {"rendition#email#en#": 1.0}

    assert cancel(plan_id, wiring=world())
    run(platform, sweeps=2)
    place = erase_person([somebody.id, other.id], Place(), left=lambda: 600, wiring=world())
    assert (place.table, place.waits) == ("", False)
    assert plans(world()).wave(plan_id, 0).partial == {}


def test_a_pass_goes_on_where_it_was_and_finds_whoever_is_far_down_the_list(platform: Platform) -> None:
    somebody, other = person(0), person(1)
    plan_id = plan()
    settle(platform)
    before = outcome(plan_id)
    wanted = [*(random_id() for _ in range(AT_ONCE)), somebody.id]
    assert erase_person(wanted, Place(), left=lambda: 0, wiring=world()) == Place()
    place, parts = Place(), 0
    while place.table:
        time = iter([600.0])
        place = erase_person(wanted, place, left=lambda time=time: next(time, 0.0), wiring=world())  # type: ignore[misc]
        place = Place(**asdict(place))
        parts += 1
    assert (parts, place.waits) == (4, False)
    chunk = chunks(world()).read(plan_id, key_of(0))
    assert chunk is not None
    named = {one.subscriber_id: (one.address, one.name) for one in chunk.recipients}
    assert somebody.id not in named
    assert named.pop(other.id) == (other.addresses["email"].address, other.name)
    assert list(named.values()) == [("", "")]
    assert outcome(plan_id) == before
