"""The files of imports in the bucket.

Put there by us or by presigned upload, and read in pieces of one version.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.imports.tables import ImportItem

PIECE_BYTES = 1024 * 1024
FEED_BYTES = 64 * 1024
UPLOAD_LIFE = timedelta(hours=1)
CONTENT_TYPE = "application/octet-stream"
GZIP = b"\x1f\x8b"
GZIP_FORMAT = 31
"""Of `zlib`: a gzip header, and the largest window."""


class FileChanged(Exception):
    """The file is not there, or no longer the one that was read before."""


class Broken(Exception):
    """The file says that it is compressed by gzip, and cannot be unpacked."""


@dataclass
class Source:
    """The bytes of a file from an import's cursor on, and how many of the file's own were read for them."""

    pieces: Iterator[bytes]
    read: int = 0


def key_of(import_id: str) -> str:
    """Where an import's file lies in the bucket."""
    return f"imports/{import_id}"


def put(import_id: str, content: str, *, wiring: Wiring) -> None:
    """Puts a file that came in a request's body."""
    wiring.s3.put_object(
        Bucket=wiring.settings.bucket,
        Key=key_of(import_id),
        Body=content.encode(),
        ContentType=CONTENT_TYPE,
    )


def remove(import_id: str, *, wiring: Wiring) -> None:
    """Removes a file; one that a crash leaves behind expires with the others, within the week."""
    wiring.s3.delete_object(Bucket=wiring.settings.bucket, Key=key_of(import_id))


def upload_url(import_id: str, *, wiring: Wiring) -> str:
    """An address that takes the file by one PUT with this content type, whatever the file is, for an hour."""
    url: str = wiring.s3.generate_presigned_url(
        "put_object",
        Params={
            "Bucket": wiring.settings.bucket,
            "Key": key_of(import_id),
            "ContentType": CONTENT_TYPE,
        },
        ExpiresIn=int(UPLOAD_LIFE.total_seconds()),
    )
    return url


def stat(import_id: str, *, wiring: Wiring) -> tuple[int, str]:
    """Size in bytes and version mark of a file. Raises FileChanged where there is none."""
    from botocore.exceptions import ClientError

    try:
        found = wiring.s3.head_object(Bucket=wiring.settings.bucket, Key=key_of(import_id))
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] not in {403, 404}:
            raise
        raise FileChanged from error
    return int(found["ContentLength"]), str(found["ETag"])


def source(head: ImportItem, *, wiring: Wiring) -> Source:
    """The file from the import's cursor on, unpacked where it is gzip.

    What is packed is read from its beginning again, for there is no way into the middle of it. Raises
    FileChanged where it is no longer the one that `stat` saw, Broken.
    """
    found = Source(iter(()))
    found.pieces = _pieces(head, found, wiring)
    return found


def _pieces(head: ImportItem, found: Source, wiring: Wiring) -> Iterator[bytes]:
    start = 0 if head.packed else int(head.cursor)
    raw, behind = _raw(head, start, found, wiring), int(head.cursor) - start
    for piece in _unpacked(raw) if head.packed else raw:
        yield piece[behind:]
        behind = max(0, behind - len(piece))


def _raw(head: ImportItem, start: int, found: Source, wiring: Wiring) -> Iterator[bytes]:
    """The file itself, a mebibyte a request: no connection stays open meanwhile."""
    from botocore.exceptions import ClientError

    for first in range(start, int(head.size), PIECE_BYTES):
        try:
            answer = wiring.s3.get_object(
                Bucket=wiring.settings.bucket,
                Key=key_of(head.id),
                Range=f"bytes={first}-{first + PIECE_BYTES - 1}",
                IfMatch=head.etag,
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in {403, 404, 412}:
                raise
            raise FileChanged from error
        content = answer["Body"].read()
        found.read = first
        for at in range(0, len(content), FEED_BYTES):
            found.read = first + min(at + FEED_BYTES, len(content))
            yield content[at : at + FEED_BYTES]


def _unpacked(raw: Iterable[bytes]) -> Iterator[bytes]:
    """What gzip packed, in pieces of a mebibyte at most; several archives one behind the other are one."""
    unpacker = zlib.decompressobj(GZIP_FORMAT)
    for packed in raw:
        rest, full = packed, False
        while rest or full:
            if unpacker.eof:
                unpacker = zlib.decompressobj(GZIP_FORMAT)
            try:
                piece = unpacker.decompress(rest, PIECE_BYTES)
            except zlib.error as error:
                raise Broken from error
            yield piece
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
            full = not unpacker.eof and len(piece) == PIECE_BYTES
    if not unpacker.eof:
        raise Broken
