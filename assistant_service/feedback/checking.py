"""What stays of a language model's feedback: literal quotes, given sources, known criteria, and never a judgement.

A piece that fails is dropped or replaced by the rubric's own; nothing of it is repaired by guessing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant_service.feedback import guide, sheets
from assistant_service.feedback.messages import CriterionFeedback
from assistant_service.feedback.readers import Read
from assistant_service.feedback.reading import LONGEST_QUOTE, Sighting
from assistant_service.guards.judgements import ADDRESS, judgement
from assistant_service.guards.letters import folded, visible
from assistant_service.guards.recital import Recital
from assistant_service.knowledge.passages import Passage
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.rubrics.model import Criterion

MOST_SOURCES = 3
LONGEST_REMARK = 700  # characters
_LONGEST_OTHER = 350

NO_EVIDENCE = "De meelezer wees een passage aan die niet letterlijk in je tekst staat. Die hebben we weggelaten."
NOTHING_SAID = "De meelezer zei hier niets over."
SEEN = "De meelezer ziet het in de passage die hier aangeduid is."
NOT_SEEN = "De meelezer ziet het nog niet in je tekst."

_NUMBER = r"(?:\d+(?:[.,]\d+)?|een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|veertien|zestien|achttien)"
_GRADE = re.compile(
    rf"\b{_NUMBER}\s*/\s*\d+|\b{_NUMBER}\s+op\s+(?:4|5|10|20|100|vier|vijf|tien|twintig|honderd)\b"
    r"|\b(?:cijfers?|scor(?:e|es|en|t)|gescoord|punten(?:aantal)?|niveaus?|quotering|quoteren?|onvoldoende"
    rf"|ruim voldoende|een (?:ruime )?voldoende|geslaagd|gebuisd|onderscheiding|procent|grade|graded|points?|level"
    rf"|rating)\b|\d\s?%|\b{_NUMBER}\s+punt\b|\bA\+|\b(?:10|20)/",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"https?:|www\.|\b[\w-]+\.(?:be|nl|com|org|net|eu|io)\b", re.IGNORECASE)
_MARKUP = re.compile(r"!\[|\]\(|</?[a-zA-Z!]")
_CITED = re.compile(r"[‘“\"«]([^’”\"»]{12,})[’”\"»]|(?<!\w)'([^']{12,})'(?!\w)")


Why = Literal[
    "empty", "too-long", "grade", "instructions", "address", "markup", "invented-quote", "not-literal", "no-quote"
]


@dataclass(frozen=True)
class HeldBack:
    """A part of a model's answer that nobody gets to see, and why."""

    criterion: str
    part: Literal["quote", "remark", "question", "next_step"]
    why: Why


class ModelForm(BaseModel):
    """The base of what a model answers: lenient about keys that nobody asked for."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class ModelCriterion(ModelForm):
    """One criterion, as a model answers."""

    criterion: str = Field(description="id van het criterium")
    visible: bool
    quote: str | None = Field(description="letterlijk uit de tekst van de schrijver, of null")
    remark: str
    question: str
    next_step: str


class ModelFeedback(ModelForm):
    """The form in which a model must answer."""

    criteria: list[ModelCriterion]
    sources: list[int] = Field(description="nummers van de passages die verder helpen")


def check(
    answer: ModelFeedback, text: str, snapshot: Snapshot, passages: Sequence[Passage], instructions: str = ""
) -> Read:
    """Give what stays of an answer.

    Args:
        answer: of the model, in the right form and otherwise not to be trusted.
        text: that it read; quotes are literal parts of it.
        snapshot: the assignment; its rubric must not be None.
        passages: that it was given, numbered from 1.
        instructions: that it was given and may not recite.
    """
    bounds = _bounds(text, snapshot, passages, instructions)
    said = given(answer)
    criteria = snapshot.rubric.criteria if snapshot.rubric else ()
    checked = tuple(_check_one(criterion, said.get(criterion.id), bounds) for criterion in criteria)
    numbers = dict.fromkeys(number for number in answer.sources if 1 <= number <= len(passages))
    return Read(checked, tuple(passages[number - 1] for number in list(numbers)[:MOST_SOURCES]))


def held_back(
    answer: ModelFeedback, text: str, snapshot: Snapshot, passages: Sequence[Passage], instructions: str = ""
) -> tuple[HeldBack, ...]:
    """Give what `check`, with the same arguments, keeps from people, and why; of the criteria that are known."""
    bounds = _bounds(text, snapshot, passages, instructions)
    said = given(answer)
    criteria = snapshot.rubric.criteria if snapshot.rubric else ()
    return tuple(one for each in criteria if each.id in said for one in _held_back(said[each.id], bounds))


@dataclass(frozen=True)
class _Bounds:
    """What a model's words are held against."""

    own: tuple[str, ...]
    text: str
    prompt: str
    known: tuple[str, ...]
    levels: tuple[str, ...]
    recital: Recital


def _bounds(text: str, snapshot: Snapshot, passages: Sequence[Passage], instructions: str) -> _Bounds:
    return _Bounds(
        own=tuple(one.text for one in sheets.own_entries(text, snapshot)),
        text=text,
        prompt=snapshot.prompt.replace("*", ""),
        known=(text, snapshot.prompt, *(passage.text for passage in passages)),
        # Of the whole rubric: a criterion without levels of its own must not be named by another's.
        levels=tuple(
            level.title for one in (snapshot.rubric.criteria if snapshot.rubric else ()) for level in one.levels
        ),
        recital=Recital([instructions] if instructions else []),
    )


def given(answer: ModelFeedback) -> dict[str, ModelCriterion]:
    """Give what a model said, by criterion; of two answers for one, the first."""
    first: dict[str, ModelCriterion] = {}
    for one in answer.criteria:
        first.setdefault(one.criterion, one)
    return first


def _held_back(said: ModelCriterion, bounds: _Bounds) -> Iterator[HeldBack]:
    if said.visible and not _quoted(said, bounds):
        yield HeldBack(said.criterion, "quote", "not-literal" if said.quote else "no-quote")
    if why := _unfit(said.remark, LONGEST_REMARK, bounds):
        yield HeldBack(said.criterion, "remark", why)
    if why := _unfit(said.question, _LONGEST_OTHER, bounds):
        yield HeldBack(said.criterion, "question", why)
    if why := _unfit(said.next_step, _LONGEST_OTHER, bounds):
        yield HeldBack(said.criterion, "next_step", why)


def _quoted(said: ModelCriterion, bounds: _Bounds) -> str | None:
    if not said.visible or not said.quote:
        return None
    # Within one field of a worksheet, and never in the sheet's own words.
    quote = next((found for one in bounds.own if (found := literal(said.quote, one))), None)
    # The assignment's words are not the writer's.
    return None if quote and literal(quote, bounds.prompt) else quote


def _check_one(criterion: Criterion, said: ModelCriterion | None, bounds: _Bounds) -> CriterionFeedback:
    quote = _quoted(said, bounds) if said else None
    sighting = Sighting(criterion, "seen" if quote else "nothing", quote)
    asked, advice = (said.question, said.next_step) if said else ("", "")
    remark = _fit(said.remark, LONGEST_REMARK, bounds) if said else ""
    if said is None:
        remark = NOTHING_SAID
    elif said.visible and not quote:
        remark = NO_EVIDENCE
    return CriterionFeedback(
        criterion=criterion.id,
        title=criterion.title,
        visible=quote is not None,
        quote=quote,
        remark=remark or (SEEN if quote else NOT_SEEN),
        question=_fit(asked, _LONGEST_OTHER, bounds) or guide.ask(sighting, bounds.text),
        next_step=_fit(advice, _LONGEST_OTHER, bounds) or guide.suggest(sighting, bounds.text),
    )


def literal(quote: str, text: str) -> str | None:
    """Give the part of a text that a quote repeats, apart from white space; None when it does not, or is too long."""
    words = quote.split()
    if not words:
        return None
    found = re.search(r"\s+".join(map(re.escape, words)), text)
    return found.group() if found and len(found.group()) <= LONGEST_QUOTE else None


def names_a_grade(said: str, levels: Sequence[str] = ()) -> bool:
    """Tell whether a remark gives a grade, points or a level, also one of the rubric's by its title."""
    if _GRADE.search(said) or judgement(tuple(sorted(set(levels)))).search(said + "\n"):
        return True
    # 'Begin' and 'Sterk' are common words: as a level they stand between marks or after 'als' or 'op'.
    titles = "|".join(map(re.escape, levels))
    return bool(titles) and re.search(rf"[‘“\"'](?:{titles})[’”\"']|\b(?:als|op|:)\s+(?:{titles})\b", said) is not None


def _fit(said: str, longest: int, bounds: _Bounds) -> str:
    """Give what may be shown of a remark: all of it, or nothing."""
    return "" if _unfit(said, longest, bounds) else _trimmed(said)


def _trimmed(said: str) -> str:
    return " ".join(visible(said).split())


def _unfit(said: str, longest: int, bounds: _Bounds) -> Why | None:
    trimmed = _trimmed(said)
    plain = folded(trimmed)
    if not trimmed:
        return "empty"
    if len(trimmed) > longest:
        return "too-long"
    if names_a_grade(plain, bounds.levels):
        return "grade"
    if bounds.recital.within(plain):
        return "instructions"
    if _ADDRESS.search(plain) or ADDRESS.search(plain):
        return "address"
    if _MARKUP.search(plain):
        return "markup"
    for match in _CITED.finditer(trimmed):
        cited = (match.group(1) or match.group(2)).strip(" .,;:…")
        if len(cited.split()) >= 4 and not any(literal(cited, source) for source in bounds.known):
            return "invented-quote"  # words that nobody wrote, put between quotation marks
    return None
