"""The answers in words, as pages and texts have them."""

from chalicelib.core.i18n import N_
from chalicelib.delivery.answering import HELP, NOT_HERE, SAFE

WORDS = {SAFE: N_("I am safe"), HELP: N_("I need help"), NOT_HERE: N_("I am not here")}
