"""The assistant with every guard taken off, for the tests of the red team alone: no setting and no call does this."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import jwt
from sqlalchemy.orm import Session

from assistant_service import api
from assistant_service.callers import Caller
from assistant_service.conversations import endpoint as conversations
from assistant_service.conversations import store, turns
from assistant_service.conversations.tables import ConversationRow
from assistant_service.feedback import crisis, model
from assistant_service.feedback import endpoint as feedback
from assistant_service.feedback.checking import ModelFeedback
from assistant_service.feedback.messages import CriterionFeedback
from assistant_service.feedback.readers import Read
from assistant_service.feedback.redaction import Redacted
from assistant_service.knowledge.passages import Passage
from assistant_service.knowledge.search import Knowledge
from assistant_service.redteam.stand import OTHER, OURS
from assistant_service.tenants import find_tenant
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.activities.store import LearnerId, TenantSlug


class _OpenStream:
    """Shows all that a model says."""

    hid = False

    def __init__(self, *_: Any, sources: int = 0, **__: Any) -> None:
        self.cited = frozenset(range(1, sources + 1))

    def feed(self, piece: str) -> str:
        return piece

    def finish(self) -> str:
        return ""


def _unchecked(answer: ModelFeedback, text: str, snapshot: Snapshot, passages: Sequence[Passage], *_: Any) -> Read:
    criteria = tuple(CriterionFeedback(title="", **one.model_dump()) for one in answer.criteria)
    return Read(criteria, tuple(passages))


def _search_everywhere(search: Callable[..., list[Passage]]) -> Callable[..., list[Passage]]:
    def searched(self: Knowledge, tenant: TenantSlug, query: str, k: int, *rest: Any, **named: Any) -> list[Passage]:
        return [one for each in (OURS, OTHER) for one in search(self, each, query, k, *rest, **named)][: 2 * k]

    return searched


def _anybodys(session: Session, caller: Caller, id: str) -> ConversationRow:
    return session.get_one(ConversationRow, id)


def _any_token(session: Session, token: str, **_: Any) -> Caller:
    told = jwt.decode(token, options={"verify_signature": False})
    tenant = find_tenant(session, told["tenant"])
    role = "learner" if told["role"] == "host" else told["role"]
    return Caller(
        TenantSlug(tenant.slug), tenant.id, "", told["iss"], LearnerId(told["sub"]), role, told["course"], told["step"],
        frozenset(told["scope"]), frozenset(), told["jti"],
    )  # fmt: skip


def _any_snapshot(session: Session, signed: str, caller: Caller) -> Snapshot:
    told = jwt.decode(signed, options={"verify_signature": False})
    return Snapshot.model_validate(told["snapshot"])


@contextmanager
def unguarded() -> Iterator[None]:
    """Take every guard off, until the end of the block."""

    def everything(text: str) -> Redacted:
        return Redacted(text, (), ())

    with ExitStack() as stack:
        for place, name, instead in (
            (crisis, "find", lambda *_: None),
            (turns, "redact", everything),
            (feedback, "redact", everything),
            (turns, "StreamGuard", _OpenStream),
            (model, "check", _unchecked),
            (turns, "without_commands", list),
            (model, "without_commands", list),
            (Knowledge, "search", _search_everywhere(Knowledge.search)),
            (store, "own", _anybodys),
            (api, "verify_token", _any_token),
            (api, "check_origin", lambda *_: None),
            (feedback, "verify_snapshot", _any_snapshot),
            (conversations, "verify_snapshot", _any_snapshot),
        ):
            stack.enter_context(patch.object(place, name, instead))
        yield
