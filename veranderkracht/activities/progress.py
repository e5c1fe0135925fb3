"""How far one learner is on the route: what a host knows of it, from its own store and for one course.

What a page says of it is `veranderkracht.web.route_map`'s.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from veranderkracht.activities.assignment import PlayableStep
from veranderkracht.modules.library import Library
from veranderkracht.modules.model import Module, Scan

Place = tuple[str, str]  # a module's slug, and a step's id


@dataclass(frozen=True)
class Progress:
    """What is known of a learner.

    Args:
        done: the steps that they handed in, or said to be done with.
        begun: the steps of which they saved something; None where the host cannot tell which.
        round: the last filled-in round of the route's scan, as it was handed in; None before the first.
    """

    done: frozenset[Place]
    begun: frozenset[Place] | None = None
    round: Mapping[str, Any] | None = None


def playable(module: Module) -> tuple[PlayableStep, ...]:
    """Give the steps of a module that somebody can be done with."""
    return tuple(step for step in module.steps if isinstance(step, PlayableStep))


def walked(library: Library) -> tuple[Module, ...]:
    """Give the modules of the route that are written, in its order.

    Raises:
        NotFound: there is no route.
        ContentError: the route or a module has faults.
    """
    written = library.module_folders()
    return tuple(library.module(slug) for slug in library.route().slugs if slug in written)


def scan_places(library: Library) -> tuple[Place, ...]:
    """Give the steps of the route at which its scan is filled in, in the route's order.

    Raises:
        NotFound, ContentError: as for `walked`.
    """
    fits = library.route().fits
    return tuple(
        (module.slug, step.id)
        for module in walked(library)
        for step in module.steps
        if fits and isinstance(step, Scan) and step.tool == fits.scan
    )
