"""What requests that steer a campaign hold, and the list of its deliveries."""

from typing import Literal

from pydantic import Field

from chalicelib.campaigns.word_views import Content
from chalicelib.core.endpoints import Listing, Model
from chalicelib.core.fields import Moment, Reason
from chalicelib.delivery.listing import Listed


class VersionQuery(Model):
    """Which version is meant."""

    version: int | None = Field(
        None, ge=1, description="Only this version; refused with 409 if it has changed."
    )


class Approval(Model):
    """Of what."""

    version: int = Field(ge=1, description="The version that was looked at; refused with 409 if it changed.")


class Rejection(Model):
    """Why."""

    reason: Reason


class Start(Model):
    """When it starts by itself."""

    starts_at: Moment = Field(description="In the future, at most a year away; kept in UTC.")
    version: int | None = Field(
        None, ge=1, description="Only this version; refused with 409 if it has changed."
    )


class Resumption(Model):
    """Why a send may go on; needed where it was halted."""

    reason: Reason | None = None


class CorrectionRequest(Model):
    """How to correct a campaign. It becomes a draft, whose words can still be changed."""

    how: Literal["replace", "add", "withdraw"] = Field(
        "replace",
        description="Of what stands in public: `replace` edits posts, or takes them back and posts anew, and "
        "renews the archive's page; `add` answers posts and adds to the page; `withdraw` takes both back.",
    )
    content: Content = Field(
        default_factory=dict, description="Words by language; the campaign's own to begin with, if left out."
    )


class DeliveriesQuery(Listing):
    """Which deliveries."""

    status: Literal["waiting", "sent", "failed", "unknown", "cancelled", "expired"] | None = None


class DeliveryView(Model):
    """One message to one person, by the subscriber's id; the address is read there.

    `reason` says why it was not sent, or may not have been. Times are of receipts: their first.
    """

    subscriber_id: str
    channel: str
    language: str
    status: str
    reason: str | None
    delivered_at: str | None
    bounced_at: str | None
    complained_at: str | None


def delivery_view(one: Listed) -> DeliveryView:
    """A delivery."""
    return DeliveryView(
        subscriber_id=one.subscriber_id,
        channel=one.channel,
        language=one.language,
        status=one.status,
        reason=one.reason or None,
        delivered_at=one.flags.get("delivered_at"),
        bounced_at=one.flags.get("bounced_at"),
        complained_at=one.flags.get("complained_at"),
    )
