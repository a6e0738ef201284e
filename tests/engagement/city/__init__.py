"""A simulated city whose habits are known, to prove what is told of real ones.

It knows nothing of the rules by which events are classified: `tests/engagement/city/test_city.py` holds that.

    city = City(2000, seed=7)                      # or City(2000, seed=7, apple=0.7, scanned=0.4)
    sent = city.send(Campaign("spring"), when)     # when: epoch seconds, one number or one by person
    sent.events[42]                                # what came in of person 42's message, in no order
    sent.truth.opened, sent.truth.clicked          # what people truly did
    city.respond(Campaign("spring"), when)         # the truth alone, much faster
    city.people.chances[42, 9]                     # how likely 42 is to open what comes at nine, local time
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from chalicelib.engagement.model import Event
from tests.engagement.city.parameters import Parameters
from tests.engagement.city.people import Flags, Floats, settle

HOUR = 3600.0


@dataclass(frozen=True)
class Campaign:
    """A message to everybody: how many links it has, and how much it appeals (1: as usual)."""

    id: str
    links: int = 6
    appeal: float = 1.0


class Truth(NamedTuple):
    """What people did, by person. `opened_at` and `clicked_at`: epoch seconds; nan where they did not."""

    opened: Flags
    clicked: Flags
    opened_at: Floats
    clicked_at: Floats


class Sent(NamedTuple):
    """What came in of a campaign, by person, and what is true of it.

    `handed_at`: by person, nan for those who did not get it. `by_people`: of each event, whether a person did
    it.
    """

    events: list[list[Event]]
    handed_at: Floats
    truth: Truth
    by_people: Mapping[str, bool]


class City:
    """So many people, the same ones for the same seed and parameters."""

    def __init__(
        self,
        people: int,
        seed: int,
        *,
        zone: int = -5,
        parameters: Parameters | None = None,
        **changed: float,
    ) -> None:
        self.parameters = replace(parameters or Parameters(), **changed)
        self.zone = zone
        self.random = np.random.default_rng(seed)
        self.people = settle(people, self.random, self.parameters)

    def __len__(self) -> int:
        return len(self.people.follows)

    def hours(self, when: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        """The local hour of each moment."""
        return ((np.nan_to_num(when) // HOUR).astype(np.int64) + self.zone) % 24

    def chances(self, campaign: Campaign, when: float | Floats) -> Floats:
        """By person, the chance that the message is opened; 0 for those who do not get it."""
        moments = self._moments(when)
        chance = self.people.chances[np.arange(len(self)), self.hours(moments)] * campaign.appeal
        return np.where(np.isnan(moments), 0.0, np.clip(chance, 0.0, 0.97))

    def respond(self, campaign: Campaign, when: float | Floats) -> Truth:
        """What people do with a message that reaches them at `when`, without the events that tell of it.

        Six in ten look within some 40 minutes, the others within hours; some links are followed later on.
        """
        moments, random, people = self._moments(when), self.random, len(self)
        opened = random.random(people) < self.chances(campaign, when)
        clicked = opened & (random.random(people) < self.people.follows)
        soon = random.random(people) < 0.6
        delay = np.where(
            soon, random.gamma(1.2, 900, people), random.lognormal(np.log(4 * HOUR), 1.0, people)
        )
        opened_at = np.where(opened, moments + 5 + delay, np.nan)
        read = random.lognormal(np.log(25), 0.8, people) + 3
        return Truth(opened, clicked, opened_at, np.where(clicked, opened_at + read, np.nan))

    def send(self, campaign: Campaign, when: float | Floats) -> Sent:
        """Sends it, and answers all that comes in of it."""
        from tests.engagement.city.machines import machines
        from tests.engagement.city.noted import Noted
        from tests.engagement.city.readers import readers

        moments = self._moments(when)
        noted = Noted(campaign, len(self))
        truth = self.respond(campaign, when)
        readers(self, truth, moments, noted)
        machines(self, truth, moments, noted)
        return Sent(noted.events, moments, truth, noted.by_people)

    def _moments(self, when: float | Floats) -> Floats:
        return np.broadcast_to(np.asarray(when, dtype=np.float64), (len(self),))
