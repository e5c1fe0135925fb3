"""How far a learner is in one course, of the blocks' own tables: what they handed in there.

What was begun and never handed in is left out: a draft does not say which step it is of, only where it was placed.
"""

from typing import Any

from veranderkracht.activities.progress import Progress, scan_places
from veranderkracht.host_tokens import pseudonym
from veranderkracht.modules.library import Library
from xblocks import platform
from xblocks.configuration import configuration
from xblocks.models import SnapshotRow, SubmissionRow


def progress_of(block: Any, library: Library) -> Progress | None:
    """Give how far whoever makes this request is on the route in the block's course; None where nobody can know.

    Raises:
        NotFound, ContentError: there is no route here, or something of it has faults.
    """
    who, site, course = platform.visitor(block), configuration(), platform.usages_begin(block)
    if not who.keeps or course is None:
        return None
    learner = pseudonym(site.tenant_key, site.ISSUER, who.user_id)
    rows = SubmissionRow.objects.filter(work__tenant=site.TENANT, work__learner=learner)
    found = rows.order_by("submitted_at", "number").values_list("pk", "work__placement", "snapshot_hash")
    # Here and not in the query: SQLite compares beginnings without regard for case.
    here = [(pk, snapshot) for pk, placement, snapshot in found if placement.startswith(course)]
    snapshots = SnapshotRow.objects.filter(hash__in={snapshot for _, snapshot in here})
    told = snapshots.values_list("hash", "body__module", "body__step")
    places = {snapshot: (module, step) for snapshot, module, step in told}
    scans = scan_places(library)
    rounds = [pk for pk, snapshot in here if places.get(snapshot) in scans]
    return Progress(
        done=frozenset(places[snapshot] for _, snapshot in here if snapshot in places),
        round=SubmissionRow.objects.values_list("body", flat=True).get(pk=rounds[-1]) if rounds else None,
    )
