"""GovDelivery: exports of subscriptions, one row for each topic of each subscriber.

The column `Destination` holds an email address or a phone number, in exports as in the files that
GovDelivery itself takes (https://support.granicus.com/articles/Knowledge/Uploading-Subscribers). GOV.UK
moved its subscribers by the columns `TOPIC_CODE` and `DESTINATION`, with `DIGEST_FOR` (days: 0, 1, 7) from a
file of its own, both in Windows-1252 (`import_govdelivery_csv.rb` of alphagov/email-alert-api on GitHub).
Answers to questions stand in columns named by the question.
"""

from collections.abc import Collection

from chalicelib.subscribers.imports.formats.base import Cells, Format, Unfit

CADENCES = {"": "", "0": "immediate", "1": "daily", "7": "weekly"}
BAD_DIGEST = "Digests come every 0, 1 or 7 days."
SOURCE = "GovDelivery"


def fits(columns: Collection[str]) -> bool:
    """No other export calls its addresses destinations."""
    return "destination" in columns


def cells(row: Cells, _attribute: str) -> Cells:
    """The row in plain columns. Raises Unfit."""
    text = {name: _readable(cell).strip() for name, cell in row.items()}
    destination, digest = text.get("destination", ""), text.get("digest_for", "")
    if digest not in CADENCES:
        raise Unfit("DIGEST_FOR", BAD_DIGEST)
    names = [text.get(part, "") for part in ("first_name", "last_name")]
    return {
        "email" if "@" in destination else "phone": destination,
        "name": text.get("name") or " ".join(part for part in names if part),
        "topics": text.get("topic_code", ""),
        "cadence": CADENCES[digest],
        "consent_at": text.get("subscription_created", ""),
        "consent_source": f"{SOURCE}: {text['origin']}" if text.get("origin") else SOURCE,
    }


def _readable(cell: str) -> str:
    """What is not UTF-8 is Windows-1252, which GovDelivery writes; else it stays as it is, to be refused."""
    try:
        return cell.encode("utf-8", "surrogateescape").decode("utf-8")
    except UnicodeDecodeError:
        content = cell.encode("utf-8", "surrogateescape")
    try:
        return content.decode("windows-1252")
    except UnicodeDecodeError:
        return cell


FORMAT = Format(
    "govdelivery",
    fits,
    cells,
    names={
        "email": "DESTINATION",
        "phone": "DESTINATION",
        "topics": "TOPIC_CODE",
        "cadence": "DIGEST_FOR",
        "consent_at": "SUBSCRIPTION_CREATED",
        "consent_source": "ORIGIN",
        "": "DESTINATION",
    },
    consent_source=SOURCE,
)
