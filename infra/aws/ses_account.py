"""What SES knows of an account: quota and rate, configuration sets."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Account:
    """What `GetAccount` answers, and what SES enforces.

    `sent_24h` counts up, and sending stops at `max_24h` (-1: no limit).
    """

    max_send_rate: float = 1000.0
    max_24h: float = 1_000_000.0
    sent_24h: float = 0.0
    sending_enabled: bool = True
    suspended: bool = False
    production: bool = True

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
