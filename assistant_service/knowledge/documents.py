"""Documents from files and folders: modules by the core's loader, everything else by `reading`.

Takes any folder, also one that was not made for us: what cannot be read is named and passed over.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from assistant_service.knowledge.extraction import LARGEST, OF_NO_USE, Unreadable
from assistant_service.knowledge.reading import SUFFIXES, read_text, suffix_of
from veranderkracht.errors import VkError
from veranderkracht.knowledge.loader import THESAURUS_FILE, load_thesaurus
from veranderkracht.modules.figures import in_words
from veranderkracht.modules.loader import MODULE_FILE, load_module
from veranderkracht.modules.model import Case, Reading
from veranderkracht.modules.route import ROUTE_FILE

TEXT = "text"
THESAURUS = "thesaurus"
TOOLKIT = "toolkit"


@dataclass(frozen=True)
class Document:
    """A text of a tenant's knowledge.

    Args:
        path: where in its root it was read; a part of a module adds `#` and the step.
        kind: TEXT, or THESAURUS for groups of words (JSON in `body`).
        title: for people.
        url: of the source, or our own name for the document.
        body: Markdown or plain text.
        modules: slugs of the modules that it belongs to.
        valid_until: the last day that it may be shown, or None.
        valid_from: the first day that it may be shown, or None.
        source: where the text comes from, in words.
        licence: under which it may be used.
        asked: questions that it answers, in the words of who asks; searched, never shown.
    """

    path: str
    kind: str
    title: str
    url: str
    body: str
    modules: tuple[str, ...] = ()
    valid_until: date | None = None
    valid_from: date | None = None
    source: str = ""
    licence: str = ""
    asked: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """SHA-256 of all that a reader would notice, in hexadecimal."""
        about = (self.kind, self.title, self.url, self.modules, self.source, self.licence)
        told = (*about, self.asked, self.body, self.valid_from, self.valid_until)
        return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()

    @property
    def content_hash(self) -> str:
        """SHA-256 of the text alone, in hexadecimal: two documents that share it say the same."""
        return hashlib.sha256(self.body.encode()).hexdigest()


@dataclass
class Collected:
    """What a root holds.

    Args:
        documents: what could be read.
        skipped: path and Dutch reason of what is of no use to us.
        broken: path and Dutch reason of what should be readable and is not; what was known of it stays.
    """

    documents: list[Document] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    broken: list[tuple[str, str]] = field(default_factory=list)


class _Unusable(Exception):
    pass


class _Broken(Exception):
    pass


def collect(root: Path, progress: Callable[[int], None] | None = None) -> Collected:
    """Read a file, or a folder with all that is below it.

    Args:
        root: an existing file or folder.
        progress: told how many documents were read so far.
    """
    collected = Collected()
    modules: list[Path] = []
    for file in _files(root):
        name = file.relative_to(root).as_posix() if file != root else file.name
        if file.name == MODULE_FILE:
            modules.append(file.parent)
        elif any(folder in file.parents for folder in modules):
            continue  # the steps of a module name the files that count
        try:
            collected.documents += _read(file, name, root)
        except _Unusable as fault:
            collected.skipped.append((name, str(fault)))
        except _Broken as fault:
            collected.broken.append((name, str(fault)))
        except Unreadable as fault:
            (collected.skipped if fault.code in OF_NO_USE else collected.broken).append((name, fault.reason))
        except VkError as fault:
            collected.broken.append((name, fault.detail))
        if progress is not None:
            progress(len(collected.documents))
    return collected


def _files(root: Path) -> Iterator[Path]:
    if root.is_file():
        yield root
        return
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith((".", "__")))
        # A module is known by its module.yaml before any of its texts comes by.
        for name in sorted(files, key=lambda name: (name != MODULE_FILE, name)):
            if not name.startswith("."):
                yield Path(folder, name)


def _read(file: Path, name: str, root: Path) -> list[Document]:
    if file.name == MODULE_FILE:
        return _module(file.parent, name)
    if file.name == THESAURUS_FILE:
        groups = load_thesaurus(file)
        return [Document(name, THESAURUS, "Thesaurus", "", json.dumps(groups, ensure_ascii=False))]
    if file.name == ROUTE_FILE or (file.suffix == ".yaml" and file.parent.name == TOOLKIT):
        return []  # the route's goals stand in the modules; worksheets are for filling in, not for quoting
    if suffix_of(name) not in SUFFIXES:
        kind = file.suffix or file.name
        raise _Unusable(f"de soort {kind!r} lezen we niet; wel .md, .txt, .html, .docx, .pdf en module.yaml")
    return [_text(file, name, root)]


def _module(folder: Path, name: str) -> list[Document]:
    module = load_module(folder, None)
    return [
        Document(
            path=f"{name}#{step.id}",
            kind=TEXT,
            title=f"{module.title}: {step.title}",
            url=f"veranderkracht:module/{module.slug}/{step.id}",
            body=in_words(_bytes(folder / step.file).decode("utf-8-sig")),
            modules=(module.slug,),
            licence=module.licence,
            asked=step.asked,
        )
        for step in module.steps
        # What a case reveals after a choice is not for searching.
        if isinstance(step, (Reading, Case))
    ]


def _bytes(file: Path) -> bytes:
    try:
        if file.stat().st_size > LARGEST:
            raise Unreadable("document-too-large")
        return file.read_bytes()
    except OSError as fault:
        raise _Broken(f"niet te lezen ({fault.strerror})") from fault


def _text(file: Path, name: str, root: Path) -> Document:
    told = read_text(_bytes(file), name)
    here = f"{root.name}/{name}" if root.is_dir() else name
    return Document(
        path=name,
        kind=TEXT,
        title=told.title,
        url=told.url or (f"veranderkracht:kennis/{told.slug}" if told.slug else here),
        body=told.body,
        modules=told.modules,
        valid_until=told.valid_until,
        valid_from=told.valid_from,
        source=told.source,
        licence=told.licence,
        asked=told.asked,
    )
