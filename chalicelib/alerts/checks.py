"""What is wrong with an alert that somebody wrote, each place by its pointer in the API's own words."""

import re
from collections.abc import Iterator
from datetime import datetime

from chalicelib.alerts.cap import rules
from chalicelib.alerts.compose import Composed, Given
from chalicelib.channels.accounts import manage
from chalicelib.core import staff_admin
from chalicelib.core.errors import FieldError, NotFound
from chalicelib.core.settings import Settings
from chalicelib.core.staff import APPROVERS, Actor
from chalicelib.delivery.content import check
from chalicelib.delivery.launch import CHANNEL_ORDER
from chalicelib.delivery.posts import naming
from chalicelib.subscribers import topics
from chalicelib.subscribers.topics import ENDED

IN_WORDS = {
    "category": "categories",
    "responseType": "response_types",
    "eventCode": "event_codes",
    "area": "areas",
}
"""CAP's elements under the API's names, where they differ; of the same in all languages."""

PER_LANGUAGE = ("headline", "description", "instruction", "event")
_INFO = re.compile(r"/info/(\d+)/(\w+)(/.*)?")


def errors(
    made: Composed, given: Given, *, as_it_came: bool, actor: Actor, now: datetime, settings: Settings
) -> list[FieldError]:
    """Every wrong place of what was given, by what is made of it."""
    found = [] if as_it_came else [in_words(one, made) for one in rules.broken(made.message, now=now)]
    expires = [datetime.fromisoformat(info.expires) for info in made.message.infos if info.expires]
    if expires and max(expires) <= now:
        found.append(FieldError("/expires", "This is past; what is over is not sent."))
    for language, words in made.words.items():
        found += check(words, pointer=f"/content/{language}")
    found += _ladder_errors(made)
    found += _topic_errors(made)
    found += _approver_errors(made)
    if (
        not made.channels
        or len(set(made.channels)) != len(made.channels)
        or set(made.channels) - set(CHANNEL_ORDER)
    ):
        found.append(FieldError("/channels", f"Choose each of {', '.join(CHANNEL_ORDER)} at most once."))
    accounts = given.get("accounts", ())
    posts = {language: words.post for language, words in made.words.items()}
    found += naming.errors(
        accounts, manage.get_all(accounts) if accounts else {}, posts, settings.default_language, actor=actor
    )
    return list(dict.fromkeys(found))


def in_words(error: FieldError, made: Composed) -> FieldError:
    """An error of the CAP message at the place where staff gave it."""
    if not (place := _INFO.fullmatch(error.pointer)):
        return error
    number, name, rest = int(place[1]), place[2], place[3] or ""
    if name in PER_LANGUAGE:
        return FieldError(f"/content/{made.message.infos[number].language}/{name}", error.message)
    return FieldError(f"/{IN_WORDS.get(name, name)}{rest}", error.message)


def _ladder_errors(made: Composed) -> Iterator[FieldError]:
    if len(made.ladder) == 1:
        yield FieldError("/ladder", "Give two channels at least; the second follows the first.")
    if len({rung.channel for rung in made.ladder}) != len(made.ladder):
        yield FieldError("/ladder", "Name each channel once.")
    for number, rung in enumerate(made.ladder):
        if rung.channel not in made.channels:
            why = f"The alert does not use {rung.channel}; choose it under channels, too."
            yield FieldError(f"/ladder/{number}/channel", why)


def _topic_errors(made: Composed) -> Iterator[FieldError]:
    known = topics.get_all(made.topics)
    for number, topic in enumerate(made.topics):
        if topic not in known or known[topic].status == ENDED:
            yield FieldError(f"/topics/{number}", "No open topic has this id.")


def _approver_errors(made: Composed) -> Iterator[FieldError]:
    for number, staff_id in enumerate(made.approvers):
        if not approves(staff_id):
            yield FieldError(f"/approvers/{number}", "No approver has this id.")


def approves(staff_id: str) -> bool:
    """Whether somebody of the staff may approve."""
    try:
        person = staff_admin.get(staff_id)
    except NotFound:
        return False
    return bool(person.active and APPROVERS & set(person.roles))
