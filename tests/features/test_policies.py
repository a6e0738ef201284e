"""Least privilege: what each function was seen to do is allowed by its policy, and nothing else is.

A tour over HTTP makes every function do all that it can; the local AWS records each call with the function
that made it.
"""

from collections.abc import Iterator

import pytest

from chalicelib.campaigns import tables
from infra.template import INFRA, policy
from tests.features.alerting import alerting
from tests.features.digesting import digests
from tests.features.exporting import exporting
from tests.features.learning import learning
from tests.features.local import LocalDriver
from tests.features.mishaps import mishaps
from tests.features.phones import phones
from tests.features.posting import posting
from tests.features.sourcing import sources
from tests.features.steering import steering
from tests.features.studying import studied
from tests.features.sunsetting import sunsets
from tests.features.tour import tour
from tests.features.urgent import urgent
from tests.infra.policy import Comparison, Grant, compare, grants, needed, values_of

STACK, SENDER = "crier", "news@city.example"

GRANTED_ANYWAY = {
    "logs:": "every function writes its log; the local platform has no log service",
    "sqs:ReceiveMessage": "Lambda polls a function's queue with the function's role",
    "sqs:DeleteMessage": "the same",
    "sqs:GetQueueAttributes": "the same",
}
"""Grants that the tour need not show, by the beginning of the action, each with its reason."""

DOMAIN = f"identity/{SENDER.partition('@')[2]}"
"""Mail goes out by the identity that is verified: the sender's own, as here, or its domain."""


@pytest.fixture
def apart(driver: LocalDriver) -> Iterator[LocalDriver]:
    """The stack with functions that share no memory: each reads for itself what it needs."""
    driver.platform.apart = True
    yield driver
    driver.platform.apart = False


def nothing_due() -> None:
    """What other tests scheduled must not start in the midst of the tour, whose clock runs ahead."""
    for campaign_id in tables.due("9999", limit=1_000):
        tables.done(tables.read(campaign_id))


def test_policies_grant_what_is_done_and_nothing_else(
    apart: LocalDriver, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_due()
    # Those in which days pass come first: later, every plan of the others would be studied in them.
    studied(apart, monkeypatch)
    learning(apart, monkeypatch)
    exporting(apart)
    digests(apart)
    sunsets(apart)
    tour(apart, monkeypatch)
    mishaps(apart)
    steering(apart)
    urgent(apart)
    phones(apart, monkeypatch)
    sources(apart)
    posting(apart)
    alerting(apart, monkeypatch)
    wrong = {name: found for name, found in sorted(judged(apart).items()) if found.missing or found.unused}
    assert not wrong, "\n".join(_told(name, found) for name, found in wrong.items())


def judged(driver: LocalDriver) -> dict[str, Comparison]:
    """Each function's policy against its calls; a function without a policy is one that may do nothing."""
    values, calls = values_of(stack=STACK, sender=SENDER), driver.platform.calls
    policies = {path.stem for path in (INFRA / "policies").glob("*.json")}
    found = {}
    for name in policies | {call.function for call in calls} - {"-"}:
        granted = grants(policy(name), values) if name in policies else []
        pairs = {
            pair
            for call in calls
            if call.function == name
            for pair in needed(call, stack=STACK, sender=SENDER)
        }
        compared = compare(granted, pairs)
        unused = frozenset(grant for grant in compared.unused if not _granted_anyway(grant))
        found[name] = Comparison(compared.missing, unused)
    return found


def _granted_anyway(grant: Grant) -> bool:
    return grant.action.startswith(tuple(GRANTED_ANYWAY)) or grant.resource.endswith(DOMAIN)


def _told(name: str, found: Comparison) -> str:
    missing = [f"    {action} on {arn}" for action, arn in sorted(found.missing)]
    unused = [f"    {grant.action} on {grant.resource}" for grant in sorted(found.unused)]
    return "\n".join([name, "  not allowed, but done:", *missing, "  allowed, but not done:", *unused])
