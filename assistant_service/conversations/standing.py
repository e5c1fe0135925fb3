"""What must be known before a turn is let through, read at once; and what lets it through.

In this order: signs of crisis (the endpoint's), the notice, length, likely names, the pace.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from assistant_service import notice
from assistant_service.callers import Caller
from assistant_service.conversations import store
from assistant_service.conversations.tables import ConversationRow, MessageRow
from assistant_service.feedback.names import likely_names
from assistant_service.feedback.names_known import known_names
from assistant_service.policies import Policy, policy_of
from assistant_service.services import Services
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.errors import Conflict, Rejected, TooMany
from veranderkracht.languages import say

LONGEST_MESSAGE = 4000  # characters
LONGEST_DRAFT = 20_000
_WINDOW = timedelta(hours=1)


@dataclass(frozen=True)
class Standing:
    """How a caller stands at the moment of saying something.

    Args:
        row: the conversation.
        told: what was said in it, in order.
        snapshot: the assignment that it is about, or None.
        policy: of the caller's tenant.
        unread: the notice, when it is still to be accepted.
        sent: how many messages in the last hour.
        first: when the first of them was.
    """

    row: ConversationRow
    told: Sequence[MessageRow]
    snapshot: Snapshot | None
    policy: Policy
    unread: notice.Notice | None
    sent: int
    first: datetime | None


def standing(session: Session, services: Services, caller: Caller, row: ConversationRow) -> Standing:
    """Read how a caller stands in a conversation of theirs.

    Raises:
        Unavailable: `secret-changed`.
    """
    policy = policy_of(session, caller.tenant_id, services.settings)
    sent, first = store.recent(session, caller, services.clock() - _WINDOW)
    snapshot = None if row.snapshot is None else Snapshot.model_validate(row.snapshot)
    unread = notice.unread(session, caller, policy)
    return Standing(row, store.messages(session, row), snapshot, policy, unread, sent, first)


def check(services: Services, now: Standing, text: str, draft: str, *, names_ok: bool) -> None:
    """Let through only what may be kept and read.

    Raises:
        Forbidden: `notice-required`.
        Rejected: `text-empty` or `text-too-long`.
        Conflict: `likely-names`.
        TooMany: `rate-limited`.
    """
    if now.unread is not None:
        raise notice.required(now.unread)
    if not text.strip():
        raise Rejected(say("Schrijf eerst iets; dan is er iets om op te antwoorden."), code="text-empty")
    for longest, what, told in ((LONGEST_MESSAGE, say("Je bericht"), text), (LONGEST_DRAFT, say("Je ontwerp"), draft)):
        if len(told) > longest:
            raise Rejected(
                say(
                    "{what} telt {number} tekens; de assistent leest er hoogstens {longest}. Maak het korter.",
                    what=what,
                    number=len(told),
                    longest=longest,
                ),
                code="text-too-long",
                extra={"longest": longest},
            )
    known = known_names(now.snapshot) if now.snapshot else frozenset()
    if not names_ok and (names := likely_names(f"{text}\n{draft}", known)):
        raise Conflict(
            say("Je tekst lijkt namen van mensen te bevatten. Vervang ze, of bevestig dat het geen echte namen zijn."),
            code="likely-names",
            extra={"names": names},
        )
    if now.first is not None and now.sent >= services.settings.messages_per_hour:
        wait = max(1, math.ceil((now.first + _WINDOW - services.clock()).total_seconds()))
        raise TooMany(
            say(
                "Je stuurde het laatste uur {number} berichten. Over {minutes} min. kan het weer.",
                number=now.sent,
                minutes=math.ceil(wait / 60),
            ),
            code="rate-limited",
            extra={"retry_after": wait},
        )
