"""Whatever happens to a person.

Rows equal the person, the ledger replayed equals the topics, the writes fit one transaction.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.subscribers import rules
from chalicelib.subscribers.model import (
    CHANNELS,
    DIGEST,
    EVERYONE,
    Address,
    LedgerEntry,
    Person,
    Place,
    Provenance,
    Row,
    Subscription,
    Wishes,
    Wording,
)
from chalicelib.subscribers.projection import row_of
from tests.subscribers.conftest import person

AT = datetime(2026, 11, 22, tzinfo=UTC)
BY = Provenance("test", "system", AT)
TOPICS = [f"topic-{n}" for n in range(6)]
CHANNEL = st.sampled_from(CHANNELS)


def digest(channel: str, address: str) -> str:
    return f"{channel}#{address.casefold()}"


subscriptions = st.builds(
    Subscription,
    channels=st.lists(CHANNEL, unique=True, min_size=1).map(tuple),
    cadence=st.sampled_from(["immediate", "daily"]),
    source=st.just("test"),
    since=st.sampled_from(["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]),
)
persons = st.builds(
    Person,
    id=st.just("a" * 32),
    name=st.sampled_from(["", "Ana", "Bo"]),
    language=st.sampled_from(["en", "es"]),
    time_zone=st.sampled_from(["UTC", "America/New_York"]),
    addresses=st.dictionaries(CHANNEL, st.builds(Address, st.sampled_from(["x", "y", "Y"]), st.just("t"))),
    topics=st.dictionaries(st.sampled_from(TOPICS), subscriptions),
    blocks=st.dictionaries(st.sampled_from(["email:*", "sms:newsletter"]), st.just("stop")),
    version=st.just(0),
    created_at=st.just("2026-01-01T00:00:00.000Z"),
    places=st.dictionaries(
        st.sampled_from(["home", "work"]), st.builds(Place, st.just(42.1), st.floats(-71, -70))
    ),
    wishes=st.builds(
        Wishes,
        paused_until=st.sampled_from(["", "2027-01-01"]),
        hours=st.none() | st.just((9, 17)),
        digest_hour=st.none() | st.just(0),
        tracking=st.none() | st.booleans(),
    ),
    life_safety=st.booleans(),
)


class Tables:
    """What the writes of changes leave behind."""

    def __init__(self) -> None:
        self.person: Person | None = None
        self.rows: dict[str, Row] = {}
        self.addresses: set[str] = set()
        self.ledger: list[LedgerEntry] = []

    def apply(self, change: rules.Change | None) -> None:
        if change is None:
            return
        assert change.size <= rules.MAX_WRITES
        assert not set(change.rows) & set(change.dropped)
        assert not set(change.claimed) & self.addresses
        assert set(change.released) <= self.addresses
        self.person = change.after
        self.rows = {t: r for t, r in self.rows.items() if t not in change.dropped} | dict(change.rows)
        self.addresses = (self.addresses - set(change.released)) | set(change.claimed)
        self.ledger.append(change.entry)


@given(st.lists(st.none() | persons, min_size=1, max_size=8))
def test_rows_addresses_and_ledger_follow_the_person(states: list[Person | None]) -> None:
    tables = Tables()
    for state in states:
        if state is None and tables.person is None:
            continue
        tables.apply(rules.change(tables.person, state, provenance=BY, digest=digest))
        now = tables.person
        wanted = {} if now is None else {t: row_of(now, t) for t in (EVERYONE, DIGEST, *now.topics)}
        assert tables.rows == {t: row for t, row in wanted.items() if row}
        assert tables.addresses == (
            {digest(c, a.address) for c, a in now.addresses.items()} if now else set()
        )


@given(st.lists(persons, min_size=1, max_size=8))
def test_the_ledger_replayed_gives_the_topics(states: list[Person]) -> None:
    tables = Tables()
    for state in states:
        tables.apply(rules.change(tables.person, state, provenance=BY, digest=digest))
    assert tables.person is not None
    replayed = rules.replayed(reversed(tables.ledger))
    topics = {f.removeprefix("topics/"): v for f, v in replayed.items() if f.startswith("topics/")}
    assert topics == {t: rules.subscription_facts(s) for t, s in tables.person.topics.items()}
    wishes = {f.removeprefix("wishes/"): v for f, v in replayed.items() if f.startswith("wishes/")}
    assert rules.wishes_of(wishes) == tables.person.wishes
    assert replayed.get("life_safety", False) == tables.person.life_safety


@given(persons)
def test_what_changes_nothing_writes_nothing(state: Person) -> None:
    made = rules.change(None, state, provenance=BY, digest=digest)
    assert made is not None
    assert rules.change(made.after, made.after, provenance=BY, digest=digest) is None


@given(persons)
def test_a_subscription_names_only_channels_with_an_address(state: Person) -> None:
    settled = rules.settled(state)
    for subscription in settled.topics.values():
        assert subscription.channels
        assert set(subscription.channels) <= settled.addresses.keys()


def test_the_ledger_tells_neither_address_nor_name() -> None:
    before = replace(person(email="ana@city.example"), name="Ana")
    made = rules.change(
        before, replace(before, name="Anna"), provenance=BY, digest=lambda c, a: f"{c}#digest"
    )
    assert made is not None
    assert "Ana" not in repr(made.entry)
    created = rules.change(None, before, provenance=BY, digest=lambda c, a: f"{c}#digest")
    assert created is not None
    assert "ana@" not in repr(created.entry)


def test_too_many_topics_are_refused_and_as_many_as_allowed_fit() -> None:
    many: Any = {f"t{n}": ("email",) for n in range(rules.MAX_TOPICS)}
    full = person(email="a@b.example", sms="+16175550123", **many)
    assert rules.change(None, full, provenance=BY, digest=digest) is not None
    with pytest.raises(rules.TooManyTopics):
        rules.change(
            None, person(email="a@b.example", **many, one_more=("email",)), provenance=BY, digest=digest
        )


def test_an_existing_subscription_keeps_start_and_source() -> None:
    before = person(email="a@b.example", roads=("email",))
    after = rules.subscribed(before, "roads", ["email", "sms"], source="page", at="later")
    assert after.topics["roads"].channels == ("email", "sms")
    assert after.topics["roads"].since == before.topics["roads"].since


@pytest.mark.parametrize(
    ("entries", "blocks"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"newsletter:stop": {}}, {"sms:newsletter": "stop"}, id="one"),
        pytest.param({"*:complaint": {}, "*:bounce": {}}, {"sms:*": "bounce"}, id="the-stronger-shows"),
        pytest.param(
            {"*:manual": {}, "service:stop": {}}, {"sms:*": "manual", "sms:service": "stop"}, id="scopes"
        ),
    ],
)
def test_blocks_follow_suppressions(entries: rules.Entries, blocks: dict[str, str]) -> None:
    assert rules.blocks_of("sms", entries) == blocks


def test_confirming_lifts_complaint_and_stop_only() -> None:
    entries: rules.Entries = {"*:manual": {}, "*:bounce": {}, "newsletter:stop": {}, "*:complaint": {}}
    assert set(rules.lifted(entries)) == {"*:manual", "*:bounce"}


def test_a_wording_has_a_version_of_its_own() -> None:
    assert Wording("a").version == Wording("a").version != Wording("b").version


def test_the_row_of_everyone_tells_what_was_chosen_and_from_where() -> None:
    one = person(email="a@b.c", sms="+1", roads=("email",))
    press = {"list:press": replace(one.topics["roads"], channels=("sms",))}
    one = replace(one, topics={**one.topics, **press})
    everyone, roads = row_of(one, EVERYONE), row_of(one, "roads")
    assert everyone is not None
    assert roads is not None
    assert (everyone.channels, everyone.wanted, everyone.sources) == (("email", "sms"), ("email",), ("test",))
    assert (roads.wanted, roads.sources, roads.joined) == ((), (), "2026-11-01")


def test_the_ledger_tells_that_a_place_changed_and_not_where_it_is() -> None:
    one = person(email="a@b.c")
    there = replace(one, places={"home": Place(42.36, -71.06)})
    moved = replace(one, places={"home": Place(42.37, -71.06)})
    for before, after, expected in (
        (one, there, (None, rules.CHANGED)),
        (there, moved, (rules.CHANGED, rules.CHANGED)),
        (moved, one, (rules.CHANGED, None)),
    ):
        change = rules.change(before, after, provenance=BY, digest=digest)
        assert change is not None
        ((field, *told),) = [(c.field, c.before, c.after) for c in change.entry.changes]
        assert (field, tuple(told)) == ("places/home", expected)
