"""The table `sunset`: the policy, and its rounds. Nobody's name or id stands here."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action

from chalicelib.campaigns.sunset.model import Policy, Round, next_round
from chalicelib.core.clock import rfc3339
from chalicelib.core.ids import SHARDS, time_ordered_id
from chalicelib.core.tables import ListIndex, TableMeta, TableModel, list_page, table

POLICY, ROUNDS = "policy", "round"
BEGUN, ASKED, DONE, CALLED_OFF = "begun", "asked", "done", "called-off"
"""A round: its plan is being made; its people are asked; they are settled; the policy was switched off."""

LISTED = 100


class PolicyItem(TableModel):
    """The policy; absent, it is off."""

    class Meta(TableMeta):
        """The table `sunset`."""

        table_name = table("sunset")

    id = UnicodeAttribute(hash_key=True, default=POLICY)
    active = BooleanAttribute()
    silent_days = NumberAttribute()
    messages = NumberAttribute()
    answer_days = NumberAttribute()
    changed_by = UnicodeAttribute()
    changed_at = UnicodeAttribute()


class RoundItem(TableModel):
    """One round, as `model.Round` has it."""

    class Meta(TableMeta):
        """The table `sunset`."""

        table_name = table("sunset")

    id = UnicodeAttribute(hash_key=True)
    list = UnicodeAttribute(default=ROUNDS)
    sort = UnicodeAttribute()
    number = NumberAttribute()
    plan_id = UnicodeAttribute()
    state = UnicodeAttribute()
    asked_at = UnicodeAttribute()
    due_at = UnicodeAttribute()
    silent_days = NumberAttribute()
    messages = NumberAttribute()
    shard = NumberAttribute()
    asked = NumberAttribute()
    let_go = NumberAttribute()
    list_index = ListIndex()


def read_policy() -> Policy:
    """The policy as it stands."""
    try:
        item = PolicyItem.get(POLICY, consistent_read=True)
    except PolicyItem.DoesNotExist:
        return Policy()
    return Policy(**{name: type(usual)(getattr(item, name)) for name, usual in asdict(Policy()).items()})


def write_policy(policy: Policy, *, by: str, now: datetime) -> None:
    """Sets the policy."""
    PolicyItem(**asdict(policy), changed_by=by, changed_at=rfc3339(now)).save()


def rounds() -> list[Round]:
    """The latest rounds, the newest first; one that begins at this moment may not be among them yet."""
    return [_round(item) for item in list_page(RoundItem.list_index, ROUNDS, limit=LISTED, cursor=None).items]


def latest() -> Round | None:
    """The newest round, as it is now."""
    return next((read(one.number) for one in rounds()[:1]), None)


def read(number: int) -> Round:
    """A round, read consistently."""
    return _round(RoundItem.get(_id(number), consistent_read=True))


def begin(policy: Policy, *, number: int, now: datetime) -> Round:
    """Begins the round of that number, or answers the one that another run began a moment ago."""
    made = next_round(policy, number=number, plan_id=time_ordered_id(now), state=BEGUN, now=now)
    item = RoundItem(_id(number), sort=_id(number), **asdict(made))
    return made if item.save_if(condition=RoundItem.id.does_not_exist()) else read(number)


def move(one: Round, *, to: str) -> bool:
    """Moves a round from the state that it was read in; False where another run did."""
    return RoundItem(_id(one.number)).update_if(
        actions=[RoundItem.state.set(to)], condition=RoundItem.state == one.state
    )


def settled(one: Round, *, asked: int, let_go: int) -> Round | None:
    """Notes that the next shard is settled; the round as it is then, None where another run was faster."""
    item, over = RoundItem(_id(one.number)), one.shard + 1 == SHARDS
    changes: list[Action] = [
        RoundItem.shard.set(one.shard + 1),
        RoundItem.state.set(DONE if over else one.state),
        RoundItem.asked.set(one.asked + asked),
        RoundItem.let_go.set(one.let_go + let_go),
    ]
    held = (RoundItem.shard == one.shard) & (RoundItem.state == one.state)
    return _round(item) if item.update_if(actions=changes, condition=held) else None


def _round(item: RoundItem) -> Round:
    known: dict[str, Any] = {name: getattr(item, name) for name in Round.__dataclass_fields__}
    known |= {name: int(one) for name, one in known.items() if not isinstance(one, str)}
    return Round(**known)


def _id(number: int) -> str:
    return f"{ROUNDS}#{number:06}"
