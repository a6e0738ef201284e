from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.core import staff_admin
from chalicelib.core.errors import Forbidden, Unauthenticated
from chalicelib.core.staff import (
    ADMINS,
    APPROVERS,
    COMMUNICATORS,
    EMERGENCY_MANAGERS,
    VIEWERS,
    Actor,
    Role,
    authenticate,
    digest,
    mint,
    use_is_worth_noting,
)
from chalicelib.core.staff_tables import KeyItem
from tests.core.calling import NOW, member


def _actor(*roles: Role, departments: tuple[str, ...] = (), mode: str = "live") -> Actor:
    return Actor("s", "k", "Ann", "ann@city.example", frozenset(roles), frozenset(departments), mode)


def test_each_role_may_do_what_those_before_it_may() -> None:
    assert VIEWERS > COMMUNICATORS > APPROVERS > EMERGENCY_MANAGERS > ADMINS == {"admin"}
    assert len(VIEWERS) == 5


@pytest.mark.parametrize(
    ("actor", "roles", "modes", "code"),
    [
        pytest.param(_actor(Role.VIEWER), VIEWERS, {"live"}, None, id="right role and mode"),
        pytest.param(_actor(Role.ADMIN), VIEWERS, {"live"}, None, id="higher role"),
        pytest.param(_actor(Role.VIEWER), COMMUNICATORS, {"live"}, "wrong-role", id="lower role"),
        pytest.param(_actor(), VIEWERS, {"live"}, "wrong-role", id="no role"),
        pytest.param(_actor(Role.ADMIN, mode="test"), VIEWERS, {"live"}, "wrong-mode", id="test key"),
    ],
)
def test_roles_and_modes(actor: Actor, roles: frozenset[str], modes: set[str], code: str | None) -> None:
    if code is None:
        actor.require(roles=roles, modes=modes)
        return
    with pytest.raises(Forbidden) as refused:
        actor.require(roles=roles, modes=modes)
    assert refused.value.code == code


def test_people_act_for_their_departments_and_admins_for_all() -> None:
    ann = _actor(Role.APPROVER, departments=("roads",))
    assert ann.may_act_for("roads")
    assert not ann.may_act_for("health")
    assert _actor(Role.ADMIN).may_act_for("health")
    ann.require_department("roads")
    with pytest.raises(Forbidden) as refused:
        ann.require_department("health")
    assert refused.value.code == "wrong-department"


def test_keys_tell_their_mode_and_are_not_guessable() -> None:
    keys = {mint("0" * 32, "exercise") for _ in range(100)}
    assert len(keys) == 100
    assert all(key.startswith(f"crier_exercise_{'0' * 32}_") and len(key) >= 90 for key in keys)


@pytest.mark.parametrize(
    ("ago", "noted"),
    [
        (None, True),
        (timedelta(hours=1), True),
        (timedelta(minutes=59), False),
        (timedelta(0), False),
    ],
)
def test_use_is_noted_at_most_hourly(ago: timedelta | None, noted: bool) -> None:
    last = None if ago is None else (NOW - ago).isoformat()
    assert use_is_worth_noting(last, now=NOW) is noted


def test_a_key_names_its_person(admin: Actor) -> None:
    bob, _ = member(admin, "bob", roles=[Role.COMMUNICATOR], departments=["roads"], mode="test")
    assert (bob.name, bob.email, bob.mode) == ("bob", "bob@city.example", "test")
    assert bob.roles == {"communicator"}
    assert bob.departments == {"roads"}


def test_only_the_digest_of_a_key_is_stored(admin_key: str) -> None:
    (item,) = KeyItem.scan()
    assert item.digest == digest(admin_key)
    assert admin_key.rsplit("_", 1)[1] not in str(item.serialize())


def test_the_last_use_is_written_once_an_hour(admin: Actor, admin_key: str) -> None:
    for minutes, noted in ((0, NOW), (30, NOW), (60, NOW + timedelta(hours=1))):
        authenticate(f"Bearer {admin_key}", now=NOW + timedelta(minutes=minutes))
        assert KeyItem.get(admin.key_id).last_used_at == noted.isoformat(timespec="milliseconds").replace(
            "+00:00", "Z"
        )


HEADERS: dict[str, Callable[[str], str | None]] = {
    "missing": lambda key: None,
    "empty": lambda key: "",
    "no scheme": lambda key: key,
    "other scheme": lambda key: f"Basic {key}",
    "nothing after the scheme": lambda key: "Bearer ",
    "nonsense": lambda key: "Bearer nonsense",
    "not ASCII": lambda key: "Bearer crier_live_é_é",
    "longer secret": lambda key: f"Bearer {key}x",
    "shorter secret": lambda key: f"Bearer {key[:-1]}",
    "other mode": lambda key: f"Bearer {key.replace('live', 'test')}",
    "unknown id": lambda key: f"Bearer crier_live_{'f' * 32}_{key.rsplit('_', 1)[1]}",
    "id of another form": lambda key: f"Bearer crier_live_{'F' * 2000}_x",
}


@pytest.mark.parametrize("name", HEADERS)
def test_other_headers_prove_nothing(admin_key: str, name: str) -> None:
    with pytest.raises(Unauthenticated):
        authenticate(HEADERS[name](admin_key), now=NOW)


def test_the_scheme_may_be_written_in_any_case(admin_key: str) -> None:
    assert authenticate(f"bearer  {admin_key} ", now=NOW).is_admin


def test_a_revoked_key_proves_nothing(admin: Actor) -> None:
    bob, key = member(admin, "bob", roles=[Role.VIEWER])
    staff_admin.revoke_key(bob.key_id, by=admin, now=NOW)
    with pytest.raises(Unauthenticated):
        authenticate(f"Bearer {key}", now=NOW)


def test_the_keys_of_someone_who_left_prove_nothing(admin: Actor) -> None:
    bob, key = member(admin, "bob", roles=[Role.VIEWER])
    staff_admin.change(bob.staff_id, {"active": False})
    with pytest.raises(Unauthenticated):
        authenticate(f"Bearer {key}", now=NOW)
