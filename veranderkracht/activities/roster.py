"""Who is expected to hand something in, as far as the host's platform says so.

Where the list comes from, and how it is kept fresh, is the host's; who of it is missing, the desk's.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from veranderkracht.activities.store import LearnerId

Stage = Literal["begun", "opened", "new"]  # saved something; came without saving; never came


@dataclass(frozen=True)
class Roster:
    """The learners of one placement.

    Args:
        learners: how far each has come; what they wrote is no part of it.
        updated_at: when the platform last gave the list; None: never yet.
        refreshing: whether a newer list is on its way.
        whole_course: whether the platform gave everybody in the course, where this activity may be for some.
        complete: whether the list was read to its end.
        fault: why the platform gave no newer list, in Dutch for people; empty when it did.
    """

    learners: Mapping[LearnerId, Stage]
    updated_at: datetime | None
    refreshing: bool = False
    whole_course: bool = False
    complete: bool = True
    fault: str = ""


RosterOf = Callable[[bool], Roster | None]  # True asks the platform anew; None: the host knows of no list
