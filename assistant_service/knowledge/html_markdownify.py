"""HTML to Markdown: what a page says, without its menus, forms and scripts. Runs in the extraction process alone."""

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import PreformattedString
from markdownify import ATX, MarkdownConverter

_NOT_THE_TEXT = (
    "script", "style", "noscript", "template", "nav", "footer", "aside", "form", "button", "iframe", "object", "svg",
    "[hidden]", "[aria-hidden=true]", "[role=navigation]", "[role=banner]", "[role=contentinfo]", "[role=search]",
)  # fmt: skip


def read_html(raw: bytes) -> tuple[str, str]:
    """Give the text of a page and its title: its first heading, or else what its `title` says."""
    page = BeautifulSoup(raw, "html.parser")
    named = page.title.get_text(" ", strip=True) if page.title else ""
    # Comments, doctypes and what looks like an entity's declaration are no text.
    for mark in page.find_all(string=lambda text: isinstance(text, PreformattedString)):
        mark.extract()
    for part in page.select(", ".join(_NOT_THE_TEXT)):
        part.decompose()
    main = page.find("main") or _only(page.find_all("article")) or page.body or page
    if isinstance(main, Tag) and (first := main.find("h1")) is not None:
        named = first.get_text(" ", strip=True) or named
    if page.title:
        page.title.decompose()
    return markdown(main), named


def markdown(part: Tag) -> str:
    """Give a part of a page in Markdown, its links and pictures as their words."""
    text = MarkdownConverter(
        heading_style=ATX,
        bullets="-",
        escape_asterisks=False,
        escape_underscores=False,
        strip=["a", "img"],
        table_infer_header=True,
    ).convert_soup(part)
    return re.sub(r"[ \t]+$", "", re.sub(r"\n{3,}", "\n\n", str(text)), flags=re.MULTILINE).strip()


def _only(parts: list[Tag]) -> Tag | None:
    return parts[0] if len(parts) == 1 else None
