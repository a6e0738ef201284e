"""The functions that answer HTTP: each loads the routes of a path when that path is first asked for.

The stack says which function is asked for which paths (`Metadata.Routes` in infra/resources.yaml); but for
`Track`, all of them start here.
"""

from collections.abc import Mapping
from functools import cache
from pkgutil import resolve_name
from typing import Any

import chalicelib.core.tables  # noqa: F401 - nearly all routes need it, and Lambda's CPU is full only now
from chalicelib.core.app import CrierApp
from chalicelib.core.http import Routes

ROUTES: Mapping[str, str] = {
    "core.routes:about": "/health",
    "serving.description:routes": "/openapi.json /docs",
    "core.routes:staff": "/v1/staff /v1/keys /v1/audit",
    "core.department_routes:staff": "/v1/departments",
    "core.department_routes:public": "/logos",
    "core.media_routes:staff": "/v1/media",
    "core.media_routes:public": "/media",
    "subscribers.api.topics:routes": "/v1/topics",
    "subscribers.api.invitations:routes": "/v1/invitations",
    "subscribers.api.subscribers:routes": "/v1/subscribers",
    "subscribers.api.imports:routes": "/v1/imports",
    "subscribers.api.suppressions:routes": "/v1/suppressions",
    "subscribers.api.segments:routes": "/v1/segments",
    "subscribers.api.areas:routes": "/v1/areas",
    "subscribers.old_links.routes:staff": "/v1/redirects",
    "subscribers.old_links.routes:public": "/moved",
    "subscribers.pages.sign_up:routes": "/ /subscribe",
    "subscribers.pages.embed:routes": "/subscribe/embed /subscribe/embed.json",
    "subscribers.pages.confirm:routes": "/confirm /joins",
    "subscribers.pages.doors:routes": "/preferences",
    "subscribers.pages.preferences:routes": "/preferences",
    "subscribers.pages.addresses:routes": "/preferences",
    "subscribers.pages.places:routes": "/preferences",
    "subscribers.pages.push:routes": "/preferences /push /push-worker.js",
    "channels.accounts.routes:routes": "/v1/accounts /v1/platforms",
    "delivery.routes:routes": "/v1/sending",
    "delivery.posts.routes:routes": "/v1/accounts/{account_id}/replay",
    "delivery.digests.routes:routes": "/v1/digests",
    "engagement.destinations.posters.routes:routes": "/v1/posters",
    "engagement.destinations.conversions.routes:routes": "/v1/goals /v1/conversions",
    "engagement.timing.routes:routes": "/v1/subscribers/{subscriber_id}/best-hour",
    "engagement.reports.routes:routes": "/v1/reports /v1/departments/{department_id}/frequency",
    "campaigns.routes:campaigns": "/v1/campaigns",
    "campaigns.control_routes:control": "/v1/campaigns",
    "campaigns.forecast_routes:routes": "/v1/campaigns",
    "campaigns.report_routes:staff": "/v1/campaigns/{campaign_id}/report"
    " /v1/campaigns/{campaign_id}/recount /v1/reports/link",
    "campaigns.report_routes:public": "/reports",
    "campaigns.destination_routes:routes": "/v1/destinations",
    "campaigns.count_routes:routes": "/v1/audiences",
    "campaigns.snapshot_routes:routes": "/v1/snapshots /v1/segments/{segment_id}/freeze",
    "campaigns.sources.routes:routes": "/v1/sources",
    "campaigns.permission.routes:staff": "/v1/imports/{import_id}/ask",
    "campaigns.permission.routes:public": "/still",
    "campaigns.sunset.routes:staff": "/v1/sunset",
    "campaigns.sunset.routes:public": "/stay",
    "campaigns.archive.pages:routes": "/archive /calendar",
    "campaigns.archive.feed_pages:routes": "/feeds",
    "alerts.routes:alerts": "/v1/alerts",
    "alerts.sources.routes:routes": "/v1/alerts",
    "alerts.follow.routes:routes": "/v1/alerts",
    "alerts.record.routes:routes": "/v1/alerts/{alert_id}/record",
    "alerts.record.pages:routes": "/alerts/{name}/record",
    "alerts.canary.routes:routes": "/v1/alerts/canary",
    "alerts.drills.routes:routes": "/v1/alerts/drills",
    "alerts.templates.routes:routes": "/v1/alerts/templates",
    "alerts.answers.routes:routes": "/v1/alerts",
    "alerts.answers.page:routes": "/a",
    "alerts.public.routes:routes": "/alerts /alerts.atom",
    "conversations.routes:routes": "/v1/entries",
    "history.routes:routes": "/v1/consent /v1/subscribers/{subscriber_id}/consent"
    " /v1/subscribers/{subscriber_id}/history /v1/subscribers/{subscriber_id}/export"
    " /v1/subscribers/{subscriber_id}/forget",
    "history.pages:routes": "/preferences/{token}/record /preferences/{token}/forget",
}
"""All routes by where they stand, each with how its paths begin. A path belongs to the longest of the
beginnings that it has."""


def app(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Answers one event of API Gateway."""
    path = event.get("requestContext", {}).get("resourcePath") or ""
    return application(beginning(path))(event, context)


@cache
def beginning(path: str) -> str:
    """The longest beginning of a path, by whole parts, that routes are named for; empty where none is."""
    parts = path.split("/")
    longest_first = ("/".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((one for one in longest_first if _named(one)), "")


@cache
def application(beginning: str) -> CrierApp:
    """What answers all paths that belong to a beginning: nothing, where no routes are named for it."""
    return CrierApp.serving(map(loaded, _named(beginning)))


def everything() -> list[Routes]:
    """All routes, loaded."""
    return [loaded(place) for place in ROUTES]


def loaded(place: str) -> Routes:
    """The routes that stand at a place of `ROUTES`."""
    routes: Routes = resolve_name(f"chalicelib.{place}")
    return routes


def _named(beginning: str) -> list[str]:
    return [place for place, beginnings in ROUTES.items() if beginning in beginnings.split()]
