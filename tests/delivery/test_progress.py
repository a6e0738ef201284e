"""The equation: planned = sent + failed + unknown + cancelled + expired + waiting."""

import pytest

from chalicelib.delivery.progress import ChannelProgress, total

STANDS: list[tuple[str, dict[str, int], int]] = [
    ("nothing planned", {}, 0),
    ("nothing settled", {"planned": 5}, 5),
    ("one of each", {"planned": 6, "sent": 1, "failed": 1, "unknown": 1, "cancelled": 1, "expired": 1}, 1),
    ("all settled", {"planned": 3, "sent": 2, "unknown": 1}, 0),
    ("failed after it was sent, before the record", {"planned": 2, "sent": -1, "failed": 1}, 2),
]


@pytest.mark.parametrize(("counts", "waiting"), [s[1:] for s in STANDS], ids=[s[0] for s in STANDS])
def test_what_is_planned_and_not_settled_waits(counts: dict[str, int], waiting: int) -> None:
    assert ChannelProgress(**counts).waiting == waiting


TOTALS: list[tuple[str, list[dict[str, object]], int]] = [
    ("no shard yet", [], 0),
    ("over shards", [{"email|sent": 2}, {"email|sent": 3, "sms|sent": 9}], 5),
    ("moved from one shard to another", [{"email|sent": -1}, {"email|sent": 3}], 2),
]


@pytest.mark.parametrize(("shards", "expected"), [t[1:] for t in TOTALS], ids=[t[0] for t in TOTALS])
def test_total(shards: list[dict[str, object]], expected: int) -> None:
    assert total(shards, "email|sent") == expected
