"""The built-in guide in a conversation: the method's next question, the learner's own words, and literal passages.

No language model: it cannot understand, and says so. Which question it asks follows from where the conversation is
and from what was said, so that the same conversation goes the same way.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant_service.asking import excerpt
from assistant_service.conversations.profiles import SUPERVISION, Move, Profile
from assistant_service.feedback.messages import Author
from assistant_service.knowledge.passages import Passage
from assistant_service.knowledge.words import STOP_WORDS, stem, words
from veranderkracht.languages import later
from veranderkracht.modules.model import SupervisionProfile

GUIDE = Author(
    kind="guide",
    name=later("De ingebouwde gids"),
    says=later(
        "Dit is geen taalmodel. De gids stelt vragen volgens een methode en zoekt passages in de kennisbank; begrijpen "
        "wat je schrijft, kan hij niet."
    ),
)
NOT_FOUND = (
    "Daar vind ik niets over in de kennisbank, en zelf bedenk ik niets. Je kunt de vraag aan iemand van je instelling "
    "voorleggen."
)
LAST = "Wat neem je hieruit mee, en wat is het eerste dat je ermee doet?"
_FOUND = "Dit staat daarover in de kennisbank:"
_QUESTION = re.compile(
    r"^(?:en |maar |dus )?"
    r"(?:wat|wie|hoe|waarom|wanneer|waar|welke?|hoeveel|mag|moet|kan|kun|bestaat|is|zijn|heb|what|how|why)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]?")
_FELT = re.compile(
    r"\b(?:bang|boos|moe|kwaad|verdriet|schuldig|machteloos|onzeker|gefrustreerd|opgelucht|trots|lastig|moeilijk|zwaar|"
    r"stress|alleen|beu|twijfel|zorgen|geraakt|raakte?|pijn|schrok|geschrokken|voel\w*)\b",
    re.IGNORECASE,
)
_LONGEST_ECHO = 140  # characters of somebody's own sentence
_SHORTEST_ECHO = 20


@dataclass(frozen=True)
class Answer:
    """What the guide says; `cited` are the passages that it quotes, in the order of their numbers."""

    text: str
    cited: tuple[Passage, ...]
    unanswered: bool


def answer(
    profile: Profile,
    own: SupervisionProfile | None,
    said: Sequence[str],
    asked_before: Sequence[str],
    passages: Sequence[Passage],
) -> Answer:
    """Say the next thing.

    Args:
        profile: what kind of conversation.
        own: the module's supervision text, or None.
        said: all that the learner said, the last of it last.
        asked_before: what the guide said, to ask nothing twice.
        passages: that fit what was said last, best first; those that fit badly left out.
    """
    last = said[-1]
    parts: list[str] = []
    cited: tuple[Passage, ...] = ()
    wants_to_know = _wants_to_know(last)
    if wants_to_know and passages:
        cited = tuple(passages[:2])
        parts.append(_FOUND)
        parts += [f"> {_quoted(excerpt(last, one.text))} [{place}]" for place, one in enumerate(cited, start=1)]
    elif wants_to_know:
        parts.append(NOT_FOUND)
    elif echo := _echo(last, also_plain=len(said) % 3 == 0):
        parts.append(f"Je schrijft: “{echo}”")
    move, question = _next(profile, own, said, asked_before)
    parts.append(f"{move.says} {question}" if move else question)
    return Answer("\n\n".join(parts), cited, wants_to_know and not passages)


def pieces(text: str) -> Iterator[str]:
    """Give a text word by word, as a page shows an answer."""
    yield from re.findall(r"\S+\s*", text)


def _wants_to_know(text: str) -> bool:
    """Tell whether the last sentence asks for something to know; a sigh such as 'waarom ik?' is none."""
    sentences = [found.group().strip() for found in _SENTENCE.finditer(text) if found.group().strip()]
    asks = [one for one in sentences if one.endswith("?") or _QUESTION.match(one)]
    return (
        bool(asks)
        and asks[-1] == sentences[-1]
        and len(words(asks[-1])) >= 4
        and not re.search(r"\b(?:ik|mij|me|mijn)\b", asks[-1].lower())
    )


def _next(
    profile: Profile, own: SupervisionProfile | None, said: Sequence[str], before: Sequence[str]
) -> tuple[Move | None, str]:
    """Give the move that is next, unless it was introduced, and a question of it that was not asked."""
    asked = "\n".join(before)
    theirs = [one for one in own.questions if one not in asked] if own and profile.id == SUPERVISION else []
    place = min(len(said) - 1, len(profile.moves) - 1)
    for number in (*range(place, len(profile.moves)), *range(place)):
        move = profile.moves[number]
        if fresh := [one for one in move.questions if one not in asked]:
            # The module's own questions come in where they fit what was said better than the method's.
            question = _nearest([*fresh, *theirs] if number else fresh, said[-1])
            return (None if move.says in asked or question in theirs else move), question
    return None, _nearest(theirs, said[-1]) if theirs else LAST


def _nearest(questions: Sequence[str], text: str) -> str:
    """Give the question that shares most words with a text; the first of those that share as many."""
    told = _stems(text)
    return max(questions, key=lambda one: len(_stems(one) & told))


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text) if word not in STOP_WORDS}


def _echo(text: str, *, also_plain: bool) -> str:
    """Give one of somebody's own sentences, literally: one with a feeling in it, or where `also_plain` the last."""
    fits = [
        one
        for found in _SENTENCE.finditer(text)
        if _SHORTEST_ECHO <= len(one := found.group().strip()) <= _LONGEST_ECHO and not one.endswith("?")
    ]
    felt = [one for one in fits if _FELT.search(one)]
    return (felt or (fits if also_plain else []) or [""])[-1]


def _quoted(text: str) -> str:
    return " ".join(text.split())
