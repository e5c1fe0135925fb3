"""What language models are used for and how much: reserved before a call, settled after it, held to the day's budget.

A reservation counts in full until it is settled, so that calls at the same moment cannot spend the same tokens twice.
No text is kept, only numbers.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, bindparam, delete, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from assistant_service.callers import Caller
from assistant_service.database import Database
from assistant_service.policies import Budget, Provider
from assistant_service.tables import Base, TenantRow
from veranderkracht.errors import TooMany
from veranderkracht.languages import say

_CHARACTERS_A_TOKEN = 3  # of Dutch, on the safe side; used where a provider does not count
_MICRO = 1_000_000


class UsageRow(Base):
    """One call to a language model; its tokens are reserved until `settled`, and counted by us when `estimated`."""

    __tablename__ = "model_usage"
    __table_args__ = (
        Index("ix_model_usage_tenant_at", "tenant_id", "at"),
        Index("ix_model_usage_person_at", "tenant_id", "subject", "at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenants.id"))
    subject: Mapped[str] = mapped_column(String(128))
    purpose: Mapped[str] = mapped_column(String(20))
    model: Mapped[str] = mapped_column(String(200))
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    micro_euro: Mapped[int]  # at the price of that day
    settled: Mapped[bool]
    estimated: Mapped[bool]
    at: Mapped[datetime]


# Somebody waits for these two: composed once, and without the objects of a session, they take half the time.
_TOKENS, _OWN = UsageRow.tokens_in + UsageRow.tokens_out, UsageRow.subject == bindparam("subject")
_SPENT = select(func.sum(_TOKENS), func.sum(_TOKENS).filter(_OWN), func.count().filter(_OWN)).where(
    UsageRow.tenant_id == bindparam("tenant_id"), UsageRow.at >= bindparam("since")
)
_RESERVE = insert(UsageRow)


@dataclass(frozen=True)
class Tokens:
    """How much one call took; `estimated` when the provider did not count."""

    read: int
    written: int
    estimated: bool = False

    def __add__(self, other: "Tokens") -> "Tokens":
        return Tokens(self.read + other.read, self.written + other.written, self.estimated or other.estimated)


def estimate(*texts: str) -> int:
    """Give about how many tokens texts are."""
    return sum(map(len, texts)) // _CHARACTERS_A_TOKEN + 1


@dataclass(frozen=True)
class Meter:
    """Holds the calls of one tenant and learner to the budget.

    Args:
        database: to keep them in.
        budget: of the tenant.
    """

    database: Database
    budget: Budget

    def reserve(self, caller: Caller, purpose: str, expected: Tokens, at: datetime) -> str:
        """Count a call before it is made, and give its id.

        Raises:
            TooMany: `budget-spent`, with `whose`: `tenant` or `learner`.
        """
        midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
        with self.database.write() as session:
            if not self.database.has_one_writer:
                # Two processes must not both see the last tokens free.
                session.execute(select(TenantRow.id).where(TenantRow.id == caller.tenant_id).with_for_update())
            whole, own, turns = _spent(session, caller.tenant_id, midnight, caller.subject)
            asked = expected.read + expected.written
            if whole + asked > self.budget.tenant_tokens:
                raise _spent_up("tenant")
            if caller.role == "learner" and (
                own + asked > self.budget.learner_tokens or turns >= self.budget.learner_turns
            ):
                raise _spent_up("learner")
            row = {
                "id": str(uuid.uuid4()),
                "tenant_id": caller.tenant_id,
                "subject": caller.subject,
                "purpose": purpose,
                "model": "",
                "tokens_in": expected.read,
                "tokens_out": expected.written,
                "micro_euro": 0,
                "settled": False,
                "estimated": True,
                "at": at,
            }
            session.connection().execute(_RESERVE, row)
            return str(row["id"])

    def settle(self, id: str, provider: Provider, tokens: Tokens) -> None:
        """Write down what a call really took."""
        with self.database.write() as session:
            row = session.get(UsageRow, id)
            if row is None:
                return  # the learner was erased while the model answered
            row.model, row.tokens_in, row.tokens_out = provider.model, tokens.read, tokens.written
            row.micro_euro = round(tokens.read * provider.price_in + tokens.written * provider.price_out)
            row.settled, row.estimated = True, tokens.estimated

    def give_back(self, id: str) -> None:
        """Forget a call that no provider answered."""
        with self.database.write() as session:
            session.execute(delete(UsageRow).where(UsageRow.id == id))


@dataclass(frozen=True)
class UsageLine:
    """What one model did for one purpose in a stretch of time; `euro` is 0 where no price was filled in."""

    purpose: str
    model: str
    calls: int
    people: int
    tokens_in: int
    tokens_out: int
    euro: float


def report(session: Session, tenant_id: int, since: datetime, until: datetime) -> list[UsageLine]:
    """Give what a tenant used from one moment up to another."""
    query = (
        select(
            UsageRow.purpose,
            UsageRow.model,
            func.count(),
            func.count(UsageRow.subject.distinct()),
            func.sum(UsageRow.tokens_in),
            func.sum(UsageRow.tokens_out),
            func.sum(UsageRow.micro_euro),
        )
        .where(UsageRow.tenant_id == tenant_id, UsageRow.at >= since, UsageRow.at < until, UsageRow.settled)
        .group_by(UsageRow.purpose, UsageRow.model)
        .order_by(UsageRow.purpose, UsageRow.model)
    )
    return [UsageLine(*row[:6], euro=row[6] / _MICRO) for row in session.execute(query)]


def spent_today(session: Session, tenant_id: int, at: datetime) -> int:
    """Give how many tokens of its day's budget a tenant used, reservations among them."""
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return _spent(session, tenant_id, midnight, "")[0]


def erase(session: Session, tenant_id: int, subject: str) -> int:
    """Take a person out of the figures, which stay; give how many rows."""
    where = (UsageRow.tenant_id == tenant_id, UsageRow.subject == subject)
    return session.query(UsageRow).where(*where).update({UsageRow.subject: ""})


def export(session: Session, tenant_id: int, subject: str) -> list[dict[str, Any]]:
    """Give when a language model worked for a person, and how much."""
    where = (UsageRow.tenant_id == tenant_id, UsageRow.subject == subject)
    rows = session.scalars(select(UsageRow).where(*where).order_by(UsageRow.at))
    names = ("purpose", "model", "tokens_in", "tokens_out")
    return [{"at": row.at.isoformat(), **{name: getattr(row, name) for name in names}} for row in rows]


def _spent(session: Session, tenant_id: int, since: datetime, subject: str) -> tuple[int, int, int]:
    """Give a tenant's tokens since a moment, and of those one person's tokens and calls."""
    asked = {"tenant_id": tenant_id, "since": since, "subject": subject}
    whole, own, calls = session.connection().execute(_SPENT, asked).one()
    return int(whole or 0), int(own or 0), int(calls)


def _spent_up(whose: str) -> TooMany:
    detail = (
        say(
            "Je instelling heeft voor vandaag alle tijd van het taalmodel gebruikt. Morgen kan het weer; schrijven en "
            "indienen kan gewoon verder."
        )
        if whose == "tenant"
        else say(
            "Je hebt voor vandaag alles gevraagd wat per dag kan. Morgen kan het weer; schrijven en indienen kan "
            "gewoon verder."
        )
    )
    return TooMany(detail, code="budget-spent", extra={"whose": whose})
