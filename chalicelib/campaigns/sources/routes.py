"""The routes of sources."""

from typing import Any

from chalicelib.campaigns.sources import manage, news, tables, views
from chalicelib.campaigns.sources.model import Draft, Source
from chalicelib.campaigns.word_views import words_of
from chalicelib.core.endpoints import ANY_MODE
from chalicelib.core.errors import Conflict
from chalicelib.core.http import Call, Listing, PageOf, Routes
from chalicelib.core.staff import APPROVERS, COMMUNICATORS, VIEWERS

routes = Routes("sources", tag="Sources")
ALL, ONE = "/v1/sources", "/v1/sources/{source_id}"


@routes.staff(
    "POST",
    ALL,
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=views.NewSource,
    returns=views.SourceView,
    status=201,
)
def create_source(call: Call) -> views.SourceView:
    """Sets up a feed or page whose news become campaigns. What it sends has the mode of the key."""
    given = call.body.model_dump() | {
        "default_language": call.body.default_language or call.wiring.settings.default_language,
        "content": words_of(call.body.content),
        "channels": tuple(call.body.channels),
        "accounts": tuple(call.body.accounts),
    }
    return _view(call, manage.create(Draft(**given), actor=call.actor, now=call.now, wiring=call.wiring))


@routes.staff("GET", ALL, roles=VIEWERS, query=Listing, returns=PageOf[views.SourceView])
def list_sources(call: Call) -> PageOf[views.SourceView]:
    """Lists the sources of all departments with how they stand, the newest first."""
    page = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(call, one) for one in page.items], next=page.next)


@routes.staff("GET", ONE, roles=VIEWERS, returns=views.SourceView)
def show_source(call: Call, source_id: str) -> views.SourceView:
    """Shows a source, and how looking at it goes."""
    return _view(call, tables.read(source_id))


@routes.staff(
    "PATCH",
    ONE,
    roles=COMMUNICATORS,
    modes=ANY_MODE,
    body=views.SourceChanges,
    returns=views.SourceView,
    also=(Conflict,),
)
def change_source(call: Call, source_id: str) -> views.SourceView:
    """Changes a source; a change of what would be sent, or to whom, has to be approved anew."""
    given: dict[str, Any] = {name: value for name, value in call.body.given().items() if name != "version"}
    if "content" in given:
        given["content"] = words_of(given["content"])
    for name in {"channels", "accounts"} & given.keys():
        given[name] = tuple(given[name])
    changed = manage.change(
        source_id, given, version=call.body.version, actor=call.actor, now=call.now, wiring=call.wiring
    )
    return _view(call, changed)


@routes.staff("DELETE", ONE, roles=COMMUNICATORS, modes=ANY_MODE, status=204)
def delete_source(call: Call, source_id: str) -> None:
    """Deletes a source; the campaigns that came of it stay."""
    manage.delete(source_id, actor=call.actor)


@routes.staff(
    "POST",
    ONE + "/approve",
    roles=APPROVERS,
    modes=ANY_MODE,
    body=views.SourceApproval,
    returns=views.SourceView,
    also=(Conflict,),
)
def approve_source(call: Call, source_id: str) -> views.SourceView:
    """Lets a source of rule `send` send, as it stands at the version given."""
    agreed = manage.approve(source_id, version=call.body.version, actor=call.actor, now=call.now)
    return _view(call, agreed)


@routes.staff("POST", ONE + "/check", roles=COMMUNICATORS, modes=ANY_MODE, returns=views.TriedView)
def check_source(call: Call, source_id: str) -> views.TriedView:
    """Looks at a source now and says what would come of it; nothing is kept or sent."""
    tried = manage.try_out(source_id, actor=call.actor, now=call.now, wiring=call.wiring)
    return views.tried_view(tried)


@routes.staff("GET", ONE + "/items", roles=VIEWERS, query=Listing, returns=PageOf[views.ItemView])
def list_items(call: Call, source_id: str) -> PageOf[views.ItemView]:
    """Lists a source's items, the last seen first, with what became of each."""
    tables.read(source_id)
    page = news.items_page(source_id, limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[views.item_view(one) for one in page.items], next=page.next)


def _view(call: Call, source: Source) -> views.SourceView:
    return views.view(source, tables.watch_of(source.id), now=call.now)
