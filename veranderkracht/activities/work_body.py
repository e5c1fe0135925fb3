"""What a learner's work may hold, per kind of step: text, choices that only `answer` writes, fields, ratings.

What a worksheet or scan may hold is the toolkit's to say.
"""

from collections.abc import Callable, Mapping
from typing import Any

from veranderkracht.activities.assignment import Assignment
from veranderkracht.activities.store import Body
from veranderkracht.activities.words import count_words
from veranderkracht.errors import BadInput, Rejected
from veranderkracht.languages import plural, say
from veranderkracht.modules.model import Case, Quiz, WrittenStep
from veranderkracht.toolkit import scans, worksheets
from veranderkracht.toolkit.model import ScanTool, WorksheetTool

MAX_CHARACTERS = 40_000  # no limit in words lets a single field outgrow this

Left = Callable[[int], str]  # says how many of something are open


def merge(assignment: Assignment, stored: Body, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Give the body to save: what was sent, and the answers that were already stored.

    Raises:
        BadInput: the text is missing or not a string (one that stands is not emptied by mistake), or fields and ratings
            that the tool does not have.
        Rejected: it is longer than any step allows.
    """
    step, tool = assignment.step, assignment.tool
    body: dict[str, Any] = {}
    if isinstance(step, WrittenStep):
        text = sent.get("text")
        if not isinstance(text, str):
            raise BadInput(say("De tekst moet een gewone tekst zijn."))
        _fits(text)
        body["text"] = text
    if isinstance(step, (Case, Quiz)):
        body["answers"] = dict(stored.get("answers", {}))
    if isinstance(tool, WorksheetTool):
        body["parts"] = worksheets.check_filled(tool, sent.get("parts"))
        _fits(worksheets.as_text(tool, body["parts"]))
    if isinstance(tool, ScanTool):
        body |= scans.check_round(tool, sent)
    return body


def check_complete(assignment: Assignment, body: Body) -> int:
    """Check that work can be handed in, and give its number of words.

    Raises:
        Rejected: something is open (`unanswered`), or the text is under or over the limits (`too-short`, `too-long`).
    """
    step, tool = assignment.step, assignment.tool
    if isinstance(step, Quiz):
        _all_answered([question.id for question in step.questions], body, _questions)
    if isinstance(step, Case):
        _all_answered([decision.id for decision in step.decisions], body, _decisions)
    if isinstance(tool, WorksheetTool):
        _nothing_missing(worksheets.missing(tool, body.get("parts", {})), _fields)
        return count_words(worksheets.as_text(tool, body.get("parts", {})))
    if isinstance(tool, ScanTool):
        _nothing_missing(scans.missing(tool, body), _statements)
    return _count(step, str(body.get("text", ""))) if isinstance(step, WrittenStep) else 0


def _count(step: WrittenStep, text: str) -> int:
    words = count_words(text)
    if words < max(step.min_words, 1):
        raise Rejected(
            say(
                "Je tekst telt {words} woorden; er zijn er minstens {least} nodig om in te dienen. Wat "
                "je schreef, is bewaard.",
                words=words,
                least=max(step.min_words, 1),
            ),
            code="too-short",
        )
    if words > step.max_words:
        raise Rejected(
            say(
                "Je tekst telt {words} woorden; er mogen er hoogstens {most} zijn. Wat je schreef, is bewaard.",
                words=words,
                most=step.max_words,
            ),
            code="too-long",
        )
    return words


def _fits(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise Rejected(
            say(
                "Je tekst telt {number} tekens; meer dan {most} kunnen we niet bewaren. Kort hem"
                " in, of bewaar een deel elders.",
                number=len(text),
                most=MAX_CHARACTERS,
            ),
            code="too-long",
        )


def _all_answered(items: list[str], body: Body, left: Left) -> None:
    _nothing_missing([item for item in items if item not in body.get("answers", {})], left)


def _nothing_missing(items: list[str], left: Left) -> None:
    if items:
        raise Rejected(left(len(items)), code="unanswered", extra={"items": items})


def _questions(number: int) -> str:
    return plural("Je hebt nog één vraag open staan.", "Je hebt nog {n} vragen open staan.", number)


def _decisions(number: int) -> str:
    return plural("Je hebt nog één beslissing open staan.", "Je hebt nog {n} beslissingen open staan.", number)


def _fields(number: int) -> str:
    return plural("Je hebt nog één vak open staan.", "Je hebt nog {n} vakken open staan.", number)


def _statements(number: int) -> str:
    return plural("Je hebt nog één stelling open staan.", "Je hebt nog {n} stellingen open staan.", number)
