"""The table `plans`: what the engine was handed, how far it got, and its counts.

Every read and write of it stands here.

One plan is a few items under its id:

    head               what never changes: kind, audience, channels, links …
    rendition#C#L#V    one compiled rendition
    state              sending | paused | halted | cancelled | sent
    wave#NN            cursor, open partial chunks, planned and skipped
    pulse#NN           which message may move the wave on; indexed until the plan closes (`pulses.py`)
    counts#0 … #7      what became of the planned ones, sharded by chunk
    people             how many the plan reaches, where it may reach so many and no more (`most.py`)
    counts#moved#0 …   what later reports moved from one outcome to another, sharded by subscriber
    recount#NN         how far the recount of a plan with so many waves is (`recount.py`)
    study              when it is studied next (`studying.py`)
    back#…, before     what came back of them, for self-protection (`tallies.py`)
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from chalicelib.core.dynamo import Cancelled, Item, marshal, query, transact, unmarshal
from chalicelib.core.errors import NotFound
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.plan import (
    SENDING,
    PlanHead,
    Wave,
    rendition_part,
    wave_item,
    wave_of,
)
from chalicelib.delivery.plan_states import PlanStates
from chalicelib.delivery.rendition import Rendition


class Plans(PlanStates):
    """The plans of one deployment, through the raw client."""

    def __init__(self, wiring: Wiring) -> None:
        super().__init__(wiring)
        self._heads: dict[str, PlanHead] = {}
        self._renditions: dict[tuple[str, str], Rendition] = {}
        self._waves: dict[tuple[str, int], tuple[int, Wave]] = {}

    def new_number(self) -> int:
        """The next short number, for plans whose SMS carry links (28 bits)."""
        answer = self._db.update_item(
            TableName=self._table,
            Key=marshal({"plan_id": "numbers", "part": "next"}),
            UpdateExpression="ADD #n :one",
            ExpressionAttributeNames={"#n": "number"},
            ExpressionAttributeValues=marshal({":one": 1}),
            ReturnValues="UPDATED_NEW",
        )
        return int(answer["Attributes"]["number"]["N"])

    def create(
        self,
        head: PlanHead,
        renditions: Sequence[Rendition],
        waves: Sequence[Wave],
        more: Sequence[Item],
    ) -> bool:
        """Writes a plan whole, with `more` operations in its transaction; False if it is there already."""
        for rendition in renditions:
            self.put_rendition(head, rendition)
        key = {"plan_id": head.plan_id}
        texts = {"audience": json.dumps(head.audience), "bands": json.dumps(head.bands)}
        items = [
            {**key, "part": "head", **asdict(head), **texts},
            {
                **key,
                "part": "state",
                "status": SENDING,
                "waves": len(waves),
                "expires_at": head.expires_at,
            },
        ]
        if head.number:
            items.append(
                {
                    "plan_id": f"number#{head.number}",
                    "part": "head",
                    "names": head.plan_id,
                    "expires_at": head.expires_at,
                }
            )
        operations = [self.put(marshal(item), new=True) for item in items]
        operations += [
            self.put(wave_item(head.plan_id, wave, expires_at=head.expires_at), new=True) for wave in waves
        ]
        try:
            transact(self._db, [*operations, *more])
        except Cancelled:
            return False
        return True

    def put_rendition(self, head: PlanHead, rendition: Rendition) -> None:
        """Writes a rendition, before anybody can get it; the same again is harmless."""
        part = rendition_part(rendition.channel, rendition.language, rendition.variant)
        values = {
            **asdict(rendition),
            "defaults": json.dumps(dict(rendition.defaults)),
            "expires_at": head.expires_at,
        }
        self._db.put_item(
            TableName=self._table, Item=marshal({"plan_id": head.plan_id, "part": part, **values})
        )

    def known(self, plan_id: str) -> PlanHead | None:
        """The plan's head, or None where there is no such plan."""
        try:
            return self.head(plan_id)
        except NotFound:
            return None

    def head(self, plan_id: str) -> PlanHead:
        """The plan's head; kept for the life of the process, for it never changes. Raises NotFound."""
        if plan_id not in self._heads:
            item = self._get(plan_id, "head") or self._get(plan_id, "head", consistent=True)
            if item is None:
                raise NotFound("There is no such plan.")
            plain = unmarshal(item)
            plain["audience"] = json.loads(plain["audience"])
            plain["bands"] = json.loads(plain.get("bands", "{}"))
            if len(self._heads) > 500:
                self._heads.clear()
            known = {name: plain[name] for name in PlanHead.__dataclass_fields__ if name in plain}
            self._heads[plan_id] = PlanHead(**known)
        return self._heads[plan_id]

    def named(self, number: int) -> str:
        """The plan that a short number names. Raises NotFound."""
        item = self._get(f"number#{number}", "head")
        if item is None:
            raise NotFound("There is no such plan.")
        return str(item["names"]["S"])

    def rendition(self, plan_id: str, part: str) -> Rendition:
        """One rendition; kept for the life of the process."""
        if (plan_id, part) not in self._renditions:
            item = self._get(plan_id, part) or self._get(plan_id, part, consistent=True)
            if item is None:
                raise NotFound("There is no such rendition.")
            plain = unmarshal(item)
            plain["defaults"] = json.loads(plain["defaults"])
            plain["topics"] = tuple(plain.get("topics", ()))
            plain.setdefault("calendar", "")
            if len(self._renditions) > 200:
                self._renditions.clear()
            self._renditions[plan_id, part] = Rendition(
                **{name: plain[name] for name in Rendition.__dataclass_fields__}
            )
        return self._renditions[plan_id, part]

    def wave(self, plan_id: str, number: int) -> Wave:
        """A wave, read consistently. Raises NotFound."""
        item = self._get(plan_id, f"wave#{number:02d}", consistent=True)
        if item is None:
            raise NotFound("There is no such wave.")
        return wave_of(item)

    def keep_wave(self, plan_id: str, wave: Wave, *, beat: int) -> None:
        """Keeps a wave that was written when this became the beat of its pulse."""
        if len(self._waves) > 20:
            self._waves.clear()
        self._waves[plan_id, wave.number] = (beat, wave)

    def kept_wave(self, plan_id: str, number: int, *, beat: int) -> Wave | None:
        """The wave as this process wrote it, if that was when this became the beat of its pulse."""
        kept = self._waves.get((plan_id, number))
        return kept[1] if kept and kept[0] == beat else None

    def waves_and_counts(self, plan_id: str) -> tuple[list[Wave], list[dict[str, Any]]]:
        """All waves and counts of a plan, read consistently, the counts first.

        So nothing is counted as settled that was not yet seen as planned.
        """
        counts = [unmarshal(item) for item in self._parts(plan_id, "counts#")]
        return [wave_of(item) for item in self._parts(plan_id, "wave#")], counts

    def _parts(self, plan_id: str, prefix: str) -> Iterator[Item]:
        return query(
            self._db,
            TableName=self._table,
            KeyConditionExpression="plan_id = :plan AND begins_with(part, :prefix)",
            ExpressionAttributeValues=marshal({":plan": plan_id, ":prefix": prefix}),
            ConsistentRead=True,
        )

    def replace(self, plan_id: str, wave: Wave, *, expires_at: int) -> Item:
        """Replaces a wave, for a transaction in which its pulse's beat is taken."""
        return self.put(wave_item(plan_id, wave, expires_at=expires_at))

    def add(self, plan_id: str, part: str, counts: Mapping[str, int], *, expires_at: int) -> Item:
        """Adds to the numbers (`email|sent`) of an item of counts, for a transaction."""
        names = {f"#c{n}": name for n, name in enumerate(counts)}
        values = {f":c{n}": value for n, value in enumerate(counts.values())}
        adds = ", ".join(f"#c{n} :c{n}" for n in range(len(counts)))
        return {
            "Update": {
                "TableName": self._table,
                "Key": marshal({"plan_id": plan_id, "part": part}),
                "UpdateExpression": f"ADD {adds} SET expires_at = :expires",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": marshal({**values, ":expires": expires_at}),
            }
        }

    def mend(self, plan_id: str, wrong: Mapping[str, Mapping[str, Sequence[int]]]) -> bool:
        """Sets counts right, by part and name from what they are to what they should be.

        All of them, or none if one of them is another by now.
        """
        try:
            transact(self._db, [self._mending(plan_id, part, counts) for part, counts in wrong.items()])
        except Cancelled:
            return False
        return True

    def _mending(self, plan_id: str, part: str, counts: Mapping[str, Sequence[int]]) -> Item:
        same: list[str] = []
        values: dict[str, int] = {}
        for n, (was, now) in enumerate(counts.values()):
            same.append(f"#c{n} = :was{n}" if was else f"(attribute_not_exists(#c{n}) OR #c{n} = :was{n})")
            values |= {f":was{n}": was, f":now{n}": now}
        return {
            "Update": {
                "TableName": self._table,
                "Key": marshal({"plan_id": plan_id, "part": part}),
                "UpdateExpression": "SET " + ", ".join(f"#c{n} = :now{n}" for n in range(len(counts))),
                "ConditionExpression": " AND ".join(same),
                "ExpressionAttributeNames": {f"#c{n}": name for n, name in enumerate(counts)},
                "ExpressionAttributeValues": marshal(values),
            }
        }

    def recount(self, plan_id: str, waves: int) -> tuple[int, str] | None:
        """Whose wave's recount is under way in a plan of so many waves, and its place; None where none is."""
        item = self._get(plan_id, f"recount#{waves:02d}", consistent=True)
        return (int(item["wave"]["N"]), item["place"]["S"]) if item else None

    def keep_recount(self, plan_id: str, waves: int, *, wave: int, place: str, expires_at: int) -> Item:
        """Keeps a recount's place, for a transaction, on condition that no other wave's is under way."""
        values = {"wave": wave, "place": place, "expires_at": expires_at}
        kept = self.put(marshal({"plan_id": plan_id, "part": f"recount#{waves:02d}", **values}))
        kept["Put"] |= {
            "ConditionExpression": "attribute_not_exists(wave) OR wave = :wave",
            "ExpressionAttributeValues": marshal({":wave": wave}),
        }
        return kept


@lru_cache(maxsize=8)
def plans(wiring: Wiring) -> Plans:
    """The plans of this process."""
    return Plans(wiring)
