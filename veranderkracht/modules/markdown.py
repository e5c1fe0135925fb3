"""Markdown to safe HTML: what authors write becomes what a learner's page may carry.

Python-Markdown renders, nh3 lets through an allow-list and nothing else, whatever went in. `unsafe` tells authors about
the raw HTML and the links that would not survive; where in a file they stand is for the loader to find.
"""

import functools
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple
from xml.etree.ElementTree import Element

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.extensions.tables import TableExtension
from markdown.treeprocessors import Treeprocessor
from markupsafe import Markup

EXTENSIONS = ("sane_lists", "def_list")
TAGS = {
    *("p", "br", "hr", "blockquote", "pre", "code", "em", "strong", "a", "ul", "ol", "li", "dl", "dt", "dd"),
    *("h2", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES = {"http", "https", "mailto", "tel"}
ALIGNMENTS = {"left", "center", "right"}

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_INVISIBLE = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\ufeff]+")
_RAW_TAG = re.compile(r"<[a-zA-Z/?!]")


class Unsafe(NamedTuple):
    """Something in Markdown that may not reach a page.

    Args:
        snippet: the first line of it as the author wrote it, to find it by; empty when it cannot be told.
        reason: what was found and what is expected instead, in Dutch.
    """

    snippet: str
    reason: str


@functools.lru_cache(maxsize=2048)
def render(markdown: str, top: int = 3) -> Markup:
    """Give the HTML of a text, safe to put in a page as it is.

    Args:
        markdown: the text; raw HTML in it is dropped.
        top: the level (2–6) that the text's highest heading gets, so that it fits under the page's own h1 and h2.
    """
    text = _without_controls(markdown)
    try:
        return Markup(_clean(_parser(top).convert(text)))
    except RecursionError:
        # Lists nested hundreds deep; whoever wrote that still sees the text, and nobody's page breaks.
        return Markup("<pre>{}</pre>").format(text)


def unsafe(markdown: str) -> list[Unsafe]:
    """Name the raw HTML, and the links to anything but a web page, an e-mail address or a phone number."""
    text = _without_controls(markdown)
    parser = _parser(3)
    try:
        html = parser.convert(text)
    except RecursionError:
        return [Unsafe("", "lijsten of citaten die veel te diep genest zijn; verwacht hoogstens enkele niveaus")]
    found = [
        Unsafe(raw.strip().splitlines()[0], _raw_reason(raw))
        for raw in map(str, parser.htmlStash.rawHtmlBlocks)
        if _RAW_TAG.match(raw.strip()) and not raw.strip().startswith(("<!--", "</"))
    ]
    links = _Links()
    links.feed(html)
    links.close()
    found += [Unsafe(_as_written(address, text), _link_reason(address)) for address in links.refused]
    return found + [Unsafe(_as_written(address, text), _image_reason(address)) for address in links.images]


def _clean(html: str) -> str:
    cleaned: str = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags={"script", "style", "iframe", "object", "template", "noscript", "textarea", "title"},
        attributes=ATTRIBUTES,
        tag_attribute_values={tag: {"align": ALIGNMENTS} for tag in ("th", "td")},
        # Our pages live in an iframe of an LMS, where most sites refuse to open.
        set_tag_attribute_values={"a": {"target": "_blank"}, "th": {"scope": "col"}},
        attribute_filter=_absolute_links,
        link_rel="noopener noreferrer",
        url_schemes=SCHEMES,
        strip_comments=True,
    )
    return cleaned


def _absolute_links(tag: str, attribute: str, value: str) -> str | None:
    """Drop an address without a scheme: it would point into whichever LMS shows the text."""
    if tag == "a" and attribute == "href" and not _SCHEME.match(value):
        return None
    return value


def _without_controls(text: str) -> str:
    # \x02 and \x03 mark Python-Markdown's own placeholders; in a text they could name somebody else's.
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


def _parser(top: int) -> Markdown:
    # Alignment as an attribute: a content security policy of the host may forbid inline styles.
    tables = TableExtension(use_align_attribute=True)
    return Markdown(extensions=[*EXTENSIONS, tables, _Headings(top)], output_format="html")


class _Headings(Extension):
    """Shift all headings together, so that the highest in the text lands on `top`."""

    def __init__(self, top: int) -> None:
        super().__init__()
        self.top = top

    def extendMarkdown(self, md: Markdown) -> None:
        md.treeprocessors.register(_ShiftHeadings(md, self.top), "vk-headings", 5)


class _ShiftHeadings(Treeprocessor):
    def __init__(self, md: Markdown, top: int) -> None:
        super().__init__(md)
        self.top = top

    def run(self, root: Element) -> None:
        headings = [(element, int(element.tag[1])) for element in root.iter() if re.fullmatch("h[1-6]", element.tag)]
        if not headings:
            return
        shift = self.top - min(level for _, level in headings)
        for element, level in headings:
            element.tag = f"h{min(level + shift, 6)}"


class _Links(HTMLParser):
    """Collect the links and images that `_clean` takes away."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.refused: list[str] = []
        self.images: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if tag == "img" and name == "src":
                self.images.append(value or "")
            elif name == "href" and not _allowed(value or ""):
                self.refused.append(value or "")


def _allowed(address: str) -> bool:
    scheme = _SCHEME.match(_INVISIBLE.sub("", address))
    return scheme is not None and scheme.group()[:-1].lower() in SCHEMES


def _as_written(address: str, text: str) -> str:
    return next((candidate for candidate in _spellings(address) if candidate and candidate in text), "")


def _spellings(address: str) -> Iterator[str]:
    yield address
    yield address.replace("&", "&amp;")
    # An address hidden behind entities or escapes: whatever of it stands there literally.
    yield from re.split(r"[^\w]", address)[::-1]


def _raw_reason(raw: str) -> str:
    tag = re.match(r"<[/?!]?\s*([a-zA-Z][\w-]*)", raw.strip())
    shown = _short(raw.strip())
    if tag and tag.group(1).lower() == "script":
        return f"script gevonden ({shown}); een tekst bevat alleen Markdown, haal het weg"
    if event := re.search(r"[\s/\"'](on[a-z]+)\s*=", raw, re.IGNORECASE):
        return (
            f"HTML met een {event.group(1)}-attribuut gevonden ({shown}); een tekst bevat alleen Markdown, haal het weg"
        )
    return f"HTML gevonden ({shown}); verwacht Markdown, of schrijf &lt; voor een letterlijk kleiner-dan-teken"


def _link_reason(address: str) -> str:
    return f"link naar {_short(address)!r} gevonden; verwacht een volledig adres met https:, http:, mailto: of tel:"


def _image_reason(address: str) -> str:
    return f"afbeelding {_short(address)!r} gevonden; verwacht alleen tekst, afbeeldingen worden niet getoond"


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else line[:57] + "…"
