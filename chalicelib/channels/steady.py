"""A platform of which every failure is a ProviderError, whatever its server answers.

An answer that nobody foresaw, such as a page in place of JSON, or a field that is not there, surfaces where
it is read, as one of Python's own errors. It says nothing of whether a post was made.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

from chalicelib.channels.base import Ambiguous, ProviderError, Retryable
from chalicelib.channels.platforms.base import Platform, Post, Posted, Reactions, Standing
from chalicelib.core.logs import logger

UNREADABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Steady:
    """A platform, by its name in the registry; its calls are those of the protocol."""

    def __init__(self, platform: Platform, *, name: str) -> None:
        self._platform = platform
        self._name = name

    @contextmanager
    def _read(self, call: str, *, otherwise: type[ProviderError] = Retryable) -> Iterator[None]:
        try:
            yield
        except UNREADABLE as error:
            logger.failure("answer-unreadable", error, platform=self._name, call=call)
            raise otherwise("Unreadable") from error

    def standing(self) -> Standing:
        """Whether the account may post."""
        with self._read("standing"):
            return self._platform.standing()

    def refreshed(self) -> Mapping[str, str] | None:
        """New secrets, where there are any."""
        with self._read("refreshed"):
            return self._platform.refreshed()

    def publish(self, post: Post) -> Posted:
        """Posts. Ambiguous where the answer says nothing."""
        with self._read("publish", otherwise=Ambiguous):
            posted = self._platform.publish(post)
            if not isinstance(posted.id, str):
                raise TypeError("a post without an id")
            return posted

    def find(self, post: Post) -> Posted | None:
        """The same post where an earlier try did post it."""
        with self._read("find"):
            return self._platform.find(post)

    def edit(self, posted: Posted, post: Post) -> Posted:
        """Changes a post in place."""
        with self._read("edit"):
            return self._platform.edit(posted, post)

    def withdraw(self, posted: Posted) -> None:
        """Takes a post back."""
        with self._read("withdraw"):
            self._platform.withdraw(posted)

    def reactions(self, posted: Sequence[Posted], *, since: datetime) -> Mapping[str, Reactions]:
        """What people did with the posts."""
        with self._read("reactions"):
            return self._platform.reactions(posted, since=since)
