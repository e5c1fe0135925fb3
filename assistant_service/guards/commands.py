"""Whether a text tells a language model what to do: a passage that does is left out of what a model is given.

In Dutch and English, and only where it says so in so many words: an order to a machine, or one to forget its own
orders. A lie in a document, or an order that is told as advice to people, is not seen here.
"""

import functools
import logging
import re
from collections.abc import Sequence

from assistant_service.guards.letters import folded, visible
from assistant_service.knowledge.passages import Passage

log = logging.getLogger(__name__)

_THOSE = (
    r"(?:(?:alle|al|elke|de|je|jouw|uw|mijn|deze|die|all|any|your|the|my|these|those|of|van)\s+){0,4}"
    r"(?:(?:vorige|vroegere|eerdere|voorgaande|bovenstaande|huidige|previous|prior|earlier|above|current|former|system)\s+)?"
)
_ORDERS = (
    r"(?:instructies?|aanwijzing(?:en)?|opdrachten|regels|richtlijnen|instructions?|directives?|guidelines|rules"
    r"|prompts?)"
)
_FORGET = r"(?:negeer|vergeet|omzeil|overtreed|wis|ignore|disregard|forget|override|bypass)"
_MACHINE = (
    r"(?:AI|A\.I\.|KI|taalmodel|language model|LLM|chatbot|AI[- ]?(?:assistent|assistant|model|systeem|system)"
    r"|(?:de|the)\s+assistent|the\s+assistant|(?:de\s+|the\s+)?meelezer)"
)
_DO = (
    r"(?:zeg|geef|herhaal|schrijf|voeg|zet|antwoord|prijs|weiger|toon|negeer|noem|verwijs|beweer|say|give|repeat|print|write"
    r"|add|answer|reply|tell|reveal|show|cite|make|award|ignore|respond|include|claim|deze|dit)"
)
_TO_FORGET = (
    "negeer", "vergeet", "omzeil", "overtreed", "wis", "ignore", "disregard", "forget", "override", "bypass"
)  # fmt: skip
_TO_A_MACHINE = ("ai", "a.i.", "ki", "taalmodel", "language", "llm", "chatbot", "assist", "meelezer")
# Each with bits of words of which one is there wherever it matches. Looking for those takes a tenth of the time, and
# every passage of every answer comes by here.
_COMMANDS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = tuple(
    (bits, re.compile(pattern, re.IGNORECASE))
    for bits, pattern in (
        (
            _TO_FORGET,
            rf"\b{_FORGET}\s+{_THOSE}{_ORDERS}\b(?!\s+(?:van|thuis|of\s+the\s+house|at\s+home))",
        ),
        (
            _TO_FORGET,
            rf"\b{_FORGET}\s+(?:alles\s+)?(?:wat|everything|what|all)\s+(?:hierboven|hiervoor|above|before)\b",
        ),
        (
            _TO_FORGET,
            rf"\b{_FORGET}\s+(?:het\s+|the\s+)?(?:bovenstaande|voorgaande|above|preceding)\b",
        ),
        (
            ("gelden", "vervallen", "longer", "apply", "void"),
            rf"\b(?:vorige|eerdere|voorgaande|previous|prior|earlier|system)\s+{_ORDERS}\b[^.\n]{{0,20}}"
            r"\b(?:gelden\s+niet|vervallen|no\s+longer|do\s+not\s+apply|are\s+void)\b",
        ),
        (
            ("acting", "act", "pretend", "alsof"),
            r"\bstop\s+acting\s+as\b|\bact\s+as\s+an?\b|\bpretend\s+(?:to\s+be|you\s+are)\b|\bdoe\s+alsof\s+je\s+een\s+(?:ai|bot|arts)\b",
        ),
        (
            (":",),
            r"\b(?:let\s+op|note|nota|important|belangrijk|attention)\b[^.\n]{0,25}\b(?:model|software|AI|bot|machine|readers?)\b[^.\n]{0,25}:",
        ),
        (
            ("leest", "reads"),
            r"\b(?:software|programma|machine|systeem|program|system)\s+(?:die|dat|that|which)\s+(?:dit|deze|this)\b[^.\n]{0,30}\b(?:leest|reads)\b",
        ),
        (
            ("from", "you", "vanaf", "antwoord"),
            r"\b(?:assistant|assistent|model|AI|bot)\b\s*,[^.\n]{0,40}\b(?:from\s+(?:this\s+point|now)|you\s+(?:answer|will|must)|vanaf\s+nu|antwoord)\b",
        ),
        (
            ("system", "rol"),
            r"\bBEGIN[_ ]SYSTEM\b|\bEND[_ ]SYSTEM\b|\b(?:nieuwe\s+rol|new\s+role)\s*:",
        ),
        (
            _TO_FORGET,
            rf"\b{_FORGET}\s+(?:je|your)\s+(?:rol|role|training|opleiding)\b",
        ),
        (
            _TO_A_MACHINE,
            rf"\b(?:aan|voor|als|to|for|as)\s+(?:je\s+een\s+|you\s+are\s+an?\s+|een\s+|an?\s+)?{_MACHINE}\b(?!\s+(?:gebruik|use|inzet))[^.\n]{{0,40}}[:,]\s*\w",
        ),
        (
            _TO_A_MACHINE,
            rf"\b(?:als|if|wanneer|when)\s+(?:je|jij|u|you)\s+(?:een|are\s+an?|an?)\s+{_MACHINE}\b(?!\s+(?:gebruik|use|inzet))",
        ),
        (
            _TO_A_MACHINE,
            rf"(?:^|[.!?:]\s|\n)\s*(?:{_MACHINE}|assistent|assistant)\s*[:,]\s+(?:please\s+)?{_DO}\b",
        ),
        (
            _TO_A_MACHINE,
            rf"\b(?:moet|must|should|zal|shall)\s+(?:\w+\s+)?(?:als|as)\s+(?:een\s+|an?\s+)?{_MACHINE}\b",
        ),
        (
            ("instructi", "opdracht", "bericht", "message", "regel", "order", "note"),
            rf"\b(?:instructies?|instructions?|opdracht|bericht|message|regel|order|note)\s+(?:voor|aan|to|for|van)\s+(?:de\s+|the\s+)?"
            rf"(?:{_MACHINE}|assistent|assistant|ontwikkelaar|developer)\b",
        ),
        (
            ("vanaf", "from"),
            r"\b(?:vanaf\s+nu|from\s+now\s+on)\s+(?:ben\s+je|ben\s+jij|antwoord|you\s+are|you\s+will|answer|respond)\b",
        ),
        (
            ("you",),
            r"\byou\s+are\s+now\s+(?:an?|the|in)\s+(?:\w+\s+){0,2}(?:assistant|AI|bot|model|mode|DAN)\b",
        ),
        (
            ("syste",),
            r"(?:^|[\n.!?]\s*|\[)(?:system|systeem)(?:\s+(?:message|prompt|bericht))?\s*[\]:>]",
        ),
        (
            ("syste",),
            r"\bnew\s+system\s+(?:message|prompt)\b|\bsystem\s?prompt\b|\bsysteemprompt\b",
        ),
        (
            ("<", "["),
            r"<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?(?:INST|SYSTEM)\]|</(?:passage|document|context)>",
        ),
        (
            ("herhaal", "toon", "print", "reveal", "repeat", "show"),
            r"\b(?:herhaal|toon|print|reveal|repeat|show)\b[^.\n]{0,30}\b(?:je|your)\s+(?:full\s+|hele\s+)?"
            rf"(?:system\s+)?{_ORDERS}\b",
        ),
    )
)


@functools.lru_cache(maxsize=4096)  # passages come back in answer after answer, and each takes a while to judge
def commands_a_model(text: str) -> bool:
    """Tell whether a text gives orders to a language model."""
    plain = folded(visible(text))
    small = plain.replace("İ", "i").replace("ı", "i").lower()  # which patterns take for an i as well
    return any(any(bit in small for bit in bits) and pattern.search(plain) for bits, pattern in _COMMANDS)


def without_commands(passages: Sequence[Passage]) -> list[Passage]:
    """Give the passages that give a model no orders, in order; the log tells how many were left out."""
    kept = [one for one in passages if not commands_a_model(f"{one.title}\n{one.text}")]
    if len(kept) < len(passages):
        log.warning("left out of a prompt: %d passages that give orders to a model", len(passages) - len(kept))
    return kept
