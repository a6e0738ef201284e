"""What is known of the variants of a plan, as reports answer it: by the last look at them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chalicelib.core.clock import rfc3339
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.allocations import allocations
from chalicelib.delivery.plan import PlanHead
from chalicelib.delivery.variants import HOLD_OUT, even, opens_at
from chalicelib.engagement.reports.intervals import wilson
from chalicelib.engagement.variants.allocate import prior, seen_of
from chalicelib.engagement.variants.observe import Observed, read, together
from chalicelib.engagement.variants.thompson import ERROR, Chance, Seen, Verdict, difference, judged
from chalicelib.engagement.variants.views import (
    BatchReport,
    HoldOutReport,
    SearchReport,
    State,
    VariantReport,
)

PLACES = 6


def search_view(head: PlanHead, *, wiring: Wiring) -> SearchReport | None:
    """The search of a plan; None where its words have no variants."""
    if not head.variants:
        return None
    look, decided = allocations(wiring).standing(head.plan_id)
    seen = read(look.get("seen", {}))
    found = together(seen)
    verdict = judged(seen_of(head, seen), prior(head, wiring=wiring))
    state = state_of(verdict, looks=look.get("look", 0), batches=len(head.variants["batches"]))
    at = look.get("at")
    return SearchReport(
        state=state,
        winner=verdict.leader if state == "winner" else None,
        leader=verdict.leader if found else None,
        error=ERROR,
        more_people=verdict.more if state == "not enough data" else None,
        explanation=in_words(state, verdict),
        as_of=rfc3339(datetime.fromtimestamp(at, UTC)) if at else None,
        variants=[
            _variant(name, found.get(name, Observed()), chance) for name, chance in verdict.chances.items()
        ],
        hold_out=_hold_out(head, found),
        batches=[_batch(head, number, decided) for number in range(len(head.variants["batches"]))],
    )


def state_of(verdict: Verdict, *, looks: int, batches: int) -> State:
    """How the search stands after so many looks: one before each later batch, one when the last is mature."""
    if verdict.won:
        return "winner"
    return "not enough data" if looks >= batches else "collecting"


def in_words(state: State, verdict: Verdict) -> str:
    """What can be said, in a sentence."""
    chance = f"{verdict.chances[verdict.leader].best:.1%}"
    if state == "winner":
        return f"“{verdict.leader}” is the best, with a probability of {chance}."
    if state == "collecting":
        return "What people do with the first messages is still coming in."
    return (
        f"Not enough data: “{verdict.leader}” leads, and is the best with a probability of only {chance}."
        f" To tell a difference like the one seen would take about {verdict.more:,} more people."
    )


def _variant(name: str, seen: Observed, chance: Chance) -> VariantReport:
    within = wilson(seen.clicked, seen.messages)
    return VariantReport(
        name=name,
        messages=seen.messages,
        opened=seen.opened,
        opened_raw=seen.opened_raw,
        clicked=seen.clicked,
        clicked_raw=seen.clicked_raw,
        click_rate=round(seen.clicked / seen.messages, PLACES) if seen.messages else None,
        low=round(within.low, PLACES),
        high=round(within.high, PLACES),
        probability_best=round(min(1.0, chance.best), PLACES),
        expected_loss=round(chance.loss, PLACES),
    )


def _hold_out(head: PlanHead, found: Mapping[str, Observed]) -> HoldOutReport:
    """Those held out, and by how much all whom the search was for differ."""
    searched = [found.get(name, Observed()).seen for name in head.variants["names"]]
    held_out = found.get(HOLD_OUT, Observed())
    all_others = Seen(sum(one.messages for one in searched), sum(one.clicked for one in searched))
    apart = difference(all_others, held_out.seen) or (None, None, None)
    value, low, high = (None if one is None else round(one, PLACES) for one in apart)
    return HoldOutReport(
        messages=held_out.messages,
        clicked=held_out.clicked,
        difference=value,
        low=low,
        high=high,
    )


def _batch(head: PlanHead, number: int, decided: Mapping[int, Mapping[str, Any]]) -> BatchReport:
    of = decided.get(number)
    if number == 0:
        of = {"shares": even(head.variants["names"]), "how": "even"}
    return BatchReport(
        share=head.variants["batches"][number] / 1000,
        opens_at=rfc3339(datetime.fromtimestamp(opens_at(head, number), UTC)),
        shares={name: round(share, PLACES) for name, share in of["shares"].items()} if of else None,
        decided=of["how"] if of else None,
    )
