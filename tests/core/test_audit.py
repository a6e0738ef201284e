import pytest
from pynamodb.exceptions import PutError

from chalicelib.core import audit
from chalicelib.core.audit_tables import AuditItem
from chalicelib.core.errors import Conflict
from chalicelib.core.staff import Actor
from tests.core.calling import NOW

ACTION = "POST /v1/campaigns/{id}/launch"


def _outcomes() -> list[tuple[str, str | None]]:
    return [(one.action, one.outcome) for one in audit.entries(limit=10, cursor=None).items]


def test_the_entry_stands_before_the_action(admin: Actor) -> None:
    with audit.recorded(admin, ACTION, {"id": "c1"}, now=NOW):
        (entry,) = audit.entries(limit=10, cursor=None).items
    assert (entry.staff_id, entry.key_id, entry.mode) == (admin.staff_id, admin.key_id, "live")
    assert (entry.action, entry.ids.as_dict(), entry.at) == (ACTION, {"id": "c1"}, "2026-11-22T06:00:00.000Z")
    assert _outcomes() == [(ACTION, None)]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        pytest.param(Conflict("No.", code="not-approved"), "not-approved", id="refused"),
        pytest.param(KeyError("x"), "internal-error", id="failed"),
        pytest.param(SystemExit(), "internal-error", id="process asked to end"),
    ],
)
def test_a_refusal_or_failure_adds_an_entry_behind(admin: Actor, error: BaseException, outcome: str) -> None:
    with pytest.raises(type(error)), audit.recorded(admin, ACTION, {"id": "c1"}, now=NOW) as entry_id:
        raise error
    second, first = audit.entries(limit=10, cursor=None).items
    assert (first.id, second.about, second.outcome) == (entry_id, entry_id, outcome)
    assert not first.outcome
    assert second.sort > first.sort


def test_an_action_that_cannot_be_recorded_is_not_done(admin: Actor) -> None:
    AuditItem.delete_table()
    done = []
    with pytest.raises(PutError), audit.recorded(admin, ACTION, {}, now=NOW):
        done.append(1)
    assert not done


def test_no_entry_is_written_over(admin: Actor) -> None:
    with audit.recorded(admin, ACTION, {}, now=NOW):
        (entry,) = audit.entries(limit=10, cursor=None).items
    entry.action = "nothing happened"
    with pytest.raises(PutError):
        AuditItem.add(entry)


def test_the_reason_given_stands_in_the_entry(admin: Actor) -> None:
    with audit.recorded(admin, ACTION, {}, now=NOW, reason="The date is wrong."):
        pass
    assert audit.entries(limit=1, cursor=None).items[0].reason == "The date is wrong."
