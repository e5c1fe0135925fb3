"""What administrators see of launches: the last one that was let in, the last refused, and platforms nobody knows.

Written seldom: of the same kind not more than once in ten seconds by each process, so that a class which launches at
once does not wait in line for one row. Never anything of a person.
"""

import logging
import threading
from collections.abc import Hashable
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from lti_tool import registrations
from lti_tool.admin_tables import REASON, AdmittedRow, RefusedRow, StrangerRow
from lti_tool.database import Database, put
from lti_tool.direct import Direct
from lti_tool.refusals import Refused

log = logging.getLogger("lti_tool.launch")

EVERY = timedelta(seconds=10)
MOST_STRANGERS = 50
MOST_KINDS = 1000


class LaunchNotes:
    """The notes of one process; safe across threads."""

    def __init__(self) -> None:
        self._noted: dict[Hashable, datetime] = {}
        self._lock = threading.Lock()

    def admitted(self, connection: Direct, registration_id: int, deployment_id: str, way: str, at: datetime) -> None:
        """Note a launch that is let in, in its own transaction."""
        if self._due(("admitted", registration_id, deployment_id, way), at):
            key = {"registration_id": registration_id, "deployment_id": deployment_id}
            put(connection, AdmittedRow, key, {"at": at, "way": way})

    def refused(self, database: Database, refusal: Refused, at: datetime) -> None:
        """Note a launch that was refused; that this fails is no reason not to say so to the person."""
        caller = refusal.caller
        kind = ("refused", caller.issuer, caller.client_id, caller.deployment_id, refusal.code)
        if not caller.issuer or not self._due(kind, at):
            return
        try:
            with database.write() as session:
                _refused(session, refusal, at)
        except SQLAlchemyError as fault:
            log.error("a refused launch could not be noted: %s", type(fault).__name__)

    def _due(self, kind: Hashable, at: datetime) -> bool:
        with self._lock:
            last = self._noted.get(kind)
            if last is not None and last <= at < last + EVERY:
                return False
            if len(self._noted) >= MOST_KINDS:
                self._noted.clear()
            self._noted[kind] = at
            return True


def _refused(session: Session, refusal: Refused, at: datetime) -> None:
    caller = refusal.caller
    found = registrations.find(session, caller.issuer, caller.client_id)
    if found is None:
        _stranger(session, caller.issuer, caller.client_id, caller.deployment_id, at)
        return
    registration_id, said = found[0], caller.deployment_id
    known = said if said and registrations.deployment(session, registration_id, said) else ""
    put(
        session,
        RefusedRow,
        {"registration_id": registration_id, "deployment_id": known},
        {"said": said, "at": at, "code": refusal.code, "reason": refusal.reason[:REASON]},
    )


def _stranger(session: Session, issuer: str, client_id: str, deployment_id: str, at: datetime) -> None:
    row = session.get(StrangerRow, (issuer, client_id), with_for_update=True)
    times = row.times + 1 if row else 1
    key = {"issuer": issuer, "client_id": client_id}
    put(session, StrangerRow, key, {"deployment_id": deployment_id, "last_at": at, "times": times})
    session.expire_all()
    newest_first = select(StrangerRow).order_by(StrangerRow.last_at.desc(), StrangerRow.issuer, StrangerRow.client_id)
    for gone in session.scalars(newest_first.offset(MOST_STRANGERS)):
        session.delete(gone)
