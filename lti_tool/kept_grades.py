"""Grades that stay: looks, before a message that could take a grade away, at what the gradebook holds.

That is a message without a score, which platforms answer by emptying the cell (outbox_rows.py says which), and a score
that is sent anew, where somebody changed it in the gradebook itself. A platform that does not let us look is not asked.
"""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from lti_tool.ags import Gradebooks, Outcome
from lti_tool.database import Database
from lti_tool.outbox_rows import SCORE
from lti_tool.registrations import Registration
from lti_tool.results import RESULT_SCOPE, Result
from lti_tool.tables import OutboxRow


def kept(
    database: Database,
    gradebooks: Gradebooks,
    registration: Registration,
    line_item: str,
    row: OutboxRow,
    at: datetime,
) -> Outcome | None:
    """Give why a score is better not sent now; None when it is.

    Args:
        database: with the scores that went before.
        gradebooks: the way to platforms.
        registration: of the platform.
        line_item: the column.
        row: the score's.
        at: now.
    """
    final = "scoreGiven" in row.payload["score"]
    careful = not final or row.payload.get("careful", False)
    if not careful or RESULT_SCOPE not in row.payload.get("scopes", ()):
        return None
    user = row.payload["score"]["userId"]
    found = gradebooks.results(registration, line_item, at, user)
    if isinstance(found, Outcome):
        # Sending says it better, when it is no passing trouble: the column is gone, or we are not let in at all.
        return found if found.state == "again" else None
    held = found.get(user)
    if held is None or held.score is None or (final and _ours(database, row, held)):
        return None
    if not final:
        return Outcome("superseded", "Het puntenboek heeft al een score; die blijft staan.")
    return Outcome(
        "superseded",
        "Iemand heeft deze score in het puntenboek zelf gewijzigd; die blijft staan. Vergelijk met het puntenboek.",
    )


def _ours(database: Database, row: OutboxRow, held: Result) -> bool:
    """Tell whether the gradebook holds a score that we sent, now or before."""
    query = select(OutboxRow.payload).where(OutboxRow.kind == SCORE, OutboxRow.target == row.target)
    with database.read() as session:
        scores = [payload["score"] for payload in session.scalars(query)]
    return any(
        held.holds(Decimal(str(score["scoreGiven"])), Decimal(str(score["scoreMaximum"])))
        for score in scores
        if "scoreGiven" in score
    )
