"""What an approver agreed to, and what ends it."""

from dataclasses import fields, replace
from typing import Any

import pytest

from chalicelib.alerts.templates.model import DECIDED, Draft, digest
from chalicelib.delivery.ladder import Rung
from tests.alerts.templates.flood import said, template

OTHER: dict[str, Any] = {
    "hazard": "dam",
    "events": {"en": "Dam"},
    "words": {"en": said("en", sms="[place] [time] [action]!")},
    "cancel": {},
    "end": {},
    "categories": ("Safety",),
    "event_code": "DBW",
    "urgency": "Expected",
    "severity": "Minor",
    "certainty": "Possible",
    "response_types": (),
    "topics": ("roads",),
    "channels": ("sms",),
    "ladder": (Rung("push", 60, "acknowledged"), Rung("sms", 0, "acknowledged")),
    "tolerance": 0.5,
    "expires_minutes": 60,
    "approval_minutes": 9,
    "approvers": ("0" * 32,),
}


def test_every_part_of_a_template_is_agreed_to_or_known_not_to_matter() -> None:
    assert OTHER.keys() == DECIDED
    assert {one.name for one in fields(Draft)} - DECIDED == {"name", "suggestions"}


@pytest.mark.parametrize("name", sorted(DECIDED))
def test_any_later_change_ends_the_pre_authorisation(name: str) -> None:
    agreed = replace(template(), digest=digest(template()))
    assert agreed.pre_authorised
    assert not replace(agreed, **{name: OTHER[name]}).pre_authorised


def test_names_and_suggestions_do_not_end_it() -> None:
    agreed = replace(template(), digest=digest(template()))
    assert replace(agreed, name="Other", suggestions={"en": {"action": "Go."}}).pre_authorised
    assert not template().pre_authorised
