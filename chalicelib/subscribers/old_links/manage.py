"""Old links: kept by staff, and looked up for whoever follows one."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.core.errors import FieldError, InvalidFields, NotFound
from chalicelib.core.tables import Page, list_page
from chalicelib.subscribers.old_links import rules, tables
from chalicelib.subscribers.old_links.tables import REDIRECTS, RedirectItem

GIVEN_TWICE = "This old link is given twice."


@dataclass(frozen=True)
class Redirect:
    """An old link's path and query, and the path of this site that it leads to (None: to be forgotten)."""

    old: str
    new: str | None


def put(redirects: list[Redirect]) -> None:
    """Adds, replaces or forgets links, 25 in a request; the same again is harmless.

    Raises InvalidFields, naming each that is wrong, before anything is written.
    """
    keys = _checked(redirects)
    with RedirectItem.batch_write() as batch:
        for key, one in keys.items():
            item = RedirectItem(key, sort=key, target=one.new or "")
            if one.new is None:
                batch.delete(item)
            else:
                batch.save(item)


def _checked(redirects: list[Redirect]) -> Mapping[str, Redirect]:
    """The redirects by what their links are known by. Raises InvalidFields."""
    found: dict[str, Redirect] = {}
    wrong = []
    for place, one in enumerate(redirects):
        key = rules.key_of(one.old)
        if key is None:
            wrong.append(FieldError(f"/redirects/{place}/old", rules.NO_PATH))
        elif key in found:
            wrong.append(FieldError(f"/redirects/{place}/old", GIVEN_TWICE))
        else:
            found[key] = one
        if one.new is not None and not rules.is_ours(one.new):
            wrong.append(FieldError(f"/redirects/{place}/new", rules.NOT_OURS))
    if wrong:
        raise InvalidFields(*wrong)
    return found


def page(*, limit: int, cursor: str | None) -> Page[Redirect]:
    """One page of all redirects, by their old links. Raises BadRequest for a cursor that no page gave."""
    found = list_page(RedirectItem.list_index, REDIRECTS, limit=limit, cursor=cursor, newest_first=False)
    return Page([Redirect(item.id, item.target) for item in found.items], found.next)


def target_of(link: str) -> str:
    """Where an old link leads: as it is, or else whatever its parameters are. Raises NotFound."""
    keys = rules.keys_of(link)
    known = tables.read(keys) if keys else {}
    target = next((known[key] for key in keys if key in known), "")
    if not rules.is_ours(target):
        raise NotFound("No new place is known for this link.")
    return target
