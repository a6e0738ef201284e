"""Alert templates, for the tour of the stack: written, agreed to, changed, withdrawn and deleted."""

from tests.alerts.templates import flood
from tests.features import acting
from tests.features.local import LocalDriver

ALL = "/v1/alerts/templates"


def templates(driver: LocalDriver) -> None:
    """Each of their verbs."""
    author = acting.staff_key(driver, roles=["emergency_manager"])
    body = flood.body(acting.slug("flood"), topics=[acting.topic(driver)], approvers=[author[2]])
    headers = {"Idempotency-Key": acting.slug("tour")}
    for _ in range(2):
        made = driver.request("POST", ALL, key=author[0], json=body, headers=headers)
        assert made.status == 201
    headers, wrong = {"Idempotency-Key": acting.slug("tour")}, {**body, "topics": ["none"]}
    assert driver.request("POST", ALL, key=author[0], json=wrong, headers=headers).status == 422
    one = f"{ALL}/{body['id']}"
    acting.api(driver, "POST", f"{one}/authorise", {"version": 1})
    acting.api(driver, "PATCH", one, {"version": 2, "tolerance": 0.2})
    acting.api(driver, "POST", f"{one}/withdraw")
    acting.api(driver, "POST", f"{ALL}/standard")
    for path in (ALL, one):
        acting.api(driver, "GET", path)
    acting.api(driver, "DELETE", one)
