"""The queue `inbound`: what comes in by text message, by mail and as answers to posts, dispatched."""

from typing import Any

from chalicelib.conversations.events import MailIn, ReplyIn, TextIn, read
from chalicelib.core.wiring import Wiring
from chalicelib.subscribers.notify import Notify


def take(message: Any, *, notify: Notify, wiring: Wiring) -> None:
    """Takes one message of SNS's. Raises Malformed for what is neither: it ends among the dead letters."""
    match read(message):
        case TextIn() as text:
            from chalicelib.conversations.text_in import take_text

            take_text(text, notify=notify, wiring=wiring)
        case MailIn() as mail:
            from chalicelib.conversations.mail_in import take_mail

            take_mail(mail, wiring=wiring)
        case ReplyIn() as reply:
            from chalicelib.conversations.replies import take_reply

            take_reply(reply, wiring=wiring)
