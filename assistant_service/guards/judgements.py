"""Patterns of what an assistant never says: a grade, points or a level, and addresses; in Dutch and English.

Made for streaming: each begins with a word of its own, so that little has to wait, and is bounded. A share of people
('een op vijf ouderen') and a question to scale something oneself ('van een tot tien') are no judgement. Inside a
pattern a word begins after a lookbehind: where what was said so far ends, a word boundary would say no and not wait.
"""

import functools

import regex

_WORDS = (
    "nul|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|dertien|veertien|vijftien|zestien|zeventien|achttien"
    "|negentien|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen"
    "|seventeen|eighteen|nineteen"
    "|(?:(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen)en)?"
    "(?:twintig|dertig|veertig|vijftig|zestig|zeventig|tachtig|negentig)"
    "|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)"
    "(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?"
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


_SIZE = r"(?:dikke|kleine|ruime|mooie|zwakke|sterke|solide|nette|solid|strong|good|weak|high|low)"
_PERSON = r"(?:student|learner|leerling|cursist|writer|schrijver|schrijfster)"


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
        rf"\b{_GIVES}\b[^.!?\n]{{0,30}}(?<!\w)(?:een|an?)\s+(?-i:[A-F])[+-]?(?=[.,!?*\n])",
        rf"\b{_ANY}\s+(?:sterren|stars)\b",
        r"\b(?:[^\W\d_][-.·*]){4,}[^\W\d_]\b",  # a word that is spelled hides what it is
        r"[⭐★☆🌟]",
        r"[①-⑳❶-❿➀-➓⓪-⓿]",
        r"\b(?-i:[IVXL]{1,6})\s+(?:op|out\s+of)\s+(?-i:X|XX|C)\b",
        rf"\b{_SIZE}\s+(?:{_WORDS})\b{_ENDS}",
        rf"\bop\s+{_NUMBER}\s+(?:quoteren|quoteert|gequoteerd|scoren|beoordelen|beoordeeld)\b",
        rf"\b{_NUMBER}[.,:;!]?\s+(?:dat|dit|that|this)(?:\s+is|'s)\s+[^.!?\n]{{0,20}}(?<!\w){_MARK}\b",
        r"\b(?:boven|onder|over|rond|above|below)\s+(?:de\s+|the\s+)?(?:helft|gemiddelde|half|average)\s+(?:van|of)\s+"
        r"(?:de\s+|the\s+|je\s+|your\s+)?(?:punten|klas|groep|points|class|group)\b",
        rf"\b{_PERSON}\s+(?:\w+\s+){{0,2}}(?:passed|failed|geslaagd|gebuisd)\b",
        r"\b(?:passed|geslaagd)\s+(?:with|met)\b",
        rf"\b(?:moest\s+kiezen|had\s+to\s+(?:choose|pick)|reken\s+op|gok|guess)\b[^.!?\n]{{0,20}}(?<!\w){_NUMBER}\b{_ENDS}",
        r"\b(?:beste|slechtste|top|best|worst)\s+\w+\s+(?:procent|percent)\b",
        r"\b(?:high|low|mid|upper|hoge|lage)[ -]+(?:fifties|sixties|seventies|eighties|nineties)\b",
        r"\b(?:slaag|slaagt)\s+(?:je|u|jij)\b|\bje\s+slaagt\b|\b(?:een|dikke)\s+buis\b",
        r"\b(?:hoogste|laagste|highest|lowest|top)\s+(?:niveau|level|score|cijfer|grade|mark)\b",
        rf"\b{_MARK}en\s*:\s*{_ANY}\s+(?:van|op)\s+de\b|\|\s*{_ANY}\s*(?:/\s*\d+\s*)?\|",
        r"\b(?:grade|mark|cijfer|score)\s*:\s*\w+",
    ]
    if titles:
        parts.append(rf"(?:\b(?:als|op|naar|as)\s+|[:“‘\"'*]\s*)(?-i:{titles})\b")
    return regex.compile("|".join(f"(?:{part})" for part in parts), regex.IGNORECASE)


ADDRESS = regex.compile(
    r"\bhttps?:\S*|\bwww\.\S*|(?<=\w)@\w\S*|\.(?:be|nl|com|org|net|eu|io|info|vlaanderen|gent|brussels)\b(?:/\S*)?"
    r"|\bdata:\w+/\S*|\bjavascript:\S*",
    regex.IGNORECASE,
)
