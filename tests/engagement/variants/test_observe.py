"""What was seen of each variant: each message once, of those that left and are old enough."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.delivery.facts import Fact
from chalicelib.engagement.variants.observe import Observed, add, written


def fact(variant: str, *, taken_at: int = 10, state: str = "sent", **item: Any) -> Fact:
    return Fact("plan", "somebody", "email", "en", variant, taken_at, state, item)


def seen(*facts: Fact) -> dict[str, Observed]:
    found: dict[str, Observed] = {}
    add(found, facts, before=100)
    return found


def test_messages_count_by_their_variant_and_what_people_did() -> None:
    found = seen(
        fact("short", opened_at="x", clicked_at="x"),
        fact("short", opened_at="x"),
        fact("short", counted={"email#clicked#raw": 1, "email#clicked#machine": 1, "email#opened#raw": 1}),
        fact("default", state="unknown"),
    )
    assert found == {"short": Observed(3, 2, 1, 3, 2), "default": Observed(1)}
    assert written(found)["short"] == {
        "messages": 3,
        "opened": 2,
        "clicked": 1,
        "opened_raw": 3,
        "clicked_raw": 2,
    }


def test_what_did_not_leave_is_too_young_or_has_no_variant_does_not_count() -> None:
    young, lost, other = fact("a", taken_at=100), fact("a", state="failed", clicked_at="x"), fact("")
    assert seen(young, lost, other, fact("a", state="")) == {}


@given(st.permutations([fact(v, taken_at=t, clicked_at="x") for v in "ab" for t in (1, 50, 99, 150)]))
def test_the_order_of_facts_does_not_matter(facts: list[Fact]) -> None:
    assert seen(*facts) == {"a": Observed(3, 0, 3, 0, 3), "b": Observed(3, 0, 3, 0, 3)}
