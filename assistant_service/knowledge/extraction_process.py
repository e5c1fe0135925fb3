"""The process that reads one hostile file: takes it on standard input, and gives its text as JSON on standard output.

It sets its own limits before it imports what reads; nothing that it holds is worth stealing.
"""

import json
import resource
import sys
from collections.abc import Callable
from typing import Protocol

from assistant_service.knowledge.extraction import MEMORY, MOST_TEXT, SECONDS


class Refused(Exception):
    """A file that gives no text; the one argument is the code that `extraction.Unreadable` knows."""


class Reader(Protocol):
    """Reads one kind of file."""

    def __call__(self, raw: bytes) -> tuple[str, str]:
        """Give the text in Markdown and the title.

        Raises:
            Refused: with the reason's code.
        """


def main() -> None:
    """Read standard input as the kind that the one argument names."""
    _limit()
    raw = sys.stdin.buffer.read()
    answer: dict[str, str]
    try:
        text, title = _reader(sys.argv[1])(raw)
        answer = {"text": text, "title": title} if len(text) <= MOST_TEXT else {"fault": "document-too-long"}
    except Refused as fault:
        answer = {"fault": str(fault)}
    except MemoryError:
        answer = {"fault": "document-too-heavy"}
    except Exception:
        # Whatever a reader stumbles over, it is the file: no reader documents all that it raises.
        answer = {"fault": "document-damaged"}
    sys.stdout.write(json.dumps(answer))


def _limit() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),  # it writes no files
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(limit, (most, most))
    sys.setrecursionlimit(5_000)  # deep nesting in a page is common, and limits hold all the same
    sys.dont_write_bytecode = True


def _reader(kind: str) -> Reader:
    readers: dict[str, Callable[[], Reader]] = {"html": _html, "docx": _docx, "pdf": _pdf}
    return readers[kind]()


def _html() -> Reader:
    from assistant_service.knowledge.html_markdownify import read_html

    return read_html


def _docx() -> Reader:
    from assistant_service.knowledge.docx_mammoth import read_docx

    return read_docx


def _pdf() -> Reader:
    from assistant_service.knowledge.pdf_pypdf import read_pdf

    return read_pdf
