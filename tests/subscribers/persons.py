"""Whatever a person may be, and the tables that follow them through changes."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from chalicelib.subscribers import rules
from chalicelib.subscribers.model import (
    CHANNELS,
    Address,
    LedgerEntry,
    Person,
    Place,
    Provenance,
    Row,
    Subscription,
    Wishes,
)

AT = datetime(2026, 11, 22, tzinfo=UTC)
BY = Provenance("test", "system", AT)
TOPICS = [f"topic-{n}" for n in range(6)]
CHANNEL = st.sampled_from(CHANNELS)


def digest(channel: str, address: str) -> str:
    return f"{channel}#{address.casefold()}"


subscriptions = st.builds(
    Subscription,
    channels=st.lists(CHANNEL, unique=True, min_size=1).map(tuple),
    cadence=st.sampled_from(["immediate", "daily"]),
    source=st.just("test"),
    since=st.sampled_from(["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]),
)
persons = st.builds(
    Person,
    id=st.just("a" * 32),
    name=st.sampled_from(["", "Ana", "Bo"]),
    language=st.sampled_from(["en", "es"]),
    time_zone=st.sampled_from(["UTC", "America/New_York"]),
    addresses=st.dictionaries(CHANNEL, st.builds(Address, st.sampled_from(["x", "y", "Y"]), st.just("t"))),
    topics=st.dictionaries(st.sampled_from(TOPICS), subscriptions),
    blocks=st.dictionaries(st.sampled_from(["email:*", "sms:newsletter"]), st.just("stop")),
    version=st.just(0),
    created_at=st.just("2026-01-01T00:00:00.000Z"),
    places=st.dictionaries(
        st.sampled_from(["home", "work"]), st.builds(Place, st.just(42.1), st.floats(-71, -70))
    ),
    wishes=st.builds(
        Wishes,
        paused_until=st.sampled_from(["", "2027-01-01"]),
        hours=st.none() | st.just((9, 17)),
        digest_hour=st.none() | st.just(0),
        tracking=st.none() | st.booleans(),
    ),
    life_safety=st.booleans(),
)


class Tables:
    """What the writes of changes leave behind."""

    def __init__(self) -> None:
        self.person: Person | None = None
        self.rows: dict[str, Row] = {}
        self.addresses: set[str] = set()
        self.ledger: list[LedgerEntry] = []

    def apply(self, change: rules.Change | None) -> None:
        if change is None:
            return
        assert change.size <= rules.MAX_WRITES
        assert not set(change.rows) & set(change.dropped)
        assert not set(change.claimed) & self.addresses
        assert set(change.released) <= self.addresses
        self.person = change.after
        self.rows = {t: r for t, r in self.rows.items() if t not in change.dropped} | dict(change.rows)
        self.addresses = (self.addresses - set(change.released)) | set(change.claimed)
        self.ledger.append(change.entry)
