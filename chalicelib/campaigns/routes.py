"""The routes of campaigns."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.campaigns import (
    accounts,
    cancel,
    control_views,
    draft,
    launch,
    preview,
    preview_views,
    proof,
    reach,
    states,
    tables,
    views,
    word_views,
)
from chalicelib.campaigns.event_views import event_of
from chalicelib.campaigns.model import Draft
from chalicelib.campaigns.picture_views import images_of
from chalicelib.campaigns.standing import Standing, standing, standing_now
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict
from chalicelib.core.http import Call, Listing, PageOf, Routes
from chalicelib.core.settings import Settings
from chalicelib.core.staff import COMMUNICATORS, VIEWERS
from chalicelib.delivery import listing
from chalicelib.delivery.posts.views import post_views

campaigns = Routes("campaigns", tag="Campaigns")
ONE = "/v1/campaigns/{campaign_id}"


@campaigns.staff(
    "POST",
    "/v1/campaigns",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=views.NewCampaign,
    returns=views.CampaignView,
    status=201,
)
def create_campaign(call: Call) -> views.CampaignView:
    """Drafts a campaign. It has the mode of the key, and only keys of that mode can launch it."""
    return _view(call, draft.create(_draft(call), actor=call.actor, now=call.now, wiring=call.wiring))


@campaigns.staff("GET", "/v1/campaigns", roles=VIEWERS, query=Listing, returns=PageOf[views.CampaignSummary])
def list_campaigns(call: Call) -> PageOf[views.CampaignSummary]:
    """Lists the campaigns of all departments, the newest first."""
    page = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[views.summary(_standing(call, one)) for one in page.items], next=page.next)


@campaigns.staff("GET", ONE, roles=VIEWERS, returns=views.CampaignView)
def show_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Shows a campaign, and how far it is."""
    campaign = tables.read(campaign_id)
    found = standing_now(campaign, now=call.now, wiring=call.wiring)
    return views.view(found, digest=reach.digest(campaign), warned=accounts.warnings(campaign, now=call.now))


@campaigns.staff(
    "PATCH",
    ONE,
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=views.CampaignChanges,
    returns=views.CampaignView,
    also=(Conflict,),
)
def change_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Changes a campaign that was not launched, if it is still at the version given."""
    given = _changes(call.body, settings=call.wiring.settings)
    return _view(
        call,
        draft.change(
            campaign_id,
            given,
            version=call.body.version,
            actor=call.actor,
            now=call.now,
            wiring=call.wiring,
        ),
    )


@campaigns.staff("DELETE", ONE, roles=COMMUNICATORS, modes=ANY_MODE, status=204, also=(Conflict,))
def delete_campaign(call: Call, campaign_id: str) -> None:
    """Deletes a draft."""
    draft.delete(campaign_id, actor=call.actor)


@campaigns.staff(
    "POST",
    ONE + "/preview",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=preview_views.PreviewRequest,
    returns=preview_views.PreviewView,
    secret=True,
)
def preview_campaign(call: Call, campaign_id: str) -> preview_views.PreviewView:
    """Shows what a subscriber would get: on which channels, in which language, in how many parts."""
    subscriber_id = call.body.subscriber_id
    found = preview.preview(campaign_id, subscriber_id, actor=call.actor, wiring=call.wiring)
    return preview_views.preview_view(subscriber_id, found)


@campaigns.staff(
    "POST",
    ONE + "/proof",
    roles=COMMUNICATORS,
    body=preview_views.ProofRequest,
    returns=preview_views.ProofsView,
    status=202,
)
def prove_campaign(call: Call, campaign_id: str) -> preview_views.ProofsView:
    """Mails the messages to people of the staff, marked as a proof. It leaves, so it takes a live key."""
    sent = proof.send(
        campaign_id,
        call.body.staff,
        language=call.body.language,
        actor=call.actor,
        now=call.now,
        wiring=call.wiring,
    )
    return preview_views.ProofsView(proofs=[preview_views.ProofView(**vars(one)) for one in sent])


@campaigns.staff(
    "POST",
    ONE + "/launch",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    query=control_views.VersionQuery,
    returns=views.CampaignView,
    status=202,
    also=(Conflict,),
)
def launch_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Sends a complete campaign, approved where its department asks for that.

    With a test key nothing leaves; an exercise reaches the exercise list only.
    """
    launched = launch.launch(
        campaign_id, version=call.query.version, actor=call.actor, now=call.now, wiring=call.wiring
    )
    return _view(call, launched)


@campaigns.staff(
    "POST",
    ONE + "/cancel",
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    returns=views.CampaignView,
    also=(Conflict,),
)
def cancel_campaign(call: Call, campaign_id: str) -> views.CampaignView:
    """Cancels a draft, or stops a send as far as it can be; what is just being sent may still go out."""
    return _view(call, cancel.cancel(campaign_id, actor=call.actor, now=call.now, wiring=call.wiring))


@campaigns.staff(
    "GET",
    ONE + "/deliveries",
    roles=VIEWERS,
    query=control_views.DeliveriesQuery,
    returns=PageOf[control_views.DeliveryView],
    also=(Conflict,),
)
def list_deliveries(call: Call, campaign_id: str) -> PageOf[control_views.DeliveryView]:
    """Lists what became of each message, in the order of their making, by subscriber id.

    A page costs the same wherever it is; with a `status`, one may hold fewer than asked for, and even none,
    and have a `next`.
    """
    found = _standing(call, tables.read(campaign_id))
    states.require("list deliveries of", found.status if found.progress else states.DRAFT)
    page = listing.deliveries_page(
        found.campaign.plan_id,
        status=call.query.status,
        limit=call.query.limit,
        cursor=call.query.cursor,
        wiring=call.wiring,
    )
    return PageOf(items=[control_views.delivery_view(one) for one in page.items], next=page.next)


@campaigns.staff("GET", ONE + "/posts", roles=VIEWERS, returns=views.PostsView, also=(Conflict,))
def list_posts(call: Call, campaign_id: str) -> views.PostsView:
    """Lists what became of the posts of a launched campaign, and what people did with them."""
    found = _standing(call, tables.read(campaign_id))
    states.require("report", found.status if found.progress else states.DRAFT)
    return views.PostsView(items=post_views(found.campaign.plan_id, wiring=call.wiring))


def _draft(call: Call) -> Draft:
    body: views.NewCampaign = call.body
    return Draft(
        name=body.name,
        department=body.department,
        channels=tuple(body.channels),
        default_language=body.default_language or call.wiring.settings.default_language,
        content=word_views.words_of(body.content),
        audience=body.audience,
        expires_at=body.expires_at or "",
        archived=body.archived,
        daylight=body.daylight,
        accounts=tuple(body.accounts),
        ladder=word_views.ladder_of(body.ladder),
        images=images_of(body.images),
        event=event_of(body.event, settings=call.wiring.settings),
        variants=word_views.variants_of(body.variants),
        utm_campaign=body.utm_campaign,
        send_time=body.send_time,
        window=word_views.window_of(body.window),
    )


AS_THE_ROOM_HAS_IT: Mapping[str, Callable[[Any], Any]] = {
    "accounts": tuple,
    "channels": tuple,
    "content": word_views.words_of,
    "expires_at": lambda at: at or "",
    "images": images_of,
    "ladder": word_views.ladder_of,
    "variants": word_views.variants_of,
    "window": word_views.window_of,
}


def _changes(body: views.CampaignChanges, *, settings: Settings) -> dict[str, Any]:
    given = {
        name: AS_THE_ROOM_HAS_IT[name](value) if name in AS_THE_ROOM_HAS_IT else value
        for name, value in body.given().items()
        if name != "version"
    }
    if "event" in given:
        given["event"] = event_of(body.event, settings=settings)
    return given


def _standing(call: Call, campaign: Any) -> Standing:
    return standing(campaign, wiring=call.wiring)


def _view(call: Call, campaign: Any) -> views.CampaignView:
    warned = accounts.warnings(campaign, now=call.now)
    return views.view(_standing(call, campaign), digest=reach.digest(campaign), warned=warned)
