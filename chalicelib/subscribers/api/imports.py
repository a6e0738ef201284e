"""Routes of imports."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.core.http import MAX_BODY_BYTES, Call, Listing, Model, PageOf, Routes
from chalicelib.core.staff import COMMUNICATORS
from chalicelib.subscribers.imports import files, manage

routes = Routes("imports", tag="Imports")

COUNTS = ("size", "cursor", "created", "changed", "unchanged", "refused")


class NewImport(Model):
    """A CSV file as text, which is imported at once; or none, for an address to upload a larger one to.

    Columns: `email`, `phone` (one of them at least), `topics` and `channels` (separated by `;`),
    `consent_source`, `consent_at`, `name`, `language`, `time_zone`, `latitude` and `longitude` of the home.
    """

    csv: Annotated[str, StringConstraints(strip_whitespace=False, max_length=MAX_BODY_BYTES)] | None = None


class Upload(Model):
    """Where to PUT the file, with this `Content-Type`, within the hour; then start the import."""

    method: Literal["PUT"] = "PUT"
    url: str
    content_type: str = files.CONTENT_TYPE


class Import(Model):
    """One import. Rows are counted as they are committed; `cursor` of `size` bytes are behind."""

    id: str
    state: Literal["awaiting-upload", "running", "done", "failed"]
    reason: str | None
    size: int
    cursor: int
    created: int
    changed: int
    unchanged: int
    refused: int
    created_at: str
    ended_at: str | None


class BegunImport(Import):
    """A new import; `upload` where it awaits its file."""

    upload: Upload | None


class RefusedRow(Model):
    """One thing wrong with one row of the file; `column` is empty where it is the row as a whole."""

    line: int
    column: str
    reason: str


class ImportReport(Import):
    """An import with a page of its refused rows, in the order of lines."""

    rows: Annotated[list[RefusedRow], Field(description="What was refused, by line and column.")]
    next: str | None


@routes.staff("GET", "/v1/imports", roles=COMMUNICATORS, query=Listing, returns=PageOf[Import])
def list_imports(call: Call) -> PageOf[Import]:
    """Lists the imports of the last 90 days, the newest first."""
    page = manage.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[Import(**_fields(one)) for one in page.items], next=page.next)


@routes.staff(
    "POST",
    "/v1/imports",
    roles=COMMUNICATORS,
    body=NewImport,
    returns=BegunImport,
    status=201,
    secret=True,
)
def begin_import(call: Call) -> BegunImport:
    """Begins an import into the open topics of the caller's departments."""
    item = manage.begin(call.body.csv, actor=call.actor, now=call.now, wiring=call.wiring)
    upload = Upload(url=files.upload_url(item.id, wiring=call.wiring)) if call.body.csv is None else None
    return BegunImport(**_fields(item), upload=upload)


@routes.staff(
    "POST",
    "/v1/imports/{import_id}/start",
    roles=COMMUNICATORS,
    returns=Import,
)
def start_import(call: Call, import_id: str) -> Import:
    """Starts an import whose file was uploaded."""
    return Import(**_fields(manage.start(import_id, wiring=call.wiring)))


@routes.staff("GET", "/v1/imports/{import_id}", roles=COMMUNICATORS, query=Listing, returns=ImportReport)
def show_import(call: Call, import_id: str) -> ImportReport:
    """Shows how far an import is, and its refused rows."""
    item = manage.get(import_id)
    page = manage.refused(import_id, limit=call.query.limit, cursor=call.query.cursor)
    rows = [RefusedRow(line=one.line, column=one.column, reason=one.reason) for one in page.rows]
    return ImportReport(**_fields(item), rows=rows, next=page.next)


def _fields(item: Any) -> dict[str, Any]:
    texts = ("id", "state", "reason", "created_at", "ended_at")
    counts = {name: int(getattr(item, name)) for name in COUNTS}
    return {name: getattr(item, name) for name in texts} | counts
