"""What answers of alerts hold."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import Field

from chalicelib.alerts import release
from chalicelib.alerts.model import Alert, Correction
from chalicelib.alerts.preview_views import AlertWarning, PreviewView
from chalicelib.alerts.standing import Standing
from chalicelib.alerts.states import BEFORE, STATUSES
from chalicelib.core.clock import rfc3339
from chalicelib.core.endpoints import Model
from chalicelib.core.settings import Settings
from chalicelib.delivery.content import Words
from chalicelib.delivery.progress import Progress


class AlertSummary(Model):
    """An alert in a list."""

    id: str
    event: str
    department: str
    mode: str
    status: str = Field(description=", ".join(STATUSES))
    break_glass: bool = Field(description="Whether one person launched it without approval.")
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


class AlertWords(Model):
    """What people are told in one language, channel by channel; `body` is the mail's, in Markdown."""

    subject: str
    preheader: str
    body: str
    sms: str
    push: str
    voice: str
    post: str


class CorrectionsView(Model):
    """What is ready to be said, by language: if it was wrong, and when the danger is over."""

    cancel: dict[str, AlertWords]
    end: dict[str, AlertWords]


class StepView(Model):
    """What was done with it last: by whom (a staff id, `source:ID`, or `system`), when, and why."""

    by: str
    at: str
    reason: str


class CountingView(Model):
    """A count of many people that goes on by itself; what it is for follows when it is done."""

    action: str = Field(description="preview, launch, break-glass")
    by: str
    at: str


class AlertProgress(Model):
    """Messages: planned = sent + failed + unknown + cancelled + expired + waiting; `skipped` are people."""

    planned: int
    sent: int
    failed: int
    unknown: int
    cancelled: int
    expired: int
    waiting: int
    skipped: dict[str, int]
    reason: str | None
    started_at: str | None
    closed_at: str | None


class AlertView(AlertSummary):
    """An alert, whole. People are named by their staff ids; `given` is what it was made of."""

    given: dict[str, Any]
    as_it_came: bool = Field(description="Whether its CAP message came from outside, and is kept as it came.")
    words: dict[str, AlertWords]
    correction: CorrectionsView
    template: str | None
    pre_authorised: bool = Field(description="Whether one person may launch it.")
    areas: list[dict[str, Any]]
    topics: list[str]
    without_place: bool
    accounts: list[str]
    tolerance: float
    approvers: list[str]
    approval_minutes: int
    asked: int = Field(description="How many times approvers were asked.")
    follows: str | None
    followed_by: str | None
    source: str | None
    authors: list[str]
    created_by: str
    updated_by: str
    steps: dict[str, StepView]
    preview: PreviewView | None
    counting: CountingView | None
    plan_id: str | None
    progress: AlertProgress | None
    warnings: list[AlertWarning]


def summary(standing: Standing) -> AlertSummary:
    """An alert for a list."""
    return AlertSummary(**_summary(standing))


def view(standing: Standing, *, now: datetime, settings: Settings) -> AlertView:
    """An alert, whole."""
    alert = standing.alert
    same = (
        "as_it_came",
        "pre_authorised",
        "without_place",
        "tolerance",
        "approval_minutes",
        "asked",
        "created_by",
        "updated_by",
    )
    values: dict[str, Any] = {name: getattr(alert, name) for name in same}
    values |= {
        name: getattr(alert, name) or None
        for name in ("template", "follows", "followed_by", "source", "plan_id")
    }
    values |= {name: list(getattr(alert, name)) for name in ("topics", "accounts", "approvers", "authors")}
    return AlertView(
        **_summary(standing),
        **values,
        given=dict(alert.given),
        words=_words(alert.words),
        correction=_correction(alert.correction),
        areas=[dict(one) for one in alert.areas],
        steps={name: StepView(**asdict(step)) for name, step in alert.steps.items()},
        preview=PreviewView(**alert.preview.shown) if alert.preview and alert.preview.shown else None,
        counting=_counting(alert),
        progress=_progress(standing.progress) if standing.progress else None,
        warnings=_warnings(alert, now=now, settings=settings),
    )


def _summary(standing: Standing) -> dict[str, Any]:
    alert, message = standing.alert, standing.alert.message
    launched = alert.steps.get("launched")
    same = ("id", "event", "department", "mode", "break_glass", "version", "created_at", "updated_at")
    return {
        **{name: getattr(alert, name) for name in same},
        "status": standing.status,
        "identifier": message.identifier,
        "sender": message.sender,
        "message_type": message.message_type,
        "channels": list(alert.channels),
        "languages": list(alert.words),
        "launched_at": launched.at if launched else None,
        "expires_at": rfc3339(alert.expires_at) if alert.expires_at else None,
    }


def _words(words: Mapping[str, Words]) -> dict[str, AlertWords]:
    return {language: AlertWords(**asdict(one)) for language, one in words.items()}


def _correction(correction: Correction) -> CorrectionsView:
    return CorrectionsView(cancel=_words(correction.cancel), end=_words(correction.end))


def _counting(alert: Alert) -> CountingView | None:
    counting = alert.counting
    return CountingView(action=counting.action, by=counting.by, at=counting.at) if counting else None


def _warnings(alert: Alert, *, now: datetime, settings: Settings) -> list[AlertWarning]:
    """What somebody should look at before the launch, as it stands at this moment."""
    if alert.state not in BEFORE:
        return []
    found = []
    if alert.expires_at and alert.expires_at <= now:
        found.append(AlertWarning(pointer="/expires", message="By now this is past."))
    if alert.preview and release.is_old(alert.preview, now=now, settings=settings):
        why = "The preview is too old to launch by; make a new one."
        found.append(AlertWarning(pointer="/preview", message=why))
    return found


def _progress(found: Progress) -> AlertProgress:
    same = ("planned", "sent", "failed", "unknown", "cancelled", "expired", "waiting")
    return AlertProgress(
        **{name: getattr(found, name) for name in same},
        skipped=dict(found.skipped),
        reason=found.reason or None,
        started_at=found.started_at or None,
        closed_at=found.closed_at or None,
    )
