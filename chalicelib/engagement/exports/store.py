"""Where exports lie: a bucket of whole objects, each replaced as one, so that none is ever half there."""

import gzip
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from chalicelib.core.hotpath import to_json
from chalicelib.core.wiring import Wiring

NDJSON = "application/x-ndjson"


class Written(NamedTuple):
    """An object that was written: its key, its rows, and its bytes as they lie."""

    key: str
    rows: int
    bytes: int


class Store:
    """The bucket of exports of one deployment."""

    def __init__(self, wiring: Wiring) -> None:
        self._s3 = wiring.s3
        self._bucket = wiring.settings.exports_bucket

    def put_rows(self, key: str, rows: Iterable[Mapping[str, Any]]) -> Written:
        """Writes rows as gzipped NDJSON, by way of a file: in memory there is one row at a time.

        The same rows make the same bytes.
        """
        count = 0
        with TemporaryFile() as file:
            with gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0, compresslevel=6) as packed:
                for row in rows:
                    packed.write(to_json(row).encode() + b"\n")
                    count += 1
            size = file.tell()
            file.seek(0)
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=file, ContentType=NDJSON)
        return Written(key, count, size)

    def put_document(self, key: str, document: Mapping[str, Any]) -> None:
        """Writes one small JSON document."""
        body = json.dumps(document, sort_keys=True).encode()
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")

    def document(self, key: str) -> dict[str, Any]:
        """A document that was written; empty where there is none."""
        from botocore.exceptions import ClientError

        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in {403, 404}:
                raise
            return {}
        document: dict[str, Any] = json.loads(found["Body"].read())
        return document


@lru_cache(maxsize=8)
def store(wiring: Wiring) -> Store:
    """The store of this process."""
    return Store(wiring)
