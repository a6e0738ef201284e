"""Objects of exports: whole, the same for the same rows, and written without holding them."""

import gzip
import tracemalloc
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.engagement.exports.store import Store

MOST_HELD = 2_000_000


class Bucket:
    """As much of S3 as is asked for here."""

    def __init__(self, refusal: int = 404) -> None:
        self.objects: dict[str, bytes] = {}
        self._refusal = refusal

    def put_object(self, *, Bucket: str, Key: str, Body: Any, **_: str) -> None:  # noqa: N803 - S3's names
        self.objects[Key] = Body if isinstance(Body, bytes) else Body.read()

    def get_object(self, *, Bucket: str, Key: str) -> Any:  # noqa: N803
        raise ClientError({"ResponseMetadata": {"HTTPStatusCode": self._refusal}}, "GetObject")


def store_of(bucket: Bucket) -> Store:
    wiring: Any = SimpleNamespace(s3=bucket, settings=SimpleNamespace(exports_bucket="b"))
    return Store(wiring)


def test_the_same_rows_are_the_same_bytes() -> None:
    bucket = Bucket()
    for key in ("a", "b"):
        written = store_of(bucket).put_rows(key, [{"x": 1}, {"x": "é"}])
        assert (written.rows, written.bytes) == (2, len(bucket.objects[key]))
    assert bucket.objects["a"] == bucket.objects["b"]
    assert gzip.decompress(bucket.objects["a"]).decode().count("\n") == 2


def test_rows_are_not_held() -> None:
    def rows() -> Iterator[dict[str, Any]]:
        for n in range(20_000):
            yield {"campaign": "c" * 32, "n": n, "text": "x" * 500}

    store, bucket = store_of(Bucket()), Bucket()
    store.put_rows("warm", [])
    tracemalloc.start()
    store_of(bucket).put_rows("a", rows())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < MOST_HELD


@pytest.mark.parametrize("status", [403, 404])
def test_a_document_that_is_not_there_is_empty(status: int) -> None:
    assert store_of(Bucket(status)).document("x") == {}


def test_a_bucket_that_fails_is_no_empty_document() -> None:
    with pytest.raises(ClientError):
        store_of(Bucket(500)).document("x")
