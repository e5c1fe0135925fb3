"""What a learner's work may hold, per kind of step: text, choices that only `answer` writes, fields, ratings.

What a worksheet or scan may hold is the toolkit's to say.
"""

from collections.abc import Mapping
from typing import Any

from veranderkracht.activities.assignment import Assignment
from veranderkracht.activities.store import Body
from veranderkracht.activities.words import count_words
from veranderkracht.errors import BadInput, Rejected
from veranderkracht.modules.model import Case, Quiz, WrittenStep
from veranderkracht.toolkit import scans, worksheets
from veranderkracht.toolkit.model import ScanTool, WorksheetTool

MAX_CHARACTERS = 40_000  # no limit in words lets a single field outgrow this


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
            raise BadInput("De tekst moet een gewone tekst zijn.")
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
        _all_answered([question.id for question in step.questions], body, "vraag", "vragen")
    if isinstance(step, Case):
        _all_answered([decision.id for decision in step.decisions], body, "beslissing", "beslissingen")
    if isinstance(tool, WorksheetTool):
        _nothing_missing(worksheets.missing(tool, body.get("parts", {})), "vak", "vakken")
        return count_words(worksheets.as_text(tool, body.get("parts", {})))
    if isinstance(tool, ScanTool):
        _nothing_missing(scans.missing(tool, body), "stelling", "stellingen")
    return _count(step, str(body.get("text", ""))) if isinstance(step, WrittenStep) else 0


def _count(step: WrittenStep, text: str) -> int:
    words = count_words(text)
    if words < max(step.min_words, 1):
        raise Rejected(
            f"Je tekst telt {words} woorden; er zijn er minstens {max(step.min_words, 1)} nodig om in te dienen. "
            "Wat je schreef, is bewaard.",
            code="too-short",
        )
    if words > step.max_words:
        raise Rejected(
            f"Je tekst telt {words} woorden; er mogen er hoogstens {step.max_words} zijn. Wat je schreef, is bewaard.",
            code="too-long",
        )
    return words


def _fits(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise Rejected(
            f"Je tekst telt {len(text)} tekens; meer dan {MAX_CHARACTERS} kunnen we niet bewaren. "
            "Kort hem in, of bewaar een deel elders.",
            code="too-long",
        )


def _all_answered(items: list[str], body: Body, one: str, many: str) -> None:
    _nothing_missing([item for item in items if item not in body.get("answers", {})], one, many)


def _nothing_missing(items: list[str], one: str, many: str) -> None:
    if items:
        left = f"één {one}" if len(items) == 1 else f"{len(items)} {many}"
        raise Rejected(f"Je hebt nog {left} open staan.", code="unanswered", extra={"items": items})
