"""What an entry of a person's history is, as plain immutable data."""

from dataclasses import dataclass

IN, OUT = "in", "out"


@dataclass(frozen=True)
class Entry:
    """One thing in a person's history that is not a delivery: a message that came in.

    `id` sorts by time; `at` is RFC 3339 text. `direction` is `in` (from the person) or `out`. `address` is
    the person's own, `agency` the number or address of the agency that it went to. `keyword` is what was
    recognised in it (`stop`, `join`, `unsubscribe` …), empty where somebody should read it; `answer` what was
    answered at once. `automatic`: an auto-reply or a bounce, which nobody need answer. `authentic`: whether
    the sender is who it says (a number always; a mail by DMARC). `closed_at`, `closed_by` and `note` tell who
    of the staff saw to it, when and how; all empty until then, and where nobody needs to.
    """

    id: str
    at: str
    direction: str
    channel: str
    address: str
    agency: str
    subject: str
    text: str
    keyword: str
    answer: str
    automatic: bool
    authentic: bool
    provider_id: str
    closed_at: str = ""
    closed_by: str = ""
    note: str = ""

    @property
    def waits(self) -> bool:
        """Whether somebody should read it and answer."""
        return not (self.keyword or self.automatic or self.closed_at)
