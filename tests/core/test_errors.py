import pytest

from chalicelib.core import errors
from chalicelib.core.errors import CrierError, FieldError, InvalidFields
from chalicelib.core.problems import problem_response

TREE = sorted(
    (one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, CrierError)),
    key=lambda one: one.__name__,
)


@pytest.mark.parametrize("error", TREE, ids=lambda one: one.__name__)
def test_each_refusal_has_a_code_of_its_own_and_stands_in_the_tree(error: type[CrierError]) -> None:
    assert [one.code for one in TREE].count(error.code) == 1
    assert error.__name__ in (errors.__doc__ or "")
    assert str(int(error.status)) in (errors.__doc__ or "") or error is CrierError


def test_a_problem_names_each_wrong_field() -> None:
    problem = InvalidFields(FieldError("/name", "too long"), FieldError("/at", "no time")).problem()
    assert problem == {
        "type": "urn:crier:problem:invalid-fields",
        "title": problem["title"],
        "status": 422,
        "code": "invalid-fields",
        "detail": "Some fields are wrong; correct them and send again.",
        "errors": [{"pointer": "/name", "message": "too long"}, {"pointer": "/at", "message": "no time"}],
    }


def test_a_missing_key_asks_for_one() -> None:
    response = problem_response(errors.Unauthenticated("No."))
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "WWW-Authenticate" not in problem_response(errors.Forbidden("No.")).headers
