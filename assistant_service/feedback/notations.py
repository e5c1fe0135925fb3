"""The ways in which a number or an address can be written: invisible signs, other scripts, words, letters for digits.

Each way gives a reading of the text in plain signs, that knows for every sign where it stood; what is looked for in a
reading is `redaction.py`.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from assistant_service.guards.letters import folded, visible

_ONES = "nul een twee drie vier vijf zes zeven acht negen".split()
_TEENS = "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien".split()
_TENS = "twintig dertig veertig vijftig zestig zeventig tachtig negentig".split()
_ONES_ENGLISH = "zero one two three four five six seven eight nine".split()
_TEENS_ENGLISH = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_TENS_ENGLISH = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_FEWEST = 3  # numbers in a row, of which one is a word: fewer are an hour or a count
_WORD = re.compile(r"[^\W\d_]+|\d+")
_BETWEEN = re.compile(r"[\s,.;:/\-–]{1,3}")
_FOR_ZERO = re.compile(r"(?<=\d)[oO]|[oO](?=\d)|(?<=[.\-/ ][oO])[oO](?=\d)")
_FOR_ONE = re.compile(r"(?<=\d)[lI|]|[lI|](?=\d)")


@dataclass(frozen=True)
class Reading:
    """A text in plain signs.

    Args:
        text: as it reads.
        starts: where each sign of it begins in the text that was written.
        ends: where each ends there.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Give where a part of this reading stands in the text that was written."""
        return self.starts[start], self.ends[end - 1]


def readings(text: str) -> Iterator[Reading]:
    """Give every way to read a text; the first is always there, the others where they differ from it."""
    plain = _plain(text)
    yield plain
    spoken = _with_digits_for_words(plain)
    if spoken is not plain:
        yield spoken
    swapped = _FOR_ONE.sub("1", _FOR_ZERO.sub("0", plain.text))
    if swapped != plain.text:
        yield Reading(swapped, plain.starts, plain.ends)


def _plain(text: str) -> Reading:
    signs: list[tuple[str, int]] = []
    for place, sign in enumerate(text):
        if not sign.isascii():
            if not visible(sign) or unicodedata.category(sign) in ("Mn", "Me"):  # a frame around a digit, too
                continue
            if (digit := unicodedata.digit(sign, None)) is not None:
                sign = str(digit)
        signs.append((sign, place))
    told = folded("".join(sign for sign, _ in signs))
    places = tuple(place for _, place in signs)
    return Reading(told, places, tuple(place + 1 for place in places))


def _with_digits_for_words(reading: Reading) -> Reading:
    """Give the reading with digits where three numbers or more stand in a row; itself when there are none."""
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for run in _rows(reading.text):
        pieces.append(reading.text[at : run[0][0]])
        starts += reading.starts[at : run[0][0]]
        ends += reading.ends[at : run[0][0]]
        for start, end, digits in run:
            first, last = reading.place(start, end)
            pieces.append(digits + " ")
            starts += [first] * len(digits) + [last]
            ends += [last] * (len(digits) + 1)
        at = run[-1][1]
    if not pieces:
        return reading
    rest = reading.text[at:]
    return Reading("".join(pieces) + rest, (*starts, *reading.starts[at:]), (*ends, *reading.ends[at:]))


def _rows(text: str) -> Iterator[list[tuple[int, int, str]]]:
    """Give rows of numbers as start, end and digits, of which one at least is a word."""
    row: list[tuple[int, int, str]] = []
    words = 0
    for match in _WORD.finditer(text):
        digits = match.group() if match.group().isdigit() else _numbers().get(_bare(match.group()), "")
        if row and not _BETWEEN.fullmatch(text, row[-1][1], match.start()):
            if words and len(row) >= _FEWEST:
                yield row
            row, words = [], 0
        if not digits:
            continue
        words += not match.group().isdigit()
        before = row[-1][2] if row else ""
        if len(before) == 3 and before.endswith("00") and not text[row[-1][0]].isdigit() and len(digits) <= 2:
            row[-1] = (row[-1][0], match.end(), before[0] + digits.zfill(2))  # two hundred, twenty-seven
        else:
            row.append((match.start(), match.end(), digits))
    if words and len(row) >= _FEWEST:
        yield row


def _bare(word: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(one))


@functools.lru_cache(maxsize=1)
def _numbers() -> dict[str, str]:
    found = {"oh": "0", "honderd": "100", "hundred": "100"}
    for ones, teens, tens in ((_ONES, _TEENS, _TENS), (_ONES_ENGLISH, _TEENS_ENGLISH, _TENS_ENGLISH)):
        found |= {word: str(number) for number, word in enumerate(ones)}
        found |= {word: str(number) for number, word in enumerate(teens, start=10)}
        found |= {word: f"{number}0" for number, word in enumerate(tens, start=2)}
    for one, told in enumerate(_ONES[1:], start=1):
        found |= {f"{told}en{ten}": f"{number}{one}" for number, ten in enumerate(_TENS, start=2)}
        found[f"{told}honderd"] = f"{one}00"
    return found
