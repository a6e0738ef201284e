"""What accounts post of an alert: at its launch, and when another one follows it.

Accounts are for everybody. Whatever they post is made of a `Live`, and there is none of an exercise or a
test: of those, all of this does nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.alerts import tables
from chalicelib.alerts.cap.model import CANCEL
from chalicelib.alerts.model import Alert
from chalicelib.channels.accounts import manage
from chalicelib.channels.accounts.model import Account
from chalicelib.channels.platforms import registry
from chalicelib.core.staff import Mode
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.article import plain
from chalicelib.delivery.foreign import cut
from chalicelib.delivery.posts import naming
from chalicelib.delivery.posts import publish as posts
from chalicelib.delivery.posts.publish import Wanted
from chalicelib.delivery.posts.record import How

SENT = "alert.sent"
TEXTS_MAX = 40_000
"""Characters of all texts together: what is told to machines goes through SNS, which takes 256 kB."""


@dataclass(frozen=True)
class Live:
    """An alert that everybody may see. Raises ValueError for one of another mode."""

    alert: Alert

    def __post_init__(self) -> None:
        if self.alert.mode != Mode.LIVE:
            raise ValueError("only what is live is public")


def live(alert: Alert) -> Live | None:
    """An alert as one that everybody may see; None where nobody but its own people may."""
    return Live(alert) if alert.mode == Mode.LIVE else None


def publish(alert: Alert, *, now: datetime, wiring: Wiring) -> None:
    """Has the accounts of a launched alert post it; once more is harmless.

    Those that posted what it follows are left out: they say it there (`correct`).
    """
    public = live(alert)
    if public is None or not alert.accounts:
        return
    told = {account for one in _followed(public) for account in one.alert.accounts}
    found = manage.get_all([one for one in alert.accounts if one not in told]).values()
    wanted = [one for account in found for one in _wanted(public, account, wiring=wiring)]
    if wanted:
        posts.publish(alert.plan_id, wanted, now=now, wiring=wiring)


def correct(alert: Alert, *, now: datetime, wiring: Wiring) -> None:
    """Has the posts of whatever an alert follows say what it says; again is harmless.

    A Cancel takes the place of what was wrong; an Update, and that the danger is over, answer what stands.
    """
    public = live(alert)
    if public is None:
        return
    texts = {language: words.post for language, words in alert.words.items() if words.post.strip()}
    for earlier in _followed(public):
        posts.edit(
            earlier.alert.plan_id,
            texts,
            once=alert.id,
            how=How.REPLACE if alert.message.message_type == CANCEL else How.ADD,
            otherwise=texts.get(alert.default_language, ""),
            event=document(public, wiring=wiring) | {"id": earlier.alert.id},
            event_type=SENT,
            now=now,
            wiring=wiring,
        )


def document(public: Live, *, wiring: Wiring) -> dict[str, Any]:
    """An alert as machines get it: in CAP's terms, its words by language, and where it stands whole."""
    alert, message = public.alert, public.alert.message
    first, most = message.infos[0], TEXTS_MAX // len(alert.words)
    return {
        "id": alert.id,
        "title": alert.event,
        "type": message.message_type,
        "identifier": message.identifier,
        "sender": message.sender,
        "sent": message.sent,
        "urgency": first.urgency,
        "severity": first.severity,
        "certainty": first.certainty,
        "areas": [area.description for area in first.areas],
        "expires": first.expires,
        "default_language": alert.default_language,
        "languages": {
            language: {
                "subject": words.subject,
                "text": cut(plain(words, language=language), most),
                "post": words.post,
            }
            for language, words in alert.words.items()
        },
        "topics": list(alert.topics),
        "department": alert.department,
        "url": wiring.settings.url("/alerts"),
        "cap": wiring.settings.url(f"/alerts/{alert.id}.cap"),
    }


def _followed(public: Live) -> Iterator[Live]:
    """What an alert follows, what that one followed, and so on: back to the first."""
    following = public.alert.follows
    while following:
        earlier = Live(tables.read(following))
        yield earlier
        following = earlier.alert.follows


def _wanted(public: Live, account: Account, *, wiring: Wiring) -> Iterator[Wanted]:
    alert = public.alert
    if registry.about(account.platform).whole:
        yield Wanted(account.id, account.platform, event=document(public, wiring=wiring), event_type=SENT)
        return
    texts = {language: words.post for language, words in alert.words.items()}
    for language in naming.languages_of(account, texts, alert.default_language):
        title = alert.words[language].subject
        yield Wanted(account.id, account.platform, language, texts[language], title=title)
