"""What a learner's work may hold, per kind of step: text within limits, and choices that only `answer` writes."""

from collections.abc import Mapping
from typing import Any

from veranderkracht.activities.assignment import PlayableStep
from veranderkracht.activities.store import Body
from veranderkracht.activities.words import count_words
from veranderkracht.errors import BadInput, Rejected
from veranderkracht.modules.model import Case, Quiz, WrittenStep

MAX_CHARACTERS = 40_000  # no limit in words lets a single field outgrow this


def merge(step: PlayableStep, stored: Body, sent: Mapping[str, Any]) -> dict[str, Any]:
    """Give the body to save: the text that was sent, and the answers that were already stored.

    Raises:
        BadInput: the text is missing or not a string; a text that stands is not emptied by mistake.
        Rejected: the text is longer than any step allows.
    """
    body: dict[str, Any] = {}
    if isinstance(step, WrittenStep):
        text = sent.get("text")
        if not isinstance(text, str):
            raise BadInput("De tekst moet een gewone tekst zijn.")
        if len(text) > MAX_CHARACTERS:
            raise Rejected(
                f"Je tekst telt {len(text)} tekens; meer dan {MAX_CHARACTERS} kunnen we niet bewaren. "
                "Kort hem in, of bewaar een deel elders.",
                code="too-long",
            )
        body["text"] = text
    if isinstance(step, (Case, Quiz)):
        body["answers"] = dict(stored.get("answers", {}))
    return body


def check_complete(step: PlayableStep, body: Body) -> int:
    """Check that work can be handed in, and give its number of words.

    Raises:
        Rejected: a choice is open (`unanswered`), or the text is under or over the limits (`too-short`, `too-long`).
    """
    if isinstance(step, Quiz):
        _all_answered([question.id for question in step.questions], body, "vraag", "vragen")
    if isinstance(step, Case):
        _all_answered([decision.id for decision in step.decisions], body, "beslissing", "beslissingen")
    if not isinstance(step, WrittenStep):
        return 0
    words = count_words(str(body.get("text", "")))
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


def _all_answered(items: list[str], body: Body, one: str, many: str) -> None:
    open_items = [item for item in items if item not in body.get("answers", {})]
    if open_items:
        left = f"één {one}" if len(open_items) == 1 else f"{len(open_items)} {many}"
        raise Rejected(f"Je hebt nog {left} open staan.", code="unanswered", extra={"items": open_items})
