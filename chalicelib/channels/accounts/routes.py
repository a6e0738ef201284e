"""Routes of accounts, and of the platforms that they may be on."""

from chalicelib.channels.accounts import manage, tables, tokens
from chalicelib.channels.accounts.model import SOON, Account
from chalicelib.channels.accounts.views import (
    AccountChanges,
    AccountView,
    NewAccount,
    PlatformsView,
    platform_view,
    view,
)
from chalicelib.channels.platforms import registry
from chalicelib.core.errors import Conflict
from chalicelib.core.http import Call, Listing, PageOf, Routes
from chalicelib.core.staff import COMMUNICATORS, VIEWERS

routes = Routes("accounts", tag="Accounts")
ONE = "/v1/accounts/{account_id}"


@routes.staff("GET", "/v1/platforms", roles=VIEWERS, returns=PlatformsView)
def list_platforms(_: Call) -> PlatformsView:
    """Lists where the agency can post, and what an account of each needs."""
    return PlatformsView(items=[platform_view(name, registry.about(name)) for name in registry.names()])


@routes.staff("GET", "/v1/accounts", roles=VIEWERS, query=Listing, returns=PageOf[AccountView])
def list_accounts(call: Call) -> PageOf[AccountView]:
    """Lists the accounts of all departments by id."""
    page = tables.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[_view(call, one) for one in page.items], next=page.next)


@routes.staff(
    "POST",
    "/v1/accounts",
    roles=COMMUNICATORS,
    body=NewAccount,
    returns=AccountView,
    status=201,
    also=(Conflict,),
)
def create_account(call: Call) -> AccountView:
    """Adds an account of one of the caller's departments; its secrets are kept apart and never shown."""
    body: NewAccount = call.body
    account = Account(
        id=body.id,
        department=body.department,
        platform=body.platform,
        label=body.label,
        languages=tuple(body.languages or [call.wiring.settings.default_language]),
    )
    return _view(
        call, manage.create(account, body.settings, actor=call.actor, now=call.now, wiring=call.wiring)
    )


@routes.staff("GET", ONE, roles=VIEWERS, returns=AccountView)
def show_account(call: Call, account_id: str) -> AccountView:
    """Shows an account, and how it stands."""
    return _view(call, manage.get(account_id))


@routes.staff("PATCH", ONE, roles=COMMUNICATORS, body=AccountChanges, returns=AccountView, also=(Conflict,))
def change_account(call: Call, account_id: str) -> AccountView:
    """Changes an account, gives it new secrets, suspends it or lets it post again."""
    given = call.body.given()
    if "languages" in given:
        given["languages"] = tuple(given["languages"])
    return _view(call, manage.change(account_id, given, actor=call.actor, now=call.now, wiring=call.wiring))


@routes.staff("DELETE", ONE, roles=COMMUNICATORS, status=204)
def delete_account(call: Call, account_id: str) -> None:
    """Deletes an account with its secrets. Posts that it made stay, and stay on record."""
    manage.delete(account_id, actor=call.actor, wiring=call.wiring)


@routes.staff("POST", ONE + "/check", roles=COMMUNICATORS, returns=AccountView, also=(Conflict,))
def check_account(call: Call, account_id: str) -> AccountView:
    """Asks the platform whether the account may post; what waited for one that was denied goes on then."""
    return _view(call, tokens.check(account_id, actor=call.actor, now=call.now, wiring=call.wiring))


def _view(call: Call, account: Account) -> AccountView:
    return view(account, at=call.now + SOON)
