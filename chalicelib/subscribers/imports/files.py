"""The files of imports in the bucket.

Put there by us or by presigned upload, and read in pieces of one version.
"""

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.imports.tables import ImportItem

PIECE_BYTES = 1024 * 1024
UPLOAD_LIFE = timedelta(hours=1)
CONTENT_TYPE = "text/csv"


class FileChanged(Exception):
    """The file is not there, or no longer the one that was read before."""


def key_of(import_id: str) -> str:
    """Where an import's file lies in the bucket."""
    return f"imports/{import_id}.csv"


def put(import_id: str, content: str, *, wiring: Wiring) -> None:
    """Puts a file that came in a request's body."""
    wiring.s3.put_object(
        Bucket=wiring.settings.bucket,
        Key=key_of(import_id),
        Body=content.encode(),
        ContentType=CONTENT_TYPE,
    )


def upload_url(import_id: str, *, wiring: Wiring) -> str:
    """An address that takes the file by one PUT with the content type `text/csv`, for an hour."""
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


def pieces(head: ImportItem, *, wiring: Wiring) -> Iterator[bytes]:
    """The file from the import's cursor on, a mebibyte a request: no connection stays open meanwhile.

    Raises FileChanged where it is no longer the one that `stat` saw.
    """
    from botocore.exceptions import ClientError

    for start in range(int(head.cursor), int(head.size), PIECE_BYTES):
        try:
            answer = wiring.s3.get_object(
                Bucket=wiring.settings.bucket,
                Key=key_of(head.id),
                Range=f"bytes={start}-{start + PIECE_BYTES - 1}",
                IfMatch=head.etag,
            )
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in {403, 404, 412}:
                raise
            raise FileChanged from error
        yield answer["Body"].read()
