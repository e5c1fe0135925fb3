"""The names that a teacher's list shows, as the platform told them when each learner was last here."""

from datetime import datetime

from veranderkracht.activities.store import LearnerId, TenantSlug
from xblocks.models import PersonRow


def remember(tenant: TenantSlug, learner: LearnerId, name: str, at: datetime) -> None:
    """Keep the name of a learner; an empty one, which the platform did not want to tell, changes nothing."""
    if name:
        PersonRow.objects.update_or_create(
            tenant=tenant, learner=learner, defaults={"name": name[:255], "seen_at": at}
        )


def name_of(tenant: TenantSlug, learner: LearnerId) -> str:
    """Give the name of a learner, or `Lerende` with the first signs of the pseudonym when none is known."""
    name = PersonRow.objects.filter(tenant=tenant, learner=learner).values_list("name", flat=True).first()
    return str(name) if name else f"Lerende {learner[:6]}"
