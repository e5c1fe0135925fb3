"""What the guide without a language model sees: which sentences show a criterion of the rubric, and why others do not.

It knows phrases, denials, questions, other people's words and the assignment's own sentences, and whether a text is
about what was asked. It understands nothing. What is said about it is written in `guide.py`.
"""

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from assistant_service.feedback import sentences, sheets
from assistant_service.feedback.denial import OPENERS, clauses_of, denied
from assistant_service.feedback.phrases import Line, Phrase, PhraseError, Place, compile_phrase
from assistant_service.feedback.sentences import Sentence, Token
from assistant_service.knowledge.words import STOP_WORDS, stem
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.rubrics.model import Criterion
from veranderkracht.toolkit.model import WorksheetTool

LONGEST_QUOTE = 300  # characters
STRONG, WEAK = 2.0, 1.0

_ANOTHER_SPEAKS = ("{zei} {hij}", "{hij} {zei}", "{persoon} {zei}", "{zei} {persoon}")
_THIRD_PERSON = {"ik": "hij", "me": "hem", "mijn": "zijn", "we": "ze", "wij": "zij", "ons": "hen", "onze": "hun"}

Reason = Literal["seen", "nothing", "denied", "copied", "off-topic"]

_ACTORS = ("naaste", "vrijwilliger", "partner")
_INVERTED = frozenset("is was had heb heeft zou zouden kan kon moet moest mag wil waren zijn".split())


@dataclass(frozen=True)
class Sighting:
    """How one criterion stands in a text.

    Args:
        criterion: of the rubric.
        reason: `seen`, or why not.
        quote: the passage, literally; of a denial when that is the reason; else None.
        words: the learner's words by which it was seen, literally.
        number: of the sentence, from 0; -1 without one.
        others: in how many more sentences it shows.
    """

    criterion: Criterion
    reason: Reason
    quote: str | None = None
    words: tuple[str, ...] = ()
    number: int = -1
    others: int = 0

    @property
    def visible(self) -> bool:
        """Whether the criterion shows."""
        return self.reason == "seen"


@dataclass(frozen=True)
class Reading:
    """A text as the guide read it.

    Args:
        sentences: all of them.
        own: those that are the writer's own, not the assignment's.
        relevant: whether it is about what was asked.
        sightings: one per criterion, in the rubric's order.
    """

    sentences: tuple[Sentence, ...]
    own: tuple[Sentence, ...]
    relevant: bool
    sightings: tuple[Sighting, ...] = ()


@dataclass
class _Hit:
    sentence: Sentence
    score: float = 0.0
    denied: bool = False
    places: list[Place] = field(default_factory=list)


def read(text: str, snapshot: Snapshot) -> Reading:
    """Read a text by the rubric of its assignment.

    Args:
        text: the learner's.
        snapshot: its rubric must not be None.
    """
    if snapshot.rubric is None:
        raise ValueError("an assignment without a rubric gives nothing to read by")
    found = tuple(sentences.split(text))
    own = own_sentences(text, snapshot)
    # A sheet's own questions keep whoever fills it in to the subject.
    relevant = isinstance(snapshot.tool, WorksheetTool) or _is_relevant(own, snapshot)
    seen: list[Sighting] = []
    for criterion in snapshot.rubric.criteria:
        if found and not own:
            seen.append(Sighting(criterion, "copied"))
        elif not relevant:
            seen.append(Sighting(criterion, "off-topic"))
        else:
            taken = [sighting.number for sighting in seen if sighting.visible]
            seen.append(_look(criterion, own, taken, text))
    return Reading(found, own, relevant, tuple(seen))


def own_sentences(text: str, snapshot: Snapshot) -> tuple[Sentence, ...]:
    """Give the sentences of a text that are not the assignment's own, nor a worksheet's."""
    written = [range(one.start, one.start + len(one.text)) for one in sheets.own_entries(text, snapshot)]
    return tuple(
        one
        for one in sentences.split(text)
        if any(one.start in each for each in written) and not _is_copied(one, snapshot)
    )


def _look(criterion: Criterion, own: Sequence[Sentence], taken: Sequence[int], text: str) -> Sighting:
    strong = [phrase for signal in criterion.signals.strong if (phrase := _phrase(signal))]
    weak = [phrase for signal in criterion.signals.weak if (phrase := _phrase(signal))]
    hits = [_weigh(sentence, strong, weak) for sentence in own]
    shown = [hit for hit in hits if hit.score >= WEAK]
    if not shown:
        denied = next((hit for hit in hits if hit.denied), None)
        if denied is None:
            return Sighting(criterion, "nothing")
        return Sighting(criterion, "denied", _quote(denied, text), _words(denied, text), denied.sentence.number)
    # A sentence that was quoted already is quoted again only when it is clearly the best.
    best = max(shown, key=lambda hit: (hit.score - 0.75 * (hit.sentence.number in taken), -hit.sentence.number))
    return Sighting(criterion, "seen", _quote(best, text), _words(best, text), best.sentence.number, len(shown) - 1)


def _phrase(signal: str) -> Phrase | None:
    try:
        return compile_phrase(signal)
    except PhraseError:
        # A rubric of another version may name a group that we do not have; its other signals still count.
        return None


def _weigh(sentence: Sentence, strong: Sequence[Phrase], weak: Sequence[Phrase]) -> _Hit:
    hit = _Hit(sentence)
    tokens = _as_told(sentence)
    hit.sentence = replace(sentence, tokens=tuple(tokens))
    line = Line.of(tokens)
    clauses = clauses_of(hit.sentence.tokens)
    asks = _is_question(sentence)
    counted = 0
    for phrase in strong:
        parts = phrase.find(line)
        if not parts:
            continue
        kept = parts if phrase.denied_too else _not_denied(parts, hit.sentence, clauses)
        if not all(kept) or (asks and not phrase.denied_too):
            hit.denied = hit.denied or not asks
            continue
        hit.places += [places[0] for places in kept]
        counted += 1
    hit.score = STRONG + 0.5 * min(counted - 1, 3) if counted else 0.0
    if hit.denied and not counted:
        return hit
    few: list[Place] = []
    for phrase in weak:
        parts = phrase.find(line)
        kept = _not_denied(parts, hit.sentence, clauses)
        if kept and all(kept) and not asks and kept[0][0] not in few:
            few.append(kept[0][0])
    if len(few) >= 2 or counted:
        hit.places += few
        hit.score += (WEAK if not counted else 0.0) + 0.1 * min(len(few), 5)
    return hit


def _as_told(sentence: Sentence) -> list[Token]:
    """Give the tokens as the writer tells them: what another says of themselves, in the third person."""
    told = [token for token in sentence.tokens if not token.spoken]
    line = Line.of(told)
    if len(told) == len(sentence.tokens) or not any(compile_phrase(source).find(line) for source in _ANOTHER_SPEAKS):
        return told
    return [
        replace(token, folded=_THIRD_PERSON.get(token.folded, token.folded)) if token.spoken else token
        for token in sentence.tokens
    ]


def _not_denied(parts: list[list[Place]], sentence: Sentence, clauses: Sequence[int]) -> list[list[Place]]:
    return [[place for place in places if not denied(place, sentence.tokens, clauses)] for places in parts]


def _is_question(sentence: Sentence) -> bool:
    if not sentence.text.endswith("?"):
        return False
    opening = next(iter(sentence.words), "")
    return opening in OPENERS or opening in _INVERTED or opening.startswith(("waar", "wanneer"))


def _words(hit: _Hit, text: str) -> tuple[str, ...]:
    tokens = hit.sentence.tokens
    words = [text[tokens[first].start : tokens[last - 1].end] for first, last in hit.places]
    # Short ones first said: a phrase that holds another says more.
    kept = [word for word in words if not any(word != other and word in other for other in words)]
    return tuple(dict.fromkeys(kept))


def _quote(hit: _Hit, text: str) -> str:
    whole = hit.sentence.text
    if len(whole) <= LONGEST_QUOTE:
        return whole
    start, tokens = hit.sentence.start, hit.sentence.tokens
    end = start + len(whole)
    marks = [
        start,
        *(match.end() + start for match in re.finditer(r"[,;:–—]\s+|\s(?=(?:en|maar|want|omdat|dus)\s)", whole)),
        end,
    ]
    first = tokens[min(place[0] for place in hit.places)].start
    last = tokens[max(place[1] for place in hit.places) - 1].end
    begin = max((mark for mark in marks if mark <= first), default=start)
    fitting = [mark for mark in marks if mark >= last and mark - begin <= LONGEST_QUOTE]
    if fitting:
        return text[begin : max(fitting)].strip()
    cut = text[begin : begin + LONGEST_QUOTE]
    return (cut.rsplit(None, 1)[0] if begin + LONGEST_QUOTE < end else cut).strip()


def _is_copied(sentence: Sentence, snapshot: Snapshot) -> bool:
    own = [word for word in sentence.words if word]
    if not own:
        return True
    for asked in _asked(snapshot.prompt):
        words = set(asked.words)
        # Word for word, or nearly: a sentence of the assignment with a word changed is still the assignment's.
        if (
            len(own) >= 4
            and sum(word in words for word in own) / len(own) >= 0.85
            and len(own) >= 0.5 * len(asked.words)
        ):
            return True
        if tuple(own) == asked.words:
            return True
    return False


@functools.lru_cache(maxsize=64)
def _asked(prompt: str) -> tuple[Sentence, ...]:
    return tuple(sentences.split(prompt.replace("*", "").replace("#", "")))


def _is_relevant(own: Sequence[Sentence], snapshot: Snapshot) -> bool:
    asked = [group for group in _ACTORS if _asks_for(group, snapshot)]
    lines = [Line.of(sentence.tokens) for sentence in own]
    place = _count(("{plek}", "{bewoner}", "{collega}"), lines)
    if asked:
        people = _count(tuple(f"{{{group}}}" for group in asked), lines)
        # One mention may be chance in a long text; in a short one, or among the words of the work, it is the subject.
        return people >= 2 or (people == 1 and (place >= 1 or len(own) <= 5))
    known = {stem(word) for word in _content(snapshot.prompt + " " + snapshot.title + " " + snapshot.module_title)}
    shared = known & {stem(word) for sentence in own for word in sentence.words if word not in STOP_WORDS}
    return len(shared) >= 2 or place >= 2


def _asks_for(group: str, snapshot: Snapshot) -> bool:
    phrase = compile_phrase(f"{{{group}}}")
    return any(
        phrase.find(Line.of(sentence.tokens))
        for sentence in _asked(snapshot.prompt)
        if not compile_phrase("{ontkenning}").find(Line.of(sentence.tokens))
    )


def _count(sources: Sequence[str], lines: Sequence[Line]) -> int:
    found = 0
    for line in lines:
        words = line.text.split()
        for source in sources:
            for places in compile_phrase(source).find(line):
                # 'Mijn zoon' is the writer's own family, not a resident's.
                found += sum(first == 0 or words[first - 1] != "mijn" for first, _ in places)
    return found


def _content(text: str) -> list[str]:
    return [word for sentence in sentences.split(text) for word in sentence.words if word not in STOP_WORDS]
