"""Text from files that others made: HTML, DOCX and PDF become Markdown with headings.

Such a file may be made to harm: it is read in a process of its own, which the system holds to limits of time and
memory, and which knows no secret. What a kind of file looks like inside is for `extraction_process` and its readers.
"""

import json
import os
import re
import subprocess
import sys
import threading
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from veranderkracht.errors import Rejected, Unavailable
from veranderkracht.languages import later, say

LARGEST = 20_000_000  # bytes of one file
MOST_PAGES = 1_000  # of a PDF
MOST_TEXT = 3_000_000  # characters; some 1,500 pages
MOST_UNPACKED = 100_000_000  # bytes of all parts of a DOCX together
HIGHEST_RATIO = 150  # of what a DOCX unpacks to, to what it is
SECONDS = 60  # of processor time, and of waiting
MEMORY = 768 * 1024 * 1024  # bytes of address space
KINDS = {".html": "html", ".htm": "html", ".xhtml": "html", ".docx": "docx", ".pdf": "pdf"}

_PROGRAM = "from assistant_service.knowledge.extraction_process import main; main()"
_ROOT = Path(__file__).resolve().parents[2]
_AT_ONCE = threading.BoundedSemaphore(2)  # so many readers a process has at work; each may take MEMORY
_LIGATURES = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "\u00ad": None, "\u00a0": " "})
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

_REASONS = {  # each goes on after "dit bestand" or after a name
    "document-too-large": later("is groter dan {megabytes} MB; splits het of maak het kleiner"),
    "document-encrypted": later("is beveiligd met een wachtwoord; sla het op zonder wachtwoord en probeer opnieuw"),
    "document-without-text": later(
        "is een scan zonder tekst; laat er eerst tekstherkenning (OCR) op los en probeer opnieuw"
    ),
    "document-too-long": later("telt meer dan {pages} bladzijden of {signs} tekens; splits het"),
    "document-unpacks-too-large": later(
        "pakt uit tot veel meer dan het is; sla het opnieuw op vanuit je tekstverwerker"
    ),
    "document-entities": later(
        "verwijst naar inhoud die we uit voorzichtigheid niet openen; sla het opnieuw op als .docx"
    ),
    "document-old-word": later("is een oud Word-bestand; sla het op als .docx en probeer opnieuw"),
    "document-damaged": later("is beschadigd, of niet van de soort die de naam zegt; sla het opnieuw op"),
    "document-too-heavy": later("vraagt te veel tijd of geheugen; splits het of sla het eenvoudiger op"),
    "document-front-matter": later("heeft bovenaan, tussen de regels ---, gegevens die geen YAML zijn; verbeter ze"),
    "document-no-text": later("bevat geen tekst"),
    "document-empty": later("is leeg"),
}
OF_NO_USE = ("document-too-large", "document-no-text", "document-empty")  # nothing that a person would mend


@dataclass(frozen=True)
class Extracted:
    """What a file says.

    Args:
        text: Markdown.
        title: as the file itself has it, or an empty string.
    """

    text: str
    title: str = ""


class Unreadable(Rejected):
    """A file that gives no text; `code` says why, `reason` says it in Dutch, to stand after a name and a colon."""

    def __init__(self, code: str) -> None:
        signs = f"{MOST_TEXT:,}".replace(",", " ")
        self.reason = say(_REASONS[code], megabytes=LARGEST // 1_000_000, pages=MOST_PAGES, signs=signs)
        super().__init__(say("Dit bestand kunnen we niet opnemen: het {reason}.", reason=self.reason), code=code)


def extract(raw: bytes, suffix: str) -> Extracted:
    """Give the text of a file.

    Args:
        raw: the file.
        suffix: one of KINDS.

    Raises:
        Unreadable: with a code of its own for each reason.
        Unavailable: `reading-busy`, too many files are being read at once.
    """
    if len(raw) > LARGEST:
        raise Unreadable("document-too-large")
    if not _AT_ONCE.acquire(timeout=SECONDS):
        raise Unavailable(
            say("Er worden nu te veel bestanden tegelijk gelezen. Probeer het over een minuut opnieuw."),
            code="reading-busy",
        )
    try:
        told = _in_a_process_of_its_own(raw, KINDS[suffix])
    finally:
        _AT_ONCE.release()
    if "fault" in told:
        raise Unreadable(told["fault"])
    text = cleaned(told["text"])
    if not text.strip():
        raise Unreadable("document-empty")
    return Extracted(text, " ".join(cleaned(told["title"]).split())[:500])


def cleaned(text: str) -> str:
    """Give a text as databases and readers want it: composed letters, no ligatures, nothing that is no text."""
    return unicodedata.normalize("NFC", _NO_TEXT.sub("", text).translate(_LIGATURES))


def _in_a_process_of_its_own(raw: bytes, kind: str) -> dict[str, str]:
    reader = subprocess.Popen(  # noqa: S603 - only words of our own
        [sys.executable, "-c", _PROGRAM, kind],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback could hold pieces of the text
        env={"PYTHONPATH": str(_ROOT), "PATH": os.defpath, "LANG": "C.UTF-8"},
        cwd="/",
        start_new_session=True,
    )
    try:
        answer, _ = reader.communicate(raw, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Unreadable("document-too-heavy") from None
    finally:
        if reader.poll() is None:
            reader.kill()
            reader.communicate()
    if reader.returncode != 0:  # killed by a limit, or too deep for the interpreter itself
        raise Unreadable("document-too-heavy")
    told: dict[str, str] = json.loads(answer)
    return told
