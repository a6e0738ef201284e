"""The export of one plan: eight files of its messages, one of what they do not tell, and a manifest last.

    deliveries/day=2026-11-22/CAMPAIGN-0.ndjson.gz … -7    the messages, by their subscribers' shards
    deliveries/day=2026-11-22/CAMPAIGN-rest.ndjson.gz      what is left (`rows.rest`)
    manifests/CAMPAIGN.json                                what was written, of which state of the plan
    work/CAMPAIGN.json                                     how far it is: whoever goes on begins there

The keys are always the same, and each object is replaced as a whole: the same export again is harmless. If
the plan changed while it was read, no manifest is written, and the next run begins anew.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chalicelib.core.ids import SHARDS
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import counters
from chalicelib.delivery.counters import SLOTS
from chalicelib.delivery.facts import facts
from chalicelib.delivery.plans import plans
from chalicelib.delivery.progress import Progress, progress
from chalicelib.engagement.exports.rows import Row, Sums, message, rest
from chalicelib.engagement.exports.store import Written, store

FORMAT = 2
"""Rises when rows change their form: then all is exported anew."""

PARTS = 8
"""Files of messages: what is between two looks at the clock, of a plan to a million 125,000 rows."""

Left = Callable[[], bool]
"""Whether there is time for another part."""


@dataclass(frozen=True)
class Exported:
    """A plan that is exported under an id: of which day (UTC) it is, and what else its manifest tells."""

    id: str
    plan_id: str
    day: str
    more: Mapping[str, Any] = field(default_factory=dict)

    def key(self, part: str) -> str:
        """The key of a file of messages."""
        return f"deliveries/day={self.day}/{self.id}-{part}.ndjson.gz"


@dataclass(frozen=True)
class Standing:
    """A plan as its counters have it at one moment."""

    progress: Progress
    counts: Mapping[str, int]
    digest: str


def standing(what: Exported, *, wiring: Wiring) -> Standing:
    """How a plan stands, and the digest of it: also of how much of it is nobody's. Raises NotFound."""
    found = progress(what.plan_id, wiring=wiring)
    counts = counters.read(what.plan_id, wiring=wiring)
    nobodys = [sorted(counters.nobodys(what.plan_id, n, wiring=wiring).items()) for n in range(SLOTS)]
    outcomes = {channel: vars(one) for channel, one in found.by_channel.items()}
    told = [
        FORMAT,
        what.id,
        what.day,
        dict(what.more),
        found.status,
        outcomes,
        sorted(counts.items()),
        nobodys,
    ]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
    return Standing(found, counts, digest)


def is_exported(what: Exported, found: Standing, *, wiring: Wiring) -> bool:
    """Whether what lies in the bucket is of this standing."""
    return store(wiring).document(_manifest(what)).get("digest") == found.digest


def export(
    what: Exported, found: Standing, *, beside: Sequence[Written] = (), left: Left, wiring: Wiring
) -> bool:
    """Exports a plan as far as there is time; whether its manifest was written.

    `beside` are objects that were written before and belong to it.
    """
    work = store(wiring).document(f"work/{what.id}.json")
    if work.get("digest") != found.digest:
        work = {"digest": found.digest, "written": [], "sums": {}}
    written = [Written(*one) for one in work["written"]]
    sums = Sums(work["sums"])
    for part in range(len(written), PARTS):
        if not left():
            return False
        written.append(store(wiring).put_rows(what.key(str(part)), _messages(what, part, sums, wiring)))
        kept = {"digest": found.digest, "written": written, "sums": sums.document()}
        store(wiring).put_document(f"work/{what.id}.json", kept)
    links = len(plans(wiring).head(what.plan_id).links)
    others = rest(sums, found.counts, found.progress.by_channel, links, campaign=what.id)
    written.append(store(wiring).put_rows(what.key("rest"), others))
    if standing(what, wiring=wiring).digest != found.digest:
        return False
    told = {
        **what.more,
        "campaign": what.id,
        "digest": found.digest,
        "objects": [one._asdict() for one in (*written, *beside)],
    }
    store(wiring).put_document(_manifest(what), told)
    return True


def _messages(what: Exported, part: int, sums: Sums, wiring: Wiring) -> Iterator[Row]:
    for shard in range(part, SHARDS, PARTS):
        for fact in facts(what.plan_id, shard, wiring=wiring):
            row = message(fact, campaign=what.id)
            sums.add(row)
            yield row


def _manifest(what: Exported) -> str:
    return f"manifests/{what.id}.json"
