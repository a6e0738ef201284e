"""Routes of media: pictures for mails, pages and posts."""

from typing import Annotated, Any, Literal

from chalice import Response
from pydantic import Field, StringConstraints
from pydantic.functional_validators import AfterValidator

from chalicelib.core import media
from chalicelib.core.fields import Described, Language, Slug, in_base64
from chalicelib.core.http import MAX_BODY_BYTES, Call, Listing, Model, PageOf, Routes
from chalicelib.core.media_tables import MediaItem
from chalicelib.core.pictures.medium import path
from chalicelib.core.problems import SECURITY_HEADERS
from chalicelib.core.settings import settings
from chalicelib.core.staff import COMMUNICATORS, VIEWERS

FOREVER = "public, max-age=31536000, immutable"
"""Under one id a picture is never another (RFC 8246)."""

staff = Routes("media", tag="Media")
public = Routes("pictures", tag="Pages")

Alt = Annotated[
    dict[Language, Described],
    Field(
        max_length=50,
        description="What the picture shows, by language, for those who do not see it; in the deployment's "
        "first language at least.",
    ),
]


class NewMedium(Model):
    """A picture, or without `picture` an address to upload a larger one to.

    PNG, JPEG, GIF or WebP, up to 1,000,000 bytes and 4,096 pixels each way. Places, times and whatever else
    is not seen in it is taken out.
    """

    department: Slug
    alt: Alt
    picture: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=MAX_BODY_BYTES), AfterValidator(in_base64)]
        | None,
        Field(description="In Base64."),
    ] = None


class MediumChanges(Model):
    """Other texts for a picture, in place of all that it has."""

    alt: Alt


class MediumView(Model):
    """A picture. Size, kind, `url` and `digest` (SHA-256) are there once it was checked."""

    id: str
    department: str
    state: Literal["awaiting-upload", "ready"]
    alt: dict[str, str]
    mime: str | None
    width: int | None
    height: int | None
    size: int | None = Field(description="In bytes.")
    digest: str | None
    url: str | None
    created_at: str
    created_by: str


class MediumUpload(Model):
    """Where to PUT the picture, with this `Content-Type`, within the hour; then have it checked."""

    method: Literal["PUT"] = "PUT"
    url: str
    content_type: str = media.CONTENT_TYPE


class BegunMedium(MediumView):
    """A new picture; `upload` where it awaits its bytes."""

    upload: MediumUpload | None


@staff.staff("GET", "/v1/media", roles=VIEWERS, query=Listing, returns=PageOf[MediumView])
def list_media(call: Call) -> PageOf[MediumView]:
    """Lists the pictures, the newest first."""
    page = media.page(limit=call.query.limit, cursor=call.query.cursor)
    return PageOf(items=[MediumView(**_told(one)) for one in page.items], next=page.next)


@staff.staff(
    "POST", "/v1/media", roles=COMMUNICATORS, body=NewMedium, returns=BegunMedium, status=201, secret=True
)
def add_medium(call: Call) -> BegunMedium:
    """Takes a picture, or makes a place to upload one to."""
    given = call.body
    item = media.begin(
        given.picture,
        department=given.department,
        alt=given.alt,
        actor=call.actor,
        now=call.now,
        wiring=call.wiring,
    )
    upload = None if given.picture else MediumUpload(url=media.upload_url(item.id, wiring=call.wiring))
    return BegunMedium(**_told(item), upload=upload)


@staff.staff("POST", "/v1/media/{media_id}/check", roles=COMMUNICATORS, returns=MediumView)
def check_medium(call: Call, media_id: str) -> MediumView:
    """Checks a picture that was uploaded; from then on it can be used."""
    return MediumView(**_told(media.check(media_id, actor=call.actor, wiring=call.wiring)))


@staff.staff("GET", "/v1/media/{media_id}", roles=VIEWERS, returns=MediumView)
def show_medium(_: Call, media_id: str) -> MediumView:
    """Shows what is told of a picture."""
    return MediumView(**_told(media.get(media_id)))


@staff.staff("PATCH", "/v1/media/{media_id}", roles=COMMUNICATORS, body=MediumChanges, returns=MediumView)
def change_medium(call: Call, media_id: str) -> MediumView:
    """Gives a picture other texts; what was sent keeps the old ones."""
    return MediumView(**_told(media.change(media_id, call.body.alt, actor=call.actor, wiring=call.wiring)))


@staff.staff("DELETE", "/v1/media/{media_id}", roles=COMMUNICATORS, status=204)
def delete_medium(call: Call, media_id: str) -> None:
    """Takes a picture away, also out of what was sent, as far as nobody kept a copy."""
    media.delete(media_id, actor=call.actor, wiring=call.wiring)


@public.page("GET", "/media/{media_id}", media=("image/*",))
def show_picture(call: Call, media_id: str) -> Response:
    """A picture."""
    content, mime = media.media(call.wiring).read(media_id)
    headers = {**SECURITY_HEADERS, "Content-Type": mime, "Cache-Control": FOREVER}
    return Response(content, status_code=200, headers=headers)


def _told(item: MediaItem) -> dict[str, Any]:
    numbers = {
        name: None if getattr(item, name) is None else int(getattr(item, name))
        for name in ("width", "height", "size")
    }
    return {
        **{name: getattr(item, name) for name in ("id", "department", "mime", "digest", "created_at")},
        **numbers,
        "created_by": item.created_by,
        "alt": dict(item.alt),
        "state": "ready" if item.digest else "awaiting-upload",
        "url": settings().url(path(item.id)) if item.digest else None,
    }
