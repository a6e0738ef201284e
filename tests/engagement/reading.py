"""What readers do with messages, over HTTP."""

from chalicelib.core.wiring import wiring
from chalicelib.delivery.delivery_tokens import mint
from infra.platform.platform import Platform
from tests.features.driver import BROWSER, MAIL_PROGRAM


def look_at(platform: Platform, plan_id: str, subscriber_id: str, **headers: str) -> None:
    """A mail program shows a mail, and loads its picture."""
    token = mint(plan_id, subscriber_id, "email", ring=wiring().ring)
    headers = {"user-agent": MAIL_PROGRAM, "accept": "image/*", **headers}
    assert platform.http("GET", f"/o/{token}", headers).status == 200


def click(platform: Platform, plan_id: str, subscriber_id: str, number: int = 0, **headers: str) -> None:
    """Somebody follows a link of a mail, in a browser."""
    token = mint(plan_id, subscriber_id, "email", ring=wiring().ring)
    headers = {"user-agent": BROWSER, **headers}
    assert platform.http("GET", f"/t/{token}/{number}", headers).status == 302
