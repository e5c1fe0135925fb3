"""The names that a teacher's list shows, as the platform told them when each learner was last here."""

from collections.abc import Callable
from datetime import datetime

from veranderkracht.activities.store import LearnerId, PlacementId, TenantSlug
from xblocks.models import PersonRow, WorkRow

_MAX_NAME = 255


def remember(tenant: TenantSlug, learner: LearnerId, name: str, at: datetime) -> None:
    """Keep the name of a learner; an empty one, which the platform does not want to tell, changes nothing."""
    if name:
        PersonRow.objects.update_or_create(
            tenant=tenant, learner=learner, defaults={"name": name[:_MAX_NAME], "seen_at": at}
        )


def names_at(tenant: TenantSlug, placement: PlacementId) -> Callable[[LearnerId], str]:
    """Give a function from learner to name for everybody with work at this placement; it asks the database once.

    Who has no known name is `Lerende` with the first signs of the pseudonym.
    """
    known: dict[str, str] | None = None

    def name_of(learner: LearnerId) -> str:
        nonlocal known
        if known is None:
            here = WorkRow.objects.filter(tenant=tenant, placement=placement).values("learner")
            known = dict(PersonRow.objects.filter(tenant=tenant, learner__in=here).values_list("learner", "name"))
        return known.get(learner) or f"Lerende {learner[:6]}"

    return name_of
