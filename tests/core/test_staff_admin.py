from typing import Any

import pytest

from chalicelib.core import staff_admin
from chalicelib.core.errors import Conflict, CrierError, Forbidden, InvalidFields, NotFound
from chalicelib.core.staff import Actor, Role, authenticate
from chalicelib.core.staff_tables import ADMINS, KeyItem, StaffGuard, StaffItem
from tests.core.calling import NOW, member


def _admins() -> int:
    return int(StaffGuard.get(ADMINS).active_admins)


def test_the_first_admin_is_made_once(tables: None) -> None:
    person, key = staff_admin.create_first_admin(name="Ada", email="ada@city.example", now=NOW)
    assert authenticate(f"Bearer {key}", now=NOW).staff_id == person.id
    with pytest.raises(Conflict) as refused:
        staff_admin.create_first_admin(name="Eve", email="eve@city.example", now=NOW)
    assert refused.value.code == "admin-exists"
    assert len(list(KeyItem.scan())) == 1


def test_people_are_listed_and_found(admin: Actor) -> None:
    member(admin, "bob", roles=[Role.VIEWER])
    page = staff_admin.page(limit=10, cursor=None)
    assert {one.name for one in page.items} == {"Ada Admin", "bob"}
    assert page.next is None
    assert staff_admin.get(page.items[0].id).name == page.items[0].name


@pytest.mark.parametrize("staff_id", ["0" * 32, "#admins", "email#ada@city.example", "", "x" * 3000])
def test_what_is_no_person_is_not_found(admin: Actor, staff_id: str) -> None:
    with pytest.raises(NotFound):
        staff_admin.get(staff_id)


def test_an_address_belongs_to_one_person(admin: Actor) -> None:
    with pytest.raises(Conflict) as refused:
        staff_admin.create(
            name="Eve", email="ADA@city.example", roles=[Role.ADMIN], departments=[], by=admin, now=NOW
        )
    assert refused.value.code == "email-taken"
    assert _admins() == 1


def test_an_address_can_move_and_be_free_again(admin: Actor) -> None:
    bob, _ = member(admin, "bob", roles=[Role.VIEWER])
    staff_admin.change(bob.staff_id, {"email": "robert@city.example"})
    member(admin, "bob", roles=[Role.VIEWER])
    with pytest.raises(Conflict) as refused:
        staff_admin.change(bob.staff_id, {"email": "Bob@city.example"})
    assert refused.value.code == "email-taken"
    assert staff_admin.get(bob.staff_id).email == "robert@city.example"


@pytest.mark.parametrize(
    "changes", [{"active": False}, {"roles": {Role.VIEWER}}], ids=["leaves", "gets another role"]
)
def test_the_last_admin_stays(admin: Actor, changes: dict[str, Any]) -> None:
    with pytest.raises(Conflict) as refused:
        staff_admin.change(admin.staff_id, changes)
    assert refused.value.code == "last-admin"
    second, _ = member(admin, "bob", roles=[Role.VIEWER])
    staff_admin.change(second.staff_id, {"roles": {Role.ADMIN, Role.VIEWER}})
    assert _admins() == 2
    staff_admin.change(admin.staff_id, changes)
    assert _admins() == 1


def test_a_change_over_another_is_refused(admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = staff_admin.get(admin.staff_id)
    staff_admin.change(admin.staff_id, {"name": "Ada"})
    monkeypatch.setattr(staff_admin, "get", lambda staff_id: stale)
    with pytest.raises(Conflict) as refused:
        staff_admin.change(admin.staff_id, {"name": "Eve"})
    assert refused.value.code == "conflict"
    assert StaffItem.get(admin.staff_id).name == "Ada"


def test_people_make_see_and_revoke_their_own_keys(admin: Actor) -> None:
    bob, _ = member(admin, "bob", roles=[Role.VIEWER])
    item, key = staff_admin.issue_key(staff_id=bob.staff_id, mode="test", label="laptop", by=bob, now=NOW)
    assert authenticate(f"Bearer {key}", now=NOW).mode == "test"
    listed = staff_admin.keys_page(bob.staff_id, by=bob, limit=10, cursor=None).items
    assert {one.id for one in listed} == {bob.key_id, item.id}
    for _ in range(2):
        staff_admin.revoke_key(item.id, by=bob, now=NOW)
    assert KeyItem.get(item.id).revoked_by == bob.staff_id


@pytest.mark.parametrize(
    ("act", "error"),
    [
        pytest.param(
            lambda bob, ada: staff_admin.issue_key(
                staff_id=ada.staff_id, mode="live", label="x", by=bob, now=NOW
            ),
            Forbidden,
            id="makes one",
        ),
        pytest.param(
            lambda bob, ada: staff_admin.keys_page(ada.staff_id, by=bob, limit=1, cursor=None),
            Forbidden,
            id="sees them",
        ),
        pytest.param(
            lambda bob, ada: staff_admin.revoke_key(ada.key_id, by=bob, now=NOW), NotFound, id="revokes one"
        ),
    ],
)
def test_keys_of_others_are_for_admins(admin: Actor, act: Any, error: type[CrierError]) -> None:
    bob, _ = member(admin, "bob", roles=[Role.APPROVER])
    with pytest.raises(error):
        act(bob, admin)
    assert not KeyItem.get(admin.key_id).revoked_at


def test_no_key_for_nobody_or_for_someone_who_left(admin: Actor) -> None:
    bob, _ = member(admin, "bob", roles=[Role.VIEWER])
    staff_admin.change(bob.staff_id, {"active": False})
    for staff_id in ("0" * 32, bob.staff_id):
        with pytest.raises(InvalidFields) as refused:
            staff_admin.issue_key(staff_id=staff_id, mode="live", label="x", by=admin, now=NOW)
        assert refused.value.errors[0].pointer == "/staff_id"
