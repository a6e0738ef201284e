"""What a campaign's report says of the best hour: its arms side by side, and what may be said of them."""

from collections.abc import Sequence

from pydantic import Field

from chalicelib.core.endpoints import Model
from chalicelib.core.wiring import Wiring
from chalicelib.delivery.best_hour import Arm
from chalicelib.delivery.plans import plans
from chalicelib.engagement.studied import Document
from chalicelib.engagement.tables import TAKEN, StudyItem
from chalicelib.engagement.timing.arms import MORE, NOT_ENOUGH, Difference, compared
from chalicelib.engagement.timing.lessons import DONE

NAMES = {Arm.CONTROL: "those in control, who got it at once", Arm.RANDOM: "those at a random hour"}


class ArmView(Model):
    """The people of one arm who got a message, and those of them who did anything with it."""

    arm: str
    people: int
    opened: int
    clicked: int


class ArmsComparedView(Model):
    """How many more of those at their best hour did something than of another arm, as a share.

    `plus_minus` makes the interval of 95 in 100; `verdict`: `more` or `less` where that leaves out 0, else
    `not-enough-data`.
    """

    did: str
    other: str
    difference: float | None
    plus_minus: float | None
    verdict: str


class BestHourReport(Model):
    """What the best hour added, as of the plan's last study."""

    arms: list[ArmView]
    comparisons: list[ArmsComparedView]
    words: list[str] = Field(description="The comparisons in sentences.")


def of_plan(plan_id: str, *, wiring: Wiring) -> BestHourReport | None:
    """What the best hour added in a plan; None where it went to all at once, or was not studied yet."""
    if not plans(wiring).head(plan_id).best_hour:
        return None
    taken = StudyItem.read(plan_id, TAKEN)
    document = taken.documents.get("arms") if taken else None
    return told(document) if document else None


def told(document: Document) -> BestHourReport:
    """The same of what was counted (`arms.Arms`). Pure."""
    counted = document["arms"]
    pairs = [(did, other, compared(document, did, other)) for did in DONE for other in NAMES]
    return BestHourReport(
        arms=[
            ArmView(arm=one, **{name: counted.get(one, {}).get(name, 0) for name in ("people", *DONE)})
            for one in Arm
        ],
        comparisons=[
            ArmsComparedView(
                did=did,
                other=other,
                difference=_rounded(found.share),
                plus_minus=_rounded(found.plus_minus),
                verdict=found.verdict,
            )
            for did, other, found in pairs
        ],
        words=_words(pairs),
    )


def _words(pairs: Sequence[tuple[str, Arm, Difference]]) -> list[str]:
    return [_sentence(did, NAMES[other], found) for did, other, found in pairs]


def _sentence(did: str, others: str, found: Difference) -> str:
    if found.share is None or found.plus_minus is None:
        return f"Who {did} it: there is nobody to compare with {others}; not enough data."
    apart = f"{100 * found.share:+.1f} ± {100 * found.plus_minus:.1f} points against {others}"
    if found.verdict == NOT_ENOUGH:
        return f"Who {did} it: {apart}; not enough data to tell it from chance."
    more = "more" if found.verdict == MORE else "fewer"
    return f"Who {did} it: {apart}; {more} at their best hour."


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 5)
