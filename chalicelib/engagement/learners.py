"""What learns from each plan, by name: the names of their documents."""

from chalicelib.engagement.folding import Folding
from chalicelib.engagement.reports.learn import Reports
from chalicelib.engagement.studied import MakeLearner
from chalicelib.engagement.timing.arms import Arms
from chalicelib.engagement.timing.learner import Hours

LEARNERS: dict[str, MakeLearner] = {"reports": Reports, "folding": Folding, "hours": Hours, "arms": Arms}
