"""One turn of a conversation: what is said goes through the guards, is kept, and is answered piece by piece.

In this order: signs of crisis; the notice; length; likely names; the pace; then it is kept, redacted, searched for,
and answered by the tenant's model or the built-in guide. What a model says passes the output guard before it is shown.
"""

import logging
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from assistant_service import notice, prompts
from assistant_service.callers import Caller
from assistant_service.conversations import guide, inbox, profiles, store
from assistant_service.conversations.messages import Said, Source, State
from assistant_service.conversations.tables import ConversationRow, MessageRow
from assistant_service.feedback.names import likely_names
from assistant_service.feedback.names_known import known_names
from assistant_service.feedback.redaction import Redacted, redact
from assistant_service.guards.commands import without_commands
from assistant_service.guards.streaming import GuardStop, StreamGuard
from assistant_service.knowledge.passages import Passage
from assistant_service.knowledge.search import THIN
from assistant_service.models import Chain, chain_of
from assistant_service.provider_langchain import Turn
from assistant_service.services import Services
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.activities.store import TenantSlug
from veranderkracht.errors import Conflict, Rejected, TooMany, Unavailable
from veranderkracht.languages import say

LONGEST_MESSAGE = 4000  # characters
LONGEST_DRAFT = 20_000
UNKNOWN = "[onbeantwoord]"
_WINDOW = timedelta(hours=1)
_MEMORY = 12_000  # characters of the conversation that go along
_PASSAGES = 4
_SPLIT = "\x1e"  # between texts that are redacted together, so that one mark stands for one thing in all of them
_STOPPED = (
    "Hier breken we het antwoord af: het ging iets zeggen dat niet van de assistent mag komen. Stel je vraag anders, "
    "of leg ze voor aan iemand van je instelling."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Prepared:
    """A turn that may be answered.

    Args:
        conversation: its id.
        answer: the id of the message that is the answer.
        profile: what kind of conversation.
        module: of the step; passages of it come first.
        snapshot: the assignment, or None.
        said: what the learner said, in order, the last of it last.
        answers: what was answered before, in order.
        draft: of the learner's work, or empty.
    """

    conversation: str
    answer: str
    profile: profiles.Profile
    module: str
    snapshot: Snapshot | None
    said: tuple[str, ...]
    answers: tuple[str, ...]
    draft: str


@dataclass
class Progress:
    """What an answer has come to so far."""

    text: str = ""
    sources: tuple[Source, ...] = ()
    unanswered: bool = False
    by: str = ""


def check(
    services: Services, caller: Caller, text: str, draft: str, snapshot: Snapshot | None, *, names_ok: bool
) -> None:
    """Let through only what may be kept and read.

    Raises:
        Forbidden: `notice-required`.
        Rejected: `text-empty` or `text-too-long`.
        Conflict: `likely-names`.
        TooMany: `rate-limited`.
    """
    with services.database.read() as session:
        notice.require(session, caller, services.settings)
        number, first = store.recent(session, caller, services.clock() - _WINDOW)
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
    known = known_names(snapshot) if snapshot else frozenset()
    if not names_ok and (names := likely_names(f"{text}\n{draft}", known)):
        raise Conflict(
            say("Je tekst lijkt namen van mensen te bevatten. Vervang ze, of bevestig dat het geen echte namen zijn."),
            code="likely-names",
            extra={"names": names},
        )
    if first is not None and number >= services.settings.messages_per_hour:
        wait = max(1, math.ceil((first + _WINDOW - services.clock()).total_seconds()))
        raise TooMany(
            say(
                "Je stuurde het laatste uur {number} berichten. Over {minutes} min. kan het weer.",
                number=number,
                minutes=math.ceil(wait / 60),
            ),
            code="rate-limited",
            extra={"retry_after": wait},
        )


def prepare(services: Services, caller: Caller, id: str, text: str | None, draft: str) -> Prepared:
    """Keep what was said, with the place of its answer; without a text, the last answer's place is taken again.

    Raises:
        NotFound: `conversation-unknown` or `profile-unknown`.
        Conflict: `nothing-to-retry`; `conversation-busy`, when two pages said something at once.
    """
    try:
        with services.database.write() as session:
            row = store.own(session, caller, id)
            if text is not None:
                answer = store.add_turn(session, row, text, services.clock())
            else:
                answer = store.messages(session, row)[-1]
                answer.text, answer.state, answer.sources = "", "failed", []
            told = store.messages(session, row)
            return Prepared(
                conversation=row.id,
                answer=answer.id,
                profile=profiles.find(row.profile),
                module=row.module,
                snapshot=snapshot_of(row),
                said=tuple(one.text for one in told if one.by == "learner"),
                answers=tuple(one.text for one in told if one.by == "assistant" and one.id != answer.id),
                draft=draft,
            )
    except IntegrityError as fault:
        raise Conflict(
            say("In dit gesprek werd net op een andere plaats iets gezegd. Laad het opnieuw."), code="conversation-busy"
        ) from fault


def snapshot_of(row: ConversationRow) -> Snapshot | None:
    """Give the assignment that a conversation is about, or None."""
    return None if row.snapshot is None else Snapshot.model_validate(row.snapshot)


def answer(services: Services, caller: Caller, turn: Prepared, progress: Progress) -> Iterator[str]:
    """Give the answer piece by piece, as it may be shown; what it comes to is in `progress`.

    Raises:
        TooMany: `budget-spent`.
        Unavailable: `model-unavailable`.
    """
    redacted = redact(_SPLIT.join((*turn.said, *turn.answers, turn.draft)))
    parts = redacted.text.split(_SPLIT)
    said, answers, draft = parts[: len(turn.said)], parts[len(turn.said) : -1], parts[-1]
    passages = _passages(services, caller.tenant, said, turn.module)
    chain = chain_of(services, caller, "supervision")
    if chain is not None:
        passages = without_commands(passages)
    if chain is None:
        yield from _by_guide(turn, passages, redacted, said, progress)
    else:
        yield from _by_model(chain, turn, passages, redacted, said, answers, draft, progress)
    if progress.unanswered:
        with services.database.write() as session:
            inbox.note_gap(session, caller.tenant_id, turn.module, said[-1], services.clock())


def settle(services: Services, turn: Prepared, progress: Progress, state: State) -> Said | None:
    """Keep what an answer came to; None when the conversation was deleted meanwhile."""
    with services.database.write() as session:
        row = session.get(MessageRow, turn.answer)
        if row is None:
            return None
        row.text, row.state, row.answered_by = progress.text, state, progress.by[:200]
        row.sources = [source.model_dump() for source in progress.sources]
        row.at = services.clock()
        return store.said(row)


def _by_guide(
    turn: Prepared, passages: list[Passage], redacted: Redacted, said: list[str], progress: Progress
) -> Iterator[str]:
    fitting = [passage for passage in passages if passage.coverage >= THIN]
    own = profiles.of_module(turn.module)
    told = guide.answer(turn.profile, own, said, (*turn.answers,), fitting)
    progress.by, progress.unanswered = guide.GUIDE.name, told.unanswered
    progress.sources = _sources(told.cited, range(1, len(told.cited) + 1))
    for piece in guide.pieces(redacted.restore(told.text)):
        progress.text += piece
        yield piece


def _by_model(
    chain: Chain,
    turn: Prepared,
    passages: list[Passage],
    redacted: Redacted,
    said: list[str],
    answers: list[str],
    draft: str,
    progress: Progress,
) -> Iterator[str]:
    progress.by = chain.name
    mark = prompts.mark()
    system = prompts.render(
        "conversations/system.j2",
        mark=mark,
        profile=turn.profile,
        own=profiles.of_module(turn.module) if turn.profile.id == profiles.SUPERVISION else None,
        snapshot=turn.snapshot,
        draft=draft,
        passages=passages,
        turn=len(said),
        unknown=UNKNOWN,
    )
    criteria = turn.snapshot.rubric.criteria if turn.snapshot and turn.snapshot.rubric else ()
    guard = StreamGuard(
        allowed_texts=(*said, draft, *(passage.text for passage in passages)),
        sources=len(passages),
        secrets=(_instructions(turn, len(said)), mark),
        levels=tuple({level.title for criterion in criteria for level in criterion.levels}),
        restore=redacted.restore,
        hidden=UNKNOWN,
    )
    try:
        for piece in chain.stream(system, _remembered(said, answers)):
            if shown := guard.feed(piece):
                progress.text += shown
                yield shown
        if shown := guard.finish():
            progress.text += shown
            yield shown
    except GuardStop as stop:
        log.warning("an answer was broken off: %s", stop.kind)
        told = f"\n\n{_STOPPED}" if progress.text else _STOPPED
        progress.text += told
        progress.unanswered = True
        yield told
    if not progress.text.strip():
        raise Unavailable(
            say("Het taalmodel gaf geen antwoord dat we kunnen tonen. Probeer het opnieuw, of stel je vraag anders."),
            code="model-unavailable",
        )
    progress.unanswered = progress.unanswered or guard.hid
    progress.sources = _sources(passages, guard.cited)


def _instructions(turn: Prepared, number: int) -> str:
    """Give what of the prompt may not be recited: all but what learners read anyway, and the questions to ask."""
    quiet = turn.profile.model_copy(update={"moves": ()})
    return prompts.render(
        "conversations/system.j2",
        mark="",
        profile=quiet,
        own=None,
        snapshot=None,
        draft="",
        passages=(),
        turn=number,
        unknown=UNKNOWN,
    )


def _passages(services: Services, tenant: TenantSlug, said: list[str], module: str) -> list[Passage]:
    query = said[-1] if len(said[-1]) > 60 or len(said) == 1 else f"{said[-2]} {said[-1]}"
    try:
        return services.knowledge.search(tenant, query, _PASSAGES, module or None)
    except Unavailable:
        return []  # the index is being mended, and says so elsewhere; a conversation can go on without sources


def _remembered(said: list[str], answers: list[str]) -> list[Turn]:
    """Give the last turns that fit, oldest first, beginning with the learner."""
    turns: list[Turn] = []
    for place, text in enumerate(said):
        turns.append(Turn("user", text))
        if place < len(answers) and answers[place]:
            turns.append(Turn("assistant", answers[place]))
    kept: list[Turn] = []
    room = _MEMORY
    for turn in reversed(turns):
        room -= len(turn.text)
        if room < 0 and kept:
            break
        kept.append(turn)
    while kept[-1].role == "assistant":
        kept.pop()
    return kept[::-1]


def _sources(passages: Sequence[Passage], cited: Iterable[int]) -> tuple[Source, ...]:
    found = ((number, passages[number - 1]) for number in sorted(cited))
    return tuple(Source(id=number, title=one.title, url=one.url, text=one.text) for number, one in found)
