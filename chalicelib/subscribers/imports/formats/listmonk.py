"""listmonk: what `Subscribers → Export` writes.

Columns and statuses (`enabled`, `disabled`, `blocklisted`) as in `cmd/subscribers.go` and `schema.sql` of
https://github.com/knadh/listmonk. The file does not say on which lists a person is: export one for each list.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from chalicelib.subscribers.imports.formats import base
from chalicelib.subscribers.imports.formats.base import Cells, Format, Unfit

COLUMNS = frozenset({"uuid", "email", "name", "attributes", "status", "created_at", "updated_at"})
STATUSES = {"enabled": "subscribed", "blocklisted": "unsubscribed"}
BAD_ATTRIBUTES = "The attributes are not a JSON object."
UNKNOWN_STATUS = "The status is none of enabled, disabled and blocklisted."


def fits(columns: Collection[str]) -> bool:
    """All columns of the export are there."""
    return set(columns) >= COLUMNS


def cells(row: Cells, attribute: str) -> Cells:
    """The row in plain columns. Raises Unfit."""
    status = row.get("status", "").strip()
    if status == "disabled":
        raise Unfit("status", base.LEFT_OUT)
    if status not in STATUSES:
        raise Unfit("status", UNKNOWN_STATUS)
    attributes = _attributes(row.get("attributes", ""))
    return {
        "email": row.get("email", ""),
        "name": row.get("name", ""),
        "language": base.language(_text(attributes, "language")),
        "time_zone": base.time_zone(_text(attributes, "time_zone")),
        "topics": _text(attributes, attribute),
        "consent_source": FORMAT.consent_source,
        "consent_at": _time(row.get("created_at", "")),
        "status": STATUSES[status],
        "status_at": _time(row.get("updated_at", "")),
    }


def _attributes(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text or "{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unfit("attributes", BAD_ATTRIBUTES)
    return found


def _text(attributes: Mapping[str, Any], name: str) -> str:
    value = attributes.get(name, "")
    several = value if isinstance(value, list) else [value]
    return ";".join(one for one in several if isinstance(one, str))


def _time(text: str) -> str:
    """Go's `2026-01-31 12:00:00.123456 +0000 UTC` as RFC 3339; anything else stays as it is."""
    parts = text.strip().split(" ")
    if len(parts) < 3 or len(parts[2]) != len("+0000"):
        return text.strip()
    day, clock, offset = parts[:3]
    return f"{day}T{clock.partition('.')[0]}{offset[:3]}:{offset[3:]}"


FORMAT = Format(
    "listmonk",
    fits,
    cells,
    names={"topics": "attributes", "consent_at": "created_at", "status_at": "updated_at"},
    consent_source="listmonk",
)
