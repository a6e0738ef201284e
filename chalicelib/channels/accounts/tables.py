"""The table `accounts`: what may be shown of each; their secrets lie elsewhere (`secrets`)."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from pynamodb.attributes import JSONAttribute, ListAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.channels.accounts.model import Account
from chalicelib.core.tables import ListIndex, Page, TableMeta, TableModel, list_page, table

ACCOUNTS = "account"
MAX_READ = 100


class AccountItem(TableModel):
    """One account. `sort` is the id: accounts are listed by it."""

    class Meta(TableMeta):
        """The table `accounts`."""

        table_name = table("accounts")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=ACCOUNTS)
    sort = UnicodeAttribute()
    department = UnicodeAttribute()
    platform = UnicodeAttribute()
    label = UnicodeAttribute()
    languages: ListAttribute[Any] = ListAttribute()
    settings: JSONAttribute = JSONAttribute()
    state = UnicodeAttribute()
    reason = UnicodeAttribute()
    since = UnicodeAttribute()
    name = UnicodeAttribute()
    url = UnicodeAttribute()
    expires_at = UnicodeAttribute()
    checked_at = UnicodeAttribute()
    version = NumberAttribute()
    created_at = UnicodeAttribute()
    updated_at = UnicodeAttribute()
    list_index = ListIndex()


def add(account: Account) -> bool:
    """Writes a new account; False where its id is taken."""
    return _saved(account, AccountItem.id.does_not_exist())


def replace(account: Account, *, version: int) -> bool:
    """Writes an account in place of the one that had this version; False where that one is gone."""
    return _saved(account, AccountItem.version == version)


def remove(account_id: str) -> bool:
    """Deletes an account; False where there is none."""
    return AccountItem(account_id).delete_if(condition=AccountItem.id.exists())


def read(account_ids: Iterable[str]) -> dict[str, Account]:
    """The accounts of up to 100 ids, read consistently; those that do not exist are left out."""
    wanted = sorted(set(account_ids))[:MAX_READ]
    found = AccountItem.batch_get(wanted, consistent_read=True) if wanted else ()
    return {item.id: _account(item) for item in found}


def page(*, limit: int, cursor: str | None) -> Page[Account]:
    """One page of all accounts, sorted by id. Raises BadRequest for a cursor that no page gave."""
    found = list_page(AccountItem.list_index, ACCOUNTS, limit=limit, cursor=cursor, newest_first=False)
    return Page([_account(item) for item in found.items], found.next)


def every() -> Iterator[Account]:
    """All accounts, by id."""
    return map(_account, AccountItem.list_index.query(ACCOUNTS))


def _saved(account: Account, condition: Any) -> bool:
    values = {one.name: getattr(account, one.name) for one in fields(Account) if one.name != "id"}
    values |= {"languages": list(account.languages), "settings": dict(account.settings)}
    item = AccountItem(account.id, sort=account.id, **{**values, "state": str(account.state)})
    return item.save_if(condition=condition)


def _account(item: AccountItem) -> Account:
    values = {one.name: getattr(item, one.name) for one in fields(Account)}
    return Account(
        **{
            **values,
            "languages": tuple(item.languages),
            "settings": dict(item.settings),
            "version": int(item.version),
        }
    )
