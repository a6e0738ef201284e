"""What a goal is. Pure."""

import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

SECRET = "goal_"  # noqa: S105 - what one begins with
BYTES = 24


@dataclass(frozen=True)
class Goal:
    """Something that people can do on a department's sites, such as signing up for a clinic.

    `sites` are the hosts whose pages may say that somebody did. `secret_hash` is of the secret that only
    this goal's conversions can be told with.
    """

    id: str
    name: str
    department: str
    sites: tuple[str, ...]
    secret_hash: str
    created_at: str
    created_by: str
    ended_at: str = ""

    def knows(self, secret: str) -> bool:
        """Whether a text is this goal's secret."""
        return hmac.compare_digest(hashed(secret), self.secret_hash)


def new_secret() -> str:
    """A secret for a goal."""
    return SECRET + secrets.token_urlsafe(BYTES)


def hashed(secret: str) -> str:
    """What is kept of a secret: 192 random bits need no salt."""
    return sha256(secret.encode()).hexdigest()
