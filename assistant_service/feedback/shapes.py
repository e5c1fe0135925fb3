"""What identifies by its shape alone: e-mail addresses, telephone and enterprise numbers, streets with a number.

Looks in one plain reading of a text (`notations.py`). Numbers that a checksum gives away are `redaction.py`'s.
"""

import re
from collections.abc import Iterator
from typing import Literal

from stdnum.be import vat

Kind = Literal[
    "rijksregisternummer", "bsn", "rekeningnummer", "telefoonnummer", "e-mailadres", "ondernemingsnummer", "adres"
]
Found = tuple[int, int, Kind]

_EMAIL = re.compile(r"[^\W_][\w.+%'-]{0,63}\s?@\s?[^\W_][\w-]{0,62}(?:\.[\w-]{1,63}){1,6}")
# As it is told or hidden: 'an punt peeters apenstaartje telenet punt be', 'an [at] telenet [dot] be'.
_AT = r"(?:\s{0,2}@\s{0,2}|\s?[\[({]\s?(?:at|@|apenstaart(?:je)?)\s?[\])}]\s?|\s(?:at|apenstaart(?:je)?)\s)"
_DOT = r"(?:\s{0,2}\.\s{0,2}|\s?[\[({]\s?(?:dot|punt|\.)\s?[\])}]\s?|\s(?:dot|punt(?:je)?)\s)"
_TOLD_EMAIL = re.compile(
    rf"(?<!\w)[^\W_][\w+%'-]{{0,63}}(?:(?:\.|\s(?:dot|punt)\s)[\w+%'-]{{1,63}}){{0,3}}{_AT}[\w-]{{1,62}}"
    rf"(?:{_DOT}[\w-]{{1,62}}){{0,3}}?{_DOT}(?:be|nl|com|org|net|eu|fr|de|uk|io|info|gent|vlaanderen|brussels)\b",
    re.IGNORECASE,
)
# A number that only looks like one still points at somebody: written as on the card, with a digit wrong.
_AS_ON_CARD = re.compile(r"(?<!\d)\d{2}\.\d{2}\.\d{2}[-–]\d{3}[.\-–]\d{2}(?!\d)")
_OLD_ACCOUNT = re.compile(r"(?<!\d)\d{3}[-–]\d{7}[-–]\d{2}(?!\d)")
_ENTERPRISE = re.compile(r"(?<![\d.])(?:\bBE\s?)?([01]\d{3}[. ]?\d{3}[. ]?\d{3})(?![\d])")

_MOMENT = re.compile(
    r"(?<!\d)(?:\d{1,2}\s?[./-]\s?\d{1,2}\s?[./-]\s?(?:19|20)\d{2}|(?:19|20)\d{2}-\d{2}-\d{2})(?!\d)"
    r"|(?<![\d./-])\d{1,2}[:.u]\d{2}(?![\d/.-])"
)
_PHONES = (
    re.compile(
        r"(?<![\d+])(?:(?:\+|00)\s?[1-9]\d{0,2}[\s./-]{0,2}(?:\(0\)[\s./-]{0,2})?(?:\d[\s./()-]{0,2}){7,12}\d"
        r"|0(?:\d[\s./()-]{0,2}){7,8}\d)(?!\d)"
    ),
    # One mark all along, between groups or between every two digits.
    re.compile(r"(?<![\d,.])0\d{0,3}(?P<s> ?[,_*:;|·•/.\-–~+=] ?|\s)\d{1,4}(?:(?P=s)\d{1,4}){1,8}(?!\d)"),
)
_PHONE_DIGITS = range(8, 16)
_COUNTING = "012345678910"

_STREETS = (
    r"straat|(?:steen)?weg|dreef|plein|lei|kaai|vest|baan|pad|hof|dijk|markt|ring|park|singel|gracht|berg|veld|wijk"
    r"|steeg|heuvel|bos|hoek|heide|laan"
)
_COUNT = r"(?:een|twee|drie|vier|vijf|zes|zeven|acht|negen|tien|elf|twaalf|[a-z]{3,6}tien|[a-z]{0,9}tig)\b"
_HOUSE = (
    rf"(?: ?,? ?(?:(?:nr\.?|n°|(?:huis)?nummer) ?)?\d{{1,4}} ?(?:[a-zA-Z]\b)?| (?:huis)?nummer {_COUNT})(?!\w)"
    r"(?: ?,? ?(?:bus|bte|box) ?\w{1,4})?(?: ?,? ?(?:te )?\d{4} [A-Z][\w'-]+)?"
)
_ADDRESSES = (
    re.compile(rf"\b(?:[A-Z][\w'.-]+\s){{0,2}}(?!Onderweg|Halfweg)[A-Z][\w'-]{{2,}}(?:{_STREETS}){_HOUSE}"),
    re.compile(rf"\b(?!onderweg)[a-z][\w'-]{{2,}}(?:straat|steenweg|dreef|(?<!s)laan){_HOUSE}"),
    re.compile(rf"\b(?:[A-Z][\w'.-]+\s)(?:Markt|Plein|Steenweg|Baan|Weg|Laan|Straat|Kaai|Dreef|Hof|Dijk|Dorp){_HOUSE}"),
    re.compile(rf"\b(?:woont|woon|wonen|woonde|adres)\b[^.\n]{{0,12}}\b[A-Z][\w'-]+{_HOUSE}"),
    re.compile(r"\b\d{1,4}\s(?:[A-Z][\w'-]+\s){1,3}(?:Street|Road|Avenue|Lane|Square|Drive)\b"),
    re.compile(r"\b(?:[Rr]ue|[Aa]venue|[Cc]haussée|[Pp]lace|[Bb]oulevard)\s(?:d[eu]s?\s|la\s|l')*[A-Z]\w+(?:\s\w+){0,3}?,?\s\d{1,4}\b"),
)  # fmt: skip
_SHAPES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (_EMAIL, "e-mailadres"),
    (_TOLD_EMAIL, "e-mailadres"),
    (_AS_ON_CARD, "rijksregisternummer"),
    (_OLD_ACCOUNT, "rekeningnummer"),
    *((pattern, "adres") for pattern in _ADDRESSES),
)


def by_shape(text: str) -> Iterator[Found]:
    """Give what identifies in a plain reading, as start, end and kind."""
    for pattern, kind in _SHAPES:
        for match in pattern.finditer(text):
            yield *match.span(), kind
    for match in _ENTERPRISE.finditer(text):
        if vat.is_valid(match.group(1)):
            yield *match.span(), "ondernemingsnummer"
    # Dates and hours are no part of a telephone number.
    masked = _MOMENT.sub(lambda match: "·" * len(match.group()), text)
    for pattern in _PHONES:
        for match in pattern.finditer(masked):
            digits = "".join(letter for letter in match.group() if letter.isdigit())
            if len(digits) in _PHONE_DIGITS and not _COUNTING.startswith(digits):
                yield *match.span(), "telefoonnummer"
