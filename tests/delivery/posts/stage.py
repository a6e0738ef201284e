"""A city that posts, in the words of its tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.campaigns.city import City
from tests.channels.platforms.square import TOKEN, Square

TEXT = "Elm Street closes on Monday"
LONG = (
    "Elm Street closes on Monday morning at seven. Buses stop on Oak Street instead. Cars go by Main Street."
)
HOUR_S = 3600


@dataclass
class Stage:
    """The city and its square."""

    city: City
    square: Square

    def account(self, account_id: str, **fields: Any) -> str:
        """A new account."""
        body = {
            "id": account_id,
            "department": "roads",
            "platform": "towncrier",
            "label": account_id,
            "settings": {"square": "Main", "token": TOKEN},
        }
        made = self.city.post("/v1/accounts", {**body, **fields})
        assert made.status == 201, made.text
        return account_id

    def launch(
        self,
        *accounts: str,
        key: str = "roads",
        settle: bool = True,
        channels: Sequence[str] = (),
        **posts: str,
    ) -> str:
        """A campaign that accounts post; its id."""
        posts = posts or {"en": TEXT}
        words = {
            tag: {"subject": "Elm Street", "body": "It closes.", "post": text} for tag, text in posts.items()
        }
        draft = self.city.draft(
            key=key,
            channels=list(channels),
            audience={"topic": "roads"} if channels else None,
            content=words,
            accounts=list(accounts or ["main"]),
        )
        launched = self.city.post(f"/v1/campaigns/{draft['id']}/launch", key=key)
        assert launched.status == 202, launched.text
        if settle:
            self.city.platform.settle()
        return str(draft["id"])

    def posts(self, campaign: str) -> list[dict[str, Any]]:
        """How its posts stand."""
        found = self.city.get(f"/v1/campaigns/{campaign}/posts")
        assert found.status == 200, found.text
        items: list[dict[str, Any]] = found.json["items"]
        return items

    def states(self, campaign: str) -> list[tuple[str, str | None]]:
        """State and reason of each."""
        return [(one["state"], one["reason"]) for one in self.posts(campaign)]

    def plan_id(self, campaign: str) -> str:
        """Its plan."""
        return str(self.city.get(f"/v1/campaigns/{campaign}").json["plan_id"])

    def later(self, seconds: float = 60.0) -> None:
        """Time passes, the sweep comes round, and what is due is done."""
        self.city.platform.clock.advance(seconds)
        self.city.platform.fire("sweep")
        self.city.platform.settle()

    def lost(self) -> None:
        """All messages vanish."""
        self.city.platform.world.sqs.clear()
