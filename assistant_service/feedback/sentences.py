"""Spoken and written Dutch, taken apart: paragraphs, sentences and tokens, with their places in the text.

Knows abbreviations, initials and quotations, and writes spoken forms ("nie", "'k") as their full ones. What a sentence
means is not known here.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

_ABBREVIATIONS = frozenset(
    """
    a.d.h.v a.h.w a.u.b afd art b.v bijv blz bv bvb ca cfr d.m.v d.w.z dd dhr dr drs enz etc e.a e.d evt excl ev geb
    gem ger i.f.v i.p.v i.v.m id incl ing ir jl ivm kin m.a.w m.b.t m.b.v m.i mevr mej mgr min mr mvr mw n.a.v nl nr
    o.a o.b.v o.l.v o.m ong p.a pag prof resp st t.a.v t.e.m t.g.v t.o.v t.w.v tel v.l.n.r v.d v.h vb vgl vnl wo zgn zr
    z.o.z
    """.split()
)
# Those that may just as well close a sentence.
_CLOSING = frozenset({"enz", "etc", "e.d", "e.a", "jl"})
_END = re.compile(r"([.!?…]+)([\"'”’»)\]]*)(\s+|$)|\n+")
_TOKEN = re.compile(
    r"\d+(?:[.:,/]\d+)*|(?<!\w)['’](?:[tksmn]|em)\b|[^\W\d_]+(?:['’\-][^\W\d_]+)*|[,;:()\"“”«»–—/]", re.IGNORECASE
)
# What somebody said, between marks of any kind; a mark inside a word, or that of 't and 'k, is no quotation.
_SPEECH = re.compile(
    r"(?<!\w)(?:'(?![tksmn]\b)(?=\w)[^'\n]{0,400}(?:'\w[^'\n]{0,200}){0,4}'(?!\w)"
    r"|‘[^‘\n]{0,600}?’(?!\w)|\"[^\"\n]{0,600}\"|“[^“\n]{0,600}?”|«[^«\n]{0,600}?»)"
)
_SPOKEN = {
    "'k": "ik", "k": "ik", "'t": "het", "t": "het", "nie": "niet", "ni": "niet", "nimeer": "niet meer", "da": "dat",
    "wa": "wat", "ge": "je", "gij": "jij", "m'n": "mijn", "mn": "mijn", "z'n": "zijn", "zn": "zijn", "mij": "me",
    "ie": "hij", "'m": "hem", "is'm": "is hem", "nee": "neen", "wou": "wilde", "wouden": "wilden",
    "gebelt": "gebeld", "ma": "maar", "mr": "maar", "idd": "inderdaad", "wss": "waarschijnlijk",
    "niemeer": "niet meer", "gwn": "gewoon", "mss": "misschien", "efkes": "even", "dees": "deze",
    "ier": "hier", "nimmer": "niet meer", "mijzelf": "mezelf", "mezelve": "mezelf",
}  # fmt: skip


@dataclass(frozen=True)
class Token:
    """A word, number or mark, folded, with its place in the text that it was cut from, and whether it is in speech."""

    folded: str
    start: int
    end: int
    spoken: bool = False


@dataclass(frozen=True)
class Sentence:
    """A sentence of a text.

    Args:
        number: its place, from 0.
        paragraph: the place of its paragraph, from 0.
        start: where it begins in the text.
        text: literally.
        tokens: with places in the whole text.
    """

    number: int
    paragraph: int
    start: int
    text: str
    tokens: tuple[Token, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The folded words, without marks."""
        return tuple(token.folded for token in self.tokens if token.folded[0].isalnum() or len(token.folded) > 1)


def split(text: str) -> list[Sentence]:
    """Give the sentences of a text in order; their texts are literal parts of it."""
    found: list[Sentence] = []
    paragraph = 0
    before = 0
    speech = [match.span() for match in _SPEECH.finditer(text) if " " in match.group()]
    for start, end in _spans(text):
        raw = text[start:end]
        begin = start + len(raw) - len(raw.lstrip())
        trimmed = raw.strip()
        if not trimmed:
            continue
        if found and text.count("\n", before, begin):
            paragraph += 1
        before = begin
        tokens = tuple(
            replace(token, spoken=any(first <= token.start < last for first, last in speech))
            for token in tokenize(trimmed, begin)
        )
        if tokens:
            found.append(Sentence(len(found), paragraph, begin, trimmed, tokens))
    return found


def tokenize(text: str, offset: int = 0) -> Iterator[Token]:
    """Give the tokens of a piece of text; places count from the offset. One spoken word may give two tokens."""
    for match in _TOKEN.finditer(text):
        for part in full_form(match.group()).split():
            yield Token(part, match.start() + offset, match.end() + offset)


def full_form(word: str) -> str:
    """Give a word folded, and a spoken form as it is written in full."""
    folded = fold(word)
    return _SPOKEN.get(folded, folded)


def fold(text: str) -> str:
    """Write in lower case, without accents and with straight apostrophes."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _END.finditer(text):
        if end.group(1) is not None and not _closes(text, start, end):
            continue
        yield start, end.end() - len(end.group(3) or "") if end.group(1) else end.start()
        start = end.end()
    yield start, len(text)


def _closes(text: str, start: int, end: re.Match[str]) -> bool:
    following = text[end.end() : end.end() + 2].lstrip("\"'“‘«(")[:1]
    marks, quotes = end.group(1), end.group(2)
    if not following:
        return True
    if quotes or "…" in marks or ".." in marks:
        # '"Kom je?" vroeg ze' goes on, as does a pause of three points.
        return not following.islower()
    if marks != ".":
        return True
    word = text[start : end.start()].split()[-1:] or [""]
    last = word[0].lstrip("\"'“‘«(").lower()
    if last in _CLOSING:
        return not following.islower()
    if last in _ABBREVIATIONS:
        return False
    # An initial: 'meneer B. van kamer 114' goes on; 'dat was meneer B. Hij zei' does not.
    if len(last) == 1 and last.isalpha():
        return following.isupper() and not _another_initial(text, end)
    return True


def _another_initial(text: str, end: re.Match[str]) -> bool:
    return re.match(r"[A-Z][.a-z]+\b\.?", text[end.end() :]) is not None and text[end.end() + 1 : end.end() + 2] == "."
