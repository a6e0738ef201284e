"""The duty web hook: whoever is on duty is told of each call for help, until they have taken it.

The setting `duty_account` names an account that takes whole documents, such as a web hook, signed as the
Standard Webhooks are. One message for each call and revision, under the same id in every try, so that its
reader takes it once. A live call is `crier.alert.help`, one of an exercise `crier.exercise.help`, so that
nobody who reads the one mistakes the other for it; of mode `test` nothing leaves.
"""

from typing import Any

from chalicelib.alerts.answers.model import HelpCall
from chalicelib.channels.accounts import manage
from chalicelib.channels.base import ProviderError
from chalicelib.channels.platforms.base import Post
from chalicelib.core.clock import parse_rfc3339
from chalicelib.core.errors import NotFound
from chalicelib.core.logs import logger
from chalicelib.core.wiring import Wiring

TYPES = {"live": "alert.help", "exercise": "exercise.help"}


def told(call: HelpCall, *, wiring: Wiring) -> bool:
    """Whether the hook has a call as it is now, or need not have it; a failure raises the alarm."""
    account_id = wiring.settings.duty_account
    if call.told >= call.revision or not account_id or call.mode not in TYPES:
        return True
    try:
        account = manage.get(account_id)
        manage.opened(account, wiring=wiring).publish(_post(call))
    except (ProviderError, NotFound) as error:
        logger.warning("help-untold", alert=call.alert_id, tries=call.tries + 1, code=error.code)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is tried again
        logger.failure("help-untold", error, alert=call.alert_id, tries=call.tries + 1)
    else:
        return True
    return False


def _post(call: HelpCall) -> Post:
    return Post(
        key=f"help {call.alert_id} {call.subscriber_id} {call.revision}",
        text="",
        language="",
        made_at=parse_rfc3339(call.told_at),
        event=document(call),
        event_type=TYPES[call.mode],
    )


def document(call: HelpCall) -> dict[str, Any]:
    """What the hook is told of a call: neither name nor address. Pure."""
    return {
        "id": call.alert_id,
        "subscriber_id": call.subscriber_id,
        "revision": call.revision,
        "mode": call.mode,
        "channel": call.channel,
        "answer": call.answer,
        "asked_at": call.asked_at,
        "told_at": call.told_at,
        "words": call.words,
        "place": call.where._asdict() if call.where.source else None,
    }
