"""The built-in guide: from what it saw in a text to remarks, questions and next steps, without a language model.

Every remark is made of the learner's own words; the questions and next steps are the rubric's. Which of several is
taken follows from the text alone, so that the same text gets the same feedback and another text another one.
"""

import functools
import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import yaml

from assistant_service.feedback import fields
from assistant_service.feedback.messages import Author, CriterionFeedback
from assistant_service.feedback.phrases import Line, compile_phrase
from assistant_service.feedback.reading import Reading, Sighting, read
from assistant_service.feedback.sentences import Sentence, tokenize
from assistant_service.knowledge.words import STOP_WORDS, fold, stem, words
from veranderkracht.activities.assignment import Snapshot
from veranderkracht.languages import later
from veranderkracht.rubrics.model import Criterion
from veranderkracht.toolkit.model import WorksheetTool

GUIDE = Author(
    kind="guide",
    name=later("De ingebouwde gids"),
    says=later(
        "Dit is geen taalmodel. De gids zoekt in je tekst naar woorden en zinnen die bij de criteria passen, en op een "
        "werkblad naar hun vakken; begrijpen kan hij je tekst niet. Klopt wat hij aanwijst? Jij weet het beter."
    ),
)
_FILE = files("assistant_service") / "data" / "feedback" / "opmerkingen.yaml"
_NAMED = re.compile(r"(?<=')[a-z]+(?=')")  # single words between quotation marks
_FRAGMENT = 9  # words of a sentence that a remark repeats

# A question that a sentence answers already is asked last: what it asks for, and how an answer looks.
_ANSWERED = (
    (("wanneer", "op welk moment"), "{straks}"),
    (("wie",), "{persoon}"),
    (("voelde", "door je heen", "voelen"), "{gevoel}"),
    (("zin", "uitsprak", "gezegd"), "{zei}"),
    (("vermoed",), "{hedge}"),
    (("verwachting",), "verwacht*"),
    (("module",), "{uit-de-module}"),
)


def give(text: str, snapshot: Snapshot) -> tuple[CriterionFeedback, ...]:
    """Give feedback per criterion of the snapshot's rubric, which must not be None.

    Args:
        text: the learner's; quotes are literal parts of it.
        snapshot: the assignment.
    """
    reading = read(text, snapshot)
    used: list[str] = []
    return tuple(
        _in_the_sheet(sighting, text, snapshot.tool)
        if isinstance(snapshot.tool, WorksheetTool) and not _has_signals(sighting.criterion)
        else _comment(sighting, reading, text, used)
        for sighting in reading.sightings
    )


def ask(sighting: Sighting, text: str) -> str:
    """Give the question of the criterion's bank that fits what was seen; empty when it has none."""
    questions = sighting.criterion.questions
    seed = _seed(text, sighting.criterion.id, "vraag")
    start = seed % len(questions) if questions else 0
    turned = [*questions[start:], *questions[:start]]
    return max(turned, key=lambda question: _fit(question, sighting.quote or text), default="")


def suggest(sighting: Sighting, text: str) -> str:
    """Give one of the criterion's next steps; empty when it has none."""
    # 'Zoek een zin met 'vaak'' is for a text that has one.
    mentioned = set(words(text))
    fitting = [
        step
        for step in sighting.criterion.next_steps
        if not (named := _NAMED.findall(step)) or mentioned & {fold(word) for word in named}
    ]
    return _one_of(fitting or sighting.criterion.next_steps, _seed(text, sighting.criterion.id, "stap"))


def _comment(sighting: Sighting, reading: Reading, text: str, used: list[str]) -> CriterionFeedback:
    return CriterionFeedback(
        criterion=sighting.criterion.id,
        title=sighting.criterion.title,
        visible=sighting.visible,
        quote=sighting.quote if sighting.visible else None,
        remark=_remark(sighting, reading, text, used),
        question=ask(sighting, text),
        next_step=suggest(sighting, text),
    )


def _in_the_sheet(sighting: Sighting, text: str, tool: WorksheetTool) -> CriterionFeedback:
    """Tell where on a worksheet to look, by its fields: without signals the guide knows no words to look for."""
    criterion = sighting.criterion
    found = fields.look(criterion.id, text, tool)
    values = {"titel": criterion.title, "vak": found.label, "aantal": str(found.words)}
    seen = Sighting(criterion, "seen" if found.quote else "nothing", found.quote)
    return CriterionFeedback(
        criterion=criterion.id,
        title=criterion.title,
        visible=found.quote is not None,
        quote=found.quote,
        remark=_one_of(_texts()[found.state], _seed(text, criterion.id, "vak")).format_map(values),
        question=ask(seen, text),
        next_step=suggest(seen, text),
    )


def _has_signals(criterion: Criterion) -> bool:
    return bool(criterion.signals.strong or criterion.signals.weak)


def _remark(sighting: Sighting, reading: Reading, text: str, used: list[str]) -> str:
    texts = _texts()
    place = _place(sighting.number, len(reading.sentences))
    values = {
        "titel": sighting.criterion.title,
        "woorden": _listed(sighting.words),
        "waar": texts["waar"][place],
        "waar_klein": texts["waar"][place].lower(),
        "meer": str(sighting.others),
        "zinnen": "je ene zin" if len(reading.own) == 1 else f"je {len(reading.own)} zinnen",
        "stuk": _fragment(sighting.quote or ""),
        "dichtst": "",
    }
    seed = _seed(text, sighting.criterion.id, "opmerking")
    if sighting.visible:
        options = texts["zichtbaar" if sighting.words else "zichtbaar-zonder-woorden"]
        more = _one_of(texts["meer"][min(sighting.others, 2)], seed // 7)
        return f"{_fresh(options, seed, used).format_map(values)} {more.format_map(values)}".strip()
    if sighting.reason == "denied":
        return _fresh(texts["ontkend"], seed, used).format_map(values)
    if sighting.reason == "copied":
        return _fresh(texts["gekopieerd"], seed, used).format_map(values)
    if sighting.reason == "off-topic":
        values["stuk"] = _fragment(reading.own[seed % len(reading.own)].text) if reading.own else ""
        return _fresh(texts["naast-de-opdracht"], seed, used).format_map(values)
    near = _nearest(sighting, reading.own, seed)
    values["stuk"] = _fragment(near.text) if near else ""
    values["dichtst"] = _fresh(texts["dichtst"], seed // 3, used).format_map(values) if near else ""
    return _fresh(texts["niets"], seed, used).format_map(values).strip()


def _nearest(sighting: Sighting, own: Sequence[Sentence], seed: int) -> Sentence | None:
    """Give the sentence that shares most words with what the criterion asks; of equals, one by the seed."""
    criterion = sighting.criterion
    asked = _stems(" ".join([criterion.title, criterion.question, *criterion.questions]))
    if not own:
        return None
    start = seed % len(own)
    turned = [*own[start:], *own[:start]]
    return max(turned, key=lambda sentence: len(asked & _stems(sentence.text)))


def _fit(question: str, passage: str) -> float:
    folded = fold(question)
    line = Line.of(tuple(tokenize(passage)))
    answered = sum(
        any(cue in folded for cue in cues) and bool(compile_phrase(phrase).find(line)) for cues, phrase in _ANSWERED
    )
    return len(_stems(question) & _stems(passage)) * 0.5 - answered


def _fresh(options: Sequence[str], seed: int, used: list[str]) -> str:
    """Take one of the options that this feedback did not use yet."""
    rest = [option for option in options if option not in used] or list(options)
    chosen = _one_of(rest, seed)
    used.append(chosen)
    return chosen


def _one_of(options: Sequence[str], seed: int) -> str:
    return options[seed % len(options)] if options else ""


def _seed(*parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(parts).encode()).digest()[:6], "big")


def _place(number: int, total: int) -> str:
    share = (number + 0.5) / max(total, 1)
    return "begin" if share < 0.34 else "midden" if share < 0.67 else "einde"


def _listed(found: Sequence[str]) -> str:
    short = [f"‘{_fragment(one)}’" for one in found[:3]]
    return short[0] if len(short) == 1 else f"{', '.join(short[:-1])} en {short[-1]}" if short else ""


def _fragment(text: str) -> str:
    parts = text.split()
    return " ".join(parts[:_FRAGMENT]).rstrip(".,;:") + ("…" if len(parts) > _FRAGMENT else "")


def _stems(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words(text) if word not in STOP_WORDS)


@functools.lru_cache(maxsize=1)
def _texts() -> dict[str, Any]:
    texts: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return texts
