"""Events from the hosts' outboxes: each statement validated against the contract, stored once, or refused for good.

`veranderkracht.events` builds the statements; what is computed from them is the monitor's.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from sqlalchemy import ColumnElement, Insert, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from assistant_service.api import Call, Endpoint, Message
from assistant_service.callers import Caller
from assistant_service.tables import StatementRow
from veranderkracht.events import SCHEMA_VERSION, VERBS

BATCH = 500  # statements
_VERB_NAMES = {iri: name for name, iri in VERBS.items()}
_PLACE = r"^urn:veranderkracht:([a-z0-9-]{1,60}):([a-z0-9-]{1,60})$"

Short = Annotated[str, StringConstraints(min_length=1, max_length=500)]


class _Part(BaseModel):
    # xAPI allows more than we use; what we keep of it is the body as it came.
    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


class _Account(_Part):
    home_page: Short = Field(alias="homePage")
    name: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]


class _Actor(_Part):
    account: _Account


class _Verb(_Part):
    id: Literal[tuple(_VERB_NAMES)]  # type: ignore[valid-type]


class _Object(_Part):
    id: Annotated[str, StringConstraints(pattern=_PLACE)]


class _Extensions(_Part):
    schema_version: int = Field(alias="urn:veranderkracht:extension:schema")
    tenant: Short = Field(alias="urn:veranderkracht:extension:tenant")
    course: Short = Field(alias="urn:veranderkracht:extension:course")
    module_version: int = Field(alias="urn:veranderkracht:extension:module-version", ge=1)


class _Context(_Part):
    extensions: _Extensions


class _Statement(_Part):
    id: UUID
    version: Literal["1.0.3"]
    timestamp: AwareDatetime
    actor: _Actor
    verb: _Verb
    object: _Object
    context: _Context


class Batch(Message):
    """Statements from an outbox, in any order; a repeated id is harmless."""

    statements: list[dict[str, Any]] = Field(max_length=BATCH)


class Refusal(Message):
    """A statement that will never be stored, and why."""

    id: str
    reason: str


class Receipt(Message):
    """What the host may strike from its outbox."""

    stored: list[str]
    refused: list[Refusal]


def _post(call: Call[Batch]) -> Receipt:
    stored: list[str] = []
    refused: list[Refusal] = []
    at = call.services.clock()
    with call.services.database.write() as session:
        for body in call.body.statements:
            name = str(body.get("id", ""))[:100]
            try:
                statement = _Statement.model_validate(body)
                _check(statement, call.caller)
            except ValidationError as fault:
                refused.append(Refusal(id=name, reason=_reason(fault)))
            except ValueError as fault:
                refused.append(Refusal(id=name, reason=str(fault)))
            else:
                _store(session, statement, body, call.caller, at)
                stored.append(name)
    return Receipt(stored=stored, refused=refused)


def _check(statement: _Statement, caller: Caller) -> None:
    extensions = statement.context.extensions
    if extensions.tenant != caller.tenant:
        raise ValueError("de instelling is niet die van de host")
    if statement.actor.account.home_page != caller.issuer:
        raise ValueError("actor.account.homePage is niet de host zelf")
    if extensions.schema_version != SCHEMA_VERSION:
        raise ValueError(f"schema {extensions.schema_version} is onbekend; verwacht {SCHEMA_VERSION}")


def _store(session: Session, statement: _Statement, body: Mapping[str, Any], caller: Caller, at: datetime) -> None:
    module, step = statement.object.id.split(":")[2:]
    values = {
        "tenant_id": caller.tenant_id,
        "id": str(statement.id),
        "issuer": caller.issuer,
        "subject": statement.actor.account.name,
        "verb": _VERB_NAMES[statement.verb.id],
        "module": module,
        "step": step,
        "course": statement.context.extensions.course,
        "happened_at": statement.timestamp.astimezone(UTC),
        "stored_at": at,
        "body": dict(body),
    }
    session.execute(_insert_once(session).values(values))


def _insert_once(session: Session) -> Insert:
    dialect = session.get_bind().dialect.name
    if dialect == "postgresql":
        return postgresql.insert(StatementRow).on_conflict_do_nothing()
    if dialect == "sqlite":
        return sqlite.insert(StatementRow).on_conflict_do_nothing()
    return insert(StatementRow)


def erase(session: Session, tenant_id: int, subject: str) -> int:
    """Forget what a person did; give how many statements."""
    return session.query(StatementRow).where(*_whose(tenant_id, subject)).delete()


def export(session: Session, tenant_id: int, subject: str) -> list[dict[str, Any]]:
    """Give the statements about a person, oldest first."""
    rows = session.scalars(select(StatementRow).where(*_whose(tenant_id, subject)).order_by(StatementRow.happened_at))
    return [row.body for row in rows]


def _whose(tenant_id: int, subject: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return StatementRow.tenant_id == tenant_id, StatementRow.subject == subject


def _reason(fault: ValidationError) -> str:
    rows = fault.errors()[:5]
    return "; ".join(f"{'.'.join(map(str, row['loc']))}: {row['msg']}" for row in rows)


ENDPOINTS = (
    Endpoint(
        "POST",
        "/v1/events",
        "Lever xAPI-statements uit de outbox van een host",
        "events",
        Batch,
        Receipt,
        _post,
        roles=("host",),
    ),
)
