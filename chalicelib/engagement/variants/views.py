"""What the report of a campaign answers of its variants."""

from typing import Literal

from pydantic import Field

from chalicelib.core.endpoints import Model

State = Literal["collecting", "winner", "not enough data"]


class VariantReport(Model):
    """What was seen of a variant, by messages that are old enough to tell: people, and with machines raw."""

    name: str
    messages: int
    opened: int
    opened_raw: int
    clicked: int
    clicked_raw: int
    click_rate: float | None = Field(description="The true one lies from `low` to `high` 95 times in 100.")
    low: float
    high: float
    probability_best: float = Field(description="How likely it is the best of them, 0 to 1.")
    expected_loss: float = Field(description="Clicks a message that taking it is expected to cost.")


class HoldOutReport(Model):
    """Those who were held out of the search, by a hash, and got the campaign's own words.

    By how much all others followed links more often, with its 95 % interval; null while one of both has none.
    """

    messages: int
    clicked: int
    difference: float | None
    low: float | None
    high: float | None


class BatchReport(Model):
    """One batch: how much of the audience it is, when it opens, and what share each variant has in it.

    `decided`: `thompson`, by what was seen; `even`, for the first, and where nothing was decided in time.
    """

    share: float
    opens_at: str
    shares: dict[str, float] | None
    decided: Literal["thompson", "even"] | None


class SearchReport(Model):
    """The search for the words that people follow most.

    `winner` is named only where it is so likely the best that, with equal variants, no more than `error` of
    campaigns would name one. `more_people`: how many it would take to tell a difference like the one seen.
    """

    state: State
    winner: str | None
    leader: str | None
    error: float
    more_people: int | None
    explanation: str
    as_of: str | None = Field(description="When it was looked at last.")
    variants: list[VariantReport]
    hold_out: HoldOutReport
    batches: list[BatchReport]
