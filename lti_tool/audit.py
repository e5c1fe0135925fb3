"""The audit log: who did which administrative act, and when. Rows are only ever added.

No name of a learner and no text stands in it: a learner is their pseudonym.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from lti_tool.tables import AuditRow

COMMAND_LINE = "opdrachtregel"  # who did it, when nobody signed in


def note(session: Session, act: str, *, by: str, tenant: str = "", about: str = "", at: datetime) -> None:
    """Write an act down, in the transaction that does it.

    Args:
        session: of that transaction.
        act: a stable code, such as `registration-added`.
        by: the administrator's name, or `COMMAND_LINE`.
        tenant: the institution, when it is about one.
        about: an issuer, client, deployment or pseudonym; cut at 500 characters.
        at: when.
    """
    session.add(AuditRow(act=act, by=by, tenant=tenant, about=about[:500], at=at))
