"""Launching: the campaign is handed to the engine, once.

First the campaign is marked as sending, with the id of its plan and what its names stand for (so what was
judged is what is sent, whatever becomes of a segment in the next moment); then the plan is made under that
id. A crash in between leaves a campaign that is launched again, by the tick or by hand, which makes the plan
that was missing; with the plan there, a second launch is refused. `cancel` works the other way round, so that
of a launch and a cancel at the same moment the cancel wins.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.campaigns import (
    access,
    approval,
    correct,
    digests,
    pictures,
    posting,
    ready,
    send_time,
    states,
    tables,
    tagging,
)
from chalicelib.campaigns.archive import invitations, issues
from chalicelib.campaigns.audiences import inlined
from chalicelib.campaigns.model import Campaign, Meaning
from chalicelib.campaigns.renditions import compiled
from chalicelib.campaigns.standing import plan_progress
from chalicelib.campaigns.states import State
from chalicelib.core import departments, ids
from chalicelib.core.brands import branded
from chalicelib.core.clock import epoch, parse_rfc3339, rfc3339
from chalicelib.core.settings import Settings
from chalicelib.core.staff import Actor
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import control
from chalicelib.delivery import launch as engine
from chalicelib.delivery.audience import Expression
from chalicelib.engagement.destinations.conversions import tables as goals

CUT_SHORT_AFTER = timedelta(seconds=60)
"""When the tick looks whether a launch or a cancel came to its end: later than the request's own time-out."""


def launch(campaign_id: str, *, version: int | None, actor: Actor, now: datetime, wiring: Wiring) -> Campaign:
    """Starts a complete campaign; with `version`, only if it is still that one.

    Raises NotFound; Forbidden; Conflict for another state or version; InvalidFields naming what is missing.
    """
    campaign = access.of_department_and_mode(campaign_id, actor=actor)
    if version is not None and campaign.version != version:
        raise tables.changed_meanwhile()
    if _was_cut_short(campaign, wiring=wiring):
        return hand_over(campaign, now=now, wiring=wiring)
    return start(campaign, by=actor.staff_id, actor=actor, now=now, wiring=wiring)


def start(campaign: Campaign, *, by: str, actor: Actor, now: datetime, wiring: Wiring) -> Campaign:
    """Marks a campaign as sending and hands it over. Raises as `launch`; `actor` must reach the audience."""
    states.require("launch", campaign.state)
    meaning = ready.require_sendable(campaign, actor=actor, now=now)
    correct.require_settled(campaign, wiring=wiring)
    marked = replace(
        campaign,
        state=State.SENDING,
        plan_id=ids.time_ordered_id(now),
        version=campaign.version + 1,
        launched_at=rfc3339(now),
        launched_by=by,
        due_at=rfc3339(now + CUT_SHORT_AFTER),
        digest=approval.digest(campaign, meaning),
        meaning=meaning,
    )
    readers = correct.digest_audience(marked, wiring=wiring) or _audience(marked, meaning)
    more = digests.adding(marked, readers, wiring=wiring)
    was = State(campaign.state)
    tables.replace_with(marked, more, version=campaign.version, state=was, wiring=wiring)
    return hand_over(marked, now=now, wiring=wiring)


def hand_over(campaign: Campaign, *, now: datetime, wiring: Wiring) -> Campaign:
    """Has the engine make the plan of a campaign that is marked as sending; once more is harmless."""
    best_hour = send_time.best_hour(campaign, wiring=wiring)
    spec = replace(_spec(campaign, settings=wiring.settings), best_hour=best_hour)
    engine.launch(spec, plan_id=campaign.plan_id, now=now, wiring=wiring)
    issues.publish(campaign)
    invitations.publish(campaign, settings=wiring.settings)
    posting.publish(campaign, now=now, wiring=wiring)
    correct.take_effect(campaign, now=now, wiring=wiring)
    current = tables.read(campaign.id)
    if current.state == State.CANCELLED:
        stop(current, wiring=wiring)
    tables.done(current)
    return current


def stop(campaign: Campaign, *, wiring: Wiring) -> None:
    """Stops the plan of a campaign that is cancelled; takes it out of the archive and the digests to come.

    Twice is harmless.
    """
    control.cancel(campaign.plan_id, wiring=wiring)
    issues.withdraw(campaign)
    invitations.cancel(campaign, settings=wiring.settings)
    digests.withdraw(campaign, wiring=wiring)
    posting.withdraw(campaign, once="cancel", now=wiring.clock(), wiring=wiring)


def _was_cut_short(campaign: Campaign, *, wiring: Wiring) -> bool:
    return campaign.state == State.SENDING and plan_progress(campaign, wiring=wiring) is None


def _spec(campaign: Campaign, *, settings: Settings) -> engine.PlanSpec:
    meaning = campaign.meaning or Meaning()
    brand = branded(meaning.brand, settings)
    content = compiled(
        campaign,
        meaning.topics,
        known=pictures.of(meaning),
        brand=brand,
        parameters=tagging.of(meaning.parameters),
        settings=settings,
    )
    return engine.PlanSpec(
        kind="campaign",
        reference=campaign.id,
        mode=campaign.mode,
        lane="bulk",
        scope="newsletter",
        audience=_audience(campaign, meaning),
        renditions=content.renditions,
        links=content.links,
        default_language=campaign.default_language,
        sender_name=brand.sender_name,
        list_id=list_id(campaign.department, settings),
        tracked=True,
        send_until=epoch(parse_rfc3339(campaign.expires_at)) if campaign.expires_at else 0,
        department=campaign.department,
        daylight=campaign.daylight,
        weekly_cap=0 if campaign.correction else departments.weekly_cap_of(campaign.department),
        instant=campaign.launched_at,
        ladder=campaign.ladder,
        goal_sites=goals.sites_of(campaign.department),
    )


def _audience(campaign: Campaign, meaning: Meaning) -> Expression:
    """The audience as it was at the launch, also where a later moment makes its plan."""
    day = parse_rfc3339(campaign.launched_at).date()
    if campaign.audience is None:
        return {}
    return inlined(
        campaign.audience, segments=meaning.segments, plans=meaning.plans, areas=meaning.areas, today=day
    )


def list_id(department: str, settings: Settings) -> str:
    """The name of a department's mail for mail programs' filters (RFC 2919): `roads.city.example`."""
    return f"{department}.{settings.sender.rpartition('@')[2]}"
