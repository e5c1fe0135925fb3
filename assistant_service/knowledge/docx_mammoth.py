"""DOCX to Markdown, after a look at the archive: what it unpacks to, and whether its XML declares anything.

Runs in the extraction process alone.
"""

import io
import zipfile
from xml.parsers import expat

import mammoth
from bs4 import BeautifulSoup

from assistant_service.knowledge.extraction import HIGHEST_RATIO, MOST_UNPACKED
from assistant_service.knowledge.extraction_process import Refused
from assistant_service.knowledge.html_markdownify import markdown

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Word wrote before 2007, and what it wraps an encrypted DOCX in
_MOST_PARTS = 10_000
_SMALL = 5_000_000  # bytes; what stays under it may be packed as tightly as it likes
_STYLES = "p[style-name='Title'] => h1:fresh\np[style-name='Subtitle'] => p:fresh"


def read_docx(raw: bytes) -> tuple[str, str]:
    """Give the text of a DOCX and its title: its first heading.

    Raises:
        Refused: it is no DOCX, is encrypted, unpacks to too much, or declares entities.
    """
    if raw.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in raw
        raise Refused("document-encrypted" if encrypted else "document-old-word")
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            _look_at(archive, len(raw))
    except zipfile.BadZipFile as fault:
        raise Refused("document-damaged") from fault
    html = mammoth.convert_to_html(
        io.BytesIO(raw),
        style_map=_STYLES,
        include_embedded_style_map=False,
        external_file_access=False,
        convert_image=lambda _image: [],
    ).value
    page = BeautifulSoup(html, "html.parser")
    first = page.find(["h1", "h2"])
    return markdown(page), first.get_text(" ", strip=True) if first else ""


def _look_at(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse an archive before anything of it is unpacked in memory.

    What an entry declares can be trusted this far: `zipfile` gives no more of it than it declares.
    """
    parts = archive.infolist()
    if len(parts) > _MOST_PARTS or any(part.flag_bits & 1 for part in parts):
        raise Refused("document-damaged")
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or (unpacked > _SMALL and unpacked > HIGHEST_RATIO * size):
        raise Refused("document-unpacks-too-large")
    for part in parts:
        if part.filename.lower().endswith((".xml", ".rels")):
            with archive.open(part) as file:
                _refuse_declarations(file.read())


def _refuse_declarations(xml: bytes) -> None:
    """Refuse XML with a document type: DOCX has none, and entities (XXE, billion laughs) need one."""
    parser = expat.ParserCreate()

    def refuse(*_told: object) -> None:
        raise Refused("document-entities")

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as fault:
        raise Refused("document-damaged") from fault
