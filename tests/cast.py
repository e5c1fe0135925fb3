"""The permanent cast of the tests: two tenants, in each a teacher and two learners, and one outsider."""

from veranderkracht.activities.store import LearnerId, PlacementId, TenantSlug, WorkKey

WEST = TenantSlug("hogeschool-west")
ZUID = TenantSlug("hogeschool-zuid")

REFLECTION_WEST = PlacementId("west:cursus-1:eigen-praktijk")
REFLECTION_ZUID = PlacementId("zuid:cursus-1:eigen-praktijk")

HANNE = LearnerId("a1" * 32)  # learner in west
YUSUF = LearnerId("b2" * 32)  # learner in west
LEEN = LearnerId("c3" * 32)  # learner in zuid
OUTSIDER = LearnerId("f0" * 32)
TEACHER_WEST = "d4" * 32
TEACHER_ZUID = "e5" * 32


def key(learner: LearnerId = HANNE, tenant: TenantSlug = WEST, placement: PlacementId = REFLECTION_WEST) -> WorkKey:
    """Give the key of one learner's work."""
    return WorkKey(tenant=tenant, placement=placement, learner=learner)
