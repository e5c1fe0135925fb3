"""Chunks: a document in Markdown or plain text, cut along its headings into pieces of about a screen.

Nothing is lost but the marks of Markdown. A chunk is at most LONGEST characters, and two neighbours would not fit in
one, unless the first is at least SHORTEST long and the second begins under a heading of its own.
"""

import html
import re
from collections.abc import Iterator
from typing import NamedTuple

SHORTEST = 800
LONGEST = 1200
_LONGEST_HEADING = 200
_TAIL = 400  # a rest shorter than this shares with the chunk before it

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)[ \t]*#*\s*")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_RULE = re.compile(r" {0,3}([-*_])([ \t]*\1){2,}[ \t]*")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_BREAK = re.compile(r"(?<=[.!?…])[\"'”’)\]]*\s+|\n")
_KEPT_LINE = re.compile(r"\s*([-*+•|]|\d{1,3}[.)]|[a-z][.)])\s|\s*\|")
_QUOTED = re.compile(r"^ {0,3}>[ \t]?", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\s+\"[^\"]*\")?\)")
_STARS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*]*?[^\s*])\1(?![\w*])")
_UNDERSCORES = re.compile(r"(?<!\w)(_{1,2})(?=[^\s_])([^_]*?[^\s_])\1(?!\w)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)


class Chunk(NamedTuple):
    """A piece of a document.

    Args:
        heading: the heading it begins under, or an empty string.
        text: what stands there, without the marks of Markdown; headings further on in it stand as lines.
    """

    heading: str
    text: str


class _Block(NamedTuple):
    text: str
    is_heading: bool


def cut(document: str, title: str = "") -> list[Chunk]:
    """Give the chunks of a document, in order; none for a document without text.

    Args:
        document: Markdown or plain text.
        title: the document's own, which need not be repeated where it stands as the first heading.
    """
    packing = _Packing()
    blocks = list(_blocks(document))
    if blocks and blocks[0].is_heading and blocks[0].text.casefold() == title.casefold():
        del blocks[0]
    for block in blocks:
        if block.is_heading and len(block.text) <= _LONGEST_HEADING:
            packing.head(block.text)
        else:
            packing.add(block.text)
    return packing.finish()


class _Packing:
    """Fills one chunk after the other."""

    def __init__(self) -> None:
        self._done: list[Chunk] = []
        self._heading = ""  # of the chunk being filled
        self._is_new = False  # whether that heading stands here first, and not in a chunk before
        self._section = ""  # where we are in the document
        self._text = ""
        self._continues = False  # whether it goes on where the chunk before it was full
        self._waiting = ""  # a heading inside the chunk, until the text below it comes

    def head(self, heading: str) -> None:
        """Go on under a heading: in a new chunk when this one is long enough."""
        self._flush()
        self._section = heading
        if len(self._text) >= SHORTEST:
            self._close()
        if self._text or self._is_new:
            self._waiting = heading
        else:
            self._heading, self._is_new = heading, True

    def add(self, paragraph: str) -> None:
        """Put a paragraph in this chunk and, where it is full, in the next."""
        rest = "\n\n".join(part for part in (self._waiting, paragraph) if part)
        self._waiting = ""
        while rest:
            room = LONGEST - len(self._text) - (2 if self._text else 0)
            fits = rest if len(rest) <= room else self._beginning(rest, room)
            if fits:
                self._text = f"{self._text}\n\n{fits}" if self._text else fits
                rest = rest[len(fits) :].strip()
            if rest:
                self._close(continues=True)

    def finish(self) -> list[Chunk]:
        """Give all chunks."""
        self._flush()
        if self._text or self._is_new:
            self._close()
        return self._done

    def _share(self) -> None:
        """Let a short rest of a section take half of what stands before it."""
        if not self._done or len(self._text) >= _TAIL or not self._continues:
            return
        last = self._done[-1]
        both = f"{last.text}\n\n{self._text}"
        cuts = [found.end() for found in _BREAK.finditer(both) if len(both) - LONGEST <= found.end() <= LONGEST]
        if cuts:
            cut = min(cuts, key=lambda place: abs(place - len(both) // 2))
            self._done[-1] = Chunk(last.heading, both[:cut].rstrip())
            self._text = both[cut:].strip()

    def _flush(self) -> None:
        # A heading without text of its own.
        if self._waiting:
            self.add("")

    def _beginning(self, text: str, room: int) -> str:
        """Give the longest run of whole sentences that fits; of words, or letters, where a sentence fills a chunk."""
        if len(self._text) >= SHORTEST:
            return ""
        ends = [found.start() for found in _BREAK.finditer(text, 0, room + 1) if found.start() <= room]
        if end := max(ends, default=0):
            return text[:end].rstrip()
        if self._text:
            return ""
        end = max(text.rfind(" ", 0, room + 1), text.rfind("\n", 0, room + 1))
        return text[: end if end > 0 else room].rstrip()

    def _close(self, *, continues: bool = False) -> None:
        self._share()
        self._done.append(Chunk(self._heading, self._text))
        self._heading, self._is_new, self._text, self._continues = self._section, False, "", continues


def _blocks(document: str) -> Iterator[_Block]:
    lines: list[str] = []
    fenced = False
    for line in [*document.replace("\r\n", "\n").replace("\r", "\n").split("\n"), ""]:
        if _FENCE.match(line):
            fenced = not fenced
            continue
        heading = None if fenced else _HEADING.fullmatch(line)
        underlined = not fenced and len(lines) == 1 and _UNDERLINE.fullmatch(line) is not None
        if line.strip() and not heading and not underlined:
            if fenced or not _RULE.fullmatch(line):
                lines.append(line.rstrip())
            continue
        if text := plain("\n".join(lines)):
            yield _Block(" ".join(text.split()) if underlined else text, underlined)
        lines = []
        if heading and (text := " ".join(plain(heading.group(1)).split())):
            yield _Block(text, True)
    if text := plain("\n".join(lines)):
        yield _Block(text, False)


def plain(markdown: str) -> str:
    """Take the marks of Markdown and HTML off a paragraph, and the line ends that mean nothing; its words stay."""
    text = _TAG.sub("", _QUOTED.sub("", markdown))
    for pattern, kept in ((_LINK, r"\1"), (_STARS, r"\2"), (_UNDERSCORES, r"\2")):
        text = pattern.sub(kept, text)
    lines: list[str] = []
    for line in html.unescape(text).split("\n"):
        if lines and line.strip() and not _KEPT_LINE.match(line):
            lines[-1] = f"{lines[-1].rstrip()} {line.strip()}"
        else:
            lines.append(line.rstrip())
    return "\n".join(lines).strip()
