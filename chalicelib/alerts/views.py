"""What requests and answers of alerts hold."""

from pydantic import Field

from chalicelib.alerts.standing import Standing
from chalicelib.alerts.states import STATUSES
from chalicelib.core.clock import rfc3339
from chalicelib.core.endpoints import Model


class AlertSummary(Model):
    """An alert in a list."""

    id: str
    event: str
    department: str
    mode: str
    status: str = Field(description=", ".join(STATUSES))
    version: int
    identifier: str = Field(description="Of its CAP message.")
    sender: str
    message_type: str = Field(description="CAP's `msgType`.")
    channels: list[str]
    languages: list[str]
    created_at: str
    updated_at: str
    launched_at: str | None
    expires_at: str | None


def summary(standing: Standing) -> AlertSummary:
    """An alert for a list."""
    alert, message = standing.alert, standing.alert.message
    launched = alert.steps.get("launched")
    return AlertSummary(
        id=alert.id,
        event=alert.event,
        department=alert.department,
        mode=alert.mode,
        status=standing.status,
        version=alert.version,
        identifier=message.identifier,
        sender=message.sender,
        message_type=message.message_type,
        channels=list(alert.channels),
        languages=list(alert.words),
        created_at=alert.created_at,
        updated_at=alert.updated_at,
        launched_at=launched.at if launched else None,
        expires_at=rfc3339(alert.expires_at) if alert.expires_at else None,
    )
