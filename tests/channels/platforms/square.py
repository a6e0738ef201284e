"""The square on which the platform of one file posts, with everything that may go wrong there."""

import sys
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from chalicelib.channels import platforms
from chalicelib.channels.platforms import registry
from chalicelib.channels.platforms.base import Denied, Gone, Login, Post, Posted, Reactions

NAME = "towncrier"
TOKEN = "crier-secret-7f3a"
MODULE = f"{platforms.__name__}.{NAME}"


@dataclass
class Square:
    """What stands on the square by id, and what was asked of it.

    `faults`: errors by call, taken one by one; `(error, True)` is raised after the call was done, and
    `(None, …)` lets a call pass. `down`: the accounts whose every call raises this.
    """

    stands: dict[str, Post] = field(default_factory=dict)
    by: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    expires_at: datetime | None = None
    fresh: str = ""
    faults: dict[str, deque[tuple[BaseException | None, bool]]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    down: dict[str, BaseException] = field(default_factory=dict)
    reacted: dict[str, Reactions] = field(default_factory=dict)
    made: int = 0

    def clear(self) -> None:
        """An empty square."""
        vars(self).clear()
        vars(self).update(vars(Square()))

    def texts(self, account: str = "") -> list[str]:
        """What stands, in the order in which it was posted; of one account."""
        return [post.text for key, post in self.stands.items() if not account or self.by[key] == account]

    def fails(
        self, call: str, error: BaseException, *, done: bool = False, times: int = 1, skip: int = 0
    ) -> None:
        """Has such calls fail, before or after they are done; `skip` of them go well before."""
        self.faults[call].extend([(None, done)] * skip + [(error, done)] * times)

    def let_in(self, login: Login, call: str) -> None:
        """Notes the call, and fails where it should before it is done."""
        self.asked.append((call, login.account_id))
        if login.account_id in self.down:
            raise self.down[login.account_id]
        if login.values.get("token") not in self.tokens:
            raise Denied("bad-token")
        self._fail(call, done=False)

    def _done(self, call: str) -> None:
        self._fail(call, done=True)

    def _fail(self, call: str, *, done: bool) -> None:
        if self.faults[call] and self.faults[call][0][1] == done:
            error, _ = self.faults[call].popleft()
            if error is not None:
                raise error

    def refreshed(self, login: Login) -> Mapping[str, str] | None:
        self.let_in(login, "refreshed")
        if not self.fresh:
            return None
        token, self.fresh = self.fresh, ""
        self.tokens = {token}
        return {"token": token}

    def publish(self, login: Login, post: Post) -> Posted:
        self.let_in(login, "publish")
        self.made += 1
        posted = Posted(f"p{self.made}", f"https://square.example/p{self.made}", {"rev": "1"})
        self.stands[posted.id] = post
        self.by[posted.id] = login.account_id
        self._done("publish")
        return posted

    def find(self, login: Login, post: Post) -> Posted | None:
        self.let_in(login, "find")
        for found, one in self.stands.items():
            if (self.by[found], one.text) == (login.account_id, post.text):
                return Posted(found, f"https://square.example/{found}", {"rev": "1"})
        return None

    def edit(self, login: Login, posted: Posted, post: Post) -> Posted:
        self.let_in(login, "edit")
        if posted.id not in self.stands:
            raise Gone("no-such-post")
        self.stands[posted.id] = post
        self._done("edit")
        return replace(posted, more={"rev": "2"})

    def withdraw(self, login: Login, posted: Posted) -> None:
        self.let_in(login, "withdraw")
        self.stands.pop(posted.id, None)
        self._done("withdraw")

    def reactions(
        self, login: Login, posted: Sequence[Posted], *, since: datetime
    ) -> Mapping[str, Reactions]:
        self.let_in(login, "reactions")
        return {one.id: self.reacted.get(one.id, Reactions()) for one in posted}


SQUARE = Square()


@contextmanager
def registered(**about: Any) -> Iterator[Square]:
    """The platform is there, its square empty; `about` changes what it declares of itself."""
    before = list(platforms.__path__)
    platforms.__path__ = [*before, str(Path(__file__).parent / "one_file")]
    registry.names.cache_clear()
    SQUARE.clear()
    try:
        module: Any = sys.modules.get(MODULE) or __import__(MODULE, fromlist=["ABOUT"])
        declared = module.ABOUT
        module.ABOUT = replace(declared, **about)
        yield SQUARE
        module.ABOUT = declared
    finally:
        sys.modules.pop(MODULE, None)
        vars(platforms).pop(NAME, None)
        platforms.__path__ = before
        registry.names.cache_clear()
