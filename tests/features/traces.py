"""What is left of somebody: every table, queue, stored file and log line, looked through."""

import json
import pickle
import zlib
from base64 import b64decode
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from chalicelib.core.settings import settings
from chalicelib.core.wiring import wiring
from tests.features.local import LocalDriver


def traces(driver: LocalDriver, needles: Collection[str]) -> list[tuple[str, str, str]]:
    """Where any of the texts stands: the place, the text, and what it stands in."""
    return among(everything(driver), needles)


def among(pieces: Iterable[tuple[str, str]], needles: Collection[str]) -> list[tuple[str, str, str]]:
    """The same, of pieces that were read before."""
    wanted = [(needle, needle.lower()) for needle in needles]
    return [
        (place, needle, text[:300])
        for place, text in pieces
        for lower in [text.lower()]
        for needle, low in wanted
        if low in lower
    ]


def everything(driver: LocalDriver) -> Iterator[tuple[str, str]]:
    """All that the stack holds, piece by piece."""
    world = driver.platform.world
    for name, table in pickle.loads(world.dynamodb.kept()).items():
        for _, item in table.scan(None):
            yield f"table {name.removeprefix('crier-')}", json.dumps(_readable(item), ensure_ascii=False)
    for name, queue in world.sqs._queues.items():
        for message in queue.messages:
            yield f"queue {name}", message.body
    yield from _files()
    for line in driver.watch.lines:
        yield "log", line


def _files() -> Iterator[tuple[str, str]]:
    s3, uploads = wiring().s3, settings().bucket
    for bucket in (uploads, uploads.replace("-imports-", "-inbound-")):
        for one in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            body = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
            yield f"file {one['Key']}", body.decode("utf-8", "replace")


ZLIB = b"\x78"
"""How what is packed begins (RFC 1950); a logo does not."""


def _readable(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"B"}:
        raw = b64decode(value["B"])
        return (zlib.decompress(raw) if raw[:1] == ZLIB else raw).decode("utf-8", "replace")
    if isinstance(value, dict):
        return {name: _readable(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_readable(one) for one in value]
    return value if isinstance(value, str | bool | None) else str(value)
