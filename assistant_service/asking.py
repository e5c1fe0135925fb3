"""The built-in guide's answer to a question: what the knowledge base says, literally, and a question to think on.

No language model: it quotes, cites and asks, and makes nothing up.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant_service.knowledge.passages import Passage
from assistant_service.knowledge.search import THIN
from assistant_service.knowledge.words import STOP_WORDS, stem, words

SAYS = "Ik ben de ingebouwde gids. Ik zoek in de kennisbank van je instelling en bedenk er zelf niets bij."
NOTHING = (
    "Ik vond hier niets dat duidelijk past. Stel je vraag eens met andere woorden, of leg ze voor aan een collega."
)
NEAREST = "Dit komt nog het dichtst in de buurt:"
FITTING = "Dit past het best bij je vraag:"

_SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n+")
_LONGEST = 420  # characters of an excerpt

# What is asked decides what to think on: the first that fits counts.
_QUESTIONS = (
    (r"\bwaarom\b|\bhoe komt\b", "Wat zag of hoorde je zelf, waardoor je je dit afvraagt?"),
    (r"\bwie\b|\bmet wie\b", "Wie heeft hier last of voordeel van, en wie van hen heb je er nog niet over gesproken?"),
    (r"\bwanneer\b|\bhoe lang\b", "Waaraan zou je merken dat het moment er is?"),
    (r"\bmag\b|\bmoet\b|\bverplicht\b", "Wat zou er gebeuren als je het niet deed, en voor wie?"),
    (r"\bhoe\b", "Wat heb je al geprobeerd, en wat gebeurde er toen precies?"),
    (r"\bwat\b|\bwelke?\b", "Hoe zou dit er bij jullie uitzien, op een gewone dinsdag?"),
    (r"", "Wat is de kleinste stap die je deze week kunt zetten om hier meer over te weten?"),
)


@dataclass(frozen=True)
class Finding:
    """A passage in short: the sentences of it that fit the question best, literally."""

    title: str
    url: str
    excerpt: str


@dataclass(frozen=True)
class GuideAnswer:
    """What the guide answers.

    Args:
        says: what the guide is.
        opening: how sure it is of what follows.
        findings: with their sources.
        question: one to think on.
    """

    says: str
    opening: str
    findings: tuple[Finding, ...]
    question: str


def answer(question: str, passages: Sequence[Passage]) -> GuideAnswer:
    """Answer a question from the passages that were found for it, best first."""
    fitting = [passage for passage in passages if passage.coverage >= THIN]
    shown = fitting[:3] or list(passages[:1])
    thin = f"{NOTHING}\n\n{NEAREST}" if shown else NOTHING
    opening = FITTING if fitting else thin
    findings = tuple(Finding(one.title, one.url, excerpt(question, one.text)) for one in shown)
    folded = question.lower()
    asks = next(asks for pattern, asks in _QUESTIONS if re.search(pattern, folded))
    return GuideAnswer(SAYS, opening, findings, asks)


def excerpt(question: str, text: str) -> str:
    """Give the run of sentences, at most _LONGEST characters, that has most of the question's words."""
    asked = _stems(question)
    starts = [0, *(found.end() for found in _SENTENCE.finditer(text))]
    ends = [*(found.start() for found in _SENTENCE.finditer(text)), len(text)]
    best = (-1, 0, "")
    for first, start in enumerate(starts):
        for end in ends[first:]:
            run = text[start:end].strip()
            if len(run) > _LONGEST:
                break
            # Of two runs with as many words, the longer tells more; of those, the first.
            best = max(best, (len(asked & _stems(run)), len(run), run), key=lambda one: one[:2])
    return best[2] or text[:_LONGEST]


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS)
