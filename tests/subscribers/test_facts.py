"""The ledger replayed equals the person, and tells neither address nor name."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.subscribers import facts, rules
from chalicelib.subscribers.model import Person
from tests.subscribers.conftest import person
from tests.subscribers.persons import BY, Tables, digest, persons


@given(st.lists(persons, min_size=1, max_size=8))
def test_the_ledger_replayed_gives_the_topics(states: list[Person]) -> None:
    tables = Tables()
    for state in states:
        tables.apply(rules.change(tables.person, state, provenance=BY, digest=digest))
    assert tables.person is not None
    replayed = facts.replayed(reversed(tables.ledger))
    topics = {f.removeprefix("topics/"): v for f, v in replayed.items() if f.startswith("topics/")}
    assert topics == {t: facts.subscription_facts(s) for t, s in tables.person.topics.items()}
    wishes = {f.removeprefix("wishes/"): v for f, v in replayed.items() if f.startswith("wishes/")}
    assert facts.wishes_of(wishes) == tables.person.wishes
    assert replayed.get("life_safety", False) == tables.person.life_safety


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
