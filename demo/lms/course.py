"""The demo course: who takes part and which steps are placed. All names are invented."""

from dataclasses import dataclass
from typing import Literal

from veranderkracht.modules.library import Library
from veranderkracht.modules.model import rubric_of

COURSE_ID = "cursus-samen-veranderen"
COURSE_TITLE = "Samen veranderen in zorg en welzijn"
STEP_BY_STEP = "samen-kijken"


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
    """A step of a module, (without `step`) a whole one, or the map of the route; graded: with a line item."""

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
    """Give what the teacher of the demo placed: the map, one module step by step, each other as one activity."""
    library = Library.installed()
    first = library.module(STEP_BY_STEP)
    steps = tuple(
        Placement(
            id=f"link-{step.id}",
            module=first.slug,
            step=step.id,
            title=step.title,
            kind=step.kind,
            minutes=step.minutes,
            graded=step.kind == "quiz" or rubric_of(step) is not None,
        )
        for step in first.steps
    )
    others = sorted(
        (module for module in library.modules() if module.slug != first.slug),
        key=lambda module: library.route().slugs.index(module.slug),
    )
    wholes = tuple(
        Placement(f"module-{each.slug}", each.slug, "", each.title, "module", each.minutes, graded=False)
        for each in others
    )
    route_map = Placement("link-routekaart", "route", "", library.route().title, "route", 0, graded=False)
    return (route_map, *steps, *wholes)


def placement(placement_id: str) -> Placement | None:
    """Give the placement with this id, or None."""
    return next((one for one in placements() if one.id == placement_id), None)
