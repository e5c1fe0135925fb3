"""PDF to Markdown: lines in larger letters become headings, what returns on every page goes.

Runs in the extraction process alone.
"""

import io
import re
from collections import Counter
from typing import Any, NamedTuple

from pypdf import PageObject, PdfReader
from pypdf.errors import PdfReadError

from assistant_service.knowledge.extraction import MOST_PAGES, MOST_TEXT
from assistant_service.knowledge.extraction_process import Refused

_LARGER = 1.15  # times the letters of the text: a heading
_LONGEST_HEADING = 120  # characters
_FEW_PAGES = 3  # below this nothing can be said to return
_NUMBER = re.compile(r"\d+")
_NO_TITLE = re.compile(r"(?i)\.(docx?|pdf|indd|pptx?|xlsx?|odt|rtf)$|^microsoft|^untitled|^naamloos|^\W*$")


class _Line(NamedTuple):
    text: str
    size: float


def read_pdf(raw: bytes) -> tuple[str, str]:
    """Give the text of a PDF and its title.

    Raises:
        Refused: it is no PDF, is encrypted, too long, or has no layer of text.
    """
    try:
        reader = PdfReader(io.BytesIO(raw))
        # Many files forbid printing or copying with an empty password; those are open to who reads.
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("document-encrypted")
        pages = len(reader.pages)
    except PdfReadError as fault:
        raise Refused("document-damaged") from fault
    if not pages:
        raise Refused("document-damaged")
    if pages > MOST_PAGES:
        raise Refused("document-too-long")
    text = _markdown(_read(reader))
    if not any(map(str.isalnum, text)):
        raise Refused("document-without-text")
    return text, _title(reader, text)


def _read(reader: PdfReader) -> list[list[_Line]]:
    pages: list[list[_Line]] = []
    characters = 0
    for page in reader.pages:
        lines = _lines(page)
        characters += sum(len(line.text) for line in lines)
        if characters > MOST_TEXT:
            raise Refused("document-too-long")
        pages.append(lines)
    return pages


def _lines(page: PageObject) -> list[_Line]:
    """Give the lines of a page, each with the size of most of its letters."""
    lines: list[_Line] = []
    text, sizes = "", Counter[float]()

    def close() -> None:
        nonlocal text
        if text.strip():
            lines.append(_Line(" ".join(text.split()), sizes.most_common(1)[0][0] if sizes else 0.0))
        text = ""
        sizes.clear()

    def visit(piece: str, outer: Any, inner: Any, _font: Any, size: float) -> None:
        nonlocal text
        real = round(size * _scale(outer) * _scale(inner), 1)
        for number, part in enumerate(piece.split("\n")):
            if number:
                close()
            text += part
            if visible := len(part.replace(" ", "")):
                sizes[real] += visible

    page.extract_text(visitor_text=visit)
    close()
    return lines


def _scale(matrix: Any) -> float:
    a, b, c, d = (float(one) for one in matrix[:4])
    return float(abs(a * d - b * c) ** 0.5)


def _markdown(pages: list[list[_Line]]) -> str:
    letters = Counter[float]()
    for page in pages:
        for line in page:
            letters[line.size] += len(line.text)
    body = letters.most_common(1)[0][0] if letters else 0.0
    larger = sorted({size for size in letters if body and size >= _LARGER * body}, reverse=True)
    returning = _returning(pages)
    blocks: list[str] = []
    heading = 0.0  # the size of the heading that the last block is, or 0
    for page in pages:
        paragraph = ""
        for place, line in enumerate(page):
            if place in _edges(page, 2) and line.text in returning:
                continue
            if place in _edges(page, 1) and line.size not in larger and _shape(line.text) in returning:
                continue  # with the page's number; "Hoofdstuk 3" in large letters is a heading
            if line.size in larger and len(line.text) <= _LONGEST_HEADING and any(map(str.isalpha, line.text)):
                blocks += [paragraph] if paragraph else []
                if not paragraph and heading == line.size:
                    blocks[-1] += f" {line.text}"  # a heading over two lines
                else:
                    blocks.append(f"{'#' * min(6, 1 + larger.index(line.size))} {line.text}")
                paragraph, heading = "", line.size
            else:
                paragraph, heading = _joined(paragraph, line.text), 0.0
        blocks += [paragraph] if paragraph else []
    return "\n\n".join(blocks)


def _joined(paragraph: str, line: str) -> str:
    """Put a line after a paragraph; a word that was broken over two lines becomes one again."""
    if paragraph[-1:] == "-" and paragraph[-2:-1].isalpha() and line[:1].islower():
        return paragraph[:-1] + line
    return f"{paragraph}\n{line}" if paragraph else line


def _shape(line: str) -> str:
    return _NUMBER.sub("0", line).casefold()


def _edges(page: list[_Line], deep: int) -> set[int]:
    """Give the places of the first and last lines of a page, so many deep."""
    return {*range(deep), *range(len(page) - deep, len(page))}


def _returning(pages: list[list[_Line]]) -> set[str]:
    """Give what stands at the head or the foot of most pages: as it is, and with its numbers made equal."""
    filled = [page for page in pages if page]
    if len(filled) < _FEW_PAGES:
        return set()
    seen = Counter[str]()
    for page in filled:
        told = [line.text for place, line in enumerate(page) if place in _edges(page, 2)]
        seen.update({*told, *map(_shape, told)})
    return {text for text, times in seen.items() if times > len(filled) / 2}


def _title(reader: PdfReader, text: str) -> str:
    try:
        named = str((reader.metadata.title if reader.metadata else None) or "").strip()
    except (PdfReadError, ValueError, KeyError, AttributeError):
        named = ""
    if named and not _NO_TITLE.search(named):
        return named
    first = next((line for line in text.split("\n") if line.startswith("#")), "")
    return first.lstrip("# ")
