"""Whose hours are learned and used: each person's own, or those of cohorts alone.

The deployment may decide for cohorts (`CRIER_HABITS`), and so may each department, for what it sends.
"""

from enum import StrEnum

from chalicelib.core import departments
from chalicelib.core.settings import Settings
from chalicelib.delivery.plan import PlanHead


class Mode(StrEnum):
    """`personal`, or cohorts alone: in the whole deployment, or for a department."""

    PERSONAL = "personal"
    COHORTS = "cohorts"
    DEPARTMENT_COHORTS = "department-cohorts"


def mode_of(*department_ids: str, settings: Settings) -> Mode:
    """How it stands now for what these departments send together: cohorts alone, if one wants that."""
    if not settings.habits:
        return Mode.COHORTS
    return Mode.DEPARTMENT_COHORTS if departments.any_cohort_only(department_ids) else Mode.PERSONAL


def departments_of(head: PlanHead) -> list[str]:
    """The departments whose news a plan has: several in a digest, none in what is of nobody in particular."""
    return list(head.digest.get("departments", ())) or ([head.department] if head.department else [])
