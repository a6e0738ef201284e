"""Forgetting one person: their place in every message that was sent to them becomes nobody's.

What is counted stays right, so nothing is left out: in the chunk, an id of nobody takes the person's place,
without address, name and the provider's id; the delivery moves to that id, with its flags; raw events lose
their person and all details. What the person did with the message was folded before (`engagement/fold.py`);
if something came since, another pass finds it folded. A message to one person alone, such as a link, loses
its text too, and is cancelled if it waits.

Chunks are not found by person: who was planned and dropped out has no delivery. So both tables are read from
end to end, the waves first, for who waits in one comes into a chunk. What is still under way is left, and
said so: another pass finds it settled.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalicelib.core import ids
from chalicelib.core.dynamo import Cancelled, Item, marshal, query, transact, unmarshal, updated
from chalicelib.core.hotpath import to_json
from chalicelib.core.wiring import Wiring
from chalicelib.delivery import answering
from chalicelib.delivery.chunk import SETTLED, key_of, root_of
from chalicelib.delivery.deliveries import deliveries, key
from chalicelib.delivery.flags import NAMES
from chalicelib.delivery.person import raw_events
from chalicelib.delivery.plan import CANCELLED, HALTED, PAUSED, SENDING, PlanHead
from chalicelib.delivery.plans import plans

AT_ONCE = 100
"""Recipients looked for in one pass over the tables: a filter has 4 KB."""

HAND_OVER_S = 30
TABLES = ("plans", "chunks")
LOOKS = {"plans": "partial", "chunks": "recipients"}
"""The attribute of each table that holds recipients, as JSON."""

FORGOTTEN = "forgotten"


@dataclass(frozen=True)
class Place:
    """How far a pass is: from which recipient on it looks for, in which table, behind which key.

    `waits`: something was found that is still under way. Without a table, it is over.
    """

    first: int = 0
    table: str = TABLES[0]
    after: Mapping[str, Any] | None = None
    waits: bool = False


def erase_person(
    recipient_ids: Sequence[str], place: Place, *, left: Callable[[], float], wiring: Wiring
) -> Place:
    """Goes on with a pass for as long as there is time; where it is then. The same again does no harm.

    `recipient_ids`: the person's and those of their sign-ups, always in the same order.
    """
    while place.table and left() > HAND_OVER_S:
        wanted = recipient_ids[place.first : place.first + AT_ONCE]
        answer = wiring.dynamodb.scan(**_look(place, wanted, wiring))
        forget = _forget_wave if place.table == "plans" else _forget_chunk
        done = [forget(item, wanted, wiring=wiring) for item in answer["Items"]]
        place = replace(place, waits=place.waits or not all(done), after=answer.get("LastEvaluatedKey"))
        if not place.after:
            place = _following(place, len(recipient_ids))
    return place


def _look(place: Place, wanted: Sequence[str], wiring: Wiring) -> dict[str, Any]:
    request: dict[str, Any] = {
        "TableName": wiring.settings.table(place.table),
        "FilterExpression": " OR ".join(f"contains(#look, :r{n})" for n in range(len(wanted))),
        "ExpressionAttributeNames": {"#look": LOOKS[place.table]},
        "ExpressionAttributeValues": marshal({f":r{n}": one for n, one in enumerate(wanted)}),
        "ConsistentRead": True,
    }
    return request | ({"ExclusiveStartKey": place.after} if place.after else {})


def _following(place: Place, recipients: int) -> Place:
    if place.table == TABLES[0]:
        return replace(place, table=TABLES[1])
    first = place.first + AT_ONCE
    return replace(place, first=first, table=TABLES[0] if first < recipients else "")


def _forget_wave(item: Item, wanted: Sequence[str], *, wiring: Wiring) -> bool:
    """Takes people out of the chunks that a wave has open; whether no step can bring them back.

    A step that began before writes them back, or into a chunk, until the plan is closed.
    """
    waiting = json.loads(item["partial"]["S"])
    rest = {part: [one for one in people if one[0] not in wanted] for part, people in waiting.items()}
    kept = {part: people for part, people in rest.items() if people}
    since = {part: at for part, at in item["since"]["M"].items() if part in kept}
    done = updated(
        wiring.dynamodb,
        TableName=wiring.settings.table("plans"),
        Key={name: item[name] for name in ("plan_id", "part")},
        UpdateExpression="SET #partial = :kept, since = :since",
        ConditionExpression="#partial = :was",
        ExpressionAttributeNames={"#partial": "partial"},
        ExpressionAttributeValues={
            ":was": item["partial"],
            ":kept": {"S": to_json(kept)},
            ":since": {"M": since},
        },
    )
    return done and bool(plans(wiring).state(item["plan_id"]["S"], fresh=True).closed_at)


def _forget_chunk(item: Item, wanted: Sequence[str], *, wiring: Wiring) -> bool:
    """Forgets people in a chunk, its kin and its deliveries; False where it is still under way."""
    slot, seq = item["plan_slot"]["S"], item["seq"]["S"]
    plan_id, root = slot.rpartition("#")[0], key_of(root_of(seq.partition("#")[0]))
    kin = query(
        wiring.dynamodb,
        TableName=wiring.settings.table("chunks"),
        KeyConditionExpression="plan_slot = :slot AND seq BETWEEN :first AND :last",
        ExpressionAttributeValues=marshal({":slot": slot, ":first": root, ":last": f"{root}~"}),
        ConsistentRead=True,
    )
    items = {one["seq"]["S"]: one for one in kin}
    here = {one[0] for one in json.loads(item["recipients"]["S"])} & set(wanted)
    return all(_Place(plan_id, one, items, wiring).forget() for one in here)


class _Place:
    """One recipient's place in a root chunk and all that descend from it; `items` are theirs, by sort key."""

    def __init__(self, plan_id: str, recipient: str, items: Mapping[str, Item], wiring: Wiring) -> None:
        self._plan_id = plan_id
        self._recipient = recipient
        self._items = items
        self._wiring = wiring
        self._keys = [key for key in items if f"{key}#recipients" in items and self._index(key) is not None]

    def forget(self) -> bool:
        """Whether it was done: False where a message is under way, or something changed meanwhile.

        Of a chunk whose items are expiring one by one, nothing is left to do.
        """
        if not self._keys:
            return True
        head = plans(self._wiring).known(self._plan_id)
        alone = head is not None and not head.rereads and head.reference == self._recipient
        if any(self._items[key]["state"]["S"] != SETTLED for key in self._keys):
            if alone:
                allowed = (SENDING, PAUSED, HALTED)
                plans(self._wiring).move(self._plan_id, to=CANCELLED, allowed=allowed, reason=FORGOTTEN)
            return False
        if head is not None and alone:
            self._forget_text(head)
        return self._replace()

    def _replace(self) -> bool:
        channel = self._items[self._keys[0]]["rendition"]["S"].split("#")[1]
        known = deliveries(self._wiring).of(self._plan_id, channel, [self._recipient])
        if any("told" in delivery for delivery in known.values()):
            return False
        nobody = (
            self._recipient[:2] + ids.random_id()[2:]
        )  # of the same shard: so its counts stay where they are
        operations = [one for key in self._keys for one in self._without(key, nobody)]
        for delivery in known.values():
            self._forget_events(delivery)
            operations += self._moved(delivery, nobody, channel)
        try:
            transact(self._wiring.dynamodb, operations)
        except Cancelled:
            return False
        for delivery in known.values():
            self._forget_events(delivery)  # what came between the reading and the move
        return True

    def _index(self, key: str) -> int | None:
        people = json.loads(self._items[f"{key}#recipients"]["recipients"]["S"])
        return next((n for n, one in enumerate(people) if one[0] == self._recipient), None)

    def _without(self, key: str, nobody: str) -> list[Item]:
        """The operations that put nobody into the person's place in one chunk."""
        index = self._index(key)
        assert index is not None
        people = json.loads(self._items[f"{key}#recipients"]["recipients"]["S"])
        people[index] = [nobody, "", "", people[index][3]]
        changes = [self._set(f"{key}#recipients", "recipients", to_json(people))]
        if settled := self._items.get(f"{key}#outcomes"):
            outcomes = json.loads(settled["outcomes"]["S"])
            outcomes[index][1] = ""
            changes.append(self._set(f"{key}#outcomes", "outcomes", to_json(outcomes)))
        return changes

    def _set(self, seq: str, name: str, value: str) -> Item:
        item = self._items[seq]
        return {
            "Update": {
                "TableName": self._wiring.settings.table("chunks"),
                "Key": {one: item[one] for one in ("plan_slot", "seq")},
                "UpdateExpression": f"SET {name} = :value",
                "ConditionExpression": f"{name} = :was",
                "ExpressionAttributeValues": {":value": {"S": value}, ":was": item[name]},
            }
        }

    def _moved(self, delivery: Mapping[str, Any], nobody: str, channel: str) -> list[Item]:
        """The operations that move a delivery to nobody, on condition that no report changed it meanwhile."""
        table = self._wiring.settings.table("deliveries")
        settled = {"unknown_at", "settled_sent_at", "failed_at"}
        names = sorted({*(f"{name}_at" for name in NAMES), *settled, "told", *answering.ATTRIBUTES})
        held = [name for name in names if name in delivery]
        same = [f"{name} = :v{n}" for n, name in enumerate(held)]
        same += [f"attribute_not_exists({name})" for name in names if name not in held]
        delete: Item = {
            "TableName": table,
            "Key": marshal(key(self._plan_id, self._recipient, channel)),
            "ConditionExpression": " AND ".join(same),
        }
        if held:
            values = {f":v{n}": delivery[name] for n, name in enumerate(held)}
            delete["ExpressionAttributeValues"] = marshal(values)
        moved = {**delivery, **key(self._plan_id, nobody, channel), "subscriber_id": nobody}
        return [{"Delete": delete}, {"Put": {"TableName": table, "Item": marshal(moved)}}]

    def _forget_events(self, delivery: Mapping[str, Any]) -> None:
        """Raw events become those of a reader whose person is not told."""
        table, person = self._wiring.settings.table("events"), delivery["subscriber_channel"]
        for event in raw_events(delivery, wiring=self._wiring):
            plain = unmarshal(event)
            known = ("plan_shard", "name", "at", "expires_at")
            kept = {name: plain[name] for name in known if name in plain}
            kept["id"] = f"-#{person.partition('#')[2]}" + plain["id"].removeprefix(person)
            old = {"TableName": table, "Key": {name: event[name] for name in ("plan_shard", "id")}}
            put = {"TableName": table, "Item": marshal(kept)}
            transact(self._wiring.dynamodb, [{"Put": put}, {"Delete": old}])

    def _forget_text(self, head: PlanHead) -> None:
        """A message to this person alone: its text, in which links stand, and that it is about them."""
        table = self._wiring.settings.table("plans")
        for channel, languages in head.languages.items():
            for language in languages:
                part = f"rendition#{channel}#{language}#"
                updated(
                    self._wiring.dynamodb,
                    TableName=table,
                    Key=marshal({"plan_id": head.plan_id, "part": part}),
                    UpdateExpression="SET subject = :none, html = :none, #text = :none, defaults = :empty",
                    ConditionExpression="attribute_exists(plan_id)",
                    ExpressionAttributeNames={"#text": "text"},
                    ExpressionAttributeValues=marshal({":none": "", ":empty": "{}"}),
                )
        updated(
            self._wiring.dynamodb,
            TableName=table,
            Key=marshal({"plan_id": head.plan_id, "part": "head"}),
            UpdateExpression="SET #reference = :none",
            ConditionExpression="attribute_exists(plan_id)",
            ExpressionAttributeNames={"#reference": "reference"},
            ExpressionAttributeValues=marshal({":none": ""}),
        )
