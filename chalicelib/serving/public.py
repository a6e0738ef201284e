"""The function `Public`: pages for residents."""

from chalicelib.campaigns.archive import feed_pages
from chalicelib.campaigns.archive import pages as archive_pages
from chalicelib.campaigns.permission import routes as permission_routes
from chalicelib.campaigns.sunset import routes as sunset_routes
from chalicelib.core import department_routes, media_routes
from chalicelib.core.app import CrierApp
from chalicelib.history import pages as record_pages
from chalicelib.subscribers.old_links import routes as old_link_routes
from chalicelib.subscribers.pages import addresses as address_pages
from chalicelib.subscribers.pages import confirm as confirm_pages
from chalicelib.subscribers.pages import doors
from chalicelib.subscribers.pages import embed as embed_pages
from chalicelib.subscribers.pages import places as place_pages
from chalicelib.subscribers.pages import preferences as preference_pages
from chalicelib.subscribers.pages import push as push_pages
from chalicelib.subscribers.pages import sign_up as sign_up_pages

ROUTES = (
    department_routes.public,
    media_routes.public,
    sign_up_pages.routes,
    embed_pages.routes,
    confirm_pages.routes,
    doors.routes,
    preference_pages.routes,
    address_pages.routes,
    place_pages.routes,
    push_pages.routes,
    record_pages.routes,
    archive_pages.routes,
    feed_pages.routes,
    permission_routes.public,
    sunset_routes.public,
    old_link_routes.public,
)

app = CrierApp.serving(ROUTES)
