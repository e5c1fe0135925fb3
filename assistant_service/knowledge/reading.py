"""One file read: its text as Markdown, and what it says about itself.

Markdown and plain text are read here, with or without front matter; the other kinds through `extraction`.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

import yaml

from assistant_service.knowledge.extraction import KINDS, LARGEST, MOST_TEXT, Unreadable, cleaned, extract
from veranderkracht.knowledge.loader import FENCE

_PLAIN = (".md", ".markdown", ".txt")
SUFFIXES = (*_PLAIN, *KINDS)
_MOST_MATTER = 20_000  # characters of front matter
_MOST_ASKED = 20  # questions that a text says it answers
_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(.+?)[ \t]*#*$", re.MULTILINE)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Told:
    """What a file says; everything but `body` and `title` may be empty.

    Args:
        body: Markdown or plain text.
        title: its own, or what a reader would call it.
        slug: the lasting name that an article of ours has.
        url: of the source.
        source: where the text comes from, in words.
        licence: under which it may be used.
        modules: slugs of the modules that it belongs to.
        asked: questions that it answers, in the words of who asks.
        valid_from: the first day that it may be shown.
        valid_until: the last day that it may be shown.
    """

    body: str
    title: str
    slug: str = ""
    url: str = ""
    source: str = ""
    licence: str = ""
    modules: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None


def suffix_of(name: str) -> str:
    """Give the end of a file's name that says its kind, in small letters."""
    return PurePosixPath(name).suffix.lower()


def read_text(raw: bytes, name: str) -> Told:
    """Read a file whose suffix is one of SUFFIXES.

    Args:
        raw: the file.
        name: its name; its end says the kind, and it is the last resort for a title.

    Raises:
        Unreadable: it gives no text; the code says why.
        Unavailable: `reading-busy`.
    """
    if suffix_of(name) not in _PLAIN:
        extracted = extract(raw, suffix_of(name))
        return Told(extracted.text, extracted.title or _title(extracted.text, name))
    text = _decoded(raw)
    matter, body = _front_matter(text)
    if not body.strip():
        raise Unreadable("document-empty")
    source = matter.get("source")
    return Told(
        body=body,
        title=_words(matter, "title")[:500] or _title(body, name),
        slug=_words(matter, "slug"),
        url=_address(_words(source if isinstance(source, dict) else matter, "url")),
        source=(_words(source, "title") if isinstance(source, dict) else _words(matter, "source"))[:2000],
        licence=_words(matter, "licence")[:200],
        modules=_several(matter, "modules"),
        asked=tuple(cleaned(one).strip()[:300] for one in _several(matter, "asked")[:_MOST_ASKED]),
        valid_from=_day(matter, "valid_from"),
        valid_until=_day(matter, "valid_until"),
    )


def _decoded(raw: bytes) -> str:
    if len(raw) > LARGEST:
        raise Unreadable("document-too-large")
    if raw.startswith(_UTF_16):
        text = raw.decode("utf-16", errors="replace")
    elif b"\x00" in raw:
        raise Unreadable("document-no-text")
    else:
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = raw.decode("cp1252", errors="replace")
    if len(text) > MOST_TEXT:
        raise Unreadable("document-too-long")
    return cleaned(text)


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].rstrip() != FENCE:
        return {}, text
    end = next((number for number, line in enumerate(lines[1:], start=1) if line.rstrip() == FENCE), None)
    head = "\n".join(lines[1:end])
    if end is None or len(head) > _MOST_MATTER:
        return {}, text  # a rule at the head of a plain text
    try:
        matter = yaml.safe_load(head)
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        raise Unreadable("document-front-matter") from fault
    return (matter, "\n".join(lines[end + 1 :])) if isinstance(matter, dict) else ({}, text)


def _words(matter: dict[str, Any], name: str) -> str:
    # Not `str` of whatever stands there: a few aliases in YAML can make a value without end.
    value = matter.get(name)
    return cleaned(str(value)).strip() if isinstance(value, str | int | float | date) else ""


def _several(matter: dict[str, Any], name: str) -> tuple[str, ...]:
    value = matter.get(name)
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _address(text: str) -> str:
    # It becomes a link on a page: nothing but the web.
    return text if text.startswith(("https://", "http://")) and len(text) <= 2000 else ""


def _day(matter: dict[str, Any], name: str) -> date | None:
    value = matter.get(name)
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _title(body: str, name: str) -> str:
    if named := next(filter(None, (found.group(1).strip() for found in _HEADING.finditer(body))), ""):
        return named[:500]
    first = next((line.strip() for line in body.splitlines() if any(map(str.isalnum, line))), "")
    if first and len(first) <= 100 and not first.endswith((".", ",", ";")):
        return first
    return PurePosixPath(name).stem.replace("-", " ").replace("_", " ").strip().capitalize()[:500]
