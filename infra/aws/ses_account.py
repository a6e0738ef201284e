"""What SES knows of an account: quota and rate, configuration sets."""

from dataclasses import dataclass, field
from typing import Any

BURST_S = 2


@dataclass
class Account:
    """What `GetAccount` answers, and what SES enforces.

    `sent_24h` counts up, and sending stops at `max_24h` (-1: no limit). `throttles`: whether it holds senders
    to `max_send_rate`; SES lets short bursts pass, but not for long.
    """

    max_send_rate: float = 1000.0
    max_24h: float = 1_000_000.0
    sent_24h: float = 0.0
    sending_enabled: bool = True
    suspended: bool = False
    production: bool = True
    throttles: bool = False
    _room: float = 0.0
    _at: float = 0.0

    def takes(self, mails: int, *, now: float) -> int:
        """How many of the mails of one call SES takes at a moment (epoch seconds), and notes them.

        "The number of destinations you can contact in a single call can be limited by your account's maximum
        sending rate" (SES v2, SendBulkEmail): of more than a second's, none.
        """
        if not self.throttles:
            return mails
        burst = BURST_S * self.max_send_rate
        self._room = min(burst, self._room + (now - self._at) * self.max_send_rate)
        self._at = now
        taken = 0 if mails > max(1, self.max_send_rate) else min(mails, int(self._room))
        self._room -= taken
        return taken

    def document(self) -> dict[str, Any]:
        """The answer to `GetAccount`."""
        return {
            "DedicatedIpAutoWarmupEnabled": False,
            "EnforcementStatus": "SHUTDOWN" if self.suspended else "HEALTHY",
            "ProductionAccessEnabled": self.production,
            "SendQuota": {
                "Max24HourSend": self.max_24h,
                "MaxSendRate": self.max_send_rate,
                "SentLast24Hours": self.sent_24h,
            },
            "SendingEnabled": self.sending_enabled,
            "SuppressionAttributes": {"SuppressedReasons": []},
        }


@dataclass
class ConfigurationSet:
    """A configuration set: whether it may send, and its event destinations by name."""

    sending: bool = True
    destinations: dict[str, dict[str, Any]] = field(default_factory=dict)
