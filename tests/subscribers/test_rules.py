"""Whatever happens to a person.

Rows and claimed addresses equal the person, the writes fit one transaction.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.subscribers import rules
from chalicelib.subscribers.model import DIGEST, EVERYONE, Person, Place, Wording
from chalicelib.subscribers.projection import row_of
from tests.subscribers.conftest import person
from tests.subscribers.persons import BY, Tables, digest, persons


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
