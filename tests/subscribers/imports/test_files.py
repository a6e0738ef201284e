"""A file comes in pieces, from anywhere in it, packed or not."""

import gzip
import os

import pytest

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.imports import files
from chalicelib.subscribers.imports.tables import ImportItem

CONTENT = os.urandom(100_000) + b"x" * 3_000_000


def head(wiring: Wiring, content: bytes, *, cursor: int = 0, packed: bool = False) -> ImportItem:
    wiring.s3.put_object(Bucket=wiring.settings.bucket, Key=files.key_of("1"), Body=content)
    size, etag = files.stat("1", wiring=wiring)
    return ImportItem("1", sort="1", size=size, etag=etag, cursor=cursor, packed=packed)


@pytest.mark.parametrize("cursor", [0, 1, 64 * 1024, 2_000_000, 3_100_000])
@pytest.mark.parametrize("packed", [False, True])
def test_from_anywhere(wiring: Wiring, cursor: int, packed: bool) -> None:
    content = gzip.compress(CONTENT) if packed else CONTENT
    source = files.source(head(wiring, content, cursor=cursor, packed=packed), wiring=wiring)
    found = list(source.pieces)
    assert b"".join(found) == CONTENT[cursor:]
    assert max(map(len, found), default=0) <= files.PIECE_BYTES
    assert source.read == (len(content) if packed or cursor < len(CONTENT) else 0)


def test_several_archives_are_one(wiring: Wiring) -> None:
    content = gzip.compress(b"a" * 100_000) + gzip.compress(b"b" * 10)
    source = files.source(head(wiring, content, packed=True), wiring=wiring)
    assert b"".join(source.pieces) == b"a" * 100_000 + b"b" * 10


@pytest.mark.parametrize(
    "content",
    [gzip.compress(CONTENT)[:-9], b"\x1f\x8bnothing", gzip.compress(b"a") + b"more"],
    ids=["cut off", "nothing", "with something behind"],  # not the bytes, which hold the time
)
def test_what_cannot_be_unpacked(wiring: Wiring, content: bytes) -> None:
    source = files.source(head(wiring, content, packed=True), wiring=wiring)
    with pytest.raises(files.Broken):
        list(source.pieces)


def test_a_file_that_changed(wiring: Wiring) -> None:
    item = head(wiring, b"one")
    wiring.s3.put_object(Bucket=wiring.settings.bucket, Key=files.key_of("1"), Body=b"two")
    with pytest.raises(files.FileChanged):
        list(files.source(item, wiring=wiring).pieces)
