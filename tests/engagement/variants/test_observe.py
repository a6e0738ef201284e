"""What was seen of each variant: each message once, of those that left and are old enough."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.facts import Fact
from chalicelib.engagement.variants.observe import Batches, Observed, add, read, together, written


def fact(variant: str, *, taken_at: int = 10, state: str = "sent", who: str = "0", **item: Any) -> Fact:
    return Fact("plan", who, "email", "en", variant, taken_at, state, item)


def seen(*facts: Fact) -> dict[str, Observed]:
    return together(by_batch(*facts))


def by_batch(*facts: Fact) -> Batches:
    """What was seen, where a person's batch is their id."""
    found: Batches = {}
    add(found, facts, before=100, batch=int)
    return found


def test_messages_count_by_their_variant_and_what_people_did() -> None:
    found = seen(
        fact("short", opened_at="x", clicked_at="x"),
        fact("short", opened_at="x"),
        fact("short", counted={"email#clicked#raw": 1, "email#clicked#machine": 1, "email#opened#raw": 1}),
        fact("default", state="unknown"),
    )
    assert found == {"short": Observed(3, 2, 1, 3, 2), "default": Observed(1)}
    assert written({2: found})["2#short"] == {
        "messages": 3,
        "opened": 2,
        "clicked": 1,
        "opened_raw": 3,
        "clicked_raw": 2,
    }


def test_batches_are_kept_apart_and_added_up() -> None:
    facts = [fact("a", who="0", clicked_at="x"), fact("a", who="3"), fact("b", who="3", opened_at="x")]
    found = by_batch(*facts)
    assert found == {0: {"a": Observed(1, 0, 1, 0, 1)}, 3: {"a": Observed(1), "b": Observed(1, 1, 0, 1)}}
    assert read(written(found)) == found
    assert together(found) == {"a": Observed(2, 0, 1, 0, 1), "b": Observed(1, 1, 0, 1)}


def test_what_did_not_leave_is_too_young_or_has_no_variant_does_not_count() -> None:
    young, lost, other = fact("a", taken_at=100), fact("a", state="failed", clicked_at="x"), fact("")
    assert seen(young, lost, other, fact("a", state="")) == {}


@given(st.permutations([fact(v, taken_at=t, clicked_at="x") for v in "ab" for t in (1, 50, 99, 150)]))
def test_the_order_of_facts_does_not_matter(facts: list[Fact]) -> None:
    assert seen(*facts) == {"a": Observed(3, 0, 3, 0, 3), "b": Observed(3, 0, 3, 0, 3)}
