"""A platform of one file: the crier who calls out posts on the square of the tests."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from chalicelib.channels.platforms.base import (
    About,
    Login,
    Platform,
    Post,
    Posted,
    PostLimits,
    Reactions,
    Setting,
    Standing,
)
from chalicelib.core.wiring import Wiring
from tests.channels.platforms.square import SQUARE, Square

ABOUT = About(
    "Town crier",
    {
        "square": Setting("Name of the square."),
        "token": Setting("What lets the crier in.", secret=True),
        "motto": Setting("What is called out first.", required=False),
    },
    limits=PostLimits(length=len, longest=60, thread=3, images=2, image_bytes=100_000, alt_longest=100),
    finds=True,
    edits=True,
    withdraws=True,
    reads_back=True,
)


class Crier:
    """One crier."""

    def __init__(self, login: Login, square: Square) -> None:
        self._login = login
        self._square = square

    def standing(self) -> Standing:
        self._square.let_in(self._login, "standing")
        return Standing("Old crier", "https://square.example/crier", self._square.expires_at)

    def refreshed(self) -> Mapping[str, str] | None:
        return self._square.refreshed(self._login)

    def publish(self, post: Post) -> Posted:
        return self._square.publish(self._login, post)

    def find(self, post: Post) -> Posted | None:
        return self._square.find(self._login, post)

    def edit(self, posted: Posted, post: Post) -> Posted:
        return self._square.edit(self._login, posted, post)

    def withdraw(self, posted: Posted) -> None:
        self._square.withdraw(self._login, posted)

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        return self._square.reactions(self._login, posted, since=since)


def opened(login: Login, *, wiring: Wiring) -> Platform:
    """The crier who knows the login's token."""
    return Crier(login, SQUARE)
