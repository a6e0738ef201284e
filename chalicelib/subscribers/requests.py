"""The queue `requests`: what residents asked for on pages, worked off apart from them."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.core.wiring import Wiring
from chalicelib.subscribers import notices, send_link, sign_up
from chalicelib.subscribers.notify import Notify

WORKERS: Mapping[str, Callable[..., None]] = {
    sign_up.KIND: sign_up.work,
    send_link.KIND: send_link.work,
    notices.KIND: notices.work,
}


def answer_request(message: Mapping[str, Any], *, notify: Notify, wiring: Wiring) -> None:
    """Does what one message asks.

    Raises KeyError for an unknown kind, which thus ends among the dead letters.
    """
    WORKERS[message["kind"]](message, notify=notify, wiring=wiring)
