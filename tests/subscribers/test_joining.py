"""Two records made one and parted again: nothing is lost, and nothing that was ended comes back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.subscribers.joining import joinable, joined, parted
from chalicelib.subscribers.model import Address, Person, Place, Subscription
from chalicelib.subscribers.rules import settled
from tests.subscribers.conftest import person

TOPICS = ["a", "b", "c", "d"]
CHANNEL = st.sampled_from(["email", "sms"])
NO_TOPICS: dict[str, Subscription] = {}


def people(channels: st.SearchStrategy[list[str]], id_: str) -> st.SearchStrategy[Person]:
    return st.builds(
        lambda held, topics, places, life_safety, version: settled(
            replace(
                person(id=id_),
                addresses={one: Address(f"{id_[0]}-{one}", "t") for one in held},
                topics=topics,
                places=places,
                life_safety=life_safety,
                version=version,
            )
        ),
        channels,
        st.dictionaries(
            st.sampled_from(TOPICS),
            st.builds(
                Subscription,
                channels=st.sampled_from([("email",), ("sms",), ("email", "sms")]),
                cadence=st.sampled_from(["immediate", "weekly"]),
                source=st.sampled_from([id_[0], "same"]),
                since=st.just("t"),
            ),
        ),
        st.dictionaries(st.sampled_from(["home", "work"]), st.builds(Place, st.just(42.0), st.floats(0, 1))),
        st.booleans(),
        st.integers(1, 9),
    )


OWN = people(st.sampled_from([["email"], ["sms"], ["email", "sms"]]), "a" * 32)
OTHER = people(CHANNEL.map(lambda one: [one]), "b" * 32)


def channel_of(other: Person) -> str:
    (channel,) = other.addresses
    return channel


@given(OWN, OTHER)
def test_the_one_has_all_that_both_had(own: Person, other: Person) -> None:
    channel = channel_of(other)
    one = joined(own, other, channel)
    assert settled(one) == one
    assert one.addresses == {**own.addresses, channel: other.addresses[channel]}
    for before in (own, other):
        for topic, held in before.topics.items():
            assert set(held.channels) <= set(one.topics[topic].channels)
        assert before.places.keys() <= one.places.keys()
    assert one.life_safety == (own.life_safety or other.life_safety)
    assert (one.id, one.name, one.language) == (own.id, own.name, own.language)
    for topic, made in one.topics.items():
        had = {c for p in (own, other) if topic in p.topics for c in p.topics[topic].channels}
        assert set(made.channels) == had, "nobody gets what neither asked for"


@given(OWN, OTHER)
def test_undone_both_are_as_they_were(own: Person, other: Person) -> None:
    one = joined(own, other, channel_of(other))
    first, second = parted(one, own, other, channel_of(other))
    assert first is not None
    assert settled(first) == own
    assert replace(settled(second), version=other.version) == other
    assert second.version == other.version + 1, "the count of the record's versions goes on"


@given(OWN, OTHER, st.dictionaries(st.sampled_from(TOPICS), CHANNEL), st.booleans())
def test_an_undo_brings_nothing_back_that_was_ended(
    own: Person, other: Person, ended: dict[str, str], alerts: bool
) -> None:
    channel = channel_of(other)
    one = joined(own, other, channel)
    left = {
        topic: replace(held, channels=tuple(c for c in held.channels if c != ended.get(topic)))
        for topic, held in one.topics.items()
    }
    now = settled(replace(one, topics=left, life_safety=one.life_safety and alerts))
    first, second = parted(now, own, other, channel)
    assert first is not None
    for after in (settled(first), settled(second)):
        for topic, held in after.topics.items():
            assert set(held.channels) <= set(now.topics[topic].channels)
        assert now.life_safety or not after.life_safety
        assert settled(after) == after


@given(OWN, OTHER)
def test_what_was_chosen_since_stays_with_the_one(own: Person, other: Person) -> None:
    channel = channel_of(other)
    new = Subscription(("email", "sms"), "daily", "page", "later")
    one = joined(own, other, channel)
    now = settled(replace(one, topics={**one.topics, "new": new}, name="Bo"))
    first, second = parted(now, own, other, channel)
    assert first is not None
    assert first.name == "Bo"
    assert set(settled(first).topics["new"].channels) == set(own.addresses) & set(now.topics["new"].channels)
    assert "new" not in second.topics


def test_only_a_record_without_a_further_address_is_joined() -> None:
    both = person(email="ana@city.example", sms="+16175550123")
    assert not joinable(both, "sms")
    assert joinable(person(sms="+16175550123"), "sms")
    assert not joinable(person(sms="+16175550123"), "email")


@pytest.mark.parametrize("present", [{}, {"sms": Address("other", "t")}])
def test_an_address_that_was_given_up_since_goes_back_all_the_same(present: dict[str, Address]) -> None:
    own, other = person(email="ana@city.example"), person(sms="+16175550123", id="b" * 32, roads=("sms",))
    one = joined(own, other, "sms")
    now = settled(replace(one, addresses={**own.addresses, **present}, topics=NO_TOPICS))
    first, second = parted(now, own, other, "sms")
    assert first is not None
    assert first.addresses == now.addresses
    assert second.addresses == other.addresses
    assert second.topics == {}
