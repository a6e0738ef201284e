"""What the reports of a period ask for and answer."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.core.fields import Slug
from chalicelib.engagement.reports.views import ComparedView, EngagementView, RateView

WEEKS = 53
"""The most weeks of one report."""


class By(StrEnum):
    """What the lines of a report are."""

    TOPIC = "topic"
    DEPARTMENT = "department"
    CHANNEL = "channel"
    LANGUAGE = "language"
    PLACE = "place"
    WEEK = "week"


class PeriodQuery(Model):
    """Which report. A period is of whole weeks, from the Monday before `from` to the Sunday after `to`."""

    by: By = Field(By.WEEK, description="What each line is.")
    from_: date | None = Field(None, alias="from", description="Its first day; else four weeks before `to`.")
    to: date | None = Field(None, description="Its last day; else today.")
    department: Slug | None = Field(None, description="Of one department only.")
    format: Literal["json", "csv"] | None = Field(None, description="Else as `Accept` asks for.")


class GrowthView(Model):
    """How many began and ended, and how: the sources are those of the consent ledger."""

    added: int
    ended: int
    by_source: dict[str, int]
    by_reason: dict[str, int]


class CostSum(Model):
    """What texts and calls cost, in US dollars; null where no price is known."""

    estimated_usd: float | None = Field(description="By the settings' prices.")
    told_usd: float | None = Field(description="By what the provider told.")


class PeriodLine(Model):
    """One line: what was sent, what arrived, what people did, who came and went, and what it cost.

    `opened` and `clicked` count messages of which a person opened one, or followed a link: who got three
    campaigns counts three times. Null is what cannot be told by this.
    """

    key: str = Field(description="The id of the topic, department or area; a language, a channel, a Monday.")
    name: str
    campaigns: int | None
    sent: int
    failed: int
    delivered: int | None = Field(description="Of channels that tell what was delivered; null: none does.")
    bounced: int
    complained: int
    opened: int | None
    clicked: int
    read_rate: RateView | None = Field(
        description="Who read them, estimated; null: the data do not carry it."
    )
    open_rate: RateView | None = Field(description="Who was seen opening them: at least so many did.")
    click_rate: RateView | None = Field(
        description="Who followed a link, estimated as in a campaign's report; by language or place, seen."
    )
    minutes_to_first: int | None = Field(
        description="Within so many minutes half of those who reacted did; null: later, or nobody did."
    )
    compared: ComparedView | None = Field(description="The click rate against that of all other lines.")
    engagement: EngagementView | None = Field(description="Raw, machines' and people's.")
    growth: GrowthView | None = Field(description="Of subscriptions.")
    cost: CostSum | None
    listed: int | None = Field(description="How many people this is of on the list, as of its census.")
    reachable: int | None = Field(description="Those of them to whom a newsletter can go.")


class SilentView(Model):
    """Those whose engagement may be kept and is known for so long: how many opened and clicked nothing."""

    days: int
    known: int
    silent: int


class HealthView(Model):
    """The list as of a day.

    `reachable`, by channel: verified, chosen for some topic, and not blocked; `unreachable` people have no
    such channel. `do_not_contact`: addresses by channel and reason, known people's or not.
    """

    day: str
    people: int
    reachable: dict[str, int]
    unreachable: int
    paused: int
    do_not_contact: dict[str, dict[str, int]]
    silent: SilentView | None = Field(description="Null where no engagement is kept.")


class PeriodView(Model):
    """A report of whole weeks. Messages count in the week in which their campaign began.

    Campaigns come in an hour after their launch, and are final three days after it. `people` is who came to
    and left the list as a whole.
    """

    by: str
    first_day: str
    last_day: str
    department: str | None
    lines: list[PeriodLine]
    reach: dict[str, list[PeriodLine]] = Field(
        description="The same messages by channel, by language and by place, side by side."
    )
    total: PeriodLine
    people: GrowthView
    health: HealthView | None = Field(description="Null before the first census.")
