"""No address, name, token or key is in any log line.

(Each session of the features ends with the same check over all of them.)
"""

from infra.aws.faults import refuse
from tests.features import acting
from tests.features.local import LocalDriver


def test_failures_are_logged_without_what_people_typed(driver: LocalDriver) -> None:
    roads = acting.topic(driver)
    address = acting.sign_up(driver, [roads], name="Ana Test")
    driver.platform.faults.add(
        "sesv2", "SendBulkEmail", refuse("BadRequestException"), when=lambda b: address in b
    )
    driver.platform.faults.add("dynamodb", "Query", refuse("InternalServerError", status=500), times=6)
    driver.request("GET", "/v1/topics", key=driver.admin_key)
    driver.platform.faults.clear()
    acting.send(driver, [roads])
    driver.request("GET", f"/preferences/{address}")
    driver.request("POST", "/v1/subscribers/lookup", key=driver.admin_key, json={"address": address})
    assert driver.watch.lines, "nothing was logged: the watch listens to nobody"
    assert driver.watch.leaks(driver.outbox()) == []
