"""Every queue message delivered twice and in any order: no double in the outbox, no count off.

On the local stack only (see conftest): a deployed one cannot be told to misbehave.
"""

from collections import Counter
from collections.abc import Iterator
from random import Random

import pytest

from infra.aws.sqs import Mishaps
from tests.features import acting
from tests.features.local import LocalDriver


@pytest.fixture(params=range(3))
def doubling(driver: object, request: pytest.FixtureRequest) -> Iterator[LocalDriver]:
    if not isinstance(driver, LocalDriver):
        pytest.fail("this module runs on the local stack only")
    sqs = driver.platform.world.sqs
    kept, sqs.mishaps = sqs.mishaps, Mishaps(double=True, shuffle=Random(request.param))
    yield driver
    sqs.mishaps = kept


def test_the_main_job_with_every_message_twice(doubling: LocalDriver) -> None:
    roads = acting.topic(doubling)
    by_mail = [acting.sign_up(doubling, [roads], language=one) for one in ("en", "es", "en", "es")]
    by_text = [acting.sign_up_by_text(doubling, [roads]) for _ in range(2)]
    before = len(doubling.outbox())
    campaign = acting.send(doubling, [roads])
    sent = Counter(message.to for message in doubling.outbox()[before:])
    assert sent == Counter([*by_mail, *by_text])
    for _ in range(2):
        acting.follow(doubling, acting.last(doubling, by_mail[0]))
    acting.look_at(doubling, acting.last(doubling, by_mail[1]))
    doubling.ses_event("Complaint", acting.last(doubling, by_mail[2]))
    doubling.settle()
    found = acting.report(doubling, campaign)
    counted = {
        name: found[name] for name in ("planned", "sent", "delivered", "clicked", "clicks", "opened", "opens")
    }
    assert counted == {
        "planned": 6,
        "sent": 6,
        "delivered": 4,
        "clicked": 1,
        "clicks": 2,
        "opened": 2,
        "opens": 3,
    }
    assert found["complained"] == 1
