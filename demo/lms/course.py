"""The demo course: who takes part and which steps are placed. All names are invented."""

from dataclasses import dataclass
from typing import Literal

from veranderkracht.modules.library import Library

COURSE_ID = "cursus-samen-veranderen"
COURSE_TITLE = "Samen veranderen in de ouderenzorg"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in to the demo LMS."""

    id: str
    name: str
    role: Literal["student", "staff"]
    tells: str


PEOPLE = (
    Person("hanne", "Hanne Coppens", "student", "student"),
    Person("yusuf", "Yusuf Demir", "student", "student"),
    Person("els", "Els Wouters", "staff", "docent"),
)


@dataclass(frozen=True)
class Placement:
    """One step of a module, placed in the course; a graded one has a line item in the gradebook."""

    id: str
    module: str
    step: str
    title: str
    kind: str
    minutes: int
    graded: bool


def person(person_id: str) -> Person | None:
    """Give the person with this id, or None."""
    return next((one for one in PEOPLE if one.id == person_id), None)


def placements() -> tuple[Placement, ...]:
    """Give every step of the first module, in order, as the teacher of the demo placed it."""
    module = Library.installed().module("samen-kijken")
    return tuple(
        Placement(
            id=f"link-{step.id}",
            module=module.slug,
            step=step.id,
            title=step.title,
            kind=step.kind,
            minutes=step.minutes,
            graded=step.kind in ("quiz", "reflection", "case"),
        )
        for step in module.steps
    )


def placement(placement_id: str) -> Placement | None:
    """Give the placement with this id, or None."""
    return next((one for one in placements() if one.id == placement_id), None)
