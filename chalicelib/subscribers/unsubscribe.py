"""Unsubscribing: ends topics on one channel, at once and for good, however often it is asked for."""

from collections.abc import Collection, Mapping
from datetime import datetime

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import people, rules
from chalicelib.subscribers.model import Wording


def unsubscribe(
    subscriber_id: str,
    channel: str,
    topics: Collection[str] | None,
    *,
    source: str,
    wording: Wording | None,
    now: datetime,
    wiring: Wiring,
) -> list[str]:
    """Ends, on that channel, the given topics (None: all); answers the ids of those ended, sorted.

    A topic stays on the person's other channels. Repeats are harmless and answer none. Raises NotFound.
    """
    ended: list[str] = []

    def rule(before: people.Person) -> people.Person:
        wanted = before.topics.keys() if topics is None else set(topics) & before.topics.keys()
        ended[:] = sorted(topic for topic in wanted if channel in before.topics[topic].channels)
        return rules.without_channel(before, channel, ended)

    people.change(
        subscriber_id, rule, source=source, wording=wording, by="subscriber", now=now, wiring=wiring
    )
    return ended


def ended_since(subscriber_id: str, channel: str, since: datetime) -> set[str]:
    """The topics that a person ended on a channel from a moment on, by the consent ledger."""
    return {
        change.field.removeprefix("topics/")
        for entry in people.ledger(subscriber_id)
        if entry.provenance.at >= since
        for change in entry.changes
        if change.field.startswith("topics/")
        and channel in _channels(change.before)
        and channel not in _channels(change.after)
    }


def _channels(subscription: object) -> list[str]:
    return list(subscription["channels"]) if isinstance(subscription, Mapping) else []
