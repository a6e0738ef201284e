"""The demonstration city: 12 topics, 2,000 residents who read four languages, and three campaigns.

Nobody in it exists: mail goes to `*.example` (RFC 2606), phone numbers are of the 555-0100 to 555-0199 that
are kept for fiction. The same seed makes the same city, byte for byte.
"""

from infra.city.due import Message, due
from infra.city.residents import Resident, residents, to_csv
from infra.city.seed import seed
from infra.city.texts import Campaign, Words, campaigns, topics
from infra.client import Refused

__all__ = [
    "Campaign",
    "Message",
    "Refused",
    "Resident",
    "Words",
    "campaigns",
    "due",
    "residents",
    "seed",
    "to_csv",
    "topics",
]
