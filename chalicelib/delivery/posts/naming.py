"""The accounts that a campaign or an alert names: whether it may, and in which languages each posts."""

from collections.abc import Iterator, Mapping, Sequence

from chalicelib.channels.accounts.model import Account
from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import About
from chalicelib.core.errors import FieldError
from chalicelib.core.staff import Actor

Posts = Mapping[str, str]
"""What is posted, by language; empty where there are no words for it."""


def errors(
    named: Sequence[str], found: Mapping[str, Account], posts: Posts, default_language: str, *, actor: Actor
) -> list[FieldError]:
    """What is wrong with the accounts `named`, of which there are those `found`, and with their posts."""
    wrong = [*_unknown(named, found, actor=actor)]
    for account in found.values():
        about = registry.about(account.platform)
        for language in languages_of(account, posts, default_language):
            wrong += _unfit(language, posts[language], about)
    return list(dict.fromkeys(wrong))


def languages_of(account: Account, posts: Posts, default_language: str) -> list[str]:
    """The languages in which an account posts: those of its own that have a post, or the default one."""
    written = [language for language, text in posts.items() if text.strip()]
    own = [language for language in account.languages if language in written]
    return own or [language for language in written if language == default_language]


def _unknown(named: Sequence[str], found: Mapping[str, Account], *, actor: Actor) -> Iterator[FieldError]:
    for n, account_id in enumerate(named):
        if account_id not in found:
            yield FieldError(f"/accounts/{n}", "No account has this id.")
        elif not actor.may_act_for(found[account_id].department):
            yield FieldError(
                f"/accounts/{n}", "This account belongs to a department that you do not act for."
            )
        elif account_id in named[:n]:
            yield FieldError(f"/accounts/{n}", "Name each account once.")


def _unfit(language: str, text: str, about: About) -> Iterator[FieldError]:
    from chalicelib.channels import threads

    limits = about.limits
    try:
        threads.parts(text, limits)
    except threads.TooLong:
        posts = f"a thread of {limits.thread} posts" if limits.thread > 1 else "one post"
        message = f"{about.label} takes {posts} of {limits.longest:,} characters; this is too long."
        yield FieldError(f"/content/{language}/post", message)
