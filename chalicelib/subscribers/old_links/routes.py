"""Routes of old links: staff keep them, and anyone who follows one is sent on."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from chalice import Response
from pydantic import Field, StringConstraints

from chalicelib.core import pages
from chalicelib.core.errors import NotFound
from chalicelib.core.http import SECURITY_HEADERS, Call, Listing, Model, PageOf, Routes
from chalicelib.core.staff import ADMINS
from chalicelib.subscribers.old_links import manage
from chalicelib.subscribers.old_links.rules import MAX_LINK, PAGE

FRESH_S = 3600
"""How long a browser may remember where a link leads: a mistake of staff's is mended within the hour."""

staff = Routes("redirects", tag="Old links")
public = Routes("moved", tag="Pages")

Link = Annotated[str, StringConstraints(min_length=1, max_length=2 * MAX_LINK)]


class Redirect(Model):
    """An old link, with or without its host, and the path of this site that it leads to."""

    old: Link
    new: Annotated[Link | None, Field(description="Without it, the link is forgotten.")] = None


class Redirects(Model):
    """Links to add, replace or forget; all others stay."""

    redirects: Annotated[list[Redirect], Field(min_length=1, max_length=500)]


@staff.staff("PUT", "/v1/redirects", roles=ADMINS, body=Redirects, status=HTTPStatus.NO_CONTENT)
def put_redirects(call: Call) -> None:
    """Says where links of the former system lead now; targets are pages of this site."""
    manage.put([manage.Redirect(one.old, one.new) for one in call.body.redirects])


@staff.staff("GET", "/v1/redirects", roles=ADMINS, query=Listing, returns=PageOf[Redirect])
def list_redirects(call: Call) -> PageOf[Redirect]:
    """Lists the old links, by their paths."""
    found = manage.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[Redirect(old=one.old, new=one.new) for one in found.items], next=found.next)


@public.page("GET", PAGE, status=HTTPStatus.FOUND, also=[NotFound])
def moved(call: Call) -> Response:
    """Sends on whoever followed a link of the former system: `?from=` its path and query, encoded or not.

    What is not encoded reaches us as further parameters; they belong to the link.
    """
    query = dict(call.query)
    link, more = query.pop("from", ""), urlencode(query)
    if more:
        link = f"{link}{'&' if '?' in link else '?'}{more}"
    headers = {
        **SECURITY_HEADERS,
        "Location": pages.link(manage.target_of(link)),
        "Cache-Control": f"public, max-age={FRESH_S}",
    }
    return Response("", status_code=HTTPStatus.FOUND, headers=headers)
