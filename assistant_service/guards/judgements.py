"""Patterns of what an assistant never says: a grade, points or a level, and addresses; in Dutch and English.

Made for streaming: each begins with a word of its own, so that little has to wait, and is bounded. A share of people
('een op vijf ouderen') and a question to scale something oneself ('van een tot tien') are no judgement. Inside a
pattern a word begins after a lookbehind: where what was said so far ends, a word boundary would say no and not wait.
"""

import functools

import regex

_WORDS = (
    "nul|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien"
    "|negentien|twintig|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    "|seventeen|eighteen|nineteen|twenty"
)
_HALF = r"(?:\s?(?:en|and)\s?(?:een|a)\s?(?:half|halve))?"
_NUMBER = rf"(?:\d(?:\s?\d)?(?:\s?[.,]\s?\d)?|100|(?:{_WORDS}){_HALF})"
_ANY = rf"(?:{_NUMBER}|[eé][eé]n|one)"
_OUT_OF = r"(?:4|5|1\s?0|2\s?0|25|30|40|50|100|vier|vijf|tien|twintig|honderd|four|five|ten|twenty|(?:a|one) hundred)"
_ENDS = (
    r"(?=\s*(?:[.,;:!?)*_\n]|(?:voor|want|omdat|dus|is|zou|lijkt|waard|for|because|as|would|seems|punten?|points?"
    r"|procent|percent|%)\b|%))"
)
_GIVES = (
    r"(?:geef|geeft|geven|gaf|krijg\w*|kreeg|verdien\w*|haal|haalt|haalde|behaal\w*|scoor\w*|quoteer\w*|beoordeel\w*"
    r"|give|gives|get|gets|deserve\w*|earn\w*|score\w*|grade\w*|rate\w*|worth|waard)"
)
_MARK = (
    r"(?:cijfer|eindcijfer|score|eindscore|quotering|punt|punten|grade|mark|rating|niveau|level|beoordeling|percentage)"
)


@functools.lru_cache(maxsize=256)
def judgement(levels: tuple[str, ...] = ()) -> regex.Pattern[str]:
    """Give the pattern of a grade, points or a level, for texts that end with the end of a line.

    Args:
        levels: titles of the rubric's levels; common words, so a level only where one is named as such.
    """
    titles = "|".join(regex.escape(level) for level in levels if level)
    named = rf"|(?<!\w)(?:{titles})\b" if titles else ""
    parts = [
        rf"\b{_ANY}\s*/\s*{_OUT_OF}(?!\d)",
        rf"\b{_ANY}\s+(?:op|van\s+de|out\s+of)\s+(?:de\s+|the\s+)?{_OUT_OF}\b{_ENDS}",
        rf"\b{_GIVES}\b[^.!?\n]{{0,40}}(?<!\w){_NUMBER}\b{_ENDS}",
        rf"\b{_MARK}\b[^.!?\n]{{0,30}}(?:(?<!tot\s|to\s|\w){_NUMBER}\b{_ENDS}|(?<!\w)(?-i:[A-F])[+-]?(?=[.,!?*\n]){named})",
        r"\b(?:bent|ben\sje|is|zou\sje|you'?(?:re|ve|d|\s+have|\s+would|\s+are)?)\s+(?:\w+\s+){0,2}(?:geslaagd|gebuisd|passed|failed)\b",
        r"\b(?:een|met|a|with)\s+(?:ruime?\s+|grote\s+|dikke\s+|nipte\s+|krappe\s+)?(?:voldoende|onvoldoende|onderscheiding|distinction)\b(?=\s*(?:[.,;!?*\n]|voor\b))",
        r"(?<![\w.])(?-i:[A-F])[+-](?=[\s.,!?*])",
    ]
    if titles:
        parts.append(rf"(?:\b(?:als|op|naar|as)\s+|[:“‘\"'*]\s*)(?-i:{titles})\b")
    return regex.compile("|".join(f"(?:{part})" for part in parts), regex.IGNORECASE)


ADDRESS = regex.compile(
    r"\bhttps?:\S*|\bwww\.\S*|(?<=\w)@\w\S*|\.(?:be|nl|com|org|net|eu|io|info|vlaanderen|gent|brussels)\b(?:/\S*)?"
    r"|\bdata:\w+/\S*|\bjavascript:\S*",
    regex.IGNORECASE,
)
