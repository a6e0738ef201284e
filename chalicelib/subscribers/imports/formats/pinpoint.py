"""Amazon Pinpoint: exports of endpoints, one JSON object a line, mostly compressed by gzip.

https://docs.aws.amazon.com/pinpoint/latest/developerguide/audience-data-export.html and, for the fields, its
API reference's `apps/application-id/endpoints/endpoint-id`. `OptOut` is `ALL` where the person wants nothing.
`INACTIVE` is an endpoint whose address another one took over. `Location` is where a device was, not where a
person lives, and is not taken.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from chalicelib.subscribers.imports.formats import base
from chalicelib.subscribers.imports.formats.base import Cells, Format, Unfit

COLUMN_OF = {"EMAIL": "email", "SMS": "phone"}
NOT_JSON = "The line is not a JSON object."
OTHER_CHANNEL = "Only endpoints of the channels EMAIL and SMS are taken."
UNKNOWN_OPT_OUT = "OptOut is neither ALL nor NONE."


def fits(columns: Collection[str]) -> bool:
    """An endpoint has an address and a channel; the columns are the first object's fields."""
    return {"Address", "ChannelType"} <= set(columns)


def cells(row: Cells, attribute: str) -> Cells:
    """The endpoint in plain columns. Raises Unfit."""
    one = fields(row["json"])
    column = COLUMN_OF.get(_text(one, "ChannelType"))
    if column is None:
        raise Unfit("ChannelType", OTHER_CHANNEL)
    opt_out = one.get("OptOut", "NONE")
    if opt_out not in ("ALL", "NONE"):
        raise Unfit("OptOut", UNKNOWN_OPT_OUT)
    if opt_out != "ALL" and one.get("EndpointStatus", "ACTIVE") != "ACTIVE":
        raise Unfit("EndpointStatus", base.LEFT_OUT)
    changed_at = _text(one, "EffectiveDate")
    about, user = _map(one, "Demographic"), _map(_map(one, "User"), "UserAttributes")
    return {
        column: _text(one, "Address"),
        "name": " ".join(filter(None, (_named(user, "firstname"), _named(user, "lastname")))),
        "language": base.language(_text(about, "Locale")),
        "time_zone": base.time_zone(_text(about, "Timezone")),
        "topics": ";".join(_values(_map(one, "Attributes"), attribute) or _values(user, attribute)),
        "consent_source": FORMAT.consent_source,
        "consent_at": _text(one, "CreationDate") or changed_at,
        "status": "unsubscribed" if opt_out == "ALL" else "subscribed",
        "status_at": changed_at,
    }


def fields(text: str) -> Mapping[str, Any]:
    """The object of a line. Raises Unfit."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unfit("", NOT_JSON)
    return found


def _text(one: Mapping[str, Any], name: str) -> str:
    value = one.get(name)
    return value if isinstance(value, str) else ""


def _map(one: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = one.get(name)
    return value if isinstance(value, dict) else {}


def _values(attributes: Mapping[str, Any], name: str) -> list[str]:
    """Attributes are lists of texts."""
    value = attributes.get(name) if name else None
    several: Iterable[Any] = value if isinstance(value, list) else [value]
    return [one for one in several if isinstance(one, str)]


def _named(attributes: Mapping[str, Any], name: str) -> str:
    """The first value of an attribute, however its name is spelt (`FirstName`, `first_name`)."""
    for key in attributes:
        if key.replace("_", "").lower() == name:
            return next(iter(_values(attributes, key)), "")
    return ""


FORMAT = Format(
    "pinpoint",
    fits,
    cells,
    names={
        "email": "Address",
        "phone": "Address",
        "": "Address",
        "name": "User",
        "topics": "Attributes",
        "consent_at": "CreationDate",
        "status_at": "EffectiveDate",
    },
    consent_source="Amazon Pinpoint",
    is_json=True,
)
