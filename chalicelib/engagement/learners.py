"""What learns from each plan, by name: the names of their documents."""

from chalicelib.engagement.folding import Folding
from chalicelib.engagement.studied import MakeLearner

LEARNERS: dict[str, MakeLearner] = {"folding": Folding}
