"""What the report of a campaign answers."""

from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.delivery.posts.views import PostView
from chalicelib.engagement.timing.report import BestHourReport
from chalicelib.engagement.variants.views import SearchReport


class SplitView(Model):
    """One figure: all that came in (`raw`), what of it machines did, and what people did.

    Of events, raw = machine + human. Of people it may be less: one may have both.
    """

    raw: int
    machine: int
    human: int


class RateView(Model):
    """A rate, as a share from 0 to 1, of so many; the true one lies from `low` to `high` 95 times in 100."""

    value: float
    low: float
    high: float
    of: int


class ComparedView(Model):
    """A rate against that of all others; the difference lies from `low` to `high` 95 times in 100.

    `verdict`: `higher`, `lower`, or `not-enough-data`; then `needed` is how many of each it would take to
    show a difference as large as this one (null: there is none).
    """

    difference: float
    low: float
    high: float
    verdict: str
    needed: int | None


class EngagementView(Model):
    """What readers did. Null where the channel has no way to tell.

    Readers whose browser asks not to be tracked, and those who gave no leave once the totals were taken,
    count as events, not as people.
    """

    opens: SplitView | None = Field(description="Openings.")
    opened: SplitView | None = Field(description="People who opened.")
    clicks: SplitView = Field(description="Followings of links.")
    clicked: SplitView = Field(description="People who followed a link.")


class Rates(Model):
    """Rates of people, out of those who got it. Null where the channel has no way to tell."""

    read_rate: RateView | None = Field(
        None, description="People who read it, estimated; null where the data do not carry that."
    )
    open_rate: RateView | None = Field(description="People who were seen opening it: at least so many did.")
    click_rate: RateView | None = Field(
        description="People who followed a link, estimated where browsers asked not to be tracked."
    )


class Outcomes(Model):
    """What became of the messages: planned = sent + failed + unknown + cancelled + expired + waiting."""

    planned: int = Field(description="Messages that were to be sent: people times channels.")
    sent: int = Field(description="Taken by the provider.")
    failed: int
    unknown: int = Field(description="May have been sent: a crash left no record.")
    cancelled: int
    expired: int
    waiting: int


class Responses(Model):
    """What providers report and people do. Null where the channel has no way to tell.

    Machines are left out; `engagement` has both.
    """

    delivered: int | None
    bounced: int | None
    complained: int | None
    opened: int | None = Field(description="People who opened.")
    opens: int | None = Field(description="Openings.")
    clicked: int = Field(description="People who followed a link.")
    clicks: int = Field(description="Followings of links.")


class CostReport(Model):
    """What a channel cost, in US dollars.

    By the settings' prices: of `units` handed over, parts of texts or minutes of calls. And by the provider:
    of as many messages as it told the price of.
    """

    units: int
    estimated_usd: float | None = Field(description="Null where the settings name no price.")
    told_usd: float | None = Field(description="Null where the provider told of no price.")
    told_messages: int


class ChannelReport(Outcomes, Responses, Rates):
    """One channel of the report."""

    channel: str
    engagement: EngagementView
    cost: CostReport | None = Field(description="Of texts and calls.")
    note: str | None = Field(description="What a reader of these numbers should know.")


class LinkReport(Model):
    """One tracked link of the message."""

    number: int
    url: str
    people: SplitView
    events: SplitView


class DestinationReport(Model):
    """One page that links led to, whatever their query and fragment, over channels, languages and variants.

    `links` are their numbers. `people` counts who followed two of them for each.
    """

    page: str = Field(description="Host and path.")
    links: list[int]
    people: SplitView
    events: SplitView


class GoalPart(Model):
    """The people of one channel, link, language or variant (`kind`) who did what a goal is."""

    kind: str
    name: str = Field(description="Of a link, its number.")
    people: SplitView


class GoalReport(Model):
    """What people did on the agency's site, led there by a link; goals that nobody reached are left out.

    Readers whose browser asks not to be tracked count as events, not as people.
    """

    goal: str
    name: str | None = Field(description="Null where the goal is gone.")
    people: SplitView
    events: SplitView
    rate: RateView | None = Field(description="People, out of those who got the message.")
    rate_of_clicked: RateView | None = Field(description="People, out of those who followed a link.")
    parts: list[GoalPart]


class HourReport(Model):
    """The openings and followings of one hour, which begins at `hour` (UTC).

    Hours with neither are left out.
    """

    hour: str
    opens: SplitView
    clicks: SplitView


class PartReport(Model):
    """How many readers of one language, or of one variant, did what. Openings: null where nobody tells."""

    name: str
    opened: SplitView | None
    clicked: SplitView


class SpeedStep(Model):
    """How many people did it for the first time within so many minutes, counted from the handing over.

    The last step has no limit: it is everybody whose moment is known.
    """

    within_minutes: int | None
    people: int
    share: RateView | None = Field(description="Out of all of them; null where nobody did.")


class Speed(Model):
    """How fast people opened and followed links, machines left out."""

    opened: list[SpeedStep]
    clicked: list[SpeedStep]


class PassReport(Model):
    """One pass over the audience: the messages that it planned, and those that it held, by reason."""

    channel: str
    begun_at: str
    planned: int
    held: dict[str, int]


class PublicPage(Model):
    """Where everybody can read it."""

    url: str
    feeds: list[str] = Field(description="The feeds in which it stands; each has a JSON one beside.")
    corrected: str | None = Field(description="`replace`, `add` or `withdraw`: how it was corrected since.")


class ReachRow(Model):
    """Whom it reached, of one channel, language and district; null stands for all of them.

    The row of no channel counts people, the others messages. Of fewer than ten people of a district and a
    language, nothing more is told than that they are few: `hidden`, and all figures are null.
    """

    channel: str | None
    language: str | None
    district: str | None = Field(description="The area's id; `none`: of people with no place in any.")
    name: str | None = Field(description="The district's name.")
    hidden: bool
    sent: int | None
    delivered: int | None = Field(
        description="Null too where the channel cannot tell; of people, who got it, as far as is known."
    )
    opened: int | None
    clicked: int | None
    open_rate: RateView | None
    click_rate: RateView | None = Field(description="Of people who were seen following a link.")
    minutes_to_first: int | None = Field(
        description="Within so many minutes half of those who reacted did; null: later, or nobody did."
    )
    compared: ComparedView | None = Field(description="The click rate against that of all others.")


class ReachView(Model):
    """Reach and speed by language, district and channel side by side, as of the latest taking."""

    taken_at: str
    hours_after: int = Field(description="How long after the launch: 1, 6, 24 or 72 hours.")
    rows: list[ReachRow]


class ReportView(Outcomes, Responses, Rates):
    """A plan's report. `skipped` counts people of the audience who were never planned, by reason.

    `held` are messages that are not planned yet, by reason, and wait for `next_pass_at`; `let_go` are those
    of the expired that were held too long. `passes` tells what each walk over the audience planned and held.
    """

    plan_id: str
    status: str
    reason: str | None = Field(description="Why it is halted, paused or cancelled.")
    explanation: str | None = Field(description="The reason in words, where it is a code.")
    mode: str
    started_at: str | None
    closed_at: str | None
    skipped: dict[str, int]
    held: dict[str, int]
    let_go: dict[str, int]
    next_pass_at: str | None
    passes: list[PassReport]
    engagement: EngagementView
    channels: list[ChannelReport]
    languages: list[PartReport]
    variants: list[PartReport]
    search: SearchReport | None = Field(None, description="Of the variants; null where there are none.")
    posts: list[PostView] = Field(description="What accounts posted of it.")
    page: PublicPage | None = Field(None, description="Null where it is not for everybody to read.")
    links: list[LinkReport]
    destinations: list[DestinationReport]
    goals: list[GoalReport]
    hours: list[HourReport]
    speed: Speed
    why: dict[str, int] = Field(description="How many events each rule took for a machine's or a person's.")
    reasons: dict[str, int] = Field(description="Why people unsubscribed, of those who said so.")
    reach: ReachView | None = Field(
        None, description="Null until the first taking, an hour after the launch."
    )
    best_hour: BestHourReport | None = Field(
        None,
        description="What the best hour added; null where it went to all at once, or is not studied yet.",
    )
