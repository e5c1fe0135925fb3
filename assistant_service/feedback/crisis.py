"""Signs in a text that somebody is in need now: the writer, somebody near, or somebody who is hurt.

A fixed message with human help then takes the place of feedback; the text is neither stored nor sent on. What counts is
data (data/feedback/crisis.yaml); here is who says it, so that a resident's wish to die stays a subject to reflect on.
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import Any, Literal

import yaml

from assistant_service.feedback import sentences
from assistant_service.feedback.denial import clauses_of, denied
from assistant_service.feedback.disguises import undisguised
from assistant_service.feedback.messages import Crisis
from assistant_service.feedback.phrases import Line, Phrase, compile_phrase
from assistant_service.feedback.sentences import Sentence, Token
from veranderkracht import languages

_FILE = files("assistant_service") / "data" / "feedback" / "crisis.yaml"
_SELF, _ALONE = ("zelf", "self-english"), ("alleen",)
_OTHERS = ("dierbare", "geweld", "mishandeling", "others-english")
_SHORT = 6  # words of a sentence that is read together with its neighbour
_SHORTEST = 6  # letters of a word that is put right
_SPEAKS = (
    "{hij} … {zei}",
    "{persoon} … {zei}",
    "{zei} {hij}",
    "{zei} {persoon}",
    "{haar} … {zei}",
    "volgens {persoon}",
    "{en-other} … {en-said}",
)
_SPEAKER_IS_WRITER = ("ik {zei}", "{zei} ik & -{hij} {zei} ik & -{persoon} {zei} ik", "ik zeg")


def find(text: str, reader: Literal["learner", "teacher"]) -> Crisis | None:
    """Give the message to show in place of feedback, or None when there is no sign.

    Args:
        text: as it was written.
        reader: whom the message is for.
    """
    if not _is_shown(undisguised(text)):
        return None
    told: dict[str, Any] = _data()["bericht"][languages.spoken()]
    return Crisis(**told[reader], contacts=tuple(told["contacts"]))


def _is_shown(text: str) -> bool:
    before: Sentence | None = None
    for sentence in sentences.split(text):
        put_right = replace(sentence, tokens=tuple(_corrected(sentence.tokens)))
        if _shows(put_right, before) or (before is not None and _shows_together(before, put_right)):
            return True
        before = put_right
    return False


def _shows(sentence: Sentence, before: Sentence | None) -> bool:
    if len(sentence.words) == 1:
        return not _is_about_another(before) and _any_matches(_ALONE, sentence)
    if _any_matches(_OTHERS, sentence):
        return True
    return _any_matches(_SELF, sentence if not _is_anothers(sentence, before) else _without_speech(sentence))


def _shows_together(first: Sentence, second: Sentence) -> bool:
    """Tell whether two short sentences say as one what neither says alone: 'Ik kan niet meer. Ik wil niet meer.'"""
    both = replace(second, tokens=first.tokens + second.tokens)
    if max(len(first.words), len(second.words)) > _SHORT or _is_anothers(both, None):
        return False
    return _any_matches(_SELF, both)


def _any_matches(kinds: tuple[str, ...], sentence: Sentence) -> bool:
    line = Line.of(sentence.tokens)
    return any(_matches(phrase, sentence, line) for phrase in _phrases(kinds))


def _is_about_another(sentence: Sentence | None) -> bool:
    return sentence is not None and _any_of(("{hij}", "{persoon}", "{haar}"), Line.of(sentence.tokens))


def _matches(phrase: Phrase, sentence: Sentence, line: Line) -> bool:
    parts = phrase.find(line)
    if not parts or phrase.denied_too:
        return bool(parts)
    numbers = clauses_of(sentence.tokens)
    return all(any(not denied(place, sentence.tokens, numbers) for place in places) for places in parts)


def _is_anothers(sentence: Sentence, before: Sentence | None) -> bool:
    """Tell whether what is said in the first person may be somebody else's words."""
    told = Line.of([token for token in sentence.tokens if not token.spoken])
    if _any_of(_SPEAKER_IS_WRITER, told):
        return False
    if _any_of(_SPEAKS, told):
        return True
    if not any(token.spoken for token in sentence.tokens):
        return False
    # 'Ze keek me aan. "Ik wil niet meer leven."': whoever the sentence before is about.
    around = [*(before.tokens if before else ()), *(token for token in sentence.tokens if not token.spoken)]
    return _any_of(("{hij}", "{persoon}", "{haar}"), Line.of(around))


def _without_speech(sentence: Sentence) -> Sentence:
    """Leave out what another says: between marks, or all that comes after 'ze zei' when there are none."""
    kept = [token for token in sentence.tokens if not token.spoken]
    if len(kept) == len(sentence.tokens):
        line = Line.of(kept)
        ends = [place[1] for source in _SPEAKS for places in compile_phrase(source).find(line) for place in places]
        kept = kept[: min(ends)] if ends else kept
    return replace(sentence, tokens=tuple(kept))


def _any_of(sources: Sequence[str], line: Line) -> bool:
    return any(compile_phrase(source).find(line) for source in sources)


def _corrected(tokens: Sequence[Token]) -> Iterator[Token]:
    words: list[str] = _data()["verbeter"]
    for token in tokens:
        right = token.folded
        if len(right) > 3 and right.endswith("e") and f"{right}n" in _infinitives():
            right += "n"  # as it is spoken: 'ik wil niet meer leve'
        if len(right) >= _SHORTEST and right not in words:
            allowed = 2 if len(right) >= 9 else 1
            right = next((word for word in words if _is_near(right, word, allowed)), right)
        yield replace(token, folded=right)


def _is_near(one: str, other: str, allowed: int) -> bool:
    """Tell whether so few letters were left out, put in, changed or swapped that one word is the other."""
    if abs(len(one) - len(other)) > allowed or one[0] != other[0]:
        return False
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        older, before, row = before, row, [i]
        for j, wanted in enumerate(other, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1] <= allowed


@functools.lru_cache(maxsize=1)
def _infinitives() -> frozenset[str]:
    """Give the words in -en that the phrases about the writer have."""
    return frozenset(word for source in _data()["zelf"] for word in source.split() if word.endswith("en"))


@functools.lru_cache(maxsize=8)
def _phrases(kinds: tuple[str, ...]) -> tuple[Phrase, ...]:
    return tuple(compile_phrase(source) for kind in kinds for source in _data()[kind])


@functools.lru_cache(maxsize=1)
def _data() -> Mapping[str, Any]:
    data: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return data
