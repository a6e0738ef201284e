"""The composition root: every client is built here, lazily and once per process.

Verbs take a `Wiring` (or a part of it) as an argument; handlers pass `wiring()`. Tests hand in one of their
own, with another clock or fakes in place of clients. botocore is used without boto3: PynamoDB needs no more
(ADR 3).
"""

import json
from functools import cache, cached_property, lru_cache
from typing import Any

from chalicelib.core.clock import Clock, utc_now
from chalicelib.core.hotpath import install
from chalicelib.core.queues import Queues
from chalicelib.core.settings import Settings, settings
from chalicelib.core.tokens import KeyRing
from chalicelib.core.web import Web

PROVIDER_READ_TIMEOUT_S = 10
USER_AGENT = "Crier"
"""As AWS's logs name the caller. botocore makes up its own twice for each call: a third of a call's CPU."""


class Wiring:
    """The clients, the clock and the keys of one process."""

    def __init__(self, *, settings: Settings, clock: Clock = utc_now) -> None:
        self.settings = settings
        self.clock = clock

    def _client(self, service: str, **config: Any) -> Any:
        from botocore.config import Config

        config = {"user_agent": USER_AGENT, **config}
        return _session().create_client(service, region_name=self.settings.region, config=Config(**config))

    def _provider(self, service: str) -> Any:
        """A client that sends to people, once: a send that is repeated blindly is a message doubled."""
        return self._client(
            service,
            retries={"total_max_attempts": 1},
            read_timeout=PROVIDER_READ_TIMEOUT_S,
            connect_timeout=3,
        )

    @cached_property
    def dynamodb(self) -> Any:
        """DynamoDB, for the hot path as it is, and under PynamoDB's models."""
        return install(
            self._client(
                "dynamodb",
                retries={"mode": "standard", "max_attempts": 5},
                read_timeout=10,
                connect_timeout=3,
                parameter_validation=False,  # marshalled by us or by PynamoDB, and checked by DynamoDB anyway
            )
        )

    @cached_property
    def sesv2(self) -> Any:
        """SES, for sending."""
        return install(self._provider("sesv2"))

    @cached_property
    def sns(self) -> Any:
        """SNS, for SMS."""
        return self._provider("sns")

    @cached_property
    def sms_voice(self) -> Any:
        """End User Messaging, for texts and calls."""
        return self._provider("pinpoint-sms-voice-v2")

    @cached_property
    def s3(self) -> Any:
        """S3, for the uploads of imports."""
        return self._client("s3", signature_version="s3v4")

    @cached_property
    def web(self) -> Web:
        """HTTP to everybody else: the one way out that is not AWS's."""
        return Web(f"{USER_AGENT} (+{self.settings.base_url})")

    @cached_property
    def queues(self) -> Queues:
        """The queues of this deployment. Time-outs are short, for a reader waits while a click is told."""
        sqs = self._client(
            "sqs", connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3}
        )
        return Queues(client=install(sqs), prefix=self.settings.queue_prefix)

    @cached_property
    def secrets(self) -> Any:
        """Secrets Manager, for the keys of this deployment and the secrets of accounts."""
        return self._client("secretsmanager")

    def _secret(self, name: str) -> str:
        answer = self.secrets.get_secret_value(SecretId=f"{self.settings.stack}/{name}")
        return str(answer["SecretString"])

    @cached_property
    def ring(self) -> KeyRing:
        """The signing keys. The secret is JSON: `{"current": "2", "1": "…", "2": "…"}`."""
        document = json.loads(self._secret("signing"))
        keys = {int(key_id): text.encode() for key_id, text in document.items() if key_id != "current"}
        return KeyRing(current=int(document["current"]), keys=keys)

    @cached_property
    def address_key(self) -> bytes:
        """The key under which addresses are digested. Never rotated: it finds people again."""
        return self._secret("addresses").encode()

    @cached_property
    def push_secret(self) -> bytes:
        """What our key to push services is made of. Never rotated: browsers subscribed to that key."""
        return self._secret("push").encode()

    @cached_property
    def alert_secret(self) -> dict[str, str]:
        """What alerts are signed with: a `seed`, or the operator's `key` and `certificate` (PEM)."""
        return {str(name): str(text) for name, text in json.loads(self._secret("alerts")).items()}


@cache
def _session() -> Any:
    """What every client is made of: it has read the services' descriptions, which are the same for all."""
    from botocore.session import get_session

    return get_session()


@lru_cache(maxsize=1)
def wiring() -> Wiring:
    """The wiring of this process."""
    return Wiring(settings=settings())
