"""Where posts go, by mode: `live` to their platform, `test` nowhere; an exercise has no way out at all."""

import secrets
from collections.abc import Callable, Mapping

from chalicelib.channels.accounts import manage
from chalicelib.channels.accounts.model import Account
from chalicelib.channels.platforms.base import Platform, Post, Posted
from chalicelib.core.wiring import Wiring


class Nowhere:
    """Takes every post and posts none, under an id that says that it was a test."""

    def publish(self, post: Post) -> Posted:
        """An id of its own."""
        del post
        return Posted(f"test-{secrets.token_hex(8)}")

    def find(self, post: Post) -> None:
        """Nothing stands."""
        del post

    def edit(self, posted: Posted, post: Post) -> Posted:
        """As it was."""
        del post
        return posted

    def withdraw(self, posted: Posted) -> None:
        """Nothing stands."""
        del posted


def _live(account: Account, wiring: Wiring) -> Platform:
    return manage.opened(account, wiring=wiring)


def _test(account: Account, wiring: Wiring) -> Nowhere:
    del account, wiring
    return Nowhere()


WAYS: Mapping[str, Callable[[Account, Wiring], Platform | Nowhere]] = {"live": _live, "test": _test}
"""By mode. There is none for `exercise`."""
