"""What the ledger and the tables record of a person, as plain data, and what its entries add up to. Pure."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalicelib.subscribers.model import LedgerEntry, Person, Subscription, Wishes

Digest = Callable[[str, str], str]


def replayed(entries: Iterable[LedgerEntry]) -> dict[str, Any]:
    """The state that ledger entries add up to, by field (`topics/roads`), in the order of their versions."""
    state: dict[str, Any] = {}
    for entry in sorted(entries, key=lambda one: one.version):
        for one in entry.changes:
            if one.after is None:
                state.pop(one.field, None)
            else:
                state[one.field] = one.after
    return state


def facts(person: Person, digest: Digest) -> dict[str, Any]:
    """What the ledger records of a person, by field.

    Addresses stand there by digest, and of a name or a place only that it changed: what must outlive an
    erasure tells neither.
    """
    return {
        "language": person.language,
        "time_zone": person.time_zone,
        **{f"addresses/{c}": digest(c, a.address).partition("#")[2] for c, a in person.addresses.items()},
        **{f"topics/{topic}": subscription_facts(s) for topic, s in person.topics.items()},
        **{f"blocks/{key}": why for key, why in person.blocks.items()},
        **{f"wishes/{name}": wish for name, wish in wishes_facts(person.wishes).items()},
        **({"life_safety": True} if person.life_safety else {}),
    }


def subscription_facts(subscription: Subscription) -> dict[str, Any]:
    """A subscription as plain data, for the tables and the ledger."""
    return {
        "channels": list(subscription.channels),
        "cadence": subscription.cadence,
        "source": subscription.source,
        "since": subscription.since,
    }


def wishes_facts(wishes: Wishes) -> dict[str, Any]:
    """What a person wished for, as plain data, for the tables and the ledger.

    What was left open is absent.
    """
    every = {
        "paused_until": wishes.paused_until or None,
        "hours": list(wishes.hours) if wishes.hours else None,
        "digest_hour": wishes.digest_hour,
        "tracking": wishes.tracking,
    }
    return {name: wish for name, wish in every.items() if wish is not None}


def wishes_of(facts: Mapping[str, Any]) -> Wishes:
    """The wishes that plain data mean: the reverse of `wishes_facts`."""
    hours = facts.get("hours")
    return Wishes(**{**facts, "hours": (hours[0], hours[1]) if hours else None})
