"""The audit: who did what with which key, written before it is done (ADR 2).

An action that cannot be recorded is not done. If it is then refused or fails, a second entry says so with
the problem's code; an entry without a second one was done, or the process died doing it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from chalicelib.core.audit_tables import AUDIT, AuditItem
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import CrierError
from chalicelib.core.ids import time_ordered_id
from chalicelib.core.staff import Actor
from chalicelib.core.tables import Page, list_page


@contextmanager
def recorded(
    actor: Actor, action: str, ids: Mapping[str, str], *, now: datetime, reason: str | None = None
) -> Iterator[str]:
    """Writes the entry, lets the action happen, writes a second one if it raises; yields the entry's id.

    `action` is the route as declared (`POST /v1/campaigns/{id}/launch`), `ids` what its path names:
    identifiers, never content. `reason` is what the person gave for it.
    """
    entry_id = time_ordered_id(now)
    _add(entry_id, actor, action, ids, now=now, reason=reason)
    try:
        yield entry_id
    except CrierError as error:
        _add(f"{entry_id}-outcome", actor, action, ids, now=now, outcome=error.code, about=entry_id)
        raise
    except BaseException:
        _add(f"{entry_id}-outcome", actor, action, ids, now=now, outcome=CrierError.code, about=entry_id)
        raise


def entries(*, limit: int, cursor: str | None) -> Page[AuditItem]:
    """One page of the entries, the newest first."""
    return list_page(AuditItem.list_index, AUDIT, limit=limit, cursor=cursor)


def _add(
    entry_id: str,
    actor: Actor,
    action: str,
    ids: Mapping[str, str],
    *,
    now: datetime,
    reason: str | None = None,
    outcome: str | None = None,
    about: str | None = None,
) -> None:
    AuditItem.add(
        AuditItem(
            entry_id,
            sort=entry_id,
            at=rfc3339(now),
            staff_id=actor.staff_id,
            key_id=actor.key_id,
            mode=actor.mode,
            action=action,
            ids=dict(ids),
            reason=reason,
            outcome=outcome,
            about=about,
        )
    )
