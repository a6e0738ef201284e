"""An alert, for tests: a flood in one language, to everyone around a point."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from chalicelib.alerts.cap.model import ACTUAL, ALERT, Area, Circle, Info, Message, Point
from chalicelib.alerts.model import Alert
from chalicelib.core.clock import rfc3339
from chalicelib.core.ids import time_ordered_id
from chalicelib.delivery.content import Words

NOW = datetime(2026, 11, 22, 18, 0, tzinfo=UTC)

INFO = Info(
    event="Flash flood",
    categories=("Met",),
    urgency="Immediate",
    severity="Severe",
    certainty="Likely",
    response_types=("Evacuate",),
    expires="2026-11-22T21:00:00-05:00",
    headline="Flash flood on Elm Street",
    description="Water is rising on Elm Street.",
    instruction="Go to higher ground now.",
    areas=(Area("Elm Street", circles=(Circle(Point(42.36, -71.06), 2.0),)),),
)
MESSAGE = Message(
    identifier="crier-1",
    sender="alerts@city.example",
    sent="2026-11-22T13:00:00-05:00",
    status=ACTUAL,
    message_type=ALERT,
    infos=(INFO,),
)
CIRCLE = {"circle": {"latitude": 42.36, "longitude": -71.06, "radius_km": 2}}


def alert(*, message: Message = MESSAGE, **changed: Any) -> Alert:
    """The alert, with what is changed of it; each with an identifier of its own unless `message` is given."""
    alert_id = time_ordered_id(NOW)
    if message is MESSAGE:
        message = replace(message, identifier=alert_id)
    made = Alert(
        id=alert_id,
        event="Flash flood",
        department="works",
        mode="live",
        message=message,
        words={"en": Words(subject="Flash flood", body="Go to higher ground.", sms="Go to higher ground.")},
        default_language="en",
        channels=("email", "sms"),
        state="draft",
        version=1,
        created_at=rfc3339(NOW),
        created_by="somebody",
        updated_at=rfc3339(NOW),
        updated_by="somebody",
        areas=(CIRCLE,),
    )
    return replace(made, **changed)
