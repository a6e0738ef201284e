"""Media: pictures that staff upload once and use in mails, pages and posts.

A picture is checked by its bytes and kept without what is not seen in it (`pictures`); only what was checked
lies where the public finds it, and under one id it is never another. Each has a text for those who do not
see it, in the deployment's first language at least.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from chalicelib.core import ids
from chalicelib.core.clock import rfc3339
from chalicelib.core.errors import Conflict, FieldError, InvalidFields, NotFound
from chalicelib.core.media_tables import MEDIA, MediaItem
from chalicelib.core.pictures import picture as pictures
from chalicelib.core.pictures.medium import Medium
from chalicelib.core.pictures.picture import Picture
from chalicelib.core.settings import Settings, settings
from chalicelib.core.staff import Actor
from chalicelib.core.tables import Page, list_page
from chalicelib.core.wiring import Wiring

MAX_BYTES = 1_000_000
"""Every network takes it (Bluesky's blobs of pictures are the smallest), and a phone loads it quickly."""

MAX_PIXELS = 4_096
UPLOAD_LIFE = timedelta(hours=1)
CONTENT_TYPE = "application/octet-stream"
NO_PICTURE = "This is not a sound PNG, JPEG, GIF or WebP picture."
POINTER = "/picture"


class Media:
    """The pictures themselves, as they lie in the bucket."""

    def __init__(self, wiring: Wiring) -> None:
        self._s3 = wiring.s3
        self._bucket = wiring.settings.media_bucket

    def read(self, media_id: str) -> tuple[bytes, str]:
        """Bytes and media type of a picture that was checked. Raises NotFound."""
        found = _get(self._s3, self._bucket, media_id) if ids.is_id(media_id) else None
        if found is None:
            raise NotFound("There is no picture under this address.")
        return found["Body"].read(), str(found["ContentType"])

    def put(self, media_id: str, picture: Picture) -> None:
        """Puts a picture where the public finds it."""
        self._s3.put_object(Bucket=self._bucket, Key=media_id, Body=picture.content, ContentType=picture.mime)

    def remove(self, media_id: str) -> None:
        """Takes a picture away; once more is harmless."""
        self._s3.delete_object(Bucket=self._bucket, Key=media_id)


def media(wiring: Wiring) -> Media:
    """The pictures of a deployment."""
    return Media(wiring)


def begin(
    picture: bytes | None,
    *,
    department: str,
    alt: Mapping[str, str],
    actor: Actor,
    now: datetime,
    wiring: Wiring,
) -> MediaItem:
    """Takes a picture that came in the request, or makes a place for one to upload.

    Raises Forbidden (department), InvalidFields.
    """
    actor.require_department(department)
    errors = _alt_errors(alt, settings=wiring.settings)
    found = pictures.cleaned(picture) if picture is not None else None
    if picture is not None:
        errors += _picture_errors(found)
    if errors:
        raise InvalidFields(*errors)
    media_id = ids.time_ordered_id(now)
    item = MediaItem(
        media_id,
        sort=media_id,
        department=department,
        alt=dict(alt),
        created_at=rfc3339(now),
        created_by=actor.staff_id,
    )
    if found:
        media(wiring).put(media_id, found)
        _describe(item, found)
    item.save()
    return item


def check(media_id: str, *, actor: Actor, wiring: Wiring) -> MediaItem:
    """Checks what was uploaded for a picture, which is public from then on; once more is harmless.

    Raises NotFound, Forbidden, Conflict where nothing was uploaded, InvalidFields for what is no picture.
    """
    item = get(media_id)
    actor.require_department(item.department)
    if item.digest:
        return item
    upload = _get(wiring.s3, wiring.settings.bucket, _upload_key(media_id))
    if upload is None:
        raise Conflict("Nothing was uploaded yet.", code="no-upload")
    if upload["ContentLength"] > 2 * MAX_BYTES:
        raise InvalidFields(FieldError(POINTER, _too_large(upload["ContentLength"])))
    found = pictures.cleaned(upload["Body"].read())
    if errors := _picture_errors(found):
        raise InvalidFields(*errors)
    assert found is not None
    media(wiring).put(media_id, found)
    _describe(item, found)
    item.save()
    return item


def upload_url(media_id: str, *, wiring: Wiring) -> str:
    """An address that takes the picture by one PUT with `CONTENT_TYPE`, for an hour."""
    url: str = wiring.s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": wiring.settings.bucket,
            "Key": _upload_key(media_id),
            "ContentType": CONTENT_TYPE,
        },
        ExpiresIn=int(UPLOAD_LIFE.total_seconds()),
    )
    return url


def get(media_id: str) -> MediaItem:
    """What is told of a picture. Raises NotFound."""
    try:
        return MediaItem.get(media_id)
    except MediaItem.DoesNotExist:
        raise NotFound("No picture has this id.") from None


def known(media_ids: Iterable[str]) -> dict[str, Medium]:
    """The pictures of those ids that were checked; others are left out."""
    wanted = [one for one in dict.fromkeys(media_ids) if ids.is_id(one)]
    found = MediaItem.batch_get(wanted) if wanted else ()
    return {one.id: _medium(one) for one in found if one.digest}


def change(media_id: str, alt: Mapping[str, str], *, actor: Actor, wiring: Wiring) -> MediaItem:
    """Gives a picture other texts; messages that were sent keep theirs.

    Raises NotFound, Forbidden, InvalidFields.
    """
    item = get(media_id)
    actor.require_department(item.department)
    if errors := _alt_errors(alt, settings=wiring.settings):
        raise InvalidFields(*errors)
    item.update(actions=[MediaItem.alt.set(dict(alt))])
    return item


def delete(media_id: str, *, actor: Actor, wiring: Wiring) -> None:
    """Takes a picture away, also out of messages that show it. Raises NotFound, Forbidden."""
    item = get(media_id)
    actor.require_department(item.department)
    media(wiring).remove(media_id)
    item.delete()


def page(*, limit: int, cursor: str | None) -> Page[MediaItem]:
    """One page of the pictures, the newest first."""
    return list_page(MediaItem.list_index, MEDIA, limit=limit, cursor=cursor)


def _medium(item: MediaItem) -> Medium:
    first = settings().default_language
    alt = {tag: item.alt[tag] for tag in sorted(item.alt, key=lambda tag: (tag != first, tag))}
    return Medium(item.mime, int(item.width), int(item.height), int(item.size), alt)


def _describe(item: MediaItem, picture: Picture) -> None:
    item.mime, item.width, item.height = picture.mime, picture.width, picture.height
    item.size, item.digest = len(picture.content), sha256(picture.content).hexdigest()


def _alt_errors(alt: Mapping[str, str], *, settings: Settings) -> list[FieldError]:
    offered = ", ".join(settings.languages)
    wrong = [
        FieldError(f"/alt/{tag}", f"Offered are {offered}.") for tag in alt if tag not in settings.languages
    ]
    if settings.default_language not in alt:
        message = f"Say in {settings.default_language} what the picture shows, for those who do not see it."
        wrong.append(FieldError("/alt", message))
    return wrong


def _picture_errors(picture: Picture | None) -> list[FieldError]:
    if picture is None:
        return [FieldError(POINTER, NO_PICTURE)]
    if max(picture.width, picture.height) > MAX_PIXELS:
        size = f"{picture.width:,} by {picture.height:,}"
        return [FieldError(POINTER, f"This has {size} pixels; {MAX_PIXELS:,} each way is the most.")]
    if len(picture.content) > MAX_BYTES:
        return [FieldError(POINTER, _too_large(len(picture.content)))]
    return []


def _too_large(size: int) -> str:
    return f"This takes {size:,} bytes; {MAX_BYTES:,} is the most. Save it smaller."


def _upload_key(media_id: str) -> str:
    return f"media/{media_id}"


def _get(s3: Any, bucket: str, key: str) -> Any:
    """An object of a bucket; None where there is none."""
    from botocore.exceptions import ClientError

    try:
        return s3.get_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in {403, 404}:
            raise
        return None
