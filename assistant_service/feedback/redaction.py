"""Identifying numbers and addresses, taken out of a text before anybody reads it, and put back in what comes out.

Rijksregister- and BIS-numbers (INSZ), BSN and IBAN by their checksums (python-stdnum); the rest by its shape
(`shapes.py`); all of it in every notation that `notations.py` reads. Names are not known here.
"""

import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stdnum import iban
from stdnum.be import ssn
from stdnum.nl import bsn

from assistant_service.feedback.notations import Reading, readings
from assistant_service.feedback.shapes import Found, Kind, by_shape

_SEPARATORS = frozenset(" .-/_\t\n\r,:;'|·•‐‑‒–—\u00a0\u2009\u202f()*+=~\\\"")
_APART = 3  # separators between two digits of one number, at most
_IBAN_LENGTHS = range(15, 35)


@dataclass(frozen=True)
class Redacted:
    """A text without what was taken out.

    Args:
        text: with a mark such as `[telefoonnummer 1]` in each place.
        kinds: of what was taken out, each once, in alphabetical order.
        taken: what stood where each mark stands now.
    """

    text: str
    kinds: tuple[Kind, ...]
    taken: tuple[tuple[str, str], ...]

    def restore(self, text: str) -> str:
        """Put back what was taken out, wherever its mark stands."""
        known = dict(self.taken)
        if not known:
            return text
        pattern = "|".join(re.escape(mark) for mark in sorted(known, key=len, reverse=True))
        return re.sub(pattern, lambda match: known[match.group()], text)


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    kind: Kind


def redact(text: str) -> Redacted:
    """Take identifying numbers and addresses out of a text."""
    spans = _merge([span for reading in readings(text) for span in _found(reading)])
    pieces: list[str] = []
    taken: list[tuple[str, str]] = []
    marks: dict[tuple[Kind, str], str] = {}
    number = 0
    at = 0
    for span in spans:
        found = text[span.start : span.end]
        mark = marks.get((span.kind, found), "")
        while not mark or (mark in text and (span.kind, found) not in marks):
            # A mark that the writer happened to write would be put back wrongly.
            number += 1
            mark = f"[{span.kind} {number}]"
        if (span.kind, found) not in marks:
            marks[span.kind, found] = mark
            taken.append((mark, found))
        pieces += [text[at : span.start], mark]
        at = span.end
    pieces.append(text[at:])
    kinds: tuple[Kind, ...] = tuple(sorted({span.kind for span in spans}))
    return Redacted("".join(pieces), kinds, tuple(taken))


def _found(reading: Reading) -> Iterator[_Span]:
    for start, end, kind in itertools.chain(
        by_shape(reading.text), _by_checksum(reading.text), _accounts(reading.text)
    ):
        yield _Span(*reading.place(start, end), kind)


def _by_checksum(text: str) -> Iterator[Found]:
    for run in _runs(text):
        digits = "".join(digit for _, digit in run)
        for first in range(len(digits) - 10):
            if ssn.is_valid(digits[first : first + 11]):
                yield run[first][0], run[first + 10][0] + 1, "rijksregisternummer"
        for first in range(len(digits) - 8):
            whole = digits[first : first + 9]
            places = [place for place, _ in run[first : first + 9]]
            # One in eleven of all numbers of nine digits passes, so it must stand by itself.
            if _stands_alone(run, first, 9) and _grouped_as_one(places) and bsn.is_valid(whole):
                yield places[0], places[-1] + 1, "bsn"


def _runs(text: str) -> Iterable[list[tuple[int, str]]]:
    """Give the runs of digits, in whichever script, with at most a few separators between two."""
    run: list[tuple[int, str]] = []
    gap = 0
    for place, letter in enumerate(text):
        digit = unicodedata.digit(letter, None)
        if digit is not None:
            run.append((place, str(digit)))
            gap = 0
        elif run:
            gap += 1
            if letter not in _SEPARATORS or gap > _APART:
                if len(run) >= 9:
                    yield run
                run, gap = [], 0
    if len(run) >= 9:
        yield run


def _stands_alone(run: list[tuple[int, str]], first: int, length: int) -> bool:
    before = first > 0 and run[first - 1][0] == run[first][0] - 1
    last = first + length - 1
    after = last + 1 < len(run) and run[last + 1][0] == run[last][0] + 1
    return not before and not after


def _grouped_as_one(places: list[int]) -> bool:
    """Tell whether nine digits are written as one number: together, or in two to four groups of two digits and more."""
    groups: list[int] = []
    size = 1
    for here, there in itertools.pairwise(places):
        if there == here + 1:
            size += 1
        else:
            groups.append(size)
            size = 1
    groups.append(size)
    return len(groups) <= 4 and min(groups) >= 2


def _accounts(text: str) -> Iterator[Found]:
    """Give the places of IBANs: from two letters on, with separators between any two characters."""
    letters = [(place, _plain(letter)) for place, letter in enumerate(text)]
    signs = [(place, sign) for place, sign in letters if sign]
    for first in range(len(signs) - _IBAN_LENGTHS.start + 1):
        head = [sign for _, sign in signs[first : first + 4]]
        if not (head[0].isalpha() and head[1].isalpha() and head[2].isdigit() and head[3].isdigit()):
            continue
        taken = ""
        before = signs[first][0]
        for place, sign in signs[first : first + _IBAN_LENGTHS.stop]:
            if place - before > _APART + 1 or any(letter not in _SEPARATORS for letter in text[before + 1 : place]):
                break
            taken += sign
            before = place
            if len(taken) in _IBAN_LENGTHS and _passes(taken) and iban.is_valid(taken, check_country=False):
                yield signs[first][0], place + 1, "rekeningnummer"
                break


def _passes(account: str) -> bool:
    # The checksum of ISO 13616, reckoned first: stdnum takes long over what is no number of any bank.
    return int("".join(str(int(sign, 36)) for sign in account[4:] + account[:4])) % 97 == 1


def _plain(letter: str) -> str:
    digit = unicodedata.digit(letter, None)
    if digit is not None:
        return str(digit)
    folded = unicodedata.normalize("NFKC", letter).upper()
    return folded if len(folded) == 1 and folded.isascii() and folded.isalpha() else ""


def _merge(spans: list[_Span]) -> list[_Span]:
    """Give spans that do not overlap, in order; of two that do, one over both."""
    merged: list[_Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if merged and span.start < merged[-1].end:
            merged[-1] = _Span(merged[-1].start, max(merged[-1].end, span.end), _stronger(merged[-1], span))
        else:
            merged.append(span)
    return merged


_STRENGTH: tuple[Kind, ...] = (
    "rijksregisternummer",
    "rekeningnummer",
    "e-mailadres",
    "ondernemingsnummer",
    "bsn",
    "telefoonnummer",
    "adres",
)


def _stronger(one: _Span, other: _Span) -> Kind:
    # What holds the other whole is what was written; a part of it passes a checksum by chance.
    for outer, inner in ((one, other), (other, one)):
        if outer.end - outer.start > inner.end - inner.start and outer.start <= inner.start and inner.end <= outer.end:
            return outer.kind
    return min(one.kind, other.kind, key=_STRENGTH.index)
