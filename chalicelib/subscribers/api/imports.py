"""Routes of imports."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from chalicelib.core.clock import rfc3339
from chalicelib.core.http import MAX_BODY_BYTES, Call, Listing, Model, PageOf, Routes
from chalicelib.core.staff import COMMUNICATORS
from chalicelib.subscribers.api.topics import TopicId
from chalicelib.subscribers.imports import files, manage

routes = Routes("imports", tag="Imports")

COUNTS = ("size", "cursor", "created", "changed", "unchanged", "suppressed", "refused", "agreed", "left")
MAX_CODES = 2000


Code = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class NewImport(Model):
    """A file as text, which is imported at once; or none, for an address to upload a larger one to.

    Recognised are GovDelivery's subscriptions, Amazon Pinpoint's endpoints (JSON lines, compressed by gzip or
    not), listmonk's subscribers, and a plain CSV with the columns `email`, `phone` (one of them at least),
    `topics` and `channels` (separated by `;`), `cadence`, `consent_source`, `consent_at`, `status`
    (`subscribed`, `unsubscribed`, `bounced`, `complained`) and `status_at`, `name`, `language`, `time_zone`,
    `latitude` and `longitude` of the home.
    """

    csv: Annotated[
        str | None,
        StringConstraints(strip_whitespace=False, max_length=MAX_BODY_BYTES),
        Field(description="The file's text."),
    ] = None
    dry_run: Annotated[bool, Field(description="Counts and reports, and changes nobody.")] = False
    mapping: Annotated[
        dict[Code, Annotated[list[TopicId], Field(max_length=10)]],
        Field(max_length=MAX_CODES, description="Our topics by the file's codes; none leaves a code out."),
    ] = Field(default_factory=dict)
    topics: Annotated[
        list[TopicId], Field(max_length=40, description="The topics of rows that name none.")
    ] = Field(default_factory=list)
    attribute: Annotated[
        str, StringConstraints(max_length=100), Field(description="Where Pinpoint or listmonk keep topics.")
    ] = ""
    consent_source: Annotated[
        str,
        StringConstraints(max_length=100),
        Field(description="Where the consents come from; stands before what the file says."),
    ] = ""

    consent: Annotated[
        Literal["given", "unclear"],
        Field(description="Unclear: people are only asked whether they still want it (`…/ask`)."),
    ] = "given"

    def wanted(self) -> manage.Wanted:
        """How the file is to be read."""
        return manage.Wanted(
            self.mapping,
            self.topics,
            self.attribute,
            self.consent_source,
            dry=self.dry_run,
            unclear=self.consent == "unclear",
        )


class Upload(Model):
    """Where to PUT the file, with this `Content-Type`, within the hour; then start the import."""

    method: Literal["PUT"] = "PUT"
    url: str
    content_type: str = files.CONTENT_TYPE


class Import(Model):
    """One import. Rows are counted as they are committed; `share` of the file, from 0 to 1, is behind.

    `format` is what the file was recognised as. `suppressed` rows are about addresses that must not be
    written to, here or by the former system's word. `reasons` counts the rows not taken, by why.

    Where consent is `unclear`, people are asked at `asked_at`, `agreed` of them said yes, and those who did
    not answer go at `due_at`: `left` counts them and those who said no.
    """

    id: str
    state: Literal["awaiting-upload", "running", "done", "failed"]
    reason: str | None
    dry_run: bool
    format: Literal["govdelivery", "pinpoint", "listmonk", "csv"] | None
    size: int
    cursor: int
    share: float
    created: int
    changed: int
    unchanged: int
    suppressed: int
    refused: int
    reasons: dict[str, int]
    created_at: str
    expected_at: Annotated[str | None, Field(description="When it will be over, at the speed so far.")]
    ended_at: str | None
    consent: Literal["given", "unclear"]
    asked_at: str | None
    due_at: str | None
    agreed: int
    left: int


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
    return PageOf(items=[Import(**_fields(one, call.now)) for one in page.items], next=page.next)


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
    item = manage.begin(call.body.csv, call.body.wanted(), actor=call.actor, now=call.now, wiring=call.wiring)
    upload = Upload(url=files.upload_url(item.id, wiring=call.wiring)) if call.body.csv is None else None
    return BegunImport(**_fields(item, call.now), upload=upload)


@routes.staff(
    "POST",
    "/v1/imports/{import_id}/start",
    roles=COMMUNICATORS,
    returns=Import,
)
def start_import(call: Call, import_id: str) -> Import:
    """Starts an import whose file was uploaded."""
    return Import(**_fields(manage.start(import_id, wiring=call.wiring), call.now))


@routes.staff("GET", "/v1/imports/{import_id}", roles=COMMUNICATORS, query=Listing, returns=ImportReport)
def show_import(call: Call, import_id: str) -> ImportReport:
    """Shows how far an import is, and its refused rows."""
    item = manage.get(import_id)
    page = manage.refused(import_id, limit=call.query.limit, cursor=call.query.cursor)
    rows = [RefusedRow(line=one.line, column=one.column, reason=one.reason) for one in page.rows]
    return ImportReport(**_fields(item, call.now), rows=rows, next=page.next)


def _fields(item: Any, now: datetime) -> dict[str, Any]:
    texts = ("id", "state", "reason", "format", "created_at", "ended_at", "asked_at", "due_at")
    counts = {name: int(getattr(item, name)) for name in COUNTS}
    progress = manage.progress(item, now=now)
    return (
        {name: getattr(item, name) for name in texts}
        | counts
        | {
            "dry_run": item.dry,
            "consent": "unclear" if item.unclear else "given",
            "share": round(progress.share, 4),
            "reasons": {reason: int(count) for reason, count in sorted(item.reasons.items())},
            "expected_at": rfc3339(progress.expected_at) if progress.expected_at else None,
        }
    )
