"""How hard a Dutch text is to read, by two old and well-known measures, and the plain text that they are taken of.

Both look at the length of words and sentences only. They find the text that asks a second look; they do not say that
a text is good.
"""

import re
from dataclasses import dataclass
from html.parser import HTMLParser

from veranderkracht.modules.figures import marked
from veranderkracht.modules.markdown import render

_WORD = re.compile(r"[^\W\d_]+(?:['’\-‑][^\W\d_]+)*")
_END = re.compile(r"[.!?…:]+[\"'”’)]*(?=\s|$)")
# A run of vowels is one syllable; a trema or two vowels that Dutch does not join begin another.
_SYLLABLE = re.compile(
    r"ëe|aai|ooi|oei|eeuw|ieuw|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|au|ou|[aeiouyàáâäèéêëìíîïòóôöùúûü]", re.IGNORECASE
)
_LONG = 6  # letters; a word of more is long (Björnsson)
_BLOCKS = {"p", "li", "h2", "h3", "h4", "h5", "h6", "td", "th", "dt", "dd", "blockquote"}


@dataclass(frozen=True)
class Readability:
    """What a text asks of its reader.

    Args:
        words: how many.
        sentences: how many; a heading or an item of a list is one too.
        lix: LIX (C.H. Björnsson, 1968): words per sentence, plus long words per hundred. Under 40 is easy, over 50
            hard.
        flesch_douma: reading ease for Dutch (W.H. Douma, 1960, after Flesch): 206.84 − 0.77 × syllables per hundred
            words − 0.93 × words per sentence. Over 60 reads as ordinary prose, under 50 as hard.
    """

    words: int
    sentences: int
    lix: float
    flesch_douma: float


def readability(markdown: str) -> Readability:
    """Measure a text; one without words is the easiest there is."""
    blocks = [block for block in _blocks(markdown) if _WORD.search(block)]
    words = [word for block in blocks for word in _WORD.findall(block)]
    if not words:
        return Readability(0, 0, 0.0, 206.84)
    sentences = sum(max(1, sum(1 for part in _END.split(block) if _WORD.search(part))) for block in blocks)
    each = len(words) / sentences
    long = sum(len(word) > _LONG for word in words)
    syllables = sum(max(1, len(_SYLLABLE.findall(word))) for word in words)
    return Readability(
        words=len(words),
        sentences=sentences,
        lix=each + 100 * long / len(words),
        flesch_douma=206.84 - 77 * syllables / len(words) - 0.93 * each,
    )


def prose(markdown: str) -> str:
    """Give the words of a text as a reader meets them: no marks, addresses or figures."""
    return "\n".join(_blocks(markdown))


def _blocks(markdown: str) -> list[str]:
    page = _Page()
    text, figures = marked(markdown)
    page.feed(str(render(text)))
    page.close()
    blocks = [" ".join(block.split()) for block in "".join(page.text).split("\f")]
    said = [words for figure in figures for words in (figure.says, figure.caption) if words]
    return [block for block in (*blocks, *said) if block and not block.startswith("vk7figure")]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []

    def handle_starttag(self, tag: str, _attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.text.append("\f")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.text.append("\f")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
