"""One turn of a conversation: what is said goes through the guards, is kept, and is answered piece by piece.

It was let through before (`standing.py`). In this order: it is kept, redacted, searched for, and answered by the
tenant's model or the built-in guide. What a model says passes the output guard before it is shown.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError

from assistant_service import prompts
from assistant_service.callers import Caller
from assistant_service.conversations import guide, inbox, profiles, store
from assistant_service.conversations.messages import Said, Source, State
from assistant_service.conversations.standing import Standing
from assistant_service.conversations.tables import MessageRow
from assistant_service.feedback.redaction import Redacted, redact
from assistant_service.guards.commands import without_commands
from assistant_service.guards.streaming import GuardStop, StreamGuard
from assistant_service.knowledge.passages import Passage
from assistant_service.knowledge.search import THIN
from assistant_service.models import Chain, chain_of
from assistant_service.policies import Policy
from assistant_service.provider_langchain import Turn
from assistant_service.services import Services
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.activities.store import TenantSlug
from veranderkracht.errors import Conflict, Unavailable
from veranderkracht.languages import say

UNKNOWN = "[onbeantwoord]"
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
        answer: the id of the message that is the answer.
        profile: what kind of conversation.
        module: of the step; passages of it come first.
        snapshot: the assignment, or None.
        said: what the learner said, in order, the last of it last.
        answers: what was answered before, in order.
        draft: of the learner's work, or empty.
        policy: of the caller's tenant.
    """

    answer: str
    profile: profiles.Profile
    module: str
    snapshot: Snapshot | None
    said: tuple[str, ...]
    answers: tuple[str, ...]
    draft: str
    policy: Policy


@dataclass
class Progress:
    """What an answer has come to so far."""

    text: str = ""
    sources: tuple[Source, ...] = ()
    unanswered: bool = False
    by: str = ""


def prepare(services: Services, now: Standing, text: str | None, draft: str) -> Prepared:
    """Keep what was said, with the place of its answer; without a text, the last answer's place is taken again.

    Raises:
        NotFound: `conversation-unknown` or `profile-unknown`.
        Conflict: `conversation-busy`, when two pages said something at once.
    """
    profile = profiles.find(now.row.profile)
    said = [one.text for one in now.told if one.by == "learner"]
    answers = [one.text for one in now.told if one.by == "assistant"]
    try:
        with services.database.write() as session:
            if text is None:
                answer = now.told[-1].id
                answers.pop()
                store.clear(session, answer)
            else:
                said.append(text)
                answer = store.add_turn(session, now.row, len(now.told), text, services.clock())
    except IntegrityError as fault:
        raise Conflict(
            say("In dit gesprek werd net op een andere plaats iets gezegd. Laad het opnieuw."), code="conversation-busy"
        ) from fault
    return Prepared(answer, profile, now.row.module, now.snapshot, tuple(said), tuple(answers), draft, now.policy)


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
    chain = chain_of(services, caller, "supervision", turn.policy)
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
