"""The outbox at work: takes what is due, sends it, and notes how that went.

A row that is being sent is put off by a lease first: when the process dies, it comes up again; nothing is lost, and a
platform that gets a score twice answers 409. Its number of attempts says whose it is: who had it before settles nothing
any more. Retries wait longer each time, with chance in it.
"""

import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from lti_tool import registrations, retention, roster_rows
from lti_tool.ags import Gradebooks, Outcome
from lti_tool.assistant import delete_learner
from lti_tool.finding_columns import find_column
from lti_tool.forgetting import FORGET
from lti_tool.kept_grades import kept
from lti_tool.outbox_rows import EVENT, SCORE
from lti_tool.registrations import Registration
from lti_tool.services import Services
from lti_tool.tables import LinkRow, OutboxRow, SessionRow, UsedNonceRow
from veranderkracht.errors import NotFound
from veranderkracht.events import Delivery, deliver

log = logging.getLogger("lti_tool.outbox")

LONGEST_WAIT = 3600.0  # seconds
GIVE_UP = timedelta(days=3)
KEPT = timedelta(days=30)  # that delivered rows stay, for looking things up
BATCH = 50


@dataclass(frozen=True)
class Sender:
    """Sends what the outbox holds.

    Args:
        services: the tool's parts.
        gradebooks: the way to platforms.
        chance: gives a number from 0 to 1, so that many retries do not come together; tests replace it.
    """

    services: Services
    gradebooks: Gradebooks
    chance: Callable[[], float] = random.random

    def drain(self) -> datetime | None:
        """Send all that is due; give when something is due again, or None."""
        while any([self._send_one(), self._send_batch()]):
            pass
        query = select(func.min(OutboxRow.due_at)).where(OutboxRow.status == "waiting", self._sendable())
        with self.services.database.read() as session:
            return session.scalar(query)

    def clean(self) -> None:
        """Throw away what is over or was delivered a month ago, old lists of members, and who stayed away too long."""
        at = self.services.clock()
        with self.services.database.write() as session:
            session.execute(delete(UsedNonceRow).where(UsedNonceRow.expires_at < at))
            session.execute(delete(SessionRow).where(SessionRow.expires_at < at))
            roster_rows.forget_old(session, at)
            session.execute(
                delete(OutboxRow).where(
                    or_(
                        OutboxRow.kind == EVENT,
                        OutboxRow.status == "superseded",
                        and_(OutboxRow.kind == FORGET, OutboxRow.status == "sent"),
                    ),
                    OutboxRow.done_at < at - KEPT,
                )
            )
            if not self.services.settings.assistant_url:
                # They were written while there was an assistant, and nobody may ever ask for them again.
                stale = (OutboxRow.kind == EVENT, OutboxRow.status == "waiting", OutboxRow.created_at < at - KEPT)
                dropped = len(session.scalars(delete(OutboxRow).where(*stale).returning(OutboxRow.id)).all())
                if dropped:
                    log.warning("outbox: dropped %s events of %s days ago: no assistant", dropped, KEPT.days)
        retention.clean(self.services.database, at)

    def _send_one(self) -> bool:
        """Send the next thing that goes by itself; tell whether there was one."""
        # One at a time: a worker that is killed leaves the others to whoever comes next.
        for row in (rows := self._take()):
            self._settle(row, self._forget(row) if row.kind == FORGET else self._send_score(row))
        return bool(rows)

    def _send_batch(self) -> bool:
        """Send the next events, that go many at a time; tell whether there were any."""
        rows = self._take(EVENT, most=BATCH)
        for tenant in dict.fromkeys(row.tenant for row in rows):
            self._send_events(tenant, [row for row in rows if row.tenant == tenant])
        return bool(rows)

    def _take(self, *kinds: str, most: int = 1) -> Sequence[OutboxRow]:
        at = self.services.clock()
        query = (
            select(OutboxRow)
            .where(OutboxRow.status == "waiting", OutboxRow.due_at <= at, self._sendable())
            .where(OutboxRow.kind.in_(kinds or (SCORE, FORGET)))
            .order_by(OutboxRow.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        with self.services.database.write() as session:
            rows = session.scalars(query).all()
            for row in rows:
                row.attempts += 1
                row.due_at = at + timedelta(seconds=self.services.settings.lease_seconds)
            return rows

    def _sendable(self) -> ColumnElement[bool]:
        # Without an assistant what is for it waits for the day there is one, or for its end.
        return OutboxRow.kind.in_((SCORE, EVENT, FORGET) if self.services.settings.assistant_url else (SCORE,))

    def _send_score(self, row: OutboxRow) -> Outcome:
        with self.services.database.read() as session:
            link = session.get(LinkRow, row.payload["link"])
            registration = registrations.of_deployment(link.deployment) if link else None
        if link is None or registration is None:
            return Outcome("failed", "De koppeling met deze leeromgeving bestaat niet meer.")
        told = row.payload["line_item"]
        if known := told or link.line_item:
            outcome = self._send_to(known, row, registration)
            # A column that the launch named is the platform's to mend; one that we had found, we look for again.
            if told or not outcome.column_gone:
                return outcome
        found = find_column(self.services, self.gradebooks, registration, link, row)
        return found if isinstance(found, Outcome) else self._send_to(found, row, registration)

    def _send_to(self, line_item: str, row: OutboxRow, registration: Registration) -> Outcome:
        at = self.services.clock()
        held = kept(self.services.database, self.gradebooks, registration, line_item, row, at)
        return held or self.gradebooks.send(registration, line_item, row.payload["score"], at)

    def _send_events(self, tenant: str, rows: list[OutboxRow]) -> None:
        at = self.services.clock()
        try:
            token = self.services.keys.host_key(tenant).server_token(at=at)
        except NotFound as fault:
            delivery = Delivery(failure=fault.code)
        else:
            statements = [row.payload["statement"] for row in rows]
            delivery = deliver(self.services.settings.assistant_url, token, statements)
        refused = dict(delivery.refused)
        for row in rows:
            if row.target in delivery.stored:
                self._settle(row, Outcome("sent"))
            elif row.target in refused:
                self._settle(row, Outcome("failed", f"De assistent weigert deze gebeurtenis: {refused[row.target]}"))
            else:
                self._settle(
                    row, Outcome("again", f"De assistent antwoordt niet ({delivery.failure or 'onvolledig'}).")
                )

    def _forget(self, row: OutboxRow) -> Outcome:
        try:
            token = self.services.keys.host_key(row.tenant).server_token(at=self.services.clock(), scope=("learners",))
        except NotFound as fault:
            return Outcome("again", f"De assistent kan niet gevraagd worden ({fault.code}).")
        return delete_learner(self.services.settings.assistant_url, token, row.target)

    def _settle(self, row: OutboxRow, outcome: Outcome) -> None:
        at = self.services.clock()
        detail = outcome.detail
        values: dict[str, object] = {"status": outcome.state, "done_at": at}
        if outcome.state == "again":
            values = {"due_at": at + self._wait(row.attempts, outcome.retry_after)}
            if at - row.created_at > GIVE_UP:
                values = {"status": "failed", "done_at": at}
                detail += f" Na {GIVE_UP.days} dagen proberen zijn we gestopt. Stuur opnieuw zodra dit verholpen is."
        # The line comes first: what the table says was settled, the log says too, whenever the process dies.
        log.log(
            logging.INFO if outcome.state in ("sent", "superseded") else logging.WARNING,
            "outbox: id=%s kind=%s tenant=%s attempt=%s state=%s detail=%s",
            row.id,
            row.kind,
            row.tenant,
            row.attempts,
            values.get("status", "again"),
            ascii(outcome.detail),
        )
        # A newer score may have taken this one's place while it was on its way, or another worker, after the lease.
        mine = (OutboxRow.id == row.id, OutboxRow.status == "waiting", OutboxRow.attempts == row.attempts)
        with self.services.database.write() as session:
            session.execute(update(OutboxRow).where(*mine).values(detail=detail.strip()[:500], **values))

    def _wait(self, attempts: int, retry_after: float | None) -> timedelta:
        longest = min(LONGEST_WAIT, self.services.settings.retry_seconds * 2 ** min(attempts - 1, 20))
        seconds = longest / 2 + self.chance() * longest / 2
        return timedelta(seconds=max(seconds, min(retry_after or 0.0, LONGEST_WAIT)))
